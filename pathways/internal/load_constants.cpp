#include <algorithm>
#include <charconv>
#include <chrono>

#include "fhir/date_time.h"
#include "pathways/internal/loader.h"
#include "pathways/internal/read_value.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;
using fhir::Quantity;
using Titles = std::vector<std::pair<std::string, std::string>>;

const std::vector<std::string> kTypes = {"Boolean",  "Code", "Integer", "Decimal",
                                         "Quantity", "Date", "CodeSet"};
const std::vector<std::string> kTiers = {"preferred", "acceptable", "info", "avoid"};

std::optional<Quantity> ReadDate(std::string_view text, std::string& why) {
  if (text.starts_with('@')) text.remove_prefix(1);
  const auto date = fhir::DateTime::Parse(text);
  if (!date || date->kind != fhir::DateTime::Kind::kDate ||
      date->precision != fhir::Precision::kDay) {
    why = Quoted(text) + " is no day. Write it as 2026-03-01";
    return std::nullopt;
  }
  return Quantity{fhir::Decimal(fhir::DaysFromCivil(date->year, date->month, date->day)), {}};
}

void LoadSources(Loader& loader, Fields& root) {
  for (const auto& [id, node] : root.Members("sources", Need::kRequired)) {
    Fields fields(node, "source " + Quoted(id), loader.problems);
    loader.pathway.sources.push_back({id, fields.Text("label", Need::kRequired), fields.Text("url"),
                                      fields.Text("edition"), fields.Text("section"),
                                      fields.Text("accessed")});
  }
}

void AddStrength(Loader& loader, const OwnJson& at, Strength strength) {
  if (!loader.strengths.Add(strength.word)) {
    loader.problems.Error(
        at, "L101", "strength " + Quoted(strength.word) + " is defined twice. Rename one of them.");
    return;
  }
  if (strength.title.empty()) strength.title = strength.word;
  loader.pathway.strengths.push_back(std::move(strength));
}

void LoadStrengths(Loader& loader, Fields& root) {
  for (const OwnJson& node : root.Items("strengths")) {
    Fields fields(node, "a strength", loader.problems);
    Strength strength{fields.Text("word", Need::kRequired), Tier::kInfo, fields.Text("text"),
                      fields.Text("title")};
    if (const auto tier = fields.Word("tier", kTiers, Need::kRequired)) {
      strength.tier = static_cast<Tier>(*tier);
    }
    AddStrength(loader, fields.At("word"), std::move(strength));
  }
  if (root.Has("strengths")) return;
  const OwnJson& nowhere = root.At("strengths");
  AddStrength(loader, nowhere, {"preferred", Tier::kPreferred, {}});
  AddStrength(loader, nowhere, {"acceptable", Tier::kAcceptable, {}});
  AddStrength(loader, nowhere, {"consider", Tier::kAcceptable, {}});
  AddStrength(loader, nowhere, {"info", Tier::kInfo, {}});
  AddStrength(loader, nowhere, {"avoid", Tier::kAvoid, {}});
}

// Codes of the value of a Code or a CodeSet, each of `values` where these are given.
void ReadCodes(Loader& loader, Fields& fields, Parameter& parameter, bool set,
               const Titles& titles) {
  parameter.codes = SplitCodes(parameter.text);
  const OwnJson& at = fields.At("value");
  if (!set && parameter.codes.size() > 1) {
    loader.problems.Error(at, "L101",
                          fields.what() + " holds several codes. Give it the type CodeSet.");
  }
  std::vector<std::string> known;
  for (const auto& [code, title] : titles) known.push_back(code);
  for (const std::string& code : parameter.codes) {
    if (known.empty() || std::find(known.begin(), known.end(), code) != known.end()) continue;
    loader.problems.Error(at, "L102",
                          fields.what() + " has no code " + Quoted(code) + "." +
                              loader.problems.Suggestion(code, known));
  }
}

// The value of a parameter: that of the options where they name it, else that of the file. `chosen`
// holds the first kind.
const OwnJson* ValueNode(Loader& loader, Fields& fields, const std::string& name, OwnJson& chosen) {
  const OwnJson* node = fields.String("value", Need::kRequired);
  const auto choice = loader.values.find(name);
  if (node == nullptr || choice == loader.values.end()) return node;
  chosen.type = fhir::JsonType::kString;
  chosen.text = choice->second;
  chosen.at = node->at;
  return &chosen;
}

