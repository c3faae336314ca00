"""Every client profile over HTTP: what it is answered holds for its version of CDS Hooks, for every sample and every hook,
and what its dialect says is done."""

import concurrent.futures
import copy
import json
import re
import tempfile
import time
import unittest
from pathlib import Path

import calls
import harness
import protocol
import validators
from tokens import Signer, key_set

# profile: version, hooks with empty system actions
PROFILES = {
    "standard": ("2.0", ()),
    "sandbox": ("2.0", ()),
    "cds-hooks-1.0": ("1.0", ()),
    "cds-hooks-1.1": ("1.1", ()),
    "cds-hooks-3.0": ("3.0", ()),
    "epic": ("1.1", ()),
    "oracle-health": ("1.0", ()),
    "payer": ("2.0", ("appointment-book", "order-dispatch", "order-sign")),
}
TRIGGER = "com.epic.cdshooks.request.bpa-trigger-action"
CONTENT_TYPE = "com.epic.cdshooks.card.detail.content-type"
# A profile of a site: its own keys, words and limits.
SITE = """{
  "name": "our-clinic", "title": "Our clinic", "basedOn": "epic", "language": "nb",
  "cards": {"max": 1, "links": ["oncolex.org"], "detail": "markdown",
            "overrideReasons": [{"system": "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes",
                                 "code": "patient-refuses"}]},
  "fields": {"pending": "draftOrders"}, "prefetch": {"problems": "conditions", "labs": "Observation"},
  "fhirPathTokens": true
}"""


def suggestions_of(answer):
    return [suggestion for card in answer["cards"] for suggestion in card.get("suggestions", [])]


def actions_of(answer):
    return [action for suggestion in suggestions_of(answer) for action in suggestion.get("actions", [])]


class ProfilesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        site = Path(cls.folder.name, "our-clinic.json")
        site.write_text(SITE, encoding="utf-8")
        cls.server = harness.Server(options=["--profile-file", str(site)]).__enter__()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.addClassCleanup(cls.server.__exit__)
        cls.answers = {}
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(cls.collect, ((profile, *call) for profile in PROFILES for call in calls.every_call())))

    @classmethod
    def collect(cls, call):
        profile, name, request = call
        # A busy server says 503 and when to come again; clients do.
        for _ in range(20):
            path = f"/{profile}/cds-services/{calls.SERVICE}"
            status, headers, answer = cls.server.exchange("POST", path, request)
            if status != 503:
                break
            time.sleep(int(headers["Retry-After"]))
        cls.answers[profile, name] = (request["hook"], status, answer)

    def ask(self, profile, request, status=200):
        answered, answer = self.server.call("POST", f"/{profile}/cds-services/{calls.SERVICE}", request)
        self.assertEqual(answered, status, answer)
        return answer

    def test_every_answer_holds_for_its_version(self):
        self.assertGreater(len(self.answers), 800)
        for (profile, name), (hook, status, answer) in self.answers.items():
            version, empty = PROFILES[profile]
            with self.subTest(profile=profile, call=name):
                self.assertEqual(status, 200, answer)
                self.assertEqual(protocol.defects(answer, version, hook in empty), [])

    def test_discovery_holds_for_every_version(self):
        for profile, (version, _) in [*PROFILES.items(), ("our-clinic", ("1.1", ()))]:
            with self.subTest(profile=profile):
                status, body = self.server.call("GET", f"/{profile}/cds-services")
                self.assertEqual(status, 200)
                self.assertEqual(protocol.discovery_defects(body, version), [])
                self.assertGreaterEqual(len(body["services"]), len(calls.HOOKS))

    def test_the_checker_sees_what_is_wrong(self):
        _, _, good = self.answers["cds-hooks-3.0", f"{calls.SIGN}/order-sign"]
        changes = [
            (lambda card: card.update(summary="x" * 140), "summary is too long"),
            (lambda card: card.update(detail=""), "is null or empty"),
            (lambda card: card.pop("selectionBehavior"), "selectionBehavior is none"),
            (lambda card: card.update(indicator="hard-stop"), "indicator is none"),
            (lambda card: card.update(uuid="7"), "is no UUID"),
            (lambda card: card["source"].pop("label"), "label is missing"),
            (lambda card: card["overrideReasons"][0].pop("display"), "display is missing"),
            (lambda card: card["suggestions"][0]["actions"][0].update(resource="ServiceRequest/1"), "with a resource"),
            (lambda card: card["suggestions"][0]["actions"][0].pop("description"), "description is missing"),
            (lambda card: card["links"][0].update(appContext="x"), "appContext of no smart link"),
            (lambda card: card.update(colour="red"), "is no member"),
        ]
        self.assertEqual(protocol.defects(good, "3.0"), [])
        self.assertTrue(protocol.defects(good, "1.0"))
        for change, words in changes:
            answer = copy.deepcopy(good)
            change(answer["cards"][0])
            found = protocol.defects(answer, "3.0")
            self.assertTrue(any(words in defect for defect in found), (words, found))
        self.assertTrue(protocol.defects({"cards": [], "systemActions": []}, "2.0"))
        self.assertTrue(protocol.discovery_defects({"services": [{"hook": "h", "id": "a/b", "description": "d"}]}, "2.0"))

    def test_suggested_resources_are_valid(self):
        seen = {}
        for _, _, answer in self.answers.values():
            for action in actions_of(answer):
                if isinstance(action.get("resource"), dict):
                    seen.setdefault(json.dumps(action["resource"], sort_keys=True), action["resource"])
        self.assertGreater(len(seen), 30)
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in seen.values()]}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "suggested.json")
            path.write_text(json.dumps(bundle), encoding="utf-8")
            self.assertEqual(validators.problems([path]), [])

    def test_epic_gets_one_action_and_one_key_for_an_override(self):
        count = 0
        for (profile, name), (_, _, answer) in self.answers.items():
            if profile != "epic":
                continue
            for card in answer["cards"]:
                with self.subTest(call=name):
                    count += 1
                    self.assertRegex(card["source"]["topic"]["code"], r"^[A-Za-z0-9]{1,100}$")
                    self.assertEqual(card["extension"][CONTENT_TYPE], "text/plain")
                    self.assertNotIn("**", card["detail"])
                    self.assertNotIn("links", card)
                    if "suggestions" in card:
                        self.assertEqual(card["selectionBehavior"], "any")
            for suggestion in suggestions_of(answer):
                self.assertEqual(len(suggestion["actions"]), 1)
        self.assertGreater(count, 50)

    def test_epic_says_in_an_extension_what_really_happened(self):
        request = calls.sample(calls.SIGN)
        signed = self.ask("epic", request)
        request["hook"] = "patient-view"
        request["extension"] = {TRIGGER: 23}
        triggered = self.ask("epic", request)
        self.assertEqual([card["summary"] for card in triggered["cards"]], [card["summary"] for card in signed["cards"]])
        plain = self.ask("standard", request)
        self.assertNotEqual([card["summary"] for card in plain["cards"]], [card["summary"] for card in signed["cards"]])

    def test_an_empty_search_with_a_warning_is_empty(self):
        warning = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "processing", "details": {
            "coding": [{"system": "urn:oid:1.2.840.114350.1.13.0.1.7.2.657369", "code": "4101"}]}}]}
        request = calls.sample(calls.VIEW)
        nothing = {"resourceType": "Bundle", "type": "searchset", "total": 0,
                   "entry": [{"resource": warning, "search": {"mode": "outcome"}}]}
        request["prefetch"]["procedures"] = nothing
        detail = {profile: self.ask(profile, request)["cards"][0]["detail"] for profile in ("epic", "standard")}
        self.assertIn("Could not be read: procedures", detail["standard"])
        self.assertIn("Delivered without an entry: procedures", detail["epic"])
        warning["issue"][0]["details"]["coding"][0]["code"] = "4119"  # more data may exist
        self.assertIn("Could not be read: procedures", self.ask("epic", request)["cards"][0]["detail"])

    def test_old_clients_call_old_hooks(self):
        request = calls.sample(calls.SIGN)
        signed = self.ask("cds-hooks-1.0", request)
        for hook, field in (("order-review", "orders"), ("medication-prescribe", "medications")):
            old = copy.deepcopy(request)
            old["hook"] = hook
            old["context"][field] = old["context"].pop("draftOrders")
            with self.subTest(hook=hook):
                self.assertEqual([card["summary"] for card in self.ask("cds-hooks-1.0", old)["cards"]],
                                 [card["summary"] for card in signed["cards"]])
                self.ask("standard", old, status=400)
                self.server.call("POST", f"/cds-hooks-1.0/cds-services/{calls.SERVICE}-{hook}", old)

    def test_a_site_has_its_own_keys_words_and_limits(self):
        request = calls.sample("both-kidneys.patient-view")
        plain = self.ask("epic", request)
        self.assertEqual(len(plain["cards"]), 2)
        request["prefetch"]["problems"] = request["prefetch"].pop("conditions")
        self.assertEqual(self.ask("our-clinic", request)["cards"][0]["overrideReasons"][0]["display"], "Pasienten takker nei")
        answer = self.ask("our-clinic", request)
        self.assertEqual(len(answer["cards"]), 1)
        self.assertEqual(protocol.defects(answer, "1.1"), [])
        order = calls.sample(calls.SIGN)
        order["context"]["pending"] = order["context"].pop("draftOrders")
        self.assertEqual(len(self.ask("our-clinic", order)["cards"]), 1)
        self.ask("epic", order, status=400)
        # A null under its own key is "none": nothing is said to be missing.
        order["prefetch"].pop("observations", None)
        order["prefetch"]["labs"] = None
        self.assertNotIn("Ikke levert: observasjoner", self.ask("our-clinic", order)["cards"][0]["detail"])

    def test_fhirpath_stands_under_an_id_of_its_own(self):
        _, body = self.server.call("GET", "/our-clinic/cds-services")
        with_paths = [service for service in body["services"] if "draftedMedications" in service["prefetch"]]
        self.assertEqual({service["id"] for service in with_paths}, {f"{calls.SERVICE}-fhirpath"})
        status, _ = self.server.call("POST", f"/our-clinic/cds-services/{calls.SERVICE}-fhirpath", calls.sample(calls.SIGN))
        self.assertEqual(status, 200)
        status, _ = self.server.call("POST", f"/epic/cds-services/{calls.SERVICE}-fhirpath", calls.sample(calls.SIGN))
        self.assertEqual(status, 404)

    def test_the_outcome_is_for_those_whose_profile_allows_it(self):
        request = calls.sample(calls.SIGN)
        request["extension"] = {protocol.OUTCOME: True}
        for profile in PROFILES:
            with self.subTest(profile=profile):
                answer = self.ask(profile, request)
                self.assertEqual(protocol.OUTCOME in answer.get("extension", {}), profile == "sandbox")

    def test_payers_see_deletes_beside_creates_of_their_type(self):
        for (profile, name), (_, _, answer) in self.answers.items():
            for suggestion in suggestions_of(answer) if profile == "payer" else []:
                kinds = {action["type"]: action for action in suggestion["actions"]}
                if "delete" in kinds:
                    self.assertEqual(kinds["delete"]["resourceId"].partition("/")[0],
                                     kinds["create"]["resource"]["resourceType"], name)

    def test_placed_orders_are_never_deleted(self):
        for (profile, name), (hook, _, answer) in self.answers.items():
            if hook == "order-dispatch":
                self.assertNotIn("delete", [action["type"] for action in actions_of(answer)], (profile, name))

    def test_an_unknown_profile_is_no_path(self):
        self.assertEqual(self.server.call("GET", "/other/cds-services")[0], 404)


