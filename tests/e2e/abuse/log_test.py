"""What hostile requests leave in the log: one JSON line each, cut, and nothing that they said; and what the process asks of the
system for itself."""

import json
import resource
import unittest
from pathlib import Path

import framing_test
import json_corpus
from wire import GOOD, MARK, PROBE, SERVICE, AbuseTest, head, post


class LogTest(AbuseTest):
    OPTIONS = ["--profile", "standard", "--log-level", "debug"]

    def lines(self):
        self.wire().send(post(b"{}")).answer()
        return [json.loads(line) for line in self.server.log_with("").splitlines()]

    def test_no_input_starts_a_line_or_is_in_one(self):
        evil = f"{MARK}\\r\\n{{\\\"event\\\":\\\"forged\\\"}}"
        good = json.loads(GOOD)
        rows = [data for _, data, _ in framing_test.request_lines()] + [data for _, data, _ in framing_test.fields()]
        rows += [post(value) for _, value in json_corpus.INVALID[::3]]
        rows += [head(f"/{MARK}?{MARK}=1", "GET"), head(f"/cds-services/{MARK}", "POST"), head("/health/live", MARK.upper()),
                 head("/health/live", "GET", f"X: {MARK}", f"Authorization: Bearer {MARK}", f"User-Agent: {MARK}", f"Cookie: {MARK}"),
                 post(GOOD, f"{SERVICE}?{MARK}"), post(('{"hook":"' + evil + '"}').encode()), post(f'"{MARK}'.encode())]
        for field in ("hook", "hookInstance", "fhirServer"):
            rows.append(post(json.dumps({**good, field: f"{MARK}\r\n\u2028{{}}"}).encode()))
        rows.append(post(json.dumps({**good, "context": {"patientId": MARK, "userId": f"Practitioner/{MARK}"}}).encode()))
        rows.append(post(json.dumps({"feedback": [{"card": MARK, "outcome": MARK, "overrideReason": {"userComment": MARK}}]}).encode(), SERVICE + "/feedback"))
        for data in rows:
            wire = self.wire()
            wire.send(data).half_close().rest()
            wire.socket.close()
        lines = self.lines()
        self.assertGreater(len(lines), len(rows) / 2)
        known = {"request", "listening", "limits", "not-for-patients", "shadow"}
        for line in lines:
            self.assertIn(line["event"], known)
            self.assertNotIn(MARK, json.dumps(line).lower())
            for name, value in line.items():
                if isinstance(value, str):
                    self.assertLessEqual(len(value.encode()), 256, name)

    def test_the_limits_that_hold_are_logged(self):
        limits = [line for line in self.lines() if line["event"] == "limits"]
        self.assertEqual(len(limits), 1)
        self.assertEqual((limits[0]["queue"], limits[0]["call_bytes"], limits[0]["json_depth"]), (256, 8_388_608, 128))

    def test_no_core_dumps_and_enough_files(self):
        limits = Path(f"/proc/{self.pid}/limits").read_text(encoding="ascii")
        self.assertRegex(limits, r"Max core file size +0 +0 ")
        soft = int(limits.split("Max open files")[1].split()[0])
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        wanted = 4_096 + 256
        self.assertGreaterEqual(soft, wanted if hard == resource.RLIM_INFINITY else min(hard, wanted))
        self.assertEqual(self.wire().send(PROBE).answer().status, 200)


if __name__ == "__main__":
    unittest.main()
