#include <algorithm>
#include <utility>

#include "pathways/internal/read_value.h"
#include "pathways/internal/scores.h"
#include "pathways/internal/words.h"

namespace renal::pathways {

std::string Cut(std::string text) {
  constexpr std::size_t kLongest = 256;
  if (text.size() <= kLongest) return text;
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text;
}

namespace {

Evidence EvidenceOf(const Input& input, const Candidate& candidate) {
  Evidence evidence;
  const SourceOfInput& source = input.sources[candidate.source];
  evidence.source = source.name;
  evidence.reference = fhir::Record::Reference(candidate.resource);
  evidence.version_id = Cut(std::string(candidate.resource["meta"]["versionId"].string()));
  evidence.path = PathTo(candidate.resource, candidate.node);
  evidence.display = Cut(DisplayOf(candidate.resource));
  evidence.recorded = Cut(candidate.recorded);
  if (candidate.value) evidence.value = ValueText(input, *candidate.value);
  if (!candidate.preferred_status) evidence.note = input.status_note;
  evidence.unlinked = candidate.unlinked;
  return evidence;
}

// More contradicting or dropped values than this tell a reader nothing new.
constexpr std::size_t kShownEvidence = 50;

// The element that "%patient.birthDate.duration(...)" reads.
std::string PatientElement(std::string_view expression) {
  constexpr std::string_view kPatient = "%patient.";
  if (!expression.starts_with(kPatient)) return std::string(expression);
  expression.remove_prefix(kPatient.size());
  return std::string(expression.substr(0, expression.find_first_of(".( ")));
}

}  // namespace

std::string InputWriter::TimeOf(const SourceOfInput& source, const Candidate& candidate) const {
  if (!source.time || !candidate.milliseconds) return {};
  if (candidate.time && !gathered_.budget->exceeded) {
    gathered_.budget->Take(candidate.time_steps);
    return std::string(candidate.time.string());
  }
  const auto found =
      source.time->Evaluate(fhir::fhirpath::Item(fhir::fhirpath::Node{candidate.resource, {}, {}}),
                            EnvironmentOf(request_, gathered_, pathway_.constants));
  if (!found || found.value().empty()) return {};
  const fhir::fhirpath::Item& item = found.value().front();
  if (const auto* date = std::get_if<fhir::DateTime>(&item)) return date->ToString();
  const auto* node = std::get_if<fhir::fhirpath::Node>(&item);
  return node != nullptr ? std::string(TimeTextOf(*node).string()) : std::string();
}

// What the source says that the resource is called; else the text of its code.
std::string InputWriter::LabelOf(const SourceOfInput& source, const Candidate& candidate) const {
  if (!source.label) return {};
  const auto found =
      source.label->Evaluate(fhir::fhirpath::Item(fhir::fhirpath::Node{candidate.resource, {}, {}}),
                             EnvironmentOf(request_, gathered_, pathway_.constants));
  if (!found) AddError(*source.label, found.error(), *gathered_.errors);
  if (!found || found.value().empty()) return {};
  return RecordedText(found.value().front());
}

Evidence InputWriter::Show(const Input& input, const Candidate& candidate) const {
  Evidence evidence = EvidenceOf(input, candidate);
  const std::string label = LabelOf(input.sources[candidate.source], candidate);
  if (!label.empty()) evidence.display = Cut(label);
  evidence.time = TimeOf(input.sources[candidate.source], candidate);
  return evidence;
}

void InputWriter::AddDropped(Index index, Index instance, InputState& state) const {
  const Input& input = pathway_.inputs[index];
  const AgeLimit* age = AgeLimitOf(input, facts_, instance);
  for (const Candidate& candidate : gathered_.CandidatesOf(index)) {
    if (state.dropped.size() == kShownEvidence) return;
    if (candidate.instance != instance && !candidate.floating) continue;
    const UnknownReason reason =
        candidate.floating ? UnknownReason::kUnlinked : WhyUnusable(input, candidate, age);
    if (reason != UnknownReason::kNotUnknown)
      state.dropped.push_back({Show(input, candidate), reason});
  }
}

// Answers that decided, or that contradict each other.
void InputWriter::AddGiven(Index index, const Resolved& resolved, InputState& state) const {
  const bool conflict = resolved.reason == UnknownReason::kConflict;
  for (const PlacedInput& placed : gathered_.placed.by_input[index]) {
    const bool counts = placed.instance == resolved.given->instance &&
                        placed.milliseconds == resolved.given->milliseconds;
    if (!counts || (!conflict && &placed != resolved.given)) continue;
    Evidence evidence;
    evidence.reference = placed.given->reference;
    evidence.time = Cut(placed.given->time);
    evidence.recorded = Cut(placed.given->written);
    if (placed.given->state.value) {
      evidence.value = ValueText(pathway_.inputs[index], *placed.given->state.value);
    }
    if (state.rivals.size() == kShownEvidence) return;
    (conflict ? state.rivals : state.from).push_back(std::move(evidence));
  }
}

// What was found in the record: the value that counts, and those that contradict it.
void InputWriter::AddFound(Index index, const Resolved& resolved, InputState& state) const {
  const auto& candidates = gathered_.CandidatesOf(index);
  const Input& input = pathway_.inputs[index];
  if (resolved.chosen < candidates.size()) {
    const Candidate& chosen = candidates[resolved.chosen];
    if (chosen.milliseconds) state.age_days = chosen.age_days;
    if (resolved.status == InputStatus::kKnown) state.from.push_back(Show(input, chosen));
    if (resolved.reason == UnknownReason::kConflict) state.rivals.push_back(Show(input, chosen));
  }
  for (const std::size_t rival : resolved.rivals) {
    if (state.rivals.size() == kShownEvidence) break;
    state.rivals.push_back(Show(input, candidates[rival]));
  }
}

void InputWriter::Write(Index index, Index instance, InputState& state) const {
  const Resolved& resolved = facts_.At(pathway_, index, instance);
  state.status = resolved.status;
  state.reason = resolved.reason;
  state.value = resolved.value;
  state.stale = resolved.stale;
  const bool found = !gathered_.CandidatesOf(index).empty();
  // Of most inputs, nothing more is known.
  if (!found && resolved.given == nullptr && pathway_.plan->inputs[index].is_plain) return;
  const Input& input = pathway_.inputs[index];
  if (found) AddFound(index, resolved, state);
  if (input.derive && resolved.status == InputStatus::kDerived && input.depends_on.empty() &&
      resolved.given == nullptr) {
    Evidence evidence;
    evidence.reference = fhir::Record::Reference(request_.record->patient());
    evidence.path = PatientElement(input.derive->text());
    if (request_.record->patient()) state.from.push_back(std::move(evidence));
  }
  if (input.score || !input.points.empty() || !input.classes.empty()) {
    state.score =
        std::make_shared<const ScoreState>(DescribeScore(pathway_, index, facts_, instance));
  }
  if (resolved.given != nullptr && !gathered_.prepared) AddGiven(index, resolved, state);
  if (found) AddDropped(index, instance, state);
}

namespace {

/// Places of the latest measurements of a thing, as many as a reader can take in, and of what
/// decides among them.
std::vector<std::size_t> LatestOf(const std::vector<Candidate>& candidates, Index instance,
                                  std::size_t chosen) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& candidate = candidates[i];
    if (candidate.instance != instance || !candidate.value || !candidate.milliseconds) continue;
    if (!candidate.implausible && candidate.age_days >= 0) places.push_back(i);
  }
  std::ranges::stable_sort(places, [&](std::size_t a, std::size_t b) {
    return std::pair(b != chosen, *candidates[a].milliseconds) >
           std::pair(a != chosen, *candidates[b].milliseconds);
  });
  if (places.size() > kShownEvidence) places.resize(kShownEvidence);
  return places;
}

}  // namespace

void WriteMeasurements(const Pathway& pathway, const EvaluateRequest& request,
                       const Gathered& gathered, const Facts& facts, Outcome& outcome) {
  const InputWriter writer(pathway, request, gathered, facts);
  for (Index instance = 0; instance < gathered.instances.size(); ++instance) {
    const Index kind = gathered.instances[instance].kind;
    const auto size = std::ranges::find_if(pathway.inputs, [&](const Input& input) {
      return input.focus == kind && input.type == Type::kQuantity;
    });
    if (size == pathway.inputs.end()) continue;
    const auto index = static_cast<Index>(size - pathway.inputs.begin());
    const auto& candidates = gathered.CandidatesOf(index);
    const std::size_t chosen = facts.At(pathway, index, instance).chosen;
    for (const std::size_t i : LatestOf(candidates, instance, chosen)) {
      outcome.measurements.push_back({index, outcome.foci[instance].key, *candidates[i].value,
                                      writer.Show(*size, candidates[i]), i == chosen});
    }
  }
}

}  // namespace renal::pathways
