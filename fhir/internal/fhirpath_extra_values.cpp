#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "fhir/internal/fhirpath_boundaries.h"
#include "fhir/internal/fhirpath_functions.h"
#include "fhir/internal/fhirpath_type_names.h"
#include "fhir/internal/fhirpath_values.h"
#include "fhir/internal/real_functions.h"
#include "fhir/own_json.h"

// Functions of single values outside the profile: boundaries, real numbers, types, times of day.
namespace renal::fhir::fhirpath {
namespace {

std::optional<DateTime> TimeOf(const Item& item) {
  const Value value = Read(item);
  if (const auto* text = std::get_if<std::string_view>(&value)) return DateTime::ParseTime(*text);
  const auto* time = std::get_if<DateTime>(&value);
  return time == nullptr || time->kind != DateTime::Kind::kTime ? std::nullopt
                                                                : std::optional(*time);
}

// Integers have 64 bits here, so that a Long is one.
std::optional<std::int64_t> LongOf(const Item& item) {
  const Value value = Read(item);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? 1 : 0;
  const auto* text = std::get_if<std::string_view>(&value);
  if (text == nullptr || text->find_first_of(".eE") != std::string_view::npos) return std::nullopt;
  const auto number = Decimal::Parse(*text);
  return number ? number->ToInteger() : std::nullopt;
}

template <class T, std::optional<T> (*convert)(const Item&)>
bool RunTo(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  const Item* item = nullptr;
  if (!evaluator.OneInput(op, frame, scratch, item)) return false;
  const auto value = item == nullptr ? std::nullopt : convert(*item);
  return !value || evaluator.Add(op, out, *value);
}

template <class T, std::optional<T> (*convert)(const Item&)>
Truth TestConvertsTo(Evaluator& evaluator, const Op& op, const Frame& frame) {
  Scratch scratch;
  const Item* item = nullptr;
  if (!evaluator.OneInput(op, frame, scratch, item)) return Truth::kError;
  return item == nullptr ? Truth::kUnknown : TruthOf(convert(*item).has_value());
}

template <std::optional<Item> (*boundary)(const Value&, std::optional<std::int64_t>)>
bool RunBoundary(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  const Item* item = nullptr;
  std::optional<std::int64_t> precision;
  if (!evaluator.OneInput(op, frame, scratch, item)) return false;
  if (!op.args.empty() && !evaluator.IntegerArgument(*op.args[0], frame, precision)) return false;
  if (item == nullptr) return true;
  Value value = Read(*item);
  // "2001-05-06" in a dateTime is a moment of that day.
  const auto* node = std::get_if<Node>(item);
  auto* date = std::get_if<DateTime>(&value);
  const bool moment = node != nullptr && (node->type == "dateTime" || node->type == "instant");
  if (moment && date != nullptr) date->kind = DateTime::Kind::kDateTime;
  auto result = boundary(value, precision);
  return !result || evaluator.Add(op, out, *std::move(result));
}

bool RunPrecision(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  const Item* item = nullptr;
  if (!evaluator.OneInput(op, frame, scratch, item)) return false;
  const auto digits = item == nullptr ? std::nullopt : PrecisionOf(Read(*item));
  return !digits || evaluator.Add(op, out, *digits);
}

Truth TestComparable(Evaluator& evaluator, const Op& op, const Frame& frame) {
  Scratch scratch, other_scratch;
  const Item* item = nullptr;
  const Item* other = nullptr;
  if (!evaluator.OneInput(op, frame, scratch, item)) return Truth::kError;
  if (!evaluator.One(*op.args[0], frame, other_scratch, other)) return Truth::kError;
  if (item == nullptr || other == nullptr) return Truth::kUnknown;
  const auto left = QuantityOf(*item), right = QuantityOf(*other);
  return TruthOf(left && right && left->unit.ConvertibleTo(right->unit));
}

// The number before the dot; nothing if there is none.
bool NumberInput(Evaluator& evaluator, const Op& op, const Frame& frame,
                 std::optional<Decimal>& number) {
  Scratch scratch;
  const Item* item = nullptr;
  if (!evaluator.OneInput(op, frame, scratch, item)) return false;
  if (item == nullptr) return true;
  number = DecimalOf(*item);
  return number || evaluator.Fail(op, "a number is needed here");
}

template <std::optional<Decimal> (*compute)(const Decimal&)>
bool RunReal(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  std::optional<Decimal> number;
  if (!NumberInput(evaluator, op, frame, number)) return false;
  const auto result = number ? compute(*number) : std::nullopt;
  return !result || evaluator.Add(op, out, *result);
}

bool RunLog(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  const Item* argument = nullptr;
  std::optional<Decimal> number;
  if (!NumberInput(evaluator, op, frame, number)) return false;
  if (!evaluator.One(*op.args[0], frame, scratch, argument)) return false;
  if (!number || argument == nullptr) return true;
  const auto base = DecimalOf(*argument);
  if (!base) return evaluator.Fail(op, "a number is needed here");
  const auto result = internal::Logarithm(*number, *base);
  return !result || evaluator.Add(op, out, *result);
}

// What type() gives, {"namespace": ..., "name": ...} for every type: one document, made once.
class TypeInfos {
 public:
  static const TypeInfos& Instance() {
    static const TypeInfos kInfos;
    return kInfos;
  }

