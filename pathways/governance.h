#pragma once

#include <string>
#include <vector>

#include "fhir/date_time.h"
#include "pathways/pathway.h"

/// Whether a pathway may be evaluated, and for whom (pathway-format section 14).
namespace renal::pathways {

/// Why a pathway says nothing at that time: "retired", "not-yet-effective", "no-longer-effective";
/// empty where it may be evaluated. Days count in the zone of `now`. A draft may be: only a server
/// refuses it.
std::string GovernanceStop(const Pathway& pathway, const fhir::DateTime& now);

/// What keeps a server from showing the pathway's advice: a sentence each, with what to do.
enum class Reach { kLoopback, kBeyond };
std::vector<std::string> ServeObjections(const Pathway& pathway, Reach reach);

/// What keeps a server from running it in shadow: retired pathways are not.
std::vector<std::string> ShadowObjections(const Pathway& pathway);

}  // namespace renal::pathways
