"""Runs the renalpath binary for the end-to-end tests: batches of requests, and a server.

The binary's path is the environment variable RENALPATH, set by ctest.
"""

import atexit
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from dialects import NOW

BINARY = os.environ.get("RENALPATH", "renalpath")
SANITIZED = any(word in Path(BINARY).resolve().as_posix() for word in ("/asan/", "/tsan/"))
SEED = "7"
# What no test should ever wait for, in seconds. A machine may stand still for some of them, and no test fails for that.
PATIENCE = 60
# Limits that tell a server that is slow from one that is away: at their most, so that a slow machine is neither. A test that
# is about one of them sets it in its configuration.
PATIENT = {"queue_wait_ms": 10_000, "held_wait_ms": 10_000, "evaluation_ms": 60_000, "handshake_ms": 60_000,
           "fetch_ms": 30_000, "server_connect_ms": 30_000, "jwks_fetch_ms": 10_000, "store_feedback_wait_ms": 30_000,
           "store_token_wait_ms": 10_000, "store_quiet_wait_ms": 5_000, "store_measure_wait_ms": 60_000,
           "store_flush_ms": 60_000, "drain_ms": 60_000, "linger_ms": 10_000}


def patient(config=""):
    """The environment of a server with the limits above, but for those that its configuration names."""
    return {f"RENALPATH_LIMITS_{key.upper()}": str(value) for key, value in PATIENT.items() if key not in (config or "")}


def until(holds, what="it did not come to that"):
    """The first value of `holds` that is true."""
    end = time.monotonic() + PATIENCE
    while not (found := holds()):
        if time.monotonic() > end:
            raise AssertionError(what() if callable(what) else what)
        time.sleep(0.02)
    return found


def _run(arguments, text):
    done = subprocess.run([BINARY, *arguments], input=text, capture_output=True, encoding="utf-8", timeout=280,
                          check=False)
    if done.returncode != 0:
        raise AssertionError(f"renalpath {' '.join(arguments)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def evaluate(requests, cards=False, now=NOW, language=None):
    """The outcome (with `cards`: the whole answer) of each request, all in one process."""
    requests = list(requests)
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson", encoding="utf-8") as file:
        for request in requests:
            file.write(json.dumps(request, ensure_ascii=False) + "\n")
        file.flush()
        options = ["--cards"] if cards else []
        options += ["--language", language] if language else []
        answers = _run(["evaluate", file.name, "--ndjson", "--now", now, "--seed", SEED, *options], "")
    if len(answers) != len(requests):
        raise AssertionError(f"{len(requests)} requests gave {len(answers)} answers")
    return answers


def free_port():
    """A port of loopback that the system gives to nobody else as long as this program lives: it stays bound here, in a way
    that lets a server of ours listen there."""
    holder = socket.socket()
    atexit.register(holder.close)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    return holder.getsockname()[1]


class Server:
    """A server of its own on a free loopback port; use as a context manager. Without `now`, its clock and its
    UUIDs are the real ones.

    `config` is the text of its configuration file, in which {port} and {folder} stand for its port
    and for a folder of its own; other braces are doubled. `tls` is the ssl.SSLContext of a client
    where the server speaks TLS. `environment` is added to that of the program. `port` is a port of
    its own where none is given; so is `data`, the folder of its store.
    """

    def __init__(self, now=NOW, options=(), config=None, tls=None, environment=None, port=None,
                 data=None):
        self.port = port
        self.data = data
        self.environment = environment
        self.now = now
        self.tls = tls
        self.options = options
        self.config = config

    def __enter__(self):
        self.folder = tempfile.mkdtemp()
        self.log = open(os.path.join(self.folder, "log"), "w+", encoding="utf-8")
        self.port = self.port or free_port()
        os.mkdir(os.path.join(self.folder, "data"))
        if self.config is not None:
            file = Path(self.folder, "renalpath.toml")
            file.write_text(self.config.format(port=self.port, folder=self.folder), encoding="utf-8")
            self.options = ["--config", str(file), *self.options]
        self.process = subprocess.Popen(
            [BINARY, "serve", "--port", str(self.port), "--data", str(self.data or os.path.join(self.folder, "data")),
             *(["--now", self.now, "--seed", SEED] if self.now else []), *self.options],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
            env={**os.environ, **patient(self.config), **(self.environment or {})})
        try:
            self._await_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *unused):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder)

    def _await_ready(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if self.call("GET", "/health/ready")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        log = Path(self.folder, "log").read_text(encoding="utf-8")
        raise AssertionError(f"the server did not become ready: {log[-2000:]}")

    def call(self, method, path, body=None):
        """Status and decoded JSON body (None where there is none) of one call."""
        status, _, answer = self.exchange(method, path, body)
        return status, answer

    def connect(self):
        """A connection that is opened by its first request."""
        if self.tls is None:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE, context=self.tls)

    def exchange(self, method, path, body=None, headers=()):
        """Status, headers and decoded JSON body (None where there is none) of one call."""
        connection = self.connect()
        try:
            fields = dict(headers)
            if body is not None:
                fields["Content-Type"] = "application/json"
            payload = None if body is None else json.dumps(body).encode()
            connection.request(method, path, payload, fields)
            answer = connection.getresponse()
            text = answer.read()
            try:
                return answer.status, answer.headers, json.loads(text)
            except ValueError:
                return answer.status, answer.headers, None
        finally:
            connection.close()

    def log_with(self, words):
        """Its log, once it holds these words and ends with a whole line: lines are written after the answers."""
        path = Path(self.folder, "log")

        def log():
            text = path.read_text(encoding="utf-8")
            return text if words in text and text.endswith("\n") else None

        return until(log, lambda: f"the log lacks {words}: {path.read_text(encoding='utf-8')[-2000:]}")

    def ask(self, request):
        """The answer of the hook's service to a request."""
        status, answer = self.call("POST", f"/cds-services/onc-kidney-2018-{request['hook']}", request)
        if status != 200:
            raise AssertionError(f"status {status}: {answer}")
        return answer
