#pragma once

#include <string_view>

#include "fhir/internal/fhirpath_program.h"
#include "fhir/internal/fhirpath_values.h"

/// From a node to those that an element's name leads to.
namespace renal::fhir::fhirpath {

/// What one look through the members of an object finds.
struct Found {
  Json value;
  Json sibling;           ///< the value of "_name"
  std::string_view type;  ///< static text; empty where it is not known
};

/// The same where there may be more to find than one member of that name: a choice, or the sibling
/// of a primitive. `holder`: the object to look through. `element`: what the name is there; null if
/// that is not known.
Found Search(const Op& op, const Node& node, const Json& holder, const r4::Element* element);

/// Finds what RunNavigate() of `op` finds at `node`.
inline Found Look(const Op& op, const Node& node) {
  const Json& holder = node.json.is_object() ? node.json : node.sibling;
  if (!holder.is_object()) return {};
  const r4::Element* element = node.type.empty() ? nullptr : op.elements->Of(node.type.data());
  if (element == nullptr ? node.type.empty() : element->choice) {
    return Search(op, node, holder, element);
  }
  const r4::Type* type = element != nullptr ? element->types[0] : nullptr;
  const bool primitive = type == nullptr || type->primitive;
  if (primitive && JsonAccess::TapeOf(holder).underscored) {
    return Search(op, node, holder, element);
  }
  return {MemberOf(holder, op.member), {}, type != nullptr ? std::string_view(type->name) : ""};
}

inline bool IsNothing(JsonType type) {
  return type == JsonType::kAbsent || type == JsonType::kNull;
}

template <class Visit>
bool VisitOne(const Json& value, JsonType kind, const Json& sibling, std::string_view type,
              const Visit& visit) {
  if (IsNothing(kind)) return !sibling.is_object() || visit(Node{{}, type, sibling});
  if (kind == JsonType::kObject && (type.empty() || type == "Resource")) {
    return visit(ResourceNode(value));
  }
  return visit(Node{value, type, sibling});
}

/// Calls `visit` with each node of it, in document order, until that gives false; true if it never
/// did.
template <class Visit>
bool VisitFound(const Found& found, const Visit& visit) {
  const JsonType kind = found.value.type();
  const bool array = kind == JsonType::kArray || (IsNothing(kind) && found.sibling.is_array());
  if (!array) return VisitOne(found.value, kind, found.sibling, found.type, visit);
  // Values and siblings run side by side; each list may be the longer one.
  auto value = found.value.begin(), values_end = found.value.end();
  const bool beside = found.sibling.is_array();
  auto sibling = found.sibling.begin(), siblings_end = found.sibling.end();
  while (!(value == values_end) || (beside && !(sibling == siblings_end))) {
    Json one, other;
    if (!(value == values_end)) {
      one = (*value).value;
      ++value;
    }
    if (beside && !(sibling == siblings_end)) {
      other = (*sibling).value;
      ++sibling;
    }
    if (!VisitOne(one, one.type(), other, found.type, visit)) return false;
  }
  return true;
}

}  // namespace renal::fhir::fhirpath
