#pragma once

#include "fhir/result.h"
#include "hooks/http_server.h"

/// The one place where an Issue becomes an HTTP answer (decision D-11).
namespace renal::hooks::internal {

/// The status that stands for a code where the framing of HTTP does not say more: 400 for faults of
/// the request, 412 for missing data, and so on.
int StatusOf(fhir::IssueCode code);

/// An OperationOutcome with one issue, at most 4 KiB: the code, the sentence (at most 256
/// characters, with the JSON Pointer of the culprit behind it), and the culprit as an expression.
HttpReply ErrorReply(int status, const fhir::Issue& issue);
HttpReply ErrorReply(const fhir::Issue& issue);

/// The Issue of a body that is no JSON: its limits are faults of the request's structure in the
/// table of errors.
fhir::Issue OfBody(fhir::Issue issue);

}  // namespace renal::hooks::internal
