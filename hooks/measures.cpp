#include "hooks/measures.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "fhir/date_time.h"
#include "fhir/own_json.h"

namespace renal::hooks {
namespace {

using fhir::DateTime;
using fhir::Issue;
using fhir::IssueCode;
using fhir::JsonWriter;
using Time = MeasureQuery::Time;

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// A value of a URL's query without its percent signs; nothing if one is broken.
std::optional<std::string> Decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = HexValue(text[i + 1]), low = HexValue(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    plain += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return plain;
}

Issue BadTime(const char* name) {
  return {IssueCode::kValue,
          std::string("The parameter ") + name + " is neither a day nor a time with an offset.",
          {}};
}

/// Takes one parameter; the Issue if it cannot be used.
std::optional<Issue> TakeParameter(std::string_view name, const std::string& value,
                                   MeasureQuery& query) {
  if (name == "client" && !query.client) {
    query.client = value;
    return std::nullopt;
  }
  const bool from = name == "from" && !query.from, to = name == "to" && !query.to;
  if (!from && !to) {
    return Issue{
        IssueCode::kValue, "The parameters are from, to and client, each at most once.", {}};
  }
  const auto time = ReadMeasureTime(value);
  if (!time) return BadTime(from ? "from" : "to");
  (from ? query.from : query.to) = time;
  return std::nullopt;
}

std::string Shown(const Time& time) {
  const std::int64_t milliseconds = time.time_since_epoch().count();
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(time - days);
  DateTime moment{.kind = DateTime::Kind::kDateTime, .precision = fhir::Precision::kSecond};
  moment.year = static_cast<std::int16_t>(static_cast<int>(date.year()));
  moment.month = static_cast<std::int8_t>(static_cast<unsigned>(date.month()));
  moment.day = static_cast<std::int8_t>(static_cast<unsigned>(date.day()));
  moment.hour = static_cast<std::int8_t>(clock.hours().count());
  moment.minute = static_cast<std::int8_t>(clock.minutes().count());
  moment.second = static_cast<std::int8_t>(clock.seconds().count());
  moment.offset_minutes = 0;
  if (milliseconds % 1000 != 0) {
    moment.precision = fhir::Precision::kMillisecond;
    moment.millisecond = static_cast<std::int16_t>(clock.subseconds().count());
    moment.fraction_digits = 3;
  }
  return moment.ToString();
}

void WriteCounts(const CardCounts& cards, JsonWriter& writer) {
  writer.Key("shown").Integer(cards.shown);
  writer.Key("accepted").Integer(cards.accepted);
  writer.Key("overridden").Integer(cards.overridden);
  writer.Key("withoutFeedback").Integer(cards.without_feedback());
}

void WriteText(std::string_view name, std::string_view value, JsonWriter& writer) {
  if (!value.empty()) writer.Member(name, value);
}

void WriteReasons(const std::vector<ReasonCount>& reasons, JsonWriter& writer) {
  if (reasons.empty()) return;
  writer.Key("overrideReasons").BeginArray();
  for (const ReasonCount& reason : reasons) {
    writer.BeginObject();
    WriteText("system", reason.system, writer);
    WriteText("code", reason.code, writer);
    writer.Key("count").Integer(reason.count).EndObject();
  }
  writer.EndArray();
}

using Line = std::array<std::string, 7>;
// The columns from this one on are numbers, and stand to the right.
constexpr std::size_t kFirstNumber = 3;

Line LineOf(std::string rule, std::string client, std::string service, const CardCounts& cards) {
  return {std::move(rule),
          std::move(client),
          std::move(service),
          std::to_string(cards.shown),
          std::to_string(cards.accepted),
          std::to_string(cards.overridden),
          std::to_string(cards.without_feedback())};
}

std::string Padded(const Line& line, const std::array<std::size_t, 7>& widths) {
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const std::string space(widths[i] - std::min(widths[i], line[i].size()), ' ');
    if (i > 0) text += "  ";
    text += i < kFirstNumber ? line[i] + space : space + line[i];
  }
  return text + '\n';
}

/// Codes come from clients: what could steer a terminal is left out.
std::string Printable(std::string_view text) {
  std::string clean;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) clean += c;
  }
  constexpr std::size_t kMost = 120;
  if (clean.size() > kMost) clean.resize(kMost);
  return clean;
}

