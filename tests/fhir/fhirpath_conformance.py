#!/usr/bin/env python3
"""Runs the official FHIRPath suite and compares what fails with the list in tests/README.md.

    fhirpath_conformance.py FOLDER ENGINE README

FOLDER holds the suite, which is data of others and no part of the repository: where it is not there, the test
counts as skipped (exit status 77). The list is exact both ways: every test that fails stands in it with its
reason, and every test in it fails.
"""

import pathlib
import re
import subprocess
import sys

SKIPPED = 77
HEADING = "## FHIRPath tests that are not passed"
OUTSIDE = "Outside the profile:"


def listed(readme):
    """The names in the first column of the two tables: within the profile, and outside of it."""
    section = readme.read_text(encoding="utf-8").split(HEADING, 1)[1].split("\n## ", 1)[0]
    parts = section.split(OUTSIDE, 1)
    return [set(re.findall(r"^\| `(\w+)` \|", part, re.M)) for part in parts]


def failing(folder, engine, *options):
    """The names of the tests that fail, and the closing line of the run."""
    command = [sys.executable, "-B", str(folder / "run_suite.py"), str(folder / "suite.jsonl"),
               str(folder / "inputs"), "--list-failures", *options, "--", engine]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    names = re.findall(r"^- [^/\n]+/([^:\n]+):", run.stdout, re.M)
    if run.returncode != 0 or not run.stdout.startswith("passed "):
        sys.exit(f"the suite could not be run:\n{run.stdout}{run.stderr}")
    return set(names), run.stdout.splitlines()[0]


def differences(what, found, expected):
    for name in sorted(found - expected):
        yield f"{what}: {name} fails and is not in the list"
    for name in sorted(expected - found):
        yield f"{what}: {name} is in the list and passes"


def main():
    folder, engine, readme = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    if not (folder / "run_suite.py").exists():
        print(f"skipped: there is no {folder}")
        return SKIPPED
    within, outside = listed(readme)
    profile, profile_line = failing(folder, engine, "--subset")
    whole, whole_line = failing(folder, engine)
    print(profile_line, whole_line, sep="\n")
    faults = [*differences("profile", profile, within), *differences("all", whole, within | outside)]
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
