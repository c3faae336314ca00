#include "pathways/internal/given.h"

#include <algorithm>
#include <tuple>

#include "pathways/internal/facts.h"
#include "pathways/internal/read_value.h"

namespace renal::pathways {
namespace {

using fhir::Json;
using fhir::fhirpath::Item;
using fhir::fhirpath::Node;

Index InstanceOf(const Gathered& gathered, Index kind, const std::string& key) {
  Index only = kNone;
  std::size_t count = 0;
  for (Index i = 0; i < gathered.instances.size(); ++i) {
    const Instance& instance = gathered.instances[i];
    if (instance.kind != kind) continue;
    if (!key.empty() && instance.name == key) return i;
    only = i;
    ++count;
  }
  return key.empty() && count == 1 ? only : kNone;
}

AnswerTrace TraceOf(const GivenInput& given, UnknownReason unused) {
  return {given.input, given.focus,     given.written, given.author,
          given.time,  given.reference, unused};
}

class Placer {
 public:
  Placer(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered)
      : pathway_(pathway), request_(request), gathered_(gathered) {}

  PlacedInputs Run();

 private:
  void Place(const GivenInput& given);
  void ReadResponse(const Json& response);
  void ReadItem(const Json& item, const GivenInput& like);
  GivenState StateOfAnswer(const Input& input, const Json& answer, std::string& written) const;

