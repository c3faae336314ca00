"""`renalpath board` with a FHIR server as the source: one that others wrote, in good days and in bad ones."""

import csv
import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness
from dialects import NOW
from fhir_server import FhirServer

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "deploy/sample").glob("*.patient-view.json"))
TOKEN = "an-opaque-token"


def board(source, out, *options, token=None, variable="RENALPATH_FHIR_TOKEN"):
    """Exit status and messages."""
    environment = {name: value for name, value in os.environ.items() if name != "RENALPATH_FHIR_TOKEN"}
    if token:
        environment[variable] = token
    environment.update(harness.patient())
    done = subprocess.run([harness.BINARY, "board", "--from", str(source), "--out", str(out), "--no-briefs", "--now", NOW,
                           *map(str, options)], capture_output=True, encoding="utf-8", timeout=240, check=False,
                          env=environment)
    if done.stdout or TOKEN in done.stderr:
        raise AssertionError("something stands where nothing may")
    return done.returncode, done.stderr


def advice(out):
    """What is decided, without how the data came: one text a patient, in their order."""
    found = []
    for line in Path(out, "outcomes.ndjson").read_text(encoding="utf-8").splitlines():
        outcome = json.loads(line)
        found.append(json.dumps({name: outcome[name] for name in ("outcome", "gate", "recommendations", "ask", "wouldChange")}))
    return found


class ServerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.ehr = cls.enterClassContext(FhirServer())
        requests = [json.loads(path.read_text(encoding="utf-8")) for path in SAMPLES]
        cls.patients = sorted({request["context"]["patientId"] for request in requests})
        resources = {}
        for number, request in enumerate(requests):
            for key, value in request["prefetch"].items():
                for entry in (value or {}).get("entry", [{"resource": value}] if value else []):
                    resource = entry["resource"]
                    if resource["resourceType"] != "OperationOutcome":
                        resources[resource["resourceType"], resource["id"]] = resource
        members = [{"entity": {"reference": f"Patient/{name}"}} for name in cls.patients[:3]]
        members.append({"entity": {"reference": f"Patient/{cls.patients[3]}"}, "inactive": True})
        resources["Group", "g1"] = {"resourceType": "Group", "id": "g1", "type": "person", "actual": True, "member": members}
        cls.resources = list(resources.values())
        cls.ehr.load({"all": {"resourceType": "Bundle", "entry": [{"resource": r} for r in cls.resources]}})
        files = cls.folder / "files"
        files.mkdir()
        for kind in {kind for kind, _ in resources}:
            lines = [json.dumps(r) for r in cls.resources if r["resourceType"] == kind and kind != "Group"]
            (files / f"{kind}.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")
        status, messages = board(files, cls.folder / "expected")
        if status:
            raise AssertionError(messages)
        cls.expected = advice(cls.folder / "expected")

    def setUp(self):
        self.ehr.behave()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = Path(folder.name, "out")

    def run_board(self, query, *options, status=0, **how):
        code, messages = board(f"{self.ehr.url}/{query}", self.out, *options, **how)
        self.assertEqual(code, status, messages)
        return messages

    def problems(self):
        return (self.out / "problems.txt").read_text(encoding="utf-8").splitlines()

    def rows(self):
        with open(self.out / "worklist.csv", encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def config(self, url, extra=""):
        path = self.out.parent / "config.toml"
        path.write_text(f'[dev]\nallow_http = true\n\n[[fhir]]\nurl = "{url}"\nallow_cidr = ["127.0.0.0/8"]\n{extra}',
                        encoding="utf-8")
        return ("--config", path)

    def test_a_search_gives_what_files_give(self):
        self.run_board("Patient?_sort=_id")
        self.assertEqual(advice(self.out), self.expected)
        states = {datum["state"] for line in (self.out / "outcomes.ndjson").read_text(encoding="utf-8").splitlines()
                  for datum in json.loads(line)["trace"]["data"]}
        self.assertLessEqual(states, {"fetched", "none"})

    def test_pages_are_followed(self):
        self.ehr.behave(page=2)
        self.run_board("Patient?_sort=_id")
        self.assertEqual(advice(self.out), self.expected)
        lists = [each["url"] for each in self.ehr.asked() if each["url"].startswith("/fhir/R4/Patient?")]
        self.assertEqual(len(lists), -(-len(self.patients) // 2))

    def test_a_group_names_its_active_members(self):
        self.run_board("Group/g1")
        self.assertEqual(advice(self.out), self.expected[:3])

    def test_any_search_names_patients_once(self):
        self.run_board(f"Observation?patient={self.patients[0]}")
        self.assertEqual(advice(self.out), self.expected[:1])

    def test_each_query_carries_the_token_of_the_environment(self):
        self.run_board("Group/g1", token=TOKEN)
        asked = self.ehr.asked()
        self.assertGreater(len(asked), 10)
        self.assertEqual({each["authorization"] for each in asked}, {f"Bearer {TOKEN}"})
        for path in self.out.rglob("*"):
            if path.is_file():
                self.assertNotIn(TOKEN, path.read_text(encoding="utf-8"))

    def test_without_a_token_there_is_none(self):
        self.run_board("Group/g1")
        self.assertEqual({each["authorization"] for each in self.ehr.asked()}, {None})

    def test_the_configuration_names_the_variable(self):
        options = self.config(self.ehr.url, 'token_env = "HOSPITAL_TOKEN"\n')
        self.run_board("Group/g1", *options, token=TOKEN, variable="HOSPITAL_TOKEN")
        self.assertEqual({each["authorization"] for each in self.ehr.asked()}, {f"Bearer {TOKEN}"})

    def test_the_configuration_names_the_file_of_the_token(self):
        file = Path(self.out.parent, "token")
        options = self.config(self.ehr.url, f'token_file = "{file}"\n')
        messages = self.run_board("Group/g1", *options, status=1)
        self.assertIn(f"{file}: the token cannot be read", messages)
        self.assertEqual(self.ehr.asked(), [])
        file.write_text(TOKEN + "\n", encoding="utf-8")
        self.run_board("Group/g1", *options, token="of-the-environment")
        self.assertEqual({each["authorization"] for each in self.ehr.asked()}, {f"Bearer {TOKEN}"})

    def test_the_configuration_says_which_server(self):
        for url in (f"http://127.0.0.1:{self.ehr.port}/other", "https://ehr.hospital.example/fhir"):
            messages = self.run_board("Group/g1", *self.config(url), status=1)
            self.assertIn("the server is not among [[fhir]]", messages)
        self.assertEqual(self.ehr.asked(), [])

    def test_what_is_no_query_is_said(self):
        for query in ("", "metadata", "Patient/1/extra?x=1", "../Patient?a=b", "Group/a/b"):
            messages = self.run_board(query, status=1)
            self.assertIn("--from: ", messages, query)
        self.assertEqual(self.ehr.asked(), [])

    def test_one_patient_who_fails_loses_no_other(self):
        lost = self.patients[4]
        self.ehr.behave(status=500, of=lost)
        messages = self.run_board("Patient?_sort=_id", status=1)
        expected = self.expected[:4] + self.expected[5:]
        self.assertEqual(advice(self.out), expected)
        self.assertEqual(len(self.problems()), 1)
        self.assertTrue(self.problems()[0].startswith(f"Patient/{lost}: "), self.problems())
        self.assertIn("status-5xx", self.problems()[0])
        self.assertNotIn("secret", messages + self.problems()[0])
        failed = [row for row in self.rows() if row["Patient"] == lost]
        self.assertEqual(len(failed), 1)
        self.assertIn(f"{len(self.patients)} patients, {len(expected)} evaluated; 1 skipped", messages)

    def test_a_type_that_fails_is_unknown_and_said(self):
        self.ehr.behave(status=403, only="Procedure")
        messages = self.run_board("Group/g1", status=1)
        self.assertEqual(len(advice(self.out)), 3)
        for line in (self.out / "outcomes.ndjson").read_text(encoding="utf-8").splitlines():
            states = {datum["state"] for datum in json.loads(line)["trace"]["data"] if datum["type"] == "Procedure"}
            self.assertEqual(states, {"failed"})
        self.assertIn("of 3 not all could be had", messages)
        self.assertEqual(sum("not fetched as a whole (status-4xx)" in problem for problem in self.problems()),
                         len(self.problems()))

    def test_what_passes_is_tried_again(self):
        for how in ({"times": 3}, {"times": 6, "only": "Procedure"}):
            self.ehr.behave(status=503, **how)
            self.run_board("Patient?_sort=_id")
            self.assertEqual(advice(self.out), self.expected)

    def test_a_list_that_ends_early_is_said(self):
        self.ehr.behave(page=3, linkHost="evil.example", only="Patient")
        messages = self.run_board("Patient?_sort=_id", status=1)
        self.assertIn("Page 1 of the list has a link to the next one that cannot be followed.", messages)
        self.assertEqual(len(advice(self.out)), 3)

    def test_a_server_that_refuses(self):
        self.ehr.behave(status=401)
        messages = self.run_board("Patient?_sort=_id", status=1)
        self.assertIn("Page 1 of the list could not be had: status-4xx.", messages)
        self.assertIn("0 patients", messages)

    def test_pseudonyms_hide_ids_of_those_who_fail_too(self):
        key = self.out.parent / "key"
        key.write_bytes(b"k" * 32)
        self.ehr.behave(status=404, of=self.patients[0])
        messages = self.run_board("Group/g1", "--pseudonymise", key, status=1)
        written = "".join(path.read_text(encoding="utf-8-sig") for path in self.out.rglob("*") if path.is_file())
        for resource in self.resources:
            if resource["resourceType"] != "Group":
                self.assertIsNone(re.search(rf"\b{re.escape(resource['id'])}\b", messages + written), resource["id"])


if __name__ == "__main__":
    unittest.main()
