"""A FHIR server that others wrote: @medplum's router and repository in memory, run by Node. Installed from the lock
file of tests/fhir_server into a folder of the build (RENAL_FHIR_SERVER_FOLDER, set by ctest)."""

import fcntl
import hashlib
import http.client
import json
import os
import shutil
import ssl
import subprocess
import urllib.parse
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "fhir_server"
BASE = "/fhir/R4"


def _install(folder):
    lock = hashlib.sha256((SOURCE / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "installed"
    shutil.copy(SOURCE / "server.mjs", folder)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == lock:
        return
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(SOURCE / name, folder)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True,
                   capture_output=True, timeout=250)
    stamp.write_text(lock, encoding="utf-8")


def _folder():
    place = Path(os.environ["RENAL_FHIR_SERVER_FOLDER"])
    place.mkdir(parents=True, exist_ok=True)
    with open(place / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install(place)
    return place


class FhirServer:
    """One server on a free loopback port; use as a context manager."""

    def __init__(self, certificate=None, key=None):
        self.files = [str(certificate), str(key)] if certificate else []

    def __enter__(self):
        self.process = subprocess.Popen(["node", "server.mjs", *self.files], cwd=_folder(), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, encoding="utf-8")
        self.port = int(self.process.stdout.readline())
        self.url = f"{'https' if self.files else 'http'}://127.0.0.1:{self.port}{BASE}"
        return self

    def __exit__(self, *unused):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def _call(self, method, path, body=None):
        if self.files:
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60,
                                                     context=ssl._create_unverified_context())
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, None if body is None else json.dumps(body).encode())
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def load(self, prefetch):
        """The resources of a prefetch, and no others."""
        entries = []
        for value in prefetch.values():
            if not value:
                continue
            entries += value.get("entry", []) if value["resourceType"] == "Bundle" else [{"resource": value}]
        self._call("POST", "/load", {"resourceType": "Bundle", "entry": entries})

    def behave(self, **how):
        """How it answers from now on; forgets what was asked."""
        self._call("POST", "/control", how)

    def asked(self):
        """The queries since the last behave(): each with its `url`, and `authorization`,
        `traceparent` and `tracestate`, which may be None."""
        return self._call("GET", "/log")

    def query(self, relative):
        """What it answers to a relative query."""
        return self._call("GET", f"{BASE}/{urllib.parse.quote(relative, safe='/?&=,:')}")
