#include <algorithm>
#include <limits>
#include <utility>

#include "fhir/date_time.h"
#include "pathways/internal/facts.h"
#include "pathways/internal/read_value.h"

namespace renal::pathways {

namespace {

using fhir::Json;
using fhir::fhirpath::Collection;
using fhir::fhirpath::Environment;
using fhir::fhirpath::Expression;
using fhir::fhirpath::Item;
using fhir::fhirpath::Node;

int ZoneOf(const EvaluateRequest& request) { return request.now.offset_minutes.value_or(0); }

// Whether `value` is one of the codes of a source; a medication may name its code in a reference.
bool HasCode(const SourceOfInput& source, const Json& resource, const EvaluateRequest& request) {
  if (source.code == nullptr) return true;
  const Json code = CodeOf(resource);
  if (code.is_array()) {
    for (const Json::Entry entry : code) {
      if (source.code->ContainsCoding(entry.value)) return true;
    }
    return false;
  }
  if (code) return source.code->ContainsCoding(code);
  const Json reference = resource["medicationReference"]["reference"];
  return reference && source.code->ContainsCoding(
                          request.record->Resolve(reference.string(), resource)["code"]);
}

class Gatherer {
 public:
  Gatherer(const Pathway& pathway, const EvaluateRequest& request, std::vector<std::string>& errors)
      : pathway_(pathway), request_(request), errors_(errors) {}

  Gathered Run();

 private:
  void FindInstances(Index kind);
  void AddInstance(Index kind, Index key, const Json& resource);
  void GatherInput(Index input);
  void GatherSource(Index input, Index source);
  void AddCandidates(Index input, Index source, const Json& resource);
  void AddMapped(const Candidate& common, Index input, const SourceOfInput& source);
  void AddValues(const Candidate& common, Index input, const SourceOfInput& source);
  bool Place(Candidate& candidate, const Input& input);
  void SetTime(Candidate& candidate, const SourceOfInput& source);
  void SetPreference(Candidate& candidate, const Input& input);
  bool IsTrue(const Expression& expression, const Json& resource);

