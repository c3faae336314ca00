"""Heads, lengths and chunks that two readers of one connection could understand differently (RFC 9112 on the strict side).

Each row is followed by a second request on the same connection: where the first is refused, the second must never be
looked at, or somebody could hide a request in another one's.
"""

import socket
import unittest

from wire import GOOD, MARK, PROBE, SERVICE, AbuseTest, chunked, head, post

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
JSON = "Content-Type: application/json"
CONTROLS = [byte for byte in [*range(0x00, 0x20), 0x7F] if byte not in (0x0A, 0x0D)]


def request_lines():
    for line in ("GET", "GET ", "GET /", "GET / ", "GET  / HTTP/1.1", "GET /  HTTP/1.1", " GET / HTTP/1.1", "GET / HTTP/1.1 ",
                 "GET\t/ HTTP/1.1", "GET /\tHTTP/1.1", "GET / http/1.1", "GET / HTTP/1", "GET / HTTP/1.", "GET / HTTP/.1",
                 "GET / HTTP/1.1.1", "GET / HTTP/11", "GET / HTTP/1.10", "GET / HTTP/01.1", "GET / HTTP/1,1", "GET / HTTPS/1.1",
                 "GET / FTP/1.1", "GET / HTTP 1.1", "GET / HTTP/1.1 x", "GET / / HTTP/1.1", "G@T / HTTP/1.1", "G,T / HTTP/1.1",
                 "G\u00e9T / HTTP/1.1", "/ GET HTTP/1.1", "GET/ HTTP/1.1", "GET /HTTP/1.1", "get / HTTP/1.1",
                 "HTTP/1.1 200 OK", "{\"hook\":1}", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "PRI * HTTP/2.0"):
        yield f"line {line!r}", line.encode("latin-1") + b"\r\nHost: a\r\n\r\n", {400, 505, 405, 501}
    for version in ("0.9", "1.2", "1.9", "2.0", "3.0", "9.9"):
        yield f"version {version}", head("/", "GET", version=f"HTTP/{version}"), {400, 505}
    yield "no version", b"GET /\r\n\r\n", {400, 505}
    yield "three empty lines first", b"\r\n\r\n\r\n" + PROBE, {400}


def targets():
    for byte in [*CONTROLS, 0x80, 0xA0, 0xC0, 0xFF]:
        yield f"byte {byte:#04x} in the target", b"GET /a" + bytes([byte]) + b"b HTTP/1.1\r\nHost: a\r\n\r\n", {400}
    for target in ("a", "a/b", "*", "?x", "#x", "/#x", "/a#", "http:/a", "http//a/", "ftp://a/", "file:///etc/passwd", "//", "http://",
                   "http:///x", "http://a@b/", "http://a b/", "javascript://a/x", "a:80", "\\", "\\\\a\\b"):
        yield f"target {target}", head(target, "GET"), {400, 404}
    for target in ("/%00", "/health%2flive", "/health%2Flive", "/health%5clive", "/health\\live", "/./health/live", "/health/./live",
                   "/x/../health/live", "/health/live/..", "/%2e/health/live", "/x/%2e%2e/health/live", "/x/.%2e/health/live", "/health/live%",
                   "/health/live%2", "/health/live%zz", "/health/live%0a", "/health//live", "//health/live", "/health/live//",
                   "/health/live/x", "/health/live%20", "/%2568ealth/live", "/health/live;x=1", "/health/live%3fx",
                   "/cds-services///x", "/cds-services/..%2f..%2fetc%2fpasswd", "/../../../../etc/passwd", "/health/live/.",
                   "/HEALTH/LIVE", "/health/live%00.json", "/" + "../" * 100 + "etc/passwd"):
        yield f"path {target[:60]}", head(target, "GET"), {400, 404}
    yield "long target", head("/" + "a" * 9000, "GET"), {414}
    yield "endless request line", b"GET /" + b"a" * 20_000, {414, 431, 400}


