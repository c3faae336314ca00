"""A server whose address space has a limit and is full: large requests find no memory, everything else goes on, every
decision that was answered is stored, and it stops when it is told to."""

import collections
import os
import re
import resource
import signal
import sqlite3
import threading
import unittest
from pathlib import Path

from wire import GOOD, MEBI, SANITIZED, Wire, harness, post

CONFIG = "[limits]\nheld_wait_ms = 500\n"
# Within the limits of JSON, and of little use but for taking memory: eight times its size in one piece, which is more than the
# allocator has set aside for a thread.
LARGE = GOOD[:-1] + b',"x":[' + b'{"a":1},' * 400_000 + b'"' + b"y" * (5 * MEBI - 80_000) + b'"]}'


def address_space(pid):
    """Bytes of addresses that a process has."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")


@unittest.skipIf(SANITIZED, "a sanitizer takes the whole address space")
class ShortageTest(unittest.TestCase):
    def ask(self, body):
        """The status of an answer; None where the connection ends without one."""
        try:
            with Wire(self.server.port, timeout=harness.PATIENCE) as wire:
                answer = wire.send(post(body)).answer()
        except ConnectionError:
            return None
        return answer.status if answer else None

    def ask_many(self, body, times, statuses):
        for _ in range(times):
            statuses[self.ask(body)] += 1

    def side_by_side(self):
        """Statuses of large and of good requests."""
        large, good = collections.Counter(), collections.Counter()
        threads = [threading.Thread(target=self.ask_many, args=(LARGE, 2, large)) for _ in range(4)]
        threads += [threading.Thread(target=self.ask_many, args=(GOOD, 40, good)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return large, good

    def stored(self):
        with sqlite3.connect(next(Path(self.server.folder, "data").glob("*.sqlite"))) as store:
            return store.execute("SELECT count(*) FROM decision").fetchone()[0]

    def test_a_full_address_space_costs_large_requests_alone(self):
        for room in (0, 8 * MEBI, 64 * MEBI):
            with self.subTest(room=room):
                self.run_with(room)

    def run_with(self, room):
        with harness.Server(now=None, config=CONFIG) as self.server:
            process = self.server.process
            for _ in range(30):
                self.assertEqual(self.ask(GOOD), 200)
            most = address_space(process.pid) + room
            resource.prlimit(process.pid, resource.RLIMIT_AS, (most, most))
            large, good = self.side_by_side()
            self.assertIsNone(process.poll(), "the process must live on")
            for statuses in (large, good):
                self.assertEqual(sum(statuses.values()), 4 * 2 if statuses is large else 3 * 40)
                self.assertLessEqual(set(statuses), {200, 503, None})
            if room == 0:
                self.assertGreater(large[503], 0, "memory was not short")
            for _ in range(5):
                self.assertEqual(self.ask(GOOD), 200)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(harness.PATIENCE), 0)
            self.assertGreaterEqual(self.stored(), 30 + large[200] + good[200] + 5)


if __name__ == "__main__":
    unittest.main()
