"""Copies of the store, made while a server takes load and put back for real: SQLite by `renalpath store`, PostgreSQL by
its own tools. Rows are counted before and after, and what was acknowledged before the copy is in it."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import unittest
import uuid
from datetime import datetime, timezone
from pathlib import Path

import postgres
from harness import BINARY, Server
from server_test import call

SERVICE = "/cds-services/onc-kidney-2018-order-sign"
TABLES = ["decision", "card", "suggestion", "feedback", "feedback_suggestion", "feedback_reason", "unknown_feedback",
          "token"]


def tool(task, *arguments, **environment):
    return subprocess.run([BINARY, "store", task, *map(str, arguments)], capture_output=True, encoding="utf-8",
                          timeout=120, check=False, env={**os.environ, **environment})


def rows(done):
    """The rows of each table, as the tool printed them."""
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return {table: int(count) for table, count in (line.rsplit(" ", 1) for line in done.stdout.splitlines()[1:])}


class Clinic(threading.Thread):
    """Calls a hook and overrides its card, without a pause; keeps the cards whose feedback was acknowledged."""

    def __init__(self, server):
        super().__init__()
        self.server, self.over, self.acknowledged, self.failure = server, threading.Event(), [], None

    def run(self):
        try:
            while not self.over.is_set():
                self.visit()
        except Exception as failure:  # told by the test
            self.failure = failure

    def visit(self):
        status, answer = self.server.call("POST", SERVICE, call(instance=str(uuid.uuid4())))
        if status != 200:
            raise AssertionError(status)
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        items = [{"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": now} for card in answer["cards"]]
        status, _ = self.server.call("POST", SERVICE + "/feedback", {"feedback": items})
        if status == 200:
            self.acknowledged += [card["uuid"] for card in answer["cards"]]

    def wait_for(self, count):
        while len(self.acknowledged) < count and self.is_alive():
            self.join(0.02)

    def end(self):
        self.over.set()
        self.join(60)
        if self.failure is not None:
            raise self.failure


class CopyTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def serve(self, *options):
        server = Server(now=None, options=options).__enter__()
        self.addCleanup(server.__exit__)
        return server

    def copied_under_load(self, server, status, copy):
        """Rows before, in the copy and after; the cards that were acknowledged before the copy began."""
        clinic = Clinic(server)
        clinic.start()
        try:
            clinic.wait_for(20)
            before, acknowledged = rows(status()), list(clinic.acknowledged)
            copied = copy()
            clinic.wait_for(len(acknowledged) + 10)
        finally:
            clinic.end()
        after = rows(status())
        self.assertEqual(list(before), TABLES)
        self.assertGreaterEqual(len(acknowledged), 20)
        for table in TABLES:
            self.assertLessEqual(before[table], copied[table], table)
            self.assertLessEqual(copied[table], after[table], table)
        self.assertGreater(after["feedback"], copied["feedback"])
        return copied, acknowledged


class SqliteCopyTest(CopyTest):
    def test_what_was_acknowledged_is_in_the_copy_and_comes_back(self):
        server, copy, data = self.serve(), self.folder / "copy", self.folder / "data"
        store = ("--data", os.path.join(server.folder, "data"))
        copied, acknowledged = self.copied_under_load(
            server, lambda: tool("status", *store), lambda: rows(tool("backup", *store, "--to", copy)))
        self.assertEqual(copy.stat().st_mode & 0o077, 0)
        self.assertEqual((copy / "decisions.sqlite").stat().st_mode & 0o077, 0)
        self.assertEqual(sorted(path.name for path in copy.iterdir()), ["decisions.sqlite"])
        self.assertEqual(rows(tool("restore", "--from", copy, "--data", data)), copied)
        self.assertEqual(rows(tool("status", "--data", data)), copied)
        database = sqlite3.connect(data / "decisions.sqlite")
        stored = {card for card, in database.execute("SELECT card FROM feedback")}
        database.close()
        self.assertLessEqual(set(acknowledged), stored)
        done = subprocess.run([BINARY, "report", "--data", str(data), "--json"], capture_output=True, encoding="utf-8",
                              timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('"overridden":', done.stdout)

    def test_a_server_goes_on_with_what_was_restored(self):
        with Server(now=None) as server:
            clinic = Clinic(server)
            clinic.visit()
            store = os.path.join(server.folder, "data")
            rows(tool("backup", "--data", store, "--to", self.folder / "copy"))
            shutil.copy(os.path.join(store, "patient-key"), self.folder)
        data = self.folder / "data"
        rows(tool("restore", "--from", self.folder / "copy", "--data", data))
        shutil.copy(self.folder / "patient-key", data)
        with Server(now=None, options=("--set", f"listen.control={self.folder}/control"),
                    data=data) as server:
            status, measures = server.call("GET", "/measures")
            self.assertEqual((status, measures["total"]["overridden"]), (200, len(clinic.acknowledged)))
            Clinic(server).visit()
            self.assertEqual(tool("restore", "--from", self.folder / "copy", "--data", data).returncode, 1)
        self.assertGreater(rows(tool("status", "--data", data))["feedback"], len(clinic.acknowledged))

    def test_nothing_is_written_over(self):
        server = self.serve()
        Clinic(server).visit()
        data = os.path.join(server.folder, "data")
        rows(tool("backup", "--data", data, "--to", self.folder / "copy"))
        before = (self.folder / "copy/decisions.sqlite").read_bytes()
        done = tool("backup", "--data", data, "--to", self.folder / "copy")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("there is a store already: move it away first", done.stderr)
        self.assertEqual((self.folder / "copy/decisions.sqlite").read_bytes(), before)
        done = tool("restore", "--from", self.folder / "copy", "--data", data)
        self.assertEqual(done.returncode, 1)
        self.assertIn("in use by another renalpath", done.stderr)

    def test_what_is_no_store_is_no_copy(self):
        for name, content in (("none", None), ("broken", b"no database"), ("empty", b"")):
            with self.subTest(name):
                source = self.folder / name
                source.mkdir()
                if content is not None:
                    (source / "decisions.sqlite").write_bytes(content)
                done = tool("restore", "--from", source, "--data", self.folder / f"{name}-data")
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertFalse((self.folder / f"{name}-data/decisions.sqlite").exists())

    def test_an_old_schema_is_upgraded_and_a_newer_one_refused(self):
        schema = Path(__file__).resolve().parents[1] / "hooks/store_schema/v1.sql"
        data = self.folder / "data"
        data.mkdir(mode=0o700)
        database = sqlite3.connect(data / "decisions.sqlite")
        database.executescript(schema.read_text(encoding="utf-8") +
                               "; PRAGMA application_id = 1380864068; PRAGMA user_version = 1")
        count, = database.execute("SELECT count(*) FROM decision").fetchone()
        database.close()
        done = tool("status", "--data", data)
        newest = done.stdout.split(" of ")[1].split()[0]
        self.assertIn(f"schema version 1 of {newest}", done.stdout)
        self.assertEqual(rows(done)["decision"], count)
        done = tool("migrate", "--data", data)
        self.assertIn(f"schema version {newest} of {newest}", done.stdout)
        self.assertEqual(rows(done)["decision"], count)
        database = sqlite3.connect(data / "decisions.sqlite")
        database.execute("PRAGMA user_version = 999")
        database.close()
        for task in ("status", "migrate"):
            done = tool(task, "--data", data)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("schema version 999, newer than version", done.stderr)


@unittest.skipUnless(postgres.programs(), "the package postgresql is not installed")
class PostgresCopyTest(CopyTest):
    @classmethod
    def setUpClass(cls):
        cls.postgres = postgres.Postgres().__enter__()
        cls.addClassCleanup(cls.postgres.__exit__)

    def run_program(self, name, *arguments):
        done = subprocess.run([postgres.programs() / name, *map(str, arguments)], capture_output=True, encoding="utf-8",
                              timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_what_was_acknowledged_is_in_the_copy_and_comes_back(self):
        url, other = self.postgres.new_database(), self.postgres.new_database()
        server, copy = self.serve("--store", url), self.folder / "renalpath.dump"

        def dump():
            self.run_program("pg_dump", "--format=custom", f"--file={copy}", url)
            self.run_program("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={other}",
                             copy)
            return rows(tool("status", "--store", other))

        copied, acknowledged = self.copied_under_load(server, lambda: tool("status", "--store", url), dump)
        stored = {card for card, in self.postgres.rows(other, "SELECT card FROM feedback")}
        self.assertLessEqual(set(acknowledged), stored)
        with Server(now=None, options=("--store", other)) as restored:
            status, measures = restored.call("GET", "/measures")
            self.assertEqual((status, measures["total"]["shown"]), (200, copied["card"]))
            Clinic(restored).visit()

    def test_its_own_tools_are_named(self):
        url = self.postgres.new_database()
        for task, word in ((("backup", "--to"), "pg_dump"), (("restore", "--from"), "pg_restore")):
            done = tool(task[0], "--store", url, task[1], self.folder / "copy")
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(word, done.stderr)

    def test_a_schema_is_made_and_a_newer_one_refused(self):
        url = self.postgres.new_database()
        self.assertEqual(tool("status", "--store", url).stdout.splitlines()[0].rsplit(" of ")[0].rsplit(" ")[-1], "0")
        self.assertEqual(rows(tool("migrate", "--store", url)), dict.fromkeys(TABLES, 0))
        self.postgres.rows(url, "UPDATE renalpath_schema SET version = 999")
        done = tool("migrate", "--store", url)
        self.assertEqual(done.returncode, 1)
        self.assertIn("schema version 999, newer than version", done.stderr)


if __name__ == "__main__":
    unittest.main()
