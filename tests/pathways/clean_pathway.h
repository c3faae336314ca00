#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pathways/lint.h"

/// A made-up pathway of which lint finds nothing; tests spoil it in one place at a time.
namespace renal::pathways::testing {

inline constexpr std::string_view kCleanPathway = R"json({
  "pathwayFormat": "1.0",
  "id": "clean", "url": "https://example.org/pathways/clean", "version": "1.1.0", "title": "Clean", "status": "draft",
  "date": "2026-03-01", "publisher": "Example",
  "scope": {"condition": "disease"},
  "hooks": ["patient-view", "order-sign"],
  "sources": {"S1": {"label": "Source", "edition": "2026"}},
  "parameters": {
    "limit": {"type": "Quantity", "value": "2 'cm'", "min": "1 'cm'", "max": "3 'cm'", "why": "w", "cite": ["S1"]},
    "large": {"type": "Quantity", "value": "7 'cm'", "min": "7 'cm'", "max": "7 'cm'", "why": "w", "cite": ["S1"]}
  },
  "valueSets": {
    "disease": {"url": "https://example.org/vs/disease", "concepts": [{"system": "s", "code": "d"}]},
    "size": {"url": "https://example.org/vs/size", "concepts": [{"system": "s", "code": "size"}]},
    "place": {"url": "https://example.org/vs/place", "concepts": [{"system": "s", "code": "place"}]},
    "inner": {"url": "https://example.org/vs/inner", "concepts": [{"system": "s", "code": "in"}]},
    "outer": {"url": "https://example.org/vs/outer", "concepts": [{"system": "s", "code": "out"}]},
    "cut": {"url": "https://example.org/vs/cut", "concepts": [{"system": "s", "code": "cut"}]}
  },
  "inputs": {
    "size": {
      "title": "Size", "type": "Quantity", "unit": "cm", "min": "0 'cm'", "max": "40 'cm'",
      "question": "How large?", "maxAge": "12 weeks",
      "sources": [{"name": "s", "from": "Observation", "code": "size", "time": "effective", "value": "value"}]
    },
    "place": {
      "title": "Place", "type": "Code", "values": {"inner": "inner", "outer": "outer"}, "question": "Where?",
      "sources": [{"name": "p", "from": "Observation", "code": "place", "map": [{"when": "value.memberOf('inner')", "to": "inner"}, {"when": "value.memberOf('outer')", "to": "outer"}]}]
    },
    "age": {"title": "Age", "type": "Integer", "min": "0", "max": "130", "question": "Age?", "derive": "%patient.birthDate.duration(%today, 'year')"},
    "frail": {
      "title": "Frail", "type": "Boolean", "question": "Frail?",
      "sources": [{"name": "f", "from": "Observation", "code": "place", "map": [{"when": "value.memberOf('inner')", "to": "true"}, {"to": "false"}]}]
    }
  },
  "actions": {
    "cut": {"title": "Cut", "match": {"codes": "cut"}},
    "watch": {"title": "Watch", "match": {"codes": "cut"}},
    "board": {"title": "Board", "kind": "referral", "match": {"codes": "cut"}}
  },
  "start": "kinds",
  "tables": [
    {
      "id": "kinds", "title": "Kinds", "columns": ["place", "size", "age"],
      "rules": [
        {"id": "R1", "if": {"place": "outer", "size": "< %limit", "age": ">= 75"}, "then": {"choose": "one", "options": [{"action": "watch", "strength": "preferred"}]}, "because": "b", "cite": ["S1"]},
        {"id": "R2", "if": {"place": "outer", "size": "< %limit", "age": "< 75"}, "then": {"choose": "one", "options": [{"action": "cut", "strength": "preferred"}]}, "because": "b", "cite": ["S1"]},
        {"id": "R3", "if": {"place": "outer", "size": "[%limit .. %large)"}, "then": {"choose": "one", "options": [{"action": "cut", "strength": "acceptable"}], "with": ["board"]}, "because": "b", "cite": ["S1"]},
        {"id": "R4", "if": {"place": "outer", "size": ">= %large"}, "then": {"choose": "one", "options": [{"action": "cut", "strength": "preferred"}]}, "because": "b", "cite": ["S1"]},
        {"id": "R5", "if": {"place": "inner"}, "then": {"options": [{"action": "board", "strength": "preferred"}]}, "because": "b", "cite": ["S1"]}
      ]
    }
  ],
  "checks": [
    {"id": "K1", "title": "Frail", "for": ["cut"], "if": {"frail": "true"}, "then": {"strength": "avoid"}, "because": "b", "cite": ["S1"]}
  ]
}
)json";

/// Its test file: every rule, boundary and missing input has a case.
inline constexpr std::string_view kCleanCases = R"json({
  "pathway": "https://example.org/pathways/clean", "now": "2026-03-02T09:00:00+01:00",
  "defaults": {"inputs": {"place": "outer", "size": "1 'cm'", "age": 80, "frail": false}},
  "cases": [
    {"name": "old", "inputs": {"age": 75}, "expect": {"rule": "R1"}},
    {"name": "older", "inputs": {"age": 76}, "expect": {"rule": "R1"}},
    {"name": "younger", "inputs": {"age": 74}, "expect": {"rule": "R2"}},
    {"name": "below the limit", "inputs": {"size": "1.99 'cm'"}, "expect": {"rule": "R1"}},
    {"name": "at the limit", "inputs": {"size": "2 'cm'"}, "expect": {"rule": "R3"}},
    {"name": "above the limit", "inputs": {"size": "2.01 'cm'"}, "expect": {"rule": "R3"}},
    {"name": "nearly large", "inputs": {"size": "6.99 'cm'"}, "expect": {"rule": "R3"}},
    {"name": "large", "inputs": {"size": "7 'cm'"}, "expect": {"rule": "R4"}},
    {"name": "larger", "inputs": {"size": "7.01 'cm'", "frail": true}, "expect": {"rule": "R4"}},
    {"name": "inner", "inputs": {"place": "inner"}, "expect": {"rule": "R5"}},
    {"name": "nothing known", "inputs": {"place": null, "size": null, "age": null, "frail": null}, "expect": {"outcome": "need-data"}}
  ]
}
)json";

/// What one test changes: each first text must occur exactly once and gives way to the second.
using Edits = std::vector<std::pair<std::string_view, std::string_view>>;

/// A text with the edits made, in order.
std::string Edited(std::string_view text, const Edits& edits);
/// The clean pathway with the edits made.
std::string CleanWith(const Edits& edits);

/// A request to lint a text as "clean.json" on 2026-03-02, with the test file of the clean pathway.
LintRequest RequestFor(std::string text);

/// Problems as texts, without "clean.json:".
std::vector<std::string> TextsOf(const std::vector<LoadProblem>& problems);

}  // namespace renal::pathways::testing