  Json Find(std::string_view space, std::string_view name) const {
    const auto found = places_.find(std::string(space) + "." + std::string(name));
    return found == places_.end() ? Json() : found->second;
  }

 private:
  TypeInfos() : document_(JsonDocument::Parse(Text())) {
    for (const Json::Entry entry : document_.value().root()) {
      const Json info = entry.value;
      places_.emplace(
          std::string(info["namespace"].string()) + "." + std::string(info["name"].string()), info);
    }
  }

  static std::string Text() {
    JsonWriter writer;
    writer.BeginArray();
    const auto add = [&writer](std::string_view space, std::string_view name) {
      writer.BeginObject().Member("namespace", space).Member("name", name).EndObject();
    };
    for (const std::string_view name :
         {"Boolean", "String", "Integer", "Decimal", "Date", "DateTime", "Time", "Quantity"}) {
      add("System", name);
    }
    for (const r4::Type& type : r4::Table::Instance().types()) add("FHIR", type.name);
    writer.EndArray();
    return writer.Take();
  }

  Result<JsonDocument> document_;
  std::unordered_map<std::string, Json> places_;
};

bool RunType(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  for (const Item& item : items) {
    const bool node = std::holds_alternative<Node>(item);
    const Json info = TypeInfos::Instance().Find(node ? "FHIR" : "System",
                                                 node ? TypeNameOf(item) : SystemTypeName(item));
    if (info && !evaluator.Add(op, out, Node{.json = info, .type = {}, .sibling = {}}))
      return false;
  }
  return true;
}

// Only what the type of a resource says: profiles are not known here.
Truth TestConformsTo(Evaluator& evaluator, const Op& op, const Frame& frame) {
  constexpr std::string_view kCore = "http://hl7.org/fhir/StructureDefinition/";
  Scratch scratch, url_scratch;
  const Item* item = nullptr;
  std::optional<std::string_view> url;
  if (!evaluator.OneInput(op, frame, scratch, item)) return Truth::kError;
  if (!evaluator.TextArgument(*op.args[0], frame, url_scratch, url)) return Truth::kError;
  if (item == nullptr || !url) return Truth::kUnknown;
  const r4::Table& table = r4::Table::Instance();
  const r4::Type* asked = url->starts_with(kCore) ? table.Find(url->substr(kCore.size())) : nullptr;
  if (asked == nullptr) return evaluator.FailTruth(op, "this profile is not known here");
  const r4::Type* type = table.Find(TypeNameOf(*item));
  return TruthOf(type != nullptr && type->IsA(*asked));
}

constexpr Function kFunctions[] = {
    {.name = "toTime", .run = RunTo<DateTime, TimeOf>},
    {.name = "convertsToTime", .test = TestConvertsTo<DateTime, TimeOf>},
    {.name = "toLong", .run = RunTo<std::int64_t, LongOf>},
    {.name = "convertsToLong", .test = TestConvertsTo<std::int64_t, LongOf>},
    {.name = "lowBoundary", .arguments = "v", .run = RunBoundary<LowBoundary>},
    {.name = "highBoundary", .arguments = "v", .run = RunBoundary<HighBoundary>},
    {.name = "precision", .run = RunPrecision},
    {.name = "comparable", .arguments = "v", .required = 1, .test = TestComparable},
    {.name = "sqrt", .run = RunReal<internal::SquareRoot>},
    {.name = "exp", .run = RunReal<internal::Exponential>},
    {.name = "ln", .run = RunReal<internal::NaturalLogarithm>},
    {.name = "log", .arguments = "v", .required = 1, .run = RunLog},
    {.name = "type", .run = RunType},
    {.name = "conformsTo", .arguments = "v", .required = 1, .test = TestConformsTo},
};

}  // namespace

std::span<const Function> ExtraValueFunctions() { return kFunctions; }

}  // namespace renal::fhir::fhirpath
