"""What a server tells Prometheus: read from the real one before and after something happened to it."""

import contextlib
import copy
import json
import os
import re
import signal
import socket
import sqlite3
import tempfile
import time
import unittest
import uuid
from pathlib import Path

import calls
import exposition
from certificates import Authority
from harness import PATIENCE, Server, free_port
from tokens import KeyEndpoint, Signer, key_set

ROOT = Path(__file__).resolve().parents[2]
SERVICE = f"/cds-services/{calls.SERVICE}"
ID = calls.SERVICE


def begin_second_request(wire):
    """A whole request and the head of another, up to its last field. What was sent with the first is read when its answer is
    there: from then on the connection is busy."""
    wire.sendall(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\nGET /health/live HTTP/1.1\r\n")
    answer = b""
    while not answer.endswith(b"}"):
        piece = wire.recv(4096)
        if not piece:
            raise AssertionError(f"the connection ended: {answer}")
        answer += piece


class Watched(Server):
    """A server with its metrics at `metrics`."""

    def __init__(self, config="", **more):
        self.metrics = free_port()
        text = f"[metrics]\nenabled = true\nport = {self.metrics}\n" + config
        super().__init__(config=text, **more)

    def scrape(self):
        return exposition.scrape(self.metrics)

    def until(self, holds):
        return exposition.until(self.metrics, holds)

    def grown(self, before, by, name, **labels):
        """Waits until a counter has grown so far, and no further."""
        after = self.until(lambda found: found.total(name, **labels) - before.total(name, **labels) >= by)
        if after.total(name, **labels) - before.total(name, **labels) != by:
            raise AssertionError(f"{name} {labels} grew beyond {by}")
        return after


class MetricsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Watched(options=["--profile", "standard"]))

    def setUp(self):
        self.before = self.server.scrape()

    def grown(self, by, name, **labels):
        return self.server.grown(self.before, by, name, **labels)

    def test_the_format_is_that_of_prometheus(self):
        status, headers, text = exposition.fetch(self.server.metrics)
        self.assertEqual((status, headers["Content-Type"]), (200, "text/plain; version=0.0.4; charset=utf-8"))
        found = exposition.Scrape(text)
        self.assertGreater(len(found.series()), 300)
        self.assertEqual(found.kinds["renalpath_hook_requests_total"], "counter")

    def test_the_reader_forgives_nothing(self):
        good = '# HELP a_total x\n# TYPE a_total counter\na_total{b="c"} 1\n'
        exposition.Scrape(good)
        for bad in (good[:-1], good * 2, good + 'a_total{b="c"} 1\n', good + "b 1\n", good.replace('"c"', '"c'), good.replace("} 1", "}"),
                    good.replace("} 1", "} x"), good.replace("} 1", "} -1"), good.replace("a_total", "a"), good.replace("counter", "count")):
            with self.assertRaises(exposition.Malformed, msg=bad):
                exposition.Scrape(bad)

    def test_each_address_has_its_own_paths(self):
        self.assertEqual(self.server.call("GET", "/metrics")[0], 404)
        for path in ("/", "/metrics/x", "/health/live", SERVICE, "/cds-services", "/METRICS"):
            status, _, text = exposition.fetch(self.server.metrics, path)
            self.assertEqual((status, json.loads(text)["resourceType"]), (404, "OperationOutcome"), path)
        self.assertEqual(exposition.fetch(self.server.metrics, method="POST")[0], 405)
        self.assertEqual(exposition.fetch(self.server.metrics, method="HEAD")[0], 200)
        self.assertEqual(exposition.fetch(self.server.metrics, "/metrics?a=b")[0], 200)

    def test_every_name_is_in_the_table_of_the_document(self):
        table = set(re.findall(r"^\| `((?:renalpath|process)_\w+)` \|", (ROOT / "hooks/README.md").read_text(encoding="utf-8"), re.M))
        self.assertLessEqual(set(self.server.scrape().kinds), table)

    def test_a_hook_call_counts_where_it_belongs(self):
        answer = self.server.call("POST", SERVICE, calls.sample(calls.SIGN))[1]
        hook = {"service": ID, "hook": "order-sign", "profile": "standard"}
        self.grown(1, "renalpath_hook_requests_total", code="2xx", **hook)
        self.grown(1, "renalpath_hook_duration_seconds_count", **hook)
        self.grown(1, "renalpath_http_requests_total", route="/cds-services/{id}", code="2xx")
        self.grown(1, "renalpath_http_request_duration_seconds_count", route="/cds-services/{id}")
        self.grown(1, "renalpath_outcomes_total", pathway=ID)
        self.grown(1, "renalpath_order_verdicts_total", pathway=ID)
        after = self.grown(len(answer["cards"]), "renalpath_cards_total", pathway=ID)
        self.assertGreater(after.total("renalpath_hook_duration_seconds_sum", **hook),
                           self.before.total("renalpath_hook_duration_seconds_sum", **hook))

    def test_outcomes_rules_and_missing_inputs_are_those_of_the_answer(self):
        request = copy.deepcopy(calls.sample("place-not-recorded.order-sign"))
        request.setdefault("extension", {})["org.renalpath.outcome"] = True
        outcome = self.server.call("POST", f"/sandbox{SERVICE}", request)[1]["extension"]["org.renalpath.outcome"]
        self.grown(1, "renalpath_outcomes_total", outcome=outcome["outcome"])
        for rule in {each["rule"] for each in outcome["recommendations"]}:
            for determination in ("recommended", "conditional"):
                count = sum(each["rule"] == rule and each["determination"] == determination for each in outcome["recommendations"])
                self.grown(count, "renalpath_results_total", rule=rule, determination=determination)
        self.assertTrue(outcome["ask"])
        asked = {each["input"] for each in outcome["ask"]}
        for name in asked:
            self.grown(1, "renalpath_missing_inputs_total", input=name)
        self.grown(len(asked), "renalpath_missing_inputs_total")
        for order in outcome["orders"]:
            self.grown(1, "renalpath_order_verdicts_total", verdict=order["verdict"])

    def test_what_was_refused_counts_by_class_and_limit(self):
        self.assertEqual(self.server.call("POST", SERVICE, {"hook": "order-sign"})[0], 400)
        self.grown(1, "renalpath_hook_requests_total", hook="unknown", profile="standard", code="4xx")
        self.assertEqual(self.server.call("POST", "/cds-services/nothing", {})[0], 404)
        self.grown(2, "renalpath_http_requests_total", route="/cds-services/{id}", code="4xx")
        self.assertEqual(self.server.call("GET", "/nothing")[0], 404)
        self.grown(1, "renalpath_http_requests_total", route="none", code="4xx")
        bare = calls.sample(calls.VIEW)
        bare["prefetch"] = {}
        self.assertEqual(self.server.call("POST", SERVICE, bare)[0], 412)
        self.grown(1, "renalpath_hook_requests_total", hook="patient-view", code="4xx")
        self.assertEqual(self.server.exchange("GET", "/health/live", headers={"X": "a" * 40_000}.items())[0], 431)
        self.grown(1, "renalpath_limit_reached_total", limit="header")
        self.assertEqual(self.server.exchange("GET", "/" + "a" * 9_000)[0], 414)
        self.grown(1, "renalpath_limit_reached_total", limit="target")
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE) as wire:
            wire.sendall(f"POST {SERVICE} HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n".encode())
            self.assertIn(b" 413 ", wire.recv(64))
        self.grown(1, "renalpath_limit_reached_total", limit="body")

    def test_feedback_counts_by_what_became_of_it(self):
        card = self.server.call("POST", SERVICE, calls.sample(calls.SIGN))[1]["cards"][0]["uuid"]
        item = {"card": card, "outcome": "overridden", "outcomeTimestamp": "2026-03-02T09:00:00Z"}
        items = [item, {**item, "card": str(uuid.uuid4())}, {**item, "outcome": "perhaps"}]
        for _ in range(2):
            self.assertEqual(self.server.call("POST", f"{SERVICE}/feedback", {"feedback": items})[0], 200)
        self.grown(2, "renalpath_feedback_total", result="stored")
        self.grown(2, "renalpath_feedback_total", result="repeated")
        self.grown(2, "renalpath_feedback_total", result="failed")

    def test_apply_is_a_hook_of_its_own(self):
        status = self.server.call("POST", f"/fhir/PlanDefinition/{ID}/$apply", {"resourceType": "Parameters", "parameter": []})[0]
        self.assertEqual(status, 400)
        self.grown(1, "renalpath_hook_requests_total", hook="$apply", code="4xx")

    def test_no_client_makes_up_a_series(self):
        for word in ("made-up-1", "made-up-2"):
            request = {**calls.sample(calls.VIEW), "hook": word}
            self.server.call("POST", SERVICE, request)
            self.server.call("POST", f"/{word}{SERVICE}", request)
            self.server.call("POST", f"/cds-services/{word}", request)
            self.server.call("GET", f"/{word}?{word}")
            self.server.exchange("GET", "/cds-services", headers={word: word, "Origin": f"https://{word}"}.items())
            with socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE) as wire:
                wire.sendall(f"{word.upper()} / HTTP/1.1\r\nHost: {word}\r\n\r\n".encode())
                wire.recv(64)
        after = self.grown(6, "renalpath_http_requests_total", route="/cds-services/{id}", code="4xx")
        self.assertNotIn("made-up", after.text.lower())
        counters = {key for key in after.series() if after.kinds.get(key[0]) == "counter"}
        self.assertLessEqual(counters, self.before.series())

    def test_the_program_the_pathway_and_the_process(self):
        labels = {name: dict(has) for (name, has), value in self.before.values.items() if name.endswith("_info") and value == 1}
        self.assertRegex(labels["renalpath_build_info"]["version"], r"^\d+\.\d+\.\d+$")
        self.assertEqual(labels["renalpath_pathway_info"]["pathway"], ID)
        self.assertRegex(labels["renalpath_pathway_info"]["hash"], r"^sha256:[0-9a-f]{64}$")
        pid = self.server.process.pid
        resident = int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))[1]) * 1024
        self.assertAlmostEqual(self.before.value("process_resident_memory_bytes") / resident, 1, delta=0.3)
        self.assertEqual(self.before.value("renalpath_store_up"), 1)
        self.assertEqual(self.before.value("renalpath_draining"), 0)
        self.assertGreaterEqual(self.before.value("process_open_fds"), 5)
        self.assertAlmostEqual(self.before.value("process_start_time_seconds"), time.time(), delta=600)

    def test_connections_are_counted_while_they_are_open(self):
        with contextlib.ExitStack() as held:
            for _ in range(5):
                held.enter_context(socket.create_connection(("127.0.0.1", self.server.port)))
            self.server.until(lambda found: found.value("renalpath_http_connections") >= 5)
        self.server.until(lambda found: found.value("renalpath_http_connections") < 5)


