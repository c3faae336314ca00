"""The sample requests of deploy/sample against their golden answers, and what the samples must reach together.

RENAL_REWRITE_GOLDEN=1 writes the golden files anew; the rewrite is reviewed like code.
"""

import difflib
import json
import os
import re
import unittest
from pathlib import Path

import harness

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "deploy" / "sample").glob("*.json"))
GOLDEN = ROOT / "tests" / "golden"
HASH = re.compile(r"sha256:[0-9a-f]+")

# sample: verdicts of its orders, indicators of its cards, gate
REACHED = {
    "small-peripheral-tumour.order-sign": (["discordant"], ["warning"], None),
    "fitting-order.order-sign": (["concordant"], [], None),
    "place-not-recorded.order-sign": (["undecided"], ["info"], None),
    "surveillance-ahead-of-data.order-sign": (["premature"], ["warning"], None),
    "already-ordered.order-sign": (["duplicate"], ["info"], None),
    "wrong-side.order-sign": (["discordant"], ["warning"], None),
    "solitary-kidney.order-sign": (["discordant"], ["warning"], None),
    "central-tumour-weak-kidneys.order-sign": (["discordant"], ["warning"], None),
    "two-drafts-one-selected.order-select": (["discordant"], ["warning"], None),
    "drug-ahead-of-operation.order-sign": (["supporting"], ["info"], None),
    "transplant-drug.order-sign": (["unrelated"], [], None),
    "reduced-condition.patient-view": ([], None, None),
    "bone-and-skin-metastases.patient-view": ([], None, None),
    "only-metastasis-years-later.patient-view": ([], None, None),
    "after-nephrectomy.patient-view": ([], None, None),
    "radiotherapy-of-a-small-metastasis.order-sign": (["discordant"], ["warning"], None),
    "child.order-sign": (["outside"], [], "age"),
    "deceased.order-sign": (["outside"], [], "deceased"),
    "benign-tumour.patient-view": ([], [], "excluded-tumour"),
    "cancer-in-the-past.patient-view": ([], [], "history-only"),
    "peripheral-tumour.patient-view": ([], ["info"], None),
    "not-fit-for-surgery.patient-view": ([], ["info"], None),
    "exactly-seven.patient-view": ([], ["info"], None),
    "both-kidneys.patient-view": ([], ["info", "info"], None),
    "older-patient-tiny-tumour.patient-view": ([], ["info"], None),
    "old-measurement.patient-view": ([], ["info"], None),
    "diagnosis-only.patient-view": ([], None, None),
    "two-cts-disagree.patient-view": ([], None, None),
    "metastatic-risk.patient-view": ([], ["info", "info"], None),
    "after-surgery.patient-view": ([], None, None),
    "creatinine-only.order-sign": (["discordant"], ["warning"], None),
}


def name_of(path):
    return path.name.removesuffix(".json")


def written(value):
    """The text of a golden file. The hash of the pathway is left out: it changes with every comment in the file."""
    return HASH.sub("sha256:*", json.dumps(value, indent=2, ensure_ascii=False)) + "\n"


class GoldenTest(unittest.TestCase):
    def compare(self, path, value):
        text = written(value)
        if os.environ.get("RENAL_REWRITE_GOLDEN") == "1":
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        self.assertTrue(path.exists(), f"{path.name} is missing; RENAL_REWRITE_GOLDEN=1 writes it")
        golden = path.read_text(encoding="utf-8")
        if json.loads(golden) == json.loads(text):
            return
        lines = difflib.unified_diff(golden.splitlines(), text.splitlines(), path.name, "now", n=2, lineterm="")
        self.fail("\n" + "\n".join(lines))

    def test_outcomes_and_cards(self):
        self.assertGreaterEqual(len(SAMPLES), 14)
        for sample in SAMPLES:
            request = json.loads(sample.read_text(encoding="utf-8"))
            for kind, cards in (("outcome", False), ("cards", True)):
                with self.subTest(sample=name_of(sample), kind=kind):
                    answer = harness.evaluate([request], cards=cards)[0]
                    # With cards, the outcome that the request asks for has a golden file of its own.
                    self.compare(GOLDEN / f"{name_of(sample)}.{kind}.json", answer["cards"] if cards else answer)

    def test_no_golden_file_is_left_over(self):
        wanted = {f"{name_of(sample)}.{kind}.json" for sample in SAMPLES for kind in ("outcome", "cards")}
        # Those in other languages are language_test.py's, care plans those of the test of $apply.
        others = re.compile(r"(\.[a-z]{2}\.cards|\.care-plan)\.json$")
        there = {path.name for path in GOLDEN.glob("*.json") if not others.search(path.name)}
        self.assertEqual(there, wanted)


