"""Holds the tree to the rules of the house, and the checks to made-up trees that break them."""

import subprocess
import tempfile
import unittest
from pathlib import Path

import checks

ROOT = Path(__file__).resolve().parents[2]


class TreeTest(unittest.TestCase):
    """This very tree."""

    @classmethod
    def setUpClass(cls):
        cls.files = checks.tracked_files(ROOT)

    def assert_clean(self, check):
        findings = check(ROOT, self.files)
        self.assertEqual(findings, [], "\n" + "\n".join(findings))

    def test_is_seen_at_all(self):
        for name in ("CMakeLists.txt", "fhir/result.h", "hooks/store.h", "tests/house/checks.py"):
            self.assertIn(name, self.files)

    def test_holds_only_the_agreed_folders(self):
        self.assert_clean(checks.check_layout)

    def test_includes_in_one_direction_and_through_the_doors(self):
        self.assert_clean(checks.check_includes)

    def test_names_no_machine_and_no_registry(self):
        self.assert_clean(checks.check_text)


class MadeUpTree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def findings(self, check, **contents):
        for name, text in contents.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return check(self.root, checks.tracked_files(self.root))


class IncludesTest(MadeUpTree):
    GOOD = (
        ("fhir/a.cpp", '"fhir/internal/b.h"'),
        ("fhir/a.cpp", "<vector>"),
        ("pathways/a.h", '"fhir/json.h"'),
        ("cards/a.h", '"pathways/rule.h"'),
        ("hooks/a.cpp", '"cards/card.h"'),
        ("hooks/internal/a.cpp", '"hooks/internal/b.h"'),
        ("tests/fhir/a_test.cpp", '"fhir/internal/b.h"'),
        ("tests/hooks/a_test.cpp", '"fhir/json.h"'),
        ("tests/fuzz/a.cpp", '"hooks/internal/b.h"'),
        ("tests/fhir/a_test.cpp", '"tests/fhir/support.h"'),
        ("tests/fhir/a_test.cpp", "<gtest/gtest.h>"),
        ("fhir/json.cpp", "<simdjson.h>"),
        ("fhir/internal/rest_client.cpp", "<cpprest/http_client.h>"),
        ("hooks/internal/store_connection.cpp", "<soci/soci.h>"),
        ("hooks/main.cpp", "<sys/resource.h>"),
    )
    BAD = (
        ("fhir/a.h", '"pathways/rule.h"', "stands above fhir/"),
        ("pathways/a.h", '"cards/card.h"', "stands above pathways/"),
        ("pathways/a.h", '"hooks/store.h"', "stands above pathways/"),
        ("cards/a.cpp", '"hooks/store.h"', "stands above cards/"),
        ("tests/fhir/a_test.cpp", '"hooks/store.h"', "stands above fhir/"),
        ("hooks/a.cpp", '"fhir/internal/b.h"', "is internal to fhir/"),
        ("tests/hooks/a_test.cpp", '"fhir/internal/b.h"', "is internal to fhir/"),
        ("fhir/a.cpp", '"tests/fhir/support.h"', "belongs to the tests"),
        ("fhir/a.cpp", '"json.h"', "not named from the root"),
        ("fhir/a.cpp", '"../fhir/json.h"', "not named from the root"),
        ("fhir/a.cpp", "<fhir/json.h>", "write it in quotes"),
        ("fhir/a.h", "<simdjson.h>", "only behind fhir/json.cpp"),
        ("hooks/a.cpp", "<rapidjson/document.h>", "only behind fhir/own_json.cpp"),
        ("hooks/store.cpp", "<soci/soci.h>", "only behind hooks/internal/store_*"),
        ("hooks/internal/deep/a.cpp", "<llhttp.h>", "only behind hooks/internal/*"),
        ("pathways/a.cpp", "<boost/asio.hpp>", "only behind"),
        ("pathways/a.cpp", "<unistd.h>", "only behind hooks/**"),
        ("cards/a.cpp", "<gtest/gtest.h>", "only behind tests/**"),
        ("cards/a.cpp", "<nlohmann/json.hpp>", "has no door"),
        ("cards/a.cpp", "<unknown.h>", "has no door"),
    )

    def test_allows(self):
        for name, header in self.GOOD:
            with self.subTest(file=name, header=header):
                self.assertEqual(self.findings(checks.check_includes, **{name: f"#include {header}\n"}), [])
                (self.root / name).unlink()

    def test_refuses(self):
        for name, header, message in self.BAD:
            with self.subTest(file=name, header=header):
                text = f"#pragma once\n\n #  include {header}\n"
                found = self.findings(checks.check_includes, **{name: text})
                self.assertEqual(len(found), 1, found)
                self.assertTrue(found[0].startswith(f"{name}:3: "), found)
                self.assertIn(message, found[0])
                (self.root / name).unlink()

    def test_reads_only_sources(self):
        self.assertEqual(self.findings(checks.check_includes, **{"fhir/a.md": '#include "hooks/a.h"\n'}), [])