class LimitsTest(unittest.TestCase):
    def test_a_client_over_its_rate(self):
        with Watched("[limits]\nclient_rate = 1\nclient_burst = 1\n") as server:
            before = server.scrape()
            statuses = [server.call("GET", "/cds-services")[0] for _ in range(20)]
            self.assertIn(429, statuses)
            server.grown(before, statuses.count(429), "renalpath_limit_reached_total", limit="client-rate")

    def test_connections_beyond_the_limit(self):
        with Watched("[limits]\nconnections = 3\n") as server, contextlib.ExitStack() as held:
            before = server.scrape()
            wires = []
            for _ in range(3):
                wires.append(held.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)))
                begin_second_request(wires[-1])
            refused = held.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE))
            self.assertIn(b" 503 ", refused.recv(64))
            server.grown(before, 1, "renalpath_limit_reached_total", limit="connections")

    def test_a_store_that_is_away(self):
        with Watched() as server:
            lock = sqlite3.connect(Path(server.folder, "data", "decisions.sqlite"), isolation_level=None)
            lock.execute("PRAGMA wal_autocheckpoint = 0")
            lock.execute("BEGIN IMMEDIATE")
            server.ask(calls.sample(calls.SIGN))
            away = server.until(lambda found: found.value("renalpath_store_failures_total") >= 1)
            self.assertEqual(away.value("renalpath_store_up"), 0)
            self.assertEqual(away.value("renalpath_store_queue_length"), 1)
            self.assertGreater(away.value("renalpath_store_queue_bytes"), 0)
            lock.execute("ROLLBACK")
            lock.close()
            back = server.until(lambda found: found.value("renalpath_store_up") == 1)
            self.assertEqual(back.value("renalpath_store_queue_length"), 0)


