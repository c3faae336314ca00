"""The samples, moved to another day."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def moved(value, day):
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(value, file)
        file.flush()
        done = subprocess.run([sys.executable, "-B", str(ROOT / "deploy/as-of-today.py"), file.name, day],
                              capture_output=True, encoding="utf-8", check=True, timeout=60)
    return json.loads(done.stdout)


class AsOfTodayTest(unittest.TestCase):
    def test_moves_days_and_times_and_nothing_else(self):
        sample = {"birthDate": "1965-05-05", "list": ["2026-02-18T10:00:00+01:00", "2026-02", "1951", 7, None],
                  "code": "2026-02-18x", "text": "seen on 2026-02-18"}
        self.assertEqual(moved(sample, "2026-03-03"),
                         {"birthDate": "1965-05-06", "list": ["2026-02-19T10:00:00+01:00", "2026-02", "1951", 7, None],
                          "code": "2026-02-18x", "text": "seen on 2026-02-18"})

    def test_changes_nothing_on_the_day_itself(self):
        text = (ROOT / "deploy/sample/small-peripheral-tumour.order-sign.json").read_text(encoding="utf-8")
        self.assertEqual(moved(json.loads(text), "2026-03-02"), json.loads(text))

    def test_moves_a_whole_folder_with_its_titles(self):
        with tempfile.TemporaryDirectory() as folder:
            to = pathlib.Path(folder, "samples")
            subprocess.run([sys.executable, "-B", str(ROOT / "deploy/as-of-today.py"), "--all", str(ROOT / "deploy/sample"),
                            str(to), "2026-03-03"], check=True, timeout=60)
            names = sorted(path.name for path in (ROOT / "deploy/sample").glob("*.json"))
            self.assertEqual(sorted(path.name for path in to.glob("*.json")), names)
            one = to / "small-peripheral-tumour.order-sign.json"
            self.assertEqual(json.loads(one.read_text(encoding="utf-8"))["prefetch"]["patient"]["birthDate"], "1964-05-18")
            for language in ("en", "nb"):
                titles = json.loads((to / f"titles/{language}.json").read_text(encoding="utf-8"))
                self.assertEqual(sorted(f"{name}.json" for name in titles), names)


if __name__ == "__main__":
    unittest.main()
