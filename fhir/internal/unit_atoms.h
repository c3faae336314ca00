#pragma once

#include <optional>
#include <string_view>
#include <unordered_map>

#include "fhir/internal/unit_definition.h"

namespace renal::fhir::internal {

/// A unit that is not made of others in the text, for example "g", "m[Hg]" or "[lb_av]".
struct Atom {
  Magnitude magnitude;
  bool metric = false;   ///< takes a prefix
  bool special = false;  ///< stands alone: on another scale than its dimension, as "Cel"
};

using AtomTable = std::unordered_map<std::string_view, Atom>;

/// All atoms of the profile, by their case-sensitive code.
const AtomTable& Atoms();

/// The power of ten of a prefix ("m" gives -3); nothing for another text.
std::optional<int> PrefixPower(std::string_view prefix);

}  // namespace renal::fhir::internal
