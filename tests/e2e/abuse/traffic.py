"""Good calls in the background, with what became of each."""

import threading
import time

from wire import Wire, post


class Background:
    """Clients that each do the same over and over, on threads of their own; use as a context manager."""

    def __init__(self, clients, work):
        self._over = threading.Event()
        self._threads = [threading.Thread(target=work) for _ in range(clients)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *unused):
        self._over.set()
        for thread in self._threads:
            thread.join()


class Traffic(Background):
    """Clients with kept connections that call one after the other."""

    def __init__(self, port, clients=2, request=None, pause=0.0):
        super().__init__(clients, self._call)
        self.port, self.request, self.pause = port, request or post(), pause
        self.seconds = []
        self.statuses = []
        self.texts = set()
        self.failures = []

    def wait(self, seconds, calls):
        """Until both have passed."""
        end = time.monotonic() + seconds
        while time.monotonic() < end or (len(self.seconds) < calls and not self.failures):
            time.sleep(0.02)

    def percentile(self, part):
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))]

    def _call(self):
        wire = None
        while not self._over.is_set():
            try:
                wire = wire or Wire(self.port)
                began = time.monotonic()
                answer = wire.send(self.request).answer()
                if answer is None:  # a connection has an end; the next one goes on
                    wire.socket.close()
                    wire = None
                    continue
                self.seconds.append(time.monotonic() - began)
                self.statuses.append(answer.status)
                if answer.status == 200:
                    self.texts.add(answer.text)
                if answer.headers.get("connection") == "close":
                    wire.socket.close()
                    wire = None
                if answer.status == 503:
                    time.sleep(0.05)
            except OSError as failure:
                self.failures.append(repr(failure))
                wire = None
                time.sleep(0.05)
            if self.pause:
                time.sleep(self.pause)
        if wire:
            wire.socket.close()
