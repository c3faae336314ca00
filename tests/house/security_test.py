"""The table of threats in tests/README.md: every required behaviour has its row, every row tests that exist. And how the program is
linked."""

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
# The page that requires the behaviours; read where it lies beside the project.
PAGE = ROOT.parent / "shared" / "spec" / "security.md"


def rows():
    text = (TESTS / "README.md").read_text(encoding="utf-8")
    return [tuple(cell.strip() for cell in line.strip("|").split("|"))
            for line in text.splitlines() if line.startswith("| SEC-")]


def required():
    """Section and number of each numbered line, checkbox and line of a table of the page."""
    section, found = None, []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        title = re.match(r"## (\d+)\.", line)
        if title:
            section, count = int(title.group(1)), 0
        elif section and (re.match(r"- \[.\] |\d+\. ", line) or re.match(r"\| (?!limit|status|-)", line)):
            count += 1
            found.append(f"SEC-{section}-{count:02}")
    return found


class TableTest(unittest.TestCase):
    def test_every_row_is_whole_and_stands_once(self):
        found = rows()
        self.assertGreater(len(found), 100)
        identifiers = [row[0] for row in found]
        self.assertEqual(len(identifiers), len(set(identifiers)))
        for row in found:
            self.assertEqual(len(row), 4, row)
            self.assertTrue(all(row), row)
            self.assertRegex(row[0], r"^SEC-\d+-(\d\d|P\d)$")

    def test_rows_are_numbered_without_a_gap(self):
        last = {}
        for identifier, *_ in rows():
            section, number = identifier.split("-")[1:]
            if number.startswith("P"):
                continue
            self.assertEqual(int(number), last.get(section, 0) + 1, identifier)
            last[section] = int(number)

    @unittest.skipUnless(PAGE.exists(), "the page lies beside the project only at times")
    def test_every_required_behaviour_has_its_row(self):
        self.assertEqual([identifier for identifier, *_ in rows() if "-P" not in identifier], required())

    def test_every_test_of_a_row_exists(self):
        named = 0
        for identifier, _, _, cell in rows():
            for part in cell.split(" · "):
                file, *names = re.findall(r"`([^`]+)`", part)
                path = TESTS / file
                self.assertTrue(path.is_file(), f"{identifier}: {file}")
                text = path.read_text(encoding="utf-8")
                for name in names:
                    named += 1
                    self.assertTrue(self.is_in(name, text), f"{identifier}: {file} has no {name}")
        self.assertGreater(named, 200)

    @staticmethod
    def is_in(name, text):
        if "." not in name:
            return re.search(rf"^    def {name}\(self", text, re.M)
        suite, test = name.split(".")
        return re.search(rf"^TEST(_F|_P)?\({suite},\s*{test}\)", text, re.M)


if __name__ == "__main__":
    unittest.main()
