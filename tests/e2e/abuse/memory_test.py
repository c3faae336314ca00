"""What one request can cost: its own size times a small factor, whatever it is made of; and nothing of it stays."""

import json
import unittest

import json_corpus
from wire import GOOD, MEBI, SANITIZED, SERVICE, AbuseTest, Wire, calls, head, peak, post, resident

LIMIT = 8 * MEBI


def with_observations(number, make):
    request = calls.sample(calls.VIEW)
    entries = request["prefetch"]["observations"]["entry"]
    for index in range(number):
        entries.append({"resource": make(index)})
    return json.dumps(request).encode()


def observation(index, **value):
    return {"resourceType": "Observation", "id": f"o{index}", "status": "final", "subject": {"reference": "Patient/pat-recommend"},
            "code": {"coding": [{"system": "http://loinc.org", "code": "21889-1"}]}, **value}


@unittest.skipIf(SANITIZED, "a sanitizer has memory of its own")
class MemoryTest(AbuseTest):
    GROWTH = 192 * MEBI

    def cost(self, name, data, statuses):
        """How far memory went up for a request, at most."""
        try:
            with open(f"/proc/{self.pid}/clear_refs", "w", encoding="ascii") as file:
                file.write("5")  # the peak starts anew
        except PermissionError:
            self.skipTest("only its owner may ask for the peak of a process that hides its memory")
        before = resident(self.pid)
        with Wire(self.server.port, timeout=120) as wire:
            answer = wire.send(data).answer()
        self.assertIn(answer.status, statuses, f"{name}: {answer.text[:300]}")
        grown = peak(self.pid) - before
        self.assertLess(grown, 128 * MEBI, name)
        return grown

    def test_eight_mebibytes_of_anything_cost_little(self):
        filler = b"," + b" " * 100
        full = {
            "one string": GOOD[:-1] + b',"x":"' + b"a" * (LIMIT - len(GOOD) - 10) + b'"}',
            "white space": GOOD + b" " * (LIMIT - len(GOOD)),
            "numbers": GOOD[:-1] + b',"x":[' + b"1," * 900_000 + b"1]}",
            "empty objects": GOOD[:-1] + b',"x":[' + b"{}," * 900_000 + b"{}]}",
            "objects of one member": GOOD[:-1] + b',"x":[' + b'{"a":1},' * 300_000 + b"1]}",
            "empty strings": GOOD[:-1] + b',"x":[' + b'"",' * 900_000 + b"1]}",
            "escapes": GOOD[:-1] + b',"x":"' + b"\\u0041" * 1_300_000 + b'"}',
            "broad objects": GOOD[:-1] + b',"x":[' + (b"{" + b",".join(b'"%d":0' % i for i in range(9_000)) + b"},") * 70 + b"1]}",
            "filler": GOOD[:-1] + b',"x":[1' + (filler + b"1") * 70_000 + b"]}",
        }
        for name, body in full.items():
            with self.subTest(name):
                self.assertLessEqual(len(body), LIMIT)
                self.cost(name, post(body), {200})
        with self.subTest("a body that is no JSON"):
            self.cost("no JSON", post(b"[" * LIMIT), {400})
        with self.subTest("too many values"):
            self.cost("too many values", post(b"[" + b"[]," * 2_000_000 + b"[]]"), {400})

    def test_data_of_a_patient_cost_little(self):
        for name, body in (
                ("resources without anything", with_observations(19_000, observation)),
                ("resources that count", with_observations(8_000, lambda index: observation(
                    index, effectiveDateTime="2026-02-14", valueQuantity={"value": index % 90 + 1, "unit": "mm", "system": "http://unitsofmeasure.org", "code": "mm"}))),
                ("many codes", with_observations(400, lambda index: observation(index, category=[{"coding": [
                    {"system": "http://loinc.org", "code": str(number)} for number in range(100)]}]))),
                ("long texts", with_observations(70, lambda index: observation(index, valueString="<b>[x](y)" * 10_000)))):
            with self.subTest(name):
                self.assertLessEqual(len(body), LIMIT, name)
                self.cost(name, post(body), {200})

    def test_what_is_only_announced_costs_nothing(self):
        wires = []
        before = resident(self.pid)
        for index in range(300):
            wire = Wire(self.server.port)
            self.addCleanup(wire.socket.close)
            fields = ["Content-Length: 8000000"] if index % 2 else ["Transfer-Encoding: chunked"]
            wire.send(head(SERVICE, "POST", "Content-Type: application/json", *fields) + (b"" if index % 2 else b"700000\r\n"))
            wires.append(wire)
        with Wire(self.server.port) as wire:
            self.assertEqual(wire.send(post()).answer().text, self.expected)
        self.assertLess(resident(self.pid) - before, 64 * MEBI)

    def test_a_thousand_bad_requests_leave_nothing_behind(self):
        rows = [post(value) for _, value in json_corpus.INVALID] + [b"BAD\r\n\r\n", head("/" + "a" * 9_000, "GET"), post(b"[" * 100_000)]
        for _ in range(2):
            for data in rows:
                with Wire(self.server.port) as wire:
                    wire.send(data).answer()
        before = resident(self.pid)
        for _ in range(6):
            for data in rows:
                with Wire(self.server.port) as wire:
                    wire.send(data).answer()
        self.assertLess(resident(self.pid) - before, 8 * MEBI)


if __name__ == "__main__":
    unittest.main()
