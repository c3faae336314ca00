#include <algorithm>
#include <map>
#include <span>
#include <unordered_set>
#include <utility>

#include "fhir/date_time.h"
#include "pathways/internal/asked.h"
#include "pathways/internal/belongs.h"
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

// Whether a draft has one of the codes of a source.
bool HasCode(const SourceOfInput& source, const Json& resource, const EvaluateRequest& request) {
  if (source.code == nullptr) return true;
  bool found = false;
  const auto look = [&](std::string_view system, std::string_view code) {
    found = found || source.code->Contains(system, code);
  };
  ForEachCode(resource, source.from, *request.record, look);
  return found;
}

class Gatherer {
 public:
  Gatherer(const Pathway& pathway, const EvaluateRequest& request, Gathered& gathered)
      : pathway_(pathway),
        request_(request),
        gathered_(gathered),
        errors_(*gathered.errors),
        resources_(request) {}

  void Run();

 private:
  void GatherRecord();
  void FindInstances(Index kind);
  void FindThings(Index kind);
  void AddThing(Index kind, std::vector<Json> resources);
  void SortThings(Index kind, std::size_t first);
  std::string TextsOf(const Expression& expression, const Json& resource);
  void AddInstance(Index kind, Index key, const Json& resource);
  void IndexInstances(Index kind, std::size_t first);
  const Belonging& BelongingOf(const Json& resource, Index kind);
  void GatherInput(Index input);
  void GatherSource(Index input, Index source);
  void NoteAbsent(Index input, const Json& resource);
  void GatherResource(Index input, Index source, const Json& resource);
  void AddCandidates(Index input, Index source, const Json& resource);
  void AddMapped(const Candidate& common, Index input, const SourceOfInput& source);
  void AddValues(const Candidate& common, Index input, const SourceOfInput& source);
  bool Place(Candidate& candidate, const Input& input);
  void SetTime(Candidate& candidate, const SourceOfInput& source);
  void ShowValue(Candidate& candidate);
  void SetPreference(Candidate& candidate, const Input& input);
  Asked& Ask(const Json& resource);
  Asked::Time WorkOutTime(const Expression& expression);
  Asked::Time TimeOf(const Expression& expression, const Json& resource);
  bool IsTrue(const Expression& expression, const Json& resource);

  // A draft order of the call.
  struct Draft {
    Json order;
    Index type;  // into Pathway::record_types
  };
  void ListDrafts();

  const Pathway& pathway_;
  const EvaluateRequest& request_;
  Gathered& gathered_;
  std::vector<std::string>& errors_;
  std::vector<std::unordered_map<Json, Belonging, HashJson>> belongings_;  // by focus kind
  std::optional<SortedRecord> sorted_;
  std::vector<Draft> drafts_;
  Environment environment_;
  AskedResources resources_;
  Asked* asked_ = nullptr;  // of the resource of the environment
  Item context_;            // that resource
  bool failed_ = false;     // a criterion could not be worked out since this was set to false
};

// From now on context and environment are those of the resource. Inputs are gathered one after the
// other, so that one resource is asked again and again.
Asked& Gatherer::Ask(const Json& resource) {
  if (asked_ != nullptr && environment_.kept.resource == resource) return *asked_;
  asked_ = &resources_.Of(resource);
  context_ = Node{resource, asked_->type, {}};
  environment_.kept = {resource, asked_->truths};
  return *asked_;
}

bool Gatherer::IsTrue(const Expression& expression, const Json& resource) {
  Asked& asked = Ask(resource);
  if (asked.kept && asked.truths.empty()) {
    asked.truths.resize(pathway_.criteria->size());
    environment_.kept.entries = asked.truths;
  }
  const auto truth = expression.EvaluateBoolean(context_, environment_);
  if (!truth) {
    AddError(expression, truth.error(), errors_);
    failed_ = true;
    return false;
  }
  return truth.value().value_or(false);
}

