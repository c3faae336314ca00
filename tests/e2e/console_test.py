"""The console and the pathway pages in a real browser: runs tests/console/*.test.mjs against servers of its own."""

import http.client
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import browser
import node_packages
from certificates import Authority
from harness import Server, until
from tokens import Signer, key_set

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "tests/console"
SCRIPTS = sorted(path.name for path in SOURCE.glob("*.mjs"))
CONSOLE = f'[service]\noutcome = true\n[console]\nenabled = true\nsamples = "{ROOT}/deploy/sample"\n'


class ConsoleTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = browser.find()
        cls.folder = node_packages.folder(SOURCE, SCRIPTS, os.environ["RENAL_CONSOLE_FOLDER"])

    def run_script(self, script):
        with Server(config=CONSOLE) as server:
            done = subprocess.run(
                ["node", "--test", script], cwd=self.folder, capture_output=True, encoding="utf-8", timeout=900, check=False,
                env={**os.environ, "CONSOLE_URL": f"http://127.0.0.1:{server.port}", "CHROMIUM": self.browser,
                     "SAMPLES": str(ROOT / "deploy/sample")})
        self.assertEqual(done.returncode, 0, done.stdout[-20000:] + done.stderr[-5000:])


def _add_tests():
    for script in SCRIPTS:
        if script.endswith(".test.mjs"):
            setattr(ConsoleTest, "test_" + script.removesuffix(".test.mjs").replace("-", "_"),
                    lambda self, script=script: self.run_script(script))


_add_tests()


class ConsoleTokenTest(unittest.TestCase):
    """A server whose callers need tokens, behind a base path: the page is a caller like any other."""

    SERVICE = "/cds-services/onc-kidney-2018"
    SHOWN = "document.getElementById('page')?.getAttribute('aria-busy') === 'false'"

    def wait_for(self, page, condition):
        until(lambda: page.evaluate(condition), condition)

    def test_it_sends_the_token_that_it_is_given(self):
        signer = Signer()
        with tempfile.NamedTemporaryFile("w", suffix=".json") as keys:
            keys.write(json.dumps(key_set(signer)))
            keys.flush()
            config = (CONSOLE + '[listen]\npublic_url = "http://127.0.0.1:{port}/renal"\n[auth]\nopen_discovery = true\n'
                      f'[[client]]\nname = "ehr"\nissuer = "https://ehr.example"\njwks_file = "{keys.name}"\n')
            with Server(now=None, config=config) as server, browser.Page() as page:
                base = f"http://127.0.0.1:{server.port}/renal"
                page.visit(base + "/")
                self.wait_for(page, self.SHOWN)
                self.assertFalse(page.evaluate("document.getElementById('token-field').hidden"))
                self.assertIn("401", page.evaluate("document.getElementById('problem').textContent"))
                token = signer.token(base + self.SERVICE)
                page.evaluate(f"""(() => {{
                    const field = document.getElementById('token');
                    field.value = {json.dumps(token)};
                    field.dispatchEvent(new Event('change'));
                    document.getElementById('send').click();
                }})()""")
                self.wait_for(page, "document.getElementById('sent').textContent.startsWith('200')")
                self.assertEqual(page.evaluate("document.getElementById('problem').textContent"), "")
                log = Path(server.folder, "log").read_text(encoding="utf-8")
                self.assertNotIn(token, log)


class WordsTest(unittest.TestCase):
    """Every word of the pages is in a catalogue, and each catalogue has all of them."""

    PAGES = ROOT / "hooks/console"

    def catalogue(self, language):
        return json.loads((self.PAGES / f"console.{language}.json").read_text(encoding="utf-8"))

    def test_the_languages_have_the_same_words(self):
        english, norwegian = self.catalogue("en"), self.catalogue("nb")
        self.assertEqual(list(english), list(norwegian))
        for key, text in english.items():
            names = re.findall(r"\{(\w+)\}", text)
            self.assertEqual(sorted(re.findall(r"\{(\w+)\}", norwegian[key])), sorted(names), key)

    def test_every_word_that_is_used_is_there(self):
        pages = [path for path in sorted(self.PAGES.iterdir()) if path.suffix in (".js", ".html")]
        texts = "".join(path.read_text(encoding="utf-8") for path in pages)
        used = set(re.findall(r"\bt\(\s*'([\w.-]+)'", texts)) | set(re.findall(r"data-(?:word|label|hint)=\"([\w.-]+)\"", texts))
        used |= set(re.findall(r"BadText\('([\w.]+)'\)", texts))
        self.assertGreater(len(used), 60)
        self.assertEqual(used - set(self.catalogue("en")), set())


