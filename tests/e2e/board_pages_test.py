"""What people look at of a board: briefs, their charts, and the worklist, in a browser."""

import csv
import html
import json
import re
import tempfile
import unittest
from pathlib import Path

import browser
from boards import Folder, ROOT, SAMPLES, lines_of, run


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
