"""What the benchmarks of the whole server share: its requests, its process, and wrk (Debian) that drives it."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "deploy/sample/small-peripheral-tumour.order-sign.json"
SERVICE = "/cds-services/onc-kidney-2018-order-sign"
TICKS = os.sysconf("SC_CLK_TCK")

SCRIPT = """
local file = io.open("{body}", "rb")
local body = file:read("*all")
wrk.method = "POST"
wrk.path = "{path}"
wrk.headers["Content-Type"] = "application/json"
wrk.body = body
function delay() return math.random(0, {twice}) end
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


def as_of_today(path):
    """The sample with its dates moved, so that its data are as old as they were meant to be: of old data an
    evaluation asks more, and what it costs would depend on the day."""
    command = [sys.executable, str(ROOT / "deploy/as-of-today.py"), str(path)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def request_of(kilobytes):
    """A call of about that size: the sample's order and patient, with less or more of a record around it.

    As an EHR sends it: cards are asked for, not the whole outcome, which is for people who look into it."""
    call = as_of_today(SAMPLE)
    call.pop("extension", None)
    for resource in walk_resources(call):
        resource.pop("text", None)
        resource.pop("meta", None)
    entries = call["prefetch"]["observations"]["entry"]
    patient = call["context"]["patientId"]
    size = lambda: len(json.dumps(call, separators=(",", ":")))
    number = 0
    while size() < kilobytes * 1000 - 400:
        number += 1
        entries.append({"resource": {
            "resourceType": "Observation", "id": f"weight-{number}", "status": "final",
            "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category",
                                      "code": "vital-signs"}]}],
            "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7", "display": "Body weight"}]},
            "subject": {"reference": f"Patient/{patient}"},
            "effectiveDateTime": f"20{10 + number % 15}-03-{1 + number % 28:02}T08:00:00+01:00",
            "valueQuantity": {"value": 70 + number % 20, "unit": "kg",
                              "system": "http://unitsofmeasure.org", "code": "kg"}}})
    return json.dumps(call, separators=(",", ":")).encode()


def walk_resources(value):
    if isinstance(value, dict):
        if "resourceType" in value:
            yield value
        for member in value.values():
            yield from walk_resources(member)
    elif isinstance(value, list):
        for item in value:
            yield from walk_resources(item)


def config_file(folder, port, limits=""):
    """A configuration for a server that records decisions in the folder and authenticates nobody."""
    file = Path(folder) / "bench.toml"
    file.write_text(f'[listen]\nport = {port}\n[store]\nfolder = "{folder}/data"\n[log]\nlevel = "warning"\n{limits}',
                    encoding="utf-8")
    return file


def script_file(folder, kilobytes, delay=0):
    """What wrk reads: a request of that size, again after each answer and a time at random, `delay` milliseconds on
    average: with one time for all, the connections would fall into step."""
    body = Path(folder) / f"{kilobytes}.json"
    if not body.exists():
        body.write_bytes(request_of(kilobytes))
    file = Path(folder) / f"{kilobytes}-{delay}.lua"
    file.write_text(SCRIPT.format(body=body, path=SERVICE, twice=2 * delay), encoding="utf-8")
    return str(file)


class Process:
    """A server on some cores (as taskset names them); with `port` None it prints the port it took."""

    def __init__(self, command, port, cores="0"):
        self._process = subprocess.Popen(["taskset", "-c", cores, *command], stdout=subprocess.PIPE,
                                         stderr=subprocess.DEVNULL, text=True)
        self.port = port or int(self._process.stdout.readline())

    def seconds(self):
        """Processor time of all its threads so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_kib(self):
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))

    def stop(self):
        self._process.terminate()
        self._process.wait(timeout=60)


def drive(server, script, connections, seconds, cores=None):
    """One run of wrk, on all cores but the first unless told, and what it cost the server."""
    count = os.cpu_count()
    cores = cores or (f"1-{count - 1}" if count > 1 else "0")
    before = server.seconds()
    output = subprocess.run(
        ["taskset", "-c", cores, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", script,
         f"http://127.0.0.1:{server.port}/"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", output)
    requests, duration, p50, p99, errors = map(int, found.groups())
    if errors or not requests:
        sys.exit(f"{errors} of {requests} requests failed:\n{output}")
    return {"requests": requests, "rate": requests / duration * 1e6, "p50": p50 / 1000, "p99": p99 / 1000,
            "cpu": (server.seconds() - before) / requests * 1e6}


def await_ready(port, pause=0.05, attempts=1200):
    for _ in range(attempts):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(pause)
    sys.exit("the server does not become ready")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def machine():
    model = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return f"{os.cpu_count()} cores, {model.group(1) if model else 'unknown processor'}"
