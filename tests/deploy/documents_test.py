"""The documents of deploy/: the note on safety names tests that exist, and commands of the guide are the program's."""

import os
import re
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
GUIDE = (ROOT / "deploy/README.md").read_text(encoding="utf-8")


def is_in(name, text):
    if "." not in name:
        return re.search(rf"^    def {name}\(self", text, re.M)
    suite, test = name.split(".")
    return re.search(rf"^TEST(_F|_P)?\({suite},\s*{test}\)", text, re.M)


class DocumentsTest(unittest.TestCase):
    def test_each_hazard_is_met_by_tests_that_exist(self):
        text = (ROOT / "deploy/SAFETY.md").read_text(encoding="utf-8")
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()
                if line.startswith("| H")]
        self.assertEqual([row[0].split()[0] for row in rows], [f"H{number + 1}" for number in range(len(rows))])
        self.assertGreaterEqual(len(rows), 15)
        for row in rows:
            self.assertEqual(len(row), 4, row)
            for part in row[3].split(" · "):
                file, *names = re.findall(r"`([^`]+)`", part)
                self.assertTrue((TESTS / file).is_file(), f"{row[0]}: {file}")
                source = (TESTS / file).read_text(encoding="utf-8")
                for name in names:
                    self.assertTrue(is_in(name, source), f"{row[0]}: {file} has no {name}")

    def test_commands_of_the_guide_are_commands_of_the_program(self):
        """Words and options; that they do what is said has tests of its own."""
        commands = set(re.findall(r"renalpath ((?:[a-z]+ ){1,2})", " ".join(re.findall(r"`renalpath [^`]*`|^renalpath .*$",
                                                                                    GUIDE.replace("`\n", "` "), re.M)) + " "))
        self.assertGreaterEqual(len(commands), 4)
        for words in commands:
            done = subprocess.run([os.environ["RENALPATH"], *words.split(), "--help"], capture_output=True,
                                  encoding="utf-8", check=False)
            self.assertEqual(done.returncode, 0, words)

    def test_files_that_the_guide_names_are_there(self):
        named = re.findall(r"`((?:deploy|tests|pathways)/[\w./-]+)`", GUIDE)
        self.assertGreaterEqual(len(named), 4)
        for name in named:
            if not name.startswith("deploy/compose/s"):  # made by the operator
                self.assertTrue((ROOT / name).exists(), name)

    def test_settings_that_the_guide_names_are_those_of_the_example(self):
        example = (ROOT / "deploy/config.example.toml").read_text(encoding="utf-8")
        tables = "listen|tls|cors|auth|jwks|store|feedback|pathway|service|clock|limits|log|metrics|audit|console"
        for table, key in set(re.findall(rf"`({tables})\.([a-z_]+)\b", GUIDE)):
            section = re.search(rf"(?ms)^#?\[{table}\]$(.*?)(?=^#?\[|\Z)", example)
            self.assertIsNotNone(section, table)
            self.assertRegex(section.group(1), rf"(?m)^#?{key} = ", f"{table}.{key}")


if __name__ == "__main__":
    unittest.main()
