"""Checks of a source tree against the tables of rules.py. Each gives a list of findings, empty if good.

A finding is one line: file, line where there is one, and what is wrong. `files` are paths relative to
`root`, with `/`.
"""

import functools
import re
import subprocess
from pathlib import Path

import rules

SOURCES = (".h", ".hpp", ".c", ".cc", ".cpp")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
STANDARD_HEADER = re.compile(r"[a-z0-9_]+")  # <vector>, <cstdint>: no dot, no folder


def tracked_files(root):
    """Files of the tree that git knows or would take up; all but build/ where git is not at hand."""
    command = ["git", "-c", "safe.directory=*", "-C", str(root), "ls-files", "-z", "--cached",
               "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, capture_output=True, check=True)
        names = done.stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        names = (p.relative_to(root).as_posix() for p in Path(root).rglob("*"))
        names = (n for n in names if not re.match(r"(build|\.git)/|.*__pycache__", n))
    return sorted({name for name in names if name and (Path(root) / name).is_file()})


def check_layout(_root, files):
    """Only the agreed folders and files stand at the top."""
    findings = []
    for top in sorted({name.split("/")[0] for name in files if "/" in name}):
        if top not in rules.FOLDERS + rules.DOT_FOLDERS:
            findings.append(f"{top}/: no folder of the top level")
    for name in files:
        if "/" not in name and not name.startswith(".") and name not in rules.FILES:
            findings.append(f"{name}: no file of the top level")
    return findings


@functools.lru_cache(maxsize=None)
def pattern(glob):
    text = re.escape(glob).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
    return re.compile(text)


def fits(name, globs):
    return any(pattern(glob).fullmatch(name) for glob in globs)


def rights_of(name):
    """The folder whose rights a file has, or "tests" for files that may include everything."""
    parts = name.split("/")
    if parts[0] == "tests" and len(parts) > 2 and parts[1] in rules.MAY_INCLUDE:
        return parts[1]
    return parts[0]


def check_own_include(name, header):
    top = header.split("/")[0]
    if top not in rules.MAY_INCLUDE and top != "tests":
        return f'"{header}" is not named from the root of the tree'
    if top == "tests":
        return None if name.startswith("tests/") else f'"{header}" belongs to the tests'
    rights = rights_of(name)
    if rights in rules.MAY_INCLUDE and top not in rules.MAY_INCLUDE[rights]:
        return f'"{header}" stands above {rights}/, which may include {", ".join(rules.MAY_INCLUDE[rights])}'
    if "/internal/" in header and rights != top and not name.startswith(rules.LOOKS_INSIDE):
        return f'"{header}" is internal to {top}/'
    return None


def check_foreign_include(name, header):
    if header.split("/")[0] in rules.MAY_INCLUDE:
        return f"<{header}> is ours: write it in quotes"
    if STANDARD_HEADER.fullmatch(header):
        return None
    for prefixes, doors in rules.DOORS:
        if header.startswith(prefixes):
            return None if fits(name, doors) else f"<{header}> only behind {', '.join(doors)}"
    return f"<{header}> has no door in tests/house/rules.py"


def check_includes(root, files):
    """Includes follow the order of the folders, and third parties stay behind their doors."""
    findings = []
    for name in files:
        if not name.endswith(SOURCES):
            continue
        for number, line in enumerate((Path(root) / name).read_text().split("\n"), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            check = check_own_include if match[1] == '"' else check_foreign_include
            finding = check(name, match[2])
            if finding:
                findings.append(f"{name}:{number}: {finding}")
    return findings


def check_text(root, files):
    """No file names a path of one machine or a package registry."""
    findings = []
    for name in files:
        data = (Path(root) / name).read_bytes()
        if b"\0" in data:
            continue
        text = data.decode("utf-8", "replace")
        for what, expression in rules.FORBIDDEN_TEXT:
            for match in re.finditer(expression, text):
                line = text.count("\n", 0, match.start()) + 1
                findings.append(f"{name}:{line}: names {what}: {match[0]}")
    return findings
