"""Requests that are JSON and hostile all the same: fields of the wrong kind, ids that want to be paths or queries, servers that must
not be called, and text that wants to be Markdown or HTML on somebody's screen."""

import copy
import json
import re
import socket
import threading
import unittest

from wire import MARK, SERVICE, AbuseTest, calls, post

IDS = ("", " ", ".." + "/x", "a/b", "a?b", "a#b", "a&b=c", "a%2fb", "a|b", "a,b", "a b", "a\tb", "a\nb", "a\u0000b", "\u00e9", "a" * 65, "Patient/1", "';--", "\"",
       "${x}", "{{context.patientId}}", "$everything", "a;b", "a\\b", "\u202ea", "\ud83d\ude00", "*", "<a>", f"{MARK}!")
KINDS = (None, True, 1, -1, 0.5, [], {}, [[]], ["x"], {"a": "b"})
# Everything that a browser, an EHR or a terminal might act upon.
INJECTIONS = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "![a](https://evil.example/x.png)",
              "<https://evil.example>", "https://evil.example/auto", "www.evil.example", "a@evil.example", "# heading", "> quote", "- item", "1. item", "```\ncode", "    code",
              "**bold** _it_ ~~no~~ `code`", "| a | b |\n|---|---|", "\r\n\r\n<b>", "&lt;b&gt; &#60;b&#62;", "\\", "\\[a](b)", "[a]: https://evil.example", "<!-- -->",
              "\u202e\u2066\u200f", "\u0007\u001b[31m", "\u0000", "{{7*7}} ${7*7} #{7*7}", "]]>", "--- \n", "a\n===", "[^1]", "- [ ] x", "\ufeff\ufff9", "$x$")


