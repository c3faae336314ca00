"""A reader of the text format of Prometheus (0.0.4) that forgives nothing, and the metrics of a server."""

import http.client
import math
import re
import time

import harness

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)$")
ENDINGS = ("_bucket", "_sum", "_count")


class Malformed(AssertionError):
    pass


def expect(holds, line):
    if not holds:
        raise Malformed(f"no exposition format: {line!r}")


def labels_of(text, line):
    labels, rest = {}, text or ""
    while rest:
        found = LABEL.match(rest)
        expect(found and found[1] not in labels, line)
        labels[found[1]] = found[2]
        rest = rest[found.end():]
        expect(not rest or (rest.startswith(",") and len(rest) > 1), line)
        rest = rest[1:]
    return frozenset(labels.items())


def number(text, line):
    try:
        return math.inf if text == "+Inf" else float(text)
    except ValueError:
        raise Malformed(f"no number: {line!r}") from None


class Scrape:
    """Kinds and help by name; values by name and labels, which are a frozenset of pairs."""

    def __init__(self, text):
        self.text = text
        self.kinds, self.helps, self.values = {}, {}, {}
        expect(text.endswith("\n"), text[-80:])
        current = None
        for line in text.splitlines():
            if line.startswith("# HELP "):
                current, _, words = line[7:].partition(" ")
                expect(re.fullmatch(NAME, current) and words and current not in self.helps, line)
                self.helps[current] = words
            elif line.startswith("# TYPE "):
                name, _, kind = line[7:].partition(" ")
                expect(name == current and kind in ("counter", "gauge", "histogram") and name not in self.kinds, line)
                self.kinds[name] = kind
            else:
                self._sample(line, current)
        self._check_histograms()

    def _sample(self, line, current):
        found = SAMPLE.match(line)
        expect(found, line)
        name, value = found[1], number(found[3], line)
        base = name
        if self.kinds.get(current) == "histogram":
            expect(name.endswith(ENDINGS), line)
            base = name.rsplit("_", 1)[0]
        expect(base == current, line)  # the samples of a metric stand together
        key = (name, labels_of(found[2], line))
        expect(key not in self.values and value >= 0, line)
        self.values[key] = value

    def _check_histograms(self):
        for name, kind in self.kinds.items():
            if kind != "histogram":
                expect((kind == "counter") == name.endswith("_total"), name)
                continue
            rows = {}
            for (sample, labels), value in self.values.items():
                if sample == name + "_bucket":
                    limit = number(dict(labels)["le"], name)
                    rows.setdefault(frozenset(p for p in labels if p[0] != "le"), []).append((limit, value))
            for labels, buckets in rows.items():
                counts = [count for _, count in sorted(buckets)]
                expect(counts == sorted(counts) and sorted(buckets)[-1][0] == math.inf, name)
                expect(counts[-1] == self.values[name + "_count", labels], name)

    def value(self, name, **labels):
        """Of the one series; 0 where there is none."""
        return self.values.get((name, frozenset(labels.items())), 0)

    def total(self, name, **labels):
        """Of all series with these labels."""
        return sum(value for (each, has), value in self.values.items() if each == name and labels.items() <= set(has))

    def series(self):
        return set(self.values)


def fetch(port, path="/metrics", method="GET"):
    """Status, headers and text of an answer at the address of the metrics."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=harness.PATIENCE)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def scrape(port):
    status, _, text = fetch(port)
    if status != 200:
        raise AssertionError(f"metrics: status {status}")
    return Scrape(text)


def until(port, holds):
    """The first scrape that holds: what is counted after an answer may come a little later."""
    deadline = time.monotonic() + harness.PATIENCE
    while True:
        found = scrape(port)
        if holds(found):
            return found
        if time.monotonic() > deadline:
            raise AssertionError("the metrics did not become as expected:\n" + "\n".join(
                line for line in found.text.splitlines() if not line.startswith("#") and not line.endswith(" 0")))
        time.sleep(0.05)
