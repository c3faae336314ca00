#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/result.h"

/// What became of cards, counted: for those who run the pathway. Nothing in it is about a patient
/// or a user.
namespace renal::hooks {

/// Which cards are counted.
struct MeasureQuery {
  using Time = std::chrono::sys_time<std::chrono::milliseconds>;
  std::optional<Time> from;           ///< shown at this time or later
  std::optional<Time> to;             ///< shown before this time
  std::optional<std::string> client;  ///< shown to this client
};

/// How often a reason was given. Reasons are the client's to choose, their texts are not kept here.
struct ReasonCount {
  std::string system;
  std::string code;
  std::int64_t count = 0;
};

/// Counts of cards. A card counts once: as accepted where any of its suggestions was ever accepted,
/// else as overridden where it ever was, else as one without feedback (ignored, or not reported).
struct CardCounts {
  std::int64_t shown = 0;
  std::int64_t accepted = 0;
  std::int64_t overridden = 0;
  std::int64_t without_feedback() const { return shown - accepted - overridden; }
};

/// The cards of one rule that one client was shown by one service.
struct RuleMeasure {
  std::string rule;
  std::string client;  ///< empty: without authentication
  std::string service;
  CardCounts cards;
  /// Most frequent first, at most kMaxReasons; overrides with several reasons count for each.
  std::vector<ReasonCount> reasons;
};

/// Only feedback of the client and tenant that were shown the card, by the service that showed it,
/// is counted.
struct Measures {
  static constexpr std::size_t kMaxReasons = 100;
  MeasureQuery query;
  std::vector<RuleMeasure> rules;  ///< by rule, client, service
  CardCounts Total() const;
};

/// A day "2026-03-02" (its beginning, in UTC) or a time with seconds and an offset; else nothing.
std::optional<MeasureQuery::Time> ReadMeasureTime(std::string_view text);

/// Reads `from`, `to` and `client` out of the query of a URL. Fails with kValue for a time that is
/// none and for any other or repeated name; no text of the query is in the Issue.
fhir::Result<MeasureQuery> ReadMeasureQuery(std::string_view url_query);

/// One JSON object.
std::string MeasuresJson(const Measures& measures);

/// A table for a terminal, a line for each rule, client and service, below each its reasons.
std::string MeasuresTable(const Measures& measures);

}  // namespace renal::hooks
