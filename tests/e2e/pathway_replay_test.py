"""`renalpath pathway replay`: outcomes as the program prints them, evaluated again."""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path

from dialects import NOW
from harness import BINARY

SAMPLES = Path(__file__).resolve().parents[2] / "deploy" / "sample"


def run(*arguments, text=None):
    return subprocess.run([BINARY, *arguments], input=text, capture_output=True, encoding="utf-8", timeout=280,
                          check=False)


class ReplayTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        samples = [str(path) for path in sorted(SAMPLES.glob("*.json"))]
        done = run("evaluate", "--now", NOW, "--seed", "7", *samples)
        assert done.returncode == 0, done.stderr
        cls.outcomes = done.stdout

    def test_every_sample_gives_the_same_again(self):
        count = len(self.outcomes.splitlines())
        done = run("pathway", "replay", "-", text=self.outcomes)
        self.assertEqual(done.stdout, f"{count} the same, 0 different, 0 not replayed\n", done.stderr)
        self.assertEqual(done.returncode, 0)

    def test_names_what_differs(self):
        outcome = next(one for one in map(json.loads, self.outcomes.splitlines()) if one["recommendations"])
        outcome["recommendations"][0]["tier"] = "avoid"
        outcome["pathway"]["hash"] = "sha256:0"
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(outcome, file)
            file.flush()
            done = run("pathway", "replay", file.name)
        self.assertEqual(done.returncode, 1)
        self.assertIn('recommendations[0].tier: was "avoid", is ', done.stdout)
        self.assertIn("pathway.hash: was sha256:0", done.stdout)
        self.assertTrue(done.stdout.endswith("0 the same, 1 different, 0 not replayed\n"))

    def test_says_what_cannot_be_replayed(self):
        outcome = json.loads(self.outcomes.splitlines()[0])
        outcome["pathway"]["url"] = "https://example.org/other"
        for text in ("[]", "{", json.dumps(outcome)):
            done = run("pathway", "replay", "-", text=text)
            self.assertEqual(done.returncode, 1, text)
            self.assertIn("standard input", done.stderr)
        self.assertEqual(run("pathway", "replay", "nowhere.json").returncode, 1)


if __name__ == "__main__":
    unittest.main()
