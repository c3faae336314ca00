#!/usr/bin/env python3
"""Prints the cards of a CDS Hooks answer, read from standard input, for a person to read.

Exit status 0 if there was a card, 1 if there was none or the input is no CDS Hooks answer.
Colours appear on a terminal only, and never where NO_COLOR is set.
"""

import json
import os
import re
import shutil
import sys
import textwrap
import unicodedata

COLOURS = {"info": "36", "warning": "33", "critical": "31"}
BOLD, DIM = "1", "2"


class BadAnswer(Exception):
    """The input is no answer of a CDS service."""


def clean(text):
    """The text without control and direction characters, which could steer the terminal."""
    kept = (c if unicodedata.category(c) not in ("Cc", "Cf") else " " for c in str(text))
    return "".join(kept).strip()


def lines_of(text):
    """The cleaned lines of a text; only line feeds separate them."""
    return [clean(line) for line in str(text).split("\n")]


def without_marks(line):
    """A line of Markdown without the marks of bold text and without escapes."""
    return re.sub(r"\\([!-/:-@\[-`{-~])|\*\*", lambda found: found[1] or "", line)


class Printer:
    """Collects lines, wrapped to a width and painted if wanted."""

    def __init__(self, width, colour):
        self.width = max(width, 40)
        self.colour = colour
        self.lines = []

    def paint(self, style, text):
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and style else text

    def add(self, text="", first="", rest=None, style=""):
        """Adds one paragraph; `first` starts its first line, `rest` the following ones."""
        rest = " " * len(first) if rest is None else rest
        wrapped = textwrap.wrap(
            text, self.width - len(first), break_long_words=False, break_on_hyphens=False
        )
        for number, line in enumerate(wrapped or [""]):
            self.lines.append(((rest if number else first) + self.paint(style, line)).rstrip())

    def add_detail(self, detail):
        """Adds Markdown as it would look: items keep their indent when they wrap."""
        for line in lines_of(detail):
            bullet = "- " if line.startswith(("- ", "* ")) else ""
            self.add(without_marks(line[len(bullet):]), first="    " + bullet)


def objects(value):
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def action_text(action):
    resource = action.get("resource")
    target = resource.get("resourceType") if isinstance(resource, dict) else action.get("resourceId")
    if isinstance(target, list):  # CDS Hooks 2.0 writes a list where 1.0 had one string
        target = ", ".join(str(item) for item in target)
    head = " ".join(clean(part) for part in (action.get("type"), target) if part)
    description = clean(action.get("description", ""))
    return f"{head}: {description}" if description else head


def add_card(out, number, total, card):
    indicator = clean(card.get("indicator", "no indicator"))
    style = COLOURS.get(indicator, "")
    out.add(clean(card.get("summary", "")), first=f"[{number}/{total}] ", style=BOLD)
    out.add(indicator, first="    indicator   ", style=style)
    if card.get("detail"):
        out.add()
        out.add_detail(card["detail"])
        out.add()
    for suggestion in objects(card.get("suggestions")):
        mark = " (recommended)" if suggestion.get("isRecommended") is True else ""
        out.add(clean(suggestion.get("label", "")) + mark, first="    suggestion  ", style=BOLD)
        for action in objects(suggestion.get("actions")):
            out.add(action_text(action), first="      action    ")
    for link in objects(card.get("links")):
        text = f"{clean(link.get('label', ''))} {clean(link.get('url', ''))}"
        out.add(text.strip(), first="    link        ")
    source = card.get("source")
    if isinstance(source, dict):
        text = " ".join(clean(source[key]) for key in ("label", "url") if source.get(key))
        out.add(text, first="    source      ", style=DIM)


def render(answer, width=100, colour=False):
    """The text for an answer and the number of its cards; raises BadAnswer."""
    if not isinstance(answer, dict) or not isinstance(answer.get("cards"), list):
        raise BadAnswer("the answer has no list of cards")
    cards = objects(answer["cards"])
    if len(cards) != len(answer["cards"]):
        raise BadAnswer("a card of the answer is no object")
    out = Printer(width, colour)
    for number, card in enumerate(cards, 1):
        out.add()
        add_card(out, number, len(cards), card)
    return "\n".join(out.lines), len(cards)


def main():
    terminal = sys.stdout.isatty()
    width = min(shutil.get_terminal_size((100, 24)).columns, 100) if terminal else 100
    try:
        answer = json.load(sys.stdin)
        text, count = render(answer, width, terminal and "NO_COLOR" not in os.environ)
    except (ValueError, RecursionError):
        print("print-cards: the answer is not JSON", file=sys.stderr)
        return 1
    except BadAnswer as error:
        print(f"print-cards: {error}", file=sys.stderr)
        return 1
    if count == 0:
        print("print-cards: the answer holds no card", file=sys.stderr)
        return 1
    print(text)
    return 0


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main())