class FieldsTest(AbuseTest):
    OPTIONS = ["--profile", "standard", "--outcome", "on"]

    def ask(self, request):
        wire = self.wire()
        answer = wire.send(post(json.dumps(request).encode())).answer()
        wire.socket.close()
        return answer

    def request(self):
        return calls.sample(calls.VIEW)

    def test_fields_of_another_kind(self):
        needed = ("hook", "hookInstance", "context")
        for field in (*needed, "fhirServer", "fhirAuthorization", "prefetch"):
            for value in KINDS:
                request = self.request()
                request[field] = value
                good = (value is None and field not in needed) or (isinstance(value, dict) and field == "prefetch")
                with self.subTest(f"{field} = {value}"):
                    answer = self.ask(request)
                    if good:
                        self.assertIn(answer.status, (200, 412))
                    else:
                        self.is_error(answer, {400}, f"{field} = {value}")
        for field in needed:
            request = self.request()
            del request[field]
            self.is_error(self.ask(request), {400}, field)
        for field in ("patientId", "userId"):
            for value in KINDS:
                request = self.request()
                request["context"][field] = value
                self.is_error(self.ask(request), {400}, f"{field} = {value}")

    def test_ids_that_are_none(self):
        for value in IDS:
            for field in ("patientId", "encounterId"):
                request = self.request()
                request["context"][field] = value
                self.is_error(self.ask(request), {400}, f"{field} = {value!r}")
            request = self.request()
            request["context"]["userId"] = f"Practitioner/{value}"
            self.is_error(self.ask(request), {400}, f"userId = {value!r}")
        for value in ("", "a" * 129, "a\nb", "a\u0000b", "\u00e9", "\x7f"):
            request = self.request()
            request["hookInstance"] = value
            self.is_error(self.ask(request), {400}, f"hookInstance = {value!r}")
        for value in ("Practitioner", "Practitioner/", "/1", "Practitioner/1/2", "Group/1", "practitioner/1", "http://a/Practitioner/1?x=1"):
            request = self.request()
            request["context"]["userId"] = value
            self.is_error(self.ask(request), {400}, value)

    def test_servers_that_are_none_and_servers_that_must_not_be_called(self):
        for value in ("", "x", "ftp://a", "file:///etc/passwd", "gopher://a", "//a/fhir", "http:", "http://", "https:///x", "javascript:1", "data:,x", MARK):
            request = self.request()
            request["fhirServer"] = value
            self.is_error(self.ask(request), {400}, value)
        with socket.create_server(("127.0.0.1", 0)) as trap:
            port = trap.getsockname()[1]
            callers = []
            threading.Thread(target=lambda: self.watch(trap, callers), daemon=True).start()
            for host in ("127.0.0.1", "localhost", "0.0.0.0", "0", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "127.0.0.1.",
                         "user@127.0.0.1", "evil.example@127.0.0.1", "127.0.0.1#@evil.example", "\uff11\uff12\uff17.0.0.1", "169.254.169.254", "metadata.google.internal"):
                for scheme in ("http", "https"):
                    request = self.request()
                    del request["prefetch"]["observations"]
                    request["fhirServer"] = f"{scheme}://{host}:{port}/fhir"
                    request["fhirAuthorization"] = {"access_token": MARK, "token_type": "Bearer", "expires_in": 300, "scope": "*", "subject": "x"}
                    request["prefetch"]["patient"]["link"] = [{"other": {"reference": f"http://127.0.0.1:{port}/fhir/Patient/1"}}]
                    request["prefetch"]["conditions"]["link"] = [{"relation": "next", "url": f"http://127.0.0.1:{port}/next"}]
                    answer = self.ask(request)
                    self.assertIn(answer.status, (200, 400, 412), host)
                    self.assertNotIn(MARK, answer.text)
            self.assertEqual(callers, [], "nobody may be called who is on no list")

    @staticmethod
    def watch(trap, callers):
        try:
            while True:
                connection, _ = trap.accept()
                callers.append(connection.getpeername())
                connection.close()
        except OSError:
            pass

    def strings(self, value, path=()):
        if isinstance(value, dict):
            for name, member in value.items():
                yield from self.strings(member, (*path, name))
        elif isinstance(value, list):
            for index, element in enumerate(value):
                yield from self.strings(element, (*path, index))
        elif isinstance(value, str):
            yield path

    # What a reader sees of a resource: names and words of people.
    SHOWN = ("display", "text", "unit", "family", "valueString", "title", "description", "note")

    def test_text_of_the_record_is_never_markup(self):
        seen = 0
        for name in (calls.VIEW, calls.SIGN):
            for injection in INJECTIONS:
                request = copy.deepcopy(calls.sample(name))
                for path in list(self.strings(request)):
                    if path[-1] in self.SHOWN:
                        target = request
                        for step in path[:-1]:
                            target = target[step]
                        target[path[-1]] = f"{MARK}{injection}{MARK}"
                answer = self.ask(request)
                self.assertEqual(answer.status, 200, injection)
                for card in answer.json()["cards"]:
                    seen += json.dumps(card).count(MARK)
                    self.harmless(card, injection)
        self.assertGreater(seen, 50, "nothing of it was shown, so that nothing was tested")

    def harmless(self, card, injection):
        self.assertLess(len(card["summary"]), 140)
        self.assertNotRegex(card["summary"], r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", injection)
        detail = card.get("detail", "")
        self.assertLessEqual(len(detail.encode()), 16 * 1024)
        for shown in re.findall(f"{MARK}(.*?)(?:{MARK}|…|$)", detail, re.S):
            self.assertNotRegex(shown, r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", injection)
            # Every character that Markdown or HTML acts upon has a backslash before it.
            self.assertNotRegex(re.sub(r"\\[!-/:-@\[-`{-~]", "", shown), r"[<>&*_`\[\]()#!|~\\]", injection)
        for link in card.get("links", []):
            self.assertNotIn("evil.example", link["url"])
            self.assertTrue(link["url"].startswith("https://"))
        self.assertNotIn("evil.example", card["source"].get("url", ""))

    def test_services_that_are_none(self):
        for name in (f"{MARK}", "..", ".", "%2e%2e", "onc-kidney-2018%00", "ONC-KIDNEY-2018", "onc-kidney-2018 ", "onc-kidney-2018%20", "onc-kidney-2018'--", "a" * 5_000, "%e9"):
            wire = self.wire()
            answer = wire.send(post(b"{}", f"/cds-services/{name}" if " " not in name else "/cds-services/x%20y")).answer()
            self.is_error(answer, {400, 404}, name)

    def test_feedback_that_is_hostile(self):
        path = SERVICE + "/feedback"
        item = {"card": "7f5a2e9e-0000-4000-8000-000000000001", "outcome": "overridden", "outcomeTimestamp": "2026-06-03T09:15:00Z"}
        for name, body in (("no list", {}), ("a list at the root", [item]), ("items of another kind", {"feedback": [1, None, "x", []]}),
                           ("too many", {"feedback": [item] * 1_001}), ("no card", {"feedback": [{**item, "card": 7}]}),
                           ("a path as card", {"feedback": [{**item, "card": "../../x"}]}), ("SQL as card", {"feedback": [{**item, "card": "'; DROP TABLE card; --"}]}),
                           ("no outcome", {"feedback": [{**item, "outcome": MARK}]}), ("no time", {"feedback": [{**item, "outcomeTimestamp": "yesterday"}]}),
                           ("a text that is too long", {"feedback": [{**item, "overrideReason": {"userComment": "x" * 9_000}}]})):
            with self.subTest(name):
                self.is_error(self.wire().send(post(json.dumps(body).encode(), path)).answer(), {400, 413}, name)
        self.is_error(self.wire().send(post(b" " * 1_100_000, path)).answer(), {413})
        comment = "'); DROP TABLE feedback; -- \u0000 <script>"
        answer = self.wire().send(post(json.dumps({"feedback": [{**item, "overrideReason": {"userComment": comment}}]}).encode(), path)).answer()
        self.assertEqual(answer.status, 200, answer.text)
        answer = self.wire().send(post(json.dumps({"feedback": [item]}).encode(), path)).answer()
        self.assertEqual(answer.status, 200, "the table is still there")


if __name__ == "__main__":
    unittest.main()
