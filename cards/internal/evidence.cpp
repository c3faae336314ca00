#include "cards/internal/evidence.h"

#include <algorithm>
#include <optional>

#include "cards/internal/focus_title.h"

namespace renal::cards {
namespace {

using pathways::Evidence;
using pathways::Input;
using pathways::InputState;
using pathways::InputStatus;
using pathways::UnknownReason;

Phrase ReasonPhrase(UnknownReason reason) {
  switch (reason) {
    case UnknownReason::kNotUnknown:
    case UnknownReason::kAbsent:
      return Phrase::kReasonAbsent;
    case UnknownReason::kUnusable:
      return Phrase::kReasonUnusable;
    case UnknownReason::kStale:
      return Phrase::kReasonStale;
    case UnknownReason::kImplausible:
      return Phrase::kReasonImplausible;
    case UnknownReason::kConflict:
      return Phrase::kReasonConflict;
    case UnknownReason::kError:
      return Phrase::kReasonError;
    case UnknownReason::kFailed:
      return Phrase::kReasonFailed;
    case UnknownReason::kUnlinked:
      return Phrase::kReasonUnlinked;
    case UnknownReason::kUndated:
      return Phrase::kReasonUndated;
    case UnknownReason::kFuture:
      return Phrase::kReasonFuture;
    case UnknownReason::kNotApplicable:
      return Phrase::kReasonNotApplicable;
  }
  return Phrase::kReasonAbsent;
}

std::string Joined(const Scene& scene, const std::vector<std::string>& items, Phrase glue) {
  std::string text;
  std::string_view list;  // of the items so far
  for (const std::string& item : items) {
    if (list.empty()) {
      list = item;
      continue;
    }
    text = scene.words.Text(glue, {{"list", list}, {"last", item}});
    list = text;
  }
  if (text.empty()) return std::string(list);
  return text;
}

std::string WithOrigin(const Scene& scene, const std::string& text,
                       const std::vector<std::string>& origin) {
  if (origin.empty()) return text;
  const std::string parts = Joined(scene, origin, Phrase::kListComma);
  return scene.words.Text(Phrase::kDatumOrigin, {{"text", text}, {"origin", parts}});
}

void AddPart(std::vector<std::string>& parts, std::string part) {
  constexpr std::size_t kUsual = 4;
  if (part.empty()) return;
  if (parts.empty()) parts.reserve(kUsual);
  parts.push_back(std::move(part));
}

// Whoever reads a card reads a Boolean of the record as a word.
std::string RecordedShown(const Scene& scene, std::string_view recorded, const Prose& prose) {
  if (recorded == "true") return scene.words.Text(Phrase::kDatumRecordedTrue);
  if (recorded == "false") return scene.words.Text(Phrase::kDatumRecordedFalse);
  return prose.Foreign(AmountShown(scene, recorded));
}

/// Adds where a value comes from: as recorded if that is another text than the one `shown`, note,
/// reference, day.
void AddOrigin(const Scene& scene, const Evidence& evidence, std::string_view shown,
               const Prose& prose, std::vector<std::string>& parts) {
  if (!evidence.recorded.empty() && evidence.recorded != shown) {
    const std::string recorded = RecordedShown(scene, evidence.recorded, prose);
    AddPart(parts, scene.words.Text(Phrase::kDatumRecorded, {{"value", recorded}}));
  }
  AddPart(parts, prose.Own(evidence.note));
  AddPart(parts, prose.Foreign(evidence.reference));
  AddPart(parts, prose.Foreign(Day(scene, evidence.time)));
}

std::string Staleness(const Scene& scene, const InputState& state) {
  if (!state.stale) return {};
  if (state.age_days < 0) return scene.words.Text(Phrase::kDatumStaleUndated);
  return scene.words.Counted(Phrase::kDatumStale, state.age_days);
}

std::vector<std::string> OriginOfState(const Scene& scene, const InputState& state,
                                       const Prose& prose) {
  std::vector<std::string> parts;
  if (state.status == InputStatus::kDerived)
    AddPart(parts, scene.words.Text(Phrase::kDatumDerived));
  if (state.status == InputStatus::kAsserted) {
    AddPart(parts, scene.words.Text(Phrase::kDatumAsserted));
  }
  for (const Evidence& evidence : state.from) {
    AddOrigin(scene, evidence, evidence.value, prose, parts);
  }
  AddPart(parts, Staleness(scene, state));
  return parts;
}

// Titles of codes and amounts in the unit of the input: nothing of it was written by others.
std::string ValueText(const Scene& scene, const Input& input, const pathways::Value& value,
                      const Prose& prose) {
  return prose.Inside(ValueShown(scene, input, value));
}

bool IsShownAsDatum(const InputState* state) {
  if (state != nullptr && state->score && !state->score->shown) return false;
  return state != nullptr && state->value &&
         (state->status == InputStatus::kKnown || state->status == InputStatus::kAsserted ||
          state->status == InputStatus::kDerived);
}

/// "3 cm (Observation/s1, 2025-01-02)"
std::string Candidate(const Scene& scene, const Input& input, const Evidence& evidence,
                      const Prose& prose) {
  const std::string& shown = evidence.value.empty() ? evidence.recorded : evidence.value;
  std::vector<std::string> origin;
  AddOrigin(scene, evidence, shown, prose, origin);
  return WithOrigin(scene, prose.Foreign(ValueShown(scene, input, shown)), origin);
}

std::string Clauses(const Scene& scene, const std::vector<std::string>& items) {
  return Joined(scene, items, Phrase::kListClause);
}

/// The parts of a score with their own origins.
std::vector<std::string> PartsOfScore(const Scene& scene, const InputState& score,
                                      const Focus& focus, const Prose& prose) {
  std::vector<std::string> parts;
  for (const pathways::ScorePart& part : score.score->parts) {
    const InputState* state = StateOf(scene, part.input, focus);
    if (state == nullptr || !state->value) continue;
    std::vector<std::string> texts{scene.words.Text(
        Phrase::kDatumLine,
        {{"title", prose.Own(part.title)},
         {"value", ValueText(scene, scene.pathway.inputs[part.input], *state->value, prose)}})};
    for (const Evidence& evidence : state->from) {
      AddOrigin(scene, evidence, evidence.value, prose, texts);
    }
    AddPart(texts, Staleness(scene, *state));
    parts.push_back(Joined(scene, texts, Phrase::kListComma));
  }
  return parts.empty() ? parts : std::vector{Clauses(scene, parts)};
}

std::vector<std::string> Rivals(const Scene& scene, const Input& input, const InputState& state,
                                const Prose& prose) {
  std::vector<std::string> rivals;
  for (const Evidence& rival : state.rivals) {
    AddOnce(rivals, Candidate(scene, input, rival, prose));
  }
  return rivals;
}

// What was recorded but not used, for the reason that is given; at most a few, the rest is in the
// trace.
std::vector<std::string> NotUsed(const Scene& scene, const Input& input, const InputState& state,
                                 const Prose& prose) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> list = Rivals(scene, input, state, prose);
  for (const pathways::Dropped& dropped : state.dropped) {
    if (dropped.reason == state.reason && list.size() < kShown) {
      AddOnce(list, Candidate(scene, input, dropped.evidence, prose));
    }
  }
  return list;
}

std::string MissingLine(const Scene& scene, Index index, const Focus& focus, const Prose& prose) {
  const InputState* state = StateOf(scene, index, focus);
  const UnknownReason reason = state == nullptr ? UnknownReason::kAbsent : state->reason;
  std::string line =
      scene.words.Text(Phrase::kMissingLine, {{"title", InputTitle(scene, index, focus, prose)},
                                              {"reason", scene.words.Text(ReasonPhrase(reason))}});
  if (state == nullptr) return line;
  const auto not_used = NotUsed(scene, scene.pathway.inputs[index], *state, prose);
  if (not_used.empty()) return line;
  return scene.words.Text(Phrase::kDatumLine,
                          {{"title", line}, {"value", Clauses(scene, not_used)}});
}

/// Whether a score is worked out from another input, however indirectly.
bool IsPartOfScore(const Scene& scene, Index score, Index input) {
  const InputState* state = StateOf(scene, score, Focus{});
  if (state == nullptr || !state->score) return false;
  return std::ranges::any_of(state->score->parts,
                             [&](const pathways::ScorePart& part) { return part.input == input; });
}

/// Inputs that results lack, then those asked for.
std::vector<Index> MissingInputs(const Scene& scene, const Subject& subject) {
  std::vector<Index> inputs;
  const auto add = [&](Index input) {
    const bool fits = input < scene.pathway.inputs.size();
    if (fits && std::ranges::find(inputs, input) == inputs.end()) inputs.push_back(input);
  };
  for (const pathways::Recommendation* result : subject.results) {
    for (const std::string& name : result->missing) add(FindInput(scene, name));
  }
  for (const pathways::Question& question : scene.outcome.ask) {
    const bool used = std::ranges::any_of(subject.inputs, [&](Index input) {
      return input == question.input || IsPartOfScore(scene, input, question.input);
    });
    if (used && Concerns(question.focus, subject.focus)) add(question.input);
  }
  return inputs;
}

std::string_view UnlinkedNote(const Scene& scene, Index index, const InputState& state) {
  const Index kind = scene.pathway.inputs[index].focus;
  if (kind >= scene.pathway.foci.size()) return {};
  const bool unlinked = std::ranges::any_of(state.from, &Evidence::unlinked);
  return unlinked ? std::string_view(scene.pathway.foci[kind].unlinked) : std::string_view();
}

/// Each once; texts of the pathway and of the outcome.
std::vector<std::string_view> Assumptions(const Scene& scene, const Subject& subject) {
  std::vector<std::string_view> texts;
  const auto add = [&](std::string_view text) {
    if (!text.empty() && std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
  };
  for (const pathways::Recommendation* result : subject.results) {
    for (const std::string& text : result->assumptions) add(text);
  }
  for (const Index index : subject.inputs) {
    const InputState* state = StateOf(scene, index, subject.focus);
    if (state == nullptr) continue;
    const std::optional<pathways::IfNone>& if_none = scene.pathway.inputs[index].if_none;
    if (state->status == InputStatus::kAssumed && if_none) add(if_none->assumption);
    add(UnlinkedNote(scene, index, *state));
  }
  return texts;
}

std::optional<Phrase> DeliveryPhrase(const DeliveryNote& note) {
  const bool none = note.state == fhir::Delivery::kAbsent && note.assumed_none;
  const bool missing =
      note.state == fhir::Delivery::kAbsent || note.state == fhir::Delivery::kFailed;
  if (missing && note.cause == DeliveryCause::kRefused) {
    return none ? Phrase::kDeliveryRefusedAssumedNone : Phrase::kDeliveryRefused;
  }
  if (missing && note.cause == DeliveryCause::kWrongType) {
    return none ? Phrase::kDeliveryWrongTypeAssumedNone : Phrase::kDeliveryWrongType;
  }
  switch (note.state) {
    case fhir::Delivery::kAbsent:
      return note.assumed_none ? Phrase::kDeliveryAssumedNone : Phrase::kDeliveryAbsent;
    case fhir::Delivery::kNone:
      return Phrase::kDeliveryNone;
    case fhir::Delivery::kIncomplete:
      return Phrase::kDeliveryIncomplete;
    case fhir::Delivery::kFailed:
      return Phrase::kDeliveryFailed;
    case fhir::Delivery::kDelivered:
      break;
  }
  return std::nullopt;
}

/// "ONC-07 radical_nephrectomy" with the titles of actions for their ids.
std::string WithActionTitles(const Scene& scene, std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" ,;"), text.size());
    const std::string_view word = text.substr(0, end);
    const auto action = std::ranges::find(scene.pathway.actions, word, &pathways::Action::id);
    out += action == scene.pathway.actions.end() ? std::string(word) : action->title;
    if (end < text.size()) out += text[end];
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// What the record says a thing is: "Metastasis: Structure of femur; Secondary malignant neoplasm
/// of bone (Condition/m1, 2026-02-19)". Empty for the patient, and where the pathway has its title.
std::string ThingLine(const Scene& scene, const Focus& focus, const Prose& prose) {
  for (const pathways::FocusInstance& thing : scene.outcome.foci) {
    const bool here = thing.kind == focus.kind && thing.key == focus.key;
    if (!here || !scene.pathway.foci[thing.kind].by_reference) continue;
    std::string line = prose.Own(scene.pathway.foci[thing.kind].title);
    std::vector<std::string> words, origin;
    for (const std::string& text : {thing.site, thing.text}) AddOnce(words, prose.Foreign(text));
    if (!words.empty()) {
      line =
          scene.words.Text(Phrase::kDatumLine, {{"title", line}, {"value", Clauses(scene, words)}});
    }
    AddPart(origin, prose.Foreign(thing.key));
    AddPart(origin, prose.Foreign(Day(scene, thing.time)));
    return WithOrigin(scene, line, origin);
  }
  return {};
}

}  // namespace