// An end of the range that a site may choose from; null where it is absent or wrong.
std::optional<Quantity> RangeEnd(Loader& loader, Fields& fields, std::string_view name,
                                 const Parameter& parameter, const Quantity& value) {
  const OwnJson* node = fields.String(name);
  return node == nullptr ? std::nullopt : ConstantOf(loader, *node, parameter.type, value.unit);
}

void ReadOrdered(Loader& loader, Fields& fields, const OwnJson* node, Parameter& parameter) {
  if (node == nullptr) return;
  const auto value = ConstantOf(loader, *node, parameter.type, std::nullopt);
  if (!value) return;
  parameter.value = Value::Ordered(Interval::Point(*value));
  const auto min = RangeEnd(loader, fields, "min", parameter, *value);
  const auto max = RangeEnd(loader, fields, "max", parameter, *value);
  Interval range;
  if (min) range.low = Bound{*min, true};
  if (max) range.high = Bound{*max, true};
  if (Covers(range, parameter.value.interval()) == Cover::kInside) return;
  loader.problems.Error(*node, "L101",
                        fields.what() + " lies outside its own range. Change value, min or max.");
}

void ReadValue(Loader& loader, Fields& fields, Parameter& parameter, bool set,
               const Titles& titles) {
  OwnJson chosen;
  const OwnJson* node = ValueNode(loader, fields, parameter.name, chosen);
  if (node != nullptr) parameter.text = node->text;
  parameter.min = fields.Text("min");
  parameter.max = fields.Text("max");
  if (IsOrdered(parameter.type)) return ReadOrdered(loader, fields, node, parameter);
  if (parameter.text.empty()) return;
  if (parameter.type == Type::kCode) return ReadCodes(loader, fields, parameter, set, titles);
  if (parameter.text != "true" && parameter.text != "false") {
    loader.problems.Error(fields.At("value"), "L101",
                          fields.what() + " is a Boolean. Write \"true\" or \"false\".");
  }
  parameter.value = Value::Code(parameter.text == "true" ? 1 : 0);
}

void LoadParameter(Loader& loader, const std::string& name, const OwnJson& node) {
  Fields fields(node, "parameter " + Quoted(name), loader.problems);
  const std::size_t errors = loader.problems.errors();
  Parameter parameter;
  parameter.name = name;
  const auto type = fields.Word("type", kTypes, Need::kRequired);
  const bool set = type == kTypes.size() - 1;
  const Titles titles = TitlesOf(loader, fields, "values");
  if (type) {
    parameter.type = set ? Type::kCode : static_cast<Type>(*type);
    ReadValue(loader, fields, parameter, set, titles);
  } else {
    for (const char* known : {"value", "min", "max"}) fields.Any(known);
  }
  parameter.why = fields.Text("why", Need::kRequired);
  parameter.policy = fields.Flag("policy");
  Citations(loader, fields);
  loader.parameter_ready.push_back(errors == loader.problems.errors());
  loader.parameter_titles.push_back(ShownInText(parameter, titles, loader.pathway.decimal_sign));
  loader.pathway.parameters.push_back(std::move(parameter));
}

}  // namespace

std::vector<std::string> SplitCodes(std::string_view text) {
  std::vector<std::string> codes;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view code = text.substr(0, comma);
    while (code.starts_with(' ')) code.remove_prefix(1);
    while (code.ends_with(' ')) code.remove_suffix(1);
    codes.emplace_back(code);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return codes;
}

bool IsOrdered(Type type) { return type != Type::kBoolean && type != Type::kCode; }

std::optional<Quantity> ReadConstant(std::string_view text, Type type,
                                     const std::optional<fhir::Unit>& unit, std::string& why) {
  if (type == Type::kDate) return ReadDate(text, why);
  auto quantity = fhir::ParseQuantity(text);
  if (!quantity) {
    why = Quoted(text) + " is no number" +
          (type == Type::kQuantity ? " with a UCUM unit. Write it as 7 'cm'" : ". Write it as 75");
    return std::nullopt;
  }
  if (type == Type::kQuantity && unit && !quantity->unit.ConvertibleTo(*unit)) {
    why = Quoted(text) + " cannot be converted to '" + unit->text() +
          "'. Write it in a unit of that dimension";
    return std::nullopt;
  }
  // Constants with different annotations could not be compared with each other.
  if (type == Type::kQuantity && unit && quantity->unit.text().find('{') != std::string::npos &&
      unit->text().find('{') == std::string::npos) {
    why = Quoted(text) + " has an annotation that '" + unit->text() + "' has not. Write '" +
          unit->text() + "'";
    return std::nullopt;
  }
  if (type == Type::kQuantity) return quantity;
  if (!quantity->unit.IsOne()) {
    why = Quoted(text) + " has a unit, but the value is a plain number. Leave the unit out";
    return std::nullopt;
  }
  if (type == Type::kInteger && !quantity->value.IsInteger()) {
    why = Quoted(text) + " is no whole number. Write one, or use the type Decimal";
    return std::nullopt;
  }
  return quantity;
}

