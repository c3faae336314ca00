#pragma once

#include <optional>
#include <string_view>

#include "fhir/internal/fhirpath_program.h"

namespace renal::fhir::fhirpath {

/// What a type name asks for: "Quantity", "FHIR.Quantity" or "System.Quantity" (`space` without the
/// dot, or empty). Nothing if there is no such type.
std::optional<TypeTest> ResolveType(std::string_view space, std::string_view name);

/// The FHIR type of a node, or what its JSON says where it is not known; empty for a computed item.
std::string_view TypeNameOf(const Item& item);
std::string_view TypeNameOf(const Node& node);

/// The System type of a computed item as the language spells it, for example "Integer".
std::string_view SystemTypeName(const Item& item);

}  // namespace renal::fhir::fhirpath
