"""Faults of the operating system under the real program: a disk that is full, stalls, fails to sync or writes in parts, a wall clock
that is set, no more memory, no more files for connections."""

import contextlib
import json
import mmap
import os
import shutil
import sqlite3
import struct
import subprocess
import tempfile
import time
import unittest
import uuid
from pathlib import Path

from memory_test import observation, with_observations
from sheds_test import LIMITS
from traffic import Traffic
from wire import PROBE, SANITIZED, SERVICE, Wire, calls, harness, post
import exposition  # wire says where these two are
from tokens import Signer, key_set

LIBRARY = os.environ.get("RENAL_FAULTS_LIBRARY", "")
FIELDS = ("sync_fails", "write_fails", "accept_fails", "clock_ahead", "short_io", "memory_fails", "sync_stalls", "failures")
CONFIG = """
[listen]
public_url = "http://127.0.0.1:{{port}}/renal"
[[client]]
name = "hospital-ehr"
issuer = "https://ehr.example"
jwks_file = "{keys}"
"""


class Faults:
    """The page that the program shares with us."""

    def __init__(self, folder):
        self.path = Path(folder, "faults")
        self.path.write_bytes(b"\0" * 4096)
        self._file = open(self.path, "r+b")
        self._page = mmap.mmap(self._file.fileno(), 4096)

    def environment(self):
        return {"LD_PRELOAD": LIBRARY, "RENAL_FAULTS": str(self.path)}

    def close(self):
        self._page.close()
        self._file.close()

    def __getitem__(self, field):
        return struct.unpack_from("q", self._page, 8 * FIELDS.index(field))[0]

    def __setitem__(self, field, value):
        struct.pack_into("q", self._page, 8 * FIELDS.index(field), value)


