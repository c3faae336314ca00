#include <algorithm>
#include <optional>

#include "fhir/internal/fhirpath_collections.h"
#include "fhir/internal/fhirpath_functions.h"
#include "fhir/internal/fhirpath_values.h"

namespace renal::fhir::fhirpath {
namespace {

// A criterion sees one item; `$total` stays that of the surroundings.
Frame Around(Items items, std::size_t i, const Frame& frame) {
  return {items.subspan(i, 1), static_cast<std::int64_t>(i), frame.total};
}

bool RunWhere(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Truth truth = evaluator.Test(*op.args[0], Around(items, i, frame));
    if (truth == Truth::kError) return false;
    if (truth == Truth::kTrue && !evaluator.Add(op, out, items[i])) return false;
  }
  return true;
}

bool RunSelect(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!evaluator.Run(*op.args[0], Around(items, i, frame), out)) return false;
  }
  return true;
}

bool RunOfType(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  for (const Item& item : items) {
    if (MatchesType(op.type, item, true) && !evaluator.Add(op, out, item)) return false;
  }
  return true;
}

bool AddPart(Evaluator& evaluator, const Op& op, Items items, std::size_t begin, std::size_t count,
             Collection& out) {
  begin = std::min(begin, items.size());
  return evaluator.AddAll(op, out, items.subspan(begin, std::min(count, items.size() - begin)));
}

bool RunFirst(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  return evaluator.Input(op, frame, scratch, items) && AddPart(evaluator, op, items, 0, 1, out);
}

bool RunLast(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  return items.empty() || evaluator.Add(op, out, items.back());
}

bool RunSingle(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  const Item* item = nullptr;
  if (!evaluator.OneInput(op, frame, scratch, item)) return false;
  return item == nullptr || evaluator.Add(op, out, *item);
}

bool RunTail(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  return evaluator.Input(op, frame, scratch, items) &&
         AddPart(evaluator, op, items, 1, items.size(), out);
}

// A number of items as an index: below zero nothing, beyond the end all.
std::size_t Clamp(std::int64_t number, Items items) {
  if (number <= 0) return 0;
  return static_cast<std::uint64_t>(number) > items.size() ? items.size()
                                                           : static_cast<std::size_t>(number);
}

bool RunSkip(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  std::optional<std::int64_t> number;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  if (!evaluator.IntegerArgument(*op.args[0], frame, number)) return false;
  return !number || AddPart(evaluator, op, items, Clamp(*number, items), items.size(), out);
}

bool RunTake(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  std::optional<std::int64_t> number;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  if (!evaluator.IntegerArgument(*op.args[0], frame, number)) return false;
  return !number || AddPart(evaluator, op, items, 0, Clamp(*number, items), out);
}

// Input and argument of intersect, exclude, union and combine.
struct Pair {
  Scratch scratch, other_scratch;
  Items items, others;

  bool Read(Evaluator& evaluator, const Op& op, const Frame& frame) {
    constexpr std::uint64_t kCompared = 16;  // about so many comparisons for each item
    return evaluator.Input(op, frame, scratch, items) &&
           evaluator.View(*op.args[0], frame, other_scratch, others) &&
           evaluator.Step(op, CostOf(items) * kCompared + CostOf(others));
  }
};

bool RunIntersect(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Pair pair;
  if (!pair.Read(evaluator, op, frame)) return false;
  const ItemSet set(evaluator, op, pair.others);
  DistinctItems distinct(evaluator, op, out);
  for (const Item& item : pair.items) {
    const Truth contained = set.Contains(item);
    if (contained == Truth::kError) return false;
    if (contained == Truth::kTrue && !distinct.Add(item)) return false;
  }
  return true;
}

bool RunExclude(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Pair pair;
  if (!pair.Read(evaluator, op, frame)) return false;
  const ItemSet set(evaluator, op, pair.others);
  for (const Item& item : pair.items) {
    const Truth contained = set.Contains(item);
    if (contained == Truth::kError) return false;
    if (contained == Truth::kFalse && !evaluator.Add(op, out, item)) return false;
  }
  return true;
}

bool RunUnionFunction(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Pair pair;
  if (!pair.Read(evaluator, op, frame)) return false;
  DistinctItems distinct(evaluator, op, out);
  return distinct.AddAll(pair.items) && distinct.AddAll(pair.others);
}

bool RunCombine(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Pair pair;
  return pair.Read(evaluator, op, frame) && evaluator.AddAll(op, out, pair.items) &&
         evaluator.AddAll(op, out, pair.others);
}

// Written after a dot, the item before it is the focus of all three; `$index` stays.
bool RunIif(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  const Item* item = nullptr;
  if (!evaluator.Input(op, frame, scratch, items) || !evaluator.One(op, items, item)) return false;
  const Frame inner{items, frame.index, frame.total};
  const Truth truth = evaluator.Test(*op.args[0], inner);
  if (truth == Truth::kError) return false;
  if (truth == Truth::kTrue) return evaluator.Run(*op.args[1], inner, out);
  return op.args.size() < 3 || evaluator.Run(*op.args[2], inner, out);
}

constexpr Function kFunctions[] = {
    {.name = "where", .arguments = "c", .required = 1, .run = RunWhere},
    {.name = "select", .arguments = "c", .required = 1, .run = RunSelect},
    {.name = "ofType", .arguments = "t", .required = 1, .run = RunOfType},
    {.name = "is", .arguments = "t", .required = 1, .test = TestIs},
    {.name = "as", .arguments = "t", .required = 1, .run = RunAs},
    {.name = "first", .run = RunFirst},
    {.name = "last", .run = RunLast},
    {.name = "single", .run = RunSingle},
    {.name = "tail", .run = RunTail},
    {.name = "skip", .arguments = "v", .required = 1, .run = RunSkip},
    {.name = "take", .arguments = "v", .required = 1, .run = RunTake},
    {.name = "intersect", .arguments = "v", .required = 1, .run = RunIntersect},
    {.name = "exclude", .arguments = "v", .required = 1, .run = RunExclude},
    {.name = "union", .arguments = "v", .required = 1, .run = RunUnionFunction},
    {.name = "combine", .arguments = "v", .required = 1, .run = RunCombine},
    {.name = "iif", .arguments = "ccc", .required = 2, .run = RunIif},
};

}  // namespace

std::span<const Function> FilteringFunctions() { return kFunctions; }

}  // namespace renal::fhir::fhirpath
