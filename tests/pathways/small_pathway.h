#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pathways/load.h"

/// A made-up pathway that loads without a problem; tests break it in one place at a time.
namespace renal::pathways::testing {

inline constexpr std::string_view kSmallPathway = R"json({
  "pathwayFormat": "1.0",
  "id": "small",
  "url": "https://example.org/pathways/small",
  "version": "1.0.0",
  "title": "Small",
  "status": "draft",
  "date": "2026-03-01",
  "publisher": "Example",
  "scope": {"condition": "disease"},
  "hooks": ["patient-view", "order-sign"],
  "sources": {"S1": {"label": "Source"}},
  "parameters": {
    "limit": {"type": "Quantity", "value": "2 'cm'", "min": "1 'cm'", "max": "3 'cm'", "why": "w", "cite": ["S1"]},
    "tools": {"type": "CodeSet", "value": "a, b", "values": {"a": "tool A", "b": "tool B", "c": "tool C"}, "why": "w"}
  },
  "valueSets": {
    "disease": {"url": "https://example.org/vs/disease", "concepts": [{"system": "s", "code": "d"}]},
    "size": {"url": "https://example.org/vs/size", "version": "1", "file": "size.json"},
    "cut": {"url": "https://example.org/vs/cut", "concepts": [{"system": "s", "code": "cut"}]}
  },
  "focus": {
    "side": {
      "title": "Side", "values": {"left": "left side", "right": "right side"},
      "instances": [{"name": "i", "from": "Condition", "code": "disease", "map": [{"when": "code.text = 'l'", "to": "left"}, {"to": "right"}]}],
      "otherwise": "left",
      "belongs": [{"name": "b", "via": "focus.resolve()", "map": [{"to": "elsewhere"}]}],
      "unlinked": "not linked",
      "resource": {"left": {"bodySite": [{"text": "Left"}]}}
    }
  },
  "inputs": {
    "size": {
      "title": "Size", "type": "Quantity", "unit": "cm", "min": "0 'cm'", "max": "40 'cm'", "focus": "side",
      "question": "How large?", "obtain": "scan", "merge": "all-sources",
      "conflict": {"within": "30 days", "limits": ["2 'cm'"]}, "maxAge": [{"fresh": "90 days", "limit": "180 days"}],
      "prefer": {"within": "2 weeks", "order": [{"title": "p", "when": "method.exists()"}]},
      "sources": [{"name": "s", "from": "Observation", "code": "size", "time": "effective", "value": "value"}]
    },
    "grade": {
      "title": "Grade", "type": "Code", "values": {"low": "low", "high": "high"},
      "question": "Which grade?", "conflictWithin": "4 weeks", "maxAge": "12 weeks", "askUnless": {"old": "true"},
      "sources": [{"name": "g", "from": "Observation", "map": [{"when": "value.exists()", "to": "low"}, {"to": "high"}]}],
      "ifNone": {"value": "low", "why": "w", "assumption": "grade low", "unless": {"age": "> 60"}}
    },
    "age": {"title": "Age", "type": "Integer", "min": "0", "max": "130", "question": "Age?", "derive": "%patient.birthDate.duration(%today, 'year')"},
    "since": {"title": "Since", "type": "Date", "question": "Since when?", "sources": [{"name": "d", "from": "Condition", "value": "onset"}]},
    "old": {"title": "Old", "type": "Boolean", "question": "Old?", "derive": "%age > 70"}
  },
  "actions": {
    "cut": {"title": "Cut", "match": {"codes": "cut"}, "resource": {"resourceType": "ServiceRequest"}},
    "board": {"title": "Board", "kind": "referral", "match": {"codes": "cut", "resourceTypes": ["Appointment"]}},
    "scan": {"title": "Scan", "kind": "collect-data", "match": {"codes": "cut"}},
    "group": {"title": "Group", "kind": "frame"}
  },
  "gate": [{"id": "young", "if": {"age": "< 18"}, "because": "Too young."}],
  "start": ["first"],
  "tables": [
    {
      "id": "first", "title": "First", "columns": ["age", "grade"],
      "rules": [
        {"id": "F1", "if": {"grade": "low or high", "age": "[18 .. 130]"}, "then": {"go": ["second"]}},
        {"id": "F2", "if": {"grade": "-", "age": "< 18"}, "then": {"options": [{"strength": "info"}], "with": ["board"]}, "because": "Child.", "cite": ["S1"]}
      ]
    },
    {
      "id": "second", "title": "Second", "hit": "collect", "focus": "side", "columns": ["size", "since"],
      "rules": [
        {"id": "R1", "if": {"size": "< %limit"}, "then": {"choose": "one", "options": [{"action": "cut", "strength": "preferred"}], "summary": "Under {limit}"}, "because": "Small: {tools}.", "cite": ["S1"], "joins": "R2"},
        {"id": "R2", "if": {"size": ">= 20 'mm'", "since": ">= @2020-02-29"}, "then": {"options": [{"action": "group", "strength": "consider", "determination": "conditional"}]}, "because": "Large.", "cite": ["S1"], "yieldsTo": ["R1"], "needs": ["size"]}
      ]
    }
  ],
  "checks": [
    {"id": "K1", "title": "Old", "for": ["cut"], "if": {"old": "true"}, "then": {"suppress": true, "with": ["board"], "strength": "consider", "caution": "Old: {rules} at {limit}."}, "because": "Old.", "cite": ["S1"]}
  ],
  "cards": {"disclaimer": "d", "overrideReasons": [{"system": "s", "code": "c", "display": "d"}], "max": 3, "quietFor": "2 days", "duplicateWithin": "1 week"}
}
)json";

/// The value-set file that it names.
inline constexpr std::string_view kSizeFile = R"json({
  "resourceType": "ValueSet", "url": "https://example.org/vs/size", "version": "1", "title": "Sizes",
  "compose": {"include": [{"system": "s", "concept": [{"code": "z1"}, {"code": "z2", "display": "Z2"}]}]}
}
)json";

/// The small pathway with `to` in place of `from`, which must occur exactly once.
std::string Edited(std::string_view from, std::string_view to);

/// Loads a text as "small.json", with kSizeFile as "size.json".
LoadResult LoadSmall(std::string_view text);

/// The problems without "small.json:".
std::vector<std::string> ProblemsOf(const LoadResult& result);

bool HasError(const LoadResult& result);

}  // namespace renal::pathways::testing
