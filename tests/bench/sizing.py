"""What one call costs a server, for the table of deploy/README.md: processor time, memory, rows of the store. Needs wrk.

  RENALPATH=build/release/bin/renalpath python3 tests/bench/sizing.py [SECONDS]

Processor time is that of the process over all calls, so that other work on the machine hardly counts.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
import postgres  # noqa: E402
from harness import Server  # noqa: E402

SAMPLES = ("small-peripheral-tumour.order-sign", "peripheral-tumour.patient-view")
SCRIPT = 'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n' \
    'local f = io.open("{file}")\nwrk.body = f:read("*a")\nf:close()\n'


def processor(pid):
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def most_memory(pid):
    line, = [line for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines() if "VmHWM" in line]
    return int(line.split()[1]) // 1024


def drive(port, sample, seconds):
    """Calls that were answered; fails if one was not with 200."""
    file = ROOT / "deploy/sample" / f"{sample}.json"
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT.format(file=file))
        script.flush()
        hook = sample.split(".")[1]
        done = subprocess.run(["wrk", "-t1", "-c8", f"-d{seconds}", "-s", script.name,
                               f"http://127.0.0.1:{port}/cds-services/onc-kidney-2018-{hook}"],
                              capture_output=True, encoding="utf-8", check=True)
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise AssertionError(done.stdout)
    line, = [line for line in done.stdout.splitlines() if "requests in" in line]
    return int(line.split()[0])


def measure(store, config, seconds):
    for sample in SAMPLES:
        with Server(now=None, config=config) as server:
            began = processor(server.process.pid)
            calls = drive(server.port, sample, seconds)
            used = processor(server.process.pid) - began
            print(f"{store}, {sample}: {1000 * used / calls:.2f} ms of one processor a call over {calls} calls, "
                  f"at most {most_memory(server.process.pid)} MiB")


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    measure("SQLite", "", seconds)
    with postgres.Postgres() as database:
        url = database.new_database()
        measure("PostgreSQL", f'[store]\nurl = "{url}"\n', seconds)
        size, = database.rows(url, "SELECT pg_database_size(current_database()) / count(*) FROM decision")
        print(f"PostgreSQL: {size[0]} bytes of the database a decision, with its cards and indexes")


if __name__ == "__main__":
    main()
