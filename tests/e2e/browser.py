"""A headless Chromium, driven through its debugging pipe: no port, no further package.

Skips the test where no Chromium is installed.
"""

import json
import os
import select
import shutil
import subprocess
import tempfile
import time
import unittest

NAMES = ("chromium", "chromium-browser", "google-chrome")
WAIT = 60


def find():
    """Path of the browser; raises unittest.SkipTest where there is none."""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    raise unittest.SkipTest("skipped: no Chromium is installed")


class Page:
    """One page in a browser of its own; use as a context manager. Nothing leaves the machine."""

    def __init__(self, width=1200, height=900):
        self.size = (width, height)
        self.events = []

    def __enter__(self):
        path = find()
        self.folder = tempfile.mkdtemp()
        read, their_write = os.pipe()
        their_read, write = os.pipe()
        self.read, self.write, self.buffer, self.last = read, write, b"", 0
        options = ["--headless", "--remote-debugging-pipe", f"--user-data-dir={self.folder}", "--disable-gpu",
                   "--no-first-run", "--disable-background-networking", "--disable-component-update",
                   "--disable-sync", "--disable-quic", "--hide-scrollbars",
                   "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", f"--window-size={self.size[0]},{self.size[1]}"]
        if os.geteuid() == 0:
            options.append("--no-sandbox")  # Chromium has no sandbox for root
        # The browser reads commands from descriptor 3 and writes answers to 4; the pipe's own numbers may be
        # among these, so a shell puts them in place.
        command = f'exec "$0" "$@" 3<&{their_read} 4>&{their_write}'
        self.process = subprocess.Popen(["bash", "-c", command, path, *options, "about:blank"],
                                        pass_fds=(their_read, their_write), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(their_read)
        os.close(their_write)
        try:
            self._attach()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *unused):
        try:
            self._send("Browser.close", {}, None)
            self.process.wait(WAIT)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self.read)
        os.close(self.write)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _attach(self):
        self.session = None
        targets = self.call("Target.getTargets")["targetInfos"]
        target = next(t["targetId"] for t in targets if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    def _send(self, method, parameters, session):
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        return self.last

    def _receive(self, deadline):
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.read], [], [], max(0, deadline - time.monotonic()))
            piece = os.read(self.read, 1 << 20) if ready else b""
            if not piece:
                raise AssertionError("the browser does not answer")
            self.buffer += piece
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        """The result of one command of the DevTools protocol; events on the way are kept."""
        number = self._send(method, parameters, self.session)
        deadline = time.monotonic() + WAIT
        while True:
            message = self._receive(deadline)
            if message.get("id") == number:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']}")
                return message["result"]
            if "method" in message:
                self.events.append(message)

    def open(self, path):
        """Opens a file and waits until it is loaded and drawn."""
        self.visit("file://" + os.path.abspath(path))

    def visit(self, url):
        """Opens an address, on 127.0.0.1 or of a file, and waits until it is loaded and drawn."""
        self.events.clear()
        self.call("Page.navigate", url=url)
        deadline = time.monotonic() + WAIT
        while not any(e["method"] == "Page.loadEventFired" for e in self.events):
            message = self._receive(deadline)
            if "method" in message:
                self.events.append(message)

    def evaluate(self, script):
        """The value of an expression in the page, as JSON."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise AssertionError(result["exceptionDetails"])
        return result["result"].get("value")

    def complaints(self):
        """What the console and the log say: errors, warnings, breaches of the content security policy."""
        self.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")
        texts = [e["params"]["entry"]["text"] for e in self.events if e["method"] == "Log.entryAdded"]
        texts += [str(e["params"]) for e in self.events
                  if e["method"] in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown")]
        return texts

    def requested(self):
        """The addresses that the page asked for."""
        return [e["params"]["request"]["url"] for e in self.events if e["method"] == "Network.requestWillBeSent"]

    def dark(self, on):
        """Shows the page as on a dark or a light screen."""
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if on else "light"}])

    def resize(self, width, height=900):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
