#include <optional>
#include <utility>

#include "fhir/internal/fhirpath_functions.h"
#include "fhir/internal/fhirpath_quantities.h"
#include "fhir/internal/fhirpath_values.h"

namespace renal::fhir::fhirpath {
namespace {

constexpr char kNoNumber[] = "a number or quantity is needed here";

// The number before the dot: as a quantity, and whether it is one.
struct NumberInput {
  Scratch scratch;
  std::optional<Quantity> number;
  bool quantity = false;
  bool integer = false;

  bool Read(Evaluator& evaluator, const Op& op, const Frame& frame) {
    const Item* item = nullptr;
    if (!evaluator.OneInput(op, frame, scratch, item)) return false;
    if (item == nullptr) return true;
    number = QuantityOf(*item);
    integer = IntegerOf(*item).has_value();
    quantity = !integer && !DecimalOf(*item);
    const bool unknown = std::holds_alternative<Range>(*item) ||
                         std::holds_alternative<std::monostate>(fhirpath::Read(*item));
    return number || unknown || evaluator.Fail(op, kNoNumber);
  }
};

bool RunAbs(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  NumberInput input;
  if (!input.Read(evaluator, op, frame)) return false;
  if (!input.number) return true;
  const Decimal value = input.number->value.Abs();
  if (input.quantity) return evaluator.Add(op, out, Quantity{value, input.number->unit});
  if (!input.integer) return evaluator.Add(op, out, value);
  const auto whole = value.ToInteger();
  return !whole || evaluator.Add(op, out, *whole);
}

bool RunRound(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  NumberInput input;
  std::optional<std::int64_t> digits = 0;
  if (!input.Read(evaluator, op, frame)) return false;
  if (!op.args.empty() && !evaluator.IntegerArgument(*op.args[0], frame, digits)) return false;
  if (!input.number || !digits) return true;
  if (*digits < 0 || *digits > 28) return evaluator.Fail(op, "round() takes 0 to 28 digits");
  const Decimal value = input.number->value.Round(static_cast<int>(*digits));
  if (input.quantity) return evaluator.Add(op, out, Quantity{value, input.number->unit});
  return evaluator.Add(op, out, value);
}

template <Decimal (Decimal::*cut)() const>
bool RunCut(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  NumberInput input;
  if (!input.Read(evaluator, op, frame)) return false;
  if (!input.number) return true;
  const Decimal value = (input.number->value.*cut)();
  if (input.quantity) return evaluator.Add(op, out, Quantity{value, input.number->unit});
  const auto whole = value.ToInteger();
  return whole ? evaluator.Add(op, out, *whole) : evaluator.Add(op, out, value);
}

// The number of an item that must be one, without a unit; nothing where it is not known.
bool PlainNumber(Evaluator& evaluator, const Op& op, const Item* item,
                 std::optional<Decimal>& number) {
  if (item == nullptr || std::holds_alternative<Range>(*item)) return true;
  const auto quantity = QuantityOf(*item);
  if (!quantity || !quantity->unit.IsOne()) {
    return evaluator.Fail(op, "power() takes numbers without a unit");
  }
  number = quantity->value;
  return true;
}

bool RunPower(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch, exponent_scratch;
  const Item* item = nullptr;
  const Item* exponent_item = nullptr;
  std::optional<Decimal> base, exponent;
  if (!evaluator.OneInput(op, frame, scratch, item)) return false;
  if (!evaluator.One(*op.args[0], frame, exponent_scratch, exponent_item)) return false;
  if (!PlainNumber(evaluator, op, item, base)) return false;
  if (!PlainNumber(evaluator, op, exponent_item, exponent)) return false;
  if (!base || !exponent) return true;
  const std::optional<Decimal> power = Power(*base, *exponent);
  if (!power) return true;
  const bool integers = IntegerOf(*item) && IntegerOf(*exponent_item);
  const auto whole = integers ? power->ToInteger() : std::nullopt;
  return whole ? evaluator.Add(op, out, *whole) : evaluator.Add(op, out, *power);
}

constexpr Function kFunctions[] = {
    {.name = "abs", .run = RunAbs},
    {.name = "power", .arguments = "v", .required = 1, .run = RunPower},
    {.name = "round", .arguments = "v", .run = RunRound},
    {.name = "floor", .run = RunCut<&Decimal::Floor>},
    {.name = "ceiling", .run = RunCut<&Decimal::Ceiling>},
    {.name = "truncate", .run = RunCut<&Decimal::Truncate>},
};

}  // namespace

std::span<const Function> MathFunctions() { return kFunctions; }

}  // namespace renal::fhir::fhirpath
