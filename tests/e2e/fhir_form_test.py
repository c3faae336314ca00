"""The FHIR form of pathways from outside: what the commands write is valid FHIR R4, comes back equal, and uses no
extension that is not defined."""

import hashlib
import json
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import validators
from harness import BINARY

ROOT = Path(__file__).resolve().parents[2]
EXTENSIONS = ROOT / "pathways/fhir_extensions"
PATHWAYS = sorted((ROOT / "pathways/definitions").glob("*.pathway.json"))
DEMO = ROOT.parent / "shared/spec/kidney-demo.pathway.json"
BASE = "https://renalpath.example/StructureDefinition/"
CARE_PLANS = sorted((ROOT / "tests/golden").glob("*.care-plan.json"))


def renalpath(*arguments, status=0):
    done = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, encoding="utf-8", timeout=120, check=False)
    if done.returncode != status:
        raise AssertionError(f"{arguments} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout, done.stderr


def canonical(value):
    """Canonical JSON (pathway-format 14.4): members sorted by the bytes of their names, no white space. Numbers in
    pathway files are written as Python writes them."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def load(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def variant():
    """The shipped pathway with what it has no example of."""
    document = load(PATHWAYS[0])
    document["id"] = "variant"
    document["x-own"] = {"empty": [], "number": -0.5, "control": "\u0001"}
    document["experimental"] = True
    document["approvals"] = [{"name": "Board", "role": "approver", "date": "2026-01-02", "hash": "sha256:00"}]
    action = next(action for action in document["actions"].values() if "resource" in action)
    action["resource"]["priority"] = "urgent"
    rule = document["tables"][0]["rules"][0]
    rule["note"] = "n"
    rule["when"] = "%patient.gender = 'male'"
    return document


VARIANT = Path(tempfile.mkdtemp()) / "variant.pathway.json"
VARIANT.write_text(json.dumps(variant(), ensure_ascii=False), encoding="utf-8")
unittest.addModuleCleanup(shutil.rmtree, VARIANT.parent)


def files():
    return [*PATHWAYS, VARIANT, *([DEMO] if DEMO.exists() else [])]


def extension_urls(node):
    """URLs of all extensions that are no parts of others."""
    if isinstance(node, list):
        for item in node:
            yield from extension_urls(item)
    elif isinstance(node, dict):
        for each in node.get("extension", []):
            yield each["url"]
        for name, value in node.items():
            yield from extension_urls(value if name != "extension" else [
                {key: part for key, part in each.items() if key != "extension"} for each in value])


class ExportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.bundles = {}
        for path in files():
            out = Path(cls.folder.name) / path.name.replace(".pathway.json", ".bundle.json")
            renalpath("pathway", "export", path, "--out", out)
            cls.bundles[path] = out

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_prints_what_it_writes(self):
        for path, bundle in self.bundles.items():
            self.assertEqual(renalpath("pathway", "export", "--fhir", path)[0], bundle.read_text(encoding="utf-8"))

    def test_comes_back_equal(self):
        for path, bundle in self.bundles.items():
            with self.subTest(pathway=path.name), tempfile.TemporaryDirectory() as folder:
                out = Path(folder) / path.name
                _, messages = renalpath("pathway", "import", bundle, "--out", out)
                self.assertEqual(messages, "")
                self.assertEqual(canonical(load(out)), canonical(load(path)))
                self.assertEqual(renalpath("pathway", "export", out)[0], bundle.read_text(encoding="utf-8"))

    def test_import_leaves_value_sets_that_are_there(self):
        bundle = self.bundles[PATHWAYS[0]]
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder) / "kidney-tumour.json"
            kept.write_text("{}", encoding="utf-8")
            _, messages = renalpath("pathway", "import", bundle, "--out", Path(folder) / "p.pathway.json")
            self.assertEqual(kept.read_text(encoding="utf-8"), "{}")
            self.assertIn("kidney-tumour.json: the file is there already and was left as it is", messages)

    def test_names_place_and_remedy_of_what_cannot_be_imported(self):
        with tempfile.TemporaryDirectory() as folder:
            broken = Path(folder) / "broken.json"
            broken.write_text('{\n  "resourceType": "Bundle"\n}', encoding="utf-8")
            out, messages = renalpath("pathway", "import", broken, status=1)
            self.assertEqual(out, "")
            self.assertIn("broken.json:1:1: error L101: there is no PlanDefinition. Give", messages)

    def test_every_extension_is_defined_and_used(self):
        defined = {load(path)["url"]: path for path in EXTENSIONS.glob("*.json")}
        for url, path in defined.items():
            self.assertEqual(url, BASE + "pathway-" + path.stem)
        used = set()
        for path in [*self.bundles.values(), *CARE_PLANS]:
            used |= {url for url in extension_urls(load(path)) if url.startswith(BASE)}
        self.assertEqual(used, set(defined))

    def test_hash_is_that_of_the_canonical_text(self):
        for path in files():
            document = load(path)
            document.pop("approvals", None)
            wanted = "sha256:" + hashlib.sha256(canonical(document).encode()).hexdigest()
            request = {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "id": "p"}}]}
            done = subprocess.run([BINARY, "evaluate", "--pathway", str(path)], input=json.dumps(request), encoding="utf-8",
                                  capture_output=True, timeout=60, check=True)
            self.assertEqual(json.loads(done.stdout)["pathway"]["hash"], wanted, path.name)


class ValidityTest(unittest.TestCase):
    """By two validators."""

    def test_exports_are_valid(self):
        with tempfile.TemporaryDirectory() as folder:
            bundles = []
            for path in files():
                bundles.append(Path(folder) / path.name)
                renalpath("pathway", "export", path, "--out", bundles[-1])
            self.assertEqual(validators.problems(bundles), [])

    def test_answers_of_apply_are_valid(self):
        self.assertGreater(len(CARE_PLANS), 10)
        self.assertEqual(validators.problems(CARE_PLANS), [])

    def test_documents_of_a_board_are_valid(self):
        with tempfile.TemporaryDirectory() as folder:
            samples = Path(folder, "samples")
            samples.mkdir()
            for path in (ROOT / "deploy/sample").glob("*.json"):
                shutil.copy(path, samples)
            out = Path(folder, "out")
            renalpath("board", "--from", samples, "--out", out, "--no-briefs", "--fhir",
                      "--now", "2026-03-02T09:00:00+01:00")
            documents = sorted((out / "fhir").glob("*.json"))
            self.assertGreater(len(documents), 10)
            self.assertEqual(validators.problems(documents), [])

    def test_definitions_of_extensions_are_valid(self):
        self.assertEqual(validators.problems(sorted(EXTENSIONS.glob("*.json"))), [])

    def test_both_validators_see_what_is_wrong(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "wrong.json"
            path.write_text(json.dumps({"resourceType": "PlanDefinition", "status": "active", "nonsense": 1, "action": [
                {"condition": [{"kind": "applicability", "expression": {"expression": "true"}}]}]}), encoding="utf-8")
            self.assertEqual({problem["validator"] for problem in validators.problems([path])}, {"fhir", "medplum"})


if __name__ == "__main__":
    unittest.main()
