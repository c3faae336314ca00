#!/usr/bin/env python3
"""Makes a FHIR Bulk Data export in which the resources of a patient stand apart.

    scattered_export.py FOLDER PATIENTS [--seed N] [--gzip] [--broken N]

The patients are those of deploy/sample with other ids, and with other measured lengths. Each type has a
file, each kind of resource an order of its own. The same seed gives the same bytes; lines that --broken
adds are spread over the files and change no other line.
"""

import argparse
import gzip
import json
import random
import re
from pathlib import Path

SAMPLES = Path(__file__).parents[2] / "deploy/sample"
MARK = "@N@"
LENGTH = "@L@"
BROKEN = ('{"resourceType":"Observation","id":"cut', "{}", "[1,2]", '{"resourceType":"Observation","id":"nobodys"}',
          '{"resourceType":"Condition","id":"group","subject":{"reference":"Group/g1"}}', "\x00\x01\xff")


def resources_of(request):
    """The resources that a sample brings by prefetch."""
    for value in request["prefetch"].values():
        if value is None:
            continue
        for entry in value.get("entry", [{"resource": value}]):
            if entry["resource"]["resourceType"] != "OperationOutcome":
                yield entry["resource"]


def vary_length(resource):
    """Puts a place for another number where a length is measured."""
    quantity = resource.get("valueQuantity") or {}
    if quantity.get("code") in ("cm", "mm"):
        quantity["value"] = f"{LENGTH}{quantity['value']}{LENGTH}"


def template(request):
    """(type, text with marks) of each resource of a sample; shared ones without marks."""
    resources = list(resources_of(request))
    own = {(r["resourceType"], r["id"]) for r in resources if r["resourceType"] != "Medication"}
    texts = []
    for resource in resources:
        vary_length(resource)
        text = json.dumps(resource, ensure_ascii=False, separators=(",", ":"))
        for kind, name in own:
            text = text.replace(f'"{kind}/{name}"', f'"{kind}/{name}{MARK}"')
        if (resource["resourceType"], resource["id"]) in own:
            text = text.replace(f'"id":"{resource["id"]}"', f'"id":"{resource["id"]}{MARK}"', 1)
        text = re.sub(f'"{LENGTH}([^"]*){LENGTH}"', LENGTH + r"\1" + LENGTH, text)
        texts.append((resource["resourceType"], text))
    return texts


def templates():
    found = []
    for path in sorted(SAMPLES.glob("*.json")):
        found.append(template(json.loads(path.read_text(encoding="utf-8"))))
    return found


def line_of(text, number, seed):
    """A resource of the patient with that number."""
    def length(match):
        factor = random.Random(f"{seed} {number} {match[1]}").choice((0.4, 0.7, 1, 1, 1.5, 2))
        return f"{float(match[1]) * factor:.1f}"
    if LENGTH in text:
        text = re.sub(f"{LENGTH}([0-9.]+){LENGTH}", length, text)
    return text.replace(MARK, f"-{number}")


class Export:
    """Files by type, with broken lines where they were asked for."""

    def __init__(self, folder, packed, broken, seed, lines):
        self.folder, self.packed = Path(folder), packed
        self.files = {}
        generator = random.Random(f"{seed} broken")
        self.broken = sorted(generator.choices(range(lines), k=broken))
        self.kinds = random.Random(f"{seed} kinds")
        self.written = 0

    def write(self, kind, line):
        if kind not in self.files:
            path = self.folder / f"{kind}.ndjson{'.gz' if self.packed else ''}"
            self.files[kind] = gzip.open(path, "wb", 1) if self.packed else open(path, "wb")
        while self.broken and self.broken[0] <= self.written:
            self.broken.pop(0)
            self.files[kind].write(self.kinds.choice(BROKEN).encode("latin-1") + b"\n")
        self.files[kind].write(line.encode() + b"\n")
        self.written += 1

    def close(self):
        for file in self.files.values():
            file.close()


def make(folder, patients, seed=1, packed=False, broken=0):
    """Writes the export; gives the number of good lines."""
    kinds = templates()
    chosen = [random.Random(f"{seed} {number}").randrange(len(kinds)) for number in range(patients)]
    lines = sum(len(kinds[sample]) for sample in chosen)
    export = Export(folder, packed, broken, seed, lines)
    shared = set()
    for turn in range(max(len(kind) for kind in kinds)):
        order = [number for number in range(patients) if turn < len(kinds[chosen[number]])]
        random.Random(f"{seed} turn {turn}").shuffle(order)
        for number in order:
            kind, text = kinds[chosen[number]][turn]
            line = line_of(text, number, seed)
            if kind == "Medication":
                if line in shared:
                    continue
                shared.add(line)
            export.write(kind, line)
    export.close()
    return export.written


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("patients", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gzip", action="store_true")
    parser.add_argument("--broken", type=int, default=0)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    lines = make(options.folder, options.patients, options.seed, options.gzip, options.broken)
    print(f"{lines} lines")


if __name__ == "__main__":
    main()