std::string ReasonLine(const ReasonCount& reason) {
  const std::string code = reason.code.empty() ? "(without a code)" : Printable(reason.code);
  const std::string system = reason.system.empty() ? "" : " (" + Printable(reason.system) + ")";
  return "    " + std::to_string(reason.count) + " x " + code + system + '\n';
}

std::string PeriodLine(const MeasureQuery& query) {
  std::string text = "Cards shown";
  if (query.from) text += " from " + Shown(*query.from);
  if (query.to) text += " to before " + Shown(*query.to);
  if (query.client) text += " to the client " + Printable(*query.client);
  return text + ".\n\n";
}

}  // namespace

CardCounts Measures::Total() const {
  CardCounts total;
  for (const RuleMeasure& rule : rules) {
    total.shown += rule.cards.shown;
    total.accepted += rule.cards.accepted;
    total.overridden += rule.cards.overridden;
  }
  return total;
}

std::optional<Time> ReadMeasureTime(std::string_view text) {
  const auto time = DateTime::Parse(text);
  if (!time) return std::nullopt;
  const bool day = time->kind == DateTime::Kind::kDate && time->precision == fhir::Precision::kDay;
  const bool moment = time->kind == DateTime::Kind::kDateTime && time->offset_minutes &&
                      time->precision >= fhir::Precision::kSecond;
  if (!day && !moment) return std::nullopt;
  return Time(std::chrono::milliseconds(time->FirstMillisecond(0)));
}

fhir::Result<MeasureQuery> ReadMeasureQuery(std::string_view url_query) {
  MeasureQuery query;
  while (!url_query.empty()) {
    const std::string_view part = url_query.substr(0, url_query.find('&'));
    url_query.remove_prefix(std::min(url_query.size(), part.size() + 1));
    const std::size_t equals = std::min(part.find('='), part.size());
    const auto value = Decoded(part.substr(std::min(part.size(), equals + 1)));
    if (!value) return Issue{IssueCode::kValue, "The query holds a broken percent escape.", {}};
    if (auto issue = TakeParameter(part.substr(0, equals), *value, query)) return *issue;
  }
  return query;
}

std::string MeasuresJson(const Measures& measures) {
  JsonWriter writer;
  writer.BeginObject();
  if (measures.query.from) writer.Member("from", Shown(*measures.query.from));
  if (measures.query.to) writer.Member("to", Shown(*measures.query.to));
  if (measures.query.client) WriteText("client", *measures.query.client, writer);
  writer.Key("measures").BeginArray();
  for (const RuleMeasure& rule : measures.rules) {
    writer.BeginObject();
    WriteText("rule", rule.rule, writer);
    WriteText("client", rule.client, writer);
    WriteText("service", rule.service, writer);
    WriteCounts(rule.cards, writer);
    WriteReasons(rule.reasons, writer);
    writer.EndObject();
  }
  writer.EndArray().Key("total").BeginObject();
  WriteCounts(measures.Total(), writer);
  writer.EndObject().EndObject();
  return writer.Take();
}

std::string MeasuresTable(const Measures& measures) {
  std::vector<Line> lines = {
      {"rule", "client", "service", "shown", "accepted", "overridden", "no feedback"}};
  for (const RuleMeasure& rule : measures.rules) {
    lines.push_back(LineOf(Printable(rule.rule), rule.client.empty() ? "-" : Printable(rule.client),
                           Printable(rule.service), rule.cards));
  }
  lines.push_back(LineOf("all", "", "", measures.Total()));
  std::array<std::size_t, 7> widths{};
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text = PeriodLine(measures.query) + Padded(lines.front(), widths);
  for (std::size_t i = 0; i < measures.rules.size(); ++i) {
    text += Padded(lines[i + 1], widths);
    for (const ReasonCount& reason : measures.rules[i].reasons) text += ReasonLine(reason);
  }
  return text + Padded(lines.back(), widths);
}

}  // namespace renal::hooks
