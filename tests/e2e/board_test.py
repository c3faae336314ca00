"""`renalpath board`: the same outcomes as `evaluate`, whatever way the records come, and what is made of them."""

import csv
import gzip
import html
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import browser
import harness
from dialects import NOW

ROOT = Path(__file__).parents[2]
SAMPLES = Path(tempfile.mkdtemp())  # the sample requests, without the titles beside them
unittest.addModuleCleanup(shutil.rmtree, SAMPLES)
for each in (ROOT / "deploy/sample").glob("*.json"):
    shutil.copy(each, SAMPLES)
sys.path.insert(0, str(ROOT / "tests/bench"))
import scattered_export  # noqa: E402  a script beside the benchmarks


def run(*arguments):
    """Exit status and messages."""
    done = subprocess.run([harness.BINARY, "board", *map(str, arguments), "--now", NOW, "--seed", harness.SEED],
                          capture_output=True, encoding="utf-8", timeout=240, check=False)
    if done.stdout:
        raise AssertionError("something stands on the standard output")
    return done.returncode, done.stderr


def lines_of(folder):
    return Path(folder, "outcomes.ndjson").read_text(encoding="utf-8").splitlines()


def evaluated(folder):
    """Lines of `evaluate` of the same files."""
    files = sorted(map(str, Path(folder).rglob("*.*json")))
    done = subprocess.run([harness.BINARY, "evaluate", *files, "--now", NOW, "--seed", harness.SEED],
                          capture_output=True, encoding="utf-8", timeout=240, check=True)
    return done.stdout.splitlines()


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "out"

    def board(self, source, *options, status=0):
        code, messages = run("--from", source, "--out", self.out, *options)
        self.assertEqual(code, status, messages)
        return messages


def by_patient(export):
    """A Bundle for each patient of an export, as a client with the whole record would send it."""
    records, shared = {}, []
    for path in sorted(Path(export).glob("*.ndjson")):
        for line in path.read_text(encoding="utf-8").splitlines():
            resource = json.loads(line)
            if resource["resourceType"] == "Medication":
                shared.append({"resource": resource})
                continue
            subject = resource.get("subject") or resource.get("patient") or {}
            patient = subject.get("reference") or f"Patient/{resource['id']}"
            records.setdefault(patient, []).append({"resource": resource})
    return [{"resourceType": "Bundle", "type": "collection", "entry": entries + shared}
            for _, entries in sorted(records.items())]


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

    def export(self, name, **options):
        folder = self.folder / name
        folder.mkdir()
        scattered_export.make(folder, 60, **options)
        return folder

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
        export = self.folder / "export"
        export.mkdir()
        scattered_export.make(export, patients)
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


