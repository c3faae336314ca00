"""A corpus of JSON texts against the real server: what is valid is taken, what is not gets 400, in the same way wherever it stands."""

import unittest

import json_corpus
from wire import GOOD, PROBE, AbuseTest, chunked, post


class JsonTest(AbuseTest):
    # Documents of eight megabytes leave free memory behind in the allocator.
    GROWTH = 128 * 1024 * 1024

    def ask(self, body):
        wire = self.wire()
        answer = wire.send(post(body)).answer()
        wire.socket.close()
        return answer

    def inside(self, value):
        """A good call with a member that nobody reads."""
        return GOOD[:-1] + b',"corpus":' + value + b"}"

    def taken(self, name, body):
        answer = self.ask(body)
        self.assertEqual((answer.status, answer.text), (200, self.expected), name)

    def refused(self, name, body):
        issue = self.is_error(self.ask(body), {400}, name)
        self.assertIn(issue["code"], ("structure", "required"), name)

    def decided(self, name, body, taken):
        (self.taken if taken else self.refused)(name, body)

    def test_valid(self):
        for name, value in json_corpus.VALID:
            with self.subTest(name):
                self.taken(name, self.inside(value))

    def test_invalid(self):
        for name, value in json_corpus.INVALID:
            with self.subTest(name):
                self.refused(name, self.inside(value))
                self.refused(name, value)

    def test_undecided(self):
        for name, value, taken in json_corpus.UNDECIDED:
            with self.subTest(name):
                self.decided(name, self.inside(value), taken)

    def test_documents(self):
        for name, body, taken in json_corpus.documents(GOOD):
            with self.subTest(name):
                if body is None:
                    for end in range(1, len(GOOD) - 1, max(taken, len(GOOD) // 150)):
                        self.refused(f"{name} {end}", GOOD[:end])
                elif taken is None:  # of ASCII alone it may be JSON all the same
                    self.assertIn(self.ask(body).status, (200, 400), name)
                else:
                    self.decided(name, body, taken)

    def test_in_chunks_it_is_the_same(self):
        for rows, taken in ((json_corpus.VALID[::9], True), (json_corpus.INVALID[::9], False)):
            for name, value in rows:
                body = self.inside(value)
                cut = len(body) - len(value) // 2 - 1
                with self.subTest(name):
                    answer = self.wire().send(chunked(body[:cut], body[cut:])).answer()
                    if taken:
                        self.assertEqual((answer.status, answer.text), (200, self.expected))
                    else:
                        self.is_error(answer, {400}, name)

    def test_a_connection_goes_on_after_bad_json(self):
        wire = self.wire()
        for name, value in json_corpus.INVALID[::5]:
            self.is_error(wire.send(post(value) + PROBE).answer(), {400}, name)
            self.assertEqual(wire.answer().status, 200)


if __name__ == "__main__":
    unittest.main()