def fields():
    for byte in [*CONTROLS[:9], *CONTROLS[10:]]:
        yield f"byte {byte:#04x} in a value", head("/", "GET", f"X: a{chr(byte)}b"), {400}
        yield f"byte {byte:#04x} in a name", head("/", "GET", f"X{chr(byte)}Y: a"), {400}
    for line in ("NoColon", ":empty", " : space", "X : a", "X\t: a", " X: a", "\tX: a", "X Y: a", "X(: a", "X@Y: a", "X\u00e9: a", "X\"Y: a",
                 "X/Y: a", "[X]: a", "{X}: a", "Host a", f"{MARK}", "=: a", "X: a\r\n folded", "X: a\r\n\tfolded", "X:\r\n : a"):
        yield f"field {line!r}", head("/", "GET", line), {400}
        yield f"first field {line!r}", b"GET / HTTP/1.1\r\n" + line.encode("latin-1") + b"\r\nHost: a\r\n\r\n", {400}
    for ending in (b"\n", b"\r", b"\n\r", b"\r\r\n", b"\r\n\r", b"\0\r\n"):
        yield f"line end {ending!r}", b"GET / HTTP/1.1" + ending + b"Host: a\r\n\r\n", {400}
        yield f"field end {ending!r}", b"GET / HTTP/1.1\r\nHost: a" + ending + b"X: b\r\n\r\n", {400}
    for host in ("", "a b", "a/b", "a@b", "a\\b", "a,b c", "<a>", "a\"b", "a#b", "a?b"):
        yield f"host {host!r}", head("/", "GET", host=f"Host: {host}"), {400}
    yield "no host", head("/", "GET", host=None), {400}
    yield "two hosts", head("/", "GET", "Host: a"), {400}
    yield "two hosts apart", head("/", "GET", "X: y", "hOST: b"), {400}
    yield "101 fields", head("/", "GET", *[f"X-{i}: y" for i in range(101)]), {431}
    yield "a long field", head("/", "GET", "X: " + "y" * 40_000), {431}
    yield "many long fields", head("/", "GET", *[f"X-{i}: " + "y" * 1000 for i in range(60)]), {431}
    yield "endless fields", b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000, {431}


