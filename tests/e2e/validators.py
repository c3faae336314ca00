"""Two validators of FHIR R4 from npm, installed from the lock file into a folder of the build
(RENAL_VALIDATION_FOLDER, set by ctest)."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "tests/fhir_validation"


def _install(folder):
    lock = hashlib.sha256((SOURCE / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "installed"
    shutil.copy(SOURCE / "validate.mjs", folder)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == lock:
        return
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(SOURCE / name, folder)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True, capture_output=True,
                   timeout=250)
    stamp.write_text(lock, encoding="utf-8")


def folder():
    """The folder with both, installed at the first use, by one process at a time."""
    place = Path(os.environ["RENAL_VALIDATION_FOLDER"])
    place.mkdir(parents=True, exist_ok=True)
    with open(place / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install(place)
    return place


def problems(paths):
    """What either of them finds wrong with the resources of the files."""
    done = subprocess.run(["node", "validate.mjs", *map(str, paths)], cwd=folder(), capture_output=True, encoding="utf-8",
                          timeout=250, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]
