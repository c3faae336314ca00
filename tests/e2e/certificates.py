"""Certificates of the tests' own making: an authority and what it signs, by the openssl command."""

import subprocess
from pathlib import Path


def _openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise AssertionError(f"openssl {arguments[0]}: {done.stderr}")


class Authority:
    """Signs certificates; its own is at `certificate`, all files are in `folder`."""

    def __init__(self, folder, name="tests"):
        self.folder = Path(folder)
        self.certificate = self.folder / f"{name}-ca.pem"
        self.key = self.folder / f"{name}-ca.key"
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 2, "-subj",
                 f"/CN={name} authority", "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", self.key,
                 "-out", self.certificate)

    def issue(self, name, names="DNS:localhost,IP:127.0.0.1", days=2):
        """Paths of a certificate for `names` and of its key."""
        certificate, key, request = (self.folder / f"{name}{ending}" for ending in (".pem", ".key", ".csr"))
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={names}\n", encoding="utf-8")
        _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                 "-keyout", key, "-out", request)
        _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial", "-days",
                 days, "-extfile", extensions, "-out", certificate)
        return certificate, key