class PicturesTest(unittest.TestCase):
    def test_the_pictures_of_the_readme_can_be_made(self):
        browser.find()
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, "-B", str(Path(__file__).with_name("pictures.py")), folder], check=True,
                           capture_output=True, timeout=200)
            for name in ("console.webp", "brief.webp"):
                picture = Path(folder, name).read_bytes()
                self.assertEqual(picture[8:12], b"WEBP")
                self.assertLess(len(picture), 150_001)


class ConsoleStartTest(unittest.TestCase):
    """What a server says that must not show the console."""

    def refused(self, config):
        server = Server(config=config)
        with self.assertRaises(AssertionError) as caught:
            server.__enter__()
        return str(caught.exception)

    def test_beyond_loopback_it_needs_known_users(self):
        said = self.refused('[listen]\npublic_url = "https://cds.example"\n[auth]\nmode = "none"\ninsecure_sandbox = true\n'
                            "[console]\nenabled = true\n")
        self.assertIn("refusing to serve: beyond loopback the console is for known users", said)

    def test_it_needs_its_samples(self):
        said = self.refused('[console]\nenabled = true\nsamples = "none"\n')
        self.assertIn("console.samples: the folder", said)

    def test_it_is_off_by_default(self):
        with Server() as server:
            for path in ("/", "/console/console.js", "/console/setup", "/pathways", "/pathways/onc-kidney-2018"):
                self.assertEqual(server.call("GET", path)[0], 404, path)

    def test_beyond_loopback_certificates_name_the_users(self):
        with tempfile.TemporaryDirectory() as folder, Server() as probe:
            version = probe.call("GET", "/fhir/PlanDefinition/onc-kidney-2018")[1]["version"]
            digest = re.search(r'"pathway_hash":"(sha256:\w+)"', probe.log_with('"pathway_hash"'))[1]
            site = Path(folder, "site.json")
            site.write_text(json.dumps({
                "pathway": "https://renalpath.example/pathways/onc-kidney-2018", "version": version, "approvals": [
                    {"name": "Tumour board", "role": "approver", "date": "2026-03-01", "hash": digest}]}), encoding="utf-8")
            authority = Authority(folder)
            certificate, key = authority.issue("server")
            config = (f'[listen]\npublic_url = "https://cds.example"\n[auth]\nmode = "none"\ninsecure_sandbox = true\n'
                      f'[tls]\ncertificate = "{certificate}"\nkey = "{key}"\nclient_ca = "{authority.certificate}"\n'
                      f'clients = "required"\n[pathway]\nsite = "{site}"\n[console]\nenabled = true\n')
            known = ssl.create_default_context(cafile=str(authority.certificate))
            known.load_cert_chain(*authority.issue("kari", "DNS:kari.example"))
            with Server(now=None, config=config, tls=known) as server:
                self.assertEqual(server.exchange("GET", "/")[0], 200)
                self.assertEqual(server.exchange("GET", "/pathways/onc-kidney-2018")[0], 200)
                server.tls = ssl.create_default_context(cafile=str(authority.certificate))
                with self.assertRaises((ssl.SSLError, ConnectionError, http.client.HTTPException)):
                    server.exchange("GET", "/")

    def test_a_proxy_names_the_users(self):
        config = '[console]\nenabled = true\nuser_header = "X-Remote-User"\nproxies = ["127.0.0.1/32"]\n'
        with Server(config=config) as server:
            self.assertEqual(server.exchange("GET", "/")[0], 403)
            self.assertEqual(server.exchange("GET", "/", headers={"X-Remote-User": "kari"})[0], 200)
            self.assertEqual(server.exchange("GET", "/console/setup")[0], 403)
            self.assertEqual(server.exchange("GET", "/cds-services")[0], 200)
            self.assertNotIn("kari", server.log_with('"route":"/cds-services"'))


if __name__ == "__main__":
    unittest.main()
