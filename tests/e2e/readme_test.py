"""Holds the README and the guides to the truth: runs their commands against the real program and compares what they
print.

RENAL_REWRITE_GOLDEN=1 writes the answers into the documents instead; the rewrite is reviewed like code.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import harness  # noqa: E402

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
CARD = re.compile(r"^<!-- card -->\n(?:\n```text\n.*?^```\n)?", re.M | re.S)
SAMPLE = "deploy/sample/small-peripheral-tumour.order-sign.json"
NOW = "2026-03-02T09:00:00+01:00"


def commands(block):
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


class ReadmeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server(NOW).__enter__()
        cls.url = f"http://127.0.0.1:{cls.server.port}"

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def run_command(self, command):
        """Runs one command of the README on this build and this server's port."""
        command = command.replace("http://127.0.0.1:8080", self.url)
        command = command.replace("build/release/bin/renalpath", harness.BINARY)
        done = subprocess.run(["bash", "-c", "set -o pipefail; " + command], cwd=ROOT, text=True,
                              capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stderr}")
        return done.stdout if not done.stdout or done.stdout.endswith("\n") else done.stdout + "\n"

    def block_as_run(self, block):
        return "".join(f"$ {command}\n{self.run_command(command)}" for command in commands(block))

    def card_as_printed(self):
        _, answer = self.server.call("POST", "/cds-services/onc-kidney-2018-order-sign",
                                     json.loads((ROOT / SAMPLE).read_text(encoding="utf-8")))
        done = subprocess.run([sys.executable, "-B", str(ROOT / "deploy/print-cards.py")],
                              input=json.dumps(answer).encode(), capture_output=True, check=True, timeout=60)
        return f"<!-- card -->\n\n```text\n{done.stdout.decode().strip()}\n```\n"

    def hold(self, name, least):
        """The document as its commands print it now."""
        text = (ROOT / name).read_text(encoding="utf-8")
        self.assertGreaterEqual(len(BLOCK.findall(text)), least)
        true = BLOCK.sub(lambda found: f"```console\n{self.block_as_run(found[1])}```", text)
        true = CARD.sub(lambda found: self.card_as_printed(), true)
        if os.environ.get("RENAL_REWRITE_GOLDEN") == "1":
            (ROOT / name).write_text(true, encoding="utf-8")
            return
        self.maxDiff = None
        self.assertEqual(text.splitlines(), true.splitlines())

    def test_commands_print_what_the_readme_says(self):
        self.hold("README.md", 5)

    def test_commands_print_what_the_integrators_guide_says(self):
        self.hold("hooks/README.md", 2)

    def test_commands_print_what_the_authors_guide_says(self):
        self.hold("pathways/README.md", 4)


if __name__ == "__main__":
    unittest.main()
