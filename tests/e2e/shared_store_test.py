"""Two servers with one PostgreSQL: tokens, feedback and quiet periods are known to both (S-68, design 7.7 and 7.8)."""

import json
import shutil
import tempfile
import unittest
import uuid
from datetime import datetime, timezone
from pathlib import Path

import postgres
from harness import Server, until
from server_test import call
from tokens import Signer, key_set

SERVICE = "/cds-services/onc-kidney-2018"
AUDIENCE = "urn:typed-by-hand"
CONFIG = """
[listen]
public_url = "http://127.0.0.1:{{port}}"
[store]
url = "{url}"
patient_key = "{folder}/patient-key"
[limits]
# What is shown is what the database settles, however slow the machine is: past these an instance decides alone.
store_token_wait_ms = 10000
store_quiet_wait_ms = 5000
[[client]]
name = "hospital-ehr"
issuer = "https://ehr.example"
audiences = ["urn:typed-by-hand"]
jwks_file = "{folder}/keys.json"
"""


@unittest.skipUnless(postgres.programs(), "the package postgresql is not installed")
class SharedStoreTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.signer = Signer()
        Path(cls.folder, "keys.json").write_text(json.dumps(key_set(cls.signer)), encoding="utf-8")
        cls.postgres = postgres.Postgres().__enter__()
        cls.addClassCleanup(cls.postgres.__exit__)

    def setUp(self):
        self.url = self.postgres.new_database()
        self.one, self.other = (self.enter(Server(now=None, config=CONFIG.format(url=self.url, folder=self.folder)))
                                for _ in range(2))

    def enter(self, server):
        server.__enter__()
        self.addCleanup(server.__exit__)
        return server

    def ask(self, server, path, body=None, token=None):
        headers = {"Authorization": f"Bearer {token or self.signer.token(AUDIENCE)}"}
        status, _, answer = server.exchange("GET" if body is None else "POST", path, body, headers)
        return status, answer

    def discover(self, server, token):
        return self.ask(server, "/cds-services", token=token)[0]

    def await_status(self, wanted, ask):
        until(lambda: ask() == wanted, lambda: f"not {wanted}: {ask()}")

    def test_a_token_is_good_at_one_of_them(self):
        token = self.signer.token(AUDIENCE)
        self.assertEqual([self.discover(server, token) for server in (self.one, self.other, self.one)],
                         [200, 401, 401])

    def test_each_remembers_tokens_while_the_database_is_away(self):
        token = self.signer.token(AUDIENCE)
        self.postgres.stop()
        try:
            self.assertEqual([self.discover(self.one, token) for _ in range(2)], [200, 401])
        finally:
            self.postgres.start()
        # What one of them let in meanwhile is told to the other.
        rows = "SELECT count(*) FROM token"
        self.await_status([("1",)], lambda: self.postgres.rows(self.url, rows))
        self.assertEqual(self.discover(self.other, token), 401)

    def test_a_card_that_was_overridden_at_one_is_quiet_at_the_other(self):
        def cards(server, **changes):
            status, answer = self.ask(server, SERVICE, call(instance=str(uuid.uuid4()), **changes))
            self.assertEqual(status, 200, answer)
            return answer["cards"]

        card, = cards(self.one)
        self.assertEqual(len(cards(self.other)), 1)
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        feedback = {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": now,
                    "overrideReason": {"reason": card["overrideReasons"][0]}}
        self.await_status((200, {"stored": 1, "repeated": 0}),
                          lambda: self.ask(self.other, SERVICE + "/feedback", {"feedback": [feedback]}))
        self.await_status([], lambda: cards(self.other))
        self.await_status([], lambda: cards(self.one))
        other_user = call()["context"] | {"userId": "Practitioner/somebody-else"}
        self.assertEqual(len(cards(self.one, context=other_user)), 1)
        status, measures = self.ask(self.one, "/measures")
        self.assertEqual((status, measures["total"]["overridden"]), (200, 1))
        self.assertEqual({rule["client"] for rule in measures["measures"]}, {"hospital-ehr"})


if __name__ == "__main__":
    unittest.main()