void Gatherer::Run() {
  environment_ = EnvironmentOf(request_, gathered_, pathway_.constants);
  gathered_.instances_of.resize(pathway_.foci.size());
  if (request_.prepared != nullptr) {
    gathered_.prepared = true;
    PrepareInstances(*request_.prepared, pathway_, gathered_);
  } else {
    GatherRecord();
  }
  gathered_.placed = PlaceInputs(pathway_, request_, gathered_);
}

void Gatherer::GatherRecord() {
  sorted_.emplace(pathway_, *request_.record);
  ListDrafts();
  gathered_.found.resize(pathway_.inputs.size());
  belongings_.resize(pathway_.foci.size());
  for (Index kind = 0; kind < pathway_.foci.size(); ++kind) FindInstances(kind);
  for (Index input = 0; input < pathway_.inputs.size(); ++input) GatherInput(input);
}

void Gatherer::AddInstance(Index kind, Index key, const Json& resource) {
  for (Instance& instance : gathered_.instances) {
    if (instance.kind == kind && instance.key == key) {
      instance.resources.push_back(resource);
      return;
    }
  }
  gathered_.instances.push_back({kind, key, {resource}, pathway_.foci[kind].values[key].first});
}

// A thing of its own, named by its first resource.
void Gatherer::AddThing(Index kind, std::vector<Json> resources) {
  std::string name = fhir::Record::Reference(resources.front());
  for (const Json& resource : resources) name = std::min(name, fhir::Record::Reference(resource));
  const auto there = [&](const Instance& instance) {
    return instance.kind == kind && instance.name == name;
  };
  const auto found = std::find_if(gathered_.instances.begin(), gathered_.instances.end(), there);
  if (found == gathered_.instances.end()) {
    gathered_.instances.push_back({kind, kNone, std::move(resources), std::move(name)});
  } else {
    found->resources.insert(found->resources.end(), resources.begin(), resources.end());
  }
}

// Resources of a focus that is keyed by reference: each is a thing of its own. Those of a source
// with `same` describe something: a thing that is there already, or one for each group of equal
// texts; those that say nothing of where they belong describe the only thing, if there is no other.
void Gatherer::FindThings(Index kind) {
  const FocusKind& focus = pathway_.foci[kind];
  const std::size_t before = gathered_.instances.size();
  std::vector<std::pair<const SourceOfInput*, Json>> describing;
  for (const SourceOfInput& source : focus.instances) {
    for (const Json& resource : sorted_->Of(source)) {
      if (source.where && !IsTrue(*source.where, resource)) continue;
      if (source.same) {
        describing.emplace_back(&source, resource);
      } else {
        AddThing(kind, {resource});
      }
    }
  }
  IndexInstances(kind, before);
  std::map<std::string, std::vector<Json>> groups;
  for (const auto& [source, resource] : describing) {
    const Belonging belonging = BelongsTo(pathway_, kind, resource, gathered_, request_);
    if (belonging.kind != Belonging::Kind::kUnlinked) continue;
    groups[TextsOf(*source->same, resource)].push_back(resource);
  }
  const std::size_t described = gathered_.instances.size();
  for (auto& [text, resources] : groups) {
    if (!text.empty()) AddThing(kind, resources);
  }
  const auto nameless = groups.find("");
  if (nameless != groups.end() && gathered_.instances.size() == before)
    AddThing(kind, nameless->second);
  IndexInstances(kind, described);
}

// The texts that an expression gives for a resource, in their own order.
std::string Gatherer::TextsOf(const Expression& expression, const Json& resource) {
  Ask(resource);
  const auto found = expression.Evaluate(context_, environment_);
  std::vector<std::string> texts;
  if (!found) AddError(expression, found.error(), errors_);
  for (const Item& item : found ? found.value() : Collection{}) texts.push_back(RecordedText(item));
  std::sort(texts.begin(), texts.end());
  std::string joined;
  for (const std::string& text : texts) joined += text + '\n';
  return joined;
}

