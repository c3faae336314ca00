"""Everything at once: live traffic, abuse of every kind and slow connections, with flat memory. A few seconds here;

    RENALPATH=build/release/bin/renalpath python3 tests/e2e/abuse/endurance_test.py --long [MINUTES]

does so for ten minutes, and says how long calls took with and without 200 slow connections beside them."""

import itertools
import random
import sys
import threading
import time
import unittest

import framing_test
import json_corpus
from slow_test import Slow
from traffic import Background, Traffic
from wire import GOOD, MEBI, PROBE, SANITIZED, SERVICE, AbuseTest, Wire, files, head, post, resident, threads

LONG = "--long" in sys.argv


def minutes():
    rest = sys.argv[sys.argv.index("--long") + 1:] if LONG else []
    return float(rest[0]) if rest else 10.0


SECONDS = minutes() * 60 if LONG else 6.0


def hostile():
    """Bytes of hostile requests, without end."""
    rows = [data for make in (framing_test.request_lines, framing_test.targets, framing_test.fields, framing_test.lengths,
                              framing_test.chunks) for _, data, _ in make()]
    rows += [post(value) for _, value in json_corpus.INVALID]
    rows += [post(GOOD[:-1] + b',"x":' + value + b"}") for _, value, _ in json_corpus.UNDECIDED if len(value) < 200_000]
    rows += [post(GOOD[:len(GOOD) * part // 7]) for part in range(1, 7)]
    rows += [head(SERVICE, "POST", "Content-Length: 9000000"), post(b"[" * 100_000), b"", b"\r\n", PROBE * 30]
    order = random.Random(7)
    while True:
        order.shuffle(rows)
        yield from rows


class Abuse(Background):
    """Clients that send hostile requests."""

    def __init__(self, port, clients=2):
        super().__init__(clients, self._run)
        self.port = port
        self.count = 0
        self.bad = []
        self._rows = hostile()
        self._lock = threading.Lock()

    def _run(self):
        while not self._over.is_set():
            with self._lock:
                data = next(self._rows)
                number = self.count = self.count + 1
            try:
                with Wire(self.port) as wire:
                    wire.send(data)
                    if number % 5 == 0:
                        continue  # gone without a word
                    for answer in wire.half_close().rest():
                        if answer.status in (500, 502, 504):
                            self.bad.append((answer.status, data[:200]))
            except OSError as failure:
                self.bad.append((repr(failure), data[:200]))


class EnduranceTest(AbuseTest):
    GROWTH = 160 * MEBI

    def sample(self, memory, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            memory.append(resident(self.pid))
            time.sleep(min(1.0, seconds / 20))

    def mixed(self, seconds, slow):
        """Traffic and abuse for a while, with so many slow connections beside."""
        memory = []
        with Abuse(self.server.port) as abuse, Traffic(self.server.port, 2) as traffic:
            for _ in itertools.repeat(None, max(1, int(seconds // 40))):
                with Slow(self.server.port, slow):
                    self.sample(memory, min(seconds, 40))
        self.assertEqual(abuse.bad, [])
        self.assertEqual(traffic.failures, [])
        self.assertEqual(set(traffic.statuses) - {503}, {200})
        self.assertEqual(traffic.texts, {self.expected})
        return abuse, traffic, memory

    def test_load_and_abuse_with_flat_memory(self):
        self.mixed(min(SECONDS / 3, 30), 40)  # so that every pool has its size
        half = SECONDS / 2
        first = self.mixed(half, 0)
        second = self.mixed(half, 200)
        for name, (abuse, traffic, memory) in (("without", first), ("with", second)):
            shed = traffic.statuses.count(503)
            if LONG:
                print(f"{name} 200 slow connections: {len(traffic.seconds)} calls, {shed} shed, {abuse.count} hostile exchanges, "
                      f"p50 {traffic.percentile(0.5) * 1000:.1f} ms, p99 {traffic.percentile(0.99) * 1000:.1f} ms, memory "
                      f"{min(memory) / MEBI:.1f} to {max(memory) / MEBI:.1f} MiB, at the end {memory[-1] / MEBI:.1f} MiB", flush=True)
        if LONG:
            ratio = second[1].percentile(0.99) / first[1].percentile(0.99)
            print(f"p99 with slow connections by p99 without: {ratio:.2f}; files {files(self.pid)}, threads {threads(self.pid)}", flush=True)
        if not SANITIZED:
            # What came in the second half did not add to what there was.
            self.assertLess(max(second[2]) - max(first[2]), 48 * MEBI)
        end = time.monotonic() + 60
        while files(self.pid) > 200 and time.monotonic() < end:
            time.sleep(0.1)
        self.assertLessEqual(files(self.pid), 200)
        self.assertLess(threads(self.pid), 100)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