class LayoutTest(MadeUpTree):
    def test_allows_the_agreed_names(self):
        names = ("README.md", ".gitignore", ".ci/run", "fhir/a.h", "deploy/run", "tests/x/y/z")
        self.assertEqual(self.findings(checks.check_layout, **dict.fromkeys(names, "")), [])

    def test_refuses_others(self):
        names = ("notes.txt", "docs/a.md", "src/a.cpp", ".cache/a")
        found = self.findings(checks.check_layout, **dict.fromkeys(names, ""))
        self.assertEqual([line.split(":")[0] for line in found], [".cache/", "docs/", "src/", "notes.txt"])


class TextTest(MadeUpTree):
    def test_allows_what_only_looks_alike(self):
        slash = "/"
        for text in (f"https://example.org{slash}home/page", f"build{slash}root/x", f"a{slash}work/b",
                     f"${{X}}{slash}home/y", "/tmp/x",
                     "FROM debian:bookworm-slim", "the registry. Then", "/homeopathy/", "/home"):
            with self.subTest(text=text):
                self.assertEqual(self.findings(checks.check_text, **{"a.txt": text}), [])

    def test_refuses_machines_and_registries(self):
        slash, dot = "/", "."  # this file obeys the rule, too
        for text in (f"{slash}home/someone", f"'{slash}root/x'", f"={slash}work/y", f"{slash}Users/x",
                     f"C:{chr(92)}Users", f"registry{dot}example.org", f"https://pypi{dot}org/simple",
                     f"host{dot}jfrog{dot}io", f"ghcr{dot}io/x", f"registry{dot}npmjs{dot}org"):
            with self.subTest(text=text):
                found = self.findings(checks.check_text, **{"a.txt": f"first\nsecond {text}\n"})
                self.assertGreaterEqual(len(found), 1)
                self.assertTrue(found[0].startswith("a.txt:2: names "), found)

    def test_skips_binary_files(self):
        self.assertEqual(self.findings(checks.check_text, **{"a.png": f"\0{'/'}home/someone"}), [])


class TrackedFilesTest(MadeUpTree):
    def git(self, *arguments):
        subprocess.run(["git", "-C", self.root, *arguments], check=True, capture_output=True)

    def make(self, *names):
        for name in names:
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")

    def test_are_those_of_git_and_new_ones_but_no_ignored_ones(self):
        self.git("init", "-q")
        self.make("kept.h", "gone.h", "build/x.o")
        (self.root / ".gitignore").write_text("/build/\n")
        self.git("add", "-A")
        self.make("new.h")
        (self.root / "gone.h").unlink()
        self.assertEqual(checks.tracked_files(self.root), [".gitignore", "kept.h", "new.h"])

    def test_are_all_but_the_build_without_git(self):
        self.make("a.h", "fhir/b.h", "build/x.o", "tests/__pycache__/c.pyc")
        self.assertEqual(checks.tracked_files(self.root), ["a.h", "fhir/b.h"])


if __name__ == "__main__":
    unittest.main()
