"""deploy/k8s: what names something finds it, ports and labels agree, and every pod is as closed as "restricted" asks."""

import os
import re
import shutil
import subprocess
import tempfile
import tomllib
import unittest
from pathlib import Path

import yaml

from manifests import K8S, resources, templates

# Made outside of the manifests, since no repository can hold them; deploy/README.md says how.
GIVEN = {("ConfigMap", "renalpath-site"), ("Secret", "renalpath-secrets"), ("Secret", "renalpath-tls"),
         ("PersistentVolumeClaim", "board-export")}
SECRETS = {"database-password", "patient-key"}
FOLDERS = ("overlays/production", "overlays/trial", "board")
API = {"Namespace": "v1", "ServiceAccount": "v1", "Service": "v1", "ConfigMap": "v1", "PersistentVolumeClaim": "v1",
       "Deployment": "apps/v1", "Job": "batch/v1", "PodDisruptionBudget": "policy/v1",
       "HorizontalPodAutoscaler": "autoscaling/v2", "NetworkPolicy": "networking.k8s.io/v1",
       "Ingress": "networking.k8s.io/v1"}


def references(value):
    """Kind and name of all that a pod reads from."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in ("configMap", "configMapRef", "configMapKeyRef"):
                yield "ConfigMap", item["name"]
            elif key == "secretKeyRef":
                yield "Secret", item["name"]
            elif key == "secret":
                yield "Secret", item["secretName"]
            elif key == "persistentVolumeClaim":
                yield "PersistentVolumeClaim", item["claimName"]
            else:
                yield from references(item)


class KubernetesTest(unittest.TestCase):
    def folders(self):
        for folder in FOLDERS:
            yield resources(K8S / folder)

    def containers(self):
        for objects in self.folders():
            for template in templates(objects):
                for container in template["spec"]["containers"]:
                    yield objects, template, container

    def only(self, objects, kind, name="renalpath"):
        found, = [each for each in objects if (each["kind"], each["metadata"]["name"]) == (kind, name)]
        return found

    def test_kinds_are_of_current_versions_and_names_are_unique(self):
        for objects in self.folders():
            for each in objects:
                self.assertEqual(each["apiVersion"], API[each["kind"]])
            names = [(each["kind"], each["metadata"]["name"]) for each in objects]
            self.assertEqual(len(set(names)), len(names))

    def test_kustomize_reads_them(self):
        program = shutil.which("kustomize") or shutil.which("kubectl")
        if program is None:
            self.skipTest("neither kustomize nor kubectl is installed")
        verb = "build" if program.endswith("kustomize") else "kustomize"
        for folder in FOLDERS:
            done = subprocess.run([program, verb, K8S / folder], capture_output=True, encoding="utf-8", check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            built = sorted(each["kind"] for each in yaml.safe_load_all(done.stdout))
            self.assertEqual(built, sorted(each["kind"] for each in resources(K8S / folder)), folder)

    def test_what_pods_read_is_there(self):
        for objects in self.folders():
            made = {(each["kind"], each["metadata"]["name"]) for each in objects} | GIVEN
            for template in templates(objects):
                self.assertLessEqual(set(references(template)), made)
                keys = set(re.findall(r"'key': '([a-z-]+)'", str(template)))
                self.assertLessEqual(keys, SECRETS)
                account = template["spec"].get("serviceAccountName")
                self.assertTrue(account is None or ("ServiceAccount", account) in made)

    def test_mounts_are_volumes_and_nothing_else_is_written(self):
        for _, template, container in self.containers():
            volumes = {volume["name"] for volume in template["spec"]["volumes"]}
            self.assertEqual({mount["name"] for mount in container["volumeMounts"]}, volumes)
            self.assertTrue(container["securityContext"]["readOnlyRootFilesystem"])

    def test_pods_are_restricted(self):
        for _, template, container in self.containers():
            spec, closed = template["spec"], container["securityContext"]
            self.assertIs(spec["securityContext"]["runAsNonRoot"], True)
            self.assertEqual(spec["securityContext"]["runAsUser"], 10001)
            self.assertEqual(spec["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
            self.assertIs(closed["allowPrivilegeEscalation"], False)
            self.assertEqual(closed["capabilities"], {"drop": ["ALL"]})
            self.assertIs(spec["automountServiceAccountToken"], False)
            # RENALPATH_PORT and the like of a Service would be settings that there are not.
            self.assertIs(spec["enableServiceLinks"], False)
            self.assertLessEqual({"requests", "limits"}, set(container["resources"]))
            allowed = {"configMap", "secret", "emptyDir", "persistentVolumeClaim"}
            for volume in spec["volumes"]:
                self.assertLessEqual(set(volume) - {"name"}, allowed)

    def test_the_user_is_that_of_the_image(self):
        number = re.search(r"^u renalpath (\d+)", (K8S.parent / "docker/renalpath.conf").read_text(), re.M).group(1)
        self.assertEqual(number, "10001")
        self.assertIn("USER 10001:10001", (K8S.parent / "Dockerfile").read_text())
        self.assertIn("--user 10001:10001", (K8S.parent / "image").read_text())

    def test_selectors_match_the_pods(self):
        for objects in self.folders():
            labels = [template["metadata"]["labels"] for template in templates(objects)]
            for each in objects:
                spec = each.get("spec", {})
                selector = {"Service": lambda s: s["selector"], "Deployment": lambda s: s["selector"]["matchLabels"],
                            "PodDisruptionBudget": lambda s: s["selector"]["matchLabels"],
                            "NetworkPolicy": lambda s: s["podSelector"]["matchLabels"]}.get(each["kind"])
                if selector:
                    self.assertTrue(any(selector(spec).items() <= found.items() for found in labels), each["metadata"])

    def test_ports_agree(self):
        for folder in FOLDERS[:2]:
            objects = resources(K8S / folder)
            container = self.only(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]
            ports = {port["name"]: port["containerPort"] for port in container["ports"]}
            config = tomllib.loads(self.config(objects)["renalpath.toml"])
            self.assertEqual(ports, {"http": config["listen"]["port"], "metrics": config["metrics"]["port"]})
            service = self.only(objects, "Service")
            self.assertEqual([port["targetPort"] for port in service["spec"]["ports"]], ["http"])
            policy = self.only(objects, "NetworkPolicy")
            entered = {port["port"] for rule in policy["spec"]["ingress"] for port in rule["ports"]}
            self.assertEqual(entered, set(ports))
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                self.assertIn(container[probe]["httpGet"]["path"], ("/health/live", "/health/ready"))
                self.assertEqual(container[probe]["httpGet"]["port"], "http")
            annotations = self.only(objects, "Deployment")["spec"]["template"]["metadata"]["annotations"]
            self.assertEqual(annotations["prometheus.io/port"], str(ports["metrics"]))
        ingress = self.only(resources(K8S / FOLDERS[0]), "Ingress")
        backend = ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
        self.assertEqual(backend, {"name": "renalpath", "port": {"name": "http"}})

    def config(self, objects):
        found, = [each for each in objects if each["metadata"]["name"] == "renalpath-config"]
        return found["data"]

    def test_configurations_are_good_and_their_files_are_mounted(self):
        for folder in FOLDERS[:2]:
            objects = resources(K8S / folder)
            text = self.config(objects)["renalpath.toml"]
            with tempfile.TemporaryDirectory() as scratch:
                file = Path(scratch, "renalpath.toml")
                file.write_text(text, encoding="utf-8")
                done = subprocess.run([os.environ["RENALPATH"], "config", "check", file], capture_output=True,
                                      encoding="utf-8", check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
            config = tomllib.loads(text)
            spec = self.only(objects, "Deployment")["spec"]["template"]["spec"]
            mounts = [mount["mountPath"] for mount in spec["containers"][0]["volumeMounts"]]
            for path in (config["store"]["patient_key"], config["store"]["folder"], config["pathway"]["site"]):
                self.assertTrue(any((path + "/").startswith(mount + "/") for mount in mounts), path)

    def test_there_is_time_to_go(self):
        objects = resources(K8S / FOLDERS[0])
        limits = tomllib.loads(self.config(objects)["renalpath.toml"])["limits"]
        template = self.only(objects, "Deployment")["spec"]["template"]
        probe = template["spec"]["containers"][0]["readinessProbe"]
        # Notice until the endpoints know, then 10 s for connections and 10 s for the last flush.
        self.assertGreater(limits["drain_notice_ms"], 1000 * probe["periodSeconds"] * probe["failureThreshold"])
        self.assertGreater(template["spec"]["terminationGracePeriodSeconds"] * 1000, limits["drain_notice_ms"] + 20_000)

    def test_one_instance_always_stays(self):
        objects = resources(K8S / FOLDERS[0])
        scaler = self.only(objects, "HorizontalPodAutoscaler")["spec"]
        self.assertEqual(scaler["scaleTargetRef"], {"apiVersion": "apps/v1", "kind": "Deployment", "name": "renalpath"})
        self.assertGreater(scaler["minReplicas"], self.only(objects, "PodDisruptionBudget")["spec"]["minAvailable"])
        deployment = self.only(objects, "Deployment")["spec"]
        self.assertNotIn("replicas", deployment)
        self.assertEqual(deployment["strategy"]["rollingUpdate"]["maxUnavailable"], 0)

    def test_all_parts_of_a_board_are_evaluated_and_merged(self):
        board, merge = [each for each in resources(K8S / "board") if each["kind"] == "Job"]
        parts = board["spec"]["completions"]
        container = board["spec"]["template"]["spec"]["containers"][0]
        self.assertEqual(board["spec"]["completionMode"], "Indexed")
        self.assertEqual({variable["name"]: variable.get("value") for variable in container["env"]},
                         {"PART": None, "PARTS": str(parts)})
        arguments = merge["spec"]["template"]["spec"]["containers"][0]["args"]
        self.assertEqual(arguments, ["board", "--merge", *(f"/results/part-{i}" for i in range(parts)), "--out",
                                     "/results/whole"])

    def test_the_commands_of_a_board_do_what_they_say(self):
        """As the pods run them, with folders in the place of volumes."""
        board, merge = [each for each in resources(K8S / "board") if each["kind"] == "Job"]
        now = self.only(resources(K8S / "board"), "ConfigMap", "renalpath-board")["data"]["NOW"]
        with tempfile.TemporaryDirectory() as folder:
            def placed(text):
                text = text.replace("/export", str(K8S.parent / "sample")).replace("/results", folder)
                return text.replace(" --site /etc/renalpath-site/onc-kidney-2018.site.json", "")

            program = Path(os.environ["RENALPATH"])
            shell = board["spec"]["template"]["spec"]["containers"][0]
            for part in range(board["spec"]["completions"]):
                done = subprocess.run([*shell["command"], *map(placed, shell["args"])], capture_output=True,
                                      encoding="utf-8", check=False,
                                      env={"PATH": f"{program.parent}:/usr/bin:/bin", "PART": str(part),
                                           "PARTS": str(board["spec"]["completions"]), "NOW": now})
                self.assertEqual(done.returncode, 0, done.stderr)
            arguments = merge["spec"]["template"]["spec"]["containers"][0]["args"]
            subprocess.run([program, *map(placed, arguments)], check=True)
            whole = Path(folder, "whole/measures.json").read_bytes()
            subprocess.run([program, "board", "--from", K8S.parent / "sample", "--out", Path(folder, "at-once"), "--now",
                            now, "--no-briefs"], check=True, stderr=subprocess.DEVNULL)
            self.assertEqual(whole, Path(folder, "at-once/measures.json").read_bytes())


if __name__ == "__main__":
    unittest.main()
