"""Drives the real server over HTTP, and holds it equal to the batch command.

The program's path is the environment variable RENALPATH, set by ctest.
"""

import concurrent.futures
import http.client
import json
import os
import re
import resource
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from harness import BINARY, PATIENCE, SANITIZED, patient, until

NOW = "2026-03-02T09:00:00+01:00"
SIGN = "/cds-services/onc-kidney-2018-order-sign"
HOOKS = ("patient-view", "order-select", "order-sign")
OFFERED = ("patient-view", "encounter-start", "appointment-book", "problem-list-item-create", "order-select", "order-sign",
           "order-dispatch")

# Words that stand for a patient: none may show up in a log.
CANARY = {"id": "canary-patient-77", "family": "Canaryfamily", "birth": "1961-07-13", "user": "canary-user-5",
          "encounter": "canary-enc-3", "token": "canary-token-9"}

FAILURE = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}


def bundle(*resources):
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": r} for r in resources]}


def observation(name, system, code, **value):
    return {"resourceType": "Observation", "id": name, "status": "final", "effectiveDateTime": "2026-02-14",
            "subject": {"reference": f"Patient/{CANARY['id']}"},
            "code": {"coding": [{"system": system, "code": code}]}, **value}


def prefetch():
    """A tumour of the right kidney, 3 cm, not central, without metastases."""
    patient = {"resourceType": "Patient", "id": CANARY["id"], "birthDate": CANARY["birth"],
               "name": [{"family": CANARY["family"]}]}
    condition = {"resourceType": "Condition", "id": "tumour", "subject": {"reference": f"Patient/{CANARY['id']}"},
                 "clinicalStatus": {"coding": [{"code": "active"}]},
                 "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C64.1"}]}}
    local = "https://renalpath.example/CodeSystem/rcc-pathway"
    size = {"value": 30, "system": "http://unitsofmeasure.org", "code": "mm"}
    no_spread = {"coding": [{"system": "http://snomed.info/sct", "code": "30893008"}]}
    return {"patient": patient, "conditions": bundle(condition), "procedures": None,
            "observations": bundle(observation("size", "http://loinc.org", "21889-1", valueQuantity=size),
                                   observation("place", local, "central-location", valueBoolean=False),
                                   observation("spread", "http://loinc.org", "21907-1",
                                               valueCodeableConcept=no_spread))}


def draft():
    return {"resourceType": "ServiceRequest", "id": "draft-1", "status": "draft", "intent": "order",
            "subject": {"reference": f"Patient/{CANARY['id']}"},
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "175905003"}]}}


def call(hook="order-sign", instance="call-1", **changes):
    context = {"userId": f"Practitioner/{CANARY['user']}", "patientId": CANARY["id"],
               "encounterId": CANARY["encounter"]}
    if hook.startswith("order-"):
        context["draftOrders"] = {"resourceType": "Bundle", "entry": [{"resource": draft()}]}
    if hook == "order-select":
        context["selections"] = ["ServiceRequest/draft-1"]
    request = {"hook": hook, "hookInstance": instance, "context": context, "prefetch": prefetch(),
               "fhirServer": "https://ehr.example/fhir",
               "fhirAuthorization": {"access_token": CANARY["token"], "token_type": "Bearer", "expires_in": 300,
                                     "scope": "user/*.read", "subject": "us"},
               "extension": {"org.renalpath.outcome": True}}
    return {**request, **changes}


def without(mapping, *names):
    return {name: value for name, value in mapping.items() if name not in names}


class Server:
    """One server on a free port with a folder of its own; use as a context manager."""

    def __init__(self, *options):
        self.options = options

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.data = Path(self.folder.name, "data")
        self.log_path = Path(self.folder.name, "log")
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen([BINARY, "serve", "--port", "0", "--data", self.data, *self.options],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env={**os.environ, **patient()})
        try:
            self.port = self._await_port()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *unused):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def _await_port(self):
        def port():
            ended = self.process.poll() is not None
            found = re.search(r'"event":"listening".*?"port":(\d+)', self.log())
            if ended and not found:
                raise AssertionError(f"the server did not start: {self.log()}")
            return found and int(found.group(1))

        return until(port, lambda: f"the server did not start: {self.log()}")

    def log(self):
        return self.log_path.read_text(encoding="utf-8")

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def send(self, method, path, body=None, headers=None):
        """Status, headers and body text of one exchange."""
        connection = self.connect()
        try:
            if isinstance(body, (dict, list)):
                body = json.dumps(body)
            headers = {"Content-Type": "application/json"} if headers is None and body is not None else headers or {}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def ask(self, request, path=None):
        return self.send("POST", path or f"/cds-services/onc-kidney-2018-{request['hook']}", request)

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def rows(self, query):
        connection = sqlite3.connect(self.data / "decisions.sqlite")
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()


