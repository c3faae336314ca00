"""`renalpath pathway lint` and `pathway diff` from outside: what they print, and how they end."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import BINARY

NOW = "2026-03-02T09:00:00+01:00"
CODED = {"system": "http://example.org/cs", "code": "x"}


def rule(name, cells, action):
    return {"id": name, "if": cells, "then": {"options": [{"action": action, "strength": "preferred"}]},
            "because": "b", "cite": ["S"]}


def pathway(limit="< 75", version="1.0.0"):
    """A file that covers every age: below 75, and from 75."""
    return {
        "pathwayFormat": "1.0", "id": "small", "url": "https://example.org/small", "version": version,
        "title": "Small", "status": "draft", "date": "2026-03-01", "publisher": "p",
        "scope": {"condition": "disease"}, "hooks": ["patient-view"],
        "sources": {"S": {"label": "l", "edition": "1"}},
        "valueSets": {"disease": {"url": "https://example.org/vs", "concepts": [CODED]}},
        "inputs": {"age": {"title": "Age", "type": "Integer", "min": "0", "max": "130", "question": "q",
                           "derive": "%patient.birthDate.duration(%today, 'year')"}},
        "actions": {"a": {"title": "Å first", "kind": "referral"}, "b": {"title": "B", "kind": "referral"}},
        "start": "t",
        "tables": [{"id": "t", "title": "T", "columns": ["age"],
                    "rules": [rule("R1", {"age": limit}, "a"), rule("R2", {"age": ">= 75"}, "b")]}]}


def case(name, age, fired):
    return {"name": name, "inputs": {"age": age}, "expect": {"rule": fired}}


CASES = {"pathway": "https://example.org/small", "now": NOW,
         "cases": [case("below", 74, "R1"), case("at", 75, "R2"), case("above", 76, "R2"),
                   {"name": "unknown", "inputs": {"age": None}, "expect": {"outcome": "need-data"}}]}


def bundle(born):
    return {"resourceType": "Bundle", "type": "collection", "entry": [
        {"resource": {"resourceType": "Patient", "id": "p", "birthDate": born}},
        {"resource": {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/p"},
                      "clinicalStatus": {"coding": [{"code": "active"}]}, "code": {"coding": [CODED]}}}]}


class PathwayToolTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content, indent=1, ensure_ascii=False)
        path.write_text(text, encoding="utf-8")
        return str(path)

    def run_tool(self, *arguments):
        return subprocess.run([BINARY, "pathway", *arguments], capture_output=True, encoding="utf-8",
                              timeout=280, check=False, env={**os.environ, "TZ": "UTC"})


class LintTest(PathwayToolTest):
    def lint(self, *arguments):
        return self.run_tool("lint", "--now", NOW, *arguments)

    def test_a_clean_file(self):
        self.write("small.cases.json", CASES)
        done = self.lint(self.write("small.pathway.json", pathway()))
        self.assertEqual((done.stdout, done.stderr, done.returncode),
                         ("0 errors, 0 warnings, 0 info\n", "", 0))

    def test_shows_the_place_with_a_mark(self):
        self.write("small.cases.json", CASES)
        name = self.write("small.pathway.json", pathway(limit="< 70"))
        done = self.lint(name, "--level", "error")
        lines = done.stdout.splitlines()
        at = next(i for i, line in enumerate(lines) if "L301" in line)
        self.assertRegex(lines[at], rf"^{name}:\d+:\d+: error L301: table \"t\" has a gap: no rule covers "
                                    r"age: \[70 \.\. 75\)\. Example: age = 70\. Add a rule")
        self.assertEqual(lines[at + 1].strip(), '"id": "t",')
        self.assertEqual(lines[at + 2].index("^"), lines[at + 1].index('"t"'))
        self.assertEqual(done.returncode, 1)

    def test_reports_everything_at_once(self):
        broken = pathway(limit="< 75 or")
        broken["actions"]["a"]["titel"] = "t"
        broken["tables"][0]["rules"][1]["then"]["options"][0]["action"] = "c"
        done = self.lint(self.write("small.pathway.json", broken))
        for found in ("error L208", "has no property \"titel\"", "no action is named \"c\""):
            self.assertIn(found, done.stdout)
        self.assertEqual(done.returncode, 1)

    def test_json_is_one_object_a_finding(self):
        name = self.write("small.pathway.json", pathway(limit="< 70"))
        done = self.lint(name, "--json")
        found = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual({each["file"] for each in found}, {name})
        self.assertEqual([each["id"] for each in found if each["level"] == "error"], ["L601", "L301"])
        self.assertTrue(all(each["line"] > 1 and each["message"] for each in found))

    def test_level_hides_and_the_status_stays(self):
        content = pathway()
        del content["sources"]["S"]["edition"]
        self.write("small.cases.json", CASES)
        name = self.write("small.pathway.json", content)
        self.assertIn("warning L503", self.lint(name).stdout)
        done = self.lint(name, "--level", "error")
        self.assertEqual((done.stdout, done.returncode), ("0 errors, 1 warning, 0 info\n", 0))

    def test_reads_the_translations(self):
        self.write("small.cases.json", CASES)
        name = self.write("small.pathway.json", pathway())
        translation = {"pathway": "small", "version": "1.0.0", "language": "nb", "texts": {"titel": "Liten"}}
        other = self.write("small.nb.json", translation)
        done = self.lint(name)
        self.assertRegex(done.stdout, rf'(?m)^{other}:\d+:\d+: error L802: .*"titel"')
        self.assertRegex(done.stdout, rf"(?m)^{name}:\d+:\d+: warning L801: ")
        self.assertIn('"titel": "Liten"', done.stdout)
        self.assertEqual(done.returncode, 1)
        self.write("small.sv.json", {**translation, "language": "sv"})  # no words of cards: no server reads it
        self.assertNotIn("small.sv.json", self.lint(name).stdout)

    def test_a_translation_does_not_report_the_pathway_again(self):
        self.write("small.cases.json", CASES)
        name = self.write("small.pathway.json", pathway(limit="< 70"))
        alone = self.lint(name, "--level", "error").stdout
        self.write("small.nb.json", {"pathway": "small", "version": "1.0.0", "language": "nb", "texts": {}})
        self.assertEqual(self.lint(name, "--level", "error").stdout.splitlines()[:-1], alone.splitlines()[:-1])

    def test_holds_the_version_against_the_last_one(self):
        self.write("small.cases.json", CASES)
        name = self.write("small.pathway.json", pathway(version="1.1.0"))
        before = pathway()
        before["tables"][0]["rules"] = [rule("R1", {"age": "< 80"}, "a"), rule("R2", {"age": ">= 80"}, "b")]
        done = self.lint(name, "--previous", self.write("old.json", before))
        self.assertIn("error L504: version 1.1.0 after 1.0.0 promises that no outcome differs", done.stdout)
        self.assertEqual(done.returncode, 1)

    def test_a_file_that_is_not_there(self):
        done = self.lint(str(self.folder / "none.json"))
        self.assertIn("no file that can be read", done.stderr)
        self.assertEqual(done.returncode, 1)

    def test_control_characters_do_not_reach_the_terminal(self):
        done = self.lint(self.write("bad.pathway.json", '{"title": "\x1b[31m"}\n'))
        self.assertNotIn("\x1b", done.stdout)
        self.assertEqual(done.returncode, 1)

    def test_wrong_use(self):
        self.assertEqual(self.lint("--level", "all", "x").returncode, 2)


class DiffTest(PathwayToolTest):
    def setUp(self):
        super().setUp()
        self.before = self.write("before.json", pathway())
        after = pathway(version="2.0.0")
        after["tables"][0]["rules"] = [rule("R1", {"age": "< 80"}, "a"), rule("R2", {"age": ">= 80"}, "b")]
        self.after = self.write("after.json", after)

    def test_names_the_patients(self):
        done = self.run_tool("diff", self.before, self.after)
        self.assertIn(r"| t | Age: \[75 .. 80) | R2: B (preferred) | R1: Å first (preferred) |", done.stdout)
        self.assertIn("| version | 1.0.0 | 2.0.0 |", done.stdout)
        self.assertEqual(done.returncode, 0)

    def test_json(self):
        found = json.loads(self.run_tool("diff", self.before, self.after, "--json").stdout)
        self.assertEqual(found["decisions"], [{"table": "t", "patients": ["Age: [75 .. 80)"],
                                               "before": "R2: B (preferred)", "after": "R1: Å first (preferred)"}])
        self.assertTrue(found["complete"])

    def test_counts_a_cohort(self):
        for name, born in (("young", "1990-01-01"), ("between", "1948-01-01"), ("old", "1930-01-01")):
            self.write(f"cohort/{name}.json", bundle(born))
        self.write("cohort/many.ndjson", "\n".join(json.dumps(bundle("1949-01-01")) for _ in range(4)))
        done = self.run_tool("diff", self.before, self.after, "--json", "--now", NOW,
                             "--cohort", str(self.folder / "cohort"))
        cohort = json.loads(done.stdout)["cohort"]
        self.assertEqual((cohort["evaluated"], cohort["same"], cohort["failed"]), (7, 2, 0))
        (change,) = cohort["changes"]
        self.assertEqual((change["count"], change["before"], change["after"]),
                         (5, "recommendation: R2 b", "recommendation: R1 a"))
        self.assertIn(str(self.folder / "cohort" / "between.json"), change["examples"])
        self.assertEqual(done.stderr, "")

    def test_a_cohort_that_cannot_be_read_whole(self):
        self.write("cohort/broken.json", "{")
        self.write("cohort/good.json", bundle("1990-01-01"))
        done = self.run_tool("diff", self.before, self.after, "--now", NOW, "--cohort", str(self.folder / "cohort"))
        self.assertIn("1 evaluated, 1 the same, 0 different, 1 could not be used.", done.stdout)
        self.assertIn("broken.json: ", done.stderr)
        self.assertEqual(done.returncode, 1)

    def test_writes_to_a_file(self):
        out = self.folder / "diff.md"
        done = self.run_tool("diff", self.before, self.after, "--out", str(out))
        self.assertEqual((done.stdout, done.returncode), ("", 0))
        self.assertTrue(out.read_text(encoding="utf-8").startswith("# From version 1.0.0 to 2.0.0"))


if __name__ == "__main__":
    unittest.main()