  const Pathway& pathway_;
  const EvaluateRequest& request_;
  std::vector<std::string>& errors_;
  Gathered gathered_;
  Environment environment_;
};

bool Gatherer::IsTrue(const Expression& expression, const Json& resource) {
  const auto truth = expression.EvaluateBoolean(Item(Node{resource, {}, {}}), environment_);
  if (!truth) {
    errors_.push_back(expression.text() + ": " + truth.error().diagnostics);
    return false;
  }
  return truth.value().value_or(false);
}

Gathered Gatherer::Run() {
  gathered_.constants.resize(pathway_.variables.size());
  for (Index i = 0; i < pathway_.parameters.size(); ++i) {
    const Parameter& parameter = pathway_.parameters[i];
    Collection& slot = gathered_.constants[pathway_.inputs.size() + i];
    if (parameter.type == Type::kCode) {
      for (const std::string& code : parameter.codes) slot.emplace_back(code);
    } else {
      Input like;
      like.type = parameter.type;
      slot = ToCollection(like, parameter.value);
    }
  }
  environment_.variables = &gathered_.constants;
  environment_.record = request_.record;
  environment_.now = request_.now;
  for (Index kind = 0; kind < pathway_.foci.size(); ++kind) FindInstances(kind);
  gathered_.candidates.resize(pathway_.inputs.size());
  for (Index input = 0; input < pathway_.inputs.size(); ++input) GatherInput(input);
  return std::move(gathered_);
}

void Gatherer::AddInstance(Index kind, Index key, const Json& resource) {
  for (Instance& instance : gathered_.instances) {
    if (instance.kind == kind && instance.key == key) {
      instance.resources.push_back(resource);
      return;
    }
  }
  gathered_.instances.push_back({kind, key, {resource}});
}

void Gatherer::FindInstances(Index kind) {
  const FocusKind& focus = pathway_.foci[kind];
  std::vector<Json> unplaced;
  const std::size_t before = gathered_.instances.size();
  for (const SourceOfInput& source : focus.instances) {
    for (const Json& resource : request_.record->OfType(source.from)) {
      if (!HasCode(source, resource, request_)) continue;
      if (source.where && !IsTrue(*source.where, resource)) continue;
      bool placed = false;
      for (const auto& entry : source.map) {
        if (entry.when && !IsTrue(*entry.when, resource)) continue;
        AddInstance(kind, entry.code, resource);
        placed = true;
      }
      if (!placed) unplaced.push_back(resource);
    }
  }
  const std::size_t found = gathered_.instances.size() - before;
  if (found == 0 && focus.otherwise != kNone) {
    for (const Json& resource : unplaced) AddInstance(kind, focus.otherwise, resource);
  } else if (found == 1) {
    for (const Json& resource : unplaced) gathered_.instances[before].resources.push_back(resource);
  }
  // The order of keys in the file, whatever the order of the resources (P2).
  std::sort(gathered_.instances.begin() + static_cast<std::ptrdiff_t>(before), gathered_.instances.end(),
            [](const Instance& a, const Instance& b) { return a.key < b.key; });
}

void Gatherer::GatherInput(Index input) {
  for (Index source = 0; source < pathway_.inputs[input].sources.size(); ++source) {
    GatherSource(input, source);
  }
}

void Gatherer::GatherSource(Index input, Index source_index) {
  const SourceOfInput& source = pathway_.inputs[input].sources[source_index];
  for (const Json& resource : request_.record->OfType(source.from)) {
    if (!HasCode(source, resource, request_) || resource["dataAbsentReason"]) continue;
    if (source.where && !IsTrue(*source.where, resource)) continue;
    AddCandidates(input, source_index, resource);
  }
}

bool Gatherer::Place(Candidate& candidate, const Input& input) {
  if (input.focus == kNone) return true;
  const Belonging belonging = BelongsTo(pathway_, input.focus, candidate.resource, gathered_, request_);
  if (belonging.kind == Belonging::Kind::kElsewhere) return false;
  if (belonging.kind == Belonging::Kind::kInstance) {
    candidate.instance = belonging.instance;
    return true;
  }
  Index only = kNone;
  std::size_t count = 0;
  for (Index i = 0; i < gathered_.instances.size(); ++i) {
    if (gathered_.instances[i].kind != input.focus) continue;
    only = i;
    ++count;
  }
  if (count == 1) {
    candidate.instance = only;
    candidate.unlinked = true;
  } else {
    candidate.floating = true;
  }
  return count > 0;
}

void Gatherer::SetTime(Candidate& candidate, const SourceOfInput& source) {
  const int zone = ZoneOf(request_);
  if (const auto updated = fhir::DateTime::Parse(candidate.resource["meta"]["lastUpdated"].string())) {
    candidate.updated = updated->FirstMillisecond(zone);
  }
  if (!source.time) return;
  const auto found = source.time->Evaluate(Item(Node{candidate.resource, {}, {}}), environment_);
  if (!found || found.value().empty()) return;
  const Item& item = found.value().front();
  std::optional<fhir::DateTime> time;
  if (const auto* date = std::get_if<fhir::DateTime>(&item)) time = *date;
  if (const Node* node = std::get_if<Node>(&item)) {
    const Json end = node->json["end"];
    const Json text = node->json.is_object() ? (end ? end : node->json["start"]) : node->json;
    time = fhir::DateTime::Parse(text.string());
  }
  if (!time || time->kind == fhir::DateTime::Kind::kTime) return;
  candidate.milliseconds = time->FirstMillisecond(zone);
  candidate.age_days = request_.now.Day(zone) - time->Day(zone);
}

void Gatherer::SetPreference(Candidate& candidate, const Input& input) {
  if (input.prefer_status) candidate.preferred_status = IsTrue(*input.prefer_status, candidate.resource);
  if (!input.prefer) return;
  const auto& order = input.prefer->order;
  while (candidate.preference < order.size() &&
         !IsTrue(order[candidate.preference].when, candidate.resource)) {
    ++candidate.preference;
  }
}

void Gatherer::AddCandidates(Index input_index, Index source_index, const Json& resource) {
  const Input& input = pathway_.inputs[input_index];
  const SourceOfInput& source = input.sources[source_index];
  Candidate common;
  common.source = source_index;
  common.resource = resource;
  if (!Place(common, input)) return;
  SetTime(common, source);
  SetPreference(common, input);
  if (source.value) {
    AddValues(common, input_index, source);
  } else {
    AddMapped(common, input_index, source);
  }
}

void Gatherer::AddMapped(const Candidate& common, Index input, const SourceOfInput& source) {
  std::optional<std::size_t> found;
  bool contradiction = false;
  for (const auto& entry : source.map) {
    if (entry.when && !IsTrue(*entry.when, common.resource)) continue;
    if (found && *found != entry.code) contradiction = true;
    if (!found) found = entry.code;
    if (!source.agree) break;
  }
  Candidate candidate = common;
  for (const Json::Entry entry : common.resource) {
    if (!entry.name.starts_with("value")) continue;
    candidate.node = entry.value;
    candidate.recorded = RecordedText(Item(Node{entry.value, {}, {}}));
  }
  if (!found && !candidate.node) return;  // nothing was recorded
  if (found && !contradiction) candidate.value = Value::Code(*found);
  if (!candidate.node) candidate.node = CodeOf(common.resource);
  gathered_.candidates[input].push_back(std::move(candidate));
}

void Gatherer::AddValues(const Candidate& common, Index input_index, const SourceOfInput& source) {
  const Input& input = pathway_.inputs[input_index];
  const auto found = source.value->Evaluate(Item(Node{common.resource, {}, {}}), environment_);
  if (!found) {
    errors_.push_back(source.value->text() + ": " + found.error().diagnostics);
    gathered_.candidates[input_index].push_back(common);
    return;
  }
  for (const Item& item : found.value()) {
    Candidate candidate = common;
    candidate.value = ReadValue(input, item);
    if (candidate.value) candidate.implausible = !MakePlausible(input, *candidate.value);
    candidate.recorded = RecordedText(item);
    if (const Node* node = std::get_if<Node>(&item)) candidate.node = node->json;
    gathered_.candidates[input_index].push_back(std::move(candidate));
  }
}

bool IsInstanceResource(const Gathered& gathered, Index kind, const Json& resource, Index& instance) {
  for (Index i = 0; i < gathered.instances.size(); ++i) {
    if (gathered.instances[i].kind != kind) continue;
    const std::vector<Json>& resources = gathered.instances[i].resources;
    if (std::find(resources.begin(), resources.end(), resource) != resources.end()) {
      instance = i;
      return true;
    }
  }
  return false;
}

// A key that was found on a resource: its instance; the only one where that has no key of its own.
Belonging BelongsToKey(const Pathway& pathway, Index kind, Index key, const Gathered& gathered) {
  if (key == FocusKind::kElsewhere) return {Belonging::Kind::kElsewhere, kNone, kNone};
  Index otherwise = kNone;
  for (Index i = 0; i < gathered.instances.size(); ++i) {
    if (gathered.instances[i].kind != kind) continue;
    if (gathered.instances[i].key == key) return {Belonging::Kind::kInstance, key, i};
    if (gathered.instances[i].key == pathway.foci[kind].otherwise) otherwise = i;
  }
  if (otherwise != kNone) return {Belonging::Kind::kInstance, key, otherwise};
  return {Belonging::Kind::kElsewhere, key, kNone};
}

}  // namespace

Json CodeOf(const Json& resource) {
  const std::string_view type = resource["resourceType"].string();
  if (type == "Encounter") return resource["type"];
  if (type.starts_with("Medication") && type != "Medication") return resource["medicationCodeableConcept"];
  return resource["code"];
}

Belonging BelongsTo(const Pathway& pathway, Index focus_kind, const Json& resource, const Gathered& gathered,
                    const EvaluateRequest& request) {
  Index instance = kNone;
  if (IsInstanceResource(gathered, focus_kind, resource, instance)) {
    return {Belonging::Kind::kInstance, gathered.instances[instance].key, instance};
  }
  Environment environment;
  environment.variables = &gathered.constants;
  environment.record = request.record;
  environment.now = request.now;
  for (const FocusKind::Step& step : pathway.foci[focus_kind].belongs) {
    const auto linked = step.via.Evaluate(Item(Node{resource, {}, {}}), environment);
    if (!linked || linked.value().empty()) continue;
    for (const Item& item : linked.value()) {
      const Node* node = std::get_if<Node>(&item);
      if (step.instance && node != nullptr) {
        if (IsInstanceResource(gathered, focus_kind, node->json, instance)) {
          return {Belonging::Kind::kInstance, gathered.instances[instance].key, instance};
        }
        continue;
      }
      for (const FocusKind::Step::Entry& entry : step.map) {
        if (entry.when) {
          const auto truth = entry.when->EvaluateBoolean(item, environment);
          if (!truth || !truth.value().value_or(false)) continue;
        }
        return BelongsToKey(pathway, focus_kind, entry.key, gathered);
      }
    }
    if (step.instance) return {Belonging::Kind::kElsewhere, kNone, kNone};
  }
  return {};
}

Gathered Gather(const Pathway& pathway, const EvaluateRequest& request, std::vector<std::string>& errors) {
  return Gatherer(pathway, request, errors).Run();
}

std::string DisplayOf(const Json& resource) {
  const Json code = CodeOf(resource);
  if (code["text"].is_string()) return std::string(code["text"].string());
  for (const Json::Entry entry : code["coding"]) {
    if (entry.value["display"].is_string()) return std::string(entry.value["display"].string());
  }
  return {};
}

std::string PathTo(const Json& resource, const Json& node) {
  if (!node) return {};
  for (const Json::Entry entry : resource) {
    const std::string name(entry.name);
    if (entry.value == node) return name;
    if (entry.value.is_array()) {
      std::size_t i = 0;
      for (const Json::Entry element : entry.value) {
        const std::string here = name + "[" + std::to_string(i++) + "]";
        if (element.value == node) return here;
        if (name != "component") continue;  // the only array with values below it
        for (const Json::Entry member : element.value) {
          if (member.value == node) return here + "." + std::string(member.name);
        }
      }
    }
  }
  return {};
}

}  // namespace renal::pathways
