#!/usr/bin/env python3
"""Prints a sample request with every date moved by the same number of days, so that what was recorded two
weeks before the samples' moment was recorded two weeks ago. Ages move along with the birth dates.

    as-of-today.py FILE [YYYY-MM-DD]              the second one in place of today
    as-of-today.py --all FOLDER TO [YYYY-MM-DD]   every sample of a folder into the folder TO, with their titles
"""

import datetime
import json
import pathlib
import re
import shutil
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


def moved_file(path, days):
    return moved(json.loads(path.read_text(encoding="utf-8")), days)


def move_all(folder, to, days):
    """Writes every sample of a folder into another one, and what they are called."""
    to.mkdir(parents=True, exist_ok=True)
    for path in sorted(folder.glob("*.json")):
        (to / path.name).write_text(json.dumps(moved_file(path, days), ensure_ascii=False), encoding="utf-8")
    if (folder / "titles").is_dir():
        shutil.copytree(folder / "titles", to / "titles", dirs_exist_ok=True)


def main():
    arguments = sys.argv[1:]
    paths = 3 if arguments[:1] == ["--all"] else 1
    if len(arguments) not in (paths, paths + 1):
        sys.exit(__doc__)
    today = datetime.date.fromisoformat(arguments[paths]) if len(arguments) > paths else datetime.date.today()
    days = (today - MOMENT).days
    if paths == 3:
        move_all(pathlib.Path(arguments[1]), pathlib.Path(arguments[2]), days)
    else:
        json.dump(moved_file(pathlib.Path(arguments[0]), days), sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