  const Pathway& pathway_;
  const EvaluateRequest& request_;
  const Gathered& gathered_;
  PlacedInputs placed_;
};

PlacedInputs Placer::Run() {
  if (request_.prepared != nullptr) {
    for (const GivenInput& given : request_.prepared->inputs) Place(given);
    return std::move(placed_);
  }
  for (const GivenInput& given : request_.answers) Place(given);
  for (const Json& response : request_.record->OfType("QuestionnaireResponse")) {
    const std::string_view status = response["status"].string();
    if (status == "completed" || status == "amended") ReadResponse(response);
  }
  return std::move(placed_);
}

// What is placed is not copied: it must stay where it is.
void Placer::Place(const GivenInput& given) {
  const Index kind = pathway_.inputs[given.input].focus;
  PlacedInput placed;
  if (kind != kNone) {
    placed.instance = InstanceOf(gathered_, kind, given.focus);
    if (placed.instance == kNone) {
      placed_.unplaced.push_back(TraceOf(given, UnknownReason::kUnlinked));
      return;
    }
  }
  const int zone = request_.now.offset_minutes.value_or(0);
  const auto time = given.time.empty() ? std::nullopt : fhir::DateTime::Parse(given.time);
  if (time) {
    placed.milliseconds = time->FirstMillisecond(zone);
    placed.age_days = request_.now.Day(zone) - time->Day(zone);
  }
  if (placed_.by_input.empty()) placed_.by_input.resize(pathway_.inputs.size());
  placed.given = &given;
  placed_.by_input[given.input].push_back(placed);
}

// Items lie in items and in answers; they are walked in the order of the document, without
// recursion.
void Placer::ReadResponse(const Json& response) {
  GivenInput like;
  like.reference = fhir::Record::Reference(response);
  like.time = std::string(response["authored"].string());
  like.author = std::string(response["author"]["reference"].string());
  if (like.author.empty()) like.author = std::string(response["source"]["reference"].string());
  std::vector<Json> open{response};
  while (!open.empty()) {
    const Json holder = open.back();
    open.pop_back();
    for (const Json::Entry item : holder["item"]) {
      ReadItem(item.value, like);
      open.push_back(item.value);
      for (const Json::Entry answer : item.value["answer"]) open.push_back(answer.value);
    }
  }
}

void Placer::ReadItem(const Json& item, const GivenInput& like) {
  const auto name = FindInputName(pathway_, item["linkId"].string());
  if (!name) return;  // a question of another questionnaire
  for (const Json::Entry answer : item["answer"]) {
    GivenInput& given = placed_.read.emplace_back(like);
    given.input = name->input;
    given.focus = name->focus;
    given.state = StateOfAnswer(pathway_.inputs[name->input], answer.value, given.written);
    given.settled = !given.state.value;
    Place(given);
  }
}

// Quantities and dates as anywhere in the record; codes only where they are the pathway's own.
GivenState Placer::StateOfAnswer(const Input& input, const Json& answer,
                                 std::string& written) const {
  Json value;
  std::string_view type;
  for (const Json::Entry member : answer) {
    if (!member.name.starts_with("value")) continue;
    value = member.value;
    type = member.name;
  }
  written = RecordedText(Item(Node{value, {}, {}}));
  if (type == "valueCoding") {
    const std::string_view system = value["system"].string();
    const bool own = system.empty() || system == pathway_.url;
    return StateOf(input, own ? WrittenIn(value["code"]) : Written{Written::Kind::kOther, {}, {}});
  }
  if (type != "valueQuantity") {
    const Written scalar = WrittenIn(value);
    const bool scalar_kind = scalar.kind != Written::Kind::kNull;
    return StateOf(input, scalar_kind ? scalar : Written{Written::Kind::kOther, {}, {}});
  }
  GivenState state;
  state.value = ReadValue(input, Item(Node{value, {}, {}}));
  state.reason = state.value ? UnknownReason::kNotUnknown : UnknownReason::kUnusable;
  if (state.value && !MakePlausible(input, *state.value)) {
    state.value.reset();
    state.reason = UnknownReason::kImplausible;
  }
  state.on_record = !state.value;
  return state;
}

Resolved FromState(const GivenInput& given, const GivenState& state) {
  Resolved resolved;
  resolved.reason = state.reason;
  resolved.value = state.value;
  resolved.stale = state.stale;
  resolved.recorded = state.on_record;
  if (state.value) {
    resolved.status = given.status;
    resolved.reason = UnknownReason::kNotUnknown;
  }
  return resolved;
}

bool SameState(const GivenState& a, const GivenState& b) {
  if (a.value.has_value() != b.value.has_value()) return false;
  return a.value ? SameValue(*a.value, *b.value) : a.reason == b.reason;
}

Index AgeIndex(const Input& input, const AgeLimit* age) {
  return age == nullptr ? input.age.size() : static_cast<Index>(age - input.age.data());
}

}  // namespace

void PrepareInstances(const PreparedInputs& prepared, const Pathway& pathway, Gathered& gathered) {
  for (const auto& [kind, name] : prepared.foci) {
    const auto& values = pathway.foci[kind].values;
    const auto key = std::ranges::find(values, name, &std::pair<std::string, std::string>::first);
    const Index index = key == values.end() ? kNone : static_cast<Index>(key - values.begin());
    gathered.instances.push_back({kind, index, {}, name});
  }
  // The order of kinds and keys in the file, as for those of a record; references by name.
  std::sort(gathered.instances.begin(), gathered.instances.end(),
            [](const Instance& a, const Instance& b) {
              return std::tie(a.kind, a.key, a.name) < std::tie(b.kind, b.key, b.name);
            });
}

PlacedInputs PlaceInputs(const Pathway& pathway, const EvaluateRequest& request,
                         const Gathered& gathered) {
  return Placer(pathway, request, gathered).Run();
}

UnknownReason WhyUnused(const PlacedInput& answer, const AgeLimit* age) {
  if (answer.milliseconds && answer.age_days < 0) return UnknownReason::kFuture;
  if (age == nullptr || !age->limit_days) return UnknownReason::kNotUnknown;
  if (!answer.milliseconds) return UnknownReason::kUndated;
  return answer.age_days > *age->limit_days ? UnknownReason::kStale : UnknownReason::kNotUnknown;
}

std::optional<Resolved> ResolveGiven(const Pathway& pathway, Index input, Index instance,
                                     const Gathered& gathered, const AgeLimit* age,
                                     std::uint64_t left_out) {
  if (gathered.placed.by_input.empty()) return std::nullopt;
  const PlacedInput* newest = nullptr;
  bool contradiction = false;
  for (const PlacedInput& placed : gathered.placed.by_input[input]) {
    if (placed.instance != instance) continue;
    if (gathered.prepared) {
      newest = &placed;
      break;
    }
    if (WhyUnused(placed, age) != UnknownReason::kNotUnknown) continue;
    const bool later = newest == nullptr || placed.milliseconds > newest->milliseconds;
    const bool equal = newest != nullptr && placed.milliseconds == newest->milliseconds;
    contradiction = !later && (contradiction ||
                               (equal && !SameState(placed.given->state, newest->given->state)));
    if (later) newest = &placed;
  }
  if (newest == nullptr) return std::nullopt;
  const GivenInput& given = *newest->given;
  const Index limit = AgeIndex(pathway.inputs[input], age);
  const auto variant = std::ranges::find_if(given.variants, [&](const GivenVariant& one) {
    return one.age == limit && one.left_out == left_out;
  });
  Resolved resolved =
      FromState(given, variant == given.variants.end() ? given.state : variant->state);
  resolved.given = newest;
  if (contradiction) {
    resolved.status = InputStatus::kUnknown;
    resolved.reason = UnknownReason::kConflict;
    resolved.value.reset();
  }
  return resolved;
}

}  // namespace renal::pathways
