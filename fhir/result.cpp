#include "fhir/result.h"

namespace renal::fhir {

const char* Spelling(IssueCode code) {
  switch (code) {
    case IssueCode::kStructure: return "structure";
    case IssueCode::kRequired: return "required";
    case IssueCode::kValue: return "value";
    case IssueCode::kLogin: return "login";
    case IssueCode::kForbidden: return "forbidden";
    case IssueCode::kNotFound: return "not-found";
    case IssueCode::kNotSupported: return "not-supported";
    case IssueCode::kTimeout: return "timeout";
    case IssueCode::kTooLong: return "too-long";
    case IssueCode::kTooCostly: return "too-costly";
    case IssueCode::kProcessing: return "processing";
    case IssueCode::kThrottled: return "throttled";
    case IssueCode::kTransient: return "transient";
    case IssueCode::kException: return "exception";
  }
  return "exception";
}

}  // namespace renal::fhir