class CompareTest(Folder):
    """Against another version, and against what was done."""

    PROCEDURES = {"radical": "116033007", "partial": "81516001"}

    def result(self):
        page = (self.out / "comparison.html").read_text(encoding="utf-8")
        self.assertNotIn("<script", page)
        return json.loads((self.out / "comparison.json").read_text(encoding="utf-8"))

    def pairs(self, agreement):
        return {(entry["one"], entry["other"]): entry["count"] for entry in agreement["confusion"]}

    def test_a_version_agrees_with_itself(self):
        self.board(SAMPLES, "--compare-with", "onc-kidney-2018")
        decided = self.result()["decided"]
        self.assertGreater(decided["pairs"], 5)
        self.assertEqual(decided["same"], decided["pairs"])
        self.assertEqual(decided["kappa"]["value"], 1)

    def test_another_version_is_told_apart(self):
        text = (ROOT / "pathways/definitions/onc-kidney-2018.pathway.json").read_text(encoding="utf-8")
        pathway = json.loads(text)
        for table in pathway["tables"]:
            for rule in table["rules"]:
                for option in rule.get("then", {}).get("options", []):
                    if rule["id"] == "ONC-05" and option["action"] == "partial_nephrectomy":
                        option["action"] = "radical_nephrectomy"
        other = self.folder / "other.pathway.json"
        other.write_text(json.dumps(pathway), encoding="utf-8")
        self.board(SAMPLES, "--compare-with", other)
        decided = self.result()["decided"]
        self.assertLess(decided["same"], decided["pairs"])

    def after(self, name, date, procedure="radical", **members):
        sample = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
        patient = sample["context"]["patientId"]
        return {"resourceType": "Procedure", "id": f"after-{patient}-{date}", "status": "completed",
                "subject": {"reference": f"Patient/{patient}"}, "performedDateTime": date,
                "code": {"coding": [{"system": "http://snomed.info/sct", "code": self.PROCEDURES[procedure]}]},
                **members}

    def done(self, *procedures):
        folder = self.folder / "after"
        folder.mkdir()
        (folder / "Procedure.ndjson").write_text("".join(json.dumps(p) + "\n" for p in procedures), encoding="utf-8")
        self.board(SAMPLES, "--compare-with", folder)
        return self.result()

    def test_what_was_done(self):
        result = self.done(self.after("peripheral-tumour.patient-view", "2026-04-01"),
                           self.after("fitting-order.order-sign", "2026-04-02", "partial"))
        partial, radical = "partial nephrectomy (resection)", "radical nephrectomy"
        self.assertEqual(self.pairs(result["decided"]), {(partial, radical): 1, (partial, partial): 1})
        self.assertEqual(sum(band["agreement"]["pairs"] for band in result["bands"]), 2)

    def test_first_procedure_counts_and_earlier_ones_do_not(self):
        name = "peripheral-tumour.patient-view"
        result = self.done(self.after(name, "2026-01-01"), self.after(name, "2026-05-01"),
                           self.after(name, "2026-04-01", "partial"),
                           self.after(name, "2026-03-15", status="not-done"))
        self.assertEqual(list(self.pairs(result["decided"])), [("partial nephrectomy (resection)",) * 2])

    def test_what_is_no_pathway(self):
        self.assertIn("no file that can be read, and no shipped pathway", self.board(SAMPLES, "--compare-with", "nothing", status=1))


def five_metastases():
    """The sample with two metastases, with three more like the one in the bone, at other places."""
    request = json.loads((SAMPLES / "bone-and-skin-metastases.patient-view.json").read_text(encoding="utf-8"))
    places = {2: "right humerus", 3: "second lumbar vertebra", 4: "left acetabulum"}
    for value in request["prefetch"].values():
        entries = (value or {}).get("entry", [])
        for entry in list(entries):
            text = json.dumps(entry)
            if "lesions-femur" in text:
                entries += [json.loads(text.replace("lesions-femur", f"lesions-femur{number}")
                                       .replace("left femur", place)) for number, place in places.items()]
    return request


def measured(sample, sizes):
    """A sample whose tumour was measured before: (day, cm) each."""
    request = json.loads((SAMPLES / f"{sample}.json").read_text(encoding="utf-8"))
    for value in request["prefetch"].values():
        entries = (value or {}).get("entry", [])
        for entry in list(entries):
            if entry["resource"]["id"].endswith("-size"):
                for number, (day, size) in enumerate(sizes):
                    earlier = json.loads(json.dumps(entry))
                    earlier["fullUrl"] += f"-{number}"
                    resource = earlier["resource"]
                    resource["id"] += f"-{number}"
                    resource["effectiveDateTime"] = resource["issued"] = f"{day}T09:00:00+01:00"
                    text = re.sub(r'"value": [0-9.]+, "unit": "mm"', f'"value": {size * 10:.0f}, "unit": "mm"',
                                  json.dumps(earlier))
                    entries.append(json.loads(text))
    return request


def crowded():
    """More metastases than anybody has, with long names, of somebody with a long name: as a page must bear."""
    request = five_metastases()
    for value in request["prefetch"].values():
        entries = (value or {}).get("entry", [])
        for entry in list(entries):
            text = json.dumps(entry)
            if re.search("lesions-femur(?![0-9])", text):
                entries += [json.loads(re.sub("lesions-femur(?![0-9])", f"lesions-femur9{number}", text)
                                       .replace("left femur", f"left femur {number} " + "WIDE words " * 20))
                            for number in range(10, 50)]
    patient = request["prefetch"]["patient"]
    patient["name"] = [{"family": "Langtnavn " * 200}]
    patient["identifier"] = [{"value": "W" * 3000}] * 3
    return request


