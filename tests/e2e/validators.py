"""Two validators of FHIR R4 from npm, installed from the lock file into a folder of the build
(RENAL_VALIDATION_FOLDER, set by ctest)."""

import json
import os
import subprocess
from pathlib import Path

import node_packages

SOURCE = Path(__file__).resolve().parents[2] / "tests/fhir_validation"


def folder():
    """The folder with both, installed at the first use, by one process at a time."""
    return node_packages.folder(SOURCE, ["validate.mjs"], os.environ["RENAL_VALIDATION_FOLDER"])


def problems(paths):
    """What either of them finds wrong with the resources of the files."""
    done = subprocess.run(["node", "validate.mjs", *map(str, paths)], cwd=folder(), capture_output=True, encoding="utf-8",
                          timeout=250, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]
