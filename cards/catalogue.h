#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/result.h"
#include "pathways/phrases.h"

/// Every word of ours that people read on a card, out of one data file a language.
namespace renal::cards {

/// A text of the catalogue; its key in the file is in the table of `catalogue.cpp`.
enum class Phrase : std::uint8_t {
  kListAnd,
  kListOr,
  kListComma,
  kListClause,
  kNumberDecimal,
  kDateDay,
  kDateMonth,
  kAboutPatient,
  kAboutSize,
  kFocusReference,
  kFocusDescribed,
  kFocusDated,
  kInputFocus,
  kValueRange,
  kValueBoth,
  kValueAtLeast,
  kValueMoreThan,
  kValueAtMost,
  kValueLessThan,
  kValueYes,
  kValueNo,
  kValueKnown,
  kValueUnknown,
  kSummaryRecommended,
  kSummaryRule,
  kSummaryCause,
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
  kOrderChooseOne,
  kOrderIncomplete,
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
  kDetailChooseOne,
  kDetailIncomplete,
  kDetailDuplicate,
  kDetailDuplicateAlone,
  kDetailWrongFocus,
  kDetailConflict,
  kConflictTable,
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
  kDatumOrigin,
  kDatumRecorded,
  kDatumRecordedTrue,
  kDatumRecordedFalse,
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
  kDeliveryRefused,
  kDeliveryRefusedAssumedNone,
  kDeliveryWrongType,
  kDeliveryWrongTypeAssumedNone,
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

/// The texts of one language: `Phrases` (pathways/phrases.h) under the names above.
class Catalogue {
 public:
  using Arguments = pathways::Phrases::Arguments;

  /// As Phrases::Load(), for the table of `catalogue.cpp`.
  static fhir::Result<Catalogue> Load(std::string_view json);

  /// The built-in English. Throws std::logic_error if the embedded file is broken.
  static const Catalogue& English();

  /// The built-in catalogue of a language, "nb"; null if there is none. Throws as English().
  static const Catalogue* Of(std::string_view language);

  /// Languages of the built-in catalogues, English first.
  static const std::vector<std::string>& Languages();

  const std::string& language() const { return phrases_.language(); }

  /// Languages whose readers read this one, too, so that they get it rather than English: member `also` of
  /// the file, which may be left out.
  const std::vector<std::string>& also() const { return also_; }

  /// The text with its placeholders filled in. Arguments are put in as they are and not read again.
  std::string Text(Phrase phrase, Arguments arguments = {}) const;

  /// As Text(), in the form for `count`, with {count} filled in.
  std::string Counted(Phrase phrase, std::int64_t count, Arguments arguments = {}) const;

  /// A name of the file (`Phrases::Name()`), or the code itself.
  std::string Name(std::string_view code) const { return phrases_.Name(code); }

  /// "a, b and c", by the phrases kListComma and kListAnd or kListOr. Empty for none.
  std::string Join(const std::vector<std::string>& items, Phrase last = Phrase::kListAnd) const;

  /// Key of a phrase in the file, for messages and tests.
  static std::string_view Key(Phrase phrase);

 private:
  Catalogue(pathways::Phrases phrases, std::vector<std::string> also)
      : phrases_(std::move(phrases)), also_(std::move(also)) {}
  pathways::Phrases phrases_;
  std::vector<std::string> also_;
};

}  // namespace renal::cards
