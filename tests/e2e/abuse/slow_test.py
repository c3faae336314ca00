"""Connections that are slow in every way, 200 at a time, beside live traffic: they hold no worker and little memory, each ends
at its deadline, and the others do not notice."""

import threading
import time
import unittest

from traffic import Traffic
from wire import GOOD, MEBI, PROBE, SANITIZED, SERVICE, AbuseTest, Wire, harness, head, post, resident

LENGTH = f"Content-Length: {len(GOOD)}"
JSON = "Content-Type: application/json"


class Slow:
    """200 connections that send a byte now and then."""

    # What each of them has sent before it becomes slow, and what it goes on with.
    WAYS = ((b"", b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"), (b"GET /health", b"/live HTTP/1.1\r\nHost: a\r\n"),
            (b"GET / HTTP/1.1\r\nHost: a\r\n", b"X: y\r\n" * 20), (head(SERVICE, "POST", JSON, LENGTH), GOOD),
            (head(SERVICE, "POST", JSON, LENGTH) + GOOD[:2000], GOOD[2000:]),
            (head(SERVICE, "POST", JSON, "Transfer-Encoding: chunked"), b"1\r\n{\r\n" * 50),
            (head(SERVICE, "POST", JSON, "Transfer-Encoding: chunked") + b"ffff\r\n", GOOD), (PROBE, b""))

    def __init__(self, port, number):
        self.over = threading.Event()
        self.wires = []
        for index in range(number):
            start, rest = self.WAYS[index % len(self.WAYS)]
            wire = Wire(port)
            wire.send(start)
            self.wires.append([wire, rest])
        self.thread = threading.Thread(target=self._drip)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *unused):
        self.over.set()
        self.thread.join()
        for wire, _ in self.wires:
            wire.socket.close()

    def _drip(self):
        while not self.over.wait(0.2):
            for pair in self.wires:
                wire, rest = pair
                if rest and not wire.reset:
                    wire.send(rest[:1])
                    pair[1] = rest[1:]


class SlowTest(AbuseTest):
    def test_two_hundred_slow_connections_do_not_matter_to_others(self):
        # In the middle, the slow ones cost nothing that shows. What the machine does besides may show in one round; what they
        # cost shows in each.
        ratios = []
        while not ratios or (ratios[-1] >= 5 and len(ratios) < 8):
            ratios.append(self.beside_by_alone())
        self.assertLess(ratios[-1], 5, ratios)

    def beside_by_alone(self):
        """How much longer a call takes in the middle beside 200 slow connections, as a ratio."""
        with Traffic(self.server.port) as alone:
            alone.wait(0.5, 200)
        before = resident(self.pid)
        with Slow(self.server.port, 200), Traffic(self.server.port) as beside:
            beside.wait(0.5, 200)
            held = resident(self.pid) - before
        for traffic in (alone, beside):
            self.assertEqual(traffic.failures, [])
            self.assertEqual(set(traffic.statuses), {200})
            self.assertEqual(traffic.texts, {self.expected})
        if not SANITIZED:
            self.assertLess(held, 16 * MEBI)
        return beside.percentile(0.5) / alone.percentile(0.5)


class DeadlineTest(AbuseTest):
    """Short deadlines, by configuration: each has its consequence, and none is prolonged byte by byte."""

    CONFIG = ("[service]\nprofile = \"standard\"\n[limits]\nfirst_byte_ms = 300\nhead_ms = 400\nbody_silence_ms = 300\nwhole_body_ms = 900\n"
              "idle_ms = 300\nwrite_stall_ms = 400\nlinger_ms = 300\nrequests_per_connection = 7\n")
    OPTIONS = ()

    @classmethod
    def cards(cls):
        # A machine that stands still between two steps of ours has missed a deadline of this server: again.
        def good():
            with Wire(cls.server.port) as wire:
                answer = wire.send(post()).answer()
                if answer is not None and answer.status not in (200, 408):
                    raise AssertionError(f"a good request got {answer.status}: {answer.text}")
                return answer.text if answer is not None and answer.status == 200 else None

        return harness.until(good)

    def ends(self, data):
        """Every answer to these bytes before the server ended the connection. Where there is none, they may have come after
        the deadline of the first byte: again."""
        return harness.until(lambda: self.wire().send(data).rest())

    def test_silence_is_closed_without_an_answer(self):
        self.assertEqual(self.wire().rest(), [])
        self.assertEqual([answer.status for answer in self.ends(PROBE)], [200])

    def test_slow_heads_and_bodies_get_408(self):
        for name, start in (("head", b"GET / HTTP/1.1\r\nHo"), ("line", b"G"), ("body", post()[:-1]), ("no body", head(SERVICE, "POST", JSON, LENGTH)),
                            ("chunk", head(SERVICE, "POST", JSON, "Transfer-Encoding: chunked") + b"5\r\nab"),
                            ("chunks", head(SERVICE, "POST", JSON, "Transfer-Encoding: chunked"))):
            answers = self.ends(start)
            self.assertEqual(len(answers), 1, name)
            self.assertEqual(self.is_error(answers[0], {408}, name)["code"], "timeout")
            self.assertEqual(answers[0].headers["connection"], "close")

    def test_a_byte_now_and_then_prolongs_nothing(self):
        for name, start, drip in (("head", b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b"y"), ("body", head(SERVICE, "POST", JSON, LENGTH), b" "),
                                  ("chunks", head(SERVICE, "POST", JSON, "Transfer-Encoding: chunked"), b"1\r\n \r\n")):
            answer = harness.until(lambda: self.answer_while_dripping(start, drip))
            self.is_error(answer, {408}, name)

    def answer_while_dripping(self, start, drip):
        """What is said before the dripping ends. None where the connection ended before the first byte was sent in time."""
        wire = self.wire().send(start)
        wire.socket.settimeout(0.05)
        end = time.monotonic() + harness.PATIENCE
        while time.monotonic() < end:
            wire.send(drip)
            try:
                return wire.answer()
            except TimeoutError:
                pass
        self.fail("each byte prolongs it")

    def test_who_does_not_read_is_left(self):
        wire = self.wire()
        wire.socket.settimeout(0.2)
        # Answers pile up until neither side's buffers take more.
        try:
            for _ in range(200):
                wire.socket.sendall(post() * 6)
        except (TimeoutError, ConnectionError):
            pass
        with Traffic(self.server.port, 1) as others:
            others.wait(1, 5)
        self.assertEqual(others.failures, [])
        self.assertIn(200, others.statuses)

    def test_a_connection_has_a_last_request(self):
        answers = self.ends(PROBE * 9)
        self.assertEqual([answer.headers.get("connection") for answer in answers], [None] * 6 + ["close"])


if __name__ == "__main__":
    unittest.main()
