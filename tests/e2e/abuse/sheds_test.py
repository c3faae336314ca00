"""What a server turns away is counted by the limit that it met: each 503 that a client saw, once, at the one limit that was in
its way, and nothing at the others."""

import unittest

from overload_test import heavy
from traffic import Traffic
from wire import GOOD, MEBI, SERVICE, AbuseTest, Wire, harness, head, post
import exposition  # wire says where it is

LIMITS = ("connections", "idle-connections", "queue", "queue-wait", "held-bodies", "memory")
COUNTER = "renalpath_limit_reached_total"
JSON = "Content-Type: application/json"


class ShedsTest(AbuseTest):
    """A server with its metrics, and one limit within reach."""

    OPTIONS = ()
    GROWTH = 256 * MEBI
    LIMIT = ""

    @classmethod
    def setUpClass(cls):
        cls.metrics = harness.free_port()
        cls.CONFIG = (f"[service]\nprofile = \"standard\"\n[metrics]\nenabled = true\nport = {cls.metrics}\n"
                      f"[limits]\nevaluation_ms = 60000\n{cls.LIMIT}")
        super().setUpClass()

    def counts(self):
        found = exposition.scrape(self.metrics)
        return {limit: int(found.value(COUNTER, limit=limit)) for limit in LIMITS}

    def are_counted(self, before, limit, sheds):
        """So many at this limit since then, and at no other."""
        expected = {**before, limit: before[limit] + sheds}
        harness.until(lambda: self.counts() == expected, lambda: f"{sheds} at {limit}: {before} became {self.counts()}")

    def storm(self, limit):
        """Heavy calls until some were shed, all of them for this limit."""
        before = self.counts()
        with Traffic(self.server.port, 24, heavy()) as storm:
            harness.until(lambda: storm.failures or storm.statuses.count(503) >= 10)
        self.assertEqual((storm.failures, set(storm.statuses) - {200}), ([], {503}))
        self.are_counted(before, limit, storm.statuses.count(503))


class QueueTest(ShedsTest):
    LIMIT = "queue = 4\nqueue_wait_ms = 10000\n"

    def test_a_full_queue_is_counted(self):
        self.storm("queue")


class QueueWaitTest(ShedsTest):
    # Half of the queue has room for all who call here.
    LIMIT = "queue = 64\nqueue_wait_ms = 10\n"

    @classmethod
    def cards(cls):
        def good():
            with Wire(cls.server.port) as wire:
                answer = wire.send(post()).answer()
                return answer.text if answer.status == 200 else None

        return harness.until(good)  # 10 ms are little on a machine that does other things too

    def test_who_waited_too_long_is_counted(self):
        self.storm("queue-wait")


class HeldBodiesTest(ShedsTest):
    LIMIT = "held_body_bytes = 1048576\nheld_wait_ms = 50\n"

    def test_bodies_without_room_are_counted(self):
        before = self.counts()
        size = 600_000  # one has room, and not two
        holder = self.wire().send(head(SERVICE, "POST", JSON, f"Content-Length: {size}") + b" " * (size - 1))
        harness.until(lambda: exposition.scrape(self.metrics).value("renalpath_http_body_bytes") >= size)
        sheds = 3
        for _ in range(sheds):
            with Wire(self.server.port) as wire:
                answer = wire.send(post(GOOD + b" " * (size - len(GOOD)))).answer()
                self.assertEqual(self.is_error(answer, {503})["code"], "throttled")
        self.are_counted(before, "held-bodies", sheds)
        self.assertEqual(holder.send(b" ").answer().status, 400)


if __name__ == "__main__":
    unittest.main()
