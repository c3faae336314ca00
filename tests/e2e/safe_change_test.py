"""A running server takes a new set of everything, or keeps the old one whole: `renalpath reload` and SIGHUP."""

import json
import os
import shutil
import ssl
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from certificates import Authority
from harness import BINARY, PATIENCE, Server, until
from reload_test import entries, hang_up, version
from tokens import KeyEndpoint, Signer, key_set

AUDIENCE = "urn:typed-by-hand"
CONFIG = """
[listen]
public_url = "http://127.0.0.1:{port}"
[service]
language = "{language}"
[limits]
queue = {queue}
[auth]
open_discovery = {open}
{clients}
"""
CLIENT = """
[[client]]
name = "{name}"
issuer = "https://{name}.example"
audiences = ["urn:typed-by-hand"]
services = {services}
{keys}
"""


def reload(server, *more):
    return subprocess.run([BINARY, "reload", "--data", os.path.join(server.folder, "data"), *more],
                          capture_output=True, encoding="utf-8", timeout=90, check=False)


class SafeChangeTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.signers = {name: Signer(kid=name) for name in ("east", "west")}
        for name, signer in self.signers.items():
            self.write_keys(name, signer)

    def write_keys(self, name, *signers):
        Path(self.folder, f"{name}.json").write_text(json.dumps(key_set(*signers)), encoding="utf-8")

    def client(self, name, services=(), keys=None):
        given = f'jwks_file = "{self.folder}/{name}.json"'
        return CLIENT.format(name=name, services=json.dumps(list(services)), keys=given if keys is None else keys)

    def config(self, *clients, language="en", queue=100, more="", open_="false"):
        return CONFIG.format(port="{port}", language=language, queue=queue, open=open_, clients="".join(clients)) + more

    def serve(self, config, **more):
        server = Server(now=None, config=config, **more).__enter__()
        self.addCleanup(server.__exit__)
        return server

    def rewrite(self, server, config):
        Path(server.folder, "renalpath.toml").write_text(config.format(port=server.port, folder=server.folder),
                                                         encoding="utf-8")

    def discover(self, server, name, **claims):
        claims.setdefault("token", self.signers[name].token(AUDIENCE, issuer=f"https://{name}.example"))
        status, headers, _ = server.exchange("GET", "/cds-services",
                                             headers={"Authorization": "Bearer " + claims["token"]})
        return status, headers.get("Content-Language")

    def test_clients_come_and_go(self):
        server = self.serve(self.config(self.client("east")))
        self.assertEqual([self.discover(server, name)[0] for name in ("east", "west")], [200, 401])
        self.rewrite(server, self.config(self.client("west"), language="nb"))
        done = reload(server)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "reloaded: the new set answers\n", ""))
        self.assertEqual([self.discover(server, name) for name in ("east", "west")], [(401, None), (200, "nb")])

    def test_keys_of_a_file_are_exchanged(self):
        server = self.serve(self.config(self.client("east")))
        old, new = self.signers["east"], Signer(kid="east-2")
        self.write_keys("east", new)
        self.assertEqual(self.discover(server, "east")[0], 200)
        self.assertEqual(reload(server).returncode, 0)
        self.assertEqual(self.discover(server, "east")[0], 401)
        self.signers["east"] = new
        self.assertEqual(self.discover(server, "east")[0], 200)
        self.assertNotEqual(old.kid, new.kid)

    def test_a_used_token_stays_used(self):
        server = self.serve(self.config(self.client("east")))
        token = self.signers["east"].token(AUDIENCE, issuer="https://east.example")
        self.assertEqual(self.discover(server, "east", token=token)[0], 200)
        self.assertEqual(reload(server).returncode, 0)
        self.assertEqual(self.discover(server, "east", token=token)[0], 401)

    def test_fetched_keys_outlive_a_reload_while_their_endpoint_is_down(self):
        authority = Authority(self.folder)
        endpoint = KeyEndpoint(authority, key_set(self.signers["east"])).start()
        self.addCleanup(endpoint.stop)
        keys = (f'[[client.jwks]]\nurl = "{endpoint.url}"\nallow_cidr = ["127.0.0.0/8", "::1/128"]\n'
                f'ca_file = "{authority.certificate}"\n')
        server = self.serve(self.config(self.client("east", keys=keys)))
        self.assertEqual(self.discover(server, "east")[0], 200)
        endpoint.stop()
        self.rewrite(server, self.config(self.client("east", keys=keys), self.client("west")))
        self.assertEqual(reload(server).returncode, 0)
        self.assertEqual([self.discover(server, name)[0] for name in ("east", "west")], [200, 200])
        # A client that is gone is asked for nothing any more.
        self.rewrite(server, self.config(self.client("west")))
        self.assertEqual(reload(server).returncode, 0)
        self.assertEqual(self.discover(server, "east")[0], 401)

    def test_profiles_are_read_again(self):
        profile = Path(self.folder, "ours.json")
        shipped = Path(__file__).resolve().parents[2] / "hooks/profiles/standard.json"
        document = json.loads(shipped.read_text(encoding="utf-8"))
        config = '[service]\nprofile = "ours"\nprofile_files = ["{folder}/ours.json"]\n'
        document.update({"name": "ours", "outcome": True})
        server = Server(config=config)
        original = server.config
        server.config = original.replace("{folder}", self.folder)
        profile.write_text(json.dumps(document), encoding="utf-8")
        server.__enter__()
        self.addCleanup(server.__exit__)
        request = version_request()
        self.assertIn("extension", server.call("POST", "/cds-services/onc-kidney-2018", request)[1])
        document["outcome"] = False
        profile.write_text(json.dumps(document), encoding="utf-8")
        self.assertEqual(reload(server).returncode, 0)
        self.assertNotIn("extension", server.call("POST", "/cds-services/onc-kidney-2018", request)[1])
        profile.write_text("{", encoding="utf-8")
        done = reload(server)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn(f"{profile}:1:", done.stderr)
        self.assertNotIn("extension", server.call("POST", "/cds-services/onc-kidney-2018", request)[1])

    def test_all_or_nothing_and_everything_wrong_is_named(self):
        pathway = Path(self.folder, "p.json")
        pathway.write_text(json.dumps(version("0.9.0")), encoding="utf-8")
        more = f'[pathway]\nfile = "{pathway}"\n'
        server = self.serve(self.config(self.client("east"), more=more))
        # The clients are good, the pathway is not.
        pathway.write_text('{\n  "id": }', encoding="utf-8")
        self.rewrite(server, self.config(self.client("west"), more=more))
        done = reload(server)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn(f"{pathway}:2:9: error L101", done.stderr)
        self.assertTrue(done.stderr.endswith("refused: the last good set stays\n"))
        self.assertEqual([self.discover(server, name) for name in ("east", "west")], [(200, "en"), (401, None)])
        self.assertIn("error L101", entries(server, "reload-problem")[-1]["problem"])
        # The keys of the client are no good either: both are said. Then the keys alone.
        Path(self.folder, "west.json").write_text("[]", encoding="utf-8")
        done = reload(server)
        self.assertIn("error L101", done.stderr)
        self.assertIn("west", done.stderr)
        pathway.write_text(json.dumps(version("0.9.1")), encoding="utf-8")
        done = reload(server)
        self.assertEqual(done.returncode, 1)
        self.assertIn("west", done.stderr)
        self.assertNotIn("error L101", done.stderr)
        self.assertEqual(self.discover(server, "east"), (200, "en"))
        # The file itself is broken: places, all at once.
        self.rewrite(server, "[listen]\nprt = 1\n[log]\nlevel = 7\n")
        hang_up(server, "reload-refused")
        problems = " ".join(entry["problem"] for entry in entries(server, "reload-problem")[-2:])
        self.assertIn("renalpath.toml:2:1: 'listen.prt' is no key", problems)
        self.assertIn("renalpath.toml:4:9: 'log.level'", problems)
        # What the next start would refuse is refused now.
        self.rewrite(server, self.config(more=more))
        done = reload(server)
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no [[client]]", done.stderr)
        self.assertEqual(self.discover(server, "east"), (200, "en"))
        self.write_keys("west", self.signers["west"])
        self.rewrite(server, self.config(self.client("east"), self.client("west"), more=more))
        self.assertEqual(reload(server).returncode, 0)
        self.assertEqual(entries(server, "reloaded")[-1]["pathway_version"], "0.9.1")

    def test_what_needs_a_restart_is_named(self):
        server = self.serve(self.config(self.client("east")))
        self.rewrite(server, self.config(self.client("east"), queue=101, language="nb", more='[log]\nlevel = "debug"\n'))
        done = reload(server)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout.splitlines()[1], "restart needed for: log.level, limits.queue")
        self.assertEqual(until(lambda: entries(server, "restart-needed"))[-1]["settings"], "log.level, limits.queue")
        self.assertEqual(self.discover(server, "east"), (200, "nb"))

    def test_a_certificate_that_cannot_be_used_keeps_everything_as_it_was(self):
        authority = Authority(self.folder)
        certificate, key = authority.issue("server")
        tls = f'[tls]\ncertificate = "{certificate}"\nkey = "{key}"\n'
        context = ssl.create_default_context(cafile=str(authority.certificate))
        server = self.serve(self.config(self.client("east"), more=tls), tls=context)
        other, _ = authority.issue("other")
        self.rewrite(server, self.config(self.client("west"), more=tls.replace(str(certificate), str(other))))
        done = reload(server)
        self.assertEqual(done.returncode, 1)
        self.assertIn("other.pem", done.stderr + done.stdout)
        self.assertEqual(self.discover(server, "east")[0], 200)

    def test_flags_and_environment_hold_through_a_reload(self):
        server = self.serve(self.config(self.client("east"), language="en"),
                            environment={"RENALPATH_SERVICE_LANGUAGE": "nb"})
        self.rewrite(server, self.config(self.client("east"), self.client("west"), language="en"))
        self.assertEqual(reload(server).returncode, 0)
        self.assertEqual(self.discover(server, "west"), (200, "nb"))

    def test_nobody_there_is_said(self):
        done = subprocess.run([BINARY, "reload", "--data", self.folder], capture_output=True, encoding="utf-8",
                              timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("no server answers here", done.stderr)

    def test_the_socket_is_its_owners_and_goes_with_the_server(self):
        path = Path(self.folder, "control")
        server = self.serve(self.config(self.client("east")), options=("--set", f"listen.control={path}"))
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        done = subprocess.run([BINARY, "reload", "--set", f"listen.control={path}"], capture_output=True,
                              encoding="utf-8", timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        server.process.terminate()
        server.process.wait(PATIENCE)
        self.assertFalse(path.exists())

    def test_reloads_at_once_and_calls_under_load(self):
        server = self.serve(self.config(self.client("east"), open_="true"))
        over, statuses = threading.Event(), set()

        def load():
            while not over.is_set():
                statuses.add(server.exchange("GET", "/cds-services")[0])

        threads = [threading.Thread(target=load) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            askers = [subprocess.Popen([BINARY, "reload", "--data", os.path.join(server.folder, "data")],
                                       stdout=subprocess.DEVNULL) for _ in range(6)]
            self.assertEqual([asker.wait(90) for asker in askers], [0] * 6)
        finally:
            over.set()
            for thread in threads:
                thread.join(60)
        self.assertEqual(statuses, {200})


def version_request():
    sample = Path(__file__).resolve().parents[2] / "deploy/sample/peripheral-tumour.patient-view.json"
    request = json.loads(sample.read_text(encoding="utf-8"))
    request.setdefault("extension", {})["org.renalpath.outcome"] = True
    return request


if __name__ == "__main__":
    unittest.main()
