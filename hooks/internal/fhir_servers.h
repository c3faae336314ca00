#pragma once

#include <map>
#include <string>
#include <vector>

#include "fhir/outgoing.h"
#include "fhir/result.h"
#include "hooks/config.h"

namespace renal::hooks::internal {

/// The FHIR servers that calls may name, as ServiceOptions::fhir_servers has them: of each client
/// its own, and under the empty name those of the file, for callers without authentication. Fails
/// with sentences for the operator, a line each.
fhir::Result<std::map<std::string, std::vector<fhir::AllowedServer>>> ReadFhirServers(
    const Config& config);

}  // namespace renal::hooks::internal
