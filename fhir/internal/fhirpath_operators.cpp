#include "fhir/internal/fhirpath_operators.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "fhir/internal/fhirpath_collections.h"
#include "fhir/internal/fhirpath_eval.h"
#include "fhir/internal/fhirpath_quantities.h"
#include "fhir/internal/fhirpath_values.h"

namespace renal::fhir::fhirpath {
namespace {

Truth Negate(Truth truth) {
  if (truth == Truth::kTrue) return Truth::kFalse;
  return truth == Truth::kFalse ? Truth::kTrue : truth;
}

// Both sides as collections.
struct Sides {
  Scratch left_scratch, right_scratch;
  Items left, right;

  bool Read(Evaluator& evaluator, const Op& op, const Frame& frame) {
    return evaluator.View(*op.args[0], frame, left_scratch, left) &&
           evaluator.View(*op.args[1], frame, right_scratch, right);
  }
};

// Both sides as single items; null where a side is empty.
struct Operands {
  Scratch left_scratch, right_scratch;
  const Item* left = nullptr;
  const Item* right = nullptr;

  bool Read(Evaluator& evaluator, const Op& op, const Frame& frame) {
    return evaluator.One(*op.args[0], frame, left_scratch, left) &&
           evaluator.One(*op.args[1], frame, right_scratch, right);
  }
  /// Where nothing on the left decides already, the right side is not looked at.
  bool ReadWhereNeeded(Evaluator& evaluator, const Op& op, const Frame& frame) {
    return evaluator.One(*op.args[0], frame, left_scratch, left) &&
           (left == nullptr || evaluator.One(*op.args[1], frame, right_scratch, right));
  }
  bool Both() const { return left != nullptr && right != nullptr; }
};

Truth EqualCollections(Evaluator& evaluator, const Op& op, Items left, Items right) {
  if (left.empty() || right.empty()) return Truth::kUnknown;
  if (left.size() != right.size()) return Truth::kFalse;
  if (!evaluator.Step(op, left.size() + CostOf(left))) return Truth::kError;
  Truth all = Truth::kTrue;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const Truth one = Equals(left[i], right[i]);
    if (one == Truth::kFalse) return Truth::kFalse;
    if (one == Truth::kUnknown) all = Truth::kUnknown;
  }
  return all;
}

Truth RelateOperands(Evaluator& evaluator, const Op& op, const Frame& frame, Relation relation) {
  Operands operands;
  if (!operands.Read(evaluator, op, frame)) return Truth::kError;
  if (!operands.Both()) return Truth::kUnknown;
  if (!evaluator.Step(op, CostOf(*operands.left))) return Truth::kError;
  const Truth truth = Relate(relation, *operands.left, *operands.right);
  return truth == Truth::kError ? evaluator.FailTruth(op, "values of these types have no order")
                                : truth;
}

// Several items, or none: the collection's own truth with the place of the operator.
using Arithmetic = ArithmeticResult (*)(const Item&, const Item&);

bool RunArithmetic(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out,
                   Arithmetic compute) {
  Operands operands;
  if (!operands.ReadWhereNeeded(evaluator, op, frame)) return false;
  if (!operands.Both()) return true;
  ArithmeticResult result = compute(*operands.left, *operands.right);
  if (result.fault != nullptr) return evaluator.Fail(op, result.fault);
  if (!result.item) return true;
  if (auto* text = std::get_if<std::string>(&*result.item))
    return evaluator.AddText(op, out, std::move(*text));
  return evaluator.Add(op, out, std::move(*result.item));
}

Truth MemberOf(Evaluator& evaluator, const Op& op, const Frame& frame, const Op& item_op,
               const Op& list_op) {
  Scratch item_scratch, list_scratch;
  const Item* item = nullptr;
  Items list;
  if (!evaluator.One(item_op, frame, item_scratch, item)) return Truth::kError;
  if (!evaluator.View(list_op, frame, list_scratch, list)) return Truth::kError;
  if (item == nullptr) return Truth::kUnknown;
  if (!evaluator.Step(op, list.size() * (1 + CostOf(*item)))) return Truth::kError;
  return TruthOf(ContainsItem(list, *item));
}

Truth TestAnd(Evaluator& evaluator, const Op& op, const Frame& frame) {
  const Truth left = evaluator.Test(*op.args[0], frame);
  if (left == Truth::kFalse || left == Truth::kError) return left;
  const Truth right = evaluator.Test(*op.args[1], frame);
  return right == Truth::kTrue ? left : right;
}

Truth TestOr(Evaluator& evaluator, const Op& op, const Frame& frame) {
  const Truth left = evaluator.Test(*op.args[0], frame);
  if (left == Truth::kTrue || left == Truth::kError) return left;
  const Truth right = evaluator.Test(*op.args[1], frame);
  return right == Truth::kFalse ? left : right;
}

Truth TestXor(Evaluator& evaluator, const Op& op, const Frame& frame) {
  const Truth left = evaluator.Test(*op.args[0], frame);
  if (left == Truth::kUnknown || left == Truth::kError) return left;
  const Truth right = evaluator.Test(*op.args[1], frame);
  if (right == Truth::kUnknown || right == Truth::kError) return right;
  return TruthOf(left != right);
}

Truth TestImplies(Evaluator& evaluator, const Op& op, const Frame& frame) {
  const Truth left = evaluator.Test(*op.args[0], frame);
  if (left == Truth::kFalse) return Truth::kTrue;
  if (left == Truth::kError) return left;
  const Truth right = evaluator.Test(*op.args[1], frame);
  return right == Truth::kFalse ? Negate(left) : right;
}

Truth TestIn(Evaluator& evaluator, const Op& op, const Frame& frame) {
  return MemberOf(evaluator, op, frame, *op.args[0], *op.args[1]);
}

Truth TestContains(Evaluator& evaluator, const Op& op, const Frame& frame) {
  return MemberOf(evaluator, op, frame, *op.args[1], *op.args[0]);
}

Truth TestEqual(Evaluator& evaluator, const Op& op, const Frame& frame) {
  Sides sides;
  if (!sides.Read(evaluator, op, frame)) return Truth::kError;
  return EqualCollections(evaluator, op, sides.left, sides.right);
}

Truth TestNotEqual(Evaluator& evaluator, const Op& op, const Frame& frame) {
  return Negate(TestEqual(evaluator, op, frame));
}

Truth TestEquivalent(Evaluator& evaluator, const Op& op, const Frame& frame) {
  Sides sides;
  if (!sides.Read(evaluator, op, frame)) return Truth::kError;
  if (sides.left.size() != sides.right.size()) return Truth::kFalse;
  // Each may be compared with each; text is made even first.
  const std::uint64_t cost = CostOf(sides.left) + CostOf(sides.right);
  if (!evaluator.Step(op, sides.left.size() * (sides.left.size() + 16 * cost)))
    return Truth::kError;
  return TruthOf(EquivalentCollections(sides.left, sides.right));
}

Truth TestNotEquivalent(Evaluator& evaluator, const Op& op, const Frame& frame) {
  return Negate(TestEquivalent(evaluator, op, frame));
}

Truth TestLess(Evaluator& evaluator, const Op& op, const Frame& frame) {
  return RelateOperands(evaluator, op, frame, Relation::kLess);
}
Truth TestLessOrEqual(Evaluator& evaluator, const Op& op, const Frame& frame) {
  return RelateOperands(evaluator, op, frame, Relation::kLessOrEqual);
}
Truth TestGreater(Evaluator& evaluator, const Op& op, const Frame& frame) {
  return RelateOperands(evaluator, op, frame, Relation::kGreater);
}
Truth TestGreaterOrEqual(Evaluator& evaluator, const Op& op, const Frame& frame) {
  return RelateOperands(evaluator, op, frame, Relation::kGreaterOrEqual);
}

bool RunUnion(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Sides sides;
  if (!sides.Read(evaluator, op, frame)) return false;
  DistinctItems distinct(evaluator, op, out);
  return distinct.AddAll(sides.left) && distinct.AddAll(sides.right);
}

bool RunPlus(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  return RunArithmetic(evaluator, op, frame, out, Plus);
}
bool RunMinus(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  return RunArithmetic(evaluator, op, frame, out, Minus);
}
bool RunTimes(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  return RunArithmetic(evaluator, op, frame, out, Times);
}
bool RunDivide(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  return RunArithmetic(evaluator, op, frame, out, DivideBy);
}
bool RunDiv(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  return RunArithmetic(evaluator, op, frame, out, WholeDivide);
}
bool RunMod(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  return RunArithmetic(evaluator, op, frame, out, Remainder);
}

bool RunJoin(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch left_scratch, right_scratch;
  std::optional<std::string_view> left, right;
  if (!evaluator.TextArgument(*op.args[0], frame, left_scratch, left)) return false;
  if (!evaluator.TextArgument(*op.args[1], frame, right_scratch, right)) return false;
  return evaluator.AddText(op, out, std::string(left.value_or("")).append(right.value_or("")));
}

struct Row {
  Operator op;
  Op::Run run = nullptr;
  Op::Test test = nullptr;
};

constexpr Row kOperators[] = {
    {.op = Operator::kImplies, .test = TestImplies},
    {.op = Operator::kOr, .test = TestOr},
    {.op = Operator::kXor, .test = TestXor},
    {.op = Operator::kAnd, .test = TestAnd},
    {.op = Operator::kIn, .test = TestIn},
    {.op = Operator::kContains, .test = TestContains},
    {.op = Operator::kEqual, .test = TestEqual},
    {.op = Operator::kNotEqual, .test = TestNotEqual},
    {.op = Operator::kEquivalent, .test = TestEquivalent},
    {.op = Operator::kNotEquivalent, .test = TestNotEquivalent},
    {.op = Operator::kLess, .test = TestLess},
    {.op = Operator::kLessOrEqual, .test = TestLessOrEqual},
    {.op = Operator::kGreater, .test = TestGreater},
    {.op = Operator::kGreaterOrEqual, .test = TestGreaterOrEqual},
    {.op = Operator::kUnion, .run = RunUnion},
    {.op = Operator::kPlus, .run = RunPlus},
    {.op = Operator::kMinus, .run = RunMinus},
    {.op = Operator::kJoin, .run = RunJoin},
    {.op = Operator::kTimes, .run = RunTimes},
    {.op = Operator::kDivide, .run = RunDivide},
    {.op = Operator::kDiv, .run = RunDiv},
    {.op = Operator::kMod, .run = RunMod},
};

}  // namespace

OperatorCode CodeOf(Operator op) {
  const auto* found = std::find_if(std::begin(kOperators), std::end(kOperators),
                                   [op](const Row& row) { return row.op == op; });
  return found == std::end(kOperators) ? OperatorCode() : OperatorCode{found->run, found->test};
}

bool RunSign(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  const Item* item = nullptr;
  if (!evaluator.One(*op.args[0], frame, scratch, item)) return false;
  if (item == nullptr) return true;
  ArithmeticResult result = Negative(*item);
  if (result.fault != nullptr) return evaluator.Fail(op, result.fault);
  if (!result.item) return true;
  return evaluator.Add(op, out, op.name == "-" ? *result.item : *item);
}

}  // namespace renal::fhir::fhirpath
