#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "fhir/internal/fhirpath_eval.h"
#include "fhir/internal/fhirpath_functions.h"
#include "fhir/internal/fhirpath_glance.h"
#include "fhir/internal/fhirpath_operators.h"

// Which operations are plain.
namespace renal::fhir::fhirpath {
namespace {

struct PlainFunction {
  std::string_view name;
  Plain plain;
};

constexpr PlainFunction kFunctions[] = {
    {"extension", Plain::kExtension},
    {"resolve", Plain::kResolve},
    {"ofType", Plain::kOfType},
    {"where", Plain::kWhere},
    {"first", Plain::kFirst},
    {"iif", Plain::kIif},
    {"exists", Plain::kExists},
    {"empty", Plain::kEmpty},
    {"not", Plain::kNot},
    {"memberOf", Plain::kMemberOf},
    {"startsWith", Plain::kStartsWith},
};

constexpr std::pair<Operator, Plain> kOperators[] = {
    {Operator::kUnion, Plain::kUnion},     {Operator::kAnd, Plain::kAnd},
    {Operator::kOr, Plain::kOr},           {Operator::kIn, Plain::kIn},
    {Operator::kEqual, Plain::kEqual},     {Operator::kNotEqual, Plain::kNotEqual},
    {Operator::kLess, Plain::kLess},       {Operator::kLessOrEqual, Plain::kLessOrEqual},
    {Operator::kGreater, Plain::kGreater}, {Operator::kGreaterOrEqual, Plain::kGreaterOrEqual},
};

// By what carries them out.
struct Kinds {
  std::unordered_map<Op::Run, Plain> by_run;
  std::unordered_map<Op::Test, Plain> by_test;

  Kinds() {
    for (const PlainFunction& entry : kFunctions) {
      const Function& function = *FindFunction(entry.name);
      Add(function.run, function.test, entry.plain);
    }
    for (const auto& [op, plain] : kOperators) Add(CodeOf(op).run, CodeOf(op).test, plain);
    Add(RunThis, nullptr, Plain::kThis);
    Add(RunResource, nullptr, Plain::kResource);
    Add(RunNavigate, nullptr, Plain::kNavigate);
    Add(nullptr, TestIs, Plain::kIs);
  }

  void Add(Op::Run run, Op::Test test, Plain plain) {
    if (run != nullptr) by_run.emplace(run, plain);
    if (test != nullptr) by_test.emplace(test, plain);
  }

  Plain Of(const Op& op) const {
    if (op.source == Op::Source::kConstant) return Plain::kNo;
    const auto run = by_run.find(op.run);
    if (run != by_run.end()) return run->second;
    const auto test = by_test.find(op.test);
    return test == by_test.end() ? Plain::kNo : test->second;
  }
};

bool IsCriterion(const Op& op) { return op.plain != Plain::kNo; }
bool GivesNodes(const Op& op) { return op.plain != Plain::kNo && op.test == nullptr; }
bool InputIsPlain(const Op& op) { return op.input == nullptr || GivesNodes(*op.input); }
bool IsOne(const Op& op) { return op.source == Op::Source::kConstant && op.constant.size() == 1; }

// One short text: looking at it costs no steps of its own.
bool IsShortText(const Op& op) {
  constexpr std::size_t kShort = 256;
  const auto* text = IsOne(op) ? std::get_if<std::string>(&op.constant.front()) : nullptr;
  return text != nullptr && text->size() < kShort;
}

bool ArgumentsAreCriteria(const Op& op) {
  return std::all_of(op.args.begin(), op.args.end(),
                     [](const Op* argument) { return IsCriterion(*argument); });
}

// What iif() may lead to: what is worked out from nodes, or nothing.
bool IsBranch(const Op& op) {
  if (op.source == Op::Source::kConstant) return op.constant.empty();
  return GivesNodes(op) && op.source == Op::Source::kComputed;
}

bool IsPlainIif(const Op& op) {
  return op.input == nullptr && IsCriterion(*op.args[0]) &&
         std::all_of(op.args.begin() + 1, op.args.end(),
                     [](const Op* branch) { return IsBranch(*branch); });
}

// Whether the parts of an operation are such as a glance needs.
bool HasPlainParts(const Op& op, Plain plain) {
  switch (plain) {
    case Plain::kNo:
      return false;
    case Plain::kNot:
      return op.input != nullptr && IsCriterion(*op.input);
    case Plain::kIif:
      return IsPlainIif(op);
    case Plain::kExtension:
    case Plain::kStartsWith:
      return InputIsPlain(op) && IsShortText(*op.args[0]);
    case Plain::kUnion:
      return GivesNodes(*op.args[0]) && GivesNodes(*op.args[1]);
    case Plain::kIn:
      return GivesNodes(*op.args[0]) && op.args[1]->source == Op::Source::kConstant;
    case Plain::kEqual:
    case Plain::kNotEqual:
    case Plain::kLess:
    case Plain::kLessOrEqual:
    case Plain::kGreater:
    case Plain::kGreaterOrEqual:
      return GivesNodes(*op.args[0]) && (IsOne(*op.args[1]) || GivesNodes(*op.args[1]));
    default:
      return InputIsPlain(op) && ArgumentsAreCriteria(op);
  }
}

}  // namespace

void MarkPlain(std::deque<Op>& ops) {
  static const Kinds kKinds;
  std::for_each(ops.rbegin(), ops.rend(), [](Op& op) {
    const Plain plain = kKinds.Of(op);
    if (HasPlainParts(op, plain)) op.plain = plain;
  });
}

}  // namespace renal::fhir::fhirpath
