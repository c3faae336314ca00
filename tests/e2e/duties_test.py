"""The duties S-01 to S-72 of a CDS Service, each a test named by it, over HTTP against the real program.

The table in hooks/README.md says which test shows which duty; this file holds the table whole. What a duty says stands in
the name of its test; the specification's digest has the wording.
"""

import copy
import json
import re
import time
import unittest
from pathlib import Path

import calls
import harness
import protocol

ROOT = calls.ROOT
DUTIES = [f"S-{number:02}" for number in range(1, 73)]
README = ROOT / "hooks" / "README.md"
SERVICES = "/cds-services"
SERVICE = f"/cds-services/{calls.SERVICE}"
FHIRPATH = ('{"name": "fhirpath", "title": "FHIRPath tokens on request", "protocol": "3.0", "fhirPathTokens": true}')


class DutiesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server(options=["--profile", "standard"]).__enter__()
        cls.addClassCleanup(cls.server.__exit__)

    def discovery(self, profile=None):
        status, body = self.server.call("GET", f"/{profile}{SERVICES}" if profile else SERVICES)
        self.assertEqual(status, 200)
        return body["services"]

    def ask(self, request, profile=None, status=200):
        # A busy server says 503 and when to come again; clients do.
        for _ in range(20):
            answered, headers, answer = self.server.exchange("POST", f"/{profile}{SERVICE}" if profile else SERVICE, request)
            if answered != 503:
                break
            time.sleep(int(headers["Retry-After"]))
        self.assertEqual(answered, status, answer)
        return answer

    def sign(self, profile=None):
        return self.ask(calls.sample(calls.SIGN), profile)

    def cards(self):
        """The cards of all samples, as clients of version 2.0 get them."""
        for name, request in calls.samples().items():
            for card in self.ask(request)["cards"]:
                yield name, card

    def raw(self, method, path, body=None, headers=None):
        connection = self.server.connect()
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    # ---- General

    def test_s_01_json_only(self):
        for method, path, body in (("GET", SERVICES, None), ("POST", SERVICE, json.dumps(calls.sample(calls.SIGN))),
                                   ("POST", SERVICE, "{"), ("GET", "/none", None)):
            _, headers, text = self.raw(method, path, body, {"Content-Type": "application/json"} if body else {})
            self.assertEqual(headers["Content-Type"], "application/json")
            json.loads(text)
        self.assertEqual(self.raw("POST", SERVICE, "<x/>", {"Content-Type": "text/xml"})[0], 415)

    def test_s_02_nothing_null_or_empty_but_cards(self):
        self.assertEqual(self.ask(calls.sample("fitting-order.order-sign")), {"cards": []})
        for name, card in self.cards():
            self.assertEqual(protocol.defects({"cards": [card]}, "2.0"), [], name)

    def test_s_03_what_has_no_value_is_left_out(self):
        answer = self.ask(calls.sample("wrong-side.order-sign"))
        for name in ("suggestions", "selectionBehavior"):
            self.assertNotIn(name, answer["cards"][0])
        self.assertEqual(set(answer), {"cards"})

    def test_s_04_embedded_resources_are_fhir_json(self):
        for action in self.sign("cds-hooks-3.0")["cards"][0]["suggestions"][0]["actions"][1:]:
            self.assertIsInstance(action["resource"]["resourceType"], str)
            self.assertIsInstance(action["resource"]["code"]["coding"], list)

    def test_s_05_no_comments_and_no_trailing_commas(self):
        # Python's reader of JSON takes neither.
        for path in (SERVICES, "/fhir/metadata"):
            json.loads(self.raw("GET", path)[2])
        json.loads(self.raw("POST", SERVICE, json.dumps(calls.sample(calls.SIGN)), {"Content-Type": "application/json"})[2])

    def test_s_06_documents_say_in_plain_words_what_is_supported(self):
        text = README.read_text(encoding="utf-8")
        for hook in calls.HOOKS:
            self.assertIn(f"`{hook}`", text)

    # ---- Discovery

    def test_s_07_discovery_is_there_by_get(self):
        self.assertEqual(self.raw("GET", SERVICES)[0], 200)
        self.assertEqual(self.raw("GET", SERVICES + "/")[0], 200)
        self.assertEqual(self.raw("POST", SERVICES, "{}", {"Content-Type": "application/json"})[0], 405)

    def test_s_08_discovery_is_an_object_with_the_list(self):
        status, body = self.server.call("GET", SERVICES)
        self.assertEqual((status, list(body)), (200, ["services"]))
        self.assertIsInstance(body["services"], list)

    def test_s_09_services_have_hook_description_and_id(self):
        for service in self.discovery():
            for name in ("hook", "description", "id"):
                self.assertTrue(service[name].strip())

    def test_s_10_services_have_a_title(self):
        for service in self.discovery():
            self.assertTrue(service["title"].strip())

    def test_s_11_version_3_is_named_as_semver(self):
        for service in self.discovery("cds-hooks-3.0"):
            self.assertRegex(service["version"], r"^\d+\.\d+\.\d+$")
        for service in self.discovery():
            self.assertNotIn("version", service)

    def test_s_12_versions_of_hooks_are_the_published_ones(self):
        published = {"patient-view": "1.0", "encounter-start": "1.0", "appointment-book": "1.0", "order-dispatch": "1.1",
                     "problem-list-item-create": "0.1.0"}
        found = {service["hook"]: service.get("hookVersion") for service in self.discovery("cds-hooks-3.0")}
        self.assertEqual({hook: version for hook, version in found.items() if version}, published)

    def test_s_13_prefetch_stays_inside_the_subset(self):
        for profile, version in (("standard", "2.0"), ("cds-hooks-1.0", "1.0"), ("cds-hooks-3.0", "3.0")):
            self.assertEqual(protocol.discovery_defects({"services": self.discovery(profile)}, version), [])

    def test_s_14_tokens_stand_in_double_braces(self):
        for service in self.discovery():
            for query in service["prefetch"].values():
                self.assertEqual(re.sub(r"\{\{[^{}]+\}\}", "", query).count("{"), 0, query)

    def test_s_15_tokens_name_fields_that_the_hook_marks(self):
        for service in self.discovery():
            for query in service["prefetch"].values():
                self.assertEqual(re.findall(r"\{\{(.+?)\}\}", query), ["context.patientId"])

    def test_s_16_fhirpath_tokens_are_in_order_and_typed(self):
        for service in self.fhirpath_services():
            query = service["prefetch"]["draftedMedications"]
            self.assertNotIn("%", query)
            self.assertEqual(re.findall(r"ofType\((\w+)\)", query), ["MedicationRequest", "Medication"])

    def test_s_17_templates_depend_on_no_other(self):
        for service in [*self.discovery("cds-hooks-3.0"), *self.fhirpath_services()]:
            for query in service["prefetch"].values():
                self.assertNotIn("%", query)

    def fhirpath_services(self):
        path = Path(self.server.folder, "fhirpath.json")
        path.write_text(FHIRPATH, encoding="utf-8")
        with harness.Server(options=["--profile-file", str(path), "--profile", "fhirpath"]) as server:
            services = server.call("GET", SERVICES)[1]["services"]
        found = [service for service in services if service["id"].endswith("-fhirpath")]
        self.assertEqual(len(found), 2)
        return found

    def test_s_18_discovery_has_status_codes(self):
        status, body = self.server.call("GET", "/none/cds-services")
        self.assertEqual((status, body["resourceType"]), (404, "OperationOutcome"))

    def test_s_19_one_id_stands_under_several_hooks(self):
        services = self.discovery()
        self.assertEqual({service["id"] for service in services}, {calls.SERVICE})
        self.assertEqual([service["hook"] for service in services], list(calls.HOOKS))

    # ---- Data access

    def test_s_20_operation_outcomes_in_prefetch_are_seen(self):
        request = calls.sample(calls.VIEW)
        failure = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}
        request["prefetch"]["procedures"] = failure
        self.assertIn("Could not be read: procedures", self.ask(request)["cards"][0]["detail"])
        request["prefetch"]["procedures"] = {"resourceType": "Bundle", "entry": [
            {"resource": failure, "search": {"mode": "outcome"}}]}
        self.assertIn("Could not be read: procedures", self.ask(request)["cards"][0]["detail"])

    def test_s_21_what_did_not_come_is_seen(self):
        request = calls.sample(calls.VIEW)
        for key in [key for key in request["prefetch"] if key not in ("patient", "conditions")]:
            del request["prefetch"][key]
        detail = "\n".join(card["detail"] for card in self.ask(request)["cards"])
        self.assertIn("Not delivered: observations; unknown, not none", detail)

    def test_s_22_needed_data_that_cannot_be_had_are_412(self):
        for key in ("patient", "conditions"):
            request = calls.sample(calls.VIEW)
            del request["prefetch"][key]
            answer = self.ask(request, status=412)
            self.assertEqual(answer["issue"][0]["expression"], [f"prefetch.{key}"])
        request = calls.sample(calls.VIEW)
        request["prefetch"]["conditions"] = None  # asked for, and there is none
        self.assertEqual(self.ask(request), {"cards": []})

    def test_s_24_answers_come_within_500_ms(self):
        request = calls.sample("metastatic-risk.patient-view")

        def quick():
            began = time.monotonic()
            self.ask(request)
            return time.monotonic() - began < 0.5

        # One of them: what the server takes, and not what the machine has to do besides.
        harness.until(quick, "not one answer came within 500 ms")

    def test_s_27_the_token_of_a_call_is_kept_nowhere(self):
        request = calls.sample(calls.SIGN)
        request["fhirServer"] = "https://ehr.example/fhir"
        request["fhirAuthorization"] = {"access_token": "canary-token-27", "token_type": "Bearer", "expires_in": 300,
                                        "scope": "user/*.rs", "subject": "renalpath"}
        self.assertNotIn("canary-token-27", json.dumps(self.ask(request)))
        self.feedback(self.overridden(self.card_of("token-27")))  # durable: what was written before it is on disk, too
        self.server.log.flush()
        for path in Path(self.server.folder).rglob("*"):
            if path.is_file():
                self.assertNotIn(b"canary-token-27", path.read_bytes(), path.name)

    # ---- Response

    def test_s_30_success_is_200_with_cards(self):
        for hook in calls.HOOKS:
            request = calls.as_hook(calls.sample(calls.SIGN if hook.startswith("order") else calls.VIEW), hook)
            answer = self.ask(request)
            self.assertIsInstance(answer["cards"], list)
            self.assertTrue(answer["cards"], hook)

    def test_s_31_nothing_to_say_is_200_and_no_card(self):
        self.assertEqual(self.ask(calls.sample("benign-tumour.patient-view")), {"cards": []})

    def test_s_32_faults_have_codes_of_their_own(self):
        good = calls.sample(calls.SIGN)
        rows = [(400, "POST", SERVICE, {**good, "hook": 1}), (400, "POST", SERVICE, {**good, "hook": "encounter-discharge"}),
                (404, "POST", SERVICE + "-none", good), (405, "GET", SERVICE, None), (404, "GET", "/", None)]
        for status, method, path, body in rows:
            self.assertEqual(self.server.call(method, path, body)[0], status, path)

    def test_s_33_faults_carry_an_operation_outcome(self):
        for method, path, body in (("POST", SERVICE, []), ("POST", SERVICE + "-none", {}), ("GET", SERVICE, None),
                                   ("GET", "/none", None), ("GET", "/fhir/PlanDefinition/none", None)):
            _, answer = self.server.call(method, path, body)
            self.assertEqual(answer["resourceType"], "OperationOutcome")
            self.assertTrue(answer["issue"][0]["diagnostics"])

    def test_s_34_cards_have_summary_indicator_and_source(self):
        for name, card in self.cards():
            self.assertLessEqual({"summary", "indicator", "source"}, set(card), name)

    def test_s_35_summaries_are_short(self):
        for name, card in self.cards():
            self.assertTrue(0 < len(card["summary"].strip()) < 140, name)
            self.assertNotIn("\n", card["summary"])

    def test_s_36_indicators_are_of_the_three(self):
        found = {card["indicator"] for _, card in self.cards()}
        self.assertLessEqual(found, {"info", "warning", "critical"})
        self.assertLessEqual({"info", "warning"}, found)

    def test_s_37_details_are_markdown(self):
        card = self.sign()["cards"][0]
        self.assertIn("**Recommended**", card["detail"])
        self.assertRegex(card["detail"], r"(?m)^- ")

    def test_s_38_details_hold_no_html(self):
        request = calls.sample(calls.SIGN)
        drafted = request["context"]["draftOrders"]["entry"][0]["resource"]
        drafted["id"] = "a<script>"
        for card in self.ask(request)["cards"]:
            self.assertEqual(protocol.defects({"cards": [card]}, "2.0"), [])
            self.assertNotIn("<script", card["detail"])

    def test_s_39_sources_have_a_label(self):
        for name, card in self.cards():
            self.assertTrue(card["source"]["label"].strip(), name)

    def test_s_40_the_source_is_that_of_the_guidance(self):
        self.assertIn("Oncolex", self.sign()["cards"][0]["source"]["label"])

    def test_s_41_urls_of_sources_are_absolute(self):
        for name, card in self.cards():
            if "url" in card["source"]:
                self.assertRegex(card["source"]["url"], r"^https://[^/]+", name)

    def test_s_42_urls_of_sources_lead_to_no_case(self):
        urls = {card["source"].get("url") for _, card in self.cards()} - {None}
        for name, request in calls.samples().items():
            for url in urls:
                self.assertNotIn(request["context"]["patientId"], url, name)
        self.assertLess(len(urls), 5)

    def test_s_43_there_is_no_icon_of_another_form(self):
        for name, card in self.cards():
            self.assertNotIn("icon", card["source"], name)

    def test_s_44_suggestions_say_how_many_may_be_taken(self):
        found = set()
        for name, card in self.cards():
            self.assertEqual("suggestions" in card, "selectionBehavior" in card, name)
            found.add(card.get("selectionBehavior"))
        self.assertEqual(found, {None, "at-most-one", "any"})
        for name, request in calls.samples().items():
            for card in self.ask(request, "cds-hooks-1.0")["cards"]:
                self.assertIn(card.get("selectionBehavior"), (None, "at-most-one"), name)

    def test_s_45_override_reasons_are_whole_and_stable(self):
        reasons = self.sign()["cards"][0]["overrideReasons"]
        for reason in reasons:
            self.assertEqual(set(reason), {"system", "code", "display"})
        status, _, answer = self.server.exchange("POST", SERVICE, calls.sample(calls.SIGN), {"Accept-Language": "nb"})
        norwegian = answer["cards"][0]["overrideReasons"]
        self.assertEqual(status, 200)
        self.assertEqual([(r["system"], r["code"]) for r in reasons], [(r["system"], r["code"]) for r in norwegian])
        self.assertNotEqual(reasons[0]["display"], norwegian[0]["display"])
        self.assertNotIn("overrideReasons", self.sign("cds-hooks-1.0")["cards"][0])

    def test_s_46_suggestions_have_labels_and_one_is_recommended(self):
        for name, card in self.cards():
            suggestions = card.get("suggestions", [])
            self.assertTrue(all(suggestion["label"].strip() for suggestion in suggestions), name)
            recommended = [each for each in suggestions if each.get("isRecommended")]
            self.assertTrue(len(recommended) <= 1 or card["selectionBehavior"] == "any", name)

    def test_s_47_action_selection_behavior_is_never_sent(self):
        for profile in ("standard", "cds-hooks-3.0"):
            self.assertNotIn("actionSelectionBehavior", json.dumps(self.sign(profile)))

    def test_s_48_actions_have_type_and_description(self):
        for action in self.actions():
            self.assertIn(action["type"], ("create", "update", "delete"))
            self.assertTrue(action["description"].strip())

    def actions(self, profile=None):
        found = []
        for request in calls.samples().values():
            for card in self.ask(request, profile)["cards"]:
                for suggestion in card.get("suggestions", []):
                    found += suggestion["actions"]
        self.assertGreater(len(found), 10)
        return found

    def test_s_49_a_create_holds_a_new_resource(self):
        creates = [action for action in self.actions() if action["type"] == "create"]
        for action in creates:
            self.assertNotIn("id", action["resource"])
            self.assertEqual(action["resource"]["status"], "draft")
        self.assertEqual([action for action in self.actions() if action["type"] == "update"], [])

    def test_s_50_a_delete_names_its_resource_as_the_version_has_it(self):
        for profile, member, other in (("standard", "resourceId", "resource"), ("cds-hooks-1.0", "resource", "resourceId"),
                                       ("cds-hooks-1.1", "resource", "resourceId")):
            deletes = [action for action in self.actions(profile) if action["type"] == "delete"]
            self.assertTrue(deletes)
            for action in deletes:
                self.assertRegex(action[member], r"^[A-Z][A-Za-z]+/[A-Za-z0-9.-]+$")
                self.assertNotIn(other, action)

    def links(self):
        return [link for _, card in self.cards() for link in card.get("links", [])]

    def test_s_51_no_link_opens_by_itself(self):
        for link in self.links():
            self.assertNotIn("autolaunchable", link)

    def test_s_52_links_have_label_url_and_type(self):
        self.assertTrue(self.links())
        for link in self.links():
            self.assertTrue(link["label"].strip())
            self.assertRegex(link["url"], r"^https://")
            self.assertIn(link["type"], ("absolute", "smart"))

    def test_s_53_app_context_is_of_smart_links(self):
        for link in self.links():
            self.assertTrue(link["type"] == "smart" or "appContext" not in link)

    def test_s_54_no_system_action_is_taken(self):
        for profile, wanted in (("standard", None), ("payer", []), ("cds-hooks-1.0", None)):
            for request in calls.samples().values():
                answer = self.ask(request, profile)
                if request["hook"] == "order-sign":
                    self.assertEqual(answer.get("systemActions"), wanted)
                else:
                    self.assertNotIn("systemActions", answer)

    def test_s_55_cards_and_suggestions_have_uuids(self):
        for name, card in self.cards():
            for value in [card, *card.get("suggestions", [])]:
                self.assertRegex(value["uuid"], protocol.UUID, name)
        self.assertNotIn("uuid", self.sign("cds-hooks-1.0")["cards"][0])

    def test_s_56_codings_have_code_and_system(self):
        for name, card in self.cards():
            for coding in [card["source"]["topic"], *card["overrideReasons"]]:
                self.assertTrue(coding["code"] and coding["system"], name)

    # ---- Feedback

    def feedback(self, *items, status=200, service=SERVICE):
        answered, body = self.server.call("POST", f"{service}/feedback", {"feedback": list(items)})
        self.assertEqual(answered, status, body)
        return body

    def overridden(self, card, reason=None):
        item = {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": "2026-06-03T09:16:12.5Z"}
        return {**item, **({"overrideReason": reason} if reason else {})}

    def accepted(self, card, *suggestions):
        return {"card": card["uuid"], "outcome": "accepted", "outcomeTimestamp": "2026-06-03T09:15:00Z",
                "acceptedSuggestions": [{"id": suggestion["uuid"]} for suggestion in suggestions]}

    def card_of(self, instance):
        request = calls.sample(calls.SIGN)
        request["hookInstance"] = instance
        return self.ask(request)["cards"][0]

    def test_s_57_feedback_has_an_endpoint(self):
        card = self.card_of("feedback-57")
        self.assertEqual(self.feedback(self.overridden(card))["stored"], 1)
        self.assertEqual(self.server.call("GET", f"{SERVICE}/feedback")[0], 405)
        self.feedback(self.overridden(card), status=404, service=SERVICE + "-none")

    def test_s_58_feedback_comes_in_lists_and_again(self):
        first, second = self.card_of("feedback-58-a"), self.card_of("feedback-58-b")
        accepted = self.accepted(first, first["suggestions"][0])
        self.assertEqual(self.feedback(accepted, self.overridden(second))["stored"], 2)
        self.assertEqual(self.feedback(accepted)["repeated"], 1)
        self.assertEqual(self.feedback(self.accepted(first, *first["suggestions"]),
                                       self.accepted(second, second["suggestions"][0]))["stored"], 1 + (len(
                                           first["suggestions"]) > 1))

    def test_s_59_overrides_need_no_reason_and_may_have_any(self):
        reasons = [None, {"userComment": "Declined after counselling"}, {"reason": self.sign()["cards"][0]["overrideReasons"][0]},
                   {"reason": {"system": "https://clinic.example/reasons", "code": "own"}, "userComment": "both"}]
        for number, reason in enumerate(reasons):
            card = self.card_of(f"feedback-59-{number}")
            self.assertEqual(self.feedback(self.overridden(card, reason))["stored"], 1, reason)

    # ---- Extensions and transience

    def test_s_69_extensions_are_objects(self):
        for name, card in self.cards():
            self.assertIsInstance(card["extension"], dict, name)
            for value in card["extension"].values():
                self.assertIsInstance(value, dict)

    def test_s_70_members_of_extensions_are_globally_unique(self):
        for name, card in self.cards():
            for member in card["extension"]:
                self.assertRegex(member, r"^org\.renalpath\.", name)

    def test_s_71_a_later_hook_on_the_same_id_replaces_the_cards(self):
        request = calls.sample(calls.SIGN)
        chosen = self.ask(calls.as_hook(request, "order-select"))
        self.assertEqual(len(chosen["cards"]), 1)
        code = chosen["cards"][0]["suggestions"][0]["actions"][1]["resource"]["code"]
        signed = copy.deepcopy(request)
        signed["context"]["draftOrders"]["entry"][0]["resource"]["code"] = code
        self.assertEqual(self.ask(signed), {"cards": []}, "the card of order-select is withdrawn")

    def test_s_72_there_is_no_hook_of_our_own(self):
        published = set(calls.HOOKS) | {"order-review", "medication-prescribe"}
        for profile in ("standard", "cds-hooks-1.0"):
            self.assertLessEqual({service["hook"] for service in self.discovery(profile)}, published)


class TableTest(unittest.TestCase):
    """hooks/README.md names for each duty the tests that show it, or the document that says what operators do."""

    def rows(self):
        text = README.read_text(encoding="utf-8")
        return re.findall(r"^\| (S-\d\d) \| (.+?) \|$", text, re.M)

    def test_every_duty_stands_in_the_table_once(self):
        self.assertEqual([duty for duty, _ in self.rows()], DUTIES)

    def test_every_test_of_the_table_exists(self):
        for duty, cell in self.rows():
            names = re.findall(r"`([a-z_]+\.py)` `(test_\w+)`", cell)
            documents = re.findall(r"\[[^]]+\]\(([^)#]+)(#[^)]*)?\)", cell)
            self.assertTrue(names or documents, duty)
            for file, name in names:
                text = (ROOT / "tests" / "e2e" / file).read_text(encoding="utf-8")
                self.assertEqual(len(re.findall(rf"^    def {name}\(self", text, re.M)), 1, f"{duty}: {name}")
            for document, _ in documents:
                self.assertTrue((README.parent / document).exists(), f"{duty}: {document}")

    def test_every_test_that_is_named_by_a_duty_stands_in_its_row(self):
        rows = dict(self.rows())
        for file in sorted((ROOT / "tests" / "e2e").glob("*_test.py")):
            text = file.read_text(encoding="utf-8")
            for name, numbers in re.findall(r"^    def (test_((?:s_?\d\d_)+)\w+)\(self", text, re.M):
                for number in re.findall(r"s_?(\d\d)_", numbers):
                    self.assertIn(f"`{file.name}` `{name}`", rows[f"S-{number}"])


if __name__ == "__main__":
    unittest.main()
