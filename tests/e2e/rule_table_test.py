"""The table of pathways/README.md: each statement and each resolved ambiguity has a place and a test."""

import json
import re
import unittest
from pathlib import Path

import selection_test
import vectors_test

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| ((?:ONC|AMB)-\d\d) \| (.+?) \| (.+?) \|$", re.M)
CODE = re.compile(r"`([^`]+)`")
IDS = [f"ONC-{n:02}" for n in range(1, 30)] + [f"AMB-{n:02}" for n in range(1, 36)]


def named(items):
    return {item["id"]: item for item in items}


def places(pathway):
    """The file as nested names: lists by the id of their elements."""
    return {**pathway, "gate": named(pathway["gate"]), "checks": named(pathway["checks"]),
            "tables": {table["id"]: {**table, "rules": named(table["rules"])} for table in pathway["tables"]}}


def tests():
    """The names that rows of the two test files have, by file."""
    vectors = [row.name for row in (*vectors_test.ROWS, *vectors_test.ORDERS)]
    vectors += [name for name in dir(vectors_test.VectorsTest) if name.startswith("test_")]
    vectors += [name for name in dir(vectors_test.OrdersTest) if name.startswith("test_")]
    selection = [row.name for rows in selection_test.TABLES.values() for row in rows] + list(selection_test.NEVER)
    return {"vectors_test": vectors, "selection_test": selection}


class RuleTableTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        text = (ROOT / "pathways" / "README.md").read_text(encoding="utf-8")
        cls.rows = ROW.findall(text)
        file = ROOT / "pathways" / "definitions" / "onc-kidney-2018.pathway.json"
        cls.places = places(json.loads(file.read_text(encoding="utf-8")))
        cls.tests = tests()

    def test_every_id_has_one_row(self):
        self.assertEqual([id for id, _, _ in self.rows], IDS)

    def test_every_place_exists(self):
        for id, where, _ in self.rows:
            for path in CODE.findall(where):
                with self.subTest(id=id, place=path):
                    here = self.places
                    for step in path.split("."):
                        self.assertIn(step, here)
                        here = here[step]
            self.assertTrue(CODE.findall(where), id)

    def test_every_test_exists(self):
        for id, _, held in self.rows:
            found = re.findall(r"(\w+_test) `([^`]+)`", held)
            self.assertTrue(found, id)
            for file, name in found:
                with self.subTest(id=id, test=name):
                    self.assertTrue(any(row.startswith(name) for row in self.tests[file]), name)

    def test_every_rule_and_check_of_the_file_is_in_the_table(self):
        named_places = {path for _, where, _ in self.rows for path in CODE.findall(where)}
        here = [f"tables.{table}.rules.{rule}" for table, entry in self.places["tables"].items()
                for rule in entry["rules"]]
        here += [f"checks.{check}" for check in self.places["checks"] if check.startswith(("ONC", "AMB"))]
        self.assertEqual(sorted(set(here) - named_places), [])


if __name__ == "__main__":
    unittest.main()
