#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string_view>

#include "fhir/json.h"
#include "hooks/feedback.h"
#include "hooks/internal/store_keys.h"

// Any body as feedback: what is taken keeps the bounds that the store relies on.
namespace renal::hooks {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

bool IsUuid(std::string_view text) {
  return text.size() == 36 && text.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

bool HasNul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

void CheckText(std::string_view text) {
  Require(text.size() <= kMaxFeedbackText && !HasNul(text) && fhir::IsUtf8(text));
}

void CheckItem(const FeedbackItem& item) {
  const bool accepted = item.outcome == FeedbackOutcome::kAccepted;
  Require(IsUuid(item.card) && item.suggestions.empty() != accepted);
  Require(!accepted || (item.reasons.empty() && item.comment.empty()));
  Require(item.suggestions.size() <= kMaxFeedbackParts && item.reasons.size() <= kMaxFeedbackParts);
  Require(std::ranges::all_of(item.suggestions, IsUuid));
  Require(std::ranges::is_sorted(item.suggestions));
  Require(std::ranges::adjacent_find(item.suggestions) == item.suggestions.end());
  for (const OverrideReason& reason : item.reasons) {
    Require(!reason.code.empty() || !reason.display.empty());
    for (const std::string* text : {&reason.system, &reason.code, &reason.display}) {
      CheckText(*text);
    }
  }
  CheckText(item.comment);
  Require(item.at.size() >= 20 && item.at.size() <= 64 && item.at.ends_with('Z'));
}

// Every item of the list is taken or named, once.
void CheckReading(const FeedbackReading& reading, std::size_t items) {
  std::set<std::size_t> seen;
  for (const FeedbackItem& item : reading.items) {
    CheckItem(item);
    Require(seen.insert(item.index).second);
    Require(internal::FeedbackKey({}, item) == internal::FeedbackKey({}, item));
  }
  for (const FeedbackProblem& problem : reading.problems) {
    Require(seen.insert(problem.index).second && !problem.problem.empty());
  }
  Require(seen.size() == items && items <= kMaxFeedbackItems);
  Require(seen.empty() || *seen.rbegin() == items - 1);
}

}  // namespace
}  // namespace renal::hooks

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace renal;  // NOLINT: the target's own
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = fhir::JsonDocument::Parse(text);
  if (!document) return 0;
  const fhir::Json root = document->root();
  const auto reading = hooks::ReadFeedback(root);
  if (reading) hooks::CheckReading(*reading, root["feedback"].size());
  return 0;
}
