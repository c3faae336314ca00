#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/result.h"

/// Every word of ours that people read on a card, out of one data file a language.
namespace renal::cards {

/// A text of the catalogue; its key in the file is in the table of `catalogue.cpp`.
enum class Phrase : std::uint8_t {
  kListAnd,
  kListOr,
  kListComma,
  kAboutPatient,
  kAboutSize,
  kFocusReference,
  kValueRange,
  kValueBoth,
  kValueAtLeast,
  kValueMoreThan,
  kValueAtMost,
  kValueLessThan,
  kSummaryRecommended,
  kSummaryRule,
  kSummaryAction,
  kSummaryConditional,
  kSummaryInformation,
  kSummaryNeeds,
  kSummaryConflict,
  kSummaryOutOfScope,
  kOrderAvoid,
  kOrderDiscordant,
  kOrderDiscordantBoard,
  kOrderDiscordantAlone,
  kOrderPremature,
  kOrderUndecided,
  kOrderUndecidedAlone,
  kOrderDuplicate,
  kOrderDuplicateAlone,
  kOrderWrongFocus,
  kOrderWrongFocusAlone,
  kOrderAcceptable,
  kHeadingRecommended,
  kHeadingConditional,
  kHeadingAvoid,
  kHeadingFacts,
  kHeadingObstacles,
  kHeadingData,
  kHeadingMissing,
  kHeadingAssumed,
  kHeadingCautions,
  kHeadingChange,
  kHeadingScores,
  kHeadingQuestions,
  kHeadingContradiction,
  kDetailOrder,
  kDetailUndecided,
  kDetailPremature,
  kDetailAvoid,
  kDetailAcceptable,
  kDetailDuplicate,
  kDetailDuplicateAlone,
  kDetailWrongFocus,
  kDetailConflict,
  kDetailOutOfScope,
  kDetailBoard,
  kResultRule,
  kResultStrength,
  kResultStrengthMeaning,
  kResultPolicy,
  kResultNeeds,
  kObstacleFirst,
  kObstacleNext,
  kObstacleUnknown,
  kDatumLine,
  kDatumRecorded,
  kDatumDerived,
  kDatumAsserted,
  kDatumStale,
  kDatumStaleUndated,
  kMissingLine,
  kMissingQuestion,
  kReasonAbsent,
  kReasonUnusable,
  kReasonStale,
  kReasonImplausible,
  kReasonConflict,
  kReasonError,
  kReasonFailed,
  kReasonUnlinked,
  kReasonUndated,
  kReasonFuture,
  kReasonNotApplicable,
  kAssumedLine,
  kDeliveryAssumedNone,
  kDeliveryAbsent,
  kDeliveryNone,
  kDeliveryIncomplete,
  kDeliveryFailed,
  kChangeLine,
  kScoreOpen,
  kScorePoints,
  kScoreParts,
  kScoreMissing,
  kScoreOutside,
  kScoreWhy,
  kProvenanceSources,
  kProvenanceEdition,
  kProvenanceSection,
  kProvenancePathway,
  kSuggestionFocus,
  kSuggestionReplace,
  kSuggestionInstead,
  kActionCreate,
  kActionDelete,
  kTopicNeeds,
  kTopicConflict,
  kTopicOutOfScope,
  kTopicOrder,
  kServiceNeeds,
  kCount,  ///< number of phrases, none itself
};

/// The texts of one language. Whole after loading, then never changed: safe to share between
/// threads.
///
/// File: `{"language": "en", "texts": {key: text}}`. A text is plain (no Markdown, no HTML) with
/// placeholders `{name}`; a phrase that counts is `{"one": text, "other": text}`. A further
/// language is one more file.
class Catalogue {
 public:
  using Arguments = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// Fails with kStructure naming the place; with kRequired naming the key that is missing; with
  /// kValue for a key that no code uses, a placeholder that is unknown or missing, or a Markdown
  /// character.
  static fhir::Result<Catalogue> Load(std::string_view json);

  /// The built-in English. Throws std::logic_error if the embedded file is broken.
  static const Catalogue& English();

  const std::string& language() const { return language_; }

  /// The text with its placeholders filled in. Arguments are put in as they are and not read again.
  std::string Text(Phrase phrase, Arguments arguments = {}) const;

  /// As Text(), in the form for `count`, with {count} filled in.
  std::string Counted(Phrase phrase, std::int64_t count, Arguments arguments = {}) const;

  /// "a, b and c", by the phrases kListComma and kListAnd or kListOr. Empty for none.
  std::string Join(const std::vector<std::string>& items, Phrase last = Phrase::kListAnd) const;

  /// Key of a phrase in the file, for messages and tests.
  static std::string_view Key(Phrase phrase);

 private:
  struct Entry {
    std::string one, other;  // equal where the phrase does not count
  };
  Catalogue() = default;
  std::string language_;
  std::array<Entry, static_cast<std::size_t>(Phrase::kCount)> entries_;
};

}  // namespace renal::cards
