"""Packages of npm that tests use, installed from a lock file into a folder of the build."""

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path


def _install(source, scripts, place):
    lock = hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()
    stamp = place / "installed"
    for script in scripts:
        shutil.copy(source / script, place)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == lock:
        return
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(source / name, place)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=place, check=True, capture_output=True,
                   timeout=250)
    stamp.write_text(lock, encoding="utf-8")


def folder(source, scripts, place):
    """The folder `place` with the packages of `source` and copies of its scripts; installed at the first use, by one
    process at a time."""
    place = Path(place)
    place.mkdir(parents=True, exist_ok=True)
    with open(place / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install(source, scripts, place)
    return place
