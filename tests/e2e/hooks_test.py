"""What the hooks make of their contexts, over HTTP: selected drafts and the others, placed and revised orders, facts that
were entered just now; and $apply, which is the same evaluation."""

import copy
import json
import unittest

import calls
import harness

SERVICE = f"/cds-services/{calls.SERVICE}"
APPLY = f"/fhir/PlanDefinition/{calls.SERVICE}/$apply"


class HooksTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server().__enter__()
        cls.addClassCleanup(cls.server.__exit__)

    def ask(self, request, status=200):
        request = {**request, "extension": {"org.renalpath.outcome": True}}
        answered, answer = self.server.call("POST", SERVICE, request)
        self.assertEqual(answered, status, answer)
        return answer

    def outcome(self, request):
        return self.ask(request)["extension"]["org.renalpath.outcome"]

    def test_each_hook_about_the_patient_answers_alike(self):
        for name in ("peripheral-tumour.patient-view", "both-kidneys.patient-view", "metastatic-risk.patient-view"):
            request = calls.sample(name)
            wanted = [card["summary"] for card in self.ask(request)["cards"]]
            self.assertTrue(wanted)
            for hook in calls.ABOUT_PATIENT:
                with self.subTest(sample=name, hook=hook):
                    answer = self.ask(calls.as_hook(request, hook))
                    self.assertEqual([card["summary"] for card in answer["cards"]], wanted)

    def test_each_hook_about_orders_answers_alike(self):
        for name in (calls.SIGN, "wrong-side.order-sign", "fitting-order.order-sign", "solitary-kidney.order-sign"):
            request = calls.sample(name)
            wanted = [card["summary"] for card in self.ask(request)["cards"]]
            for hook in calls.ABOUT_ORDERS:
                with self.subTest(sample=name, hook=hook):
                    answer = self.ask(calls.as_hook(request, hook))
                    self.assertEqual([card["summary"] for card in answer["cards"]], wanted)

    def test_a_drafted_drug_that_is_not_selected_is_planned(self):
        signed = calls.sample("drug-ahead-of-operation.order-sign")
        nephrectomy = calls.drafts_of(calls.sample(calls.SIGN))[0]
        patient = f"Patient/{signed['context']['patientId']}"
        operation = {**{name: nephrectomy[name] for name in ("resourceType", "status", "intent", "code")},
                     "id": "operation", "subject": {"reference": patient}}
        request = copy.deepcopy(signed)
        request["hook"] = "order-select"
        request["context"]["draftOrders"]["entry"].append({"resource": operation})
        request["context"]["selections"] = ["ServiceRequest/operation"]
        outcome = self.outcome(request)
        self.assertEqual([order["resource"] for order in outcome["orders"]], ["ServiceRequest/operation"])
        self.assertEqual(outcome["inputs"]["systemic_therapy_planned"]["value"], "yes")
        alone = copy.deepcopy(request)
        alone["context"]["draftOrders"]["entry"] = [{"resource": operation}]
        self.assertNotEqual(self.outcome(alone)["inputs"]["systemic_therapy_planned"].get("value"), "yes")

    def test_an_order_that_is_taken_back_does_not_count_any_more(self):
        request = calls.sample("already-ordered.order-sign")
        self.assertEqual([order["verdict"] for order in self.outcome(request)["orders"]], ["duplicate"])
        placed = next(entry["resource"] for value in request["prefetch"].values() for entry in (value or {}).get("entry", [])
                      if entry["resource"]["resourceType"] in ("ServiceRequest", "Procedure")
                      and entry["resource"]["status"] in ("active", "completed"))
        self.assertEqual(placed["resourceType"], "ServiceRequest")
        request["context"]["draftOrders"]["entry"].append({"resource": {**placed, "status": "revoked"}})
        self.assertNotIn("duplicate", [order["verdict"] for order in self.outcome(request)["orders"]])

    def test_a_revised_order_is_no_duplicate_of_itself(self):
        request = calls.sample(calls.SIGN)
        draft = calls.drafts_of(request)[0]
        draft["status"] = "active"
        request["prefetch"]["serviceRequests"] = {"resourceType": "Bundle", "entry": [{"resource": copy.deepcopy(draft)}]}
        self.assertEqual([order["verdict"] for order in self.outcome(request)["orders"]], ["discordant"])
        kinds = [action["type"] for suggestion in self.ask(request)["cards"][0]["suggestions"]
                 for action in suggestion["actions"]]
        self.assertEqual(set(kinds), {"create"}, "an order that was placed is not deleted by a card")

    def test_dispatched_orders_that_did_not_come_are_not_judged(self):
        request = calls.as_hook(calls.sample(calls.SIGN), "order-dispatch")
        request["prefetch"]["placed"] = None
        self.assertEqual(self.outcome(request)["orders"], [])
        self.assertEqual(self.ask(request)["cards"], [])

    def entered(self):
        """A call for a diagnosis that only the context has, and that diagnosis."""
        request = calls.as_hook(calls.sample(calls.VIEW), "problem-list-item-create")
        conditions = request["prefetch"]["conditions"]
        request["context"]["conditions"]["entry"] = conditions["entry"]
        return request

    def test_a_diagnosis_of_the_context_is_evidence(self):
        request = self.entered()
        wanted = self.outcome(calls.sample(calls.VIEW))["recommendations"]
        request["prefetch"]["conditions"] = None  # asked for before the entry was made
        self.assertEqual(self.outcome(request)["recommendations"], wanted)
        # Twice, it is still one.
        self.assertEqual(self.outcome(self.entered())["recommendations"], wanted)

    def test_a_diagnosis_of_the_context_is_no_list(self):
        request = self.entered()
        del request["prefetch"]["conditions"]
        answer = self.ask(request, 412)
        self.assertEqual(answer["issue"][0]["expression"], ["prefetch.conditions"])

    def test_a_diagnosis_of_another_patient_is_none(self):
        request = self.entered()
        request["prefetch"]["conditions"] = None
        for entry in request["context"]["conditions"]["entry"]:
            entry["resource"] = {**entry["resource"], "subject": {"reference": "Patient/other"}}
        self.assertEqual(self.ask(request)["cards"], [])

    # ---- $apply

    def applied(self, request, **more):
        context = request["context"]
        entries = [{"resource": value} for value in request["prefetch"].values() if value]
        body = {"resourceType": "Parameters", "parameter": [
            {"name": "subject", "valueString": f"Patient/{context['patientId']}"},
            {"name": "data", "resource": {"resourceType": "Bundle", "type": "collection", "entry": entries}},
            *more.get("parameters", [])]}
        return self.server.exchange("POST", APPLY, body, more.get("headers", {}))

    def test_apply_is_the_same_evaluation(self):
        for name, request in calls.samples().items():
            if request["hook"] != "patient-view":
                continue
            with self.subTest(sample=name):
                status, headers, plan = self.applied(request)
                self.assertEqual(status, 200, plan)
                self.assertEqual(headers["Content-Type"], "application/fhir+json")
                outcome = self.outcome(request)
                extended = {each["url"].rpartition("/")[2]: each for each in plan["extension"]}
                self.assertEqual(extended["pathway-outcome"]["valueCode"], outcome["outcome"])
                group = plan["contained"][0]
                rules = {action["code"][0]["coding"][0]["code"] for action in group.get("action", [])}
                self.assertLessEqual({each["rule"] for each in outcome["recommendations"]}, rules)

    def test_apply_speaks_the_language_of_the_reader(self):
        request = calls.sample(calls.VIEW)
        _, headers, plan = self.applied(request, headers={"Accept-Language": "nb"})
        self.assertEqual(headers["Content-Language"], "nb")
        self.assertIn("nyrekreft", json.dumps(plan))

    def test_reads_lead_from_the_plan_to_all_it_names(self):
        status, plan = self.server.call("GET", f"/fhir/PlanDefinition/{calls.SERVICE}")
        self.assertEqual((status, plan["resourceType"]), (200, "PlanDefinition"))
        status, library = self.server.call("GET", f"/fhir/Library/{plan['id']}")
        self.assertEqual((status, library["resourceType"]), (200, "Library"))
        base = plan["url"].removesuffix(f"/PlanDefinition/{plan['id']}")
        names = {url.removeprefix(base + "/").partition("|")[0] for url in self.canonicals(plan, base)}
        self.assertGreater(len(names), 10)
        for name in names:
            status, resource = self.server.call("GET", f"/fhir/{name}")
            self.assertEqual((status, f"{resource['resourceType']}/{resource.get('id')}"), (200, name))

    def canonicals(self, node, base):
        if isinstance(node, str) and node.startswith(base + "/"):
            if len(node.removeprefix(base + "/").partition("|")[0].split("/")) == 2:
                yield node
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from self.canonicals(child, base)


if __name__ == "__main__":
    unittest.main()
