#include "pathways/internal/prose.h"

#include <algorithm>
#include <optional>

#include "pathways/internal/loader.h"
#include "pathways/markdown.h"

namespace renal::pathways::review {
namespace {

// The one constant that both ranges leave out: "!= 7 'cm'".
std::optional<fhir::Quantity> LeftOut(const std::vector<Interval>& ranges) {
  if (ranges.size() != 2 || ranges[0].low || ranges[1].high) return std::nullopt;
  const auto &end = ranges[0].high, &start = ranges[1].low;
  if (!end || !start || end->closed || start->closed) return std::nullopt;
  if (fhir::Compare(end->value, start->value) != std::strong_ordering::equal) return std::nullopt;
  return end->value;
}

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

std::vector<std::string> ParametersIn(std::string_view cell) {
  std::vector<std::string> names;
  for (std::size_t at = cell.find('%'); at != std::string_view::npos; at = cell.find('%', at + 1)) {
    std::string name;
    for (std::size_t i = at + 1; i < cell.size() && IsNameCharacter(cell[i]); ++i) name += cell[i];
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

std::string Prose::UnitOf(const Input& input) const {
  if (!input.unit_text.empty()) return input.unit_text;
  return input.unit && !input.unit->IsOne() ? input.unit->text() : std::string();
}

std::string Prose::QuantityOf(const Input& input, const fhir::Quantity& quantity) const {
  if (input.type == Type::kDate) {
    const std::string text = internal::ConstantText(Type::kDate, quantity);
    return text.starts_with('@') ? text.substr(1) : text;
  }
  const bool own = quantity.unit.IsOne() || (input.unit && quantity.unit == *input.unit);
  const std::string unit = own ? UnitOf(input) : quantity.unit.text();
  const std::string number = quantity.value.ToShortString();
  return unit.empty() ? number : words_("value.unit", {{"number", number}, {"unit", unit}});
}

std::string Prose::CodeOf(const Input& input, std::size_t code) const {
  if (input.type == Type::kBoolean) return code == 1 ? words_("value.yes") : words_("value.no");
  return code < input.values.size() ? Shorten(input.values[code].second, kMaxTitle)
                                    : std::to_string(code);
}

std::string Prose::Compared(std::string_view sign, const Input& input,
                            const fhir::Quantity& quantity) const {
  return words_("cell.compared", {{"sign", sign}, {"value", QuantityOf(input, quantity)}});
}

std::string Prose::IntervalOf(const Input& input, const Interval& interval) const {
  const auto& [low, high] = interval;
  if (interval.IsPoint()) {
    return input.type == Type::kInteger ? QuantityOf(input, low->value)
                                        : Compared("=", input, low->value);
  }
  std::string from, to;
  if (low) from = Compared(low->closed ? "\u2265" : ">", input, low->value);
  if (high) to = Compared(high->closed ? "\u2264" : "<", input, high->value);
  if (from.empty() && to.empty()) return words_("cell.any");
  if (from.empty() || to.empty()) return from + to;
  return words_("cell.both", {{"low", from}, {"high", to}});
}

std::string Prose::RangesOf(const Input& input, const std::vector<Interval>& ranges) const {
  if (const auto out = LeftOut(ranges)) {
    return Compared("\u2260", input, *out);
  }
  std::vector<std::string> texts;
  for (const Interval& range : ranges) texts.push_back(IntervalOf(input, range));
  return words_.Or(texts);
}

std::string Prose::CellOf(const Cell& cell) const {
  const Input& input = pathway_.inputs.at(cell.input);
  switch (cell.kind) {
    case Cell::Kind::kKnown:
      return words_("cell.known");
    case Cell::Kind::kUnknown:
      return words_("cell.unknown");
    case Cell::Kind::kRanges:
      return RangesOf(input, cell.ranges);
    case Cell::Kind::kCodes:
      break;
  }
  std::vector<std::string> texts;
  for (std::size_t code = 0; code < 64; ++code) {
    if ((cell.codes >> code & 1) != 0) texts.push_back(CodeOf(input, code));
  }
  return words_.Or(texts);
}

std::string Prose::ConditionOf(const Cell& cell) const {
  return words_("condition.one", {{"input", InputTitle(cell.input)}, {"cell", CellOf(cell)}});
}

std::string Prose::ConditionsOf(const std::vector<Cell>& cells) const {
  if (cells.empty()) return words_("condition.always");
  std::vector<std::string> texts;
  for (const Cell& cell : cells) texts.push_back(ConditionOf(cell));
  return words_.And(texts);
}

std::string Prose::ValueOf(const Input& input, const Value& value) const {
  return value.IsCode() ? CodeOf(input, value.code()) : IntervalOf(input, value.interval());
}

std::string Prose::ConstantOf(Type type, std::string_view text) const {
  if (type == Type::kBoolean) return text == "true" ? words_("value.yes") : words_("value.no");
  if (type == Type::kDate) return std::string(text.starts_with('@') ? text.substr(1) : text);
  if (type == Type::kCode) return std::string(text);
  const auto quantity = fhir::ParseQuantity(text);
  if (!quantity || quantity->unit.IsOne()) return std::string(text);
  return words_("value.unit",
                {{"number", quantity->value.ToShortString()}, {"unit", quantity->unit.text()}});
}

std::string Prose::SentenceOf(std::string_view text) const {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('{'), text.size());
    out += text.substr(0, open);
    text.remove_prefix(open);
    const std::size_t close = text.find('}');
    if (close == std::string_view::npos) return out.append(text);
    const std::string_view name = text.substr(1, close - 1);
    const Index input = pathway_.FindInput(name);
    if (input == kNone && name != "rules") {
      out += text.substr(0, 1);
      text.remove_prefix(1);
      continue;
    }
    out += input == kNone ? words_("check.rules")
                          : words_("text.input", {{"input", InputTitle(input)}});
    text.remove_prefix(close + 1);
  }
  return out;
}

std::string Prose::DaysOf(std::int64_t days) const {
  return words_.Count("duration.days", static_cast<std::size_t>(days));
}

std::string Prose::HoursOf(std::int64_t hours) const {
  return words_.Count("duration.hours", static_cast<std::size_t>(hours));
}

std::string Prose::InputTitle(Index input) const {
  return Shorten(pathway_.inputs.at(input).title, kMaxTitle);
}

std::string Prose::ActionTitle(Index action) const {
  return Shorten(pathway_.actions.at(action).title, kMaxTitle);
}

std::string Prose::ActionTitles(const std::vector<Index>& actions) const {
  std::vector<std::string> titles;
  for (const Index action : actions) titles.push_back(ActionTitle(action));
  return words_.And(titles);
}

std::string Prose::InputTitles(const std::vector<Index>& inputs) const {
  std::vector<std::string> titles;
  for (const Index input : inputs) titles.push_back(InputTitle(input));
  return words_.And(titles);
}

std::string Prose::TierName(Tier tier) const {
  switch (tier) {
    case Tier::kPreferred:
      return words_("tier.preferred");
    case Tier::kAcceptable:
      return words_("tier.acceptable");
    case Tier::kInfo:
      return words_("tier.info");
    case Tier::kAvoid:
      return words_("tier.avoid");
  }
  return {};
}

std::string Prose::KindName(ActionKind kind) const {
  switch (kind) {
    case ActionKind::kTreatment:
      return words_("kind.treatment");
    case ActionKind::kReferral:
      return words_("kind.referral");
    case ActionKind::kCollectData:
      return words_("kind.collect-data");
    case ActionKind::kInformation:
      return words_("kind.information");
    case ActionKind::kFrame:
      return words_("kind.frame");
  }
  return {};
}

std::string Prose::StrengthOf(Index strength) const {
  const Strength& entry = pathway_.strengths.at(strength);
  const std::string tier = TierName(entry.tier);
  const std::string word = Shorten(entry.title.empty() ? entry.word : entry.title, kMaxTitle);
  return word == tier ? tier : words_("strength.word", {{"word", word}, {"tier", tier}});
}

}  // namespace renal::pathways::review
