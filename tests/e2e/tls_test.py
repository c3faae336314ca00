"""The server over TLS: versions, ciphers, client certificates, a new certificate without a restart."""

import http.client
import json
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import warnings
from pathlib import Path

from certificates import Authority
from harness import BINARY, PATIENCE, Server, until

CONFIG = """
[tls]
certificate = "{certificate}"
key = "{key}"
{more}
"""


def client(authority, lowest=ssl.TLSVersion.TLSv1_2, highest=ssl.TLSVersion.TLSv1_3):
    context = ssl.create_default_context(cafile=str(authority.certificate))
    # Debian's policy would refuse what the server is to refuse.
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old versions are what some tests are about
        context.minimum_version = lowest
        context.maximum_version = highest
    return context


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.authority = Authority(cls.folder)
        cls.certificate, cls.key = cls.authority.issue("first")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def config(self, more=""):
        return CONFIG.format(certificate=self.certificate, key=self.key, more=more)

    def server(self, more="", tls=None):
        return Server(config=self.config(more), tls=tls or client(self.authority))

    def handshake(self, server, context, name="localhost"):
        """Protocol, cipher and the server's certificate in DER; raises ssl.SSLError."""
        with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as plain:
            with context.wrap_socket(plain, server_hostname=name) as secured:
                secured.sendall(b"GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                answer = b""
                while piece := secured.recv(4096):
                    answer += piece
                self.assertTrue(answer.startswith(b"HTTP/1.1 200"), answer)
                return secured.version(), secured.cipher()[0], secured.getpeercert(binary_form=True)

    def test_answers_with_each_version_and_nothing_older(self):
        old, new = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
        with self.server() as server:
            self.assertEqual(self.handshake(server, client(self.authority, new, new))[0], "TLSv1.3")
            version, cipher, _ = self.handshake(server, client(self.authority, old, old))
            self.assertEqual(version, "TLSv1.2")
            self.assertRegex(cipher, "^ECDHE-ECDSA-(AES(128|256)-GCM-SHA(256|384)|CHACHA20-POLY1305)$")
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                self.handshake(server, client(self.authority, ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1))
            self.assertEqual(server.call("GET", "/health/live")[0], 200)

    def test_refuses_weak_ciphers(self):
        with self.server() as server:
            for cipher in ("ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA", "ECDHE-ECDSA-AES128-CCM"):
                context = client(self.authority, highest=ssl.TLSVersion.TLSv1_2)
                context.set_ciphers(cipher + ":@SECLEVEL=0")
                with self.subTest(cipher), self.assertRaises((ssl.SSLError, ConnectionError)):
                    self.handshake(server, context)

    def test_serves_large_bodies_on_one_connection(self):
        with self.server() as server:
            connection = server.connect()
            for size in (0, 1, 16_384, 1_000_000):
                connection.request("POST", "/cds-services/onc-kidney-2018", json.dumps({"x": "y" * size}),
                                   {"Content-Type": "application/json"})
                answer = connection.getresponse()
                self.assertEqual(answer.status, 400)
                self.assertEqual(json.load(answer)["resourceType"], "OperationOutcome")
            connection.request("GET", "/cds-services")
            self.assertGreater(len(json.load(connection.getresponse())["services"]), 0)
            connection.close()

    def test_closes_what_is_no_tls_and_goes_on(self):
        with self.server() as server:
            for bytes_ in (b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"\x00" * 4096, b"\x00"):
                with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as plain:
                    plain.sendall(bytes_)
                    plain.shutdown(socket.SHUT_WR)
                    try:
                        while piece := plain.recv(4096):
                            self.assertNotIn(b"HTTP/1.1 200", piece)
                    except ConnectionError:
                        pass
                self.assertEqual(server.call("GET", "/health/live")[0], 200)

    def test_gives_up_on_a_handshake_that_does_not_end(self):
        with self.server("[limits]\nhandshake_ms = 1000\n") as server:
            began = time.monotonic()
            with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as silent:
                self.assertEqual(silent.recv(1), b"")
            self.assertGreaterEqual(time.monotonic() - began, 1)

    def test_asks_for_client_certificates_as_configured(self):
        certificate, key = self.authority.issue("ehr", "DNS:ehr.example")
        stranger = Authority(self.folder, "stranger").issue("other", "DNS:ehr.example")
        known, unknown = client(self.authority), client(self.authority)
        known.load_cert_chain(certificate, key)
        unknown.load_cert_chain(*stranger)
        ca = f'client_ca = "{self.authority.certificate}"\n'
        with self.server(ca + 'clients = "required"', known) as server:
            self.assertEqual(server.call("GET", "/health/live")[0], 200)
            for context in (client(self.authority), unknown):
                with self.assertRaises((ssl.SSLError, ConnectionError)):
                    self.handshake(server, context)
        with self.server(ca + 'clients = "optional"') as server:
            self.handshake(server, client(self.authority))
            self.handshake(server, known)
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                self.handshake(server, unknown)

    def test_takes_a_new_certificate_without_dropping_connections(self):
        used = [Path(self.folder, name) for name in ("used.pem", "used.key")]

        def put(certificate, key):
            shutil.copy(certificate, used[0])
            shutil.copy(key, used[1])

        put(self.certificate, self.key)
        config = CONFIG.format(certificate=used[0], key=used[1], more="")
        with Server(config=config, tls=client(self.authority)) as server:
            kept = server.connect()
            kept.request("GET", "/health/live")
            answer = kept.getresponse()
            self.assertEqual(answer.status, 200)
            answer.read()
            first = self.handshake(server, client(self.authority))[2]
            put(*self.authority.issue("second"))
            server.process.send_signal(signal.SIGHUP)
            second = self.await_certificate(server, lambda seen: seen != first)
            used[1].write_text("no key", encoding="utf-8")
            server.process.send_signal(signal.SIGHUP)
            log = Path(server.folder, "log")
            until(lambda: "reload-refused" in log.read_text(encoding="utf-8"), "the broken key was not refused")
            self.assertEqual(self.handshake(server, client(self.authority))[2], second)
            kept.request("GET", "/health/live")
            self.assertEqual(kept.getresponse().status, 200)
            kept.close()

    def await_certificate(self, server, good):
        def seen():
            certificate = self.handshake(server, client(self.authority))[2]
            return certificate if good(certificate) else None

        return until(seen, "the new certificate was not taken")

    def test_says_which_file_keeps_it_from_starting(self):
        other = self.authority.issue("third")[1]
        rows = {
            "no certificate": (self.folder + "/none.pem", self.key, "the certificate cannot be used"),
            "no key": (self.certificate, self.folder + "/none.key", "the key cannot be used"),
            "another's key": (self.certificate, other, "the key cannot be used"),
        }
        for name, (certificate, key, words) in rows.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                file = Path(folder, "c.toml")
                file.write_text(CONFIG.format(certificate=certificate, key=key, more=""), encoding="utf-8")
                done = subprocess.run([BINARY, "serve", "--config", file, "--port", "0", "--data", Path(folder, "data")],
                                      capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False)
                self.assertEqual(done.returncode, 1)
                self.assertIn(words, done.stderr)

    def test_drains_tls_connections(self):
        with self.server() as server:
            kept = server.connect()
            kept.request("GET", "/health/live")
            kept.getresponse().read()
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(server.process.wait(PATIENCE), 0)
            with self.assertRaises((OSError, http.client.HTTPException)):
                kept.request("GET", "/health/live")
                kept.getresponse()


if __name__ == "__main__":
    unittest.main()
