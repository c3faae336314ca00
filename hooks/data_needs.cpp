#include "hooks/data_needs.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace renal::hooks {
namespace {

using fhir::Delivery;
using fhir::fhirpath::Expression;
using pathways::Input;
using pathways::Pathway;
using pathways::SourceOfInput;

// Settled in the design: a pathway of this program says nothing without these two.
constexpr std::string_view kPatient = "Patient";
constexpr std::string_view kCondition = "Condition";

/// What is looked for in one type.
struct Wanted {
  bool any_code = false;
  bool evidence = false;
  bool only_way = false;  // to the value of some input
  std::set<std::string> codes;
};

class Collector {
 public:
  explicit Collector(const Pathway& pathway) : pathway_(pathway) {}
  std::map<std::string, Wanted> Run();

 private:
  void AddInput(const Input& input);
  void AddSource(const SourceOfInput& source, bool decides = true);
  void AddFocus(const pathways::FocusKind& kind);
  void AddAction(const pathways::Action& action);
  void AddCodes(std::string_view type, const fhir::ValueSet* codes);
  void Follow(const Expression& expression);
  void Follow(const std::optional<Expression>& expression) {
    if (expression) Follow(*expression);
  }

  const Pathway& pathway_;
  std::map<std::string, Wanted> wanted_;
};

std::map<std::string, Wanted> Collector::Run() {
  wanted_[std::string(kPatient)] = {.any_code = true, .evidence = true};
  wanted_[std::string(kCondition)].evidence = true;
  AddCodes(kCondition, pathway_.condition);
  for (const Input& input : pathway_.inputs) AddInput(input);
  for (const pathways::FocusKind& kind : pathway_.foci) AddFocus(kind);
  for (const pathways::Action& action : pathway_.actions) AddAction(action);
  return std::move(wanted_);
}

void Collector::AddInput(const Input& input) {
  Follow(input.derive);
  Follow(input.prefer_status);
  if (input.prefer) {
    for (const pathways::Preference::Class& each : input.prefer->order) Follow(each.when);
  }
  for (const SourceOfInput& source : input.sources) {
    AddSource(source, !input.information);
    if (input.information) continue;  // what only informs is not missed
    const bool alone = std::ranges::all_of(
        input.sources, [&](const SourceOfInput& other) { return other.from == source.from; });
    if (alone && !input.if_none) wanted_[source.from].only_way = true;
  }
}

void Collector::AddSource(const SourceOfInput& source, bool decides) {
  if (decides) wanted_[source.from].evidence = true;
  AddCodes(source.from, source.code);
  Follow(source.where);
  Follow(source.value);
  Follow(source.time);
  Follow(source.label);
  for (const SourceOfInput::Entry& entry : source.map) Follow(entry.when);
}

void Collector::AddFocus(const pathways::FocusKind& kind) {
  for (const SourceOfInput& source : kind.instances) AddSource(source);
  for (const pathways::FocusKind::Step& step : kind.belongs) {
    Follow(step.via);
    for (const pathways::FocusKind::Step::Entry& entry : step.map) Follow(entry.when);
  }
}

void Collector::AddAction(const pathways::Action& action) {
  if (action.match == nullptr) return;
  for (const std::string& type : action.match_types) AddCodes(type, action.match);
}

// Characters that stand for themselves in a search parameter and in a URL.
bool IsPlain(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~:/").find(c) != std::string_view::npos;
  });
}

void Collector::AddCodes(std::string_view type, const fhir::ValueSet* codes) {
  Wanted& wanted = wanted_[std::string(type)];
  if (codes == nullptr) {
    wanted.any_code = true;
    return;
  }
  for (const fhir::Concept& concept_of : codes->concepts()) {
    if (!IsPlain(concept_of.system) || !IsPlain(concept_of.code)) {
      wanted.any_code = true;
    } else {
      wanted.codes.insert(concept_of.system + "|" + concept_of.code);
    }
  }
}

// Every "resolve().ofType(X)": the form in which pathways follow references.
void Collector::Follow(const Expression& expression) {
  constexpr std::string_view kStep = "resolve().ofType(";
  std::string_view text = expression.text();
  for (std::size_t at = text.find(kStep); at != std::string_view::npos; at = text.find(kStep)) {
    text.remove_prefix(at + kStep.size());
    const std::string_view type = text.substr(0, text.find(')'));
    if (!type.empty()) wanted_[std::string(type)].any_code = true;
  }
}

std::string KeyOf(std::string_view type) {
  std::string key(type);
  if (key.front() >= 'A' && key.front() <= 'Z') key.front() = static_cast<char>(key.front() + 32);
  if (type == kPatient) return key;
  if (key.ends_with('y')) return key.replace(key.size() - 1, 1, "ies");
  return key + "s";
}

std::string QueryOf(std::string_view type, const Wanted& wanted) {
  if (type == kPatient) return "Patient/{{context.patientId}}";
  const std::string all = std::string(type) + "?patient={{context.patientId}}";
  if (wanted.any_code || wanted.codes.empty()) return all;
  std::string query = all + "&code=";
  for (const std::string& code : wanted.codes) query.append(code).append(",");
  query.pop_back();
  return query.size() > kMaxQueryBytes ? all : query;
}

DataNeed NeedOf(const std::string& type, const Wanted& wanted) {
  const bool required = type == kPatient || type == kCondition;
  return {.key = KeyOf(type),
          .type = type,
          .query = QueryOf(type, wanted),
          .required = required,
          .evidence = wanted.evidence,
          .assumed_none = !required && !wanted.only_way};
}

}  // namespace

std::vector<DataNeed> DataNeedsOf(const Pathway& pathway) {
  std::vector<DataNeed> needs;
  for (const auto& [type, wanted] : Collector(pathway).Run()) needs.push_back(NeedOf(type, wanted));
  std::ranges::stable_partition(needs, [](const DataNeed& need) { return need.type == kPatient; });
  return needs;
}

std::string_view TypeOfKey(const std::vector<DataNeed>& needs, std::string_view key) {
  const auto need = std::ranges::find(needs, key, &DataNeed::key);
  return need == needs.end() ? std::string_view() : std::string_view(need->type);
}

std::vector<cards::DeliveryNote> DeliveryNotesOf(const std::vector<DataNeed>& needs,
                                                 const fhir::Record& record) {
  std::vector<cards::DeliveryNote> notes;
  for (const DataNeed& need : needs) {
    const Delivery state = record.delivery(need.type);
    const bool broken = state == Delivery::kFailed || state == Delivery::kIncomplete;
    if (state == Delivery::kDelivered || (!need.evidence && !broken)) continue;
    notes.push_back({.type = need.type, .state = state, .assumed_none = need.assumed_none});
  }
  return notes;
}

std::optional<fhir::Issue> MissingData(const std::vector<DataNeed>& needs,
                                       const fhir::Record& record) {
  for (const DataNeed& need : needs) {
    const Delivery state = record.delivery(need.type);
    if (!need.required || (state != Delivery::kAbsent && state != Delivery::kFailed)) continue;
    return fhir::Issue{
        fhir::IssueCode::kProcessing,
        "Needed data were neither prefetched nor can they be fetched: " + need.type + ".",
        "/prefetch/" + need.key};
  }
  return std::nullopt;
}

}  // namespace renal::hooks
