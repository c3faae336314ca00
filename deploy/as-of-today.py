#!/usr/bin/env python3
"""Prints a sample request with every date moved by the same number of days, so that what was recorded two
weeks before the samples' moment was recorded two weeks ago. Ages move along with the birth dates.

    as-of-today.py FILE [YYYY-MM-DD]     the second one in place of today
"""

import datetime
import json
import re
import sys

MOMENT = datetime.date(2026, 3, 2)  # what the samples are written for
DATE = re.compile(r"^(\d{4}-\d{2}-\d{2})(T.*)?$")


def moved(value, days):
    """The value with its dates moved; partial dates and everything else stay."""
    if isinstance(value, dict):
        return {name: moved(member, days) for name, member in value.items()}
    if isinstance(value, list):
        return [moved(item, days) for item in value]
    found = DATE.match(value) if isinstance(value, str) else None
    if not found:
        return value
    date = datetime.date.fromisoformat(found[1]) + datetime.timedelta(days=days)
    return date.isoformat() + (found[2] or "")


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    today = datetime.date.fromisoformat(sys.argv[2]) if len(sys.argv) == 3 else datetime.date.today()
    with open(sys.argv[1], encoding="utf-8") as file:
        json.dump(moved(json.load(file), (today - MOMENT).days), sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
