"""deploy/compose.yaml: what services name is there, addresses and ports agree, and the secrets that are made are those
that are read."""

import os
import re
import subprocess
import tempfile
import tomllib
import unittest
from pathlib import Path

from manifests import documents

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


class ComposeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.file, = documents(DEPLOY / "compose.yaml")
        cls.services = cls.file["services"]
        cls.instances = {name: service for name, service in cls.services.items() if service["image"].startswith("renalpath")}
        cls.config = tomllib.loads((DEPLOY / "compose/renalpath.toml").read_text(encoding="utf-8"))

    def test_what_services_name_is_there(self):
        for name, service in self.services.items():
            self.assertLessEqual(set(service.get("secrets", [])), set(self.file["secrets"]), name)
            self.assertLessEqual(set(service["networks"]), set(self.file["networks"]), name)
            self.assertLessEqual(set(service.get("depends_on", [])), set(self.services), name)
            for volume in service.get("volumes", []):
                source = volume.split(":")[0]
                if source.startswith("."):
                    self.assertTrue((DEPLOY / source).exists(), volume)
                    self.assertTrue(volume.endswith(":ro"), volume)
                else:
                    self.assertIn(source, self.file["volumes"])
        built = DEPLOY / self.instances["one"]["build"]["context"] / self.instances["one"]["build"]["dockerfile"]
        self.assertTrue(built.exists())

    def test_two_instances_that_are_alike(self):
        self.assertEqual(set(self.instances), {"one", "two"})
        one, two = ({key: value for key, value in instance.items() if key != "volumes"}
                    for instance in self.instances.values())
        self.assertEqual(one, two)

    def test_images_have_versions(self):
        for name, service in self.services.items():
            self.assertRegex(service["image"], r"^[a-z/]+:v?[0-9]+\.?[0-9.]*[a-z0-9.-]*$", name)

    def test_instances_are_closed(self):
        for instance in self.instances.values():
            self.assertIs(instance["read_only"], True)
            self.assertEqual(instance["cap_drop"], ["ALL"])
            self.assertEqual(instance["user"], "10001:10001")
            self.assertIn("no-new-privileges:true", instance["security_opt"])
            self.assertNotIn("ports", instance)

    def test_the_database_is_reached_by_the_instances_alone(self):
        self.assertEqual({name for name, service in self.services.items() if "back" in service["networks"]},
                         {"postgres", *self.instances})
        self.assertIs(self.file["networks"]["back"]["internal"], True)

    def test_the_proxy_asks_the_instances_and_is_the_one_that_is_believed(self):
        proxy = self.services["proxy"]
        port = self.config["listen"]["port"]
        self.assertEqual({proxy["environment"]["RENALPATH_ONE"], proxy["environment"]["RENALPATH_TWO"]},
                         {f"{name}:{port}" for name in self.instances})
        address = proxy["networks"]["front"]["ipv4_address"]
        self.assertEqual(self.config["auth"]["retry_proxies"], [f"{address}/32"])
        used = set(re.findall(r"\$\{(RENALPATH_\w+)-", (DEPLOY / "haproxy/haproxy.cfg").read_text(encoding="utf-8")))
        self.assertLessEqual({name for name in proxy["environment"] if name.startswith("RENALPATH")}, used)
        inside = proxy["environment"]["RENALPATH_PROXY_ADDRESS"]
        self.assertEqual(proxy["ports"], [f"443{inside}"])

    def test_prometheus_asks_the_instances(self):
        prometheus, = documents(DEPLOY / "prometheus/prometheus.yaml")
        job, = prometheus["scrape_configs"]
        port = self.config["metrics"]["port"]
        self.assertIs(self.config["metrics"]["enabled"], True)
        self.assertEqual(job["static_configs"], [{"targets": [f"{name}:{port}" for name in self.instances]}])
        mounted = {Path(volume.split(":")[1]).name for volume in self.services["prometheus"]["volumes"]}
        self.assertLessEqual(set(prometheus["rule_files"]), mounted)

    def test_grafana_finds_prometheus_and_the_dashboards(self):
        source, = documents(DEPLOY / "grafana/provisioning/datasources/prometheus.yaml")
        self.assertEqual(source["datasources"][0]["url"], "http://prometheus:9090")
        provider, = documents(DEPLOY / "grafana/provisioning/dashboards/renalpath.yaml")
        self.assertIn(f"./grafana/dashboards:{provider['providers'][0]['options']['path']}:ro",
                      self.services["grafana"]["volumes"])

    def test_there_is_time_to_go(self):
        grace = int(self.instances["one"]["stop_grace_period"].removesuffix("s"))
        self.assertGreater(grace * 1000, self.config["limits"]["drain_notice_ms"] + 20_000)

    def test_the_configuration_is_good(self):
        done = subprocess.run([os.environ["RENALPATH"], "config", "check", DEPLOY / "compose/renalpath.toml"],
                              capture_output=True, encoding="utf-8", check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_secrets_that_are_made_are_those_that_are_read(self):
        with tempfile.TemporaryDirectory() as folder:
            make = [DEPLOY / "compose/make-secrets", folder]
            subprocess.run(make, check=True)
            made = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
            read = {Path(secret["file"]).name for secret in self.file["secrets"].values()}
            self.assertEqual(set(made) - {"certificate.pem"}, read)
            self.assertEqual(len(made["patient-key"]), 32)
            self.assertIn(b"PRIVATE KEY", made["proxy.pem"])
            self.assertTrue(made["pgpass"].strip().endswith(made["postgres-password"].strip()))
            self.assertEqual(Path(folder, "pgpass").stat().st_mode & 0o777, 0o600)
            subprocess.run(make, check=True)
            self.assertEqual({path.name: path.read_bytes() for path in Path(folder).iterdir()}, made)


if __name__ == "__main__":
    unittest.main()
