"""Clients of the tests' own making: keys and signed tokens by the openssl command, and the HTTPS endpoint of their
key sets. Nothing here knows how the server checks them."""

import base64
import http.server
import itertools
import json
import ssl
import subprocess
import tempfile
import threading
import time
from pathlib import Path

NUMBERS = itertools.count(1)


def encoded(data):
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _openssl(*arguments, text=b""):
    done = subprocess.run(["openssl", *map(str, arguments)], input=text, capture_output=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"openssl {arguments[0]}: {done.stderr.decode()}")
    return done.stdout


def _integer(der):
    """The first INTEGER of a DER text, and what is behind it."""
    assert der[0] == 2 and der[1] < 128, der
    return int.from_bytes(der[2:2 + der[1]], "big"), der[2 + der[1]:]


class Signer:
    """A key on P-384; signs ES384."""

    SIZE = 48

    def __init__(self, kid="key-1"):
        self.kid = kid
        self._file = tempfile.NamedTemporaryFile(suffix=".pem")
        self._file.write(_openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"))
        self._file.flush()
        point = _openssl("pkey", "-in", self._file.name, "-pubout", "-outform", "DER")[-2 * self.SIZE:]
        self.jwk = {"kty": "EC", "crv": "P-384", "kid": kid, "use": "sig", "alg": "ES384",
                    "x": encoded(point[:self.SIZE]), "y": encoded(point[self.SIZE:])}

    def sign(self, text):
        der = _openssl("dgst", "-sha384", "-sign", self._file.name, text=text)
        rest = der[3:] if der[1] == 0x81 else der[2:]
        r, rest = _integer(rest)
        s, _ = _integer(rest)
        return r.to_bytes(self.SIZE, "big") + s.to_bytes(self.SIZE, "big")

    def token(self, audience, issuer="https://ehr.example", header=(), signature=None, **claims):
        """A good token; a claim or header member of None is left out, others take the place of the usual ones."""
        now = int(time.time())
        head = {"alg": "ES384", "typ": "JWT", "kid": self.kid, **dict(header)}
        payload = {"iss": issuer, "aud": audience, "iat": now, "exp": now + 300, "jti": f"jti-{next(NUMBERS)}-{now}",
                   **claims}
        parts = [encoded(json.dumps({name: value for name, value in part.items() if value is not None}).encode())
                 for part in (head, payload)]
        text = ".".join(parts)
        made = self.sign(text.encode()) if signature is None else signature
        return f"{text}.{encoded(made)}"


def key_set(*signers):
    return {"keys": [signer.jwk for signer in signers]}


class KeyEndpoint:
    """An HTTPS server on loopback for one key set, which may be changed, delayed or refused; counts its calls."""

    def __init__(self, authority, keys):
        self.keys = keys
        self.status = 200
        self.headers = {}
        self.calls = 0
        certificate, key = authority.issue("keys")
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._server = None
        self.port = None

    @property
    def url(self):
        return f"https://localhost:{self.port}/jwks"

    def start(self):
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                endpoint.calls += 1
                body = json.dumps(endpoint.keys).encode()
                self.send_response(endpoint.status)
                for name, value in {"Content-Type": "application/json", **endpoint.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *unused):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port or 0), Handler)
        self._server.socket = self._context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self):
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *unused):
        self.stop()
