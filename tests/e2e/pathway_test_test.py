"""`renalpath pathway test`: the real program over test files."""

import json
import os
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path

from harness import BINARY

SPEC = Path(os.environ.get("RENAL_SHARED", "../shared")) / "spec"

PATHWAY = {
    "pathwayFormat": "1.0", "id": "small", "url": "https://example.org/small", "version": "1.0.0", "title": "Small",
    "status": "draft", "date": "2026-01-01", "publisher": "Nobody", "hooks": ["order-sign"],
    "sources": {"S": {"label": "Source"}}, "scope": {"condition": "tumour"},
    "parameters": {"limit": {"type": "Quantity", "value": "4 'cm'", "min": "3 'cm'", "max": "5 'cm'", "why": "w"}},
    "valueSets": {name: {"url": "https://example.org/vs/" + name, "version": "1", "title": name,
                         "concepts": [{"system": "https://example.org/codes", "code": name}]}
                  for name in ("tumour", "size", "cut", "wait")},
    "inputs": {"size": {"title": "Size", "type": "Quantity", "unit": "cm", "min": "0 'cm'", "max": "40 'cm'",
                        "question": "How large?",
                        "sources": [{"name": "s", "from": "Observation", "code": "size", "time": "effective",
                                     "value": "value"}]}},
    "actions": {"cut": {"title": "Cut", "match": {"codes": "cut"},
                        "resource": {"resourceType": "ServiceRequest", "status": "draft", "intent": "order"}},
                "wait": {"title": "Wait", "match": {"codes": "wait", "resourceTypes": ["ServiceRequest"]}}},
    "start": "t",
    "tables": [{"id": "t", "title": "T", "columns": ["size"], "rules": [
        {"id": "small", "if": {"size": "< %limit"},
         "then": {"choose": "one", "options": [{"action": "wait", "strength": "preferred"}]}, "because": "b",
         "cite": ["S"]},
        {"id": "large", "if": {"size": ">= %limit"},
         "then": {"choose": "one", "options": [{"action": "cut", "strength": "preferred"}]}, "because": "b",
         "cite": ["S"]}]}],
}


def bundle(size):
    def resource(kind, **more):
        return {"resource": {"resourceType": kind, "subject": {"reference": "Patient/p"}, **more}}

    def concept(code):
        return {"coding": [{"system": "https://example.org/codes", "code": code}]}

    return {"resourceType": "Bundle", "type": "collection", "entry": [
        {"resource": {"resourceType": "Patient", "id": "p"}},
        resource("Condition", id="c", code=concept("tumour"), clinicalStatus={"coding": [{"code": "active"}]}),
        resource("Observation", id="o", code=concept("size"), status="final", effectiveDateTime="2026-03-01",
                 valueQuantity={"value": size, "system": "http://unitsofmeasure.org", "code": "mm"})]}


def cases(*rows):
    return {"pathway": PATHWAY["url"], "now": "2026-03-02T09:00:00+01:00", "cases": list(rows)}


class PathwayTestTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.pathway = self.write("small.pathway.json", PATHWAY)

    def write(self, name, value):
        path = self.folder / name
        path.write_text(value if isinstance(value, str) else json.dumps(value, indent=1), encoding="utf-8")
        return str(path)

    def run_tool(self, *arguments):
        return subprocess.run([BINARY, "pathway", "test", *arguments], capture_output=True, encoding="utf-8",
                              timeout=120, check=False)

    def test_demonstration(self):
        if not (SPEC / "kidney-demo.cases.json").exists():
            self.skipTest("the format description is not beside the sources")
        done = self.run_tool(str(SPEC / "kidney-demo.pathway.json"))
        self.assertEqual(done.stdout.splitlines()[-1], "20 passed, 0 failed", done.stdout + done.stderr)
        self.assertEqual(done.returncode, 0)

    def test_cases_pass_and_fail(self):
        self.write("p.json", bundle(40))
        self.write("small.cases.json", cases(
            {"name": "below", "inputs": {"size": "39 'mm'"}, "expect": {"rule": "small"}},
            {"name": "other limit", "inputs": {"size": "39 'mm'"}, "parameters": {"limit": "3 'cm'"},
             "expect": {"rule": "large"}},
            {"name": "record", "bundle": "p.json", "expect": {"rule": "large", "cards": {"count": 1}}},
            {"name": "wrong", "bundle": bundle(41), "expect": {"rule": "small"}}))
        done = self.run_tool(self.pathway, "--junit", str(self.folder / "out.xml"))
        self.assertEqual(done.returncode, 1)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[-1], "3 passed, 1 failed")
        self.assertRegex(lines[-3], r'small\.cases\.json:\d+:\d+: case "wrong" failed')
        self.assertEqual(lines[-2], "    rules: expected small, got large")
        suite = xml.parse(self.folder / "out.xml").getroot().find("testsuite")
        self.assertEqual((suite.get("tests"), suite.get("failures")), ("4", "1"))
        self.assertEqual([case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None],
                         ["wrong"])

    def test_coverage(self):
        self.write("small.cases.json", cases({"name": "b", "inputs": {"size": "4 'cm'"}, "expect": {"rule": "large"}}))
        done = self.run_tool(self.pathway, "--coverage")
        self.assertIn("coverage: rules 1 of 2\n", done.stdout)
        self.assertIn("coverage: boundaries 1 of 3\n", done.stdout)
        self.assertIn("not covered: small: no case makes the rule true.", done.stdout)
        self.assertIn("not covered: size: no case is just below 4 'cm'.", done.stdout)

    def test_proposals(self):
        begun = self.run_tool(self.pathway, "--boundaries")
        self.assertEqual(begun.returncode, 0, begun.stderr)
        self.assertTrue(all(case["confirmed"] is False for case in json.loads(begun.stdout)["cases"]))
        self.write("small.cases.json", begun.stdout.replace('"confirmed": false', '"confirmed": true'))
        done = self.run_tool(self.pathway, "--coverage")
        self.assertIn("coverage: rules 2 of 2\n", done.stdout)
        self.assertIn("coverage: boundaries 3 of 3\n", done.stdout)
        self.assertTrue(done.stdout.endswith(" passed, 0 failed\n"))

    def test_defects_have_places(self):
        self.write("small.cases.json", '{"pathway": "https://example.org/small", "now": "2026-03-02T09:00:00Z", "cases": [\n'
                                       '  {"name": "a", "inputs": {"sise": 1}, "expect": {"rules": ["x"]}}]}')
        done = self.run_tool(self.pathway)
        self.assertEqual(done.returncode, 1)
        self.assertIn("small.cases.json:2:28: error L102: \"sise\" is no input", done.stderr)
        self.assertIn("small.cases.json:2:61: error L102: \"x\" is no rule", done.stderr)
        self.assertEqual(done.stdout, "0 passed, 0 failed\n")

    def test_without_a_test_file(self):
        done = self.run_tool(self.pathway)
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no test file beside it", done.stderr)
        self.assertEqual(self.run_tool("nowhere").returncode, 1)


if __name__ == "__main__":
    unittest.main()
