"""The systemd unit: understood by systemd, and as closed as it says."""

import os
import re
import subprocess
import tempfile
import tomllib
import unittest
from pathlib import Path

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNIT = DEPLOY / "systemd/renalpath.service"


def analyze(*arguments):
    return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, encoding="utf-8", check=False)


class ServiceTest(unittest.TestCase):
    def test_exposure_is_low(self):
        done = analyze("security", "--offline=true", "--no-pager", UNIT)
        exposure = re.search(r"Overall exposure level for renalpath.service: ([0-9.]+)", done.stdout)
        self.assertIsNotNone(exposure, done.stderr)
        self.assertLessEqual(float(exposure.group(1)), 1.5)

    def test_systemd_finds_no_fault_in_it(self):
        with tempfile.TemporaryDirectory() as folder:
            unit = Path(folder, "renalpath.service")
            # The program that was built, since none is installed.
            text = UNIT.read_text(encoding="utf-8").replace("/usr/bin/renalpath", os.environ["RENALPATH"])
            unit.write_text(re.sub(r"(?m)^Documentation=.*\n", "", text), encoding="utf-8")
            done = analyze("verify", unit)
            faults = [line for line in done.stderr.splitlines() if "renalpath" in line]
            self.assertEqual(faults, [])

    def test_it_waits_longer_than_the_server_may_take_to_end(self):
        """Notice, drain and the last flush, at their defaults."""
        example = re.sub(r"(?m)^#(?=[a-z_]+ = )", "", (DEPLOY / "config.example.toml").read_text(encoding="utf-8"))
        limits = {name: int(value) for name, value in re.findall(r"(?m)^(drain\w*|store_flush_ms) = ([0-9]+)$", example)}
        stop = int(re.search(r"(?m)^TimeoutStopSec=([0-9]+)$", UNIT.read_text(encoding="utf-8")).group(1))
        self.assertGreater(stop * 1000, sum(limits.values()))

    def test_it_runs_the_configuration_of_the_package(self):
        package = tomllib.loads((DEPLOY / "debian/renalpath.toml").read_text(encoding="utf-8"))
        text = UNIT.read_text(encoding="utf-8")
        self.assertEqual(package["store"]["folder"], "/var/lib/renalpath")
        self.assertIn("\nStateDirectory=renalpath\n", text)
        self.assertIn("\nExecStartPre=/usr/bin/renalpath config check /etc/renalpath/renalpath.toml\n", text)
        self.assertIn("\nExecStart=/usr/bin/renalpath serve --config /etc/renalpath/renalpath.toml\n", text)


if __name__ == "__main__":
    unittest.main()
