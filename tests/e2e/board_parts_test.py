"""A board in parts: several processes share the patients of one list, and their measures are those of the whole."""

import json
import unittest

import board_test
from board_test import SAMPLES, lines_of, run

PARTS = 3


class BoardPartsTest(board_test.Folder):
    export = board_test.SameOutcomesTest.export

    def parts(self, source, status=(0,) * PARTS, *options):
        """Folders of the boards over all parts."""
        folders = [self.folder / f"part-{index}" for index in range(PARTS)]
        for index, folder in enumerate(folders):
            code, messages = run("--from", source, "--out", folder, "--shard", f"{index}/{PARTS}", *options)
            self.assertEqual(code, status[index], messages)
        return folders

    def merged(self, *folders):
        code, messages = run("--merge", *folders, "--out", self.folder / "merged")
        self.assertEqual(code, 0, messages)
        return (self.folder / "merged/measures.json").read_bytes()

    def assert_same_as_whole(self, source, status=0):
        self.board(source, status=status)
        parts = self.parts(source, (status,) + (0,) * (PARTS - 1))
        self.assertEqual(self.merged(*parts), (self.out / "measures.json").read_bytes())
        self.assertEqual(self.merged(*reversed(parts)), (self.out / "measures.json").read_bytes())
        lines = [lines_of(part) for part in parts]
        self.assertTrue(all(lines), "each part has patients")
        self.assertEqual(sorted(sum(lines, [])), sorted(lines_of(self.out)))

    def test_calls(self):
        self.assert_same_as_whole(SAMPLES)

    def test_a_scattered_export(self):
        self.assert_same_as_whole(self.export("plain"))

    def test_what_is_broken_is_told_and_counted_once(self):
        self.assert_same_as_whole(self.export("broken", broken=7), status=1)

    def test_a_part_may_be_empty(self):
        source = SAMPLES / "both-kidneys.patient-view.json"
        self.board(source)
        parts = self.parts(source)
        self.assertEqual(sorted(len(lines_of(part)) for part in parts), [0, 0, 1])
        self.assertEqual(self.merged(*parts), (self.out / "measures.json").read_bytes())

    def test_what_does_not_belong_together_is_refused(self):
        first, second, _ = self.parts(SAMPLES)
        file = second / "measures.json"
        good = json.loads(file.read_text(encoding="utf-8"))
        rows = (({"evaluatedAt": "2026-03-03T09:00:00+01:00"}, "made for another moment"),
                ({"pathway": good["pathway"] | {"hash": "sha256:0"}}, "made with another pathway"),
                ({"more": 1}, "another version of renalpath"),
                ({"patients": "6"}, "is not what"))
        for changes, sentence in rows:
            with self.subTest(sentence):
                file.write_text(json.dumps(good | changes), encoding="utf-8")
                code, messages = run("--merge", first, second, "--out", self.folder / "merged")
                self.assertEqual(code, 1)
                self.assertIn(sentence, messages)
                self.assertFalse((self.folder / "merged").exists())
        file.unlink()
        self.assertEqual(run("--merge", first, second, "--out", self.folder / "merged")[0], 1)

    def test_wrong_use(self):
        for options in (("--from", SAMPLES, "--merge", SAMPLES), (), ("--from", SAMPLES, "--shard", "3/3"),
                        ("--from", SAMPLES, "--shard", "0/0"), ("--from", SAMPLES, "--shard", "-1/2"),
                        ("--from", SAMPLES, "--shard", "1"), ("--from", SAMPLES, "--shard", "1/2x")):
            with self.subTest(options):
                self.assertEqual(run(*options, "--out", self.out)[0], 2)


if __name__ == "__main__":
    unittest.main()
