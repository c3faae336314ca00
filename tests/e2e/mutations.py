"""Damages JSON one node at a time: removed, nulled, of another type, enlarged."""

import copy

REMOVED = object()
# What may stand in a node's place; some for each node, some large.
OTHERS = {"null": None, "true": True, "number": 7, "negative": -1, "fraction": 0.1, "huge": 1e300, "text": "x", "empty text": "",
          "object": {}, "list": [], "nested": [[[{}]]], "markup": "<b>\u202e[x](javascript:1)\u0007\u0000"}
ALWAYS = ("null", "number", "text", "object")
LARGE = {"long": "y" * 70_000, "many": [{}] * 2_000, "wide": {f"k{i}": i for i in range(2_000)}, "deep": None}
for _ in range(100):
    LARGE["deep"] = [LARGE["deep"]]


def nodes(value, path=()):
    """The path of each node, from the root down."""
    yield path
    if isinstance(value, dict):
        for name, member in value.items():
            yield from nodes(member, (*path, name))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from nodes(element, (*path, index))


def at(value, path):
    for step in path:
        value = value[step]
    return value


def replaced(document, path, value):
    """A copy with another value in one place; of what stays, as much as possible is shared."""
    if not path:
        return value
    step, *rest = path
    changed = copy.copy(document)
    if rest:
        changed[step] = replaced(document[step], rest, value)
    elif value is REMOVED:
        del changed[step]
    else:
        changed[step] = value
    return changed


def kind(value):
    """The JSON type of a value; nothing for what was removed."""
    if value is REMOVED:
        return None
    if isinstance(value, bool):
        return "boolean"
    return {type(None): "null", int: "number", float: "number", str: "string", list: "array", dict: "object"}[type(value)]


def damages(document, every=1):
    """Path, name of the damage, what stands there now. Each node is removed, nulled and retyped; of the other damages, each gets
    one in `every` of them."""
    for number, path in enumerate(nodes(document)):
        original = at(document, path)
        if path:
            yield path, "removed", REMOVED
        for name in ALWAYS:
            yield path, name, OTHERS[name]
        others = [("twice", [original, original]), *OTHERS.items(), *LARGE.items()]
        for turn, (name, value) in enumerate(others):
            if name not in ALWAYS and (number + turn) % every == 0:
                yield path, name, value
