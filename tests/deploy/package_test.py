"""The Debian package: what is in it, and what it does when it is installed and purged in a root of its own."""

import os
import re
import shutil
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

BUILD = Path(os.environ["RENAL_BUILD"])
PROGRAMS = ("usr/bin/renalpath", "usr/lib/renalpath/health")
FILES = {
    "etc/logrotate.d/renalpath", "etc/renalpath/renalpath.toml", *PROGRAMS, "usr/lib/systemd/system/renalpath.service",
    "usr/lib/sysusers.d/renalpath.conf", "usr/lib/tmpfiles.d/renalpath.conf", "usr/share/doc/renalpath/OPERATING.md",
    "usr/share/doc/renalpath/README.md", "usr/share/doc/renalpath/SAFETY.md",
    "usr/share/doc/renalpath/config.example.toml", "usr/share/doc/renalpath/copyright",
    "usr/share/doc/renalpath/examples/haproxy.cfg", "usr/share/doc/renalpath/examples/renalpath.conf"}


def run(*command, **options):
    done = subprocess.run([*map(str, command)], capture_output=True, encoding="utf-8", check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]}: {done.stderr[-2000:]}{done.stdout[-1000:]}")
    return done.stdout


class PackageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        run("cpack", "--config", BUILD / "CPackConfig.cmake", "-G", "DEB", "-B", cls.folder, cwd=cls.folder)
        cls.package, = cls.folder.glob("*.deb")

    def field(self, name):
        return run("dpkg-deb", "-f", self.package, name).strip()

    def test_name_says_version_and_architecture(self):
        self.assertEqual(self.package.name,
                         f"renalpath_{self.field('Version')}_{self.field('Architecture')}.deb")

    def test_it_holds_these_files_and_no_others(self):
        found = {}
        for line in run("dpkg-deb", "-c", self.package).splitlines():
            mode, owner, *_, path = line.split()
            self.assertEqual(owner, "root/root", path)
            if not path.endswith("/"):
                found[path.removeprefix("./")] = mode
        self.assertEqual(set(found), FILES)
        for path, mode in found.items():
            self.assertEqual(mode, "-rwxr-xr-x" if path in PROGRAMS else "-rw-r--r--", path)

    def test_what_the_operator_changes_is_kept(self):
        run("dpkg-deb", "-e", self.package, self.folder / "control")
        conffiles = (self.folder / "control/conffiles").read_text(encoding="utf-8").split()
        self.assertEqual(sorted(conffiles), sorted("/" + path for path in FILES if path.startswith("etc/")))

    def test_it_depends_on_the_libraries_that_the_program_loads(self):
        depends = self.field("Depends")
        for library in ("libc6", "libssl3", "libpq5", "libsimdjson", "libcpprest", "libsoci-postgresql", "tzdata",
                        "ca-certificates", "systemd"):
            self.assertRegex(depends, rf"(^|[ |]){re.escape(library)}")

    @unittest.skipUnless(os.geteuid() == 0, "users and owners can be made by root alone")
    def test_installed_used_removed_and_purged(self):
        root = self.folder / "root"
        for path in ("var/lib/dpkg/updates", "var/lib/dpkg/info", "var/log", "etc", "tmp"):
            (root / path).mkdir(parents=True)
        (root / "var/lib/dpkg/status").touch()
        (root / "etc/group").write_text("adm:x:4:\n", encoding="utf-8")
        dpkg = ("dpkg", f"--root={root}", "--force-script-chrootless", "--force-depends")
        run(*dpkg, "--install", self.package)
        users = {line.split(":")[0]: line.split(":") for line in (root / "etc/passwd").read_text().splitlines()}
        user = users["renalpath"]
        self.assertNotEqual(user[2], "0")
        self.assertEqual(user[5:], ["/var/lib/renalpath", "/usr/sbin/nologin"])
        for folder, mode in (("var/lib/renalpath", 0o700), ("var/log/renalpath", 0o750)):
            state = (root / folder).stat()
            self.assertEqual((stat.S_IMODE(state.st_mode), str(state.st_uid)), (mode, user[2]), folder)
        self.assertIn("renalpath", run(root / "usr/bin/renalpath", "--version"))
        self.assertIn("good", run(root / "usr/bin/renalpath", "config", "check", root / "etc/renalpath/renalpath.toml"))

        (root / "var/lib/renalpath/decisions").write_text("records", encoding="utf-8")
        run(*dpkg, "--remove", "renalpath")
        self.assertFalse((root / "usr/bin/renalpath").exists())
        self.assertTrue((root / "etc/renalpath/renalpath.toml").exists())
        run(*dpkg, "--purge", "renalpath")
        left = {str(path.relative_to(root)) for path in root.rglob("*renalpath*")}
        self.assertEqual(left, {"var/lib/renalpath"}, "records are nobody's to remove")
        self.assertTrue((root / "var/lib/renalpath/decisions").exists())


if __name__ == "__main__":
    unittest.main()
