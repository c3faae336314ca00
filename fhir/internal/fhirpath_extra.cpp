#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "fhir/internal/fhirpath_collections.h"
#include "fhir/internal/fhirpath_functions.h"
#include "fhir/internal/fhirpath_values.h"

// Functions that recurse or build lists without bound in the data. A pathway cannot use them; the
// limits of the evaluation hold for them too.
namespace renal::fhir::fhirpath {
namespace {

// Every member of a node, as navigation by its name would give it.
bool AddChildren(Evaluator& evaluator, const Op& op, const Item& item, Collection& out) {
  const auto* node = std::get_if<Node>(&item);
  if (node == nullptr) return true;
  for (const Json::Entry entry : node->json) {
    if (entry.name.starts_with('_') || entry.name == "resourceType") continue;
    Op member;
    member.name = entry.name;
    member.member = MemberName(member.name);
    member.elements = &r4::Table::Instance().Named(member.name);
    member.at = op.at;
    if (!RunNavigate(evaluator, member, Frame{.focus = Items(&item, 1)}, out)) return false;
  }
  return true;
}

bool RunChildren(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  return std::all_of(items.begin(), items.end(),
                     [&](const Item& item) { return AddChildren(evaluator, op, item, out); });
}

bool RunDescendants(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  std::size_t next = out.size();
  if (!RunChildren(evaluator, op, frame, out)) return false;
  for (; next < out.size(); ++next) {
    const Item parent = out[next];
    if (!AddChildren(evaluator, op, parent, out)) return false;
  }
  return true;
}

bool RunRepeat(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch, found;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  DistinctItems distinct(evaluator, op, out);
  std::size_t next = out.size();
  for (std::size_t i = 0; i < items.size() || next < out.size(); ++i) {
    const Item item = i < items.size() ? items[i] : out[next++];
    found->clear();
    if (!evaluator.Run(*op.args[0], Frame{.focus = Items(&item, 1), .total = frame.total}, *found))
      return false;
    if (!distinct.AddAll(*found)) return false;
  }
  return true;
}

bool RunAggregate(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch, total, next;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  if (op.args.size() > 1 && !evaluator.Run(*op.args[1], frame, *total)) return false;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Frame inner{items.subspan(i, 1), static_cast<std::int64_t>(i), *total};
    next->clear();
    if (!evaluator.Run(*op.args[0], inner, *next)) return false;
    std::swap(*total, *next);
  }
  return evaluator.AddAll(op, out, *total);
}

// As repeat(), but what comes again is kept: the limits alone end it where data lead back to
// themselves.
bool RunRepeatAll(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch, found;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  std::size_t next = out.size();
  for (std::size_t i = 0; i < items.size() || next < out.size(); ++i) {
    const Item item = i < items.size() ? items[i] : out[next++];
    found->clear();
    if (!evaluator.Run(*op.args[0], Frame{.focus = Items(&item, 1), .total = frame.total}, *found))
      return false;
    if (!evaluator.AddAll(op, out, *found)) return false;
  }
  return true;
}

bool RunCoalesce(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  const std::size_t before = out.size();
  for (const Op* argument : op.args) {
    if (!evaluator.Run(*argument, frame, out)) return false;
    if (out.size() > before) return true;
  }
  return true;
}

// The value is that of the second argument over the input, or the input itself.
bool RunDefineVariable(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch, value;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  if (op.args.empty()) {
    if (!evaluator.AddAll(op, *value, items)) return false;
  } else if (!evaluator.Run(*op.args[0], Frame{.focus = items, .total = frame.total}, *value)) {
    return false;
  }
  evaluator.SetLocal(op.slot, *value);
  return evaluator.AddAll(op, out, items);
}

// One item of sort() with its keys; an empty key is a null pointer.
struct Sorted {
  std::size_t index;
  std::vector<Item> keys;
  std::vector<bool> known;
};

bool ReadKeys(Evaluator& evaluator, const Op& op, const Frame& frame, Items items, std::size_t at,
              Sorted& row) {
  const Frame inner{items.subspan(at, 1), static_cast<std::int64_t>(at), frame.total};
  row.index = at;
  for (std::size_t i = 0; i < std::max<std::size_t>(op.args.size(), 1); ++i) {
    Scratch scratch;
    const Item* key = &items[at];
    if (!op.args.empty() && !evaluator.One(*op.args[i], inner, scratch, key)) return false;
    row.known.push_back(key != nullptr);
    row.keys.push_back(key != nullptr ? *key : Item());
  }
  return true;
}

// Sorts by the keys, one after the other: what has no key first, in either direction, and equal
// ones as they stood.
bool RunSort(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  std::vector<Sorted> rows(items.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!ReadKeys(evaluator, op, frame, items, i, rows[i])) return false;
  }
  bool ordered = true;
  const auto before = [&](const Sorted& a, const Sorted& b) {
    for (std::size_t i = 0; i < a.keys.size(); ++i) {
      const bool down = i < op.descending.size() && op.descending[i];
      if (a.known[i] != b.known[i]) return !a.known[i];
      if (!a.known[i]) continue;
      const Truth less = Relate(Relation::kLess, a.keys[i], b.keys[i]);
      const Truth more = Relate(Relation::kGreater, a.keys[i], b.keys[i]);
      if (less == Truth::kError) ordered = false;
      if (less == Truth::kTrue || more == Truth::kTrue) return down == (more == Truth::kTrue);
    }
    return a.index < b.index;
  };
  if (!evaluator.Step(op, items.size() * 16)) return false;
  std::sort(rows.begin(), rows.end(), before);
  if (!ordered) return evaluator.Fail(op, "keys of these types have no order");
  return std::all_of(rows.begin(), rows.end(),
                     [&](const Sorted& row) { return evaluator.Add(op, out, items[row.index]); });
}

constexpr Function kFunctions[] = {
    {.name = "children", .run = RunChildren},
    {.name = "descendants", .run = RunDescendants},
    {.name = "repeat", .arguments = "c", .required = 1, .run = RunRepeat},
    {.name = "repeatAll", .arguments = "c", .required = 1, .run = RunRepeatAll},
    {.name = "aggregate", .arguments = "cv", .required = 1, .run = RunAggregate},
    {.name = "sort", .arguments = "cccccccc", .run = RunSort},
    {.name = "coalesce", .arguments = "vvvvvvvvvvvvvvvv", .required = 1, .run = RunCoalesce},
    {.name = "defineVariable", .arguments = "lc", .required = 1, .run = RunDefineVariable},
};

// What the standard has and this engine has nowhere: terminology servers and profiles.
constexpr std::array<std::string_view, 6> kAbsent = {
    "subsumes", "subsumedBy", "htmlChecks", "elementDefinition", "slice", "checkModifiers"};

}  // namespace

std::span<const Function> ExtraCollectionFunctions() { return kFunctions; }

const Function* FindExtraFunction(std::string_view name) {
  for (const std::span<const Function> group :
       {ExtraCollectionFunctions(), ExtraTextFunctions(), ExtraValueFunctions()}) {
    for (const Function& function : group) {
      if (function.name == name) return &function;
    }
  }
  return nullptr;
}

bool IsOutsideProfile(std::string_view name) {
  return FindExtraFunction(name) != nullptr ||
         std::find(kAbsent.begin(), kAbsent.end(), name) != kAbsent.end();
}

}  // namespace renal::fhir::fhirpath
