"""W3C Trace Context: a request's trace is in its lines of the log and goes on to the FHIR server, a span a query."""

import copy
import json
import tempfile
import unittest
from pathlib import Path

import calls
import exposition
from fhir_server import FhirServer
from harness import Server, free_port, until

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GOOD = f"00-{TRACE}-{PARENT}-01"


class TraceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ehr = cls.enterClassContext(FhirServer())
        cls.metrics = free_port()
        config = (f"[metrics]\nenabled = true\nport = {cls.metrics}\n[dev]\nallow_http = true\n[[fhir]]\n"
                  f'url = "{cls.ehr.url}"\nallow_cidr = ["127.0.0.0/8"]\n')
        cls.server = cls.enterClassContext(Server(config=config))
        cls.sample = calls.sample(calls.SIGN)
        cls.ehr.load(cls.sample["prefetch"])

    def lines(self):
        """Those of the log about requests, once all are whole."""
        return [line for line in map(json.loads, self.server.log_with("").splitlines()) if line["event"] == "request"]

    def line_of(self, instance):
        return until(lambda: [line for line in self.lines() if line.get("hook_instance") == instance], f"the log lacks {instance}")[0]

    def fetching(self, instance, *fields):
        """The queries that a call without prefetch makes, and its line of the log."""
        request = copy.deepcopy(self.sample)
        request["hookInstance"] = instance
        request["prefetch"] = {}
        request["fhirServer"] = self.ehr.url
        self.ehr.behave()
        connection = self.server.connect()
        try:
            connection.putrequest("POST", f"/cds-services/{calls.SERVICE}-order-sign")
            body = json.dumps(request).encode()
            for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(body))), *fields):
                connection.putheader(name, value)
            connection.endheaders(body)
            self.assertEqual(connection.getresponse().status, 200)
        finally:
            connection.close()
        asked = self.ehr.asked()
        self.assertGreater(len(asked), 3)
        return asked, self.line_of(instance)

    def expect_trace(self, asked, trace, flags, state):
        parents = [each["traceparent"].split("-") for each in asked]
        self.assertEqual({(version, its, flag) for version, its, _, flag in parents}, {("00", trace, flags)})
        spans = {span for _, _, span, _ in parents}
        self.assertEqual(len(spans), len(asked))
        self.assertNotIn(PARENT, spans)
        self.assertEqual({each["tracestate"] for each in asked}, {state})

    def test_the_trace_of_the_caller_goes_on(self):
        asked, line = self.fetching("goes-on", ("traceparent", GOOD), ("tracestate", "rojo=1"), ("tracestate", "congo=t61"))
        self.expect_trace(asked, TRACE, "01", "rojo=1,congo=t61")
        self.assertEqual(line["trace_id"], TRACE)
        self.assertRegex(line["id"], r"^\d+$")

    def test_what_the_caller_did_not_sample_is_not(self):
        asked, _ = self.fetching("not-sampled", ("traceparent", GOOD[:-2] + "00"))
        self.expect_trace(asked, TRACE, "00", None)

    def test_a_bad_traceparent_begins_a_new_trace(self):
        seen = set()
        rows = [[], [("traceparent", GOOD.upper())], [("traceparent", GOOD + "-x")], [("traceparent", f"00-{'0' * 32}-{PARENT}-01")],
                [("traceparent", GOOD), ("traceparent", GOOD)]]
        for number, fields in enumerate(rows):
            asked, line = self.fetching(f"bad-{number}", *fields, ("tracestate", "rojo=1"))
            self.assertRegex(line["trace_id"], r"^[0-9a-f]{32}$")
            self.expect_trace(asked, line["trace_id"], "00", None)
            seen.add(line["trace_id"])
        self.assertEqual(len(seen), len(rows))
        self.assertNotIn(TRACE, seen)

    def test_a_bad_tracestate_is_dropped_alone(self):
        asked, line = self.fetching("bad-state", ("traceparent", GOOD), ("tracestate", "Rojo=1"))
        self.expect_trace(asked, TRACE, "01", None)
        self.assertEqual(line["trace_id"], TRACE)

    def test_queries_are_measured_by_what_came_of_them(self):
        before = exposition.scrape(self.metrics)
        asked, _ = self.fetching("measured")
        name = "renalpath_fhir_requests_total"
        after = exposition.until(self.metrics, lambda found: found.total(name) - before.total(name) >= len(asked))
        self.assertEqual(after.value(name, outcome="ok") - before.value(name, outcome="ok"), len(asked))
        count = "renalpath_fhir_request_duration_seconds_count"
        self.assertEqual(after.value(count) - before.value(count), len(asked))

    def test_faults_of_the_server_are_measured_too(self):
        request = {**copy.deepcopy(self.sample), "prefetch": {}, "fhirServer": self.ehr.url}
        for how, outcome in (({"status": 503}, "status-5xx"), ({"text": "no"}, "not-json"), ({"cut": True}, "broken-answer")):
            before = exposition.scrape(self.metrics)
            self.ehr.behave(only="Condition", **how)
            self.server.call("POST", f"/cds-services/{calls.SERVICE}-order-sign", request)
            after = exposition.until(self.metrics, lambda found: found.value("renalpath_fhir_requests_total", outcome=outcome)
                                     > before.value("renalpath_fhir_requests_total", outcome=outcome))
            self.assertEqual(after.total("renalpath_fhir_requests_total", outcome="other"), 0)
        request["fhirServer"] = "http://127.0.0.1:1/fhir"
        self.server.call("POST", f"/cds-services/{calls.SERVICE}-order-sign", request)
        exposition.until(self.metrics, lambda found: found.value("renalpath_fhir_requests_total", outcome="not-allowed") > 3)


if __name__ == "__main__":
    unittest.main()
