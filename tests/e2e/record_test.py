"""Outcomes that a server keeps with pseudonyms, evaluated again by `renalpath pathway replay`."""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path

from calls import samples
from harness import BINARY, Server, until
from reload_test import SHIPPED, entries, version

CONFIG = """
[record]
folder = "{{folder}}/recorded"
key_file = "{{folder}}/record-key"
most_bytes = {most}
"""


class RecordingServer(Server):
    """One whose key lies in its folder before it starts."""

    def __init__(self, most=100_000_000, key=b"k" * 32, mode=0o600):
        super().__init__(config=CONFIG.format(most=most))
        self.key = key
        self.keys = tempfile.TemporaryDirectory()
        path = Path(self.keys.name, "key")
        path.write_bytes(key)
        path.chmod(mode)
        self.config = self.config.replace("{folder}/record-key", str(path))

    def recorded(self):
        return Path(self.folder, "recorded", "outcomes.ndjson")


def replay(path, *options):
    return subprocess.run([BINARY, "pathway", "replay", *options, str(path)], capture_output=True, encoding="utf-8",
                          timeout=280, check=False)


class RecordTest(unittest.TestCase):
    maxDiff = None

    def test_what_was_recorded_gives_the_same_again_and_names_nobody(self):
        requests = samples()
        with RecordingServer() as server:
            for request in requests.values():
                server.ask(request)
            path = server.recorded()
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)
            self.assertEqual(path.parent.stat().st_mode & 0o077, 0)
            lines = path.read_text(encoding="utf-8").splitlines()
            self.assertEqual(len(lines), len(requests))
            done = replay(path)
            self.assertEqual(done.stdout, f"{len(lines)} the same, 0 different, 0 not replayed\n", done.stderr)
            # Another version decides otherwise for some, and says where.
            other = version("1.0.0")
            rule = next(rule for rule in other["tables"][1]["rules"] if rule["id"] == "ONC-05")
            rule["if"]["tumour_size_cm"] = "< 1 'cm'"
            file = Path(server.folder, "next.pathway.json")
            file.write_text(json.dumps(other), encoding="utf-8")
            done = replay(path, "--pathway", str(file))
            self.assertEqual(done.returncode, 1)
            self.assertIn("recommendations", done.stdout)
        text = "\n".join(lines)
        self.assertEqual(json.loads(lines[0])["pathway"]["url"], SHIPPED["url"])
        for request in requests.values():
            self.assertNotIn(request["context"]["patientId"], text)
            self.assertNotIn(request["context"].get("userId", "Practitioner/"), text)
            self.assertNotIn(request["hookInstance"], text)

    def test_nothing_is_kept_unless_it_is_asked_for(self):
        with Server() as server:
            server.ask(next(iter(samples().values())))
            self.assertEqual(list(Path(server.folder).rglob("outcomes.ndjson")), [])

    def test_it_ends_at_its_bound_and_calls_go_on(self):
        request = next(iter(samples().values()))
        with RecordingServer(most=1_000_000) as server:
            server.ask(request)
            size = server.recorded().stat().st_size
            for _ in range(1_000_000 // size + 2):
                server.ask(request)
            self.assertLessEqual(server.recorded().stat().st_size, 1_000_000)
            self.assertEqual(len(until(lambda: entries(server, "recording-full"))), 1)
            self.assertEqual(server.call("GET", "/health/ready")[0], 200)

    def test_a_key_that_everybody_can_read_is_warned_of(self):
        for mode, warnings in ((0o600, 0), (0o640, 0), (0o644, 1)):
            with self.subTest(oct(mode)), RecordingServer(mode=mode) as server:
                self.assertEqual(len(entries(server, "readable-secret")), warnings)

    def test_a_key_that_is_none_keeps_it_from_starting(self):
        with self.assertRaisesRegex(AssertionError, "a key for pseudonyms has 16 to 4096 bytes"):
            RecordingServer(key=b"short").__enter__()


if __name__ == "__main__":
    unittest.main()