class SharedServer(unittest.TestCase):
    """Tests that leave nothing behind share one server."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server("--now", NOW, "--seed", "7", "--log-level", "debug").__enter__()
        cls.addClassCleanup(cls.server.__exit__)

    def outcome_of_operation(self, status, text):
        body = json.loads(text)
        self.assertEqual(body["resourceType"], "OperationOutcome", status)
        self.assertEqual(len(body["issue"]), 1)
        self.assertLessEqual(len(body["issue"][0]["diagnostics"]), 256)
        self.assertLessEqual(len(text), 4096)
        for word in CANARY.values():
            self.assertNotIn(word, text)
        return body["issue"][0]

    def test_discovery_lists_one_service_a_hook(self):
        status, headers, text = self.server.send("GET", "/cds-services")
        services = json.loads(text)["services"]
        self.assertEqual(status, 200)
        self.assertEqual(headers["Content-Type"], "application/json")
        self.assertEqual([s["hook"] for s in services], list(OFFERED))
        self.assertEqual([s["id"] for s in services], [f"onc-kidney-2018-{hook}" for hook in OFFERED])
        for service in services:
            self.assertTrue(service["title"] and service["description"] and service["usageRequirements"])
            for query in service["prefetch"].values():
                self.assertLess(len(query), 2001)
                self.assertRegex(query, r"^[A-Z][A-Za-z]+(/|\?patient=)\{\{context\.patientId\}\}")

    def test_every_hook_answers_with_cards(self):
        for hook in HOOKS:
            with self.subTest(hook):
                status, _, text = self.server.ask(call(hook))
                self.assertEqual(status, 200, text)
                answer = json.loads(text)
                self.assertEqual(len(answer["cards"]), 1)
                self.assertLess(len(answer["cards"][0]["summary"]), 140)
                self.assertEqual(answer["extension"]["org.renalpath.outcome"]["outcome"], "recommendation")

    def test_unselected_drafts_give_no_card(self):
        request = call("order-select")
        request["context"]["selections"] = ["ServiceRequest/other"]
        status, _, text = self.server.ask(request)
        self.assertEqual((status, json.loads(text)["cards"]), (200, []))

    def test_same_call_gives_the_same_bytes(self):
        self.assertEqual(self.server.ask(call())[2], self.server.ask(call())[2])

    def test_server_and_batch_agree(self):
        for hook in HOOKS:
            with self.subTest(hook):
                request = call(hook)
                done = subprocess.run([BINARY, "evaluate", "--now", NOW, "--seed", "7"], input=json.dumps(request),
                                      capture_output=True, encoding="utf-8", check=True, timeout=PATIENCE)
                answer = json.loads(self.server.ask(request)[2])
                self.assertEqual(json.loads(done.stdout), answer["extension"]["org.renalpath.outcome"])
                cards = subprocess.run([BINARY, "evaluate", "--cards", "--now", NOW, "--seed", "7"],
                                       input=json.dumps(request), capture_output=True, encoding="utf-8", check=True,
                                       timeout=PATIENCE)
                self.assertEqual(cards.stdout, self.server.ask(request)[2] + "\n")

    def test_faults_have_a_status_and_an_outcome(self):
        good = call()
        chunked = {"Content-Type": "application/json", "Transfer-Encoding": "gzip"}
        rows = {
            "no JSON": ("POST", SIGN, "{", None, 400, "structure"),
            "no object": ("POST", SIGN, [], None, 400, "structure"),
            "missing field": ("POST", SIGN, without(good, "hookInstance"), None, 400, "required"),
            "bad id": ("POST", SIGN, {**good, "context": {**good["context"], "patientId": "a b"}}, None, 400, "value"),
            "wrong hook": ("POST", SIGN, call("patient-view"), None, 400, "value"),
            "unknown service": ("POST", "/cds-services/other", good, None, 404, "not-found"),
            "unknown path": ("GET", "/", None, None, 404, "not-found"),
            "feedback for no service": ("POST", "/cds-services/other/feedback", {"feedback": []}, None, 404,
                                        "not-found"),
            "feedback without its list": ("POST", SIGN + "/feedback", {}, None, 400, "structure"),
            "wrong method of feedback": ("GET", SIGN + "/feedback", None, None, 405, "not-supported"),
            "feedback in another type": ("POST", SIGN + "/feedback", "{}", {"Content-Type": "text/plain"}, 415,
                                         "not-supported"),
            "feedback too large": ("POST", SIGN + "/feedback", " " * (1024 * 1024 + 1), None, 413, "too-long"),
            "measures of no period": ("GET", "/measures?from=never", None, None, 400, "value"),
            "wrong method": ("GET", SIGN, None, None, 405, "not-supported"),
            "wrong method of discovery": ("POST", "/cds-services", good, None, 405, "not-supported"),
            "wrong media type": ("POST", SIGN, "{}", {"Content-Type": "text/plain"}, 415, "not-supported"),
            "encoded body": ("POST", SIGN, "{}",
                             {"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415, "not-supported"),
            "other expectation": ("POST", SIGN, "{}",
                                  {"Content-Type": "application/json", "Expect": "200-ok"}, 417, "not-supported"),
            "transfer coding": ("POST", SIGN, None, chunked, (400, 501), "not-supported"),
            "long target": ("GET", "/" + "a" * 9000, None, None, 414, "too-long"),
            "long header": ("GET", "/cds-services", None, {"X": "a" * 40000}, 431, "too-long"),
            "no data": ("POST", SIGN, call(prefetch={}), None, 412, "processing"),
        }
        for name, (method, path, body, headers, wanted, code) in rows.items():
            with self.subTest(name):
                status, answered, text = self.server.send(method, path, body, headers)
                self.assertIn(status, wanted if isinstance(wanted, tuple) else (wanted,))
                issue = self.outcome_of_operation(status, text)
                if not isinstance(wanted, tuple):
                    self.assertEqual(issue["code"], code)
                if status == 405:
                    self.assertIn("Allow", answered)

    def test_a_body_announced_too_long_is_refused_unread(self):
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE) as connection:
            connection.sendall(f"POST {SIGN} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                               f"Content-Length: {9 * 1024 * 1024}\r\n\r\n".encode())
            self.assertIn(b" 413 ", connection.recv(4096))

    def test_412_names_the_missing_type(self):
        rows = {
            "patient": without(prefetch(), "patient"),
            "conditions": without(prefetch(), "conditions"),
        }
        for key, fetched in rows.items():
            with self.subTest(key):
                status, _, text = self.server.ask(call(prefetch=fetched))
                self.assertEqual(status, 412)
                self.assertEqual(self.outcome_of_operation(status, text)["expression"], [f"prefetch.{key}"])

    def test_what_a_prefetch_key_may_hold(self):
        # value under "conditions", status
        condition = prefetch()["conditions"]["entry"][0]["resource"]
        rows = {
            "null is an answer": (None, 200),
            "an empty Bundle is one": ({"resourceType": "Bundle", "type": "searchset", "total": 0}, 200),
            "one resource": (condition, 200),
            "an OperationOutcome is a failure": (FAILURE, 412),
            "an OperationOutcome beside data": (bundle(condition, FAILURE), 200),
            "another type": (prefetch()["observations"], 412),
            "no resource": ("x", 412),
            "conditions of another patient": (
                bundle({**condition, "subject": {"reference": "Patient/somebody-else"}}), 412),
        }
        for name, (value, wanted) in rows.items():
            with self.subTest(name):
                status, _, text = self.server.ask(call(prefetch={**prefetch(), "conditions": value}))
                self.assertEqual(status, wanted, text)

    def test_keys_of_the_client_are_read_by_type(self):
        fetched = {f"key-{i}": value for i, value in enumerate(prefetch().values()) if value}
        status, _, text = self.server.ask(call(prefetch=fetched))
        self.assertEqual(status, 200)
        self.assertEqual(len(json.loads(text)["cards"]), 1)

    def test_failed_and_none_are_told_apart(self):
        texts = {}
        for name, value in {"none": None, "failed": FAILURE}.items():
            _, _, text = self.server.ask(call("patient-view", prefetch={**prefetch(), "procedures": value}))
            texts[name] = json.loads(text)["cards"][0]["detail"]
        absent = self.server.ask(call("patient-view", prefetch=without(prefetch(), "procedures")))
        texts["absent"] = json.loads(absent[2])["cards"][0]["detail"]
        self.assertEqual(len(set(texts.values())), 3)

    def test_health(self):
        self.assertEqual(self.server.send("GET", "/health/live")[0], 200)
        self.assertEqual(self.server.send("GET", "/health/ready")[0], 200)

    def test_parallel_clients_get_their_own_answers(self):
        def one(number):
            request = call(HOOKS[number % 3], f"parallel-{number % 9}")
            for _ in range(20):
                status, headers, text = self.server.ask(request)
                if status != 503:  # a busy machine; clients come again
                    break
                time.sleep(int(headers["Retry-After"]))
            return number % 9, text

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(one, range(72)))
        texts = {}
        for key, text in answers:
            texts.setdefault(key, set()).add(text)
        self.assertTrue(all(len(same) == 1 for same in texts.values()))
        self.assertEqual(len(set.union(*texts.values())), 9)

    def test_no_patient_data_in_the_log(self):
        before = self.server.log().count('"event":"request"')
        self.server.ask(call())
        self.server.ask(call(prefetch={}))
        self.server.send("POST", SIGN, '{"hook": "' + CANARY["family"] + '"}')
        self.server.send("GET", f"/{CANARY['id']}?patient={CANARY['id']}")
        # Lines are written after the answers; those of other tests may still come.
        until(lambda: self.server.log().count('"event":"request"') >= before + 4)
        log = self.server.log().rpartition("\n")[0]  # whole lines: the last may just be written
        self.assertIn('"hook_instance":"call-1"', log)
        for word in CANARY.values():
            self.assertNotIn(word, log)
        for line in log.splitlines():
            self.assertIn("event", json.loads(line))


class OwnServer(unittest.TestCase):
    def test_sigterm_leaves_every_decision_in_the_store(self):
        with Server("--now", NOW) as server:
            for number in range(20):
                self.assertEqual(server.ask(call(HOOKS[number % 3], f"kept-{number}"))[0], 200)
            self.assertEqual(server.stop(), 0, server.log())
            self.assertEqual(server.rows("select count(*) from decision"), [(20,)])
            self.assertEqual(server.rows("select count(distinct hook_instance) from decision"), [(20,)])
            stored = Path(server.data, "decisions.sqlite").read_bytes()
            for word in (CANARY["id"], CANARY["family"], CANARY["birth"], CANARY["user"]):
                self.assertNotIn(word.encode(), stored)
            self.assertEqual(server.rows("select distinct order_verdict from card where order_verdict <> ''"),
                             [("discordant",)])
            self.assertEqual(os.stat(server.data).st_mode & 0o077, 0)
            self.assertEqual(os.stat(server.data / "patient-key").st_mode & 0o077, 0)

    def test_sigint_ends_a_server_with_an_idle_connection(self):
        with Server() as server:
            connection = server.connect()
            connection.request("GET", "/health/live")
            connection.getresponse().read()
            self.assertEqual(server.stop(signal.SIGINT), 0)
            connection.close()

    def test_a_second_signal_ends_at_once(self):
        with Server() as server:
            with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as held:
                held.sendall(f"POST {SIGN} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                             "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n".encode())
                self.assertIn(b" 100 ", held.recv(64))  # it is under way
                server.process.send_signal(signal.SIGTERM)
                until(lambda: '"event":"stopping"' in server.log())
                self.assertIsNone(server.process.poll(), "it waits for the request under way")
                # Who waited for the request, or for its deadline, would end in order.
                self.assertEqual(server.stop(), 128 + signal.SIGTERM)

    def test_standard_profile_has_one_id(self):
        with Server("--profile", "standard", "--outcome", "off") as server:
            services = json.loads(server.send("GET", "/cds-services")[2])["services"]
            self.assertEqual({s["id"] for s in services}, {"onc-kidney-2018"})
            status, _, text = server.ask(call(), "/cds-services/onc-kidney-2018")
            self.assertEqual(status, 200)
            self.assertNotIn("org.renalpath.outcome", text)

    def test_one_server_holds_a_folder(self):
        with Server() as server:
            second = subprocess.run([BINARY, "serve", "--port", "0", "--data", server.data], capture_output=True,
                                    encoding="utf-8", timeout=PATIENCE, check=False)
            self.assertEqual(second.returncode, 1)
            self.assertTrue(second.stderr.startswith("renalpath: "), second.stderr)

    def test_dates_are_those_of_the_configured_zone(self):
        with tempfile.TemporaryDirectory() as folder:
            config = Path(folder, "zone.toml")
            config.write_text('[clock]\nzone = "Asia/Kathmandu"\n', encoding="utf-8")
            with Server("--config", config) as server:
                _, _, answer = server.ask(call())
                outcome = json.loads(answer)["extension"]["org.renalpath.outcome"]
                self.assertTrue(outcome["evaluatedAt"].endswith("+05:45"), outcome["evaluatedAt"])

    def test_refusals_to_start(self):
        with Server() as server, tempfile.TemporaryDirectory() as folder:
            broken = Path(folder, "broken.pathway.json")
            broken.write_text('{"pathwayFormat": "1.0"}', encoding="utf-8")
            zone, outside, fault = (Path(folder, name) for name in ("zone.toml", "outside.toml", "fault.toml"))
            zone.write_text('[clock]\nzone = "Europe/Nowhere"\n', encoding="utf-8")
            outside.write_text('[clock]\nzone = "../../etc/passwd"\n', encoding="utf-8")
            fault.write_text("[nothing]\n", encoding="utf-8")
            rows = {
                "beyond loopback": (["--host", "0.0.0.0", "--port", "0"], 2, "TLS"),
                "a port in use": (["--port", str(server.port)], 1, "in use"),
                "a broken pathway": (["--pathway", broken, "--port", "0"], 1, "broken.pathway.json:1:"),
                "an unknown zone": (["--config", zone, "--port", "0"], 1, "clock.zone"),
                "a zone outside": (["--config", outside, "--port", "0"], 1, "clock.zone"),
                "a configuration with a fault": (["--config", fault, "--port", "0"], 2, "fault.toml:1:"),
                "no configuration": (["--config", broken / "x", "--port", "0"], 2, "cannot be read"),
                "no pathway": (["--pathway", broken / "x", "--port", "0"], 1, "cannot be read"),
            }
            for name, (options, status, words) in rows.items():
                with self.subTest(name):
                    done = subprocess.run([BINARY, "serve", "--data", Path(folder, "data"), *options], capture_output=True,
                                          encoding="utf-8", timeout=PATIENCE, check=False)
                    self.assertEqual(done.returncode, status, done.stderr)
                    self.assertIn(words, done.stderr)


class CommandLine(unittest.TestCase):
    def run_it(self, *arguments, text="", limits=()):
        """`limits`: pairs of a resource of the process and the most it may have."""
        def limit():
            for what, most in limits:
                bound = resource.getrlimit(what)[1]
                resource.setrlimit(what, (most if bound == resource.RLIM_INFINITY else min(most, bound), bound))

        return subprocess.run([BINARY, *arguments], input=text, capture_output=True, encoding="utf-8", timeout=PATIENCE,
                              check=False, preexec_fn=limit)

    def test_help_and_version(self):
        for arguments in (["--help"], ["serve", "--help"], ["evaluate", "--help"], ["fhirpath", "--help"],
                          ["--version"]):
            done = self.run_it(*arguments)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertTrue(done.stdout)

    def test_wrong_use_is_2(self):
        for arguments in ([], ["sing"], ["evaluate", "--loud"], ["serve", "--port", "x"]):
            self.assertEqual(self.run_it(*arguments).returncode, 2, arguments)

    def test_a_configuration_is_checked(self):
        example = Path(__file__).parents[2] / "deploy/config.example.toml"
        done = self.run_it("config", "check", example)
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1]), (0, f"{example}: good"), done.stderr)
        with tempfile.TemporaryDirectory() as folder:
            for text, words in (('[auth]\nmode = "basic"\n', ":2:8: 'auth.mode'"),
                                ('[auth]\nmode = "jwt"\n', "listen.public_url is needed")):
                file = Path(folder, "c.toml")
                file.write_text(text, encoding="utf-8")
                done = self.run_it("config", "check", file)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertIn(words, done.stderr)

    def test_broken_lines_are_named_and_skipped(self):
        text = json.dumps(call("patient-view")) + "\n{\n" + json.dumps(call()) + "\n"
        done = self.run_it("evaluate", "--ndjson", text=text)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stdout.splitlines()), 2)
        self.assertIn("standard input:2: ", done.stderr)

    def test_lines_of_standard_input_come_out_whole_and_once(self):
        lines = [json.dumps(call("patient-view")) if n % 3 else "{" for n in range(1500)]
        done = self.run_it("evaluate", "--ndjson", "--now", NOW, "--seed", "7", text="\n".join(lines))
        good = [line for line in lines if line != "{"]
        alone = self.run_it("evaluate", "--now", NOW, "--seed", "7", text=good[0]).stdout
        self.assertEqual(done.stdout.count("\n"), len(good))
        self.assertEqual(len(done.stderr.splitlines()), len(lines) - len(good) + 1, "a line for each, and the sum")
        self.assertEqual({f"{line}\n" for line in done.stdout.splitlines()}, {alone})

    def test_a_program_that_gives_line_by_line_has_each_answer_at_once(self):
        with subprocess.Popen([BINARY, "evaluate", "--ndjson", "--now", NOW], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              encoding="utf-8") as process:
            for _ in range(3):
                process.stdin.write(json.dumps(call("patient-view")) + "\n")
                process.stdin.flush()
                self.assertEqual(json.loads(process.stdout.readline())["outcome"], "recommendation")
            process.stdin.close()
            self.assertEqual(process.wait(PATIENCE), 0)

    @unittest.skipIf(SANITIZED, "sanitizers take any amount of addresses")
    def test_want_of_memory_costs_the_text_that_wants_it(self):
        good = json.dumps(call("patient-view"))
        large = json.dumps({"text": "x" * (60 * 1024 * 1024)})
        done = self.run_it("evaluate", "--ndjson", text=f"{good}\n{large}\n{good}\n",
                           limits=[(resource.RLIMIT_AS, 400 * 1024 * 1024)])
        self.assertEqual((done.returncode, done.stdout.count("\n")), (1, 2), done.stderr)
        self.assertEqual(done.stderr.splitlines(),
                         ["standard input:2: there is not enough memory for it", "1 failed, 2 evaluated"])

    @unittest.skipIf(SANITIZED, "sanitizers take any amount of addresses")
    def test_where_there_can_be_no_more_threads_one_does_the_work(self):
        text = (json.dumps(call("patient-view")) + "\n") * 20
        done = self.run_it("evaluate", "--ndjson", text=text,
                           limits=[(resource.RLIMIT_AS, 1 << 30), (resource.RLIMIT_STACK, 2 << 30)])
        self.assertEqual((done.returncode, done.stdout.count("\n"), done.stderr), (0, 20, ""))

    def test_a_file_that_fails_while_it_is_read_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            good = Path(folder, "good.json")
            good.write_text(json.dumps(call("patient-view")), encoding="utf-8")
            done = self.run_it("evaluate", good, "/proc/self/mem", good)
        self.assertEqual((done.returncode, done.stdout.count("\n")), (1, 2), done.stderr)
        self.assertEqual(done.stderr.splitlines(), ["/proc/self/mem: the file cannot be read", "1 failed, 2 evaluated"])

    def test_a_pathway_file_stands_in_for_the_shipped_one(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "broken.pathway.json")
            path.write_text("{", encoding="utf-8")
            done = self.run_it("evaluate", "--pathway", path, text=json.dumps(call()))
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("broken.pathway.json:1:", done.stderr)

    def test_fhirpath_answers_lines(self):
        line = json.dumps({"id": 7, "file": None, "expression": "1 + 1", "strict": False})
        done = self.run_it("fhirpath", text=line + "\n")
        self.assertEqual(json.loads(done.stdout), {"id": 7, "ok": True, "result": [{"type": "integer", "value": "2"}]})


if __name__ == "__main__":
    unittest.main()
