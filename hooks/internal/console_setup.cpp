#include "hooks/internal/console_setup.h"

#include <optional>

#include "fhir/own_json.h"
#include "fhir/quantity.h"

namespace renal::hooks::internal {
namespace {

using fhir::JsonWriter;
using pathways::Index;
using pathways::Input;
using pathways::kNone;
using pathways::Pathway;
using pathways::Type;

std::string_view Spelling(Type type) {
  switch (type) {
    case Type::kBoolean:
      return "boolean";
    case Type::kCode:
      return "code";
    case Type::kInteger:
      return "integer";
    case Type::kDecimal:
      return "decimal";
    case Type::kQuantity:
      return "quantity";
    case Type::kDate:
      return "date";
  }
  return {};
}

/// A number in the unit of the input.
std::optional<std::string> NumberOf(const Input& input, const fhir::Quantity& quantity) {
  if (!input.unit) return quantity.value.ToShortString();
  const auto converted = Convert(quantity, *input.unit);
  if (!converted) return std::nullopt;
  return converted->value.ToShortString();
}

void WriteNumber(const Input& input, std::string_view name,
                 const std::optional<fhir::Quantity>& quantity, JsonWriter& out) {
  if (!quantity) return;
  if (const auto number = NumberOf(input, *quantity)) out.Key(name).Number(*number);
}

/// Where the cells of the pathway cut the values: the limits of its rules.
void WriteLimits(const Input& input, JsonWriter& out) {
  out.Key("limits").BeginArray();
  for (const pathways::Value& segment : input.segments) {
    if (segment.IsCode() || !segment.interval().IsPoint()) continue;
    if (const auto number = NumberOf(input, segment.interval().low->value)) out.Number(*number);
  }
  out.EndArray();
}

void WritePairs(std::string_view name,
                const std::vector<std::pair<std::string, std::string>>& pairs, JsonWriter& out) {
  out.Key(name).BeginArray();
  for (const auto& [code, title] : pairs) {
    out.BeginObject().Member("code", code).Member("title", title).EndObject();
  }
  out.EndArray();
}

/// How many rules read the input, also through what is worked out from it, and what that is.
void WriteReaders(const Pathway& pathway, Index index, JsonWriter& out) {
  const pathways::Readers& readers = pathway.readers[index];
  std::size_t rules = readers.rules.size();
  out.Key("feeds").BeginArray();
  for (const Index derived : readers.derived) {
    rules += pathway.readers[derived].rules.size();
    out.String(pathway.inputs[derived].name);
  }
  out.EndArray().Key("rules").Integer(static_cast<std::int64_t>(rules));
}

void WriteInput(const Pathway& pathway, Index index, JsonWriter& out) {
  const Input& input = pathway.inputs[index];
  const bool ordered = input.type != Type::kCode && input.type != Type::kBoolean;
  out.BeginObject()
      .Member("name", input.name)
      .Member("title", input.title)
      .Member("question", input.question)
      .Member("type", Spelling(input.type))
      .Member("ucum", input.unit ? input.unit->text() : "")
      .Member("unit", input.unit_text.empty() && input.unit ? input.unit->text() : input.unit_text)
      .Member("focus", input.focus == kNone ? "" : pathway.foci[input.focus].name);
  out.Key("derived").Boolean(input.IsDerived());
  out.Key("fact").Boolean(input.fact || input.information);
  WriteReaders(pathway, index, out);
  if (input.places) out.Key("places").Integer(*input.places);
  if (ordered) {
    WriteNumber(input, "min", input.min, out);
    WriteNumber(input, "max", input.max, out);
    WriteLimits(input, out);
  } else {
    WritePairs("values", input.values, out);
  }
  out.EndObject();
}

/// Ids with their titles, as one object.
template <class List, class Title>
void WriteTitles(std::string_view name, const List& list, Title title, JsonWriter& out) {
  out.Key(name).BeginObject();
  for (const auto& item : list) out.Member(item.id, title(item));
  out.EndObject();
}

void WriteRule(const Pathway& pathway, const pathways::Rule& rule, JsonWriter& out) {
  out.BeginObject().Member("because", rule.because).Key("actions").BeginArray();
  for (const pathways::Option& option : rule.options) {
    if (option.action != kNone) out.String(pathway.actions[option.action].id);
  }
  out.EndArray().Key("together").BeginArray();
  for (const std::string& other : rule.together) out.String(other);
  out.EndArray().EndObject();
}

void WriteTables(const Pathway& pathway, JsonWriter& out) {
  WriteTitles(
      "tables", pathway.tables, [](const pathways::Table& table) { return table.title; }, out);
  out.Key("rules").BeginObject();
  for (const pathways::Table& table : pathway.tables) {
    for (const pathways::Rule& rule : table.rules) {
      out.Key(rule.id);
      WriteRule(pathway, rule, out);
    }
  }
  out.EndObject();
}

void WriteFoci(const Pathway& pathway, JsonWriter& out) {
  out.Key("foci").BeginObject();
  for (const pathways::FocusKind& kind : pathway.foci) {
    out.Key(kind.name).BeginObject().Member("title", kind.title);
    WritePairs("values", kind.values, out);
    out.EndObject();
  }
  out.EndObject();
}

void WriteWords(const Pathway& pathway, JsonWriter& out) {
  WriteTitles(
      "actions", pathway.actions, [](const pathways::Action& action) { return action.title; }, out);
  WriteTitles(
      "checks", pathway.checks, [](const pathways::Check& check) { return check.title; }, out);
  WriteTitles(
      "gate", pathway.gate, [](const pathways::GateRow& row) { return row.because; }, out);
  out.Key("strengths").BeginObject();
  for (const pathways::Strength& strength : pathway.strengths) {
    out.Member(strength.word, strength.title.empty() ? strength.word : strength.title);
  }
  out.EndObject().Key("sources").BeginObject();
  for (const pathways::Source& source : pathway.sources) {
    out.Key(source.id)
        .BeginObject()
        .Member("label", source.label)
        .Member("url", source.url)
        .EndObject();
  }
  out.EndObject();
}

void WritePathway(const Pathway& pathway, JsonWriter& out) {
  out.Key("pathway")
      .BeginObject()
      .Member("id", pathway.id)
      .Member("url", pathway.url)
      .Member("version", pathway.version)
      .Member("title", pathway.title)
      .Member("status", pathway.status)
      .Member("date", pathway.date)
      .Member("publisher", pathway.publisher)
      .Member("description", pathway.description)
      .Member("hash", pathway.hash)
      .Member("decimalSign", pathway.decimal_sign);
  out.Key("inputs").BeginArray();
  for (Index i = 0; i < pathway.inputs.size(); ++i) WriteInput(pathway, i, out);
  out.EndArray();
  WriteFoci(pathway, out);
  WriteTables(pathway, out);
  WriteWords(pathway, out);
  out.EndObject();
}

void WriteProfiles(const Call& call, const ServiceOptions& options, JsonWriter& out) {
  out.Key("profiles").BeginArray();
  for (const ClientProfile& profile : call.profiles.all()) {
    out.BeginObject().Member("name", profile.name).Member("title", profile.title);
    out.Key("outcome").Boolean(options.outcome.value_or(profile.outcome)).EndObject();
  }
  out.EndArray();
}

void WriteSamples(const Console& console, JsonWriter& out) {
  out.Key("samples").BeginArray();
  for (const ConsoleSample& sample : console.samples()) {
    out.BeginObject().Member("name", sample.name).Member("hook", sample.hook);
    if (sample.titles.type != fhir::JsonType::kAbsent) out.Key("titles").Value(sample.titles);
    out.EndObject();
  }
  out.EndArray();
}

}  // namespace

std::string SetupText(const Call& call, const Console& console, const ServiceOptions& options) {
  JsonWriter out;
  out.BeginObject().Key("tokens").Boolean(console.needs_tokens());
  out.Member("profile", call.profile.name);
  WriteProfiles(call, options, out);
  out.Key("languages").BeginArray();
  for (const OfferedLanguage& language : call.set.offered) out.String(language.tag);
  out.EndArray();
  WriteSamples(console, out);
  WritePathway(call.edition.evaluator.pathway(), out);
  out.EndObject();
  return out.Take();
}

}  // namespace renal::hooks::internal
