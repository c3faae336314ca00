"""The examples for the proxies in front, as the proxies themselves read them."""

import getpass
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
from certificates import Authority  # noqa: E402

PATH = os.environ["PATH"] + ":/usr/sbin"
HAPROXY = shutil.which("haproxy", path=PATH)
NGINX = shutil.which("nginx", path=PATH)


class ProxyTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.certificate, self.key = Authority(self.folder).issue("proxy")

    def test_both_name_the_exchange_in_place_of_the_client(self):
        haproxy = (ROOT / "deploy/haproxy/haproxy.cfg").read_text(encoding="utf-8")
        nginx = (ROOT / "deploy/nginx/renalpath.conf").read_text(encoding="utf-8")
        self.assertIn("http-request set-header X-Exchange-Id %[uuid]\n", haproxy)
        self.assertIn("proxy_set_header X-Exchange-Id $request_id;\n", nginx)
        for text in (haproxy, nginx):
            self.assertIn('retry_header = "X-Exchange-Id"', text)

    @unittest.skipUnless(HAPROXY, "the package haproxy is not installed")
    def test_haproxy(self):
        both = self.folder / "both.pem"
        both.write_text(self.certificate.read_text() + self.key.read_text(), encoding="utf-8")
        done = subprocess.run(
            [HAPROXY, "-c", "-dW", "-f", ROOT / "deploy/haproxy/haproxy.cfg"], capture_output=True, encoding="utf-8",
            env={**os.environ, "RENALPATH_PROXY_USER": getpass.getuser(), "RENALPATH_PROXY_CERTIFICATE": str(both),
                 "RENALPATH_PROXY_SOCKET": str(self.folder / "socket")}, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    @unittest.skipUnless(NGINX, "the package nginx is not installed")
    def test_nginx(self):
        text = (ROOT / "deploy/nginx/renalpath.conf").read_text(encoding="utf-8")
        for name, path in (("pem", self.certificate), ("key", self.key)):
            text, count = re.subn(rf"/etc/nginx/renalpath\.{name}", str(path), text)
            self.assertEqual(count, 1)
        (self.folder / "renalpath.conf").write_text(text, encoding="utf-8")
        main = self.folder / "nginx.conf"
        main.write_text(f"pid {self.folder}/pid; error_log stderr; events {{}}\n"
                        f"http {{ include {self.folder}/renalpath.conf; }}\n", encoding="utf-8")
        done = subprocess.run([NGINX, "-t", "-c", main, "-p", self.folder], capture_output=True, encoding="utf-8",
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotRegex(done.stderr, r"\[(warn|error|emerg)\]")


if __name__ == "__main__":
    unittest.main()
