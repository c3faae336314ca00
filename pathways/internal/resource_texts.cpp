#include <string>

#include "pathways/internal/facts.h"

// What people are shown of a resource, and where in it something stands.
namespace renal::pathways {

using fhir::Json;
using fhir::fhirpath::Node;

std::string DisplayOf(const Json& resource) {
  const Json code = CodeOf(resource);
  if (code["text"].is_string()) return std::string(code["text"].string());
  for (const Json::Entry entry : code["coding"]) {
    if (entry.value["display"].is_string()) return std::string(entry.value["display"].string());
  }
  return {};
}

namespace {

// A container's nodes stand behind it and before its next sibling in the document.
bool MayHold(const Json& container, const Json& node) { return container.index() <= node.index(); }

// "[2]" or "[2].valueQuantity": the element of `array` that is the node, or has it as a member.
std::string PathInArray(const Json& array, const Json& node) {
  std::size_t i = 0;
  std::size_t nearest = 0;
  Json element;
  for (const Json::Entry entry : array) {
    if (!MayHold(entry.value, node)) break;
    element = entry.value;
    nearest = i++;
  }
  std::string here = "[" + std::to_string(nearest) + "]";
  if (element == node) return here;
  for (const Json::Entry member : element) {
    if (member.value == node) return here + "." + std::string(member.name);
  }
  return {};
}

}  // namespace

std::string PathTo(const Json& resource, const Json& node) {
  if (!node) return {};
  Json::Entry holder{};
  for (const Json::Entry entry : resource) {
    if (!MayHold(entry.value, node)) break;
    holder = entry;
  }
  if (holder.value == node) return std::string(holder.name);
  if (!holder.value.is_array()) return {};
  const std::string path = PathInArray(holder.value, node);
  return path.empty() ? path : std::string(holder.name) + path;
}

Json TimeTextOf(const Node& node) {
  if (!node.json.is_object()) return node.json;
  const Json end = node.json["end"];
  return end ? end : node.json["start"];
}

}  // namespace renal::pathways
