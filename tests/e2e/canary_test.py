"""Canaries in every place of every kind of request, and in what the client's FHIR server answers: none of them is in the log, the
metrics, the audit trail or an error answer."""

import base64
import contextlib
import http.server
import json
import os
import signal
import tempfile
import threading
import unittest
from pathlib import Path

import calls
import exposition
from harness import PATIENCE, Server, free_port
from tokens import Signer, encoded, key_set

ID = calls.SERVICE
SERVICE = f"/cds-services/{ID}"

# By what they are; each word is in no file of the project and in nothing that a server says by itself.
CANARIES = {
    "family name": "Zebrafinken", "given name": "Quaggamund", "street": "Numbatsti 77b", "city": "Wombatvika", "phone": "+47 55501234",
    "mail": "okapi@example.invalid", "national id": "31077312345", "patient": "canary-pat-1", "user": "canary-user-1",
    "encounter": "canary-enc-1", "birth": "1931-07-31", "measured": "2026-02-13", "note": "tapirnote", "comment": "caracalcomment",
    "access token": "dugongtoken", "header": "dingoheader", "cookie": "kiwicookie", "query": "emuquery", "path": "quollpath",
    "state": "tamarinstate", "member": "galagomember", "answer": "saolaanswer", "subject": "genetsubject", "jti": "civetjti",
    "claim": "margayclaim", "device": "ocelotdevice",
}


def with_canaries(request):
    """A sample whose patient has every name and number."""
    text = json.dumps(request)
    for old, new in ((request["context"]["patientId"], CANARIES["patient"]), (request["context"]["userId"], "Practitioner/" + CANARIES["user"])):
        text = text.replace(old, new)
    request = json.loads(text)
    request["context"]["encounterId"] = CANARIES["encounter"]
    patient = request["prefetch"]["patient"]
    patient["name"] = [{"family": CANARIES["family name"], "given": [CANARIES["given name"]]}]
    patient["address"] = [{"line": [CANARIES["street"]], "city": CANARIES["city"]}]
    patient["telecom"] = [{"system": "phone", "value": CANARIES["phone"]}, {"system": "email", "value": CANARIES["mail"]}]
    patient["identifier"] = [{"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": CANARIES["national id"]}]
    patient["birthDate"] = CANARIES["birth"]
    for value in request["prefetch"].values():
        for entry in (value or {}).get("entry", []):
            entry["resource"]["note"] = [{"text": CANARIES["note"]}]
            if "effectiveDateTime" in entry["resource"]:
                entry["resource"]["effectiveDateTime"] = CANARIES["measured"]
                entry["resource"]["device"] = {"display": CANARIES["device"]}
    request[CANARIES["member"]] = {CANARIES["member"]: CANARIES["member"]}
    request["fhirAuthorization"] = {"access_token": CANARIES["access token"], "token_type": "Bearer", "expires_in": 300,
                                    "scope": "user/*.rs " + CANARIES["claim"], "subject": CANARIES["subject"]}
    return request


class Ehr:
    """A FHIR server that answers each query in the next of its ways, each with canaries; keeps what it was asked."""

    def __init__(self, prefetch):
        self.prefetch = prefetch
        self.ways = []
        self.asked = []
        ehr = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                ehr.asked.append((self.path, dict(self.headers)))
                status, body = ehr.ways.pop(0) if ehr.ways else ehr.found(self.path)
                self.send_response(status, CANARIES["answer"])
                self.send_header("Content-Type", "application/fhir+json")
                self.send_header("X-Patient", CANARIES["answer"])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *unused):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/fhir"

    def found(self, path):
        kind = path.removeprefix("/fhir/").split("?")[0].split("/")[0]
        if kind == "Patient":
            return 200, json.dumps(self.prefetch["patient"]).encode()
        entries = [entry for value in self.prefetch.values() for entry in (value or {}).get("entry", [])
                   if entry["resource"]["resourceType"] == kind]
        return 200, json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries}).encode()

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *unused):
        self._server.shutdown()
        self._server.server_close()


