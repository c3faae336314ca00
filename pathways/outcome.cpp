#include "pathways/outcome.h"

namespace renal::pathways {

const char* Spelling(OutcomeKind kind) {
  switch (kind) {
    case OutcomeKind::kRecommendation: return "recommendation";
    case OutcomeKind::kNeedData: return "need-data";
    case OutcomeKind::kOutOfScope: return "out-of-scope";
    case OutcomeKind::kNotApplicable: return "not-applicable";
    case OutcomeKind::kConflict: return "conflict";
    case OutcomeKind::kError: return "error";
  }
  return "error";
}

const char* Spelling(InputStatus status) {
  switch (status) {
    case InputStatus::kKnown: return "known";
    case InputStatus::kAssumed: return "assumed";
    case InputStatus::kAsserted: return "asserted";
    case InputStatus::kDerived: return "derived";
    case InputStatus::kUnknown: return "unknown";
  }
  return "unknown";
}

const char* Spelling(UnknownReason reason) {
  switch (reason) {
    case UnknownReason::kNotUnknown: return "";
    case UnknownReason::kAbsent: return "absent";
    case UnknownReason::kUnusable: return "unusable";
    case UnknownReason::kStale: return "stale";
    case UnknownReason::kImplausible: return "implausible";
    case UnknownReason::kConflict: return "conflict";
    case UnknownReason::kError: return "error";
    case UnknownReason::kFailed: return "failed";
    case UnknownReason::kUnlinked: return "unlinked";
    case UnknownReason::kUndated: return "undated";
    case UnknownReason::kFuture: return "future";
    case UnknownReason::kNotApplicable: return "not-applicable";
  }
  return "error";
}

const char* Spelling(ScorePart::State state) {
  switch (state) {
    case ScorePart::State::kKnown: return "known";
    case ScorePart::State::kUnknown: return "unknown";
    case ScorePart::State::kOutside: return "outside";
  }
  return "unknown";
}

const char* Spelling(Verdict verdict) {
  switch (verdict) {
    case Verdict::kUnrelated: return "unrelated";
    case Verdict::kOutside: return "outside";
    case Verdict::kSupporting: return "supporting";
    case Verdict::kDuplicate: return "duplicate";
    case Verdict::kAvoid: return "avoid";
    case Verdict::kConcordant: return "concordant";
    case Verdict::kAcceptable: return "acceptable";
    case Verdict::kUndecided: return "undecided";
    case Verdict::kPremature: return "premature";
    case Verdict::kDiscordant: return "discordant";
    case Verdict::kIncomplete: return "incomplete";
  }
  return "unrelated";
}

const char* Spelling(TableTrace::Result result) {
  switch (result) {
    case TableTrace::Result::kDecided: return "decided";
    case TableTrace::Result::kNeedData: return "need-data";
    case TableTrace::Result::kOutOfScope: return "out-of-scope";
    case TableTrace::Result::kConflict: return "conflict";
  }
  return "out-of-scope";
}

const char* Spelling(Tier tier) {
  switch (tier) {
    case Tier::kPreferred: return "preferred";
    case Tier::kAcceptable: return "acceptable";
    case Tier::kInfo: return "info";
    case Tier::kAvoid: return "avoid";
  }
  return "info";
}

const char* Spelling(Determination determination) {
  return determination == Determination::kRecommended ? "recommended" : "conditional";
}

Index Outcome::Instance(std::string_view focus) const {
  for (Index i = 0; i < foci.size(); ++i) {
    if (foci[i].key == focus) return i;
  }
  return kNone;
}

std::size_t Outcome::Count(Index focus_kind) const {
  std::size_t count = 0;
  for (const FocusInstance& instance : foci) count += instance.kind == focus_kind ? 1 : 0;
  return count;
}

const InputState& Outcome::State(Index input, Index instance) const {
  static const InputState kNothing;
  if (pathway->inputs[input].focus == kNone) return patient_inputs[input];
  return instance < focus_inputs.size() ? focus_inputs[instance][input] : kNothing;
}

namespace {

std::string NumberText(const Input& input, const fhir::Quantity& quantity) {
  if (input.type == Type::kDate) {
    const auto epoch = fhir::DateTime::Parse("1970-01-01");
    const auto date = fhir::AddCalendar(*epoch, quantity.value, fhir::CalendarUnit::kDay);
    return date ? date->ToString() : std::string();
  }
  if (!input.unit) return quantity.value.ToShortString();
  const auto shown = fhir::Convert(quantity, *input.unit);
  return (shown ? shown->value : quantity.value).ToShortString() + " '" + input.unit->text() + "'";
}

}  // namespace

std::string ValueText(const Input& input, const Value& value) {
  if (value.IsCode()) {
    if (input.type == Type::kBoolean) return value.code() == 1 ? "yes" : "no";
    return input.values[value.code()].first;
  }
  const Interval& interval = value.interval();
  if (interval.IsPoint()) return NumberText(input, interval.low->value);
  const auto is_limit = [](const std::optional<Bound>& bound, const std::optional<fhir::Quantity>& limit) {
    if (!bound) return true;
    if (!limit || !bound->closed) return false;
    const auto order = fhir::Compare(bound->value, *limit);
    return order && *order == 0;
  };
  const bool no_low = is_limit(interval.low, input.min);
  const bool no_high = is_limit(interval.high, input.max);
  if (no_low && interval.high) {
    return (interval.high->closed ? "<= " : "< ") + NumberText(input, interval.high->value);
  }
  if (no_high && interval.low) {
    return (interval.low->closed ? ">= " : "> ") + NumberText(input, interval.low->value);
  }
  if (!interval.low || !interval.high) return "any";
  return (interval.low->closed ? "[" : "(") + NumberText(input, interval.low->value) + " .. " +
         NumberText(input, interval.high->value) + (interval.high->closed ? "]" : ")");
}

}  // namespace renal::pathways
