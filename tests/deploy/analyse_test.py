"""Which sources `deploy/analyse --changed` reads, in a made-up tree and with a made-up clang-tidy."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"

FILES = {
    "fhir/far.h": "",
    "fhir/near.h": '#include "fhir/far.h"\n',
    "fhir/near.cpp": '#include "fhir/near.h"\n',
    "pathways/through.h": '#include "fhir/near.h"\n',
    "hooks/through.cpp": '#include "pathways/through.h"\n',
    "cards/alone.cpp": '#include <string>\n',
    "cards/like.cpp": '#include "fhir/farther.h"\n',
    "tests/fhir/far_test.cpp": '#include "fhir/far.h"\n',
}


class AnalyseChangedTest(unittest.TestCase):
    def setUp(self):
        self.tree = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.tree)
        for name, text in FILES.items():
            self.write(name, text)
        (self.tree / "deploy").mkdir()
        for name in ("analyse", "lib.sh"):
            shutil.copy(DEPLOY / name, self.tree / "deploy" / name)
        for name, text in {"cmake": "", "clang-tidy-19": 'for last; do :; done\necho "$last"\n'}.items():
            self.write(f"bin/{name}", "#!/bin/sh\n" + text)
            (self.tree / "bin" / name).chmod(0o755)
        self.git("init", "--quiet")
        self.git("add", "--all")
        self.git("-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "--quiet", "-m", "All")

    def write(self, name, text):
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def git(self, *arguments):
        subprocess.run(["git", *arguments], cwd=self.tree, check=True, timeout=60)

    def analyse(self, *arguments):
        path = f"{self.tree / 'bin'}:{os.environ['PATH']}"
        return subprocess.run([self.tree / "deploy/analyse", *arguments], env=dict(os.environ, PATH=path),
                              capture_output=True, text=True, timeout=60)

    def read_since_head(self):
        done = self.analyse("--changed", "HEAD")
        self.assertEqual(done.returncode, 0, done.stderr)
        return sorted(done.stdout.split())

    def test_nothing_changed(self):
        self.assertEqual(self.read_since_head(), [])

    def test_a_source_is_read_alone(self):
        self.write("cards/alone.cpp", "// changed\n")
        self.assertEqual(self.read_since_head(), ["cards/alone.cpp"])

    def test_a_header_is_read_where_it_is_included_at_any_depth(self):
        self.write("fhir/far.h", "// changed\n")
        self.assertEqual(self.read_since_head(), ["fhir/near.cpp", "hooks/through.cpp"])

    def test_what_is_gone_is_not_read(self):
        (self.tree / "cards/alone.cpp").unlink()
        self.assertEqual(self.read_since_head(), [])

    def test_what_is_no_revision_is_refused(self):
        for arguments in (["--changed"], ["--changed", "no-such-thing"]):
            with self.subTest(arguments):
                done = self.analyse(*arguments)
                self.assertEqual(done.returncode, 1)
                self.assertIn("needs a revision", done.stderr)


if __name__ == "__main__":
    unittest.main()
