"""What a client did not send is fetched from the FHIR server that the call names: a server that others wrote, with
the sample patients in it, in good days and in bad ones."""

import copy
import json
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from fhir_server import FhirServer
from harness import Server, until

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "deploy/sample").glob("*.json"))
TOKEN = "an-opaque-token"
# Of a server that answers nothing, or half: for all fetches of one call together. It hangs for longer than any test waits.
SOON = "[limits]\nfetch_ms = 1000\n"


def load(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def config(url, ca_file=None, allow=True, more=""):
    text = more + "[dev]\nallow_http = true\n\n[[fhir]]\n" + f'url = "{url}"\n'
    if allow:
        text += 'allow_cidr = ["127.0.0.0/8"]\n'
    if ca_file:
        text += f'ca_file = "{ca_file}"\n'
    return text


def without_prefetch(sample, server_url, **prefetch):
    request = copy.deepcopy(sample)
    request["prefetch"] = prefetch
    request["fhirServer"] = server_url
    request["fhirAuthorization"] = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 300,
                                    "scope": "user/*.rs", "subject": "renalpath"}
    request.setdefault("extension", {})["org.renalpath.outcome"] = True
    return request


class FetchTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ehr = cls.enterClassContext(FhirServer())
        cls.server = cls.enterClassContext(Server(config=config(cls.ehr.url)))
        cls.sample = load(ROOT / "deploy/sample/central-tumour-weak-kidneys.order-sign.json")
        cls.patient = cls.sample["context"]["patientId"]
        _, discovery = cls.server.call("GET", "/cds-services")
        cls.templates = discovery["services"][0]["prefetch"]

    def setUp(self):
        self.ehr.behave()
        self.ehr.load(self.sample["prefetch"])

    def prefetched(self, patient):
        """What a client sends that prefetches all that is asked for."""
        return {key: self.ehr.query(template.replace("{{context.patientId}}", patient))
                for key, template in self.templates.items()}

    def post(self, request):
        """Status and answer."""
        return self.server.call("POST", f"/cds-services/onc-kidney-2018-{request['hook']}", request)

    def data(self, answer):
        """The ledger of an answer: state and reason by key."""
        data = answer["extension"]["org.renalpath.outcome"]["trace"]["data"]
        return {each["key"]: (each["state"], each.get("reason")) for each in data}

    def test_the_same_cards_come_back_as_with_prefetch(self):
        for path in SAMPLES:
            sample = load(path)
            with self.subTest(sample=path.name):
                self.ehr.load(sample["prefetch"])
                bare = without_prefetch(sample, self.ehr.url)
                full = dict(bare, prefetch=self.prefetched(sample["context"]["patientId"]))
                self.ehr.behave()
                status, with_prefetch = self.post(full)
                self.assertEqual(status, 200)
                self.assertEqual(self.ehr.asked(), [])
                status, fetched = self.post(bare)
                self.assertEqual(status, 200)
                self.assertEqual(fetched["cards"], with_prefetch["cards"])
                states = {state for state, _ in self.data(fetched).values()}
                self.assertLessEqual(states, {"fetched", "none"})

    def test_each_query_carries_the_token_of_the_call(self):
        self.assertEqual(self.post(without_prefetch(self.sample, self.ehr.url))[0], 200)
        asked = self.ehr.asked()
        self.assertEqual(len(asked), len(self.templates))
        self.assertEqual({each["authorization"] for each in asked}, {f"Bearer {TOKEN}"})

    def test_what_was_looked_for_is_not_asked_for_again(self):
        failure = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}
        given = {key: None for key in self.templates}
        given["procedures1"] = failure
        given["patient"] = self.sample["prefetch"]["patient"]
        given["conditions"] = self.sample["prefetch"]["conditions"]
        del given["bodyStructures"]
        status, answer = self.post(without_prefetch(self.sample, self.ehr.url, **given))
        self.assertEqual(status, 200)
        self.assertEqual([each["url"].split("?")[0] for each in self.ehr.asked()], ["/fhir/R4/BodyStructure"])
        data = self.data(answer)
        self.assertEqual(data["procedures1"], ("failed", None))
        self.assertEqual(data["procedures2"], ("none", None))
        self.assertEqual(data["conditions"], ("prefetched", None))

    def test_pages_that_the_client_left_out_are_fetched(self):
        self.ehr.behave(page=1)
        first = self.ehr.query(f"Condition?patient={self.patient}")
        self.assertEqual(len(first["entry"]), 1)
        self.ehr.behave()
        status, answer = self.post(without_prefetch(self.sample, self.ehr.url, conditions=first))
        self.assertEqual(status, 200)
        self.assertEqual(self.data(answer)["conditions"], ("fetched", None))
        whole = without_prefetch(self.sample, self.ehr.url)
        self.assertEqual(answer["cards"], self.post(whole)[1]["cards"])

    # How the server is, for which type alone (None: all), and what comes of it: the status, and for a type alone
    # state and reason in the ledger.
    BAD_DAYS = [
        ("slow", {"delay": 200}, None, 200, ("fetched", None)),
        ("pages", {"page": 2}, None, 200, ("fetched", None)),
        ("silent", {"hang": True}, None, 412, None),
        ("failing", {"status": 500}, None, 412, None),
        ("refusing the token", {"status": 401}, None, 412, None),
        ("redirecting", {"redirect": "http://127.0.0.1:1/"}, None, 412, None),
        ("huge", {"huge": True}, None, 412, None),
        ("closing early", {"cut": True}, None, 412, None),
        ("not FHIR", {"text": "<html>sign in</html>"}, None, 412, None),
        ("another patient", {"patient": ["pat-kidneyfn", "pat-other"]}, None, 412, None),
        ("silent on one", {"hang": True}, "Procedure", 200, ("failed", "timeout")),
        ("failing on one", {"status": 503}, "Procedure", 200, ("failed", "status-5xx")),
        ("refusing one", {"status": 403}, "Procedure", 200, ("failed", "status-4xx")),
        ("redirecting one", {"redirect": "/fhir/R4/Patient"}, "Procedure", 200, ("failed", "status-3xx")),
        ("huge on one", {"huge": True}, "Procedure", 200, ("failed", "answer-too-large")),
        ("closing early on one", {"cut": True}, "Procedure", 200, ("failed", "broken-answer")),
        ("not FHIR on one", {"text": "[]"}, "Procedure", 200, ("wrong-type", "other-type")),
        ("another patient on one", {"patient": ["pat-kidneyfn", "pat-other"]}, "Condition", 412, None),
        ("links elsewhere", {"page": 1, "linkHost": "evil.example"}, "Condition", 200, ("incomplete", "link-refused")),
    ]

    def test_bad_days_have_their_consequence_in_time(self):
        for name, how, only, status, ledger in self.BAD_DAYS:
            # A server of its own for each: what one day does to the breaker is not the next one's.
            more = SOON if "hang" in how else ""
            with self.subTest(day=name), Server(config=config(self.ehr.url, more=more)) as server:
                self.ehr.behave(**how, **({"only": only} if only else {}))
                request = without_prefetch(self.sample, self.ehr.url)
                got, answer = server.call("POST", f"/cds-services/onc-kidney-2018-{request['hook']}", request)
                self.assertEqual(got, status, answer)
                self.assertNotIn("secret", json.dumps(answer))
                if status == 412:
                    self.assertEqual(answer["resourceType"], "OperationOutcome")
                elif only is None:
                    self.assertLessEqual(set(self.data(answer).values()), {ledger, ("none", None)})
                else:
                    key = {"Procedure": "procedures1", "Condition": "conditions"}[only]
                    self.assertEqual(self.data(answer)[key], ledger)
                    log = server.log_with(ledger[1] or "fetched")
                    self.assertIn(ledger[1] or "fetched", log)
                    for private in (TOKEN, self.patient, "secret"):
                        self.assertNotIn(private, log)

    def test_a_server_that_is_not_allowed_is_not_called(self):
        given = {"patient": self.sample["prefetch"]["patient"], "conditions": self.sample["prefetch"]["conditions"]}
        for url in (f"http://localhost:{self.ehr.port}/fhir/R4", f"http://127.0.0.1:{self.ehr.port}/fhir",
                    f"http://127.0.0.1:{self.ehr.port}/fhir/R4x", f"https://127.0.0.1:{self.ehr.port}/fhir/R4",
                    f"http://user@127.0.0.1:{self.ehr.port}/fhir/R4", f"{self.ehr.url}?x=1",
                    f"http://2130706433:{self.ehr.port}/fhir/R4"):
            with self.subTest(url=url):
                self.assertEqual(self.post(without_prefetch(self.sample, url))[0], 412)
                status, answer = self.post(without_prefetch(self.sample, url, **given))
                self.assertEqual(status, 200)
                self.assertEqual(self.data(answer)["observations1"], ("refused", "not-allowed"))
                self.assertIn("not fetched from a server that is not allowed: observations", json.dumps(answer["cards"]))
        self.assertEqual(self.ehr.asked(), [])

    def test_where_a_name_may_lead_is_the_entrys_to_say(self):
        with Server(config=config(self.ehr.url, allow=False)) as server:
            request = without_prefetch(self.sample, self.ehr.url)
            self.assertEqual(server.call("POST", "/cds-services/onc-kidney-2018-order-sign", request)[0], 412)
        self.assertEqual(self.ehr.asked(), [])

    def test_nobody_names_a_server(self):
        request = without_prefetch(self.sample, self.ehr.url)
        del request["fhirServer"], request["fhirAuthorization"]
        status, answer = self.post(request)
        self.assertEqual(status, 412)
        self.assertEqual(self.ehr.asked(), [])

    def test_a_silent_server_holds_up_nobody_else(self):
        full = without_prefetch(self.sample, self.ehr.url)
        full["prefetch"] = self.prefetched(self.patient)
        path = "/cds-services/onc-kidney-2018-order-sign"
        with Server(config=config(self.ehr.url)) as server:
            self.ehr.behave(hang=True)
            bare = without_prefetch(self.sample, self.ehr.url)
            waiting = [threading.Thread(target=server.call, args=("POST", path, bare)) for _ in range(40)]
            for each in waiting:
                each.start()
            # As many are asked of that server as may be at once, and it answers none of them.
            until(lambda: len(self.ehr.asked()) >= 32)
            for _ in range(5):
                self.assertEqual(server.call("POST", path, full)[0], 200)
            still = sum(each.is_alive() for each in waiting)
            self.ehr.behave()
            for each in waiting:
                each.join()
            self.assertGreaterEqual(still, 8, "each of them has four queries under way")