@unittest.skipIf(SANITIZED or not LIBRARY, "the sanitizer's own library must come first")
class FaultsTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.faults = Faults(self.folder)
        self.addCleanup(self.faults.close)

    def start(self, **options):
        options.setdefault("options", ["--profile", "standard"])
        server = harness.Server(now=None, environment=self.faults.environment(), **options)
        server.__enter__()
        self.addCleanup(server.__exit__)
        return server

    def call(self, server):
        request = calls.sample(calls.VIEW)
        request["hookInstance"] = str(uuid.uuid4())
        status, answer = server.call("POST", SERVICE, request)
        self.assertEqual(status, 200, answer)
        return answer["cards"]

    def feedback(self, server, card, second):
        item = {"card": card, "outcome": "overridden", "outcomeTimestamp": f"2026-06-03T09:15:{second:02}Z"}
        return server.exchange("POST", SERVICE + "/feedback", {"feedback": [item]})

    def until(self, what, seconds=60):
        end = time.monotonic() + seconds
        while not what():
            self.assertLess(time.monotonic(), end, "it did not come to that")
            time.sleep(0.05)

    def stored(self, server):
        """Ends the server in order: the times of all feedback that its store holds."""
        data, kept = Path(server.folder, "data"), Path(self.folder, "kept")
        server.process.terminate()
        self.assertEqual(server.process.wait(60), 0)
        shutil.copytree(data, kept)
        with contextlib.closing(sqlite3.connect(kept / "decisions.sqlite")) as connection:
            self.assertEqual(connection.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            return [row[0] for row in connection.execute("SELECT outcome_at FROM feedback ORDER BY outcome_at")]

    def disk_fails(self, fault):
        server = self.start()
        card = self.call(server)[0]["uuid"]
        good = []
        self.assertEqual(self.feedback(server, card, 0)[0], 200)
        good.append(0)
        self.faults[fault] = 1
        for second in (1, 2, 3):
            status, headers, answer = self.feedback(server, card, second)
            self.assertEqual((status, answer["resourceType"]), (503, "OperationOutcome"))
            self.assertIn("Retry-After", headers)
            self.assertTrue(self.call(server), "hook calls go on")
        self.assertGreater(self.faults["failures"], 0)
        self.until(lambda: server.call("GET", "/health/ready")[0] == 503)
        self.assertEqual(server.call("GET", "/health/live")[0], 200)
        self.faults[fault] = 0
        self.until(lambda: server.call("GET", "/health/ready")[0] == 200)
        for second in (3, 4, 4):
            self.assertEqual(self.feedback(server, card, second)[0], 200)
            good.append(second)
        rows = self.stored(server)
        for second in good:
            self.assertEqual(rows.count(f"2026-06-03T09:15:{second:02}Z"), 1, second)
        self.assertNotIn('"event":"defect"', self.log(server))

    def test_a_sync_that_fails_acknowledges_nothing_and_loses_nothing(self):
        self.disk_fails("sync_fails")

    def test_a_full_disk_acknowledges_nothing_and_loses_nothing(self):
        self.disk_fails("write_fails")

    def stop_with_a_disk_that_stalls(self, config):
        """A server with five decisions that was told to end while the disk takes no bytes."""
        server = self.start(config=config, options=())
        self.faults["sync_stalls"] = 1
        for _ in range(5):
            self.assertTrue(self.call(server), "hook calls go on")
        self.until(lambda: self.faults["failures"] > 0)
        server.process.terminate()
        self.until(lambda: '"event":"stopping"' in self.log(server))
        return server

    def log(self, server):
        return Path(server.folder, "log").read_text(encoding="utf-8")

    def test_a_disk_that_stalls_at_the_end_is_waited_for(self):
        server = self.stop_with_a_disk_that_stalls('[service]\nprofile = "standard"\n')
        with self.assertRaises(subprocess.TimeoutExpired):
            server.process.wait(0.5)
        self.faults["sync_stalls"] = 0
        self.assertEqual(server.process.wait(harness.PATIENCE), 0)
        self.assertNotIn("decisions-not-written", self.log(server))
        with contextlib.closing(sqlite3.connect(Path(server.folder, "data/decisions.sqlite"))) as connection:
            self.assertEqual(connection.execute("SELECT count(*) FROM decision").fetchall(), [(5,)])

    def test_a_disk_that_stalls_for_too_long_is_said(self):
        server = self.stop_with_a_disk_that_stalls('[service]\nprofile = "standard"\n[limits]\nstore_flush_ms = 300\n')
        self.until(lambda: '"event":"decisions-not-written"' in self.log(server))
        self.faults["sync_stalls"] = 0
        self.assertEqual(server.process.wait(harness.PATIENCE), 1)

    def test_a_clock_that_is_set_disturbs_no_connection(self):
        server = self.start(config="[service]\nprofile = \"standard\"\n[limits]\nidle_ms = 1500\nqueue_wait_ms = 10000\n", options=())
        idle = Wire(server.port)
        self.addCleanup(idle.socket.close)
        self.assertEqual(idle.send(PROBE).answer().status, 200)
        with Traffic(server.port, 2) as traffic:
            for step in (86_400, -86_400, 400 * 86_400, -400 * 86_400, 0):
                self.faults["clock_ahead"] = step
                traffic.wait(0.3, len(traffic.seconds) + 10)
        self.assertEqual((set(traffic.statuses), traffic.failures), ({200}, []))
        # A deadline is one of time that passed, whatever the clock says.
        self.assertIsNone(idle.answer())
        self.assertFalse(idle.reset)

    def test_a_clock_that_goes_back_lets_no_used_token_in_again(self):
        signer = Signer()
        keys = Path(self.folder, "keys.json")
        keys.write_text(json.dumps(key_set(signer)), encoding="utf-8")
        server = self.start(config=CONFIG.format(keys=keys), options=())
        audience = f"http://127.0.0.1:{server.port}/renal/cds-services"

        def ask(token):
            return server.exchange("GET", "/cds-services", headers={"Authorization": f"Bearer {token}"})[0]

        def made(ahead=0):
            now = int(time.time()) + ahead
            return signer.token(audience, iat=now, exp=now + 300)

        used = made()
        self.assertEqual(ask(used), 200)
        self.assertEqual(ask(used), 401, "once")
        self.faults["clock_ahead"] = 7_200
        self.assertEqual(ask(made()), 401, "two hours old")
        for _ in range(200):  # memory forgets what is past, part by part
            self.assertEqual(ask(made(7_200)), 200)
        self.faults["clock_ahead"] = 0
        self.assertEqual(ask(made(7_200)), 401, "from the future")
        self.assertEqual(ask(used), 401, "still once")
        self.until(lambda: ask(made()) == 200, 30)

    def test_no_more_files_for_connections(self):
        server = self.start()
        with Wire(server.port) as known:
            # Busy with the next request, so that it is not given up for others.
            self.assertEqual(known.send(PROBE + PROBE[:10]).answer().status, 200)
            self.faults["accept_fails"] = 1
            late = [Wire(server.port).send(PROBE) for _ in range(20)]
            self.until(lambda: self.faults["failures"] > 0)
            self.assertEqual(known.send(PROBE[10:]).answer().status, 200)
            self.faults["accept_fails"] = 0
            self.assertEqual([wire.answer().status for wire in late], [200] * 20)
            for wire in late:
                wire.socket.close()

    def test_want_of_memory_costs_the_call_and_is_counted(self):
        metrics = harness.free_port()
        server = self.start(config=f'[service]\nprofile = "standard"\n[metrics]\nenabled = true\nport = {metrics}\n', options=())
        body = post(with_observations(15_000, observation))
        self.faults["memory_fails"] = 1
        for _ in range(3):
            with Wire(server.port) as wire:
                answer = wire.send(body).answer()
            self.assertEqual((answer.status, answer.headers["retry-after"], answer.json()["issue"][0]["code"]), (503, "1", "throttled"))
        self.assertGreaterEqual(self.faults["failures"], 3)
        self.assertTrue(self.call(server), "one that needs little has its cards")
        self.faults["memory_fails"] = 0
        with Wire(server.port) as wire:
            self.assertEqual(wire.send(body).answer().status, 200)
        name = "renalpath_limit_reached_total"
        counted = exposition.until(metrics, lambda found: found.value(name, limit="memory") >= 3)
        self.assertEqual({limit: counted.value(name, limit=limit) for limit in LIMITS}, {**dict.fromkeys(LIMITS, 0), "memory": 3})

    def test_files_that_are_read_and_written_in_parts(self):
        server = self.start()
        card = self.call(server)[0]["uuid"]
        self.faults["short_io"] = 1
        for second in range(20):
            self.assertEqual(self.feedback(server, card, second)[0], 200)
        self.assertGreater(self.faults["failures"], 20)
        self.assertEqual(self.stored(server)[:20], [f"2026-06-03T09:15:{second:02}Z" for second in range(20)])


if __name__ == "__main__":
    unittest.main()
