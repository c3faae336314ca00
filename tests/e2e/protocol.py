"""What answers of a CDS Service must hold, for each version of CDS Hooks: written from the specification (sections 1.1, 3
and 7 of its digest), without a look at the server's own checks.

`defects(answer, version)` and `discovery_defects(body, version)` list what is wrong, one sentence each.
"""

import re
from urllib.parse import urlsplit

VERSIONS = ("1.0", "1.1", "2.0", "3.0")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)
REFERENCE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}")
TOKEN = re.compile(r"\{\{(.*?)\}\}")
HTML = re.compile(r"(?<!\\)<[A-Za-z/!?]")
OUTCOME = "org.renalpath.outcome"

# Members of each object, and the first version that has them.
MEMBERS = {
    "answer": {"cards": "1.0", "systemActions": "1.1", "extension": "1.0"},
    "card": {"uuid": "1.1", "summary": "1.0", "detail": "1.0", "indicator": "1.0", "source": "1.0", "suggestions": "1.0",
             "selectionBehavior": "1.0", "overrideReasons": "1.1", "links": "1.0", "extension": "1.0"},
    "source": {"label": "1.0", "url": "1.0", "icon": "1.0", "topic": "1.1", "extension": "1.0"},
    "suggestion": {"label": "1.0", "uuid": "1.0", "isRecommended": "1.1", "actions": "1.0", "extension": "1.0"},
    "action": {"type": "1.0", "description": "1.0", "resource": "1.0", "resourceId": "2.0", "extension": "1.0"},
    "link": {"label": "1.0", "url": "1.0", "type": "1.0", "appContext": "1.0", "autolaunchable": "2.0", "extension": "1.0"},
    "coding": {"system": "1.0", "code": "1.0", "display": "1.0"},
    "service": {"hook": "1.0", "title": "1.0", "description": "1.0", "id": "1.0", "prefetch": "1.0",
                "usageRequirements": "2.0", "version": "3.0", "hookVersion": "3.0", "extension": "1.0"},
}
# Fields of the contexts that the hooks' definitions mark as prefetch tokens.
TOKENS = {"userId", "patientId", "encounterId", "dispatchedOrders", "performer"}
SEARCH = re.compile(r"[A-Z][A-Za-z]+\?[a-z_-]+=")