std::vector<std::string> DataLines(const Scene& scene, const Subject& subject, const Prose& prose) {
  std::vector<std::string> lines;
  lines.reserve(subject.inputs.size() + 1);
  const std::string thing = ThingLine(scene, subject.focus, prose);
  AddOnce(lines, thing);
  for (const Index index : subject.inputs) {
    const InputState* state = StateOf(scene, index, subject.focus);
    if (!IsShownAsDatum(state)) continue;
    const std::string value = ValueText(scene, scene.pathway.inputs[index], *state->value, prose);
    const std::string title = thing.empty() ? InputTitle(scene, index, subject.focus, prose)
                                            : prose.Own(scene.pathway.inputs[index].title);
    lines.push_back(WithOrigin(
        scene, scene.words.Text(Phrase::kDatumLine, {{"title", title}, {"value", value}}),
        state->score ? PartsOfScore(scene, *state, subject.focus, prose)
                     : OriginOfState(scene, *state, prose)));
  }
  return lines;
}

std::vector<std::string> MissingLines(const Scene& scene, const Subject& subject,
                                      const Prose& prose) {
  std::vector<std::string> lines;
  for (const Index input : MissingInputs(scene, subject)) {
    AddOnce(lines, MissingLine(scene, input, subject.focus, prose));
  }
  return lines;
}