class ReachTest(unittest.TestCase):
    """What each sample is there for, in words of its own rather than of a golden file."""

    @classmethod
    def setUpClass(cls):
        requests = [json.loads(sample.read_text(encoding="utf-8")) for sample in SAMPLES]
        cls.outcomes = dict(zip(map(name_of, SAMPLES), harness.evaluate(requests)))
        cls.cards = dict(zip(map(name_of, SAMPLES), (a["cards"] for a in harness.evaluate(requests, cards=True))))

    def test_every_sample_reaches_what_it_is_for(self):
        self.assertEqual(set(self.outcomes), set(REACHED))
        for name, (verdicts, indicators, gate) in REACHED.items():
            with self.subTest(sample=name):
                outcome = self.outcomes[name]
                self.assertEqual([order["verdict"] for order in outcome["orders"]], verdicts)
                self.assertEqual(outcome["gate"], gate)
                if indicators is not None:
                    self.assertEqual([card["indicator"] for card in self.cards[name]], indicators)

    def test_the_first_sample_offers_the_resection(self):
        cards = self.cards["small-peripheral-tumour.order-sign"]
        actions = cards[0]["suggestions"][0]["actions"]
        self.assertEqual([action["type"] for action in actions], ["delete", "create"])
        codes = [coding["code"] for coding in actions[1]["resource"]["code"]["coding"]]
        self.assertIn("partial-nephrectomy", codes)

    def test_with_the_board_only_the_referral_is_offered(self):
        for name in ("solitary-kidney.order-sign", "central-tumour-weak-kidneys.order-sign", "creatinine-only.order-sign",
                     "not-fit-for-surgery.patient-view", "exactly-seven.patient-view", "both-kidneys.patient-view"):
            with self.subTest(sample=name):
                actions = [action for card in self.cards[name] for suggestion in card.get("suggestions", [])
                           for action in suggestion["actions"]]
                self.assertTrue(actions)
                for action in actions:
                    self.assertEqual(action["type"], "create")
                    codes = [coding["code"] for coding in action["resource"]["code"]["coding"]]
                    self.assertIn("mdt-discussion", codes)

    def test_scores_stand_on_the_card_with_what_is_missing(self):
        details = [card["detail"] for card in self.cards["metastatic-risk.patient-view"]]
        with_scores = [detail for detail in details if "**Scores, for information**" in detail]
        self.assertEqual(len(with_scores), 1)
        scores = with_scores[0].split("**Scores, for information**")[1]
        for text in ("stage IV", "IMDC risk (Heng): intermediate or poor", "Points: 2 to 3.",
                     "Missing: Platelets above the upper limit (recorded without a limit", "MSKCC risk (Motzer 2002): intermediate",
                     "62 mL/min/1.73 m²"):
            self.assertIn(text, scores)

    def test_a_score_is_worked_out_after_surgery(self):
        inputs = self.outcomes["after-surgery.patient-view"]["inputs"]
        self.assertEqual((inputs["leibovich_points"]["value"], inputs["leibovich_risk"]["value"]), (6, "high"))
        self.assertEqual(inputs["stage_group"]["value"], "III")

    def test_a_computed_egfr_counts_and_is_named_so(self):
        card = self.cards["creatinine-only.order-sign"][0]["detail"]
        self.assertIn("Estimated GFR, computed from creatinine (CKD-EPI 2021): 47 mL/min/1.73 m²", card)
        self.assertIn("recorded 141 umol/L", card)
        self.assertIn("Reduced kidney function", card)

    def test_only_the_selected_draft_is_looked_at(self):
        orders = self.outcomes["two-drafts-one-selected.order-select"]["orders"]
        self.assertEqual([order["resource"] for order in orders], ["ServiceRequest/drafts-draft-2"])

    def test_the_readme_names_every_sample(self):
        text = (ROOT / "deploy" / "sample" / "README.md").read_text(encoding="utf-8")
        rows = re.findall(r"^\| `([^`]+)` \|", text, re.M)
        self.assertEqual(sorted(rows), sorted(map(name_of, SAMPLES)))


if __name__ == "__main__":
    unittest.main()
