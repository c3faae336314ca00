"""More connections than there may be, all at once: 5,000 of one address, beside others."""

import resource
import select
import time
import unittest

from wire import MEBI, PROBE, SANITIZED, AbuseTest, Wire, files, head, post, resident, threads

CROWD = 5_000
IDLE = 3_500
KIBI = 1024


def raise_file_limit(wanted):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted and (hard == resource.RLIM_INFINITY or hard >= wanted):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= wanted


class Crowd(AbuseTest):
    CONFIG = "[service]\nprofile = \"standard\"\n[limits]\nfirst_byte_ms = 60000\nhead_ms = 60000\n"
    OPTIONS = ()
    GROWTH = 96 * MEBI

    def setUp(self):
        super().setUp()
        if not raise_file_limit(CROWD + 500):
            self.skipTest("this system does not let us open 5,000 files")

    def crowd(self, number, data=b""):
        wires = []
        for _ in range(number):
            wire = Wire(self.server.port)
            self.addCleanup(wire.socket.close)
            if data:
                wire.send(data)
            wires.append(wire)
        return wires


@unittest.skipIf(SANITIZED, "a sanitizer has memory of its own")
class IdleTest(Crowd):
    CONFIG = Crowd.CONFIG + "connections = 5000\nconnections_per_peer = 5000\n"

    def answered(self, number):
        for wire in self.crowd(number, PROBE):
            self.assertEqual(wire.answer().status, 200)

    def test_idle_connections_cost_little(self):
        self.answered(1_000)  # in what memory the server had left
        before = resident(self.pid)
        self.answered(IDLE)
        self.assertLess(resident(self.pid) - before, IDLE * 5 * KIBI)


class CrowdTest(Crowd):
    def settle(self, most):
        """Waits until the server holds at most so many files."""
        end = time.monotonic() + 60
        while files(self.pid) > most and time.monotonic() < end:
            time.sleep(0.05)
        self.assertLessEqual(files(self.pid), most)

    def test_five_thousand_silent_connections(self):
        others = Wire(self.server.port, source="127.0.0.2")
        self.addCleanup(others.socket.close)
        self.assertEqual(others.send(PROBE).answer().status, 200)
        wires = self.crowd(CROWD)
        if not SANITIZED:
            self.assertLess(resident(self.pid) - self.warm, 160 * MEBI)
        # The oldest silent ones of this address gave way, and nobody else lost anything.
        self.assertEqual(wires[-1].send(PROBE).answer().status, 200)
        self.assertEqual(others.send(PROBE).answer().status, 200)
        self.settle(2_048 + 400)
        end = time.monotonic() + 60
        while (ended := sum(map(self.is_over, wires))) < CROWD - 2_048 - 64 and time.monotonic() < end:
            time.sleep(0.05)
        self.assertGreaterEqual(ended, CROWD - 2_048 - 64)
        for wire in wires:
            wire.socket.close()
        self.settle(300)

    @staticmethod
    def is_over(wire):
        poll = select.poll()  # select() knows no file beyond 1,024
        poll.register(wire.socket, select.POLLIN)
        return bool(poll.poll(0))

    def test_five_thousand_connections_in_the_middle_of_a_request(self):
        wires = self.crowd(CROWD, b"GET /health/live HTTP/1.1\r\nX")
        self.is_turned_away()
        # Another address is still served.
        with Wire(self.server.port, source="127.0.0.2") as other:
            self.assertEqual(other.send(post()).answer().text, self.expected)
        # Those that were taken are answered to the last one.
        taken = 0
        for wire in wires:
            wire.send(b": y\r\nHost: a\r\n\r\n")
            answer = wire.answer()
            taken += answer is not None and answer.status == 200
            wire.socket.close()
        self.assertGreaterEqual(taken, 2_000)
        self.settle(300)
        self.assertLess(threads(self.pid), 64)

    def is_turned_away(self):
        """One more is told that the server is busy, or finds the line ended, as soon as none of the crowd is idle: until
        the server has read what they sent, it takes the place of one of them."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with Wire(self.server.port) as late:
                poll = select.poll()
                poll.register(late.socket, select.POLLIN)
                if not poll.poll(1_000):
                    continue
                answer = late.answer()
                if answer is not None:
                    self.is_error(answer, {503})
                return
        self.fail("one more was taken, though nobody had left")

    def test_connections_that_come_and_go(self):
        for _ in range(2_000):
            with Wire(self.server.port) as wire:
                wire.send(head("/health/live", "GET")[:7])
        self.settle(300)


if __name__ == "__main__":
    unittest.main()