std::vector<std::string> AssumedLines(const Scene& scene, const Subject& subject,
                                      const Prose& prose) {
  std::vector<std::string> lines;
  std::vector<std::string> assumed;
  for (const std::string_view text : Assumptions(scene, subject)) {
    AddOnce(assumed, prose.Own(text));
  }
  if (!assumed.empty()) {
    lines.push_back(scene.words.Text(Phrase::kAssumedLine, {{"text", Clauses(scene, assumed)}}));
  }
  for (const DeliveryNote& note : scene.request.deliveries) {
    if (const std::optional<Phrase> phrase = DeliveryPhrase(note)) {
      AddOnce(lines, scene.words.Text(*phrase, {{"type", prose.Foreign(scene.words.Name(note.type))}}));
    }
  }
  return lines;
}

std::vector<std::string> CautionLines(const Subject& subject, const Prose& prose) {
  std::vector<std::string> lines;
  for (const pathways::Recommendation* result : subject.results) {
    for (const std::string& caution : result->cautions) AddOnce(lines, prose.Own(caution));
  }
  return lines;
}

std::vector<std::string> ChangeLines(const Scene& scene, const Subject& subject,
                                     const Prose& prose) {
  std::vector<std::string> lines;
  for (const pathways::Change& change : scene.outcome.would_change) {
    const bool fits = change.input < scene.pathway.inputs.size();
    if (!fits || !Concerns(change.focus, subject.focus)) continue;
    const std::string to = ValueShown(scene, scene.pathway.inputs[change.input], change.to);
    AddOnce(lines,
            scene.words.Text(Phrase::kChangeLine,
                             {{"input", InputTitle(scene, change.input, subject.focus, prose)},
                              {"to", prose.Inside(to)},
                              {"then", prose.Own(WithActionTitles(scene, change.then))}}));
  }
  return lines;
}

