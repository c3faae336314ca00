"""Two instances on one PostgreSQL behind HAProxy, as deploy/haproxy has it: one is killed in mid-load, both are
restarted in turn, and no caller notices; nothing is lost, stored twice or let in twice."""

import http.client
import http.server
import json
import shutil
import signal
import tempfile
import threading
import time
import unittest
import uuid
from datetime import datetime, timezone
from pathlib import Path

import haproxy
import postgres
from harness import Server, free_port
from server_test import bundle, call
from tokens import Signer, key_set

SERVICE = "/cds-services/onc-kidney-2018"
AUDIENCE = "urn:typed-by-hand"
# Nobody waits for a slow machine, and nobody is refused for it.
CONFIG = """
[listen]
public_url = "https://localhost"
[auth]
retry_header = "X-Exchange-Id"
retry_proxies = ["127.0.0.1/32"]
[dev]
allow_http = true
[limits]
queue_wait_ms = 10000
evaluation_ms = 60000
fetch_ms = 30000
drain_ms = 60000
store_feedback_wait_ms = 30000
store_token_wait_ms = 10000
drain_notice_ms = {notice}
[store]
url = "{url}"
patient_key = "{folder}/patient-key"
[[client]]
name = "hospital-ehr"
issuer = "https://ehr.example"
audiences = ["urn:typed-by-hand"]
jwks_file = "{folder}/keys.json"
[[client.fhir]]
url = "http://127.0.0.1:{ehr}/fhir"
allow_cidr = ["127.0.0.0/8"]
"""


class Ehr:
    """A FHIR server without data, which can hold its answers back."""

    def __enter__(self):
        self.asked = threading.Event()
        self.free = threading.Event()
        ehr = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                ehr.asked.set()
                ehr.free.wait(60)
                body = json.dumps(bundle()).encode()
                try:
                    self.send_response(200)
                    self.send_header("Content-Type", "application/fhir+json")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # who asked is gone

            def log_message(self, *unused):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *unused):
        self.free.set()
        self.server.shutdown()
        self.server.server_close()


class Load:
    """Callers that ask for cards and give feedback on each, until they are told to stop."""

    CALLERS = 4

    def __init__(self, test):
        self.test = test
        self.lock = threading.Lock()
        self.cards = []  # those whose feedback was acknowledged
        self.failures = []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(self.CALLERS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *unused):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def run(self):
        while not self.stopping.is_set():
            try:
                card = self.round()
                with self.lock:
                    self.cards.append(card)
            except Exception as failure:  # whatever it is, the caller has seen it
                with self.lock:
                    self.failures.append(repr(failure))
                return

    def round(self):
        status, answer = self.test.ask(SERVICE, call(instance=str(uuid.uuid4())))
        if status != 200:
            raise AssertionError(f"a call got {status}: {answer}")
        card, = answer["cards"]
        status, answer = self.test.ask(SERVICE + "/feedback", {"feedback": [feedback_on(card)]})
        if status != 200 or answer["stored"] + answer["repeated"] != 1:
            raise AssertionError(f"feedback got {status}: {answer}")
        return card["uuid"]

    def await_rounds(self, more):
        """Until so many more rounds have ended well, and all callers are at work still."""
        with self.lock:
            wanted = len(self.cards) + more
        while True:
            with self.lock:
                if self.failures:
                    raise AssertionError(self.failures)
                if len(self.cards) >= wanted:
                    return
            time.sleep(0.02)


def feedback_on(card):
    return {"card": card["uuid"], "outcome": "overridden",
            "outcomeTimestamp": datetime.now(timezone.utc).isoformat(timespec="milliseconds")}


