#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fhir/own_json.h"

/// What the clinician sees: the CDS Hooks response as plain values (spec of CDS Hooks 2.0, with
/// what 1.1 and 3.0 add or take away left to the client profiles).
///
/// An empty string, list or optional stands for "left out": the writer (`cards/json.h`) never sends
/// anything null or empty. Start at `cards/build.h`; `cards/invariants.h` says what a response must
/// hold.
namespace renal::cards {

/// A code with its system and text.
struct Coding {
  std::string system;
  std::string code;
  std::string display;
  friend bool operator==(const Coding&, const Coding&) = default;
};

/// One member of an `extension` object.
struct Extension {
  std::string name;  ///< in reverse-domain style, for example "org.renalpath.card"
  fhir::WrittenJson json;
};

/// Where the guidance comes from.
struct Source {
  std::string label;  ///< required
  std::string url;    ///< absolute, https
  std::string icon;   ///< absolute, https
  std::optional<Coding> topic;
};

enum class ActionType : std::uint8_t { kCreate, kUpdate, kDelete };
const char* Spelling(ActionType type);  ///< "create", "update", "delete"

/// One step of a suggestion.
struct Action {
  ActionType type = ActionType::kCreate;
  std::string description;     ///< required
  fhir::WrittenJson resource;  ///< a FHIR resource, of create and update
  std::string resource_id;     ///< "ServiceRequest/draft-1", of delete
};

/// A button; its actions belong together.
struct Suggestion {
  std::string label;  ///< required
  std::string uuid;
  bool is_recommended = false;
  std::vector<Action> actions;
};

/// How many suggestions of a card may be taken.
enum class Selection : std::uint8_t { kNone, kAtMostOne, kAny };
const char* Spelling(Selection selection);  ///< "", "at-most-one", "any"

enum class LinkType : std::uint8_t { kAbsolute, kSmart };
const char* Spelling(LinkType type);  ///< "absolute", "smart"

struct Link {
  std::string label;  ///< required
  std::string url;    ///< required: absolute, https
  LinkType type = LinkType::kAbsolute;
  std::string app_context;  ///< of smart links only
};

enum class Indicator : std::uint8_t { kInfo, kWarning, kCritical };
const char* Spelling(Indicator indicator);  ///< "info", "warning", "critical"

/// One piece of advice.
struct Card {
  std::string uuid;
  std::string summary;  ///< required: one line, 1 to 139 code points
  std::string detail;   ///< GitHub-flavoured Markdown without HTML, or plain text; at most 16 KiB
  Indicator indicator = Indicator::kInfo;
  Source source;
  std::vector<Suggestion> suggestions;
  Selection selection = Selection::kNone;  ///< required with suggestions, left out without
  std::vector<Coding> override_reasons;    ///< each whole
  std::vector<Link> links;
  std::vector<Extension> extension;
  // Never sent on their own: for the record of the decision.
  std::string order;  ///< that the card is about, "ServiceRequest/draft-1", or empty
  std::string focus;  ///< kidney or lesion that it is about, "right", or empty for the patient
  std::string rule;   ///< that leads it
};

/// The body of a 200 answer.
struct Response {
  std::vector<Card> cards;            ///< may be empty, and is sent then too
  bool empty_system_actions = false;  ///< sends `"systemActions": []`, as payer clients expect
  std::vector<Extension> extension;
};

}  // namespace renal::cards