std::string ReasonText(const Scene& scene, UnknownReason reason) {
  return scene.words.Text(ReasonPhrase(reason));
}

std::string QuestionLine(const Scene& scene, const pathways::Question& question,
                         const Prose& prose) {
  if (question.input >= scene.pathway.inputs.size()) return {};
  const Input& input = scene.pathway.inputs[question.input];
  const Focus focus = FindFocus(scene, question.focus);
  const std::string title = prose.Strong(InputTitle(scene, question.input, focus, prose));
  const std::string reason = scene.words.Text(ReasonPhrase(question.reason));
  if (input.question.empty()) {
    return scene.words.Text(Phrase::kMissingLine, {{"title", title}, {"reason", reason}});
  }
  std::string line = scene.words.Text(
      Phrase::kMissingQuestion,
      {{"title", title}, {"question", prose.Own(input.question)}, {"reason", reason}});
  return input.obtain_note.empty() ? line : line + " " + prose.Own(input.obtain_note);
}

std::string ContradictionLine(const Scene& scene, const pathways::Question& question,
                              const Prose& prose) {
  if (question.input >= scene.pathway.inputs.size()) return {};
  const Focus focus = FindFocus(scene, question.focus);
  const InputState* state = StateOf(scene, question.input, focus);
  if (state == nullptr) return {};
  const auto rivals = Rivals(scene, scene.pathway.inputs[question.input], *state, prose);
  if (rivals.empty()) return {};
  return scene.words.Text(Phrase::kDatumLine,
                          {{"title", InputTitle(scene, question.input, focus, prose)},
                           {"value", Clauses(scene, rivals)}});
}

}  // namespace renal::cards
