#pragma once

#include <cstddef>
#include <string>

#include "cards/card.h"
#include "fhir/own_json.h"

namespace renal::cards {

/// Writes the body of a CDS Hooks answer. Whatever is empty is left out, but `cards`, which is
/// always there. Resources and extensions are written as they are; one that is absent is left out.
///
/// Expects a response that Repair() has seen (`cards/invariants.h`).
void WriteResponse(const Response& response, fhir::JsonWriter& writer);

/// As WriteResponse(), as text.
std::string ResponseText(const Response& response);

/// A bound of ResponseText(response).size(), found without writing it: what it would have if each
/// character of a text took the longest escape.
std::size_t MostBytes(const Response& response);

}  // namespace renal::cards
