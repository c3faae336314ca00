"""Clients prove who they are: tokens against the real server (S-61 to S-65 and S-68 of cds-hooks.md section 13)."""

import http.client
import json
import shutil
import tempfile
import time
import unittest
from pathlib import Path

from certificates import Authority
from dialects import condition, concept, hook_request, ICD10CM
from harness import PATIENCE, Server, until
from tokens import KeyEndpoint, Signer, encoded, key_set

DISCOVERY = "/cds-services"
SERVICE = "/cds-services/onc-kidney-2018"
CONFIG = """
[listen]
public_url = "http://127.0.0.1:{{port}}/renal"
{more}
[[client]]
name = "hospital-ehr"
issuer = "https://ehr.example"
audiences = ["urn:typed-by-hand"]
{client}
"""


def patient_view():
    return hook_request([condition("rcc", concept(ICD10CM, "C64.1"))], hook="patient-view")


class TokenTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.authority = Authority(cls.folder)
        cls.signer = Signer()
        cls.file = Path(cls.folder, "keys.json")
        cls.file.write_text(json.dumps(key_set(cls.signer)), encoding="utf-8")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def server(self, client=None, more=""):
        given = f'jwks_file = "{self.file}"'
        return Server(now=None, config=CONFIG.format(client=given if client is None else client, more=more))

    def at(self, endpoint):
        """The configuration of a client whose keys are at an endpoint."""
        return (f'[[client.jwks]]\nurl = "{endpoint.url}"\nallow_cidr = ["127.0.0.0/8", "::1/128"]\n'
                f'ca_file = "{self.authority.certificate}"\n')

    def token(self, server, path=DISCOVERY, signer=None, **changes):
        audience = changes.pop("aud", f"http://127.0.0.1:{server.port}/renal{path}")
        return (signer or self.signer).token(audience, **changes)

    def call(self, server, token, path=DISCOVERY, body=None):
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return server.exchange("GET" if body is None else "POST", path, body, headers)

    def status(self, server, token, path=DISCOVERY, body=None):
        return self.call(server, token, path, body)[0]

    def log_of(self, server, words=""):
        """The server's log, which holds `words`: an answer may be there before its line."""
        return server.log_with(words)

    def test_s61_every_call_needs_a_token(self):
        with self.server() as server:
            for path, body in ((DISCOVERY, None), (SERVICE, patient_view()), ("/cds-services/nothing", {})):
                status, headers, answer = self.call(server, None, path, body)
                self.assertEqual(status, 401, path)
                self.assertEqual(headers["WWW-Authenticate"], "Bearer")
                self.assertEqual(headers["Cache-Control"], "no-store")
                self.assertEqual(answer["issue"][0]["code"], "login")
            self.assertEqual(server.call("GET", "/health/live")[0], 200)
            self.assertEqual(self.status(server, self.token(server)), 200)
            self.assertEqual(self.status(server, self.token(server, SERVICE), SERVICE, patient_view()), 200)

    def test_s61_feedback_and_measures_need_one_too(self):
        feedback = {"feedback": [{"card": "4c8a5f4e-4f5f-4a3e-9d6c-1f8e5b1f2f11", "outcome": "overridden",
                                  "outcomeTimestamp": "2026-03-02T09:00:00Z"}]}
        path = f"{SERVICE}/feedback"
        with self.server() as server:
            self.assertEqual(self.status(server, None, path, feedback), 401)
            self.assertEqual(self.status(server, None, "/measures"), 401)
            for audience in (path, SERVICE):
                self.assertEqual(self.status(server, self.token(server, audience), path, feedback), 200, audience)
            for audience in (DISCOVERY, "/cds-services/another/feedback"):
                self.assertEqual(self.status(server, self.token(server, audience), path, feedback), 401, audience)
            self.assertEqual(self.status(server, self.token(server, "/measures"), "/measures"), 200)

    def test_s61_a_service_is_unknown_only_to_those_who_may_know(self):
        with self.server() as server:
            path = "/cds-services/nothing"
            self.assertEqual(self.status(server, self.token(server, path), path, patient_view()), 404)

    def test_s61_discovery_can_be_opened(self):
        with self.server(more="[auth]\nopen_discovery = true") as server:
            self.assertEqual(self.status(server, None), 200)
            self.assertEqual(self.status(server, None, SERVICE, patient_view()), 401)

    def test_s68_all_refusals_look_the_same(self):
        with self.server() as server:
            now = int(time.time())
            stranger = Signer()
            good = self.token(server)
            self.assertEqual(self.status(server, good), 200)
            bad = [None, "", "x", good, self.token(server, exp=now - 61), self.token(server, iat=now + 90),
                   self.token(server, nbf=now + 90), self.token(server, exp=now + 4000), self.token(server, jti=None),
                   self.token(server, iss="https://ehr.example/"), self.token(server, signer=stranger),
                   self.token(server, aud="https://elsewhere.example/cds-services"), self.token(server, SERVICE),
                   self.token(server, aud=[f"http://127.0.0.1:{server.port}/renal{DISCOVERY}", "b"]),
                   self.token(server, header={"kid": "key-2"}), self.token(server, header={"typ": "at+jwt"}),
                   self.token(server, header={"crit": ["exp"]}), self.token(server, signature=bytes(96)),
                   f"{good}.{good}", good + "=", good[:-8]]
            bodies = set()
            for token in bad:
                status, headers, answer = self.call(server, token)
                self.assertEqual(status, 401, token)
                self.assertEqual(headers["WWW-Authenticate"], "Bearer")
                bodies.add(json.dumps(answer))
            self.assertEqual(len(bodies), 1)

    def test_s63_unsigned_and_symmetric_tokens_are_refused(self):
        with self.server() as server:
            for algorithm in ("none", "None", "HS256", "HS384", "HS512"):
                self.assertEqual(self.status(server, self.token(server, header={"alg": algorithm})), 401)
            self.assertEqual(self.status(server, self.token(server, header={"alg": "none"}, signature=b"")), 401)

    def test_s64_the_operator_chooses_the_algorithms(self):
        with self.server(more='[auth]\nalgorithms = ["RS384", "PS256"]') as server:
            self.assertEqual(self.status(server, self.token(server)), 401)
        with self.server(more='[auth]\nalgorithms = ["ES384"]') as server:
            self.assertEqual(self.status(server, self.token(server)), 200)

    def test_s68_audience_by_hand_and_as_a_list_of_one(self):
        with self.server() as server:
            own = f"http://127.0.0.1:{server.port}/renal{DISCOVERY}"
            for audience in ("urn:typed-by-hand", ["urn:typed-by-hand"], [own]):
                self.assertEqual(self.status(server, self.token(server, aud=audience)), 200)
            # Neither Host nor the target's authority counts.
            token = self.token(server, aud=f"http://evil.example{DISCOVERY}")
            self.assertEqual(server.exchange("GET", DISCOVERY, None, {
                "Authorization": f"Bearer {token}", "Host": "evil.example"})[0], 401)

    def test_s68_slashes_that_are_tolerated_belong_to_no_audience(self):
        with self.server() as server:
            token = self.token(server, SERVICE)
            self.assertEqual(self.status(server, token, "/cds-services//onc-kidney-2018/", patient_view()), 200)
            self.assertEqual(self.status(server, self.token(server), "/renal/cds-services/"), 200)

    def test_s68_a_token_is_good_once(self):
        with self.server() as server:
            token = self.token(server)
            self.assertEqual([self.status(server, token) for _ in range(3)], [200, 401, 401])
            bad = self.token(server, jti="shared", signature=bytes(96))
            self.assertEqual(self.status(server, bad), 401)
            self.assertEqual(self.status(server, self.token(server, jti="shared")), 200)

    def test_s68_tenants_and_services(self):
        client = f'jwks_file = "{self.file}"\ntenants = ["north"]\nservices = ["another"]'
        with self.server(client) as server:
            self.assertEqual(self.status(server, self.token(server)), 401)
            self.assertEqual(self.status(server, self.token(server, tenant="south")), 401)
            self.assertEqual(self.status(server, self.token(server, tenant="north")), 200)
            token = self.token(server, SERVICE, tenant="north")
            status, _, answer = self.call(server, token, SERVICE, patient_view())
            self.assertEqual(status, 403)
            self.assertEqual(answer["issue"][0]["code"], "forbidden")

    def test_s68_the_log_has_reasons_and_never_a_token(self):
        with self.server() as server:
            token = self.token(server, jti="canary-jti", exp=1, tenant="canary-tenant")
            self.assertEqual(self.status(server, token), 401)
            unknown = self.token(server, issuer="https://canary.example")
            self.assertEqual(self.status(server, unknown), 401)
            self.assertEqual(self.status(server, self.token(server)), 200)
            log = self.log_of(server, '"route":"/cds-services","status":200')
            entries = [json.loads(line) for line in log.splitlines() if '"route"' in line]
            refused = {entry.get("refused"): entry.get("client") for entry in entries if entry["status"] == 401}
            self.assertEqual(refused["expired"], "hospital-ehr")
            self.assertFalse(refused["issuer"])
            self.assertIn("hospital-ehr", [entry.get("client") for entry in entries if entry["status"] == 200])
            for secret in (token, token.split(".")[1], token.split(".")[2], unknown, "canary", "Bearer"):
                self.assertNotIn(secret, log)

    def test_s68_two_headers_are_refused(self):
        with self.server() as server:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
            connection.putrequest("GET", DISCOVERY)
            connection.putheader("Authorization", f"Bearer {self.token(server)}")
            connection.putheader("Authorization", f"Bearer {self.token(server)}")
            connection.endheaders()
            self.assertEqual(connection.getresponse().status, 401)
            connection.close()
            lower = server.exchange("GET", DISCOVERY, None, {"authorization": f"bearer {self.token(server)}"})
            self.assertEqual(lower[0], 200)

    def test_s68_a_restart_forgets_no_used_token(self):
        used = None
        for _ in range(2):
            with self.server() as server:
                if used is not None:
                    # The port is another one, so that only the alias can be the audience.
                    self.assertEqual(self.status(server, used), 401)
                used = self.token(server, aud="urn:typed-by-hand")
                self.assertEqual(self.status(server, used), 200)

    def test_s68_tokens_from_before_the_start_are_refused(self):
        with self.server() as server:
            self.assertEqual(self.status(server, self.token(server, iat=int(time.time()) - 120)), 401)
            self.log_of(server, '"before-start"')

    # --- Keys at an endpoint

    def test_s62_s65_keys_come_from_the_configured_url_alone(self):
        with KeyEndpoint(self.authority, key_set(self.signer)) as keys, \
                KeyEndpoint(self.authority, key_set(Signer("evil"))) as evil, self.server(self.at(keys)) as server:
            self.assertEqual(self.status(server, self.token(server)), 200)
            self.assertEqual(self.status(server, self.token(server, header={"jku": keys.url})), 200)
            for jku in (evil.url, keys.url + "/", keys.url.upper(), [keys.url], f"{keys.url}#", keys.url + "?a"):
                self.assertEqual(self.status(server, self.token(server, header={"jku": jku})), 401, jku)
            stranger = Signer()
            embedded = self.token(server, signer=stranger, header={"jwk": stranger.jwk})
            self.assertEqual(self.status(server, embedded), 401)
            self.assertEqual(evil.calls, 0)
            self.assertEqual(keys.calls, 1)

    def test_s68_keys_can_be_rotated(self):
        old, new = Signer("old"), Signer("new")
        with KeyEndpoint(self.authority, key_set(old)) as keys, self.server(self.at(keys)) as server:
            self.assertEqual(self.status(server, self.token(server, signer=old)), 200)
            keys.keys = key_set(new)
            self.assertEqual(self.status(server, self.token(server, signer=new)), 200)
            self.assertEqual(self.status(server, self.token(server, signer=old)), 401)
            self.assertEqual(keys.calls, 2)
            for i in range(20):
                self.assertEqual(self.status(server, self.token(server, header={"kid": f"made-up-{i}"})), 401)
            self.assertEqual(keys.calls, 2)
            self.assertEqual(self.status(server, self.token(server, signer=new)), 200)

    def test_s68_an_endpoint_that_is_down_at_the_start(self):
        keys = KeyEndpoint(self.authority, key_set(self.signer)).start()
        keys.stop()
        with self.server(self.at(keys), more="[jwks]\ncooldown = 5") as server:
            status, headers, answer = self.call(server, self.token(server))
            self.assertEqual(status, 503)
            self.assertTrue(headers["Retry-After"])
            self.assertEqual(answer["issue"][0]["code"], "transient")
            self.assertEqual(server.call("GET", "/health/live")[0], 200)
            with keys:
                status = until(lambda: found if (found := self.status(server, self.token(server))) != 503 else None)
                self.assertEqual(status, 200)
            self.log_of(server, '"keys-not-loaded"')

    def test_s68_answers_that_are_no_key_set_keep_the_old_one(self):
        with KeyEndpoint(self.authority, key_set(self.signer)) as keys, self.server(self.at(keys)) as server:
            self.assertEqual(self.status(server, self.token(server)), 200)
            keys.keys = {"keys": [{"kty": "oct", "kid": "new", "k": encoded(bytes(32))}]}
            self.assertEqual(self.status(server, self.token(server, header={"kid": "new"})), 401)
            self.assertEqual(self.status(server, self.token(server)), 200)

    def test_s68_an_endpoint_with_another_certificate_is_not_believed(self):
        other = Authority(self.folder, "others")
        with KeyEndpoint(other, key_set(self.signer)) as keys, self.server(self.at(keys)) as server:
            self.assertEqual(self.status(server, self.token(server)), 503)
            self.assertEqual(keys.calls, 0)


class ConfigurationTest(unittest.TestCase):
    """What is wrong with clients is said at the start."""

    def refused(self, client):
        with self.assertRaises(AssertionError) as failure:
            with Server(now=None, config=CONFIG.format(client=client, more="")):
                pass
        return str(failure.exception)

    def test_a_file_of_keys_that_is_missing(self):
        self.assertIn("client 'hospital-ehr': ", self.refused('jwks_file = "missing.json"'))

    def test_a_file_without_usable_keys(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write('{"keys": []}')
            file.flush()
            self.assertIn("no key that can be used", self.refused(f'jwks_file = "{file.name}"'))

    def test_a_url_that_must_not_be_fetched(self):
        self.assertIn("is not called", self.refused('[[client.jwks]]\nurl = "http://ehr.example/jwks"\n'))


if __name__ == "__main__":
    unittest.main()
