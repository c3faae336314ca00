"""Manifests of deploy/k8s, put together as Kustomize does it, as far as they use it: resources, generated ConfigMaps,
labels, the namespace. Strict: what is not known here is an error."""

from pathlib import Path

import yaml

K8S = Path(__file__).resolve().parents[2] / "deploy/k8s"
KNOWN = {"apiVersion", "kind", "labels", "resources", "configMapGenerator", "namespace", "images", "patches"}


class StrictLoader(yaml.SafeLoader):
    """Refuses members that come twice."""

    def construct_mapping(self, node, deep=False):
        names = [key.value for key, _ in node.value]
        if len(set(names)) != len(names):
            raise AssertionError(f"{node.start_mark}: a member comes twice: {names}")
        return super().construct_mapping(node, deep)


def documents(path):
    return [document for document in yaml.load_all(Path(path).read_text(encoding="utf-8"), StrictLoader) if document]


def _generated(folder, entry):
    data = {name: (folder / name).read_text(encoding="utf-8") for name in entry.get("files", [])}
    data |= dict(literal.split("=", 1) for literal in entry.get("literals", []))
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": entry["name"]}, "data": data}


def resources(folder):
    """The objects of a folder with a kustomization.yaml, in their order."""
    folder = Path(folder)
    kustomization, = documents(folder / "kustomization.yaml")
    if not set(kustomization) <= KNOWN:
        raise AssertionError(f"{folder}: {set(kustomization) - KNOWN}")
    found = []
    for name in kustomization["resources"]:
        path = folder / name
        found += resources(path) if path.is_dir() else documents(path)
    for entry in kustomization.get("configMapGenerator", []):
        made = _generated(folder, entry)
        if entry.get("behavior") == "replace":
            found = [each for each in found if (each["kind"], each["metadata"]["name"]) != ("ConfigMap", entry["name"])]
        found.append(made)
    for entry in kustomization.get("labels", []):
        for each in found:
            each["metadata"].setdefault("labels", {}).update(entry["pairs"])
            for template in templates([each]):
                template["metadata"].setdefault("labels", {}).update(entry["pairs"])
    for each in found:
        if "namespace" in kustomization and each["kind"] != "Namespace":
            each["metadata"]["namespace"] = kustomization["namespace"]
    return found


def templates(objects):
    return [each["spec"]["template"] for each in objects if each["kind"] in ("Deployment", "Job")]
