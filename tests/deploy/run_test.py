"""Tests of deploy/run against a made-up server: the command's own steps, without a build."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"

SERVER = '''#!/usr/bin/env python3
import http.server, json, os, pathlib, sys
mode = os.environ["FAKE_MODE"]
assert sys.argv[1] == "serve" and sys.argv[2] == "--port" and sys.argv[4] == "--data", sys.argv
assert pathlib.Path(sys.argv[5]).is_dir()
assert sys.argv[6] == "--config" and "[console]\\nenabled = true" in pathlib.Path(sys.argv[7]).read_text()
assert json.loads(pathlib.Path(sys.argv[7]).with_name("samples").joinpath("small-peripheral-tumour.order-sign.json").read_text())
pathlib.Path("pid").write_text(str(os.getpid()))
if mode == "dies":
    sys.exit("broken configuration")
class Handler(http.server.BaseHTTPRequestHandler):
    def reply(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
    def do_GET(self):
        self.reply(200 if self.path == "/health/ready" else 404, {})
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path == "/cds-services/onc-kidney-2018-order-sign", self.path
        assert self.headers["Content-Type"] == "application/json"
        card = {"summary": "Seen " + body["hook"], "indicator": "info", "source": {"label": "S"}}
        self.reply(400 if mode == "refuses" else 200, {"cards": [card] if mode == "card" else []})
    def log_message(self, *args):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[3])), Handler).serve_forever()
'''


def write_program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


class RunTest(unittest.TestCase):
    def setUp(self):
        self.tree = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.tree)
        (self.tree / "deploy" / "sample").mkdir(parents=True)
        for name in ("run", "lib.sh", "print-cards.py", "as-of-today.py"):
            shutil.copy(DEPLOY / name, self.tree / "deploy" / name)
        sample = self.tree / "deploy" / "sample" / "small-peripheral-tumour.order-sign.json"
        sample.write_text('{"hook": "order-sign"}')
        write_program(self.tree / "deploy" / "install-packages", "#!/bin/sh\n")
        write_program(self.tree / "bin" / "cmake", "#!/bin/sh\n")
        write_program(self.tree / "build" / "release" / "bin" / "renalpath", SERVER)
        (self.tree / "scratch").mkdir()
        # Bound here, so that nobody else is given it meanwhile; the made-up server may still listen there.
        holder = socket.socket()
        self.addCleanup(holder.close)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        self.port = holder.getsockname()[1]

    def start(self, mode, *options):
        environment = dict(
            os.environ,
            FAKE_MODE=mode,
            PORT=str(self.port),
            PATH=f"{self.tree / 'bin'}:{os.environ['PATH']}",
            TMPDIR=str(self.tree / "scratch"),
        )
        return subprocess.Popen(
            [self.tree / "deploy" / "run", *options], cwd=self.tree, env=environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            # A shell cannot trap what was ignored when it started, as in background jobs.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def finish(self, process):
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def assert_nothing_left(self):
        self.assertEqual(list((self.tree / "scratch").iterdir()), [])
        with self.assertRaises(ProcessLookupError):
            os.kill(int((self.tree / "pid").read_text()), 0)

    def test_once_shows_the_card_and_stops_the_server(self):
        status, out, err = self.finish(self.start("card", "--once"))
        self.assertEqual(status, 0, err)
        self.assertIn("[1/1] Seen order-sign", out)
        self.assertIn(f"http://127.0.0.1:{self.port}/cds-services\n", out)
        self.assertIn(f"console     http://127.0.0.1:{self.port}/\n", out)
        self.assertIn(f"http://127.0.0.1:{self.port}/health/ready", out)
        self.assert_nothing_left()

    def test_serves_until_it_is_interrupted(self):
        process = self.start("card")
        while "Ctrl-C" not in process.stderr.readline():
            self.assertIsNone(process.poll())
        time.sleep(0.2)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        status, _, err = self.finish(process)
        self.assertEqual(status, 0, err)
        self.assert_nothing_left()

    def test_fails_when_no_card_comes(self):
        status, _, err = self.finish(self.start("empty", "--once"))
        self.assertNotEqual(status, 0)
        self.assertIn("holds no card", err)
        self.assert_nothing_left()

    def test_fails_when_the_order_is_refused(self):
        status, _, err = self.finish(self.start("refuses", "--once"))
        self.assertNotEqual(status, 0)
        self.assertIn("status 400", err)
        self.assert_nothing_left()

    def test_fails_with_the_log_when_the_server_ends(self):
        status, _, err = self.finish(self.start("dies", "--once"))
        self.assertNotEqual(status, 0)
        self.assertIn("broken configuration", err)
        self.assertIn("ended while starting", err)
        self.assert_nothing_left()

    def test_says_that_the_port_is_in_use(self):
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(("127.0.0.1", self.port))
            other.listen()
            status, _, err = self.finish(self.start("card", "--once"))
        self.assertEqual(status, 1)
        self.assertIn(f"port {self.port} is in use", err)
        self.assertFalse((self.tree / "pid").exists())

    def test_refuses_bad_ports_and_unknown_options(self):
        for port in ("0", "65536", "x", "1 2"):
            with self.subTest(port=port):
                self.port = port
                status, _, err = self.finish(self.start("card", "--once"))
                self.assertEqual(status, 1)
                self.assertIn("is not a port", err)
        status, _, err = self.finish(self.start("card", "--twice"))
        self.assertEqual(status, 1)
        self.assertIn("unknown option '--twice'", err)


if __name__ == "__main__":
    unittest.main()
