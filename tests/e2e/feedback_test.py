"""Feedback over HTTP against the real binary: on disk before it is acknowledged, on SQLite and on PostgreSQL.

The program's path is the environment variable RENALPATH, set by ctest.
"""

import http.client
import json
import os
import re
import signal
import sqlite3
import subprocess
import tempfile
import threading
import unittest
import uuid
from pathlib import Path

import postgres
from harness import BINARY, PATIENCE, patient, until
from server_test import CANARY, NOW, call

SERVICE = "/cds-services/onc-kidney-2018-order-sign"
FEEDBACK = SERVICE + "/feedback"
COMMENT = "canary-comment-31"


class Server:
    """A server whose store outlives it: start() again on the same folder and database."""

    def __init__(self, folder, url=None, config=""):
        self.data = Path(folder, "data")
        self.log_path = Path(folder, "log")
        self.url = url
        self.environment = {**os.environ, **patient(config)}
        self.options = ["--now", NOW, "--data", self.data, *(["--store", url] if url else [])]
        if config:
            Path(folder, "config.toml").write_text(config, encoding="utf-8")
            self.options += ["--config", Path(folder, "config.toml")]
        self.process = None

    def start(self):
        with open(self.log_path, "ab") as log:
            size = log.tell()
            self.process = subprocess.Popen([BINARY, "serve", "--port", "0", *self.options], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env=self.environment)

        def port():
            ended = self.process.poll() is not None
            found = re.search(r'"event":"listening".*?"port":(\d+)', self.log()[size:])
            if ended and not found:
                raise AssertionError(f"the server did not start: {self.log()[size:]}")
            return found and int(found.group(1))

        self.port = until(port, lambda: f"the server did not start: {self.log()[size:]}")

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def log(self):
        return self.log_path.read_text(encoding="utf-8")

    def send(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            headers = {} if body is None else {"Content-Type": "application/json"}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, json.loads(answer.read())
        finally:
            connection.close()

    def feedback(self, *items):
        status, _, body = self.send("POST", FEEDBACK, {"feedback": list(items)})
        return status, body

    def card(self):
        """A card of a fresh call."""
        status, _, body = self.send("POST", SERVICE, call(instance=str(uuid.uuid4())))
        if status != 200:
            raise AssertionError(f"{status}: {body}")
        return body["cards"][0]

    def command(self, *arguments):
        where = ["--store", self.url] if self.url else ["--data", self.data]
        return subprocess.run([BINARY, "report", *where, *arguments], capture_output=True, encoding="utf-8",
                              timeout=60, check=False)


def override(card, moment="2026-06-03T09:15:00Z", **reason):
    item = {"card": card, "outcome": "overridden", "outcomeTimestamp": moment}
    return {**item, "overrideReason": reason} if reason else item


def acceptance(card, suggestion, moment="2026-06-03T09:15:00Z"):
    return {"card": card, "outcome": "accepted", "acceptedSuggestions": [{"id": suggestion}],
            "outcomeTimestamp": moment}


class Base:
    """The tests of both databases; a subclass says what the database is."""

    config = ""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.server = Server(folder.name, self.database(), self.config)
        self.addCleanup(self.server.kill)
        self.server.start()

    def await_rows(self, query, rows):
        until(lambda: self.rows(query) == rows, lambda: f"{self.rows(query)} and not {rows}")

    def test_s57_s58_is_tied_to_the_card_and_stored_once(self):
        card = self.server.card()
        self.assertTrue(card["suggestions"])
        accepted = acceptance(card["uuid"], card["suggestions"][0]["uuid"], "2026-06-03T11:15:00.50+02:00")
        self.assertEqual(self.server.feedback(accepted), (200, {"stored": 1, "repeated": 0}))
        again = dict(accepted, outcomeTimestamp="2026-06-03T09:15:00.5Z")
        self.assertEqual(self.server.feedback(again, accepted), (200, {"stored": 0, "repeated": 2}))
        tied = self.rows("SELECT f.card, f.outcome, f.outcome_at, f.rule, f.order_reference, f.pathway_version,"
                         " length(f.inputs_digest), s.uuid FROM verified_feedback f JOIN feedback_suggestion s"
                         " ON s.feedback_id = f.feedback_id")
        pathway = json.loads(json.dumps(card["extension"]["org.renalpath.card"]))
        self.assertEqual(tied, [(card["uuid"], "accepted", "2026-06-03T09:15:00.5Z", pathway["rule"],
                                 "ServiceRequest/draft-1", pathway["version"], "64",
                                 card["suggestions"][0]["uuid"])])

    def test_s59_takes_overrides_in_every_way_of_writing_them(self):
        card = self.server.card()["uuid"]
        coding = {"system": "https://ehr.example/reasons", "code": "own-reason"}
        epic = {"card": card.upper(), "outcome": "overridden", "outcomeTimestamp": "2026-06-03T09:15:04Z",
                "overrideReasons": [{"reason": coding}],
                "extension": {"com.epic.cdshooks.feedback.overrideReason.display": {"x": 1}}}
        items = [override(card, "2026-06-03T09:15:01Z"), override(card, "2026-06-03T09:15:02Z", userComment=COMMENT),
                 override(card, "2026-06-03T09:15:03Z", reason=coding, userComment=COMMENT), epic]
        self.assertEqual(self.server.feedback(*items), (200, {"stored": 4, "repeated": 0}))
        self.assertEqual(self.rows("SELECT f.outcome_at, r.code FROM verified_feedback f JOIN feedback_reason r"
                                   " ON r.feedback_id = f.feedback_id ORDER BY f.outcome_at"),
                         [("2026-06-03T09:15:03Z", "own-reason"), ("2026-06-03T09:15:04Z", "own-reason")])
        self.assertEqual(self.rows(f"SELECT count(*) FROM feedback WHERE user_comment = '{COMMENT}'"), [("2",)])
        for word in (COMMENT, "own-reason", CANARY["id"], CANARY["user"]):
            self.assertNotIn(word, self.server.log())

    def test_s58_takes_cards_of_several_calls_in_one_post_and_one_card_again(self):
        first, second = self.server.card(), self.server.card()
        accepted = [acceptance(card["uuid"], card["suggestions"][0]["uuid"]) for card in (first, second)]
        self.assertEqual(self.server.feedback(*accepted), (200, {"stored": 2, "repeated": 0}))
        later = override(first["uuid"], "2026-06-03T10:15:00Z")
        self.assertEqual(self.server.feedback(later), (200, {"stored": 1, "repeated": 0}))
        self.assertEqual(self.rows("SELECT count(*), count(DISTINCT card) FROM verified_feedback"), [("3", "2")])

    def test_the_audit_says_which_rules_and_data_without_the_patient(self):
        card = self.server.card()
        self.await_rows("SELECT count(*) FROM card", [("1",)])
        (rules, outcome, *digests), = self.rows("SELECT rules, outcome, patient_key, user_key, input_digest,"
                                                " inputs_digest FROM decision")
        self.assertIn(card["extension"]["org.renalpath.card"]["rule"], rules.split())
        self.assertEqual(outcome, "recommendation")
        self.assertEqual([len(digest) for digest in digests], [64] * 4)
        self.assertEqual(len(set(digests)), 4)

    def test_names_what_cannot_be_used_by_its_index(self):
        card = self.server.card()["uuid"]
        status, body = self.server.feedback(override("secret"), override(card), {"card": card})
        self.assertEqual(status, 200)
        self.assertEqual((body["stored"], [(f["index"], f["field"]) for f in body["failed"]]),
                         (1, [(0, "/feedback/0/card"), (2, "/feedback/2/outcome")]))
        status, _, body = self.server.send("POST", FEEDBACK, {"feedback": [override("secret")]})
        self.assertEqual((status, body["issue"][0]["expression"]), (400, ["feedback.0.card"]))
        self.assertNotIn("secret", json.dumps(body) + self.server.log())
        self.assertEqual(self.rows("SELECT count(*) FROM feedback"), [("1",)])

    def test_keeps_feedback_for_unknown_cards_apart(self):
        known = self.server.card()["uuid"]
        unknown = str(uuid.uuid4())
        status, body = self.server.feedback(override(known), override(unknown))
        self.assertEqual((status, body), (200, {"stored": 2, "repeated": 0, "unverified": [1]}))
        other = "/cds-services/onc-kidney-2018-patient-view/feedback"  # another service's card is as unknown
        self.assertEqual(self.server.send("POST", other, {"feedback": [override(known)]})[2]["unverified"], [0])
        self.assertEqual(self.rows("SELECT card FROM verified_feedback"), [(known,)])
        many = [override(str(uuid.uuid4())) for _ in range(998)]
        self.assertEqual(self.server.feedback(*many)[0], 200)
        status, _, body = self.server.send("POST", FEEDBACK, {"feedback": [override(str(uuid.uuid4()))]})
        self.assertEqual((status, body["issue"][0]["code"]), (429, "throttled"))
        self.assertEqual(self.rows("SELECT count(*) FROM feedback"), [("1001",)])
        self.assertEqual(self.server.feedback(override(known, "2026-06-03T09:15:09Z"))[0], 200)

    def test_reports_what_became_of_the_cards(self):
        cards = [self.server.card() for _ in range(4)]
        rule = cards[0]["extension"]["org.renalpath.card"]["rule"]
        coding = {"system": "https://ehr.example/reasons", "code": "own-reason"}
        self.server.feedback(override(cards[0]["uuid"], reason=coding, userComment=COMMENT),
                             override(cards[1]["uuid"]),
                             acceptance(cards[2]["uuid"], cards[2]["suggestions"][0]["uuid"]),
                             override(str(uuid.uuid4()), reason=coding))
        status, _, measures = self.server.send("GET", "/measures")
        self.assertEqual(status, 200)
        counts = {"shown": 4, "accepted": 1, "overridden": 2, "withoutFeedback": 1}
        self.assertEqual(measures, {
            "measures": [{"rule": rule, "service": "onc-kidney-2018-order-sign", **counts,
                          "overrideReasons": [{**coding, "count": 1}]}], "total": counts})
        done = self.server.command("--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(json.loads(done.stdout), measures)
        table = self.server.command("--from", "2020-01-01")
        self.assertEqual(table.returncode, 0)
        self.assertRegex(table.stdout, rf"(?m)^{rule} +- +onc-kidney-2018-order-sign +4 +1 +2 +1$")
        self.assertIn("1 x own-reason (https://ehr.example/reasons)", table.stdout)
        for query in ("?from=2020-01-01&to=2020-02-01", "?client=somebody"):
            self.assertEqual(self.server.send("GET", "/measures" + query)[2]["total"]["shown"], 0)
        for word in (COMMENT, *CANARY.values()):
            self.assertNotIn(word, json.dumps(measures) + table.stdout)

    # Every acknowledged item is there once, whenever the process is killed.
    def test_keeps_every_acknowledged_item_over_kill_nine(self):
        card = self.server.card()["uuid"]
        self.await_rows("SELECT count(*) FROM card", [("1",)])
        acknowledged = set()
        for round_number in range(5):
            writers = [Writer(self.server, card, f"{round_number}{index}") for index in range(3)]
            for writer in writers:
                writer.start()
            until(lambda: sum(len(writer.acknowledged) for writer in writers) >= 15 + 20 * round_number)
            self.server.process.send_signal(signal.SIGKILL)
            self.server.process.wait()
            for writer in writers:
                writer.join()
                acknowledged |= set(writer.acknowledged)
            self.server.start()
        self.assertEqual(self.server.feedback(override(card, "2026-06-03T10:00:00Z"))[0], 200)
        stored = self.rows("SELECT outcome_at, count(*) FROM verified_feedback GROUP BY outcome_at")
        self.assertEqual([row for row in stored if row[1] != "1"], [])
        self.assertEqual(acknowledged - {row[0] for row in stored}, set())
        self.assertGreaterEqual(len(acknowledged), 275)

    def expect_away_and_back(self, away, back):
        card = self.server.card()["uuid"]
        self.assertEqual(self.server.feedback(override(card))[0], 200)
        away()
        for moment in ("2026-06-03T09:16:00Z", "2026-06-03T09:17:00Z"):
            # While the database is away, and it stays so: whoever waited for it would get no answer.
            status, headers, body = self.server.send("POST", FEEDBACK, {"feedback": [override(card, moment)]})
            self.assertEqual((status, body["issue"][0]["code"]), (503, "transient"))
            self.assertGreaterEqual(int(headers["Retry-After"]), 1)
            self.assertEqual(self.server.card()["uuid"] == card, False)  # hook calls go on
        self.assertEqual(self.server.send("GET", "/health/live")[0], 200)
        until(lambda: self.server.send("GET", "/health/ready")[0] == 503)
        back()
        until(lambda: self.server.feedback(override(card, "2026-06-03T09:16:00Z"))[0] == 200)
        self.assertEqual(self.server.send("GET", "/health/ready")[0], 200)
        self.await_rows("SELECT count(*) FROM decision", [("3",)])
        self.assertEqual(self.rows("SELECT count(*) FROM feedback WHERE outcome_at = '2026-06-03T09:16:00Z'"),
                         [("1",)])


class Writer(threading.Thread):
    """Sends feedback, one item a post, until the server is gone."""

    def __init__(self, server, card, name):
        super().__init__()
        self.server, self.card, self.stamp, self.acknowledged = server, card, name, []

    def run(self):
        number = 0
        while True:
            number += 1
            moment = f"2026-06-03T09:15:00.{self.stamp}{number:04}1Z"
            try:
                status, _ = self.server.feedback(override(self.card, moment))
            except (OSError, http.client.HTTPException, ValueError):
                return
            if status == 200:
                self.acknowledged.append(moment)


class SqliteTest(Base, unittest.TestCase):
    def database(self):
        return None

    def rows(self, query):
        connection = sqlite3.connect(self.server.data / "decisions.sqlite")
        try:
            connection.execute("PRAGMA wal_autocheckpoint = 0")
            return [tuple(str(value) for value in row) for row in connection.execute(query)]
        finally:
            connection.close()

    def test_goes_on_while_the_file_is_locked_and_comes_back(self):
        locks = []

        def away():
            locks.append(sqlite3.connect(self.server.data / "decisions.sqlite", isolation_level=None))
            locks[0].execute("PRAGMA wal_autocheckpoint = 0")
            locks[0].execute("BEGIN IMMEDIATE")

        def back():
            locks[0].execute("ROLLBACK")
            locks[0].close()

        self.expect_away_and_back(away, back)

    def test_report_says_where_there_is_no_store(self):
        done = subprocess.run([BINARY, "report", "--data", self.server.data / "none"], capture_output=True,
                              encoding="utf-8", timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("there is no decision store here", done.stderr)
        self.assertFalse((self.server.data / "none").exists())

    def test_a_password_is_not_taken_from_the_command_line(self):
        for command in ("report", "serve"):
            done = subprocess.run([BINARY, command, "--store", "postgresql://renal:secret-word@127.0.0.1/x"],
                                  capture_output=True, encoding="utf-8", timeout=60, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn("PGPASSFILE", done.stderr)


class StrictTest(unittest.TestCase):
    def test_unknown_cards_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            server = Server(folder, config="[feedback]\nstrict = true\n")
            self.addCleanup(server.kill)
            server.start()
            card = server.card()["uuid"]
            status, _, body = server.send("POST", FEEDBACK, {"feedback": [override(card),
                                                                          override(str(uuid.uuid4()))]})
            self.assertEqual((status, body["issue"][0]["code"]), (404, "not-found"))
            self.assertEqual(server.feedback(override(card)), (200, {"stored": 1, "repeated": 0}))
            server.kill()


@unittest.skipUnless(postgres.programs(), "the package postgresql is not installed")
class PostgresTest(Base, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = postgres.Postgres().__enter__()
        cls.addClassCleanup(cls.postgres.__exit__)

    def database(self):
        return self.postgres.new_database()

    def rows(self, query):
        return self.postgres.rows(self.server.url, query)

    def test_goes_on_without_the_database_and_comes_back(self):
        self.expect_away_and_back(self.postgres.stop, self.postgres.start)

    def test_two_servers_share_a_database(self):
        with tempfile.TemporaryDirectory() as folder:
            other = Server(folder, self.server.url)
            self.addCleanup(other.kill)
            other.start()
            card = self.server.card()["uuid"]
            self.await_rows("SELECT count(*) FROM card", [("1",)])
            self.assertEqual(other.feedback(override(card)), (200, {"stored": 1, "repeated": 0}))
            self.assertEqual(self.server.feedback(override(card)), (200, {"stored": 0, "repeated": 1}))
            self.assertEqual(other.send("GET", "/measures")[2]["total"]["overridden"], 1)
            other.kill()


if __name__ == "__main__":
    unittest.main()
