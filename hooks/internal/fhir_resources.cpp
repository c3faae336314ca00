#include "hooks/internal/fhir_resources.h"

#include <cstddef>
#include <set>
#include <variant>

#include "pathways/fhir_form.h"

namespace renal::hooks::internal {
namespace {

using fhir::JsonWriter;
using fhir::OwnJson;

constexpr std::string_view kPlan = "PlanDefinition";
constexpr std::string_view kApplyDefinition =
    "http://hl7.org/fhir/OperationDefinition/PlanDefinition-apply";

std::string TextAt(const OwnJson& object, std::string_view name) {
  const OwnJson* member = object.Find(name);
  return member == nullptr ? std::string() : member->text;
}

std::string Compact(const OwnJson& value) {
  JsonWriter writer;
  writer.Value(value);
  return writer.Take();
}

void WriteType(const std::string& type, bool readable, JsonWriter& writer) {
  writer.BeginObject().Member("type", type);
  if (readable) {
    writer.Key("interaction").BeginArray();
    writer.BeginObject().Member("code", "read").EndObject();
    writer.EndArray();
  }
  if (type == kPlan) {
    writer.Key("operation").BeginArray().BeginObject();
    writer.Member("name", "apply").Member("definition", kApplyDefinition);
    writer.EndObject().EndArray();
  }
  writer.EndObject();
}

std::string Capabilities(const std::string& date, const pathways::Pathway& pathway,
                         const std::set<std::string>& types, bool readable) {
  JsonWriter writer;
  writer.BeginObject().Member("resourceType", "CapabilityStatement");
  writer.Member("status", "active").Member("date", date).Member("kind", "instance");
  writer.Key("implementation").BeginObject().Member("description", pathway.title).EndObject();
  writer.Member("fhirVersion", "4.0.1");
  writer.Key("format").BeginArray().String("application/fhir+json").EndArray();
  writer.Key("rest").BeginArray().BeginObject().Member("mode", "server");
  writer.Key("resource").BeginArray();
  for (const std::string& type : types) WriteType(type, readable, writer);
  writer.EndArray().EndObject().EndArray().EndObject();
  return writer.Take();
}

}  // namespace

FhirResources::FhirResources(const OwnJson* document, const pathways::Pathway& pathway)
    : plan_id_(pathway.id) {
  if (document == nullptr) return;
  const auto bundle = pathways::ExportBundle(*document, pathway);
  const auto read = fhir::ReadOwnJson(bundle ? std::string_view(*bundle) : "{}");
  const auto* root = std::get_if<OwnJson>(&read);
  const OwnJson* entries = root == nullptr ? nullptr : root->Find("entry");
  std::set<std::string> types = {std::string(kPlan)};
  for (std::size_t i = 0; entries != nullptr && i < entries->items.size(); ++i) {
    const OwnJson* resource = entries->items[i].Find("resource");
    if (resource == nullptr) continue;
    const std::string type = TextAt(*resource, "resourceType");
    const std::string id = TextAt(*resource, "id");
    if (type == kPlan) plan_id_ = id;
    types.insert(type);
    texts_.emplace(std::string(type).append("/").append(id), Compact(*resource));
  }
  capabilities_ = Capabilities(TextAt(*document, "date"), pathway, types, !texts_.empty());
}

const std::string* FhirResources::Find(std::string_view type, std::string_view id) const {
  const auto found = texts_.find(std::string(type).append("/").append(id));
  return found == texts_.end() ? nullptr : &found->second;
}

}  // namespace renal::hooks::internal