@unittest.skipUnless(postgres.programs() and haproxy.program(), "the packages postgresql and haproxy are not installed")
class InstancesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.signer = Signer()
        Path(cls.folder, "keys.json").write_text(json.dumps(key_set(cls.signer)), encoding="utf-8")
        cls.postgres = cls.enterClassContext(postgres.Postgres())
        cls.ehr = cls.enterClassContext(Ehr())

    def setUp(self):
        self.url = self.postgres.new_database()
        self.ehr.asked.clear()
        self.ehr.free.clear()
        self.instances = {}
        self.addCleanup(lambda: [instance.__exit__() for instance in self.instances.values()])
        for name in ("one", "two"):
            self.start(name)
        self.proxy = self.enterContext(haproxy.HaProxy(*(self.instances[name].port for name in ("one", "two"))))

    def start(self, name, notice=500):
        """An instance, new or where the last one of this name was."""
        old = self.instances.pop(name, None)
        port = old.port if old else free_port()
        if old:
            old.__exit__()
        config = CONFIG.format(url=self.url, folder=self.folder, ehr=self.ehr.port, notice=notice)
        self.instances[name] = Server(now=None, config=config, port=port).__enter__()

    def kill(self, name):
        self.instances[name].process.kill()
        self.instances[name].process.wait()

    def restart(self, name):
        """As a service manager does it: SIGTERM, wait, start; the proxy notices both."""
        process = self.instances[name].process
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(120), 0)
        self.start(name)
        self.proxy.await_state({name: "UP"})

    def ask(self, path, body=None, token=None, headers=()):
        connection = http.client.HTTPSConnection("localhost", self.proxy.port, timeout=120, context=self.proxy.client)
        try:
            connection.request("GET" if body is None else "POST", path, None if body is None else json.dumps(body),
                               {"Authorization": f"Bearer {token or self.signer.token(AUDIENCE)}",
                                "Content-Type": "application/json", **dict(headers)})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def rows(self, query):
        return self.postgres.rows(self.url, query)

    def counted(self, what):
        return sum(int(row[what]) for row in self.proxy.servers().values())

    def test_no_caller_notices_a_kill_and_two_restarts(self):
        with Load(self) as load:
            load.await_rounds(20)
            self.kill("one")
            load.await_rounds(20)
            self.start("one")
            self.proxy.await_state({"one": "UP", "two": "UP"})
            load.await_rounds(20)
            for name in ("two", "one"):
                self.restart(name)
                load.await_rounds(20)
        self.assertEqual(load.failures, [])
        self.assertGreaterEqual(len(load.cards), 100)
        self.assertEqual(len(set(load.cards)), len(load.cards))
        # Each acknowledged item once, and nothing else.
        stored = [card for card, in self.rows("SELECT card FROM feedback")]
        self.assertEqual(sorted(stored), sorted(load.cards))
        self.assertGreater(int(self.rows("SELECT count(*) FROM decision")[0][0]), 0)

    def test_a_call_whose_instance_is_killed_is_answered_by_the_other(self):
        self.proxy.command("set server renalpath/two state maint")
        request = call()
        del request["prefetch"]["observations"]
        request["fhirServer"] = f"http://127.0.0.1:{self.ehr.port}/fhir"
        token = self.signer.token(AUDIENCE)
        answers = []
        caller = threading.Thread(target=lambda: answers.append(self.ask(SERVICE, request, token)))
        caller.start()
        # Its token is used by now, and the answer cannot come before it is told to.
        self.assertTrue(self.ehr.asked.wait(60))
        self.assertEqual(self.rows("SELECT count(*) FROM token"), [("1",)])
        self.proxy.command("set server renalpath/two state ready")
        self.kill("one")
        self.ehr.free.set()
        caller.join()
        (status, answer), = answers
        self.assertEqual(status, 200, answer)
        self.assertIn("cards", answer)
        self.assertGreaterEqual(self.counted("wretr") + self.counted("wredis"), 1)
        # Once answered, it is used up: here, at a new instance, and whatever the caller says it belongs to.
        self.assertEqual(self.ask(SERVICE, request, token)[0], 401)
        self.start("one")
        self.proxy.await_state({"one": "UP", "two": "UP"})
        for name in ("one", "two"):
            other = "two" if name == "one" else "one"
            self.proxy.command(f"set server renalpath/{other} state maint")
            for said in ({}, {"X-Exchange-Id": str(uuid.uuid4())}):
                self.assertEqual(self.ask(SERVICE, request, token, said)[0], 401)
            self.proxy.command(f"set server renalpath/{other} state ready")

    def test_feedback_is_taken_by_the_other_and_stored_once(self):
        def alone(name):
            other = "two" if name == "one" else "one"
            self.proxy.command(f"set server renalpath/{name} state ready")
            self.proxy.command(f"set server renalpath/{other} state maint")

        alone("one")
        status, answer = self.ask(SERVICE, call())
        self.assertEqual(status, 200)
        item = {"feedback": [feedback_on(answer["cards"][0])]}
        # Decisions are committed behind the answer; a clinician takes longer than that.
        while self.rows("SELECT count(*) FROM decision") == [("0",)]:
            time.sleep(0.02)
        alone("two")
        self.assertEqual(self.ask(SERVICE + "/feedback", item)[1], {"stored": 1, "repeated": 0})
        alone("one")
        self.assertEqual(self.ask(SERVICE + "/feedback", item)[1], {"stored": 0, "repeated": 1})
        self.assertEqual(self.rows("SELECT count(*) FROM feedback"), [("1",)])

    def test_before_it_stops_an_instance_says_so_and_goes_on_answering(self):
        self.start("one", notice=300_000)
        instance = self.instances["one"]
        self.proxy.await_state({"one": "UP", "two": "UP"})
        instance.process.send_signal(signal.SIGTERM)
        self.proxy.await_state({"one": "DOWN", "two": "UP"})
        self.assertEqual(instance.call("GET", "/health/ready")[0], 503)
        status, _, answer = instance.exchange("POST", SERVICE, call(),
                                              {"Authorization": f"Bearer {self.signer.token(AUDIENCE)}"})
        self.assertEqual(status, 200, answer)
        self.assertEqual(self.ask("/cds-services")[0], 200)
        instance.process.send_signal(signal.SIGTERM)
        self.assertEqual(instance.process.wait(60), 128 + signal.SIGTERM)


if __name__ == "__main__":
    unittest.main()
