#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cards/card.h"

/// What every answer must hold before it is sent: cds-hooks.md section 7.7 and security.md
/// section 5.
namespace renal::cards {

/// The first eleven are numbered as in cds-hooks.md section 7.7.
enum class Invariant : std::uint8_t {
  kNothingEmpty = 1,  ///< no null and no empty value but `cards` (and `systemActions` of payers)
  kUuids,             ///< UUIDs are well-formed and unique
  kSelection,         ///< suggestions come with a selection behaviour
  kOneRecommended,    ///< at-most-one: at most one is recommended
  kDescription,       ///< every action has a description
  kResource,          ///< create, update: a FHIR resource; update: with an id
  kResourceId,        ///< delete: "Type/id", and no resource
  kAppContext,        ///< only on smart links
  kOverrideReason,    ///< code, system and display
  kSummary,           ///< 1 to 139 code points, not blank
  kAbsoluteUrl,       ///< URLs are absolute and https
  kDetailSize,        ///< detail at most 16 KiB
  kCardCount,         ///< at most 20 cards
  kAnswerSize,        ///< the answer at most 1 MiB
};

inline constexpr std::size_t kMaxDetailBytes = 16 * 1024;
inline constexpr std::size_t kMaxCards = 20;
inline constexpr std::size_t kMaxAnswerBytes = 1024 * 1024;

struct Violation {
  Invariant invariant = Invariant::kNothingEmpty;
  std::string place;  ///< JSON Pointer into the answer, without any text of it: "/cards/0/links/1"
  friend bool operator==(const Violation&, const Violation&) = default;
};

/// All violations, in the order of the answer; of one suggestion, link or reason the first only.
///
/// Values inside the response extension `org.renalpath.outcome` are not looked at (design.md
/// section 3).
std::vector<Violation> Check(const Response& response);

/// Takes the offending parts out, so that a defect is never sent, and says what it found: a UUID,
/// URL, context or extension is left out; a suggestion, link or reason goes as a whole; a summary
/// or detail is shortened; a card goes if its summary or source is missing. Afterwards Check()
/// finds nothing.
///
/// Too large an answer loses its extension first, then cards from the end.
std::vector<Violation> Repair(Response& response);

}  // namespace renal::cards
