#include "cards/card.h"

namespace renal::cards {

const char* Spelling(ActionType type) {
  switch (type) {
    case ActionType::kCreate:
      return "create";
    case ActionType::kUpdate:
      return "update";
    case ActionType::kDelete:
      return "delete";
  }
  return "";
}

const char* Spelling(Selection selection) {
  switch (selection) {
    case Selection::kNone:
      return "";
    case Selection::kAtMostOne:
      return "at-most-one";
    case Selection::kAny:
      return "any";
  }
  return "";
}

const char* Spelling(LinkType type) { return type == LinkType::kSmart ? "smart" : "absolute"; }

const char* Spelling(Indicator indicator) {
  switch (indicator) {
    case Indicator::kInfo:
      return "info";
    case Indicator::kWarning:
      return "warning";
    case Indicator::kCritical:
      return "critical";
  }
  return "";
}

}  // namespace renal::cards
