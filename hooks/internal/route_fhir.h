#pragma once

#include "hooks/internal/call.h"
#include "hooks/service.h"

/// The FHIR side of the server: the pathway as resources, and `$apply`.
namespace renal::hooks::internal {

/// `GET {base}/fhir/metadata` and `GET {base}/fhir/{type}/{id}`: 200 with the resource, or 404.
HttpReply AnswerFhirRead(const Call& call);

/// `POST {base}/fhir/PlanDefinition/{id}/$apply`: 200 with a CarePlan (pathways/apply.h), made by
/// the same evaluation as the cards of a hook; 400 for Parameters that cannot be read or data that
/// would have to come from elsewhere; 404 for another plan; 412 where required data did not come;
/// 503 where no decision can be recorded.
HttpReply AnswerApply(Call& call, const ServiceOptions& options);

}  // namespace renal::hooks::internal
