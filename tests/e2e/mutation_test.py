"""Each node of a good request damaged, one at a time, against the real server: never a fault of ours, never a hang, and never an
input that rests on the damaged datum. `--long` takes every sample and every damage."""

import collections
import json
import re
import sys
import time
import unittest

import calls
import harness
import mutations

SAMPLES = (calls.VIEW, calls.SIGN)
# Without these a resource says nothing about anybody.
NEEDED = {"Observation": ("status", "code", "subject"), "Condition": ("code", "subject"), "Procedure": ("status", "code", "subject"),
          "Patient": ()}
# These can turn around what a resource says.
MODIFIERS = ("status", "clinicalStatus", "verificationStatus", "doNotPerform")
# The pathway's words for a value that is there and says nothing: it decides nothing.
SAYS_NOTHING = ("noLimit", "notStated")
ALIVE = ("performance_of_dead", "no")  # any value but the one that says dead
# What a map reads where that is another element than the value, which the outcome names as what was recorded.
READ_FROM = {"tnm_edition": "method", "grade_scale": "code"}
LONG = "--long" in sys.argv


def said_once(value):
    """The request without what says a datum for a second time: then nothing can stand in for what is damaged."""
    if isinstance(value, dict):
        return {name: said_once(member) for name, member in value.items() if name != "interpretation"}
    return [said_once(element) for element in value] if isinstance(value, list) else value


def resources(value, path=()):
    """Path and content of each resource in the prefetch."""
    if isinstance(value, dict):
        if value.get("resourceType") not in (None, "Bundle"):
            yield path, value
        for name, member in value.items():
            yield from resources(member, (*path, name))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from resources(element, (*path, index))


def steps(text):
    """The steps of a path as an outcome names it, component[0].valueQuantity; none of an expression that was worked out."""
    if not re.fullmatch(r"\w+(\[\d+\])?(\.\w+(\[\d+\])?)*", text):
        return ()
    return tuple(int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", text))


def basis(outcome):
    """Input, reference, path and value of everything that an input was read from. One that is unknown may name what could
    not be read."""
    for name, one in outcome["inputs"].items():
        if one["state"] == "unknown":
            continue
        for source in one.get("from", []):
            yield name, source.get("reference"), steps(READ_FROM.get(name, source.get("path", ""))), one.get("value")


class Damage:
    """One damage, and which resource it is in."""

    def __init__(self, document, path, name, value):
        self.path, self.name, self.value = path, name, value
        original = mutations.at(document, path)
        # The same said twice is said all the same.
        self.retyped = mutations.kind(value) != mutations.kind(original) and value != [original, original]
        self.inside = self.reference = self.type = None
        for where, resource in resources(document["prefetch"], ("prefetch",)):
            if path[:len(where)] == where:
                self.inside = path[len(where):]
                self.reference = f"{resource['resourceType']}/{resource['id']}"
                self.type = resource["resourceType"]
                self.resource = mutations.replaced(resource, self.inside, value) if self.inside else value

    def __str__(self):
        return f"{self.name} at /{'/'.join(map(str, self.path))}"

    def still_says(self, path):
        """Whether a path leads somewhere in the damaged resource without going through the damage."""
        if self.value is not mutations.REMOVED and path[:len(self.inside)] == self.inside:
            return False
        try:
            return mutations.at(self.resource, path) is not None
        except (KeyError, IndexError, TypeError):
            return False


class MutationTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server(options=["--profile", "standard", "--outcome", "on"]).__enter__()
        cls.addClassCleanup(cls.server.__exit__)

    def setUp(self):
        self.connection = self.server.connect()
        self.addCleanup(lambda: self.connection.close())

    def ask(self, body):
        for _ in range(20):
            self.connection.request("POST", f"/cds-services/{calls.SERVICE}", body, {"Content-Type": "application/json"})
            answer = self.connection.getresponse()
            text = answer.read()
            if answer.getheader("Connection") == "close":
                self.connection.close()
            if answer.status != 503:
                break
            time.sleep(int(answer.headers["Retry-After"]))  # a busy machine; clients come again
        return answer.status, json.loads(text)

    def damage_all(self, name, every):
        request = said_once(calls.sample(name))
        request["extension"] = {"org.renalpath.outcome": True}
        status, good = self.ask(json.dumps(request))
        self.assertEqual(status, 200)
        before = {(name, reference, path): value for name, reference, path, value in
                  basis(good["extension"]["org.renalpath.outcome"])}
        self.assertGreater(len(before), 5)
        counts = collections.Counter()
        for path, kind, value in mutations.damages(request, every):
            damage = Damage(request, path, kind, value)
            status, answer = self.ask(json.dumps(mutations.replaced(request, path, value)))
            counts[status] += 1
            self.assertIn(status, (200, 400, 412), f"{damage}: {answer}")
            if status != 200:
                self.assertEqual(answer["resourceType"], "OperationOutcome", damage)
                continue
            outcome = answer.get("extension", {}).get("org.renalpath.outcome")
            if outcome is not None:
                counts["checked"] += self.rests_on_nothing_damaged(damage, outcome, before)
        return counts

    def rests_on_nothing_damaged(self, damage, outcome, before):
        """How many inputs were looked at."""
        if not damage.retyped or damage.inside is None:
            return 0
        needed = len(damage.inside) == 1 and damage.inside[0] in NEEDED.get(damage.type, ())
        # What says that a resource counts may be left out, but not unreadable.
        unreadable = len(damage.inside) == 1 and damage.inside[0] in MODIFIERS and damage.value not in (None, mutations.REMOVED)
        count = 0
        for name, reference, path, value in basis(outcome):
            if reference != damage.reference or value in SAYS_NOTHING or (name, value) == ALIVE:
                continue
            count += 1
            within = len(damage.inside) > len(path) and damage.inside[:len(path)] == path
            if needed or unreadable:
                self.problems.append(f"{damage}: {name} rests on a resource without what it needs")
            elif not within and not damage.still_says(path):
                self.problems.append(f"{damage}: {name} rests on {path}")
            elif within and path and value != before.get((name, reference, path), value):
                self.problems.append(f"{damage}: {name} has another value")
        return count

    def test_never_a_fault_and_never_a_card_on_a_damaged_datum(self):
        names = calls.samples() if LONG else SAMPLES
        for name in names:
            with self.subTest(name):
                self.problems = []
                counts = self.damage_all(name, 1 if LONG else 12)
                total = sum(counts[status] for status in (200, 400, 412))
                if LONG:
                    print(f"{name}: {total} damaged requests, {dict(counts)}", flush=True)
                self.assertEqual(self.problems, [])
                self.assertGreater(total, 2_000)
                self.assertGreater(counts["checked"], 100)
                # Nothing that was left behind changes later answers.
                request = calls.sample(name)
                self.assertEqual(self.ask(json.dumps(request))[0], 200)
        log = self.server.folder + "/log"
        with open(log, encoding="utf-8") as lines:
            for line in lines:
                self.assertNotIn(json.loads(line)["event"], ("defect", "answer-repaired", "evaluation-failed"), line)


if __name__ == "__main__":
    unittest.main(argv=[argument for argument in sys.argv if argument != "--long"])
