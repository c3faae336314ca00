#include "cards/catalogue.h"

#include <algorithm>
#include <stdexcept>
#include <variant>

#include "fhir/own_json.h"

extern "C" {
extern const char renal_catalogue_en[];
extern const char renal_catalogue_en_end[];
extern const char renal_catalogue_nb[];
extern const char renal_catalogue_nb_end[];
}

namespace renal::cards {
namespace {

struct Spec {
  Phrase phrase;
  std::string_view key;
  std::string_view placeholders;  // separated by spaces
  bool counts = false;
};

// clang-format off
constexpr std::array<Spec, static_cast<std::size_t>(Phrase::kCount)> kSpecs = {{
    {Phrase::kListAnd, "list.and", "list last"},
    {Phrase::kListOr, "list.or", "list last"},
    {Phrase::kListComma, "list.comma", "list last"},
    {Phrase::kListClause, "list.clause", "list last"},
    {Phrase::kNumberDecimal, "number.decimal", ""},
    {Phrase::kDateDay, "date.day", "year month day"},
    {Phrase::kDateMonth, "date.month", "year month"},
    {Phrase::kAboutPatient, "about.patient", ""},
    {Phrase::kAboutSize, "about.size", "about size"},
    {Phrase::kFocusReference, "focus.reference", "kind reference"},
    {Phrase::kFocusDescribed, "focus.described", "kind words"},
    {Phrase::kFocusDated, "focus.dated", "kind day"},
    {Phrase::kInputFocus, "input.focus", "title focus"},
    {Phrase::kValueRange, "value.range", "low high"},
    {Phrase::kValueBoth, "value.both", "low high"},
    {Phrase::kValueAtLeast, "value.at-least", "value"},
    {Phrase::kValueMoreThan, "value.more-than", "value"},
    {Phrase::kValueAtMost, "value.at-most", "value"},
    {Phrase::kValueLessThan, "value.less-than", "value"},
    {Phrase::kValueYes, "value.yes", ""},
    {Phrase::kValueNo, "value.no", ""},
    {Phrase::kValueKnown, "value.known", ""},
    {Phrase::kValueUnknown, "value.unknown", ""},
    {Phrase::kSummaryRecommended, "summary.recommended", "about actions"},
    {Phrase::kSummaryRule, "summary.rule", "summary about"},
    {Phrase::kSummaryCause, "summary.cause", "action cause about"},
    {Phrase::kSummaryAction, "summary.action", "action strength"},
    {Phrase::kSummaryConditional, "summary.conditional", "about actions", true},
    {Phrase::kSummaryInformation, "summary.information", "about pathway"},
    {Phrase::kSummaryNeeds, "summary.needs", "inputs"},
    {Phrase::kSummaryConflict, "summary.conflict", "pathway"},
    {Phrase::kSummaryOutOfScope, "summary.out-of-scope", "pathway"},
    {Phrase::kOrderAvoid, "order.avoid", "about ordered"},
    {Phrase::kOrderDiscordant, "order.discordant", "about options ordered"},
    {Phrase::kOrderDiscordantBoard, "order.discordant-board", "about options ordered"},
    {Phrase::kOrderDiscordantAlone, "order.discordant-alone", "about ordered"},
    {Phrase::kOrderPremature, "order.premature", "about ordered inputs"},
    {Phrase::kOrderUndecided, "order.undecided", "ordered inputs"},
    {Phrase::kOrderUndecidedAlone, "order.undecided-alone", "ordered"},
    {Phrase::kOrderDuplicate, "order.duplicate", "ordered existing"},
    {Phrase::kOrderDuplicateAlone, "order.duplicate-alone", "ordered"},
    {Phrase::kOrderWrongFocus, "order.wrong-focus", "ordered place foci"},
    {Phrase::kOrderWrongFocusAlone, "order.wrong-focus-alone", "ordered"},
    {Phrase::kOrderAcceptable, "order.acceptable", "ordered options"},
    {Phrase::kOrderChooseOne, "order.choose-one", "about ordered others"},
    {Phrase::kOrderIncomplete, "order.incomplete", "about ordered others"},
    {Phrase::kHeadingRecommended, "heading.recommended", ""},
    {Phrase::kHeadingConditional, "heading.conditional", ""},
    {Phrase::kHeadingAvoid, "heading.avoid", ""},
    {Phrase::kHeadingFacts, "heading.facts", ""},
    {Phrase::kHeadingObstacles, "heading.obstacles", ""},
    {Phrase::kHeadingData, "heading.data", ""},
    {Phrase::kHeadingMissing, "heading.missing", ""},
    {Phrase::kHeadingAssumed, "heading.assumed", ""},
    {Phrase::kHeadingCautions, "heading.cautions", ""},
    {Phrase::kHeadingChange, "heading.change", ""},
    {Phrase::kHeadingScores, "heading.scores", ""},
    {Phrase::kHeadingQuestions, "heading.questions", ""},
    {Phrase::kHeadingContradiction, "heading.contradiction", ""},
    {Phrase::kDetailOrder, "detail.order", "ordered reference"},
    {Phrase::kDetailUndecided, "detail.undecided", ""},
    {Phrase::kDetailPremature, "detail.premature", ""},
    {Phrase::kDetailAvoid, "detail.avoid", ""},
    {Phrase::kDetailAcceptable, "detail.acceptable", ""},
    {Phrase::kDetailChooseOne, "detail.choose-one", ""},
    {Phrase::kDetailIncomplete, "detail.incomplete", ""},
    {Phrase::kDetailDuplicate, "detail.duplicate", "existing"},
    {Phrase::kDetailDuplicateAlone, "detail.duplicate-alone", ""},
    {Phrase::kDetailWrongFocus, "detail.wrong-focus", ""},
    {Phrase::kDetailConflict, "detail.conflict", ""},
    {Phrase::kConflictTable, "conflict.table", "table rules"},
    {Phrase::kDetailOutOfScope, "detail.out-of-scope", ""},
    {Phrase::kDetailBoard, "detail.board", ""},
    {Phrase::kResultRule, "result.rule", "rule"},
    {Phrase::kResultStrength, "result.strength", "strength rule"},
    {Phrase::kResultStrengthMeaning, "result.strength-meaning", "meaning rule"},
    {Phrase::kResultPolicy, "result.policy", ""},
    {Phrase::kResultNeeds, "result.needs", "inputs"},
    {Phrase::kObstacleFirst, "obstacle.first", "action rule input cell value"},
    {Phrase::kObstacleNext, "obstacle.next", "input cell value"},
    {Phrase::kObstacleUnknown, "obstacle.unknown", ""},
    {Phrase::kDatumLine, "datum.line", "title value"},
    {Phrase::kDatumOrigin, "datum.origin", "text origin"},
    {Phrase::kDatumRecorded, "datum.recorded", "value"},
    {Phrase::kDatumRecordedTrue, "datum.recorded-true", ""},
    {Phrase::kDatumRecordedFalse, "datum.recorded-false", ""},
    {Phrase::kDatumDerived, "datum.derived", ""},
    {Phrase::kDatumAsserted, "datum.asserted", ""},
    {Phrase::kDatumStale, "datum.stale", "count", true},
    {Phrase::kDatumStaleUndated, "datum.stale-undated", ""},
    {Phrase::kMissingLine, "missing.line", "title reason"},
    {Phrase::kMissingQuestion, "missing.question", "title question reason"},
    {Phrase::kReasonAbsent, "reason.absent", ""},
    {Phrase::kReasonUnusable, "reason.unusable", ""},
    {Phrase::kReasonStale, "reason.stale", ""},
    {Phrase::kReasonImplausible, "reason.implausible", ""},
    {Phrase::kReasonConflict, "reason.conflict", ""},
    {Phrase::kReasonError, "reason.error", ""},
    {Phrase::kReasonFailed, "reason.failed", ""},
    {Phrase::kReasonUnlinked, "reason.unlinked", ""},
    {Phrase::kReasonUndated, "reason.undated", ""},
    {Phrase::kReasonFuture, "reason.future", ""},
    {Phrase::kReasonNotApplicable, "reason.not-applicable", ""},
    {Phrase::kAssumedLine, "assumed.line", "text"},
    {Phrase::kDeliveryAssumedNone, "delivery.assumed-none", "type"},
    {Phrase::kDeliveryAbsent, "delivery.absent", "type"},
    {Phrase::kDeliveryNone, "delivery.none", "type"},
    {Phrase::kDeliveryIncomplete, "delivery.incomplete", "type"},
    {Phrase::kDeliveryFailed, "delivery.failed", "type"},
    {Phrase::kDeliveryRefused, "delivery.refused", "type"},
    {Phrase::kDeliveryRefusedAssumedNone, "delivery.refused-assumed-none", "type"},
    {Phrase::kDeliveryWrongType, "delivery.wrong-type", "type"},
    {Phrase::kDeliveryWrongTypeAssumedNone, "delivery.wrong-type-assumed-none", "type"},
    {Phrase::kChangeLine, "change.line", "input to then"},
    {Phrase::kScoreOpen, "score.open", ""},
    {Phrase::kScorePoints, "score.points", "points"},
    {Phrase::kScoreParts, "score.parts", "parts"},
    {Phrase::kScoreMissing, "score.missing", "parts"},
    {Phrase::kScoreOutside, "score.outside", "parts"},
    {Phrase::kScoreWhy, "score.why", "title why"},
    {Phrase::kProvenanceSources, "provenance.sources", "sources"},
    {Phrase::kProvenanceEdition, "provenance.edition", "label edition"},
    {Phrase::kProvenanceSection, "provenance.section", "source section"},
    {Phrase::kProvenancePathway, "provenance.pathway", "title version hash time"},
    {Phrase::kSuggestionFocus, "suggestion.focus", "action focus"},
    {Phrase::kSuggestionReplace, "suggestion.replace", "action"},
    {Phrase::kSuggestionInstead, "suggestion.instead", "action"},
    {Phrase::kActionCreate, "action.create", "action"},
    {Phrase::kActionDelete, "action.delete", "action"},
    {Phrase::kTopicNeeds, "topic.needs", ""},
    {Phrase::kTopicConflict, "topic.conflict", ""},
    {Phrase::kTopicOutOfScope, "topic.out-of-scope", ""},
    {Phrase::kTopicOrder, "topic.order", "action"},
    {Phrase::kServiceNeeds, "service.needs", "required optional"},
}};
// clang-format on

constexpr bool InOrder() {
  for (std::size_t i = 0; i < kSpecs.size(); ++i) {
    if (static_cast<std::size_t>(kSpecs[i].phrase) != i) return false;
  }
  return true;
}
static_assert(InOrder(), "kSpecs lists the phrases in the order of the enumeration");

// What the reader of such files wants to know of each phrase, in the order of the enumeration.
using PhraseSpecs = std::array<pathways::PhraseSpec, kSpecs.size()>;

constexpr PhraseSpecs SpecsOfPhrases() {
  PhraseSpecs specs;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    specs[i] = {kSpecs[i].key, kSpecs[i].placeholders, kSpecs[i].counts};
  }
  return specs;
}
constexpr PhraseSpecs kPhraseSpecs = SpecsOfPhrases();

struct Shipped {
  std::string_view language;
  const char* begin;
  const char* end;
};

const std::array kShipped = {
    Shipped{"en", renal_catalogue_en, renal_catalogue_en_end},
    Shipped{"nb", renal_catalogue_nb, renal_catalogue_nb_end},
};

Catalogue LoadShipped(const Shipped& file) {
  auto loaded = Catalogue::Load({file.begin, static_cast<std::size_t>(file.end - file.begin)});
  if (loaded) return std::move(loaded.value());
  throw std::logic_error("catalogue " + std::string(file.language) + ": " +
                         loaded.error().expression + ": " + loaded.error().diagnostics);
}

/// Member `also`; empty where it is absent. Whatever else is wrong has been found before.
std::vector<std::string> AlsoOf(std::string_view json) {
  std::vector<std::string> languages;
  const auto read = fhir::ReadOwnJson(json);
  const auto* root = std::get_if<fhir::OwnJson>(&read);
  const fhir::OwnJson* also = root == nullptr ? nullptr : root->Find("also");
  if (also == nullptr) return languages;
  for (const fhir::OwnJson& language : also->items) languages.push_back(language.text);
  return languages;
}

}  // namespace