std::optional<Quantity> ConstantOf(Loader& loader, const OwnJson& node, Type type,
                                   const std::optional<fhir::Unit>& unit) {
  std::string why;
  if (TextOf(node, "a clinical number", loader.problems) == nullptr) return std::nullopt;
  auto value = ReadConstant(node.text, type, unit, why);
  if (!value) {
    const bool dimension = type == Type::kQuantity && fhir::ParseQuantity(node.text).has_value();
    loader.problems.Error(node, dimension ? "L204" : "L101", why + ".");
  }
  return value;
}

std::optional<std::int64_t> DurationOf(Loader& loader, const OwnJson& node, bool hours) {
  if (TextOf(node, "a duration", loader.problems) == nullptr) return std::nullopt;
  const char* const end = node.text.data() + node.text.size();
  std::int64_t count = 0;
  const auto number = std::from_chars(node.text.data(), end, count);
  std::string_view word(number.ptr, static_cast<std::size_t>(end - number.ptr));
  if (word.ends_with('s')) word.remove_suffix(1);
  constexpr std::int64_t kMost = 100'000;
  if (number.ec == std::errc() && count >= 0 && count <= kMost) {
    if (word == " day") return count * (hours ? 24 : 1);
    if (word == " week") return count * (hours ? 7 * 24 : 7);
    if (word == " hour" && hours) return count;
  }
  loader.problems.Error(
      node, "L101",
      Quoted(node.text) + " is no duration. Write a number and " +
          (hours ? "hours, days or weeks, as \"24 hours\"." : "days or weeks, as \"30 days\"."));
  return std::nullopt;
}

std::string ConstantText(Type type, const Quantity& value) {
  const auto days = value.value.ToInteger();
  if (type != Type::kDate || !days) return value.ToString();
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{*days}}};
  fhir::DateTime day;
  day.precision = fhir::Precision::kDay;
  day.year = static_cast<std::int16_t>(static_cast<int>(date.year()));
  day.month = static_cast<std::int8_t>(static_cast<unsigned>(date.month()));
  day.day = static_cast<std::int8_t>(static_cast<unsigned>(date.day()));
  return "@" + day.ToString();
}

std::string ShownInText(const Parameter& parameter, const Titles& titles,
                        std::string_view decimal_sign) {
  const auto number = [&](std::string text) {
    const std::size_t point = text.find('.');
    return point == std::string::npos ? text : text.replace(point, 1, decimal_sign);
  };
  if (parameter.type == Type::kQuantity && !parameter.value.IsCode() &&
      parameter.value.interval().low) {
    const Quantity& value = parameter.value.interval().low->value;
    return number(value.value.ToShortString()) +
           (value.unit.IsOne() ? "" : " " + value.unit.text());
  }
  if (parameter.type == Type::kDecimal) return number(parameter.text);
  if (parameter.type != Type::kCode) return parameter.text;
  std::string shown;
  for (const std::string& code : parameter.codes) {
    const auto title = std::find_if(titles.begin(), titles.end(),
                                    [&](const auto& entry) { return entry.first == code; });
    shown += (shown.empty() ? "" : ", ") + (title == titles.end() ? code : title->second);
  }
  return shown;
}

void LoadConstants(Loader& loader, Fields& root) {
  LoadSources(loader, root);
  LoadStrengths(loader, root);
  for (const auto& [name, node] : root.Members("parameters")) LoadParameter(loader, name, node);
}

void SetConstants(Pathway& pathway) {
  pathway.constants.assign(pathway.variables.size(), {});
  Input like;
  for (Index i = 0; i < pathway.parameters.size(); ++i) {
    const Parameter& parameter = pathway.parameters[i];
    fhir::fhirpath::Collection& slot = pathway.constants[pathway.inputs.size() + i];
    like.type = parameter.type;
    if (parameter.type == Type::kCode) {
      for (const std::string& code : parameter.codes) slot.emplace_back(code);
    } else {
      AddItem(like, parameter.value, slot);
    }
  }
}

}  // namespace renal::pathways::internal
