#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "fhir/internal/fhirpath_shape.h"

namespace renal::fhir::fhirpath {

/// What a function takes and gives, for the static checker.
struct Signature {
  /// `kElements`, `kSame` and `kFirst` give items of the input: all, any number, at most one.
  enum class Gives : std::uint8_t { kValue, kSame, kFirst, kSpecial };

  std::string_view name;
  Kinds input = kind::kAll;  ///< what it works on
  bool one = false;          ///< works on one item
  Gives gives = Gives::kValue;
  Kinds value = 0;  ///< kValue: the types of the one item that it gives
  /// Of each argument that is evaluated; kAll takes a collection, everything else one item.
  std::array<Kinds, 2> arguments = {kind::kAll, kind::kAll};
};

/// Null for a name that is no function.
const Signature* FindSignature(std::string_view name);

}  // namespace renal::fhir::fhirpath