class _Checker:
    def __init__(self, version):
        self.version = version
        self.found = []

    def fail(self, place, words):
        self.found.append(f"{place}: {words}")

    def need(self, holds, place, words):
        if not holds:
            self.fail(place, words)
        return holds

    def members(self, kind, value, place):
        if not self.need(isinstance(value, dict), place, "is no object"):
            return False
        for name in value:
            since = MEMBERS[kind].get(name)
            if since is None:
                self.fail(place, f"{name} is no member of a {kind}")
            elif since > self.version:
                self.fail(place, f"{name} came with version {since}")
        return True

    def text(self, value, name, place, required=True):
        if name not in value:
            return not self.need(not required, place, f"{name} is missing")
        return self.need(isinstance(value[name], str) and value[name].strip() != "", place, f"{name} is no text")

    def nothing_empty(self, value, place, allowed=()):
        if place in allowed:
            return
        self.need(value not in (None, "", [], {}), place, "is null or empty")
        if isinstance(value, dict):
            for name, member in value.items():
                if name != OUTCOME:
                    self.nothing_empty(member, f"{place}/{name}", allowed)
        if isinstance(value, list):
            for index, item in enumerate(value):
                self.nothing_empty(item, f"{place}/{index}", allowed)

    def url(self, value, place):
        parts = urlsplit(value)
        self.need(parts.scheme in ("http", "https") and parts.netloc, place, "is no absolute URL")

    def coding(self, value, place, display):
        if not self.members("coding", value, place):
            return
        self.text(value, "code", place)
        self.text(value, "system", place, self.version >= "2.0")
        self.text(value, "display", place, display)

    def extension(self, value, place):
        if "extension" in value:
            self.need(isinstance(value["extension"], dict), place, "extension is no object")
            for name in value["extension"]:
                self.need(name.count(".") >= 2, place, f"{name} is not named in reverse-domain style")

    def action(self, value, place):
        if not self.members("action", value, place):
            return
        self.text(value, "description", place)
        kind = value.get("type")
        if not self.need(kind in ("create", "update", "delete"), place, "type is none of the three"):
            return
        resource = value.get("resource")
        if kind != "delete":
            self.need("resourceId" not in value, place, "resourceId is of a delete")
            if self.need(isinstance(resource, dict) and resource.get("resourceType"), place, "has no resource"):
                self.need(kind == "create" or resource.get("id"), place, "an update without id")
        elif self.version >= "2.0":
            self.need("resource" not in value, place, "a delete with a resource")
            self.need(REFERENCE.fullmatch(value.get("resourceId", "")), place, "resourceId is no Type/id")
        else:
            self.need(isinstance(resource, str) and REFERENCE.fullmatch(resource), place, "resource is no Type/id")

    def suggestions(self, card, place):
        behaviors = ("at-most-one",) if self.version == "1.0" else ("at-most-one", "any")
        self.need(card.get("selectionBehavior") in behaviors, place, "selectionBehavior is none of this version")
        recommended = 0
        for index, value in enumerate(card["suggestions"]):
            at = f"{place}/suggestions/{index}"
            if not self.members("suggestion", value, at):
                continue
            self.text(value, "label", at)
            self.extension(value, at)
            recommended += value.get("isRecommended", False) is True
            for number, action in enumerate(value.get("actions", [])):
                self.action(action, f"{at}/actions/{number}")
        self.need(recommended <= 1 or card.get("selectionBehavior") == "any", place, "several are recommended")

    def link(self, value, place):
        if not self.members("link", value, place):
            return
        self.text(value, "label", place)
        if self.text(value, "url", place):
            self.url(value["url"], place)
        self.need(value.get("type") in ("absolute", "smart"), place, "type is none of the two")
        self.need("appContext" not in value or value.get("type") == "smart", place, "appContext of no smart link")

    def source(self, value, place):
        if not self.members("source", value, place):
            return
        self.text(value, "label", place)
        for name in ("url", "icon"):
            if name in value:
                self.url(value[name], f"{place}/{name}")
        if "topic" in value:
            self.coding(value["topic"], f"{place}/topic", display=False)

    def card(self, value, place):
        if not self.members("card", value, place):
            return
        if self.text(value, "summary", place):
            self.need(len(value["summary"]) < 140 and "\n" not in value["summary"], place, "summary is too long")
        self.text(value, "detail", place, required=False)
        self.need(value.get("indicator") in ("info", "warning", "critical"), place, "indicator is none of the three")
        self.source(value.get("source"), f"{place}/source")
        self.need(not HTML.search(value.get("detail", "")), place, "detail may hold HTML")
        if "suggestions" in value:
            self.suggestions(value, place)
        else:
            self.need("selectionBehavior" not in value, place, "selectionBehavior without suggestions")
        for index, reason in enumerate(value.get("overrideReasons", [])):
            self.coding(reason, f"{place}/overrideReasons/{index}", display=True)
        for index, link in enumerate(value.get("links", [])):
            self.link(link, f"{place}/links/{index}")
        self.extension(value, place)

    def uuids(self, answer):
        seen = []
        for card in answer["cards"]:
            for value in [card, *card.get("suggestions", [])]:
                if "uuid" in value:
                    seen.append(value["uuid"])
                    self.need(UUID.fullmatch(value["uuid"]), "uuid", "is no UUID")
        self.need(len(seen) == len(set(seen)), "uuid", "is there twice")

    def answer(self, value, empty_system_actions):
        if not self.members("answer", value, "answer"):
            return
        allowed = ["answer/cards"] if value.get("cards") == [] else []
        if empty_system_actions:
            self.need(value.get("systemActions") == [], "answer", "systemActions is missing")
            allowed.append("answer/systemActions")
        self.nothing_empty(value, "answer", allowed)
        self.extension(value, "answer")
        if self.need(isinstance(value.get("cards"), list), "answer", "cards is no list"):
            for index, card in enumerate(value["cards"]):
                self.card(card, f"cards/{index}")
            self.uuids(value)

    def template(self, query, place, fhirpath):
        for token in TOKEN.findall(query):
            plain = token.startswith("context.") and token.removeprefix("context.") in TOKENS
            self.need(plain or (fhirpath and token.startswith("context.")), place, f"{token} is no token")
        bare = TOKEN.sub("X", query)
        self.need("{" not in bare and " " not in bare, place, "has braces or spaces")
        self.need(re.fullmatch(r"[A-Z][A-Za-z]+/X", bare) or SEARCH.match(bare), place, "is no read and no search")
        for parameter in bare.partition("?")[2].split("&"):
            name = parameter.partition("=")[0]
            self.need(re.fullmatch(r"[a-z-]+(:in)?|_count|_sort|_id", name) or not name, place, f"{name} is out of the subset")

    def discovery(self, body):
        if not self.need(isinstance(body, dict) and list(body) == ["services"], "discovery", "is no list of services"):
            return
        if body["services"]:
            self.nothing_empty(body, "discovery")
        for index, service in enumerate(body["services"]):
            place = f"services/{index}"
            if not self.members("service", service, place):
                continue
            for name in ("hook", "description", "id", "title"):
                self.text(service, name, place)
            self.need(re.fullmatch(r"[A-Za-z0-9._-]+", service.get("id", "")), place, "id needs escaping")
            if self.version == "3.0":
                self.need(re.fullmatch(r"\d+\.\d+\.\d+", service.get("version", "")), place, "version is no semver")
            fhirpath = service.get("id", "").endswith("-fhirpath")
            for key, query in service.get("prefetch", {}).items():
                self.template(query, f"{place}/prefetch/{key}", fhirpath)
        pairs = [(service.get("id"), service.get("hook")) for service in body["services"]]
        self.need(len(pairs) == len(set(pairs)), "discovery", "a service is there twice")


def defects(answer, version, empty_system_actions=False):
    checker = _Checker(version)
    checker.answer(answer, empty_system_actions)
    return checker.found


def discovery_defects(body, version):
    checker = _Checker(version)
    checker.discovery(body)
    return checker.found
