"""The console and the pathway pages in a real browser: runs tests/console/*.test.mjs against servers of its own."""

import os
import subprocess
import unittest
from pathlib import Path

import browser
import node_packages
from harness import Server

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "tests/console"
SCRIPTS = sorted(path.name for path in SOURCE.glob("*.mjs"))
CONSOLE = f'[service]\noutcome = true\n[console]\nenabled = true\nsamples = "{ROOT}/deploy/sample"\n'


class ConsoleTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = browser.find()
        cls.folder = node_packages.folder(SOURCE, SCRIPTS, os.environ["RENAL_CONSOLE_FOLDER"])

    def run_script(self, script):
        with Server(config=CONSOLE) as server:
            done = subprocess.run(
                ["node", "--test", script], cwd=self.folder, capture_output=True, encoding="utf-8", timeout=500, check=False,
                env={**os.environ, "CONSOLE_URL": f"http://127.0.0.1:{server.port}", "CHROMIUM": self.browser,
                     "SAMPLES": str(ROOT / "deploy/sample")})
        self.assertEqual(done.returncode, 0, done.stdout[-20000:] + done.stderr[-5000:])


def _add_tests():
    for script in SCRIPTS:
        if script.endswith(".test.mjs"):
            setattr(ConsoleTest, "test_" + script.removesuffix(".test.mjs").replace("-", "_"),
                    lambda self, script=script: self.run_script(script))


_add_tests()


class ConsoleStartTest(unittest.TestCase):
    """What a server says that must not show the console."""

    def refused(self, config):
        server = Server(config=config)
        with self.assertRaises(AssertionError) as caught:
            server.__enter__()
        return str(caught.exception)

    def test_beyond_loopback_it_needs_known_users(self):
        said = self.refused('[listen]\npublic_url = "https://cds.example"\n[auth]\nmode = "none"\ninsecure_sandbox = true\n'
                            "[console]\nenabled = true\n")
        self.assertIn("refusing to serve: beyond loopback the console is for known users", said)

    def test_it_needs_its_samples(self):
        said = self.refused('[console]\nenabled = true\nsamples = "none"\n')
        self.assertIn("console.samples: the folder", said)

    def test_it_is_off_by_default(self):
        with Server() as server:
            for path in ("/", "/console/console.js", "/console/setup", "/pathways", "/pathways/onc-kidney-2018"):
                self.assertEqual(server.call("GET", path)[0], 404, path)

    def test_a_proxy_names_the_users(self):
        config = '[console]\nenabled = true\nuser_header = "X-Remote-User"\nproxies = ["127.0.0.1/32"]\n'
        with Server(config=config) as server:
            self.assertEqual(server.exchange("GET", "/")[0], 403)
            self.assertEqual(server.exchange("GET", "/", headers={"X-Remote-User": "kari"})[0], 200)
            self.assertEqual(server.exchange("GET", "/console/setup")[0], 403)
            self.assertEqual(server.exchange("GET", "/cds-services")[0], 200)
            log = Path(server.folder, "log").read_text(encoding="utf-8")
            self.assertNotIn("kari", log)


if __name__ == "__main__":
    unittest.main()
