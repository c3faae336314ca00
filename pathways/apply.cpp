#include "pathways/apply.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "fhir/reference.h"
#include "pathways/internal/fhir_form_export.h"
#include "pathways/internal/fhir_form_parts.h"
#include "pathways/internal/json_tree.h"
#include "pathways/order_resource.h"

namespace renal::pathways {
namespace {

using fhir::OwnJson;
using internal::JsonConcept;
using internal::JsonList;
using internal::JsonObject;
using internal::JsonReference;
using internal::JsonText;
using internal::Put;

constexpr const char* kGroupId = "requests";

OwnJson Extension(std::string_view name, const char* value, std::string_view text) {
  if (text.empty()) return {};
  OwnJson extension = JsonObject();
  Put(extension, "url", internal::ExtensionUrl(name));
  Put(extension, value, text);
  return extension;
}

// Every action of a RequestGroup has a resource or actions inside (rqg-1): this says that there is
// none to have.
OwnJson NoResource() {
  OwnJson extension = JsonObject();
  Put(extension, "url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason");
  Put(extension, "valueCode", "not-applicable");
  return JsonObject({{"extension", JsonList({std::move(extension)})}});
}

/// Lines of one text.
std::string Lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

class ApplyWriter {
 public:
  ApplyWriter(const Outcome& outcome, const ApplyRequest& request)
      : outcome_(outcome), pathway_(*outcome.pathway), request_(request) {}

  OwnJson Run();

 private:
  using Results = std::vector<const Recommendation*>;
  OwnJson Codes(const std::vector<std::string>& codes) const;
  OwnJson Citations(const Recommendation& result) const;
  OwnJson ResultAction(const Results& results);
  OwnJson OptionAction(const Recommendation& result);
  OwnJson Creation(const Recommendation& result, const std::string& title);
  OwnJson NeedAction() const;
  OwnJson ConflictAction() const;
  OwnJson Actions();
  std::string FocusTitle(const Recommendation& result) const;
  std::string StrengthOf(const Recommendation& result) const;
  void PutIdentity(OwnJson& resource) const;
  void PutContext(OwnJson& resource) const;
  OwnJson Group();
  std::string Canonical() const { return pathway_.url + "|" + pathway_.version; }