def lengths():
    for value in ("", "-1", "+1", "1.0", "0x1", "1e1", "1,1", "1, 1", "1;1", "1 1", "one", "\u00b2", "18446744073709551616",
                  "99999999999999999999", "9" * 40, "00000000000000000000", "1_0", "1\t1", "0,0", "\"5\"", "5\x0b", "NaN"):
        yield f"length {value!r}", head(SERVICE, "POST", JSON, f"Content-Length: {value}") + SMUGGLED, {400}
    length = f"Content-Length: {len(GOOD)}"
    for name, lines in (("two lengths", [length, length]), ("two other lengths", [length, "Content-Length: 0"]),
                        ("zero and a length", ["Content-Length: 0", length]), ("a list", [f"{length}, {len(GOOD)}"]),
                        ("length and chunked", [length, "Transfer-Encoding: chunked"]),
                        ("chunked and length", ["Transfer-Encoding: chunked", length]),
                        ("chunked and zero", ["Transfer-Encoding: chunked", "Content-Length: 0"]),
                        ("zero and chunked", ["Content-Length: 0", "Transfer-Encoding: chunked"]),
                        ("chunked and identity", ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"]),
                        ("chunked twice", ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"])):
        for fields_of in (lines, [line.upper() for line in lines], [line.lower() for line in lines]):
            yield f"{name} {fields_of[0]}", head(SERVICE, "POST", JSON, *fields_of) + b"0\r\n\r\n" + GOOD, {400}
    for coding in ("", "gzip", "identity", "chunked, chunked", "gzip, chunked", "chunked, gzip", "chunked;q=1", "\"chunked\"", "chunkedx",
                   "xchunked", "chunked,", ",chunked", "x chunked", "chunked\x0b", "chunk", "deflate", "chunked identity"):
        yield f"coding {coding!r}", head(SERVICE, "POST", JSON, f"Transfer-Encoding: {coding}") + b"0\r\n\r\n", {400, 501}
    for line in ("Transfer-Encoding : chunked", " Transfer-Encoding: chunked", "Transfer-Encoding:\x0bchunked",
                 "Transfer-Encoding\t: chunked", "X: y\nTransfer-Encoding: chunked", "X: y\rTransfer-Encoding: chunked",
                 "Transfer-Encoding:\r\n chunked", "Transfer\u2010Encoding: chunked".encode("utf-8").decode("latin-1")):
        yield f"hidden coding {line!r}", head(SERVICE, "POST", JSON, line, length) + b"0\r\n\r\n", {400, 501}
    yield "chunked in 1.0", head(SERVICE, "POST", JSON, "Transfer-Encoding: chunked", version="HTTP/1.0") + b"0\r\n\r\n", {400, 501}


def chunks():
    start = head(SERVICE, "POST", JSON, "Transfer-Encoding: chunked")
    for size in (b"", b"x", b"g", b"0x5", b"+5", b"-5", b" 5", b"5 ", b"\t5", b"5\t", b"5h", b"5.0", b"5,", b"00000000000000005", b"1" * 17,
                 b"FFFFFFFFFFFFFFFFF", b"5\r", b"5\0", b"\r\n5"):
        yield f"size {size!r}", start + size + b"\r\nhello\r\n0\r\n\r\n", {400}
    for size in (b"FFFFFFFFFFFFFFFF", b"7FFFFFFFFFFFFFFF", b"8000000000000000", b"800001", b"FFFFFFFF", b"100000000"):
        yield f"large size {size!r}", start + size + b"\r\nhello", {413}
    for ending in (b"\n", b"\r", b"\r\r\n", b"\n\r", b"", b"x\r\n", b" \r\n"):
        yield f"size end {ending!r}", start + b"5" + ending + b"hello\r\n0\r\n\r\n", {400}
        yield f"data end {ending!r}", start + b"5\r\nhello" + ending + b"0\r\n\r\n", {400}
        yield f"last end {ending!r}", start + b"5\r\nhello\r\n0" + ending + b"x\r\n", {400}
    for extension in (b";a\nb", b";a\rb", b";a\0b", b";\x01", b";a=\x7f", b";" + b"a" * 5000):
        yield f"extension {extension[:8]!r}", start + b"5" + extension + b"\r\nhello\r\n0\r\n\r\n", {400}
    for trailer in (b"NoColon\r\n\r\n", b" X: y\r\n\r\n", b"X : y\r\n\r\n", b"X: y\n\r\n", b"X: a\r\n b\r\n\r\n", b": y\r\n\r\n", b"X: \0\r\n\r\n",
                    b"\nGET /smuggled HTTP/1.1\r\n\r\n", b"X: y\r\r\n\r\n"):
        yield f"trailer {trailer!r}", start + b"5\r\nhello\r\n0\r\n" + trailer, {400}
    yield "21 trailers", start + b"0\r\n" + b"X: y\r\n" * 21 + b"\r\n", {400, 431}
    yield "long trailers", start + b"0\r\nX: " + b"y" * 9000 + b"\r\n\r\n", {400, 431}
    yield "data longer than its size", start + b"4\r\nhello\r\n0\r\n\r\n", {400}
    yield "data shorter than its size", start + b"6\r\nhello\r\n0\r\n\r\n", {400}


class FramingTest(AbuseTest):
    def refuse_all(self, rows):
        count = 0
        for name, data, statuses in rows:
            with self.subTest(name):
                wire = self.wire()
                answers = wire.send(data + SMUGGLED).half_close().rest()
                wire.socket.close()
                self.assertGreaterEqual(len(answers), 1, "no answer")
                self.is_error(answers[0], statuses, name)
                if answers[0].headers.get("connection") == "close":
                    self.assertEqual(len(answers), 1, "something behind it was answered")
                else:
                    # The framing was intact: what follows is the next request, and nothing else.
                    self.assertIn(answers[0].status, (404, 405), name)
                    self.assertEqual([answer.status for answer in answers[1:]], [404], name)
                self.assertFalse(wire.reset, "an answer may be lost in a reset")
            count += 1
        self.assertGreater(count, 20)

    def test_request_lines(self):
        self.refuse_all(request_lines())

    def test_targets(self):
        self.refuse_all(targets())

    def test_fields(self):
        self.refuse_all(fields())

    def test_lengths_and_codings(self):
        self.refuse_all(lengths())

    def test_chunks(self):
        self.refuse_all(chunks())

    def test_what_is_unusual_and_good_is_answered(self):
        cards = self.expected
        for name, data in (("a plain call", post()), ("absolute form", post(GOOD, f"http://evil.example{SERVICE}")),
                           ("an empty line first", b"\r\n" + post()), ("chunked", chunked(GOOD)), ("tiny chunks", chunked(*[GOOD[i:i + 7] for i in range(0, len(GOOD), 7)])),
                           ("trailers", chunked(GOOD, trailer=b"X: y\r\nY: z\r\n\r\n")), ("two slashes", post(GOOD, SERVICE.replace("/onc", "//onc"))),
                           ("a final slash", post(GOOD, SERVICE + "/")), ("escaped", post(GOOD, SERVICE.replace("o", "%6f"))),
                           ("other authority", post(GOOD, SERVICE, "X-Forwarded-Host: evil", "X-Original-URL: /health/live",
                                                    "X-HTTP-Method-Override: GET", "Forwarded: host=evil", "X-Rewrite-URL: /")),
                           ("an upgrade", post(GOOD, SERVICE, "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__")),
                           ("any Accept", post(GOOD, SERVICE, "Accept: text/html"))):
            with self.subTest(name):
                answers = self.wire().send(data).half_close().rest()
                self.assertEqual([(answer.status, answer.text) for answer in answers], [(200, cards)])

    def test_pipelined_requests_are_answered_in_order_and_nothing_behind_an_error(self):
        answers = self.wire().send(post() + PROBE + chunked(GOOD) + PROBE).half_close().rest()
        self.assertEqual([answer.text for answer in answers],
                         [self.expected, '{"status":"live"}', self.expected, '{"status":"live"}'])
        answers = self.wire().send(PROBE * 50 + b"BAD\r\n\r\n" + PROBE * 5).half_close().rest()
        self.assertEqual([answer.status for answer in answers], [200] * 50 + [400])

    def test_methods_and_expectations(self):
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "GET"):
            answer = self.wire().send(head(SERVICE, method)).answer()
            self.is_error(answer, {405}, method)
            self.assertEqual(answer.headers["allow"], "POST, OPTIONS")
        self.is_error(self.wire().send(head("/health/live", "CONNECT")).answer(), {405}, "CONNECT")
        self.is_error(self.wire().send(head("a:443", "CONNECT")).answer(), {400}, "CONNECT to an authority")
        self.assertIn(self.wire().send(head(SERVICE, "OPTIONS")).answer().status, (204, 405))
        wire = self.wire().send(head("/health/live", "HEAD") + PROBE)
        self.assertEqual(wire.answer(body=False).headers["content-length"], str(len('{"status":"live"}')))
        self.assertEqual(wire.answer().text, '{"status":"live"}')
        expecting = head(SERVICE, "POST", JSON, f"Content-Length: {len(GOOD)}", "Expect: 100-continue")
        wire = self.wire().send(expecting)
        self.assertEqual(wire.answer().status, 100)
        self.assertEqual(wire.send(GOOD).answer().text, self.expected)
        self.is_error(self.wire().send(head(SERVICE, "POST", JSON, "Content-Length: 9000000", "Expect: 100-continue")).answer(), {413})
        self.is_error(self.wire().send(head(SERVICE, "POST", JSON, "Content-Length: 9", "Expect: magic")).answer(), {417})

    def test_media_types_and_codings(self):
        def ask(*fields_of):
            return self.wire().send(head(SERVICE, "POST", f"Content-Length: {len(GOOD)}", *fields_of) + GOOD).answer()

        for value in ("application/json", "Application/JSON", "application/fhir+json", "application/json; charset=utf-8",
                      "application/json;charset=\"UTF-8\""):
            self.assertEqual(ask(f"Content-Type: {value}").status, 200, value)
        self.assertEqual(ask().status, 200)
        for value in ("text/plain", "text/html", "application/xml", "multipart/form-data; boundary=x", "application/json; charset=utf-16",
                      "application/json; x=y", "application/jsonx", "application", "", f"{MARK}/{MARK}", "application/json, text/plain"):
            self.is_error(ask(f"Content-Type: {value}"), {415}, value)
        self.is_error(ask("Content-Type: application/json", "Content-Type: application/json"), {415})
        for value in ("gzip", "br", "deflate", "gzip, identity", "x"):
            self.is_error(ask("Content-Type: application/json", f"Content-Encoding: {value}"), {415}, value)
        self.assertEqual(ask("Content-Type: application/json", "Content-Encoding: identity").status, 200)

    def test_a_body_that_nobody_wants_does_not_lose_its_answer(self):
        for name, fields_of in (("announced", ["Content-Length: 30000000"]), ("chunked", ["Transfer-Encoding: chunked"])):
            wire = self.wire()
            wire.send(head(SERVICE, "POST", JSON, *fields_of))
            block = b"10000\r\n" + b"x" * 65536 + b"\r\n" if name == "chunked" else b"x" * 65536
            for _ in range(400):
                wire.send(block)
            answers = wire.half_close().rest()
            self.is_error(answers[0], {413}, name)
            self.assertEqual((len(answers), wire.reset), (1, False), name)

    def test_short_reads_and_writes(self):
        # Byte by byte into the server, and out of it through a window that holds almost nothing.
        wire = self.wire()
        wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for data in (post()[:400], chunked(GOOD[:60], GOOD[60:])[:400]):
            for index in range(len(data)):
                wire.send(data[index:index + 1])
            wire.send(post()[400:] if data == post()[:400] else chunked(GOOD[:60], GOOD[60:])[400:])
            self.assertEqual(wire.answer().text, self.expected)
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        narrow.connect(("127.0.0.1", self.server.port))
        narrow.sendall(post() * 40)
        narrow.shutdown(socket.SHUT_WR)
        got = b""
        while part := narrow.recv(997):
            got += part
        narrow.close()
        self.assertEqual(got.count(self.expected.encode()), 40)

    def test_requests_that_end_early(self):
        for name, data in (("in the head", b"POST / HTTP/1.1\r\nHo"), ("in the body", post()[:-5]),
                           ("in a chunk", chunked(GOOD)[:-20]), ("before the last chunk", chunked(GOOD)[:-2])):
            answers = self.wire().send(data).half_close().rest()
            self.assertEqual(len(answers), 1, name)
            self.is_error(answers[0], {400}, name)


if __name__ == "__main__":
    unittest.main()
