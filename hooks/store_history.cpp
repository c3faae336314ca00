#include "hooks/store_history.h"

#include <array>
#include <cstdio>

#include "fhir/own_json.h"

namespace renal::hooks {
namespace {

std::string Moment(std::int64_t ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds(ms)};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<seconds>(time) - day};
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace

std::string VersionsJson(const std::vector<ServedVersion>& versions) {
  fhir::JsonWriter out;
  out.BeginObject().Key("versions").BeginArray();
  for (const ServedVersion& version : versions) {
    out.BeginObject()
        .Member("url", version.url)
        .Member("version", version.version)
        .Member("hash", version.hash)
        .Member("first", Moment(version.first))
        .Member("last", Moment(version.last));
    out.Key("calls").Integer(version.calls).Key("cards").Integer(version.cards).EndObject();
  }
  out.EndArray().EndObject();
  return out.Take();
}

std::string StoredCardJson(const StoredCard& card) {
  fhir::JsonWriter out;
  out.BeginObject().Key("known").Boolean(card.known);
  if (card.known) {
    out.Member("rule", card.rule)
        .Member("service", card.service)
        .Member("version", card.version)
        .Member("hash", card.hash)
        .Member("shown", Moment(card.shown));
  }
  out.Key("feedback").BeginArray();
  for (const StoredFeedback& item : card.feedback) {
    out.BeginObject()
        .Member("outcome", item.outcome)
        .Member("outcomeTimestamp", item.outcome_at)
        .Member("received", Moment(item.received))
        .EndObject();
  }
  out.EndArray().EndObject();
  return out.Take();
}

}  // namespace renal::hooks
