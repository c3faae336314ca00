"""Settings from file, environment and command line, as the program reads them."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import BINARY, Server

ROOT = Path(__file__).resolve().parents[2]


def check(*arguments, **environment):
    return subprocess.run([BINARY, "config", "check", *map(str, arguments)], capture_output=True, encoding="utf-8",
                          timeout=120, check=False, env={**os.environ, **environment})


def settings(output):
    """Value and origin of each setting."""
    found = {}
    for line in output.splitlines()[:-1]:
        setting, origin = line.rsplit("  # ", 1)
        key, value = setting.split(" = ", 1)
        found[key] = (value.strip(), origin)
    return found


class ConfigTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name, "renalpath.toml")
        self.file.write_text("[listen]\nport = 8081\n[limits]\nqueue = 11\n", encoding="utf-8")

    def test_each_setting_is_shown_as_it_holds_with_its_origin(self):
        done = check(self.file, "--set", "limits.queue=33", RENALPATH_LIMITS_QUEUE="22", RENALPATH_LISTEN_PORT="8082",
                     RENALPATH_STORE_URL="postgresql://u:canary@h/d")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        found = settings(done.stdout)
        self.assertEqual(found["limits.queue"], ("33", "--set limits.queue"))
        self.assertEqual(found["listen.port"], ("8082", "RENALPATH_LISTEN_PORT"))
        self.assertEqual(found["log.level"], ('"info"', "default"))
        self.assertEqual(found["store.url"], ('"postgresql://u:***@h/d"', "RENALPATH_STORE_URL"))
        self.assertNotIn("canary", done.stdout)
        self.assertEqual(settings(check(self.file).stdout)["listen.port"], ("8081", f"{self.file}:2"))
        self.assertEqual(settings(check(RENALPATH_CONFIG=str(self.file)).stdout)["listen.port"],
                         ("8081", f"{self.file}:2"))

    def test_everything_wrong_is_said_at_once(self):
        self.file.write_text("[listen]\nprt = 1\n", encoding="utf-8")
        done = check(self.file, "--set", "listen.adress=::1", RENALPATH_LOG_LEVL="off")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        for words in (f"{self.file}:2:1: 'listen.prt' is no key", 'RENALPATH_LOG_LEVL: is no setting',
                      'Did you mean "RENALPATH_LOG_LEVEL"?', 'Did you mean "listen.address"?'):
            self.assertIn(words, done.stderr)

    def test_a_password_on_the_command_line_is_refused_and_not_repeated(self):
        done = check("--set", "store.url=postgresql://u:canary@h/d")
        self.assertEqual(done.returncode, 1)
        self.assertIn("store.password_file", done.stderr)
        self.assertIn("RENALPATH_STORE_URL", done.stderr)
        self.assertNotIn("canary", done.stderr)

    def test_the_server_takes_them(self):
        with Server(environment={"RENALPATH_SERVICE_LANGUAGE": "nb", "RENALPATH_LIMITS_QUEUE": "7",
                                 "RENALPATH_LOG_LEVEL": "debug"},
                    options=("--set", "limits.queue=8")) as server:
            _, headers, _ = server.exchange("GET", "/cds-services")
            self.assertEqual(headers["Content-Language"], "nb")
            entries = [json.loads(line) for line in server.log_with('"event":"limits"').splitlines()]
            limits = next(entry for entry in entries if entry["event"] == "limits")
            self.assertEqual(limits["queue"], 8)
        with self.assertRaisesRegex(AssertionError, "RENALPATH_LOG_LEVL: is no setting"):
            Server(environment={"RENALPATH_LOG_LEVL": "off"}).__enter__()


if __name__ == "__main__":
    unittest.main()