  const Outcome& outcome_;
  const Pathway& pathway_;
  const ApplyRequest& request_;
  std::vector<OwnJson> orders_;
};

// As the topic of a card: the pathway is the system.
OwnJson ApplyWriter::Codes(const std::vector<std::string>& codes) const {
  OwnJson list = JsonList();
  for (const std::string& code : codes) list.items.push_back(JsonConcept(pathway_.url, code));
  return list;
}

OwnJson ApplyWriter::Citations(const Recommendation& result) const {
  OwnJson list = JsonList();
  for (const Index index : result.cite) {
    const Source& source = pathway_.sources[index];
    OwnJson artifact = JsonObject();
    Put(artifact, "type", "citation");
    Put(artifact, "label", source.id);
    Put(artifact, "display", source.label);
    if (internal::FitsUri(source.url)) Put(artifact, "url", source.url);
    list.items.push_back(std::move(artifact));
  }
  return list;
}

std::string ApplyWriter::FocusTitle(const Recommendation& result) const {
  if (result.focus_kind >= pathway_.foci.size()) return {};
  for (const auto& [key, title] : pathway_.foci[result.focus_kind].values) {
    if (key == result.focus) return title;
  }
  return {};  // a reference: it is in the extension
}

std::string ApplyWriter::StrengthOf(const Recommendation& result) const {
  return result.strength < pathway_.strengths.size() ? pathway_.strengths[result.strength].word
                                                     : std::string();
}

// The order, put among what is contained, as the creation of it; kAbsent where there is none.
OwnJson ApplyWriter::Creation(const Recommendation& result, const std::string& title) {
  if (!result.orderable) return {};
  OwnJson order = OrderResource(pathway_, result.action, result.focus_kind, result.focus,
                                {.patient_id = request_.patient_id,
                                 .encounter_id = request_.encounter_id,
                                 .requester = request_.practitioner,
                                 .authored_on = outcome_.evaluated_at,
                                 .outcome = &outcome_});
  if (order.type != fhir::JsonType::kObject) return {};
  const std::string id = "order-" + std::to_string(orders_.size() + 1);
  order.members.insert(order.members.begin() + 1, {"id", JsonText(id)});
  orders_.push_back(std::move(order));
  OwnJson creation = JsonObject();
  Put(creation, "title", title);
  Put(creation, "type",
      JsonConcept("http://terminology.hl7.org/CodeSystem/action-type", "create"));
  Put(creation, "resource", JsonReference("#" + id));
  return creation;
}

OwnJson ApplyWriter::OptionAction(const Recommendation& result) {
  const bool fact = result.action == kNone;
  const std::string title = fact ? result.summary : pathway_.actions[result.action].title;
  OwnJson option = JsonObject();
  Put(option, "extension",
      internal::ExtensionList(
          {Extension("strength", "valueCode", StrengthOf(result)),
           Extension("determination", "valueCode", Spelling(result.determination))}));
  Put(option, "title", title);
  std::vector<std::string> remarks = result.cautions;
  remarks.insert(remarks.end(), result.assumptions.begin(), result.assumptions.end());
  Put(option, "description", Lines(remarks));
  if (!fact) Put(option, "code", Codes({pathway_.actions[result.action].id}));
  OwnJson creation = Creation(result, title);
  if (creation.type == fhir::JsonType::kAbsent) {
    Put(option, "resource", NoResource());
  } else {
    Put(option, "action", JsonList({std::move(creation)}));
  }
  return option;
}

OwnJson ApplyWriter::ResultAction(const Results& results) {
  const Recommendation& first = *results.front();
  OwnJson action = JsonObject();
  Put(action, "extension",
      internal::ExtensionList({Extension("focus", "valueString", first.focus)}));
  const std::string title = first.summary.empty() ? first.rule : first.summary;
  const std::string focus = FocusTitle(first);
  Put(action, "title", focus.empty() ? title : title + " (" + focus + ")");
  Put(action, "description", Lines(first.because));
  Put(action, "priority", "routine");
  std::vector<std::string> rules = {first.rule};
  for (const std::string& rule : first.rules) {
    if (rule != first.rule) rules.push_back(rule);
  }
  Put(action, "code", Codes(rules));
  Put(action, "documentation", Citations(first));
  const auto [table, rule] = pathway_.FindRule(first.rule);
  if (rule != nullptr && !rule->choose.empty()) {
    Put(action, "selectionBehavior", rule->choose == "one" ? "at-most-one" : rule->choose);
  }
  OwnJson options = JsonList();
  for (const Recommendation* result : results) options.items.push_back(OptionAction(*result));
  Put(action, "action", std::move(options));
  return action;
}

OwnJson ApplyWriter::NeedAction() const {
  std::vector<std::string> questions;
  std::vector<std::string> inputs;
  for (const Question& question : outcome_.ask) {
    questions.push_back(pathway_.inputs[question.input].question);
    inputs.push_back(pathway_.inputs[question.input].name);
  }
  OwnJson action = JsonObject();
  Put(action, "title", internal::CatalogueText("needData", pathway_.title));
  Put(action, "description", Lines(questions));
  Put(action, "priority", "routine");
  Put(action, "code", Codes(inputs));
  Put(action, "resource", NoResource());
  return action;
}

// As on a card, whose indicator is a warning then (pathway-format 10.3).
OwnJson ApplyWriter::ConflictAction() const {
  OwnJson action = JsonObject();
  Put(action, "title", internal::CatalogueText("conflict", pathway_.title));
  Put(action, "description", Lines(outcome_.errors));
  Put(action, "priority", "urgent");
  Put(action, "code", Codes({Spelling(outcome_.kind)}));
  Put(action, "resource", NoResource());
  return action;
}

OwnJson ApplyWriter::Actions() {
  std::vector<Results> groups;
  for (const Recommendation& result : outcome_.recommendations) {
    const auto group = std::ranges::find_if(groups, [&](const Results& other) {
      return other.front()->rule == result.rule && other.front()->focus == result.focus;
    });
    if (group == groups.end()) {
      groups.push_back({&result});
    } else {
      group->push_back(&result);
    }
  }
  OwnJson actions = JsonList();
  if (outcome_.kind == OutcomeKind::kConflict) actions.items.push_back(ConflictAction());
  for (const Results& group : groups) actions.items.push_back(ResultAction(group));
  if (!outcome_.ask.empty()) actions.items.push_back(NeedAction());
  return actions;
}

// What CarePlan and RequestGroup have in common, up to what they are about.
void ApplyWriter::PutIdentity(OwnJson& resource) const {
  Put(resource, "instantiatesCanonical", JsonList(std::vector<std::string>{Canonical()}));
  Put(resource, "status", "draft");
  Put(resource, "intent", "proposal");
}

void ApplyWriter::PutContext(OwnJson& resource) const {
  const std::string patient = "Patient/" + std::string(request_.patient_id);
  const std::string encounter = "Encounter/" + std::string(request_.encounter_id);
  if (fhir::IsFhirId(request_.patient_id)) Put(resource, "subject", JsonReference(patient));
  if (fhir::IsFhirId(request_.encounter_id)) Put(resource, "encounter", JsonReference(encounter));
  if (fhir::IsReference(request_.practitioner)) {
    Put(resource, "author", JsonReference(request_.practitioner));
  }
}

OwnJson ApplyWriter::Group() {
  OwnJson group = JsonObject({{"resourceType", JsonText("RequestGroup")}});
  Put(group, "id", kGroupId);
  PutIdentity(group);
  PutContext(group);
  Put(group, "authoredOn", outcome_.evaluated_at);
  Put(group, "action", Actions());
  return group;
}

OwnJson ApplyWriter::Run() {
  std::vector<OwnJson> contained = {Group()};
  contained.insert(contained.end(), std::make_move_iterator(orders_.begin()),
                   std::make_move_iterator(orders_.end()));
  OwnJson plan = JsonObject({{"resourceType", JsonText("CarePlan")}});
  Put(plan, "contained", JsonList(std::move(contained)));
  Put(plan, "extension",
      internal::ExtensionList({Extension("trace-id", "valueString", outcome_.trace_id),
                               Extension("hash", "valueString", pathway_.hash),
                               Extension("outcome", "valueCode", Spelling(outcome_.kind)),
                               Extension("gate", "valueCode", outcome_.gate)}));
  PutIdentity(plan);
  Put(plan, "title", pathway_.title);
  Put(plan, "description", outcome_.gate_because);
  PutContext(plan);
  Put(plan, "created", outcome_.evaluated_at);
  OwnJson activity = JsonObject();
  Put(activity, "reference", JsonReference(std::string("#") + kGroupId));
  Put(plan, "activity", JsonList({std::move(activity)}));
  return plan;
}

}  // namespace

std::string ApplyAnswer(const Outcome& outcome, const ApplyRequest& request) {
  return internal::CompactText(ApplyWriter(outcome, request).Run());
}

}  // namespace renal::pathways
