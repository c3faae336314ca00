"""What the tests of `renalpath board` share: running it, and reading what it wrote."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import harness
from dialects import NOW

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "deploy/sample"
sys.path.insert(0, str(ROOT / "tests/bench"))
import scattered_export  # noqa: E402  a script beside the benchmarks


def run(*arguments):
    """Exit status and messages."""
    done = subprocess.run([harness.BINARY, "board", *map(str, arguments), "--now", NOW, "--seed", harness.SEED],
                          capture_output=True, encoding="utf-8", timeout=240, check=False)
    if done.stdout:
        raise AssertionError("something stands on the standard output")
    return done.returncode, done.stderr


def lines_of(folder):
    return Path(folder, "outcomes.ndjson").read_text(encoding="utf-8").splitlines()


def evaluated(folder):
    """Lines of `evaluate` of the same files."""
    files = sorted(map(str, Path(folder).rglob("*.*json")))
    done = subprocess.run([harness.BINARY, "evaluate", *files, "--now", NOW, "--seed", harness.SEED],
                          capture_output=True, encoding="utf-8", timeout=240, check=True)
    return done.stdout.splitlines()


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "out"

    def board(self, source, *options, status=0):
        code, messages = run("--from", source, "--out", self.out, *options)
        self.assertEqual(code, status, messages)
        return messages

    def export(self, name, patients=60, **options):
        folder = self.folder / name
        folder.mkdir()
        scattered_export.make(folder, patients, **options)
        return folder


def by_patient(export):
    """A Bundle for each patient of an export, as a client with the whole record would send it."""
    records, shared = {}, []
    for path in sorted(Path(export).glob("*.ndjson")):
        for line in path.read_text(encoding="utf-8").splitlines():
            resource = json.loads(line)
            if resource["resourceType"] == "Medication":
                shared.append({"resource": resource})
                continue
            subject = resource.get("subject") or resource.get("patient") or {}
            patient = subject.get("reference") or f"Patient/{resource['id']}"
            records.setdefault(patient, []).append({"resource": resource})
    return [{"resourceType": "Bundle", "type": "collection", "entry": entries + shared}
            for _, entries in sorted(records.items())]
