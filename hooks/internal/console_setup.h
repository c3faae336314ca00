#pragma once

#include <string>

#include "hooks/console.h"
#include "hooks/internal/call.h"
#include "hooks/service.h"

/// What the console page has to know before it can ask anything.
namespace renal::hooks::internal {

/// One JSON object, in the language of the call: client profiles, languages, samples, and of the
/// pathway the words and kinds of what outcomes name by id: inputs with their values and the limits
/// of the rules, tables, rules, actions, checks, sources.
std::string SetupText(const Call& call, const Console& console, const ServiceOptions& options);

}  // namespace renal::hooks::internal
