#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fhir/json.h"
#include "fhir/result.h"

/// What users made of our cards, as clients report it (cds-hooks.md section 9).
namespace renal::hooks {

/// Largest body of a feedback call (security.md section 2).
inline constexpr std::size_t kMaxFeedbackBytes = std::size_t{1024} * 1024;

/// Items of one call at most; more refuse it.
inline constexpr std::size_t kMaxFeedbackItems = 1'000;

/// Bytes of one string of an item at most.
inline constexpr std::size_t kMaxFeedbackText = std::size_t{8} * 1024;

/// Suggestions, and reasons, of one item at most.
inline constexpr std::size_t kMaxFeedbackParts = 100;

/// What one call of feedback may hold.
struct FeedbackLimits {
  std::size_t items = kMaxFeedbackItems;
  std::size_t text_bytes = kMaxFeedbackText;  ///< of one string of an item
};

enum class FeedbackOutcome : std::uint8_t { kAccepted, kOverridden };
const char* Spelling(FeedbackOutcome outcome);  ///< "accepted", "overridden"

/// Why a card was overridden: one of the reasons that it offered, or one of the client's own.
struct OverrideReason {
  std::string system;   ///< may be empty
  std::string code;     ///< may be empty where there is a display
  std::string display;  ///< may be empty
  friend bool operator==(const OverrideReason&, const OverrideReason&) = default;
};

/// One good item, in a form that is the same for every way of writing it.
struct FeedbackItem {
  std::size_t index = 0;  ///< its place in the list of the body
  std::string card;       ///< UUID, in lower case
  FeedbackOutcome outcome = FeedbackOutcome::kOverridden;
  std::vector<std::string>
      suggestions;  ///< of an acceptance: UUIDs in lower case, sorted, each once
  std::vector<OverrideReason> reasons;  ///< of an override; none is a plain dismissal
  std::string comment;  ///< of an override: free text of the user, never to be logged
  /// When it happened, by the client's clock: RFC 3339 in UTC, the fraction as sent but for its
  /// final zeros: "2026-06-03T09:16:12.5Z".
  std::string at;
  std::int64_t at_ms = 0;  ///< the same in milliseconds since the epoch, cut
};

/// Why an item cannot be used.
struct FeedbackProblem {
  std::size_t index = 0;
  std::string field;    ///< JSON Pointer inside the item, "/outcome"; empty: the item itself
  std::string problem;  ///< a fixed sentence
};

struct FeedbackReading {
  std::vector<FeedbackItem> items;        ///< in the order of the body
  std::vector<FeedbackProblem> problems;  ///< one an item
};

/// Reads the body of a feedback call. Tolerant: unknown members and null for what is optional;
/// Epic's `overrideReasons` for `overrideReason`, each an object or a list of them, a reason also
/// as the bare Coding; UUIDs in any case; what does not belong to the outcome is not looked at. NUL
/// is dropped from comments and displays, and makes every other text a problem.
///
/// Fails with kStructure if the body is no object with the list `feedback`, kTooLong if the list is
/// too long, and with the code of the first problem if there are items and none is good. No text of
/// the body is in an Issue or a problem.
fhir::Result<FeedbackReading> ReadFeedback(const fhir::Json& root,
                                           const FeedbackLimits& limits = {});

}  // namespace renal::hooks
