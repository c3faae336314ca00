"""Tests of deploy/print-cards.py, with made-up answers."""

import importlib.util
import json
import subprocess
import sys
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "print-cards.py"
spec = importlib.util.spec_from_file_location("print_cards", SCRIPT)
print_cards = importlib.util.module_from_spec(spec)
spec.loader.exec_module(print_cards)

CARD = {
    "uuid": "3f0e7f9c-0000-4000-8000-000000000001",
    "summary": "Partial nephrectomy fits better",
    "indicator": "warning",
    "detail": "First paragraph.\n\n- " + "word " * 40 + "\n- second",
    "source": {"label": "Pathway", "url": "https://example.org/pathway"},
    "suggestions": [
        {
            "label": "Order it instead",
            "isRecommended": True,
            "actions": [
                {"type": "delete", "description": "Remove the draft", "resourceId": ["ServiceRequest/1"]},
                {"type": "create", "resource": {"resourceType": "ServiceRequest"}},
            ],
        }
    ],
    "links": [{"label": "Read on", "url": "https://example.org/more", "type": "absolute"}],
}


def run(text):
    return subprocess.run(
        [sys.executable, SCRIPT], input=text, capture_output=True, encoding="utf-8", check=False
    )


class RenderTest(unittest.TestCase):
    def test_shows_every_part_of_a_card(self):
        text, count = print_cards.render({"cards": [CARD]})
        self.assertEqual(count, 1)
        for part in (
            "[1/1] Partial nephrectomy fits better",
            "indicator   warning",
            "    First paragraph.",
            "suggestion  Order it instead (recommended)",
            "action    delete ServiceRequest/1: Remove the draft",
            "action    create ServiceRequest",
            "link        Read on https://example.org/more",
            "source      Pathway https://example.org/pathway",
        ):
            self.assertIn(part, text)

    def test_wraps_at_the_width_and_keeps_the_indent_of_items(self):
        text, _ = print_cards.render({"cards": [CARD]}, width=60)
        lines = text.split("\n")
        self.assertLessEqual(max(len(line) for line in lines), 60)
        item = next(n for n, line in enumerate(lines) if line.startswith("    - word"))
        self.assertTrue(lines[item + 1].startswith("      word"))

    def test_shows_markdown_as_it_would_look(self):
        detail = r"**Order** (cM0 \(qualifier value\), 5\*3 \\ x) a*b"
        text, _ = print_cards.render({"cards": [dict(CARD, detail=detail)]})
        self.assertIn(r"    Order (cM0 (qualifier value), 5*3 \ x) a*b", text)

    def test_numbers_several_cards(self):
        text, count = print_cards.render({"cards": [CARD, CARD]})
        self.assertEqual(count, 2)
        self.assertIn("[2/2]", text)

    def test_paints_only_when_asked(self):
        self.assertNotIn("\x1b", print_cards.render({"cards": [CARD]})[0])
        self.assertIn("\x1b[33mwarning\x1b[0m", print_cards.render({"cards": [CARD]}, colour=True)[0])

    def test_passes_no_control_character_on(self):
        card = dict(CARD, summary="a\x1b[2Jb\u202ec\rd", detail="x\x07y")
        text, _ = print_cards.render({"cards": [card]})
        self.assertIn("a [2Jb c d", text)
        self.assertNotRegex(text, "[\x00-\x09\x0b-\x1f\u202e]")

    def test_bears_missing_members(self):
        text, count = print_cards.render({"cards": [{"summary": "Alone"}]})
        self.assertEqual(count, 1)
        self.assertIn("no indicator", text)

    def test_refuses_what_is_no_answer(self):
        for answer in ([], {}, {"cards": None}, {"cards": "x"}, {"cards": [1]}):
            with self.subTest(answer=answer), self.assertRaises(print_cards.BadAnswer):
                print_cards.render(answer)


class CommandTest(unittest.TestCase):
    def test_prints_without_colour_to_a_pipe(self):
        done = run(json.dumps({"cards": [CARD]}))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Partial nephrectomy", done.stdout)
        self.assertNotIn("\x1b", done.stdout)

    def test_fails_with_one_line_when_there_is_no_card(self):
        for text, message in (
            ('{"cards": []}', "holds no card"),
            ('{"resourceType": "OperationOutcome"}', "no list of cards"),
            ("", "is not JSON"),
            ("[" * 100000, "is not JSON"),
        ):
            with self.subTest(text=text[:40]):
                done = run(text)
                self.assertEqual(done.returncode, 1)
                self.assertIn(message, done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1)
                self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main()
