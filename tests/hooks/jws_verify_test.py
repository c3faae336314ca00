"""The verifier alone, on published signatures and on what was spoilt of them.

The program's path is the environment variable JWS_VERIFY, set by ctest.
"""

import json
import os
import subprocess
import unittest

from jws_vectors import VECTORS

PROGRAM = os.environ.get("JWS_VERIFY", "jws_verify")


def verdicts(pairs, *options):
    """What the program says of each JWK (a dict, or any text) and token."""
    lines = "".join(f"{key if isinstance(key, str) else json.dumps(key)}\t{token}\n" for key, token in pairs)
    done = subprocess.run([PROGRAM, *options], input=lines, capture_output=True, encoding="utf-8", check=True)
    return done.stdout.splitlines()


def spoilt(token):
    """The token with one character of each part and place turned, one dropped, one added."""
    for place, character in enumerate(token):
        if character != "." and place % 7 == 0:
            yield token[:place] + ("B" if character == "A" else "A") + token[place + 1:]
    signed, signature = token.rsplit(".", 1)
    yield from (signed, signed + ".", token[:-1], token + "A", token + "=", token + "." + signature, " " + token,
                signed + "." + "A" * len(signature), signed + "." + signature[4:] + "AAAA")


class PublishedTest(unittest.TestCase):
    def test_published_signatures_are_valid(self):
        for name, key, token in VECTORS:
            self.assertEqual(verdicts([(key, token)], "--signature"), ["valid"], name)

    def test_nothing_near_them_is(self):
        for name, key, token in VECTORS:
            bad = list(spoilt(token))
            self.assertGreater(len(bad), 30)
            self.assertEqual(set(verdicts([(key, each) for each in bad], "--signature")), {"invalid"}, name)

    def test_no_key_is_good_for_the_signature_of_another(self):
        for name, key, _ in VECTORS:
            others = [token for other, _, token in VECTORS if other != name]
            self.assertEqual(set(verdicts([(key, token) for token in others], "--signature")), {"invalid"}, name)

    def test_as_tokens_they_lack_what_a_token_needs(self):
        # None has a typ, and those of RFC 7515 no kid.
        self.assertEqual(set(verdicts([(key, token) for _, key, token in VECTORS])), {"invalid"})

    def test_lines_that_are_none(self):
        _, key, token = VECTORS[0]
        self.assertEqual(verdicts([("{}", token), ("", token), ("nonsense", token), (key, "")], "--signature"),
                         ["invalid"] * 4)
        done = subprocess.run([PROGRAM], input="no tab\n\n", capture_output=True, encoding="utf-8", check=True)
        self.assertEqual(done.stdout.splitlines(), ["invalid", "invalid"])


if __name__ == "__main__":
    unittest.main()
