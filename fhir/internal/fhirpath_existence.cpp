#include "fhir/internal/fhirpath_collections.h"
#include "fhir/internal/fhirpath_functions.h"
#include "fhir/internal/fhirpath_values.h"

namespace renal::fhir::fhirpath {
namespace {

Truth Not(Truth truth) {
  if (truth == Truth::kTrue) return Truth::kFalse;
  return truth == Truth::kFalse ? Truth::kTrue : truth;
}

// Whether the criterion gives `wanted` for any item of the input.
Truth AnyItem(Evaluator& evaluator, const Op& op, const Frame& frame, Items items,
              bool (*wanted)(Truth)) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Frame inner{items.subspan(i, 1), static_cast<std::int64_t>(i), frame.total};
    const Truth truth = evaluator.Test(*op.args[0], inner);
    if (truth == Truth::kError) return truth;
    if (wanted(truth)) return Truth::kTrue;
  }
  return Truth::kFalse;
}

Truth TestExists(Evaluator& evaluator, const Op& op, const Frame& frame) {
  Scratch scratch;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return Truth::kError;
  if (op.args.empty()) return TruthOf(!items.empty());
  return AnyItem(evaluator, op, frame, items, [](Truth truth) { return truth == Truth::kTrue; });
}

Truth TestEmpty(Evaluator& evaluator, const Op& op, const Frame& frame) {
  return Not(TestExists(evaluator, op, frame));
}

// An unknown criterion is not true: all() never turns what is missing into a yes.
Truth TestAll(Evaluator& evaluator, const Op& op, const Frame& frame) {
  Scratch scratch;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return Truth::kError;
  return Not(
      AnyItem(evaluator, op, frame, items, [](Truth truth) { return truth != Truth::kTrue; }));
}

// Whether any item of the input, which must be Booleans, is `wanted`.
Truth AnyBoolean(Evaluator& evaluator, const Op& op, const Frame& frame, bool wanted) {
  Scratch scratch;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return Truth::kError;
  Truth any = Truth::kFalse;
  for (const Item& item : items) {
    const Value value = Read(item);
    const bool* boolean = std::get_if<bool>(&value);
    if (boolean == nullptr) return evaluator.FailTruth(op, "only Booleans are allowed here");
    if (*boolean == wanted) any = Truth::kTrue;
  }
  return any;
}

Truth TestAllTrue(Evaluator& evaluator, const Op& op, const Frame& frame) {
  return Not(AnyBoolean(evaluator, op, frame, false));
}
Truth TestAnyTrue(Evaluator& evaluator, const Op& op, const Frame& frame) {
  return AnyBoolean(evaluator, op, frame, true);
}
Truth TestAllFalse(Evaluator& evaluator, const Op& op, const Frame& frame) {
  return Not(AnyBoolean(evaluator, op, frame, true));
}
Truth TestAnyFalse(Evaluator& evaluator, const Op& op, const Frame& frame) {
  return AnyBoolean(evaluator, op, frame, false);
}

bool RunCount(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  return evaluator.Input(op, frame, scratch, items) &&
         evaluator.Add(op, out, static_cast<std::int64_t>(items.size()));
}

bool RunDistinct(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  return evaluator.Input(op, frame, scratch, items) &&
         DistinctItems(evaluator, op, out).AddAll(items);
}

Truth TestIsDistinct(Evaluator& evaluator, const Op& op, const Frame& frame) {
  Scratch scratch, distinct;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return Truth::kError;
  if (!DistinctItems(evaluator, op, *distinct).AddAll(items)) return Truth::kError;
  return TruthOf(distinct->size() == items.size());
}

constexpr std::uint64_t kCompared = 16;  // about so many comparisons for each item

Truth TestWithin(Evaluator& evaluator, const Op& op, Items inner, Items outer) {
  const std::uint64_t cost = CostOf(inner) * kCompared + CostOf(outer);
  if (!evaluator.Step(op, inner.size() + outer.size() + cost)) return Truth::kError;
  const ItemSet set(evaluator, op, outer);
  for (const Item& item : inner) {
    const Truth contained = set.Contains(item);
    if (contained != Truth::kTrue) return contained;
  }
  return Truth::kTrue;
}

Truth TestSubsetOf(Evaluator& evaluator, const Op& op, const Frame& frame) {
  Scratch scratch, other_scratch;
  Items items, others;
  if (!evaluator.Input(op, frame, scratch, items)) return Truth::kError;
  if (!evaluator.View(*op.args[0], frame, other_scratch, others)) return Truth::kError;
  return TestWithin(evaluator, op, items, others);
}

Truth TestSupersetOf(Evaluator& evaluator, const Op& op, const Frame& frame) {
  Scratch scratch, other_scratch;
  Items items, others;
  if (!evaluator.Input(op, frame, scratch, items)) return Truth::kError;
  if (!evaluator.View(*op.args[0], frame, other_scratch, others)) return Truth::kError;
  return TestWithin(evaluator, op, others, items);
}

Truth TestNot(Evaluator& evaluator, const Op& op, const Frame& frame) {
  if (op.input != nullptr) return Not(evaluator.Test(*op.input, frame));
  return Not(TruthOf(frame.focus));
}

constexpr Function kFunctions[] = {
    {.name = "empty", .test = TestEmpty},
    {.name = "exists", .arguments = "c", .test = TestExists},
    {.name = "all", .arguments = "c", .required = 1, .test = TestAll},
    {.name = "allTrue", .test = TestAllTrue},
    {.name = "anyTrue", .test = TestAnyTrue},
    {.name = "allFalse", .test = TestAllFalse},
    {.name = "anyFalse", .test = TestAnyFalse},
    {.name = "count", .run = RunCount},
    {.name = "distinct", .run = RunDistinct},
    {.name = "isDistinct", .test = TestIsDistinct},
    {.name = "subsetOf", .arguments = "v", .required = 1, .test = TestSubsetOf},
    {.name = "supersetOf", .arguments = "v", .required = 1, .test = TestSupersetOf},
    {.name = "not", .test = TestNot},
};

}  // namespace

std::span<const Function> ExistenceFunctions() { return kFunctions; }

}  // namespace renal::fhir::fhirpath
