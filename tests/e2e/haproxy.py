"""The reverse proxy in front of several instances: Debian's HAProxy with the configuration that is shipped, in which
only variables of the environment are set."""

import csv
import getpass
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

from certificates import Authority
from harness import free_port

CONFIG = Path(__file__).resolve().parents[2] / "deploy/haproxy/haproxy.cfg"


def program():
    """Path of HAProxy; None where it is not installed."""
    return shutil.which("haproxy", path=os.environ["PATH"] + ":/usr/sbin")


class HaProxy:
    """Use as a context manager. `one` and `two` are the ports of the instances on loopback."""

    def __init__(self, one, two):
        self.ports = {"one": one, "two": two}

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="renal-proxy-"))
        authority = Authority(self.folder)
        certificate, key = authority.issue("proxy")
        both = self.folder / "proxy-with-key.pem"
        both.write_text(certificate.read_text() + key.read_text(), encoding="utf-8")
        self.client = ssl.create_default_context(cafile=authority.certificate)
        self.port = free_port()
        self.log = open(self.folder / "log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [program(), "-db", "-f", CONFIG], stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
            env={**os.environ, "RENALPATH_PROXY_USER": "haproxy" if os.geteuid() == 0 else getpass.getuser(),
                 "RENALPATH_PROXY_ADDRESS": f"127.0.0.1:{self.port}", "RENALPATH_PROXY_CERTIFICATE": str(both),
                 "RENALPATH_PROXY_SOCKET": str(self.folder / "socket"),
                 **{f"RENALPATH_{name.upper()}": f"127.0.0.1:{port}" for name, port in self.ports.items()}})
        self.await_state({"one": "UP", "two": "UP"})
        return self

    def __exit__(self, *unused):
        self.process.kill()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder)

    def command(self, text):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(30)
            connection.connect(str(self.folder / "socket"))
            connection.sendall(text.encode() + b"\n")
            return b"".join(iter(lambda: connection.recv(65536), b"")).decode()

    def servers(self):
        """What HAProxy counts of each instance, by its name."""
        rows = csv.DictReader(self.command("show stat").removeprefix("# ").splitlines())
        return {row["svname"]: row for row in rows if row["svname"] in self.ports}

    def await_state(self, wanted):
        """Until the instances have these states."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                servers = self.servers()
            except OSError:
                servers = {}
            found = {name: servers.get(name, {}).get("status") for name in wanted}
            if found == wanted:
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"not {wanted}: {(self.folder / 'log').read_text(encoding='utf-8')[-3000:]}")
