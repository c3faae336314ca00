"""A client that sends bytes as they are, and what every abuse test needs: the real server, good requests, memory."""

import json
import os
import socket
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import calls  # noqa: E402
import harness  # noqa: E402

SERVICE = f"/cds-services/{calls.SERVICE}"
PROFILE = ["--profile", "standard"]
GOOD = json.dumps(calls.sample(calls.VIEW)).encode()
# No word of an error may come from the request: rows that want to know put this in.
MARK = "canary7marker"


def head(target=SERVICE, method="POST", *fields, version="HTTP/1.1", host="Host: a"):
    lines = [f"{method} {target} {version}", *([host] if host else []), *fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def post(body=GOOD, target=SERVICE, *fields):
    return head(target, "POST", "Content-Type: application/json", f"Content-Length: {len(body)}", *fields) + body


def chunked(*chunks, trailer=b"\r\n", fields=()):
    text = head(SERVICE, "POST", "Content-Type: application/json", "Transfer-Encoding: chunked", *fields)
    for chunk in chunks:
        text += b"%x\r\n%s\r\n" % (len(chunk), chunk)
    return text + b"0\r\n" + trailer


PROBE = head("/health/live", "GET")


class Answer:
    def __init__(self, raw_head, body):
        first, *rest = raw_head.decode("latin-1").split("\r\n")
        self.status = int(first.split(" ")[1])
        self.headers = {}
        for line in rest:
            name, _, value = line.partition(":")
            self.headers[name.lower()] = value.strip()
        self.body = body
        self.text = body.decode("utf-8")

    def json(self):
        return json.loads(self.text)


class Wire:
    """One connection."""

    def __init__(self, port, timeout=harness.PATIENCE, source=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout,
                                               source_address=(source, 0) if source else None)
        self.held = b""
        self.reset = False

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.socket.close()

    def send(self, data):
        """Sends what the other side still takes."""
        try:
            self.socket.sendall(data)
        except OSError:
            self.reset = True
        return self

    def half_close(self):
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.reset = True
        return self

    def _more(self):
        try:
            got = self.socket.recv(65536)
        except ConnectionError:
            self.reset = True
            return False
        self.held += got
        return bool(got)

    def answer(self, body=True):
        """The next answer; None where the connection ends before one."""
        while b"\r\n\r\n" not in self.held:
            if not self._more():
                return None
        raw, self.held = self.held.split(b"\r\n\r\n", 1)
        if raw.startswith(b"HTTP/1.1 100"):
            return Answer(raw, b"")
        length = int(Answer(raw, b"").headers.get("content-length", 0)) if body else 0
        while len(self.held) < length:
            if not self._more():
                raise AssertionError("an answer was cut off")
        got, self.held = self.held[:length], self.held[length:]
        return Answer(raw, got)

    def rest(self):
        """Every answer up to the end of the connection."""
        answers = []
        while (answer := self.answer()) is not None:
            answers.append(answer)
        return answers


def resident(pid):
    """Memory of a process, in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def peak(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no peak")


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def files(pid):
    """Open files of a process; 0 where we may not look, as at another user's."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except PermissionError:
        return 0


# A sanitizer keeps what was freed and has tables of its own: figures of memory say nothing there.
SANITIZED = harness.SANITIZED
MEBI = 1024 * 1024


class AbuseTest(unittest.TestCase):
    """One server for each class. After each test a good request gets its cards, the process is the one that began,
    and its memory is about what it was when it was warm."""

    CONFIG = None
    OPTIONS = PROFILE
    GROWTH = 48 * MEBI

    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server(options=cls.OPTIONS, config=cls.CONFIG).__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.pid = cls.server.process.pid
        for _ in range(20):
            cls.expected = cls.cards()
        cls.warm = resident(cls.pid)

    @classmethod
    def cards(cls):
        with Wire(cls.server.port) as wire:
            answer = wire.send(post()).answer()
            if answer.status != 200:
                raise AssertionError(f"a good request got {answer.status}: {answer.text}")
            return answer.text

    def setUp(self):
        self.addCleanup(self.after)

    def after(self):
        self.assertIsNone(self.server.process.poll(), "the process must live on")
        self.assertEqual(self.cards(), self.expected)
        if not SANITIZED:
            self.assertLess(resident(self.pid) - self.warm, self.GROWTH)

    def wire(self, **options):
        wire = Wire(self.server.port, **options)
        self.addCleanup(wire.__exit__)
        return wire

    def is_error(self, answer, statuses, name=""):
        """An answer in the shape of an error, with nothing of the request in it."""
        self.assertIsNotNone(answer, f"{name}: no answer")
        self.assertIn(answer.status, statuses, f"{name}: {answer.text}")
        body = answer.json()
        self.assertEqual(body["resourceType"], "OperationOutcome", name)
        self.assertEqual(len(body["issue"]), 1, name)
        self.assertEqual(body["issue"][0]["severity"], "error", name)
        self.assertLessEqual(len(body["issue"][0]["diagnostics"]), 256, name)
        self.assertLessEqual(len(answer.body), 4096, name)
        self.assertNotIn(MARK, answer.text, name)
        for field, value in (("content-type", "application/json"), ("cache-control", "no-store"),
                             ("x-content-type-options", "nosniff"), ("server", "renalpath")):
            self.assertEqual(answer.headers.get(field), value, name)
        if answer.status == 503:
            self.assertIn("retry-after", answer.headers, name)
        return body["issue"][0]