PATHWAY = json.loads((ROOT / "pathways/definitions/onc-kidney-2018.pathway.json").read_text(encoding="utf-8"))
BACKGROUND = {rule["id"] for table in PATHWAY["tables"] for rule in table["rules"] if rule.get("background")}


class BriefTest(unittest.TestCase):
    """One page a patient, which prints on one page."""

    @classmethod
    def setUpClass(cls):
        browser.find()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.out = Path(folder.name, "out")
        source = Path(folder.name, "in")
        source.mkdir()
        for sample in SAMPLES.glob("*.json"):
            (source / sample.name).write_bytes(sample.read_bytes())
        (source / "five.json").write_text(json.dumps(five_metastases()), encoding="utf-8")
        many = json.dumps(crowded()).replace("pat-lesions", "pat-crowded")
        (source / "crowded.json").write_text(many, encoding="utf-8")
        status, messages = run("--from", source, "--out", cls.out, "--pdf", "--fhir")
        if status:
            raise AssertionError(messages)
        cls.pages = sorted((cls.out / "briefs").glob("*.html"))

    def test_each_patient_has_one(self):
        self.assertEqual(len(self.pages), len(lines_of(self.out)))
        with open(self.out / "worklist.csv", encoding="utf-8-sig", newline="") as file:
            named = {row["Brief"] for row in csv.DictReader(file)}
        self.assertEqual(named, {f"briefs/{page.name}" for page in self.pages})

    def test_each_prints_on_one_page(self):
        for page in self.pages:
            with self.subTest(page=page.name):
                pdf = page.with_suffix(".pdf").read_bytes()
                self.assertEqual(len(re.findall(rb"/Type\s*/Page[^s]", pdf)), 1)

    def test_five_metastases_are_all_there(self):
        page = (self.out / "briefs/pat-lesions_2.html").read_text(encoding="utf-8")
        options = page[page.index("Recommended"):page.index("Background")]
        for place in ("left femur", "right humerus", "second lumbar vertebra", "left acetabulum", "skin of the scalp"):
            self.assertIn(f"Metastasis in the {place}", options)
        data = page[page.index("<table>"):page.index("</table>")]
        self.assertIn("Origin of the metastasis in the kidney cancer<span class=\"soft\"> – all 5</span>", data)
        self.assertIn("Metastasis osteolytic<span class=\"soft\"> – all but Metastasis in the skin of the scalp</span>", data)
        self.assertNotIn("stand in the outcome", page[page.index("Data used"):page.index("</table>") + 60])

    def test_what_the_outcome_says_is_there(self):
        for line in lines_of(self.out):
            outcome = json.loads(line)
            page = next(p for p in self.pages if f"urn:uuid:{outcome['trace']['id']}" == self.trace_id(p))
            text = html.unescape(page.read_text(encoding="utf-8"))
            for result in outcome["recommendations"]:
                # Background may be counted instead, where the page is full.
                background = result["action"] is None or result["rule"] in BACKGROUND
                if background and "stand in the outcome" in text:
                    continue
                with self.subTest(page=page.name, rule=result["rule"]):
                    self.assertTrue(result["rule"] in text)
                    for reason in result["because"]:
                        self.assertTrue(" ".join(reason.split()) in text, reason)

    def trace_id(self, page):
        document = json.loads((self.out / "fhir" / (page.stem + ".json")).read_text(encoding="utf-8"))
        return next(e["resource"]["requestIdentifier"]["value"] for e in document["entry"]
                    if e["resource"]["resourceType"] == "GuidanceResponse")

    def test_nobody_complains_and_nothing_is_loaded(self):
        with browser.Page(1000) as tab:
            for page in self.pages:
                with self.subTest(page=page.name):
                    tab.open(str(page))
                    self.assertEqual(tab.complaints(), [])
                    self.assertEqual(len(tab.requested()), 1)
                    excess = tab.evaluate(
                        "document.documentElement.scrollWidth - document.documentElement.clientWidth")
                    self.assertLessEqual(excess, 0)

    def test_documents_name_their_entries(self):
        documents = sorted((self.out / "fhir").glob("*.json"))
        self.assertEqual(len(documents), len(self.pages))
        for path in documents:
            bundle = json.loads(path.read_text(encoding="utf-8"))
            names = {entry["fullUrl"] for entry in bundle["entry"]}
            self.assertEqual(bundle["entry"][0]["resource"]["resourceType"], "Composition")
            for reference in re.findall(r'"reference":"(urn:uuid:[^"]+)"', path.read_text(encoding="utf-8")):
                self.assertIn(reference, names)