class ReloadTest(unittest.TestCase):
    def test_reloads_count_and_the_pathway_is_the_one_that_answers(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "p.json")
            good = json.loads((ROOT / "pathways/definitions/onc-kidney-2018.pathway.json").read_text(encoding="utf-8"))

            def put(content):
                file.with_suffix(".new").write_text(content, encoding="utf-8")
                file.with_suffix(".new").rename(file)

            put(json.dumps({**good, "version": "0.8.1"}))
            with Watched(options=["--pathway", str(file)]) as server:
                put("{")
                os.kill(server.process.pid, signal.SIGHUP)
                found = server.until(lambda found: found.value("renalpath_reloads_total", result="refused") == 1)
                self.assertEqual(found.total("renalpath_pathway_info", version="0.8.1"), 1)
                put(json.dumps({**good, "version": "0.8.2"}))
                os.kill(server.process.pid, signal.SIGHUP)
                found = server.until(lambda found: found.value("renalpath_reloads_total", result="good") == 1)
                self.assertEqual(found.total("renalpath_pathway_info", version="0.8.2"), 1)
                self.assertEqual(found.total("renalpath_pathway_info"), 1)


class TokensTest(unittest.TestCase):
    def test_refusals_by_reason_and_fetches_of_keys(self):
        with tempfile.TemporaryDirectory() as folder:
            authority, signer = Authority(folder), Signer()
            with KeyEndpoint(authority, key_set(signer)) as endpoint:
                config = ('[listen]\npublic_url = "http://127.0.0.1:{port}"\n[[client]]\nname = "hospital-ehr"\n'
                          'issuer = "https://ehr.example"\n[[client.jwks]]\n'
                          f'url = "{endpoint.url}"\nallow_cidr = ["127.0.0.0/8", "::1/128"]\nca_file = "{authority.certificate}"\n')
                with Watched(config, now=None) as server:
                    server.until(lambda found: found.value("renalpath_jwks_fetches_total", client="hospital-ehr", result="loaded") >= 1)
                    before = server.scrape()
                    audience = f"http://127.0.0.1:{server.port}/cds-services"
                    good = signer.token(audience)
                    tokens = [(good, 200, None), (good, 401, "replay"), ("x", 401, "token-form"), (None, 401, "no-header"),
                              (signer.token(audience, exp=1), 401, "expired"), (signer.token("https://other.example"), 401, "audience")]
                    for token, status, reason in tokens:
                        fields = {} if token is None else {"Authorization": f"Bearer {token}"}
                        self.assertEqual(server.exchange("GET", "/cds-services", headers=fields.items())[0], status)
                        if reason:
                            server.grown(before, 1, "renalpath_token_refusals_total", reason=reason)
                    after = server.grown(before, 5, "renalpath_token_refusals_total")
                    self.assertEqual(after.value("renalpath_replay_unshared_total"), 0)
                    endpoint.stop()


class AddressTest(unittest.TestCase):
    def test_off_by_default(self):
        with Server() as server:
            self.assertNotIn("metrics-listening", Path(server.folder, "log").read_text(encoding="utf-8"))

    def test_an_address_in_use_is_said_at_the_start(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            config = f"[metrics]\nenabled = true\nport = {taken.getsockname()[1]}\n"
            with self.assertRaisesRegex(AssertionError, "metrics: Cannot listen: the address is in use"):
                with Server(config=config):
                    pass

    def test_metrics_are_there_while_the_server_drains(self):
        with Watched() as server, socket.create_connection(("127.0.0.1", server.port)) as held:
            begin_second_request(held)
            server.process.send_signal(signal.SIGTERM)
            server.until(lambda found: found.value("renalpath_draining") == 1)
            held.sendall(b"Host: a\r\n\r\n")
            self.assertEqual(server.process.wait(PATIENCE), 0)


if __name__ == "__main__":
    unittest.main()