def outcome(text):
    return json.dumps({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception", "diagnostics": text}]}).encode()


class CanaryTest(unittest.TestCase):
    def setUp(self):
        stack = self.enterContext(contextlib.ExitStack())
        self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self.signer = Signer()
        self.folder.joinpath("keys.json").write_text(json.dumps(key_set(self.signer)), encoding="utf-8")
        self.sample = with_canaries(calls.sample(calls.SIGN))
        self.ehr = stack.enter_context(Ehr(self.sample["prefetch"]))
        self.sample["fhirServer"] = self.ehr.url
        self.metrics = free_port()
        shadow = Path(__file__).resolve().parents[2] / "pathways/definitions/onc-kidney-2018.pathway.json"
        self.server = stack.enter_context(Server(now=None, config=(
            '[listen]\npublic_url = "http://127.0.0.1:{port}"\n[log]\nlevel = "debug"\n[audit]\nfile = "audit.ndjson"\n'
            f'[metrics]\nenabled = true\nport = {self.metrics}\n[dev]\nallow_http = true\n[limits]\nserver_failures = 100\n[pathway]\nshadow = "{shadow}"\n'
            '[[client]]\nname = "hospital-ehr"\nissuer = "https://ehr.example"\n'
            f'jwks_file = "{self.folder}/keys.json"\n[[client.fhir]]\nurl = "{self.ehr.url}"\nallow_cidr = ["127.0.0.0/8"]\n')))
        self.errors = []  # texts of answers that are none
        self.tokens = []

    def token(self, path, **claims):
        path = path.partition("?")[0]
        made = self.signer.token(f"http://127.0.0.1:{self.server.port}{path}", sub=CANARIES["claim"], tenant=None,
                                 jti=f"{CANARIES['jti']}-{len(self.tokens)}", **claims)
        self.tokens.append(made)
        return made

    def send(self, method, path, body=None, token=True, headers=()):
        """The status; `body` may be text as it is."""
        fields = [("X-Name", CANARIES["header"]), ("User-Agent", CANARIES["header"]), ("Cookie", f"session={CANARIES['cookie']}"),
                  ("X-Forwarded-For", CANARIES["header"]), ("Referer", f"https://ehr.example/?{CANARIES['query']}"), *headers]
        if token is True:
            token = self.token(path)
        if token:
            fields.append(("Authorization", f"Bearer {token}"))
        payload = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        connection = self.server.connect()
        try:
            connection.putrequest(method, path)
            if body is not None:
                fields += [("Content-Type", "application/json"), ("Content-Length", str(len(payload)))]
            for name, value in fields:
                connection.putheader(name, value)
            connection.endheaders(payload)
            answer = connection.getresponse()
            text = answer.read().decode()
            if answer.status >= 400:
                self.errors.append(f"{answer.status} {answer.headers} {text}")
            return answer.status
        finally:
            connection.close()

    def call(self, **changes):
        return {**self.sample, **changes}

    def send_hooks(self):
        whole, query = json.dumps(self.sample), f"?{CANARIES['query']}={CANARIES['query']}"
        traces = [("traceparent", f"00-{CANARIES['header']}-x-01"), ("tracestate", f"a={CANARIES['state']}")]
        self.assertEqual(self.send("POST", SERVICE + query, self.sample, headers=traces), 200)
        for body in (whole[:-20], whole.replace('"hook":', f'"{CANARIES["member"]}": 1, "{CANARIES["member"]}": 2, "hook":'),
                     self.call(hook=CANARIES["note"]), self.call(hookInstance=CANARIES["note"] + "\n"),
                     self.call(context={**self.sample["context"], "patientId": CANARIES["patient"] + "/" + CANARIES["city"]}),
                     self.call(context={**self.sample["context"], "userId": CANARIES["user"]}), CANARIES["family name"], [CANARIES["note"]]):
            self.assertEqual(self.send("POST", SERVICE, body), 400)
        self.assertEqual(self.send("POST", SERVICE, self.call(prefetch={}, fhirServer=None, fhirAuthorization=None)), 412)
        # Data that cannot be read, or belong to somebody else.
        broken = json.loads(whole)
        for value in broken["prefetch"].values():
            for entry in (value or {}).get("entry", []):
                entry["resource"].update({"valueQuantity": CANARIES["note"], "code": [CANARIES["note"]], "subject": CANARIES["note"]})
        self.assertIn(self.send("POST", SERVICE, broken), (200, 412))
        for path in (f"/{CANARIES['path']}", f"/cds-services/{CANARIES['path']}", f"/{CANARIES['path']}/cds-services",
                     f"/fhir/Patient/{CANARIES['patient']}", f"/{CANARIES['path']}%00", f"/cds-services/{CANARIES['path']}/feedback"):
            self.assertIn(self.send("POST", path, self.sample), (400, 404, 405), path)
        self.assertEqual(self.send(CANARIES["path"].upper(), "/", None), 400)

    def send_fetches(self):
        bare = self.call(prefetch={})
        state = [("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), ("tracestate", f"a={CANARIES['state']}")]
        self.assertEqual(self.send("POST", SERVICE, bare, headers=state), 200)
        text = CANARIES["answer"]
        for way in ((500, text.encode()), (404, outcome(text)), (200, text.encode()), (200, outcome(text)), (302, b""),
                    (200, json.dumps({"resourceType": text}).encode())):
            self.ehr.ways = [way] * 20
            asked = len(self.ehr.asked)
            self.assertIn(self.send("POST", SERVICE, bare), (200, 412))
            self.assertGreater(len(self.ehr.asked), asked)
        self.ehr.ways = []
        self.assertIn(self.send("POST", SERVICE, self.call(prefetch={}, fhirServer=f"https://{CANARIES['path']}.example/fhir")), (400, 412))

    def send_feedback(self):
        item = {"card": "4c8a5f4e-4f5f-4a3e-9d6c-1f8e5b1f2f11", "outcome": "overridden", "outcomeTimestamp": "2026-03-02T09:00:00Z",
                "overrideReason": {"reason": {"code": CANARIES["comment"], "system": "urn:a", "display": CANARIES["comment"]},
                                   "userComment": CANARIES["comment"]}}
        path = f"{SERVICE}/feedback"
        for items in ([item], [item, {**item, "card": CANARIES["comment"]}], [{**item, "outcome": CANARIES["comment"]}], CANARIES["comment"]):
            self.assertIn(self.send("POST", path, {"feedback": items}), (200, 400))

    def send_apply(self):
        path = f"/fhir/PlanDefinition/{ID}/$apply"
        resources = [self.sample["prefetch"]["patient"], *(entry["resource"] for value in self.sample["prefetch"].values()
                                                           for entry in (value or {}).get("entry", []))]
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}
        subject = {"name": "subject", "valueString": f"Patient/{CANARIES['patient']}"}
        self.assertEqual(self.send("POST", path, {"resourceType": "Parameters", "parameter": [subject, {"name": "data", "resource": bundle}]}), 200)
        for parameters in ([subject], [{"name": CANARIES["member"], "valueString": CANARIES["note"]}], [{"name": "subject", "valueString": CANARIES["city"]}]):
            self.assertIn(self.send("POST", path, {"resourceType": "Parameters", "parameter": parameters}), (400, 412))

    def send_tokens(self):
        good = self.token(SERVICE)
        head, payload, signature = good.split(".")
        forged = encoded(json.dumps({"iss": CANARIES["claim"], "sub": CANARIES["claim"]}).encode())
        rows = [self.token(SERVICE, exp=1), self.token(SERVICE, issuer="https://" + CANARIES["claim"]), f"{head}.{forged}.{signature}",
                CANARIES["access token"], f"{head}.{payload}", good + "x", self.token(SERVICE, header={"kid": CANARIES["claim"]})]
        for token in rows:
            self.assertEqual(self.send("POST", SERVICE, self.sample, token=token), 401)
            self.tokens.append(token)
        self.assertEqual(self.send("POST", f"{SERVICE}?token={good}", self.sample, token=None), 401)

    def test_none_of_them_is_said_again(self):
        self.send_hooks()
        self.send_fetches()
        self.send_feedback()
        self.send_apply()
        self.send_tokens()
        os.kill(self.server.process.pid, signal.SIGHUP)
        # They did arrive, and went where they should.
        self.assertIn(CANARIES["patient"], "".join(path for path, _ in self.ehr.asked))
        self.assertEqual({fields["Authorization"] for _, fields in self.ehr.asked}, {f"Bearer {CANARIES['access token']}"})
        self.assertEqual([fields["tracestate"] for _, fields in self.ehr.asked if "tracestate" in fields][0], f"a={CANARIES['state']}")
        self.assertGreater(len(self.errors), 20)
        metrics = exposition.until(self.metrics, lambda found: found.total("renalpath_token_refusals_total") >= 8).text
        self.server.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.server.process.wait(PATIENCE), 0)
        texts = {"log": Path(self.server.folder, "log").read_text(encoding="utf-8"), "metrics": metrics,
                 "audit": Path(self.server.folder, "audit.ndjson").read_text(encoding="utf-8"), "errors": "\n".join(self.errors)}
        self.assertGreater(texts["log"].count('"event":"request"'), 30)
        self.assertGreater(texts["log"].count('"event":"shadow'), 2)
        self.assertGreater(texts["audit"].count('"AuditEvent"'), 30)
        for name, text in texts.items():
            self.check(name, text)

    def check(self, name, text):
        lower = text.lower()
        for what, word in CANARIES.items():
            for form in (word, base64.b64encode(word.encode()).decode().rstrip("="), word.encode().hex(), json.dumps(word)[1:-1]):
                place = lower.find(form.lower())
                self.assertEqual(place, -1, f"{what} in the {name}: {text[max(place - 200, 0):place + 100]}")
        for token in self.tokens:
            for part in token.split("."):
                if len(part) > 20:
                    self.assertNotIn(part, text, f"part of a token in the {name}")


if __name__ == "__main__":
    unittest.main()