fhir::Result<Catalogue> Catalogue::Load(std::string_view json) {
  auto phrases = pathways::Phrases::Load(json, kPhraseSpecs);
  if (!phrases) return phrases.error();
  return Catalogue(std::move(*phrases), AlsoOf(json));
}

const Catalogue& Catalogue::English() { return *Of("en"); }

const Catalogue* Catalogue::Of(std::string_view language) {
  static const std::vector<Catalogue> kCatalogues = [] {
    std::vector<Catalogue> catalogues;
    catalogues.reserve(std::size(kShipped));
    for (const Shipped& file : kShipped) catalogues.push_back(LoadShipped(file));
    return catalogues;
  }();
  const auto found = std::ranges::find(kCatalogues, language, &Catalogue::language);
  return found == kCatalogues.end() ? nullptr : &*found;
}

const std::vector<std::string>& Catalogue::Languages() {
  static const std::vector<std::string> kLanguages = [] {
    std::vector<std::string> languages;
    languages.reserve(std::size(kShipped));
    for (const Shipped& file : kShipped) languages.emplace_back(file.language);
    return languages;
  }();
  return kLanguages;
}

std::string Catalogue::Text(Phrase phrase, Arguments arguments) const {
  return phrases_.Text(static_cast<std::size_t>(phrase), arguments);
}

std::string Catalogue::Counted(Phrase phrase, std::int64_t count, Arguments arguments) const {
  return phrases_.Counted(static_cast<std::size_t>(phrase), count, arguments);
}

std::string Catalogue::Join(const std::vector<std::string>& items, Phrase last) const {
  if (items.empty()) return {};
  std::string list = items.front();
  for (std::size_t i = 1; i < items.size(); ++i) {
    const Phrase glue = i + 1 == items.size() ? last : Phrase::kListComma;
    list = Text(glue, {{"list", list}, {"last", items[i]}});
  }
  return list;
}

std::string_view Catalogue::Key(Phrase phrase) {
  return kSpecs[static_cast<std::size_t>(phrase)].key;
}

}  // namespace renal::cards
