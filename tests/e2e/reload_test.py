"""Governance of a running server: what it refuses to serve, overlays, pathways in shadow, and reloading under load."""

import copy
import json
import os
import signal
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from harness import BINARY, Server, until

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = json.loads((ROOT / "pathways/definitions/onc-kidney-2018.pathway.json").read_text(encoding="utf-8"))
SAMPLE = json.loads((ROOT / "deploy/sample/peripheral-tumour.patient-view.json").read_text(encoding="utf-8"))
NOW = "2026-03-02T09:00:00+01:00"
SERVICE = "/cds-services/onc-kidney-2018-patient-view"
OUTCOME = "org.renalpath.outcome"


def version(number, **changes):
    """The shipped pathway under another version."""
    document = copy.deepcopy(SHIPPED)
    document.update({"version": number, **changes})
    return document


def asking():
    request = copy.deepcopy(SAMPLE)
    request.setdefault("extension", {})[OUTCOME] = True
    return request


class Files:
    """Files of a site, replaced as a careful operator does: whole, by a rename."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.pathway = Path(self.folder.name) / "onc-kidney-2018.pathway.json"
        self.site = Path(self.folder.name) / "onc-kidney-2018.site.json"
        self.shadow = Path(self.folder.name) / "next.pathway.json"

    def write(self, path, content):
        new = path.with_suffix(".new")
        new.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        new.rename(path)

    def overlay(self, number, **more):
        self.write(self.site, {"pathway": SHIPPED["url"], "version": number, **more})


def entries(server, event):
    found = []
    for line in Path(server.folder, "log").read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry.get("event") == event:
            found.append(entry)
    return found


def hang_up(server, event):
    """Reloads, waits for the entry of the log that tells how it went, and gives it."""
    before = len(entries(server, event))
    server.process.send_signal(signal.SIGHUP)
    return until(lambda: entries(server, event)[before:],
                 lambda: f"no {event} in the log: " + Path(server.folder, "log").read_text(encoding="utf-8")[-2000:])[-1]


class Load(threading.Thread):
    """Calls without a pause; keeps every answer."""

    def __init__(self, server):
        super().__init__()
        self.server, self.over, self.answers, self.failure = server, threading.Event(), [], None

    def run(self):
        try:
            while not self.over.is_set():
                self.answers.append(self.server.call("POST", SERVICE, asking()))
        except Exception as failure:  # told by the test
            self.failure = failure


class ReloadTest(unittest.TestCase):
    def setUp(self):
        self.files = Files()
        self.addCleanup(self.files.folder.cleanup)
        self.files.write(self.files.pathway, version("0.9.0"))

    def served(self, server):
        status, answer = server.call("POST", SERVICE, asking())
        self.assertEqual(status, 200)
        return answer["extension"][OUTCOME]

    def test_answers_under_load_are_whole_through_reloads(self):
        files = self.files
        with Server(now=NOW, options=("--pathway", str(files.pathway))) as server:
            threads = [Load(server) for _ in range(3)]
            for thread in threads:
                thread.start()
            try:
                for round_ in range(1, 5):
                    files.write(files.pathway, version(f"0.9.{round_}"))
                    self.assertEqual(hang_up(server, "reloaded")["pathway_version"], f"0.9.{round_}")
                    self.assertEqual(self.served(server)["pathway"]["version"], f"0.9.{round_}")
                    files.write(files.pathway, '{\n  "id": }')
                    hang_up(server, "reload-refused")
                    self.assertEqual(self.served(server)["pathway"]["version"], f"0.9.{round_}")
            finally:
                for thread in threads:
                    thread.over.set()
                for thread in threads:
                    thread.join(60)
            bodies = {}
            for thread in threads:
                self.assertIsNone(thread.failure)
                for status, answer in thread.answers:
                    self.assertEqual(status, 200)
                    number = answer["extension"][OUTCOME]["pathway"]["version"]
                    bodies.setdefault(number, set()).add(json.dumps(answer, sort_keys=True))
            # One version, one answer: nothing of one set is in the answers of another.
            self.assertEqual({number: len(texts) for number, texts in bodies.items()},
                             {number: 1 for number in bodies})
            self.assertLessEqual(set(bodies), {f"0.9.{round_}" for round_ in range(5)})
            self.assertGreater(sum(len(thread.answers) for thread in threads), 20)

    def test_a_broken_file_is_named_with_its_place_and_the_last_good_one_stays(self):
        files = self.files
        with Server(now=NOW, options=("--pathway", str(files.pathway))) as server:
            broken = {
                "not JSON": ('{\n  "id": }', ":2:9: error L101"),
                "a reference to nothing": (version("0.9.1", start=["nowhere"]), "error L102"),
                "a draft": (version("0.9.1", status="draft"), "is a draft"),
                "a retired one": (version("0.9.1", status="retired"), "is retired"),
            }
            for name, (content, place) in broken.items():
                with self.subTest(name):
                    files.write(files.pathway, content)
                    hang_up(server, "reload-refused")
                    problems = [entry["problem"] for entry in entries(server, "reload-problem")]
                    self.assertIn(place, "\n".join(problems))
                    self.assertEqual(self.served(server)["pathway"]["version"], "0.9.0")
            files.pathway.unlink()
            hang_up(server, "reload-refused")
            self.assertEqual(self.served(server)["pathway"]["version"], "0.9.0")
            files.write(files.pathway, version("0.9.2"))
            hang_up(server, "reloaded")
            self.assertEqual(self.served(server)["pathway"]["version"], "0.9.2")

    def test_the_overlay_of_a_site_is_named_in_the_trace_and_reloaded_with_the_pathway(self):
        files = self.files
        files.overlay("0.9.0", parameters={"older_age": "70"})
        with Server(now=NOW, options=("--pathway", str(files.pathway), "--site", str(files.site))) as server:
            trace = self.served(server)["trace"]
            self.assertEqual(trace["parameters"]["older_age"], "70")
            self.assertEqual(trace["site"]["name"], files.site.name)
            first = trace["site"]["hash"]
            files.overlay("0.9.0", parameters={"older_age": "64"})
            hang_up(server, "reload-refused")
            self.assertIn('may be 65 to 85, not "64"',
                          entries(server, "reload-problem")[-1]["problem"])
            self.assertEqual(self.served(server)["trace"]["site"]["hash"], first)
            files.overlay("0.9.0", parameters={"older_age": "65"})
            self.assertNotEqual(hang_up(server, "reloaded")["site_hash"], first)
            self.assertEqual(self.served(server)["trace"]["parameters"]["older_age"], "65")
            # The pathway changes, its overlay does not: they are no set any more.
            files.write(files.pathway, version("0.9.1"))
            hang_up(server, "reload-refused")
            self.assertEqual(self.served(server)["pathway"]["version"], "0.9.0")

    def test_a_shadow_is_compared_and_shows_nothing(self):
        files = self.files
        files.write(files.shadow, version("1.0.0", status="draft"))
        with Server(now=NOW, options=("--pathway", str(files.pathway))) as server:
            plain = server.call("POST", SERVICE, asking())
        with Server(now=NOW, options=("--pathway", str(files.pathway), "--shadow", str(files.shadow))) as server:
            self.assertEqual(server.call("POST", SERVICE, asking()), plain)
            entry = until(lambda: entries(server, "shadow"))[-1]
            self.assertEqual((entry["same"], entry["shadow_version"]), ("yes", "1.0.0"))
            other = version("1.0.1", status="draft")
            small = next(rule for rule in other["tables"][1]["rules"] if rule["id"] == "ONC-05")
            small["if"]["tumour_size_cm"] = "< 1 'cm'"
            text = json.dumps(other)
            files.write(files.shadow, text)
            hang_up(server, "reloaded")
            self.assertEqual(server.call("POST", SERVICE, asking()), plain)
            entry = until(lambda: entries(server, "shadow")[1:])[-1]
            self.assertEqual(entry["same"], "no")
            self.assertIn("ONC-05 partial_nephrectomy", entry["only_shown"])
            # No patient data: neither ids nor values of the request.
            self.assertNotIn(SAMPLE["context"]["patientId"], json.dumps(entry))
            self.assert_report(Path(server.folder, "log"), entry)

    def assert_report(self, log, entry):
        """The log holds one call that was the same, and one that was not."""
        def report(*options, text=None):
            done = subprocess.run([BINARY, "report", "--shadow", *options], input=text, capture_output=True,
                                  encoding="utf-8", timeout=120, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            return done.stdout

        found = json.loads(report(str(log), "--json"))
        self.assertEqual((found["defects"], found["withoutAnswer"]), (0, 0))
        counts = {each["shadow"]["version"]: (each["version"], each["calls"], each["different"])
                  for each in found["shadows"]}
        self.assertEqual(counts, {"1.0.0": ("0.9.0", 1, 0), "1.0.1": ("0.9.0", 1, 1)})
        same, other = sorted(found["shadows"], key=lambda each: each["shadow"]["version"])
        self.assertEqual(same["results"], [])
        self.assertEqual(same["outcomes"], [{"shown": entry["outcome"], "shadow": entry["outcome"], "calls": 1}])
        self.assertIn({"rule": "ONC-05", "action": "partial_nephrectomy", "determination": "recommended",
                       "onlyShown": 1, "onlyShadow": 0}, other["results"])
        text = report("-", text=log.read_text(encoding="utf-8"))
        self.assertIn("Version 0.9.0 against onc-kidney-2018 1.0.1 in shadow: 1 calls, 1 different\n", text)
        self.assertIn("  ONC-05 partial_nephrectomy recommended: only shown 1, only in shadow 0\n", text)
        self.assertEqual(report("-", text="no log\n{}\n"), "No call was evaluated in shadow.\n")


class StartTest(unittest.TestCase):
    def refusal(self, content, *options):
        files = Files()
        self.addCleanup(files.folder.cleanup)
        files.write(files.pathway, content)
        done = subprocess.run([BINARY, "serve", "--port", "0", "--data", os.path.join(files.folder.name, "data"),
                               "--pathway", str(files.pathway), *options], capture_output=True, encoding="utf-8",
                              timeout=120, check=False)
        self.assertEqual(done.returncode, 1)
        return done.stderr

    def test_refuses_what_is_not_active(self):
        self.assertIn('is a draft: run it in shadow', self.refusal(version("0.9.0", status="draft")))
        self.assertIn('is retired', self.refusal(version("0.9.0", status="retired")))

    def test_refuses_a_retired_shadow(self):
        with tempfile.TemporaryDirectory() as folder:
            shadow = Path(folder) / "shadow.json"
            shadow.write_text(json.dumps(version("0.8.0", status="retired")), encoding="utf-8")
            self.assertIn("a shadow is a draft or an active pathway",
                          self.refusal(version("0.9.0"), "--shadow", str(shadow)))

    def test_refuses_an_overlay_that_is_not_there(self):
        self.assertIn("cannot be read", self.refusal(version("0.9.0"), "--site", "nowhere.site.json"))


if __name__ == "__main__":
    unittest.main()