class ChartTest(Folder):
    """Measured sizes over time."""

    def chart(self, sizes):
        path = self.folder / "measured.json"
        path.write_text(json.dumps(measured("peripheral-tumour.patient-view", sizes)), encoding="utf-8")
        self.board(path)
        page = next((self.out / "briefs").glob("*.html")).read_text(encoding="utf-8")
        return re.search('<svg [^>]*class="chart".*?</svg>', page, re.DOTALL)[0]

    def test_first_and_last_are_named(self):
        chart = self.chart([("2024-03-01", 1.2), ("2025-01-10", 1.9), ("2025-08-20", 2.4)])
        self.assertEqual(chart.count("<circle"), 4)
        for words in ("1.2 cm", "5.2 cm", "2024-03-01", "2026-02-18"):
            self.assertIn(f">{words}<", chart)
        self.assertEqual(chart.count("used"), 1)

    def test_many_are_the_latest(self):
        days = [(f"{2015 + number // 12}-{number % 12 + 1:02}-01", 1 + number / 100) for number in range(130)]
        chart = self.chart(days)
        self.assertEqual(chart.count("<circle"), 50)
        self.assertIn(">2026-02-18<", chart)
        self.assertNotIn("2015-", chart)
        self.assertEqual(chart.count("used"), 1)


class WorklistInBrowserTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tab = browser.Page(1440).__enter__()
        cls.addClassCleanup(cls.tab.__exit__)
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        status, messages = run("--from", SAMPLES, "--out", cls.folder.name)
        if status:
            raise AssertionError(messages)
        cls.page = str(Path(cls.folder.name, "worklist.html"))

    def setUp(self):
        self.tab.open(self.page)

    def column(self, number):
        return self.tab.evaluate(
            f"[...document.querySelectorAll('tbody tr')].filter(r => !r.hidden).map(r => r.cells[{number}].textContent)")

    def test_nobody_complains_and_nothing_is_loaded(self):
        self.assertEqual(self.tab.complaints(), [])
        self.assertEqual(len(self.tab.requested()), 1)

    def test_click_sorts_both_ways(self):
        click = "document.querySelectorAll('thead button')[0].click()"
        self.tab.evaluate(click)
        up = self.column(0)
        self.assertEqual(up, sorted(up, key=str.casefold))
        self.tab.evaluate(click)
        self.assertEqual(self.column(0), up[::-1])
        self.assertEqual(self.tab.evaluate("document.querySelector('thead th').getAttribute('aria-sort')"),
                         "descending")

    def test_filter_leaves_what_fits(self):
        self.tab.evaluate("words.value = 'TESTESEN right'; words.dispatchEvent(new Event('input'))")
        rows = self.column(0)
        self.assertTrue(0 < len(rows) < 31)
        self.assertEqual(self.tab.evaluate("shown.textContent"), f"{len(rows)} of 31 shown")
        self.tab.evaluate("words.value = ''; outcome.value = 'need-data'; outcome.dispatchEvent(new Event('change'))")
        self.assertEqual(len(self.column(0)), 4)


if __name__ == "__main__":
    unittest.main()
