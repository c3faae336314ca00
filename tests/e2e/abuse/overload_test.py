"""More calls than the server can answer: it sheds early with 503 and Retry-After, answers health all the time, and is itself
again as soon as the load ends. And a client over its rate, and signals in the middle of it all."""

import json
import signal
import time
import unittest

from traffic import Traffic
from wire import MEBI, PROBE, SERVICE, AbuseTest, Wire, calls, harness, post


def heavy():
    """A call that takes the server long: every sample's resources of one kind, many times."""
    request = calls.sample(calls.VIEW)
    entries = request["prefetch"]["observations"]["entry"]
    many = []
    for number in range(300):
        for entry in entries:
            copy = json.loads(json.dumps(entry))
            copy["resource"]["id"] += f"-{number}"
            many.append(copy)
    request["prefetch"]["observations"]["entry"] = many
    return post(json.dumps(request).encode())


class OverloadTest(AbuseTest):
    CONFIG = "[service]\nprofile = \"standard\"\n[limits]\nqueue = 8\nevaluation_ms = 60000\n"
    OPTIONS = ()
    GROWTH = 256 * MEBI

    def test_sheds_early_answers_health_and_recovers(self):
        request = heavy()
        with Traffic(self.server.port, 24, request) as storm:
            probes = []
            with Wire(self.server.port) as wire:
                end = time.monotonic() + 120
                while (storm.statuses.count(503) < 20 or storm.statuses.count(200) < 4) and time.monotonic() < end:
                    answer = wire.send(PROBE).answer()
                    probes.append(answer.status)
                    time.sleep(0.02)
        self.assertEqual(set(probes), {200})
        self.assertEqual(storm.failures, [])
        self.assertEqual(set(storm.statuses), {200, 503})
        # What was shed has the shape of an error and says when to come again.
        with Traffic(self.server.port, 24, request) as storm:
            for _ in range(400):
                with Wire(self.server.port) as wire:
                    answer = wire.send(post()).answer()
                if answer.status != 200:
                    break
                time.sleep(0.02)
            self.assertEqual(self.is_error(answer, {503})["code"], "throttled")
            self.assertEqual(answer.headers["retry-after"], "1")
        # When the load has ended the next call is answered: not the first after some rest, the next.
        for _ in range(20):
            self.assertEqual(self.cards(), self.expected)


class ShareTest(AbuseTest):
    # Long waits: what keeps the other address from its part would be the queue alone, however slow the machine is.
    CONFIG = "[service]\nprofile = \"standard\"\n[limits]\nqueue = 8\nqueue_wait_ms = 10000\nevaluation_ms = 60000\n"
    OPTIONS = ()
    GROWTH = 256 * MEBI

    def test_a_storm_from_one_address_leaves_another_its_part(self):
        with Traffic(self.server.port, 24, heavy()) as storm:
            while storm.statuses.count(503) < 5 and not storm.failures:
                time.sleep(0.02)
            good = 0
            for _ in range(60):
                with Wire(self.server.port, source="127.0.0.2") as wire:
                    good += wire.send(post()).answer().status == 200
                if good >= 3:
                    break
                time.sleep(0.05)
        self.assertGreaterEqual(good, 3)


class RateTest(AbuseTest):
    CONFIG = "[service]\nprofile = \"standard\"\n[limits]\nclient_rate = 1\nclient_burst = 40\n"
    OPTIONS = ()

    def after(self):
        pass  # a good request comes from another address here

    def test_a_client_over_its_rate_gets_429_and_others_do_not(self):
        statuses = []
        with Wire(self.server.port) as wire:
            while statuses.count(429) < 20 and len(statuses) < 900:  # a slow machine gets more before its rate counts
                answer = wire.send(post()).answer()
                statuses.append(answer.status)
                if answer.status == 429:
                    self.assertEqual(self.is_error(answer, {429})["code"], "throttled")
                    self.assertEqual(answer.headers["retry-after"], "1")
            self.assertIn(429, statuses)
            self.assertEqual(set(statuses), {200, 429})
            self.assertEqual({wire.send(PROBE).answer().status for _ in range(50)}, {200})
        with Wire(self.server.port, source="127.0.0.2") as other:
            self.assertEqual(other.send(post()).answer().text, self.expected)


class SignalTest(unittest.TestCase):
    def test_signals_in_the_middle_of_traffic(self):
        with harness.Server(options=["--profile", "standard"]) as server:
            with Traffic(server.port, 4) as traffic:
                traffic.wait(0.2, 40)
                for number in (signal.SIGHUP, signal.SIGPIPE, signal.SIGHUP):
                    server.process.send_signal(number)
                traffic.wait(0.2, len(traffic.seconds) + 40)
                self.assertEqual((set(traffic.statuses) - {503}, traffic.failures), ({200}, []))
                self.assertEqual(len(traffic.texts), 1)
                server.process.send_signal(signal.SIGTERM)
                self.assertEqual(server.process.wait(60), 0)
            # Up to the end every answer was whole; then nobody listened any more.
            self.assertEqual(set(traffic.statuses) - {503}, {200})
            self.assertEqual(len(traffic.texts), 1)

    def test_what_is_under_way_at_sigterm_is_answered_with_close(self):
        with harness.Server(options=["--profile", "standard"]) as server:
            body = json.dumps(calls.sample(calls.VIEW)).encode()
            request = post(body, SERVICE, "Expect: 100-continue")[:-len(body)]
            wires = [Wire(server.port).send(request) for _ in range(20)]
            self.assertEqual({wire.answer().status for wire in wires}, {100})  # their heads were read
            server.process.send_signal(signal.SIGTERM)
            server.log_with('"event":"stopping"')
            answers = [wire.send(body).rest() for wire in wires]
            self.assertEqual(server.process.wait(harness.PATIENCE), 0)
            for each in answers:
                self.assertEqual([(answer.status, answer.headers.get("connection")) for answer in each], [(200, "close")])
            for wire in wires:
                wire.socket.close()


if __name__ == "__main__":
    unittest.main()