class ClientTest(unittest.TestCase):
    """The profile of a client that proved who it is."""

    CONFIG = """
[listen]
public_url = "http://127.0.0.1:{{port}}"
[[client]]
name = "hospital"
issuer = "https://ehr.example"
profile = "epic"
jwks_file = "{keys}"
"""

    def test_is_the_configured_one_and_no_other(self):
        signer = Signer()
        with tempfile.TemporaryDirectory() as folder:
            keys = Path(folder, "keys.json")
            keys.write_text(json.dumps(key_set(signer)), encoding="utf-8")
            with harness.Server(now=None, config=self.CONFIG.format(keys=keys)) as server:
                def post(path):
                    token = signer.token(f"http://127.0.0.1:{server.port}{path}")
                    return server.exchange("POST", path, calls.sample(calls.SIGN), {"Authorization": f"Bearer {token}"})

                for prefix in ("", "/epic"):
                    status, _, answer = post(f"{prefix}/cds-services/{calls.SERVICE}")
                    self.assertEqual(status, 200, answer)
                    self.assertIn(CONTENT_TYPE, answer["cards"][0]["extension"])
                status, _, answer = post(f"/payer/cds-services/{calls.SERVICE}")
                self.assertEqual((status, answer["issue"][0]["code"]), (403, "forbidden"))
                for path in ("/fhir/metadata", f"/fhir/PlanDefinition/{calls.SERVICE}", "/measures"):
                    self.assertEqual(server.call("GET", path)[0], 401, path)
                    token = signer.token(f"http://127.0.0.1:{server.port}{path}")
                    headers = {"Authorization": f"Bearer {token}"}
                    self.assertEqual(server.exchange("GET", path, headers=headers)[0], 200, path)


class StartTest(unittest.TestCase):
    def test_a_broken_profile_keeps_the_server_from_starting(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "ours.json")
            path.write_text('{"name": "ours",\n "protocol": "9"}', encoding="utf-8")
            with self.assertRaisesRegex(AssertionError, re.escape('ours.json:2:14: error: "9" is none of the words')):
                harness.Server(options=["--profile-file", str(path)]).__enter__()
            with self.assertRaisesRegex(AssertionError, 'there is no client profile "none"'):
                harness.Server(options=["--profile", "none"]).__enter__()


if __name__ == "__main__":
    unittest.main()
