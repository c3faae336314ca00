#include <algorithm>
#include <array>

#include "pathways/definitions.h"
#include "pathways/internal/fhir_form_export.h"
#include "pathways/internal/fhir_form_parts.h"
#include "pathways/internal/json_tree.h"

namespace renal::pathways::internal {
namespace {

using fhir::Concept;
using fhir::JsonType;
using fhir::OwnJson;

// Source: FHIR R4, value set request-resource-types.
constexpr std::array kRequestTypes = {"Appointment",
                                      "AppointmentResponse",
                                      "CarePlan",
                                      "Claim",
                                      "CommunicationRequest",
                                      "Contract",
                                      "DeviceRequest",
                                      "EnrollmentRequest",
                                      "ImmunizationRecommendation",
                                      "MedicationRequest",
                                      "NutritionOrder",
                                      "ServiceRequest",
                                      "SupplyRequest",
                                      "Task",
                                      "VisionPrescription"};
// Source: FHIR R4, value set request-intent.
constexpr std::array kIntents = {"proposal",     "plan",           "directive",
                                 "order",        "original-order", "reflex-order",
                                 "filler-order", "instance-order", "option"};

template <class List>
bool Holds(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

bool HasOnly(const OwnJson& object, std::initializer_list<std::string_view> names) {
  return object.type == JsonType::kObject &&
         std::ranges::all_of(object.members, [&](const auto& member) {
           return std::ranges::find(names, member.first) != names.end() &&
                  (member.second.type != JsonType::kString || FitsString(member.second.text));
         });
}

bool IsCodeableConcept(const OwnJson* code) {
  if (code == nullptr || code->members.empty() || !HasOnly(*code, {"coding", "text"})) return false;
  return std::ranges::all_of(MemberAt(*code, "coding").items, [](const OwnJson& coding) {
    return !coding.members.empty() && FitsCode(TextAt(coding, "code")) &&
           HasOnly(coding, {"system", "version", "code", "display"});
  });
}

// A template that says no more than an ActivityDefinition can; what is made from one is a draft.
void PutTemplate(OwnJson& definition, std::vector<OwnJson>& extensions, const OwnJson& resource) {
  const std::string& type = TextAt(resource, "resourceType");
  const std::string& intent = TextAt(resource, "intent");
  const OwnJson* code = resource.Find("code");
  if (Holds(kRequestTypes, type)) Put(definition, "kind", type);
  if (IsCodeableConcept(code)) Put(definition, "code", *code);
  if (Holds(kIntents, intent)) Put(definition, "intent", intent);
  OwnJson whole = JsonObject();
  Put(whole, "resourceType", TextAt(definition, "kind"));
  Put(whole, "status", "draft");
  Put(whole, "intent", TextAt(definition, "intent"));
  Put(whole, "code", MemberAt(definition, "code"));
  if (SameJson(whole, resource, true)) return;
  extensions.push_back(ExtensionOf("template", resource));
}

// Concepts grouped by system, in their order.
OwnJson Compose(const std::vector<Concept>& concepts) {
  OwnJson includes = JsonList();
  const Concept* before = nullptr;
  for (const Concept& each : concepts) {
    if (!FitsUri(each.system) || !FitsCode(each.code)) continue;
    if (before == nullptr || before->system != each.system) {
      includes.items.push_back(JsonObject({{"system", JsonText(each.system)}}));
      includes.items.back().members.emplace_back("concept", JsonList());
    }
    OwnJson entry = JsonObject();
    Put(entry, "code", each.code);
    if (FitsString(each.display)) Put(entry, "display", each.display);
    includes.items.back().members.back().second.items.push_back(std::move(entry));
    before = &each;
  }
  if (includes.items.empty()) return {};
  return JsonObject({{"include", std::move(includes)}});
}

OwnJson ConceptsOf(const OwnJson& compose) {
  OwnJson list = JsonList();
  for (const OwnJson& include : MemberAt(compose, "include").items) {
    for (const OwnJson& each : MemberAt(include, "concept").items) {
      OwnJson entry = JsonObject();
      Put(entry, "system", TextAt(include, "system"));
      Put(entry, "code", TextAt(each, "code"));
      Put(entry, "display", TextAt(each, "display"));
      list.items.push_back(std::move(entry));
    }
  }
  return list;
}

OwnJson CodeFilter(const ExportContext& context, const std::string& type, const CodeNeed& need) {
  const bool medication = type.starts_with("Medication") && type != "Medication";
  OwnJson filter = JsonObject();
  Put(filter, "path", medication ? "medication" : type == "Encounter" ? "type" : "code");
  Put(filter, "valueSet", CanonicalOfSet(context, *need.codes));
  return filter;
}

// Source: FHIR R4, search parameters that hold the time of a resource.
std::string_view TimeParameter(std::string_view type) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kOther = {
      {{"Condition", "recorded-date"},
       {"MedicationRequest", "authoredon"},
       {"ServiceRequest", "authored"},
       {"MedicationAdministration", "effective-time"}}};
  constexpr std::array kDated = {"Observation",        "Procedure",          "DiagnosticReport",
                                 "Encounter",          "AllergyIntolerance", "CarePlan",
                                 "FamilyMemberHistory"};
  for (const auto& [name, parameter] : kOther) {
    if (name == type) return parameter;
  }
  return Holds(kDated, type) ? "date" : std::string_view();
}

OwnJson DateFilter(std::string_view type, std::int64_t days) {
  OwnJson duration = JsonObject();
  Put(duration, "value", JsonWhole(days));
  Put(duration, "unit", "d");
  Put(duration, "system", "http://unitsofmeasure.org");
  Put(duration, "code", "d");
  OwnJson filter = JsonObject();
  Put(filter, "searchParam", TimeParameter(type));
  Put(filter, "valueDuration", std::move(duration));
  return filter;
}

OwnJson RequirementOf(std::string_view type) {
  OwnJson requirement = JsonObject();
  Put(requirement, "type", type);
  return requirement;
}

}  // namespace

std::string CatalogueText(std::string_view name, std::string_view title) {
  static const OwnJson kCatalogue = [] {
    auto parsed = fhir::ReadOwnJson(EmbeddedFile("fhir-form.json").value_or("{}"));
    OwnJson* root = std::get_if<OwnJson>(&parsed);
    return root == nullptr ? OwnJson() : std::move(*root);
  }();
  std::string text = TextAt(kCatalogue, name);
  constexpr std::string_view kTitle = "{title}";
  if (const std::size_t at = text.find(kTitle); at != std::string::npos) {
    text.replace(at, kTitle.size(), title);
  }
  return text;
}

OwnJson CitationOf(std::string_view id, const OwnJson& source) {
  Leftover left(source);
  OwnJson artifact = JsonObject();
  const std::string display = left.Take("label");
  const std::string url = left.Take("url", FitsUri);
  Put(artifact, "extension", ExtensionList({left.Extension("citation")}));
  Put(artifact, "type", "citation");
  Put(artifact, "label", id);
  Put(artifact, "display", display);
  Put(artifact, "url", url);
  return artifact;
}

OwnJson CitationList(const ExportContext& context, const OwnJson* cite) {
  OwnJson list = JsonList();
  const OwnJson& sources = MemberAt(context.document, "sources");
  for (const std::string& id : TextList(cite)) {
    const OwnJson* source = sources.Find(id);
    if (source == nullptr) return JsonList();
    OwnJson artifact = JsonObject();
    Put(artifact, "type", "citation");
    Put(artifact, "label", id);
    if (FitsString(TextAt(*source, "label"))) Put(artifact, "display", TextAt(*source, "label"));
    if (FitsUri(TextAt(*source, "url"))) Put(artifact, "url", TextAt(*source, "url"));
    list.items.push_back(std::move(artifact));
  }
  return list;
}

namespace {

// What inputs give an order, where all of it can be said so.
OwnJson DynamicValues(const ExportContext& context, const OwnJson& set) {
  OwnJson list = JsonList();
  for (const OwnJson& each : set.items) {
    const std::string& text = TextAt(each, "expression");
    const std::string expression = context.names.ToFhir(text);
    const bool whole = HasOnly(each, {"path", "expression"}) && FitsString(text) &&
                       context.names.ToFile(expression) == text;
    if (!whole) return {};
    OwnJson value = JsonObject();
    Put(value, "language", kFhirPath);
    Put(value, "expression", expression);
    list.items.push_back(
        JsonObject({{"path", JsonText(TextAt(each, "path"))}, {"expression", std::move(value)}}));
  }
  return list;
}

// Template, and what inputs put into it.
void PutOrder(const ExportContext& context, const OwnJson& action, Leftover& left, OwnJson& body,
              std::vector<OwnJson>& extensions) {
  if (const OwnJson* resource = action.Find("resource");
      resource != nullptr && resource->type == JsonType::kObject) {
    left.Drop("resource");
    PutTemplate(body, extensions, *resource);
  }
  OwnJson dynamic = DynamicValues(context, MemberAt(action, "set"));
  if (!dynamic.items.empty()) left.Drop("set");
  Put(body, "dynamicValue", std::move(dynamic));
}

// `body` after what every resource begins with.
OwnJson ResourceOf(std::string_view type, std::string_view id, std::vector<OwnJson> extensions,
                   OwnJson body) {
  OwnJson resource = JsonObject({{"resourceType", JsonText(type)}});
  Put(resource, "id", FhirId(id));
  Put(resource, "extension", ExtensionList(std::move(extensions)));
  for (auto& [name, value] : body.members) Put(resource, name, std::move(value));
  return resource;
}

void PutSetTitle(const fhir::ValueSet& set, Leftover& left, OwnJson& body) {
  std::string title = left.Take("title");
  if (title.empty() && FitsString(set.title())) {
    title = set.title();
    left.Keep("titleOfFile", JsonFlag(true));
  }
  Put(body, "title", title);
}

void PutConcepts(const OwnJson& node, const fhir::ValueSet& set, Leftover& left, OwnJson& body) {
  OwnJson compose = Compose(set.concepts());
  const OwnJson* listed = node.Find("concepts");
  if (listed != nullptr && !listed->items.empty() && SameJson(ConceptsOf(compose), *listed)) {
    left.Drop("concepts");
  }
  Put(body, "compose", std::move(compose));
}

}  // namespace

std::string CanonicalOfSet(const ExportContext& context, const fhir::ValueSet& set) {
  if (!FitsUri(set.url())) return {};
  return set.url() + "|" + (set.version().empty() ? context.pathway.version : set.version());
}

OwnJson ActivityDefinitionOf(const ExportContext& context, std::size_t index) {
  const auto& [id, action] = MemberAt(context.document, "actions").members[index];
  Leftover left(action);
  OwnJson body = JsonObject();
  Put(body, "url", context.ResourceUrl("ActivityDefinition", FhirId(id)));
  PutIdentity(body, context);
  Put(body, "title", left.Take("title"));
  Put(body, "publisher", context.pathway.publisher);
  // Readers see the parameters put in; the file's text is kept where that makes a difference.
  const std::string& text = context.pathway.actions[index].text;
  if (FitsString(text)) Put(body, "description", text);
  if (TextAt(action, "text") == text) left.Take("text");
  OwnJson citations = CitationList(context, action.Find("cite"));
  if (!citations.items.empty()) left.Drop("cite");
  Put(body, "relatedArtifact", std::move(citations));
  std::vector<OwnJson> extensions;
  PutOrder(context, action, left, body, extensions);
  extensions.push_back(left.Extension("action"));
  return ResourceOf("ActivityDefinition", id, std::move(extensions), std::move(body));
}

OwnJson ValueSetOf(const ExportContext& context, std::size_t index) {
  const auto& [alias, node] = MemberAt(context.document, "valueSets").members[index];
  const fhir::ValueSet& set = *context.pathway.value_sets[index].second;
  Leftover left(node);
  OwnJson body = JsonObject();
  Put(body, "url", left.Take("url", FitsUri));
  const std::string version = left.Take("version");
  Put(body, "version", version.empty() ? context.pathway.version : version);
  if (version.empty()) left.Keep("inheritsVersion", JsonFlag(true));
  PutSetTitle(set, left, body);
  Put(body, "status", context.pathway.status);
  if (const OwnJson* flag = context.document.Find("experimental")) Put(body, "experimental", *flag);
  Put(body, "publisher", context.pathway.publisher);
  PutConcepts(node, set, left, body);
  return ResourceOf("ValueSet", alias, {left.Extension("value-set")}, std::move(body));
}

OwnJson DataRequirements(const ExportContext& context, const std::vector<TypeNeed>& needs) {
  OwnJson list = JsonList();
  for (const TypeNeed& need : needs) {
    if (need.any_code || need.codes.empty()) {
      list.items.push_back(RequirementOf(need.type));
      continue;
    }
    for (const CodeNeed& codes : need.codes) {
      OwnJson requirement = RequirementOf(need.type);
      Put(requirement, "codeFilter", JsonList({CodeFilter(context, need.type, codes)}));
      if (codes.limit_days && !TimeParameter(need.type).empty()) {
        Put(requirement, "dateFilter", JsonList({DateFilter(need.type, *codes.limit_days)}));
      }
      list.items.push_back(std::move(requirement));
    }
  }
  return list;
}

OwnJson LibraryOf(const ExportContext& context) {
  OwnJson library = JsonObject({{"resourceType", JsonText("Library")}});
  const std::string id = FhirId(context.pathway.id);
  Put(library, "id", id);
  Put(library, "url", context.ResourceUrl("Library", id));
  PutIdentity(library, context);
  Put(library, "title", CatalogueText("dataRequirements", context.pathway.title));
  Put(library, "type", JsonConcept("http://terminology.hl7.org/CodeSystem/library-type", "module-definition"));
  Put(library, "publisher", context.pathway.publisher);
  Put(library, "dataRequirement", DataRequirements(context, TypeNeedsOf(context.pathway)));
  return library;
}

}  // namespace renal::pathways::internal
