"""A PostgreSQL server of the tests' own, from Debian's package, on a socket in a folder of its own."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path


def programs():
    """The folder with the newest server's programs; None where none is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


class Postgres:
    """Use as a context manager. Started by root it runs as the user postgres, since it refuses to run as root."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="renal-pg-"))
        self.owner = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.owner = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self.log = open(self.folder / "log", "ab")
        subprocess.run([programs() / "initdb", "-D", self.folder / "data", "-U", "renal", "-A", "trust", "-E", "UTF8",
                        "--locale=C.UTF-8", "--no-sync"], stdout=self.log, stderr=self.log, check=True, timeout=120,
                       **self.owner)
        self.databases = 0
        self.start()
        return self

    def __exit__(self, *unused):
        self.stop()
        self.log.close()
        shutil.rmtree(self.folder)

    def start(self):
        self.process = subprocess.Popen(
            [programs() / "postgres", "-D", self.folder / "data", "-k", self.folder, "-c", "listen_addresses=",
             "-c", "shared_buffers=16MB", "-c", "fsync=off"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, **self.owner)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self._run(self.url("postgres"), "SELECT 1").returncode == 0:
                return
            time.sleep(0.05)
        raise AssertionError("PostgreSQL did not start: " + (self.folder / "log").read_text()[-2000:])

    def stop(self):
        """At once, as by a failure of power."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(60)
        self.process = None

    def url(self, database):
        return f"postgresql://renal@/{database}?host={self.folder}&connect_timeout=60"

    def new_database(self):
        self.databases += 1
        name = f"test{self.databases}"
        self.rows(self.url("postgres"), f"CREATE DATABASE {name}")
        return self.url(name)

    @staticmethod
    def _run(url, query):
        return subprocess.run([programs() / "psql", "-X", "-At", "-F", "\t", "-c", query, url], capture_output=True,
                              encoding="utf-8", timeout=120, check=False)

    def rows(self, url, query):
        """The rows of a query, as texts."""
        done = self._run(url, query)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return [tuple(line.split("\t")) for line in done.stdout.splitlines()]
