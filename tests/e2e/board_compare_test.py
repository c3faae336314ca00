"""`renalpath board --compare-with`: two versions of a pathway, or advice and what was done."""

import json
import unittest

from boards import Folder, ROOT, SAMPLES


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


if __name__ == "__main__":
    unittest.main()
