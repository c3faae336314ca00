"""Alerts and dashboard: they ask for metrics that the program has, and the operator's guide explains each alert."""

import importlib.machinery
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import unittest
import urllib.request
from pathlib import Path

from manifests import documents

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
sys.path.insert(0, str(ROOT / "tests/e2e"))
from harness import Server, free_port  # noqa: E402

ALERTS = DEPLOY / "prometheus/alerts.yaml"
SERIES = re.compile(r"\b(?:renalpath|process)_[a-z_]+\b")


def rules():
    file, = documents(ALERTS)
    return [rule for group in file["groups"] for rule in group["rules"]]


def make_dashboard():
    path = DEPLOY / "grafana/make-dashboard"
    loader = importlib.machinery.SourceFileLoader("make_dashboard", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("make_dashboard", loader))
    loader.exec_module(module)
    return module


# With an audit trail, and a client whose keys cannot be had.
CONFIG = """
[listen]
public_url = "http://127.0.0.1:{{port}}"
[audit]
file = "{{folder}}/audit.ndjson"
[metrics]
enabled = true
port = {metrics}
[[client]]
name = "ehr"
issuer = "https://ehr.example"
[[client.jwks]]
url = "https://localhost:1/jwks"
"""


def described():
    """What a running server says of itself."""
    port = free_port()
    with Server(now=None, config=CONFIG.format(metrics=port)):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
            return answer.read().decode()


def names_in(text):
    names = set()
    for name, kind in re.findall(r"(?m)^# TYPE (\S+) (\S+)$", text):
        names |= {name} if kind != "histogram" else {f"{name}_{part}" for part in ("bucket", "sum", "count")}
    return names


class AlertsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = described()
        cls.names = names_in(cls.text)

    def test_alerts_ask_for_metrics_that_there_are(self):
        for rule in rules():
            asked = set(SERIES.findall(rule["expr"]))
            self.assertLessEqual(asked, self.names, rule["alert"])

    def test_values_of_labels_are_those_of_the_program(self):
        compared = 0
        for rule in rules():
            for name, selector in re.findall(r"(renalpath_\w+){([^}]*)}", rule["expr"]):
                for label, value in re.findall(r'(\w+)!?="([^"]*)"', selector):
                    compared += 1
                    self.assertRegex(self.text, rf'(?m)^{name}{{[^}}]*{label}="{value}"', rule["alert"])
        self.assertGreaterEqual(compared, 4)

    def test_the_dashboard_asks_for_metrics_that_there_are(self):
        for row, panels in make_dashboard().ROWS:
            for title, _, queries in panels:
                for expression, _ in queries:
                    asked = set(SERIES.findall(expression))
                    self.assertTrue(asked and asked <= self.names, f"{row}: {title}: {asked - self.names}")

    def test_the_dashboard_is_what_its_program_writes(self):
        written = json.loads((DEPLOY / "grafana/dashboards/renalpath.json").read_text(encoding="utf-8"))
        self.assertEqual(written, make_dashboard().dashboard())
        source, = documents(DEPLOY / "grafana/provisioning/datasources/prometheus.yaml")
        self.assertEqual(written["panels"][1]["datasource"]["uid"], source["datasources"][0]["uid"])
        places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in written["panels"]]
        self.assertEqual(len(set(places)), len(places))

    def test_alerts_are_whole_and_explained(self):
        guide = (DEPLOY / "README.md").read_text(encoding="utf-8")
        names = [rule["alert"] for rule in rules()]
        self.assertEqual(len(set(names)), len(names))
        for rule in rules():
            self.assertIn(rule["labels"]["severity"], ("warning", "critical"))
            self.assertTrue(rule["annotations"]["summary"].endswith((".", "}}.")))
            self.assertRegex(guide, rf"(?m)^\| `{rule['alert']}` \| .+ \| .+ \|$")
        self.assertEqual(re.findall(r"(?m)^\| `(Renalpath\w+)`", guide), names)

    @unittest.skipUnless(shutil.which("promtool"), "the package prometheus is not installed")
    def test_prometheus_reads_and_raises_them(self):
        for arguments in (("check", "rules", ALERTS), ("test", "rules", Path(__file__).with_name("alerts.test.yaml"))):
            done = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, encoding="utf-8", check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