void Gatherer::FindInstances(Index kind) {
  const FocusKind& focus = pathway_.foci[kind];
  const std::size_t before = gathered_.instances.size();
  if (focus.by_reference) {
    FindThings(kind);
    return SortThings(kind, before);
  }
  std::vector<Json> unplaced;
  for (const SourceOfInput& source : focus.instances) {
    for (const Json& resource : sorted_->Of(source)) {
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
  std::sort(gathered_.instances.begin() + static_cast<std::ptrdiff_t>(before),
            gathered_.instances.end(),
            [](const Instance& a, const Instance& b) { return a.key < b.key; });
  IndexInstances(kind, before);
}

// By name, whatever the order of the resources (P2).
void Gatherer::SortThings(Index kind, std::size_t first) {
  std::sort(gathered_.instances.begin() + static_cast<std::ptrdiff_t>(first),
            gathered_.instances.end(),
            [](const Instance& a, const Instance& b) { return a.name < b.name; });
  gathered_.instances_of[kind].clear();
  IndexInstances(kind, first);
}

// Several Conditions of one kidney are one tumour, and a resource that two sources find is one
// resource.
void Gatherer::IndexInstances(Index kind, std::size_t first) {
  for (Index i = first; i < gathered_.instances.size(); ++i) {
    std::unordered_set<Json, HashJson> seen;
    std::erase_if(gathered_.instances[i].resources,
                  [&](const Json& resource) { return !seen.insert(resource).second; });
    for (const Json& resource : gathered_.instances[i].resources) {
      gathered_.instances_of[kind][resource].push_back(i);
    }
  }
}

void Gatherer::GatherInput(Index input) {
  for (Index source = 0; source < pathway_.inputs[input].sources.size(); ++source) {
    GatherSource(input, source);
  }
}

// What is being ordered may be a datum as well: a drug that is drafted is planned. An order that
// was placed before is in the record already.
void Gatherer::ListDrafts() {
  for (const std::vector<Json>* orders : {&request_.orders, &request_.background}) {
    for (const Json& order : *orders) {
      const std::string_view name = order["resourceType"].string();
      const auto type = std::ranges::find(pathway_.record_types, name, &RecordType::name);
      if (type == pathway_.record_types.end()) continue;
      const std::vector<Json>& recorded = request_.record->OfType(name);
      if (std::ranges::find(recorded, order) != recorded.end()) continue;
      drafts_.push_back({order, static_cast<Index>(type - pathway_.record_types.begin())});
    }
  }
}

void Gatherer::GatherSource(Index input, Index source_index) {
  const SourceOfInput& source = pathway_.inputs[input].sources[source_index];
  for (const Json& resource : sorted_->Of(source)) {
    if (!Ask(resource).superseded) GatherResource(input, source_index, resource);
  }
  for (const Draft& draft : drafts_) {
    const bool wanted = draft.type == source.type && HasCode(source, draft.order, request_);
    if (wanted) GatherResource(input, source_index, draft.order);
  }
}

void Gatherer::GatherResource(Index input, Index source_index, const Json& resource) {
  const SourceOfInput& source = pathway_.inputs[input].sources[source_index];
  std::optional<bool>& absent = Ask(resource).absent;
  if (!absent) absent = !resource["dataAbsentReason"].absent();
  if (*absent) return NoteAbsent(input, resource);
  failed_ = false;
  const bool passes = !source.where || IsTrue(*source.where, resource);
  if (passes || failed_) AddCandidates(input, source_index, resource);
}

// Not a candidate; the reason is kept for the trace.
void Gatherer::NoteAbsent(Index input, const Json& resource) {
  constexpr std::size_t kShown = 50;
  if (gathered_.absent.size() == kShown) return;
  AbsentTrace absent{input, fhir::Record::Reference(resource), {}};
  const Json reason = resource["dataAbsentReason"];
  absent.reason = RecordedText(Item(Node{reason, {}, {}}));
  if (absent.reason.size() > 256) absent.reason.clear();
  gathered_.absent.push_back(std::move(absent));
}

// Several inputs read one resource: whose it is is asked once.
const Belonging& Gatherer::BelongingOf(const Json& resource, Index kind) {
  const auto [place, fresh] = belongings_[kind].try_emplace(resource);
  if (fresh) place->second = BelongsTo(pathway_, kind, resource, gathered_, request_);
  return place->second;
}

bool Gatherer::Place(Candidate& candidate, const Input& input) {
  if (input.focus == kNone) return true;
  const Belonging& belonging = BelongingOf(candidate.resource, input.focus);
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

// The time that an item is, or holds.
std::optional<fhir::DateTime> ReadTime(const Item& item, Json& text) {
  if (const auto* date = std::get_if<fhir::DateTime>(&item)) return *date;
  const Node* node = std::get_if<Node>(&item);
  if (node == nullptr) return std::nullopt;
  text = TimeTextOf(*node);
  return fhir::DateTime::Parse(text.string());
}

// What an expression gives as the time of the resource that is asked.
Asked::Time Gatherer::WorkOutTime(const Expression& expression) {
  Asked::Time time;
  time.expression = &expression.text();
  const auto found = expression.Evaluate(context_, environment_);
  if (!found) AddError(expression, found.error(), errors_);
  if (!found || found.value().empty()) return time;
  const auto read = ReadTime(found.value().front(), time.text);
  if (!read || read->kind == fhir::DateTime::Kind::kTime) return time;
  const int zone = ZoneOf(request_);
  time.milliseconds = read->FirstMillisecond(zone);
  time.age_days = request_.now.Day(zone) - read->Day(zone);
  return time;
}

// Most inputs of one type of resource are timed alike. The steps are paid each time, so that what
// an evaluation may use up does not depend on the order of inputs. What writes output writes it
// each time, and of what takes long the limits are watched.
Asked::Time Gatherer::TimeOf(const Expression& expression, const Json& resource) {
  constexpr std::uint64_t kUnwatched = 1'024;
  Asked& asked = Ask(resource);
  fhir::fhirpath::Budget& budget = *gathered_.budget;
  const auto same = [&](const Asked::Time& time) { return *time.expression == expression.text(); };
  const auto known = std::ranges::find_if(asked.times, same);
  if (known != asked.times.end() && !budget.exceeded) {
    budget.Take(known->steps);
    return *known;
  }
  const std::uint64_t left = budget.steps;
  const std::size_t written = gathered_.output->size();
  Asked::Time time = WorkOutTime(expression);
  time.steps = left - budget.steps;
  if (gathered_.output->size() != written || budget.exceeded || time.steps >= kUnwatched) {
    time.text = {};
  } else if (asked.kept) {
    asked.times.push_back(time);
  }
  return time;
}

// The moment of meta.lastUpdated; 0 without one.
std::int64_t UpdatedAt(const Json& resource, int zone) {
  const auto updated = fhir::DateTime::Parse(resource["meta"]["lastUpdated"].string());
  return updated ? updated->FirstMillisecond(zone) : 0;
}

void Gatherer::SetTime(Candidate& candidate, const SourceOfInput& source) {
  Asked& asked = Ask(candidate.resource);
  if (!asked.updated) asked.updated = UpdatedAt(candidate.resource, ZoneOf(request_));
  candidate.updated = *asked.updated;
  if (!source.time) return;
  const Asked::Time time = TimeOf(*source.time, candidate.resource);
  candidate.milliseconds = time.milliseconds;
  candidate.age_days = time.age_days;
  candidate.time = time.text;
  candidate.time_steps = time.steps;
}

void Gatherer::SetPreference(Candidate& candidate, const Input& input) {
  if (input.prefer_status)
    candidate.preferred_status = IsTrue(*input.prefer_status, candidate.resource);
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
  const auto* made =
      input.focus == kNone ? nullptr : InstancesMadeBy(gathered_, input.focus, resource);
  const Index own = common.instance;
  for (const Index instance : made != nullptr ? std::span(*made) : std::span(&own, 1)) {
    common.instance = instance;
    if (source.value) {
      AddValues(common, input_index, source);
    } else {
      AddMapped(common, input_index, source);
    }
  }
}

// The value of the resource as what was recorded.
void Gatherer::ShowValue(Candidate& candidate) {
  std::optional<Asked::Value>& value = Ask(candidate.resource).value;
  if (!value) {
    value.emplace();
    for (const Json::Entry entry : candidate.resource) {
      if (entry.name.starts_with("value")) value->element = entry.value;
    }
    if (value->element) value->text = RecordedText(Item(Node{value->element, {}, {}}));
  }
  if (!value->element) return;
  candidate.node = value->element;
  candidate.recorded = value->text;
}

void Gatherer::AddMapped(const Candidate& common, Index input, const SourceOfInput& source) {
  std::optional<std::size_t> found;
  bool contradiction = failed_;  // what could not be judged is unusable, never absent
  for (const auto& entry : source.map) {
    if (entry.when && !IsTrue(*entry.when, common.resource)) continue;
    if (found && *found != entry.code) contradiction = true;
    if (!found) found = entry.code;
    if (!source.agree) break;
  }
  Candidate candidate = common;
  ShowValue(candidate);
  if (!found && !candidate.node && !failed_) return;  // nothing was recorded
  if (found && !contradiction && !failed_) candidate.value = Value::Code(*found);
  if (!candidate.node) candidate.node = CodeOf(common.resource);
  gathered_.found[input].push_back(std::move(candidate));
}

void Gatherer::AddValues(const Candidate& common, Index input_index, const SourceOfInput& source) {
  const Input& input = pathway_.inputs[input_index];
  if (failed_) return gathered_.found[input_index].push_back(common);
  Ask(common.resource);
  const auto found = source.value->Evaluate(context_, environment_);
  if (!found) {
    AddError(*source.value, found.error(), errors_);
    gathered_.found[input_index].push_back(common);
    return;
  }
  for (const Item& item : found.value()) {
    Candidate candidate = common;
    candidate.value = ReadValue(input, item);
    if (candidate.value) candidate.implausible = !MakePlausible(input, *candidate.value);
    candidate.recorded = RecordedText(item);
    if (const Node* node = std::get_if<Node>(&item)) {
      candidate.node = node->json;
    } else {
      ShowValue(candidate);  // what was recorded, not what was worked out from it
    }
    gathered_.found[input_index].push_back(std::move(candidate));
  }
}

}  // namespace

// Compared without making the reference of the resource: there are many resources.
bool IsSuperseded(const EvaluateRequest& request, const Json& resource) {
  if (request.superseded.empty()) return false;
  const std::string_view type = resource["resourceType"].string();
  return std::ranges::any_of(request.superseded, [&](std::string_view reference) {
    if (!reference.starts_with(type)) return false;
    const std::string_view rest = reference.substr(type.size());
    const bool same_type = rest.empty() || rest.front() == '/';
    return same_type && fhir::Record::Reference(resource) == reference;
  });
}

void Gather(const Pathway& pathway, const EvaluateRequest& request, Gathered& gathered) {
  Gatherer(pathway, request, gathered).Run();
}

Environment EnvironmentOf(const EvaluateRequest& request, const Gathered& gathered,
                          const std::vector<Collection>& variables) {
  Environment environment;
  environment.variables = &variables;
  environment.record = request.record;
  environment.encounter = request.encounter;
  environment.user = request.user;
  environment.now = request.now;
  environment.budget = gathered.budget;
  environment.trace = gathered.output;
  return environment;
}

void AddError(const Expression& expression, const fhir::Issue& issue,
              std::vector<std::string>& errors) {
  constexpr std::size_t kShown = 50;
  std::string text = expression.text() + ": " + issue.diagnostics;
  const bool known = std::find(errors.begin(), errors.end(), text) != errors.end();
  if (!known && errors.size() < kShown) errors.push_back(std::move(text));
}

}  // namespace renal::pathways
