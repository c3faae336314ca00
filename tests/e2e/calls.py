"""Calls of every hook, made from the sample requests."""

import copy
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "deploy" / "sample").glob("*.json"))
ABOUT_PATIENT = ("patient-view", "encounter-start", "appointment-book", "problem-list-item-create")
ABOUT_ORDERS = ("order-select", "order-sign", "order-dispatch")
HOOKS = ABOUT_PATIENT + ABOUT_ORDERS
SERVICE = "onc-kidney-2018"
SIGN = "small-peripheral-tumour.order-sign"
VIEW = "peripheral-tumour.patient-view"


def sample(name):
    return json.loads((ROOT / "deploy" / "sample" / f"{name}.json").read_text(encoding="utf-8"))


def samples():
    """Name and request of each."""
    return {path.name.removesuffix(".json"): json.loads(path.read_text(encoding="utf-8")) for path in SAMPLES}


def drafts_of(request):
    return [entry["resource"] for entry in request["context"].get("draftOrders", {}).get("entry", [])]


def name_of(resource):
    return f"{resource['resourceType']}/{resource['id']}"


def dispatched(request):
    """The drafts of a call, placed since: now a performer is chosen for them."""
    call = copy.deepcopy(request)
    drafts = drafts_of(call)
    orders = [draft for draft in drafts if draft["resourceType"] != "Medication"]
    for order in orders:
        order["status"] = "active"
    call["hook"] = "order-dispatch"
    call["context"] = {"patientId": request["context"]["patientId"], "performer": "Organization/centre-1",
                       "dispatchedOrders": [name_of(order) for order in orders]}
    call["prefetch"]["placed"] = {"resourceType": "Bundle", "type": "searchset",
                                  "entry": [{"resource": draft} for draft in drafts]}
    return call


def as_hook(request, hook):
    """The request with what another hook of its kind sends."""
    if hook == "order-dispatch":
        return dispatched(request)
    call = copy.deepcopy(request)
    call["hook"] = hook
    context = call["context"]
    context.pop("selections", None)
    if hook == "order-select":
        context["selections"] = [name_of(draft) for draft in drafts_of(call) if draft["resourceType"] != "Medication"]
    if hook == "encounter-start":
        context.setdefault("encounterId", "enc-1")
    if hook == "appointment-book":
        context["appointments"] = {"resourceType": "Bundle", "entry": []}
    if hook == "problem-list-item-create":
        context["conditions"] = {"resourceType": "Bundle", "entry": []}
    return call


def every_call():
    """Each sample as a call of each hook that it can be one of: name and request."""
    for name, request in samples().items():
        orders = request["hook"].startswith("order-")
        for hook in ABOUT_ORDERS if orders else ABOUT_PATIENT:
            if hook == "order-sign" and request["hook"] == "order-select":
                continue
            yield f"{name}/{hook}", request if hook == request["hook"] else as_hook(request, hook)
