"""The audit trail of the real server: one AuditEvent of FHIR R4 a line, by two validators, without a patient."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import tempfile
import unittest
from pathlib import Path

import calls
import exposition
import validators
from harness import BINARY, PATIENCE, Server, free_port, until
from tokens import Signer, key_set

ID = calls.SERVICE
SERVICE = f"/cds-services/{ID}"


def events(file, count):
    """So many lines, or more, each an object: they are written after the answers."""
    def found():
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        lines = [json.loads(line) for line in text.splitlines()] if text.endswith("\n") else []
        return lines if len(lines) >= count else None

    return until(found, f"not {count} events")


def kind(event):
    return [each["code"] for each in event["subtype"] if each["system"] == "urn:renalpath:audit:kind"][0]


def entity(event, system):
    found = [each for each in event["entity"] if each["what"]["identifier"]["system"] == system]
    return found[0] if found else None


def details(of):
    return {each["type"]: each["valueString"] for each in of["detail"]}


class AuditTest(unittest.TestCase):
    def setUp(self):
        self.stack = self.enterContext(contextlib.ExitStack())

    def server(self, config="", **more):
        return self.stack.enter_context(Server(config='[audit]\nfile = "audit.ndjson"\n' + config, **more))

    def test_who_asked_for_what_about_whom(self):
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        signer = Signer()
        folder.joinpath("keys.json").write_text(json.dumps(key_set(signer)), encoding="utf-8")
        config = ('[listen]\npublic_url = "http://127.0.0.1:{port}"\n[[client]]\nname = "hospital-ehr"\n'
                  f'issuer = "https://ehr.example"\njwks_file = "{folder}/keys.json"\n')
        server = self.server(config, now=None)
        base = f"http://127.0.0.1:{server.port}"
        sample = calls.sample(calls.SIGN)

        def post(path, body, token=None, method="POST"):
            token = token or signer.token(base + path, tenant="north")
            return server.exchange(method, path, body, {"Authorization": f"Bearer {token}"}.items())

        status, _, answer = post(SERVICE, sample)
        self.assertEqual(status, 200)
        cards = [card["uuid"] for card in answer["cards"]]
        feedback = {"feedback": [{"card": cards[0], "outcome": "overridden", "outcomeTimestamp": "2026-03-02T09:00:00Z"}]}
        self.assertEqual(post(f"{SERVICE}/feedback", feedback)[0], 200)
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [
            {"resource": resource} for value in sample["prefetch"].values() if value
            for resource in ([each["resource"] for each in value.get("entry", [])] if value["resourceType"] == "Bundle" else [value])]}
        apply = {"resourceType": "Parameters", "parameter": [
            {"name": "subject", "valueString": f"Patient/{sample['context']['patientId']}"}, {"name": "data", "resource": bundle}]}
        self.assertEqual(post(f"/fhir/PlanDefinition/{ID}/$apply", apply)[0], 200)
        self.assertEqual(post("/measures", None, method="GET")[0], 200)
        self.assertEqual(post(SERVICE, sample, signer.token(base + SERVICE, exp=1))[0], 401)
        self.assertEqual(post(SERVICE, {**sample, "prefetch": {}})[0], 412)
        # What everybody may read, and probes, leave no line.
        post("/cds-services", None, method="GET")
        server.call("GET", "/health/live")
        post(SERVICE, {"hook": "order-sign"})
        file = Path(server.folder, "audit.ndjson")
        found = events(file, 7)
        self.assertEqual([(kind(each), each["outcome"]) for each in found],
                         [("decision", "0"), ("feedback", "0"), ("apply", "0"), ("read", "0"), ("refusal", "4"), ("decision", "4"),
                          ("decision", "4")])
        self.check_shape(found)
        self.check_decision(found[0], server, cards)
        self.assertEqual(found[4]["outcomeDesc"], "expired")
        self.assertEqual(found[0]["entity"][-1], found[2]["entity"][-1])  # the same patient
        self.assertEqual(found[0]["entity"][-1], found[5]["entity"][-1])
        text = file.read_text(encoding="utf-8")
        for word in (sample["context"]["patientId"], sample["context"]["userId"].split("/")[1]):
            self.assertNotIn(f'"{word}"', text)
            self.assertNotIn(f"/{word}", text)
        self.assertEqual(os.stat(file).st_mode & 0o777, 0o600)

    def check_shape(self, found):
        paths = []
        for number, event in enumerate(found):
            paths.append(Path(self.stack.enter_context(tempfile.TemporaryDirectory()), f"{number}.json"))
            paths[-1].write_text(json.dumps(event), encoding="utf-8")
            self.assertEqual(sum(agent["requestor"] for agent in event["agent"]), 1)
            self.assertRegex(event["recorded"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(len({event["id"] for event in found}), len(found))
        self.assertEqual(validators.problems(paths), [])
        broken = dict(found[0], action="X", recorded="yesterday")
        paths[0].write_text(json.dumps(broken), encoding="utf-8")
        self.assertNotEqual(validators.problems(paths[:1]), [])

    def check_decision(self, event, server, cards):
        who = {agent["who"]["identifier"]["system"].split(":")[-1]: agent["who"]["identifier"]["value"] for agent in event["agent"]}
        self.assertEqual((who["client"], who["tenant"]), ("hospital-ehr", "north"))
        service = entity(event, "urn:renalpath:audit:service")
        self.assertEqual(service["what"]["identifier"]["value"], ID)
        self.assertEqual(details(service)["hook"], "order-sign")
        decision = [each for each in event["entity"] if each["role"]["code"] == "3"][0]
        self.assertEqual([each["valueString"] for each in decision["detail"] if each["type"] == "card"], cards)
        trace = decision["what"]["identifier"]["value"].removeprefix("urn:uuid:")
        # The hashes are those of the store, so that who holds its key can tell whose line it is.
        def rows():
            with contextlib.closing(sqlite3.connect(Path(server.folder, "data", "decisions.sqlite"))) as store:
                return store.execute("select patient_key, user_key from decision where id = ?", (trace,)).fetchall()

        self.assertEqual(until(rows), [(entity(event, "urn:renalpath:audit:patient")["what"]["identifier"]["value"], who["user"])])

    def test_a_file_that_was_moved_away_is_left_at_sighup(self):
        server = self.server()
        file, moved = Path(server.folder, "audit.ndjson"), Path(server.folder, "audit.1")
        server.ask(calls.sample(calls.SIGN))
        events(file, 1)
        file.rename(moved)
        os.kill(server.process.pid, signal.SIGHUP)
        until(file.exists)
        server.ask(calls.sample(calls.SIGN))
        self.assertEqual(len(events(file, 1)), 1)
        self.assertEqual(len(events(moved, 1)), 1)

    def test_what_was_answered_is_there_after_the_end(self):
        server = self.server()
        for _ in range(30):
            server.ask(calls.sample(calls.SIGN))
        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(server.process.wait(PATIENCE), 0)
        self.assertEqual(len(events(Path(server.folder, "audit.ndjson"), 30)), 30)

    def test_a_full_disk_holds_no_answer_up(self):
        port = free_port()
        server = self.stack.enter_context(Server(
            config=f'[audit]\nfile = "/dev/full"\n[metrics]\nenabled = true\nport = {port}\n'))
        for _ in range(10):  # the disk stays full: whoever waited for it would get no answer
            server.ask(calls.sample(calls.SIGN))
        found = exposition.until(port, lambda found: found.value("renalpath_audit_failures_total") >= 1)
        self.assertEqual(found.value("renalpath_audit_queue_length"), 10)
        self.assertEqual(found.value("renalpath_audit_written_total"), 0)
        self.assertEqual(found.value("renalpath_audit_lost_total"), 0)
        log = Path(server.folder, "log").read_text(encoding="utf-8")
        self.assertEqual(log.count("audit-not-written"), 1)

    def test_a_file_that_cannot_be_written_is_said_at_the_start(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "c.toml").write_text(f'[audit]\nfile = "{folder}/missing/audit.ndjson"\n', encoding="utf-8")
            done = subprocess.run([BINARY, "serve", "--config", f"{folder}/c.toml", "--port", "0", "--data", f"{folder}/data"],
                                  capture_output=True, encoding="utf-8", timeout=60, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("missing/audit.ndjson cannot be written: No such file or directory", done.stderr)


if __name__ == "__main__":
    unittest.main()
