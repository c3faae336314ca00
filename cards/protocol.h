#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "cards/card.h"

/// Versions of CDS Hooks, and what an answer must lose on its way to an older client.
namespace renal::cards {

/// 1.1 is the text balloted in 2020, which became 2.0.
enum class Protocol : std::uint8_t { k1_0, k1_1, k2_0, k3_0 };

const char* Spelling(Protocol protocol);  ///< "1.0", "1.1", "2.0", "3.0"
std::optional<Protocol> ReadProtocol(std::string_view text);

/// Takes out of a response what a client of that version does not know (cds-hooks.md section 1.1,
/// decision D-01). Expects what Repair() has seen.
///
/// 1.0: no card UUIDs, topics, override reasons, recommended suggestions and system actions; `any`
/// becomes `at-most-one`, since a client takes a card with a value that it does not know for an
/// error. 1.0 and 1.1: a delete names its resource by a string in `resource`.
void ConvertTo(Protocol protocol, Response& response);

}  // namespace renal::cards