class TlsTest(unittest.TestCase):
    """A server with a certificate of the hospital's own authority."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", "ca.key", "-out", "ca.pem",
                    "-subj", "/CN=Hospital")
        cls.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "ehr.key", "-out", "ehr.csr", "-subj", "/CN=ehr")
        Path(cls.folder, "names").write_text("subjectAltName=IP:127.0.0.1", encoding="utf-8")
        cls.openssl("x509", "-req", "-in", "ehr.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                    "-extfile", "names", "-out", "ehr.pem")
        cls.ehr = cls.enterClassContext(FhirServer(cls.folder / "ehr.pem", cls.folder / "ehr.key"))
        cls.sample = load(ROOT / "deploy/sample/central-tumour-weak-kidneys.order-sign.json")
        cls.ehr.load(cls.sample["prefetch"])

    @classmethod
    def openssl(cls, *arguments):
        subprocess.run(["openssl", *arguments], cwd=cls.folder, check=True, capture_output=True, timeout=60)

    def ask(self, ca_file):
        with Server(config=config(self.ehr.url, ca_file)) as server:
            request = without_prefetch(self.sample, self.ehr.url)
            status, _ = server.call("POST", "/cds-services/onc-kidney-2018-order-sign", request)
            return status, server.log_with('"event":"request","method":"POST"')

    def test_its_authority_is_named_for_it(self):
        self.assertEqual(self.ask(self.folder / "ca.pem")[0], 200)

    def test_others_are_not_trusted(self):
        status, log = self.ask(None)
        self.assertEqual(status, 412)
        self.assertRegex(log, '"fetch_faults":"[^"]*tls')


if __name__ == "__main__":
    unittest.main()
