"""`renalpath board`: the same outcomes as `evaluate`, whatever way the records come, and what is written of them."""

import csv
import gzip
import json
import os
import pty
import re
import subprocess
import unittest

import harness
from boards import Folder, SAMPLES, by_patient, evaluated, lines_of
from dialects import NOW


class SameOutcomesTest(Folder):
    """One function evaluates for server, `evaluate` and board."""

    def test_folder_of_requests(self):
        self.board(SAMPLES)
        self.assertEqual(sorted(lines_of(self.out)), sorted(evaluated(SAMPLES)))

    def test_order_is_that_of_the_patients(self):
        self.board(SAMPLES)
        first = lines_of(self.out)
        self.board(SAMPLES)
        self.assertEqual(lines_of(self.out), first)

    def bundles(self):
        folder = self.folder / "bundles"
        folder.mkdir()
        for number, bundle in enumerate(by_patient(self.export("plain"))):
            (folder / f"{number}.json").write_text(json.dumps(bundle, ensure_ascii=False), encoding="utf-8")
        return folder

    def test_scattered_export(self):
        expected = evaluated(self.bundles())
        self.assertEqual(len(expected), 60)
        self.board(self.folder / "plain")
        self.assertEqual(sorted(lines_of(self.out)), sorted(expected))

    def test_packed_export(self):
        self.board(self.export("plain"))
        expected = lines_of(self.out)
        self.board(self.export("packed", packed=True))
        self.assertEqual(lines_of(self.out), expected)

    def test_one_bundle_of_many_patients(self):
        bundles = self.bundles()
        expected = evaluated(bundles)
        entries = [entry for path in sorted(bundles.iterdir())
                   for entry in json.loads(path.read_text(encoding="utf-8"))["entry"]]
        whole = self.folder / "whole.json"
        whole.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}),
                         encoding="utf-8")
        self.board(whole)
        self.assertEqual(sorted(lines_of(self.out)), sorted(expected))

    def test_broken_lines_change_nothing_for_others(self):
        self.board(self.export("plain"))
        expected = lines_of(self.out)
        messages = self.board(self.export("broken", broken=40), status=1)
        self.assertEqual(lines_of(self.out), expected)
        problems = (self.out / "problems.txt").read_text(encoding="utf-8").splitlines()
        self.assertEqual(len(problems), 40)
        for problem in problems:
            self.assertRegex(problem, r"/[A-Za-z]+\.ndjson:[0-9]+: [A-Z]")
        self.assertIn("40 skipped", messages)
        measures = json.loads((self.out / "measures.json").read_text(encoding="utf-8"))
        self.assertEqual(measures["skippedTexts"], 40)

    def test_damaged_archive_is_told(self):
        folder = self.export("packed", packed=True)
        path = folder / "Observation.ndjson.gz"
        path.write_bytes(path.read_bytes()[:-200])
        self.assertIn("Observation.ndjson.gz: the file is damaged", self.board(folder, status=1))
        self.assertEqual(len(lines_of(self.out)), 60)

    def test_urls_of_a_bundle_name_its_patients(self):
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": []}
        for number in (1, 2):
            url = f"urn:uuid:00000000-0000-4000-8000-00000000000{number}"
            bundle["entry"] += [
                {"fullUrl": url, "resource": {"resourceType": "Patient", "id": f"u{number}"}},
                {"resource": {"resourceType": "Condition", "id": f"c{number}", "subject": {"reference": url},
                              "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "C64"}]}}}]
        path = self.folder / "urls.json"
        path.write_text(json.dumps(bundle), encoding="utf-8")
        self.board(path)
        for line in lines_of(self.out):
            self.assertEqual(json.loads(line)["inputs"]["kidney_cancer"]["value"], "yes")


class ResultsTest(Folder):
    def rows(self):
        with open(self.out / "worklist.csv", encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def test_rows_name_their_outcome(self):
        self.board(SAMPLES)
        rows, lines = self.rows(), lines_of(self.out)
        self.assertEqual(len(rows), len(lines))
        self.assertEqual({int(row["Line"]) for row in rows}, set(range(1, len(lines) + 1)))
        words = {"recommendation": "Recommendation", "need-data": "Data needed", "not-applicable": "Not applicable"}
        for row in rows:
            self.assertEqual(row["Outcome"], words[json.loads(lines[int(row["Line"]) - 1])["outcome"]])

    def test_what_needs_work_stands_first(self):
        self.board(SAMPLES)
        outcomes = [row["Outcome"] for row in self.rows()]
        self.assertEqual(outcomes, sorted(outcomes, key=["Data needed", "Recommendation", "Not applicable"].index))

    def test_measures_add_up(self):
        self.board(SAMPLES)
        measures = json.loads((self.out / "measures.json").read_text(encoding="utf-8"))
        outcomes = [json.loads(line)["outcome"] for line in lines_of(self.out)]
        self.assertEqual(measures["outcomes"], {name: outcomes.count(name) for name in sorted(set(outcomes))})
        self.assertEqual(measures["patients"], len(outcomes))

    def hostile(self):
        names = ["=HYPERLINK(\"https://evil.example\")", "+1", "-1+1", "@SUM(A1)", "a,\"b\"\r\nc",
                 "<script>alert(1)</script>", "\u202egnp.exe"]
        folder = self.folder / "hostile"
        folder.mkdir()
        for number, name in enumerate(names):
            bundle = {"resourceType": "Bundle", "entry": [{"resource": {
                "resourceType": "Patient", "id": f"h{number}", "name": [{"family": name}]}}]}
            (folder / f"{number}.json").write_text(json.dumps(bundle), encoding="utf-8")
        return folder

    def test_no_cell_is_a_formula(self):
        self.board(self.hostile())
        rows = self.rows()
        self.assertEqual(len(rows), 7)
        for row in rows:
            for cell in row.values():
                self.assertNotRegex(cell, r"^[=+\-@\t\r]")
                self.assertNotRegex(cell, "[\r\n\u202e]")

    def test_names_are_no_markup(self):
        self.board(self.hostile())
        page = (self.out / "worklist.html").read_text(encoding="utf-8")
        self.assertNotIn("<script>alert", page)
        self.assertIn("&lt;script&gt;alert(1)", page)
        self.assertNotIn("\u202e", page)

    def test_pseudonyms_in_place_of_names(self):
        key = self.folder / "key"
        key.write_bytes(b"k" * 32)
        self.board(SAMPLES, "--pseudonymise", key)
        first = [row["Patient"] for row in self.rows()]
        texts = "".join((self.out / name).read_text(encoding="utf-8")
                        for name in ("worklist.html", "worklist.csv", "measures.json"))
        for sample in SAMPLES.glob("*.json"):
            patient = json.loads(sample.read_text(encoding="utf-8"))["prefetch"]["patient"]
            for secret in (patient["name"][0]["family"], patient["birthDate"], patient["identifier"][0]["value"],
                           f'"{patient["id"]}"', f'/{patient["id"]}'):
                self.assertNotIn(secret, texts)
        key.write_bytes(b"other key of 32 bytes, or so ...")
        self.board(SAMPLES, "--pseudonymise", key)
        self.assertEqual(set(first) & {row["Patient"] for row in self.rows()}, set())

    def canaries(self):
        """The samples with other ids and other words, none of which may be seen: files, and the plain ones."""
        count = 0

        def word():
            nonlocal count
            count += 1
            return f"Canary{count}bird"

        def reworded(value, name=None):
            if isinstance(value, dict):
                return {key: reworded(part, key) for key, part in value.items()}
            if isinstance(value, list):
                return [reworded(part, name) for part in value]
            hidden = ("text", "display", "family", "given", "value", "line", "city", "postalCode", "versionId")
            return word() if isinstance(value, str) and name in hidden else value

        folder = self.folder / "canaries"
        folder.mkdir()
        for number, sample in enumerate(sorted(SAMPLES.glob("*.json"))):
            request = json.loads(sample.read_text(encoding="utf-8"))
            request["prefetch"] = reworded(request["prefetch"])
            text = json.dumps(request)
            ids = set(re.findall(r'"id": "([^"]+)"', text)) | {request["context"]["patientId"]}
            for name in sorted(ids, key=len, reverse=True):
                text = re.sub(rf'(?<=["/]){re.escape(name)}(?=")', f"canary-{number}-{name}-bird", text)
            (folder / f"{number}.json").write_text(text, encoding="utf-8")
        (folder / "lost.json").write_text(
            '{"resourceType": "Observation", "id": "canary-lost-bird", "code": {"text": "Canarylostbird"}}',
            encoding="utf-8")
        return folder

    def test_no_id_and_no_word_of_the_record_is_seen(self):
        key = self.folder / "key"
        key.write_bytes(b"k" * 32)
        self.board(SAMPLES)
        decisions = sorted((o["outcome"], [(r["rule"], r["action"]) for r in o["recommendations"]])
                           for o in map(json.loads, lines_of(self.out)))
        messages = self.board(self.canaries(), "--pseudonymise", key, "--no-briefs", "--compare-with", "onc-kidney-2018",
                              status=1)
        self.assertEqual(decisions, sorted((o["outcome"], [(r["rule"], r["action"]) for r in o["recommendations"]])
                                           for o in map(json.loads, lines_of(self.out))))
        written = {path.name: path.read_text(encoding="utf-8-sig") for path in self.out.iterdir() if path.is_file()}
        self.assertEqual(len(written), 7)
        for name, text in {**written, "messages": messages}.items():
            self.assertNotRegex(text, "(?i)canary[^/]*bird", name)
        births = {json.loads(s.read_text(encoding="utf-8"))["prefetch"]["patient"]["birthDate"]
                  for s in SAMPLES.glob("*.json")}
        for birth in births:
            self.assertNotIn(birth, "".join(written.values()))

    def test_ids_have_the_same_pseudonym_everywhere(self):
        key = self.folder / "key"
        key.write_bytes(b"k" * 32)
        source = SAMPLES / "bone-and-skin-metastases.patient-view.json"
        self.board(source, "--pseudonymise", key)
        outcome = json.loads(lines_of(self.out)[0])
        lesions = {focus["key"] for focus in outcome["trace"]["foci"] if focus["kind"] == "lesion"}
        self.assertEqual(len(lesions), 2)
        for lesion in lesions:
            self.assertRegex(lesion, "^Condition/[0-9a-f]{16}$")
        named = {result["focus"] for result in outcome["recommendations"] if "/" in result.get("focus", "")}
        self.assertEqual(named, lesions)
        self.assertLessEqual({name.split("@")[1] for name in outcome["inputs"] if "@Condition" in name}, lesions)

    def test_the_order_of_lines_tells_nobody(self):
        key = self.folder / "key"
        key.write_bytes(b"k" * 32)
        self.board(SAMPLES, "--pseudonymise", key)
        by_line = [row["Patient"] for row in sorted(self.rows(), key=lambda row: int(row["Line"]))]
        self.assertEqual(by_line, sorted(by_line))

    def test_compared_under_pseudonyms(self):
        key = self.folder / "key"
        key.write_bytes(b"k" * 32)
        after = self.folder / "after"
        after.mkdir()
        lines = [json.dumps({"resourceType": "Procedure", "id": f"a{number}", "status": "completed",
                             "subject": {"reference": f"Patient/{name}"}, "performedDateTime": "2026-04-01",
                             "code": {"coding": [{"system": "http://snomed.info/sct", "code": "116033007"}]}})
                 for number, name in enumerate(("pat-peripheral", "pat-fitting", "pat-cts"))]
        (after / "Procedure.ndjson").write_text("\n".join(lines), encoding="utf-8")
        results = []
        for options in ((), ("--pseudonymise", key)):
            self.board(SAMPLES, "--no-briefs", "--compare-with", after, *options)
            results.append(json.loads((self.out / "comparison.json").read_text(encoding="utf-8")))
        self.assertGreater(results[0]["decided"]["pairs"], 1)
        self.assertEqual(results[0], results[1])

    def test_short_keys_are_refused(self):
        key = self.folder / "key"
        key.write_bytes(b"short")
        self.assertIn("a key for pseudonyms has 16", self.board(SAMPLES, "--pseudonymise", key, status=1))

    def test_norwegian(self):
        self.board(SAMPLES, "--language", "nb")
        self.assertIn("Født", self.rows()[0])
        self.assertIn("Arbeidsliste", (self.out / "worklist.html").read_text(encoding="utf-8"))

    def test_nothing_to_read(self):
        self.assertIn("no .json or .ndjson file there", self.board(self.folder, status=1))

    def test_no_work_files_are_left(self):
        self.board(SAMPLES)
        self.assertEqual(sorted(p.name for p in self.out.iterdir() if p.name.startswith(".")), [])

    def test_packed_request(self):
        path = self.folder / "one.json.gz"
        with gzip.open(path, "wb") as file:
            file.write((SAMPLES / "both-kidneys.patient-view.json").read_bytes())
        self.board(path)
        self.assertEqual(len(lines_of(self.out)), 1)


class ProgressTest(Folder):
    """A line on a terminal that goes away."""

    def messages(self, patients):
        export = self.export("export", patients)
        ours, theirs = pty.openpty()
        with subprocess.Popen([harness.BINARY, "board", "--from", str(export), "--out", str(self.out), "--no-briefs",
                               "--now", NOW], stdin=subprocess.DEVNULL, stderr=theirs) as process:
            os.close(theirs)
            shown = b""
            while True:
                try:
                    part = os.read(ours, 4096)
                except OSError:  # the end of a terminal
                    break
                shown += part
            self.assertEqual(process.wait(timeout=240), 0)
        os.close(ours)
        return shown.decode()

    def test_says_how_far_it_is(self):
        shown = self.messages(8000)
        self.assertRegex(shown, "\r\x1b\\[Kpatients: [0-9]+ %, [0-9]+ done, [0-9]+ a second, [0-9]+ (s|min) left")
        self.assertTrue(shown.endswith("\r\x1b[K8000 patients, 8000 evaluated\r\n"), shown[-200:])
        shares = [int(share) for share in re.findall("patients: ([0-9]+) %", shown)]
        self.assertEqual(shares, sorted(shares))

    def test_says_nothing_where_nobody_waits(self):
        self.assertEqual(self.messages(20), "20 patients, 20 evaluated\r\n")


if __name__ == "__main__":
    unittest.main()
