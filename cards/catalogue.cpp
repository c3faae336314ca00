#include "cards/catalogue.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "fhir/own_json.h"

extern "C" {
extern const char renal_catalogue_en[];
extern const char renal_catalogue_en_end[];
}

namespace renal::cards {
namespace {

using fhir::Issue;
using fhir::IssueCode;
using fhir::JsonType;
using fhir::OwnJson;

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
    {Phrase::kAboutPatient, "about.patient", ""},
    {Phrase::kAboutSize, "about.size", "about size"},
    {Phrase::kFocusReference, "focus.reference", "kind reference"},
    {Phrase::kValueRange, "value.range", "low high"},
    {Phrase::kValueBoth, "value.both", "low high"},
    {Phrase::kValueAtLeast, "value.at-least", "value"},
    {Phrase::kValueMoreThan, "value.more-than", "value"},
    {Phrase::kValueAtMost, "value.at-most", "value"},
    {Phrase::kValueLessThan, "value.less-than", "value"},
    {Phrase::kSummaryRecommended, "summary.recommended", "about actions"},
    {Phrase::kSummaryRule, "summary.rule", "summary about"},
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
    {Phrase::kDetailDuplicate, "detail.duplicate", "existing"},
    {Phrase::kDetailDuplicateAlone, "detail.duplicate-alone", ""},
    {Phrase::kDetailWrongFocus, "detail.wrong-focus", ""},
    {Phrase::kDetailConflict, "detail.conflict", ""},
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
    {Phrase::kDatumRecorded, "datum.recorded", "value"},
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

const Spec* FindSpec(std::string_view key) {
  const auto spec = std::ranges::find(kSpecs, key, &Spec::key);
  return spec == kSpecs.end() ? nullptr : &*spec;
}

Issue Fault(IssueCode code, std::string what, std::string_view key) {
  return {code, std::move(what), "texts." + std::string(key)};
}

/// Calls `literal` and `name` for the parts of a text, in order. False for a brace without its
/// partner.
template <class Literal, class Name>
bool ForEachPart(std::string_view text, Literal literal, Name name) {
  while (!text.empty()) {
    const std::size_t open = text.find_first_of("{}");
    literal(text.substr(0, open));
    if (open == std::string_view::npos) return true;
    const std::size_t close = text.find('}', open);
    if (text[open] == '}' || close == std::string_view::npos) return false;
    name(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
  return true;
}

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// A form may leave {count} out ("one day"), nothing else: a card without its value would still look
// whole.
std::optional<Issue> CheckText(const Spec& spec, std::string_view text) {
  if (text.empty()) return Fault(IssueCode::kRequired, "the text is empty", spec.key);
  if (text.find_first_of("*_`<>[]\\|~#&@\n") != std::string_view::npos) {
    return Fault(IssueCode::kValue, "the text has a Markdown character", spec.key);
  }
  std::vector<std::string_view> names;
  const bool whole = ForEachPart(
      text, [](std::string_view) {}, [&](std::string_view name) { names.push_back(name); });
  if (!whole) return Fault(IssueCode::kValue, "a brace has no partner", spec.key);
  const std::vector<std::string_view> wanted = Words(spec.placeholders);
  for (const std::string_view name : names) {
    if (std::ranges::find(wanted, name) == wanted.end()) {
      return Fault(IssueCode::kValue, "the text has an unknown placeholder", spec.key);
    }
  }
  for (const std::string_view name : wanted) {
    if (name != "count" && std::ranges::find(names, name) == names.end()) {
      return Fault(IssueCode::kValue, "the text lacks a placeholder", spec.key);
    }
  }
  return std::nullopt;
}

/// One form of a phrase; null where it is not a string.
const std::string* FormOf(const OwnJson& value, const Spec& spec, std::string_view form) {
  const OwnJson* text = spec.counts ? value.Find(form) : &value;
  return text != nullptr && text->type == JsonType::kString ? &text->text : nullptr;
}

std::optional<Issue> CheckForms(const Spec& spec, const OwnJson& value) {
  for (const std::string_view form : {"one", "other"}) {
    const std::string* text = FormOf(value, spec, form);
    if (text == nullptr)
      return Fault(IssueCode::kStructure, "a form of the text is missing", spec.key);
    if (std::optional<Issue> issue = CheckText(spec, *text)) return issue;
  }
  return std::nullopt;
}

/// The text with its placeholders filled in; `count` stands for {count}.
std::string Fill(std::string_view text, Catalogue::Arguments arguments, std::string_view count) {
  std::string out;
  ForEachPart(
      text, [&](std::string_view literal) { out += literal; },
      [&](std::string_view name) {
        if (name == "count") out += count;
        for (const auto& [argument, value] : arguments) {
          if (argument == name) out += value;
        }
      });
  return out;
}

std::optional<Issue> CheckKeys(const OwnJson& texts) {
  for (const auto& [key, value] : texts.members) {
    if (FindSpec(key) == nullptr) return Fault(IssueCode::kValue, "no code uses this text", key);
  }
  for (const Spec& spec : kSpecs) {
    const OwnJson* value = texts.Find(spec.key);
    if (value == nullptr) return Fault(IssueCode::kRequired, "the text is missing", spec.key);
    if (std::optional<Issue> issue = CheckForms(spec, *value)) return issue;
  }
  return std::nullopt;
}

}  // namespace

fhir::Result<Catalogue> Catalogue::Load(std::string_view json) {
  const auto read = fhir::ReadOwnJson(json);
  if (const auto* error = std::get_if<fhir::OwnJsonError>(&read)) {
    return Issue{IssueCode::kStructure, error->message,
                 std::to_string(error->at.line) + ":" + std::to_string(error->at.column)};
  }
  const OwnJson& root = std::get<OwnJson>(read);
  const OwnJson* language = root.Find("language");
  const OwnJson* texts = root.Find("texts");
  if (language == nullptr || language->type != JsonType::kString || language->text.empty()) {
    return Issue{IssueCode::kRequired, "the language is missing", "language"};
  }
  if (texts == nullptr || texts->type != JsonType::kObject) {
    return Issue{IssueCode::kRequired, "the texts are missing", "texts"};
  }
  if (std::optional<Issue> issue = CheckKeys(*texts)) return *std::move(issue);
  Catalogue catalogue;
  catalogue.language_ = language->text;
  for (const Spec& spec : kSpecs) {
    const OwnJson& value = *texts->Find(spec.key);
    catalogue.entries_[static_cast<std::size_t>(spec.phrase)] = {*FormOf(value, spec, "one"),
                                                                 *FormOf(value, spec, "other")};
  }
  return catalogue;
}

const Catalogue& Catalogue::English() {
  static const Catalogue kEnglish = [] {
    const std::string_view file(
        renal_catalogue_en, static_cast<std::size_t>(renal_catalogue_en_end - renal_catalogue_en));
    fhir::Result<Catalogue> loaded = Load(file);
    if (!loaded) {
      throw std::logic_error("catalogue en: " + loaded.error().expression + ": " +
                             loaded.error().diagnostics);
    }
    return std::move(loaded.value());
  }();
  return kEnglish;
}

std::string Catalogue::Text(Phrase phrase, Arguments arguments) const {
  return Fill(entries_[static_cast<std::size_t>(phrase)].other, arguments, {});
}

std::string Catalogue::Counted(Phrase phrase, std::int64_t count, Arguments arguments) const {
  const Entry& entry = entries_[static_cast<std::size_t>(phrase)];
  return Fill(count == 1 ? entry.one : entry.other, arguments, std::to_string(count));
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
