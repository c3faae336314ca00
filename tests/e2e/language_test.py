"""Answers in the language of their reader, from outside: golden cards in Norwegian, no word of the other language
left, and who decides.

RENAL_REWRITE_GOLDEN=1 writes the golden files anew; the rewrite is reviewed like code.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness
from dialects import NOW
from samples_test import GOLDEN, ROOT, SAMPLES, name_of, written

DEFINITIONS = ROOT / "pathways" / "definitions"
PATHWAY = DEFINITIONS / "onc-kidney-2018.pathway.json"
TRANSLATION = DEFINITIONS / "onc-kidney-2018.nb.json"
CATALOGUES = ROOT / "cards" / "catalogue"

GOLDEN_SAMPLES = (
    "after-nephrectomy.patient-view",
    "bone-and-skin-metastases.patient-view",
    "small-peripheral-tumour.order-sign",
    "surveillance-ahead-of-data.order-sign",
    "wrong-side.order-sign",
    "both-kidneys.patient-view",
    "diagnosis-only.patient-view",
    "not-fit-for-surgery.patient-view",
    "old-measurement.patient-view",
)

# Words that English cannot do without and Norwegian does not have.
ENGLISH = ("and", "or", "yes", "no", "not", "the", "of", "with", "is", "are", "which")


def requests():
    return {name_of(sample): json.loads(sample.read_text(encoding="utf-8")) for sample in SAMPLES}


def without_words(value):
    """The request without the words of its own, which are quoted on cards in whatever language they are."""
    if isinstance(value, dict):
        return {name: without_words(member) for name, member in value.items() if name not in ("display", "text")}
    return [without_words(item) for item in value] if isinstance(value, list) else value


def worse_ways(request):
    """The request, and with each of its prefetch keys failed or left out, by turns."""
    yield request
    failure = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
    for place, key in enumerate(sorted(request["prefetch"])):
        rest = {name: value for name, value in request["prefetch"].items() if name != key}
        yield request | {"prefetch": rest if (place + len(json.dumps(request))) % 2 else rest | {key: failure}}


def texts_of_resource(value):
    if isinstance(value, dict):
        for name, member in value.items():
            if name == "text" and isinstance(member, str):
                yield member
            yield from texts_of_resource(member)
    elif isinstance(value, list):
        for item in value:
            yield from texts_of_resource(item)


def read_texts(answer):
    """Everything of an answer that people read."""
    for card in answer["cards"]:
        yield card["summary"]
        yield card["detail"]
        yield card["source"]["topic"]["display"]
        yield from (reason["display"] for reason in card.get("overrideReasons", []))
        for suggestion in card.get("suggestions", []):
            yield suggestion["label"]
            for action in suggestion["actions"]:
                yield action["description"]
                yield from texts_of_resource(action.get("resource"))
    outcome = answer.get("extension", {}).get("org.renalpath.outcome", {})
    for result in outcome.get("recommendations", []):
        for member in ("because", "cautions", "assumptions"):
            yield from result[member]
    yield from (question["question"] for question in outcome.get("ask", []))
    yield outcome.get("trace", {}).get("gateBecause", "")


def text_at(pathway, key):
    """The text of a pathway file with a key of its translation."""
    node = pathway
    while key:
        if isinstance(node, list):
            names = [next((e[m] for m in ("id", "word", "name", "code") if isinstance(e.get(m), str)), str(i))
                     for i, e in enumerate(node)]
        else:
            names = list(node)
        name = next(name for name in names if key == name or key.startswith(name + "."))
        node = node[names.index(name)] if isinstance(node, list) else node[name]
        key = key[len(name) + 1:]
    return node


def fragments(catalogue):
    """What the phrases of a catalogue say between their placeholders."""
    for phrase in catalogue["texts"].values():
        for form in phrase.values() if isinstance(phrase, dict) else (phrase,):
            for part in re.split(r"\{\w+\}", form):
                yield part.strip(" .,:;()")


def foreign_texts():
    """English texts of the pathway and the catalogue that Norwegian answers must not have."""
    pathway = json.loads(PATHWAY.read_text(encoding="utf-8"))
    translation = json.loads(TRANSLATION.read_text(encoding="utf-8"))["texts"]
    english, norwegian = (set(fragments(json.loads((CATALOGUES / f"{language}.json").read_text(encoding="utf-8"))))
                          for language in ("en", "nb"))
    found = {part for part in english - norwegian if len(part) >= 5}
    for key, text in translation.items():
        original = text_at(pathway, key)
        if original != text:
            # Parameters are put in: what stands around them is looked for.
            found.update(part.strip(" .:") for part in re.split(r"\{\w+\}", original))
    return {text for text in found if len(text) >= 3 and text not in translation.values()}


class GoldenTest(unittest.TestCase):
    def test_norwegian_cards(self):
        all_requests = requests()
        for name in GOLDEN_SAMPLES:
            with self.subTest(sample=name):
                path = GOLDEN / f"{name}.nb.cards.json"
                text = written(harness.evaluate([all_requests[name]], cards=True, language="nb")[0]["cards"])
                if os.environ.get("RENAL_REWRITE_GOLDEN") == "1":
                    path.write_text(text, encoding="utf-8")
                self.assertEqual(json.loads(path.read_text(encoding="utf-8")), json.loads(text))

    def test_no_golden_file_is_left_over(self):
        self.assertEqual({path.name for path in GOLDEN.glob("*.nb.*")},
                         {f"{name}.nb.cards.json" for name in GOLDEN_SAMPLES})


class WordsTest(unittest.TestCase):
    """What holds for the words of every sample, as it is and with each part of its data missing."""

    @classmethod
    def setUpClass(cls):
        cls.requests = [way for request in requests().values() for way in worse_ways(request)]
        bare = [without_words(request) for request in cls.requests]
        cls.english = harness.evaluate(bare, cards=True, language="en")
        cls.norwegian = harness.evaluate(bare, cards=True, language="nb")

    def test_the_advice_is_the_same(self):
        def advice(answer):
            outcome = answer.get("extension", {}).get("org.renalpath.outcome", {})
            cards = [(card["indicator"], card["source"]["topic"]["code"], len(card.get("suggestions", [])))
                     for card in answer["cards"]]
            results = [{name: result.get(name) for name in ("rule", "action", "strength", "determination", "missing")}
                       for result in outcome.get("recommendations", [])]
            return cards, results, outcome.get("pathway"), outcome.get("inputs"), outcome.get("wouldChange")

        def without_texts(value):
            if isinstance(value, dict):
                return {name: without_texts(member) for name, member in value.items()
                        if name not in ("note", "title", "remarks", "because")}
            return [without_texts(item) for item in value] if isinstance(value, list) else value

        for english, norwegian in zip(self.english, self.norwegian):
            *first, first_inputs, first_changes = advice(english)
            *second, second_inputs, second_changes = advice(norwegian)
            self.assertEqual((first, first_changes), (second, second_changes))
            self.assertEqual(without_texts(first_inputs), without_texts(second_inputs))

    def test_no_english_is_left(self):
        sources = json.loads(PATHWAY.read_text(encoding="utf-8"))["sources"].values()
        wanted = foreign_texts() | set(ENGLISH)
        self.assertGreater(len(wanted), 250)
        pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, wanted))})(?!\w)")
        seen = set()
        for answer in self.norwegian:
            seen.update(read_texts(answer))
        self.assertGreater(len(seen), 100)
        for text in seen:
            for source in sources:  # names of publications
                text = text.replace(source["label"], "")
            text = re.sub(r"\b[A-Z][A-Za-z]+/[\w.-]+", "", text)  # references
            found = pattern.search(text)
            self.assertIsNone(found, f"{found and found[0]!r} in {text!r}")

    def test_english_has_what_is_looked_for(self):
        seen = "\n".join(text for answer in self.english for text in read_texts(answer))
        found = [text for text in foreign_texts() if re.search(rf"(?<!\w){re.escape(text)}(?!\w)", seen)]
        self.assertGreater(len(found), 120)

    def test_summaries_are_short(self):
        for answer in self.english + self.norwegian:
            for card in answer["cards"]:
                self.assertLess(len(card["summary"]), 140)
                self.assertNotIn("\n", card["summary"])

    def test_no_summary_of_a_sample_is_cut(self):
        for language in ("en", "nb"):
            for answer in harness.evaluate(requests().values(), cards=True, language=language):
                for card in answer["cards"]:
                    self.assertNotIn("\u2026", card["summary"])

    def test_details_read_as_plain_text(self):
        """Nothing but headings, lists, strong words and paragraphs; no other mark, and no space that is lost."""
        count = 0
        for answer in self.english + self.norwegian:
            for card in answer["cards"]:
                count += 1
                for line in card["detail"].split("\n"):
                    text = re.sub(r"\*\*[^*]+\*\*", "strong", line.removeprefix("- "))
                    self.assertNotRegex(text, r"[*`\[\]{}|~#]|<\w|(?<!\\)_|^\s|\s$|  ", line)
        self.assertGreater(count, 200)


class ServerTest(unittest.TestCase):
    def test_the_call_decides(self):
        request = requests()["small-peripheral-tumour.order-sign"]
        path = "/cds-services/onc-kidney-2018-order-sign"
        wanted = {language: harness.evaluate([request], cards=True, language=language)[0] for language in ("en", "nb")}
        with harness.Server() as server:
            for header, language in ((None, "en"), ("nb-NO,nb;q=0.9,en;q=0.5", "nb"), ("nn", "nb"), ("de", "en"),
                                     ("nb;q=nonsense", "en"), ("x" * 4000, "en"), ("nb," * 400, "en")):
                with self.subTest(header=header):
                    headers = {} if header is None else {"Accept-Language": header}
                    status, fields, answer = server.exchange("POST", path, request, headers)
                    self.assertEqual(status, 200)
                    self.assertEqual(fields["Content-Language"], language)
                    self.assertIn("Accept-Language", fields["Vary"])
                    self.assertEqual(answer, wanted[language])

    def test_the_server_has_a_language(self):
        with harness.Server(options=("--language", "nb")) as server:
            status, fields, answer = server.exchange("GET", "/cds-services")
            self.assertEqual((status, fields["Content-Language"]), (200, "nb"))
            title = json.loads(TRANSLATION.read_text(encoding="utf-8"))["texts"]["title"]
            self.assertEqual({service["title"] for service in answer["services"]}, {title})
            _, fields, answer = server.exchange("GET", "/cds-services", headers={"Accept-Language": "en-GB"})
            self.assertEqual(fields["Content-Language"], "en")
            self.assertEqual({service["title"] for service in answer["services"]},
                             {json.loads(PATHWAY.read_text(encoding="utf-8"))["title"]})
            # Errors are for engineers.
            status, fields, _ = server.exchange("POST", "/cds-services/onc-kidney-2018", {})
            self.assertEqual((status, fields["Content-Language"]), (400, None))


class OwnPathwayTest(unittest.TestCase):
    """A translation beside a pathway file of one's own."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.pathway = self.folder / "mine.pathway.json"
        shutil.copy(PATHWAY, self.pathway)
        self.sample = str(next(sample for sample in SAMPLES if name_of(sample) == "peripheral-tumour.patient-view"))

    def translate(self, change):
        translation = json.loads(TRANSLATION.read_text(encoding="utf-8"))
        change(translation["texts"])
        (self.folder / "mine.nb.json").write_text(json.dumps(translation), encoding="utf-8")

    def evaluate(self, language):
        return subprocess.run([harness.BINARY, "evaluate", "--cards", "--now", NOW, "--pathway", str(self.pathway),
                               "--language", language, self.sample],
                              capture_output=True, encoding="utf-8", timeout=60, check=False)

    def test_is_used(self):
        self.translate(lambda texts: texts.update({"title": "Nyrekreft hos oss (Oncolex 2018)"}))
        done = self.evaluate("nb")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Nyrekreft hos oss", done.stdout)
        self.assertNotIn("L80", done.stderr)
        self.assertNotIn("Nyrekreft hos oss", self.evaluate("en").stdout)

    def test_is_needed(self):
        done = self.evaluate("nb")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn('no translation into "nb"', done.stderr)
        self.assertEqual(self.evaluate("en").returncode, 0)

    def test_may_lack_a_text(self):
        self.translate(lambda texts: texts.pop("cards.disclaimer"))
        done = self.evaluate("nb")
        self.assertEqual(done.returncode, 0)
        self.assertIn("mine.pathway.json", done.stderr)
        self.assertIn('warning L801: the text has no translation into "nb"', done.stderr)
        self.assertIn("The hospital accepts no liability", done.stdout)

    def test_is_refused_where_it_does_not_fit(self):
        self.translate(lambda texts: texts.update({"cards.claimer": "x"}))
        done = self.evaluate("nb")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("mine.nb.json:1:", done.stderr)
        self.assertIn('error L802: the pathway has no text "cards.claimer"', done.stderr)


if __name__ == "__main__":
    unittest.main()
