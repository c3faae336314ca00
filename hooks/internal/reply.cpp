#include "hooks/internal/reply.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "fhir/own_json.h"

namespace renal::hooks::internal {
namespace {

using fhir::IssueCode;

constexpr std::size_t kMaxDiagnostics = 256;

std::string Diagnostics(const fhir::Issue& issue) {
  std::string text = issue.diagnostics;
  if (issue.expression.starts_with('/')) {
    if (text.ends_with('.')) text.pop_back();
    text.append(": ").append(issue.expression);
  }
  if (text.size() > kMaxDiagnostics) text.resize(kMaxDiagnostics);
  return text;
}

/// "/context/patientId" as FHIR writes it: "context.patientId".
std::string Expression(std::string_view pointer) {
  std::string path(pointer.substr(pointer.starts_with('/') ? 1 : 0, kMaxDiagnostics));
  std::ranges::replace(path, '/', '.');
  return path;
}

}  // namespace

int StatusOf(IssueCode code) {
  switch (code) {
    case IssueCode::kStructure:
    case IssueCode::kRequired:
    case IssueCode::kValue:
    case IssueCode::kTooCostly:
      return 400;
    case IssueCode::kLogin:
      return 401;
    case IssueCode::kForbidden:
      return 403;
    case IssueCode::kNotFound:
      return 404;
    case IssueCode::kNotSupported:
      return 405;
    case IssueCode::kTimeout:
      return 408;
    case IssueCode::kProcessing:
      return 412;
    case IssueCode::kTooLong:
      return 413;
    case IssueCode::kThrottled:
      return 429;
    case IssueCode::kTransient:
      return 503;
    case IssueCode::kException:
      break;
  }
  return 500;
}

HttpReply ErrorReply(int status, const fhir::Issue& issue) {
  fhir::JsonWriter writer;
  writer.BeginObject().Member("resourceType", "OperationOutcome");
  writer.Key("issue").BeginArray().BeginObject();
  writer.Member("severity", "error").Member("code", fhir::Spelling(issue.code));
  writer.Member("diagnostics", Diagnostics(issue));
  if (!issue.expression.empty()) {
    writer.Key("expression").BeginArray().String(Expression(issue.expression)).EndArray();
  }
  writer.EndObject().EndArray().EndObject();
  HttpReply reply{.status = status, .body = writer.Take()};
  if (status == 503) reply.headers.emplace_back("Retry-After", "1");
  if (status == 401) reply.headers.emplace_back("WWW-Authenticate", "Bearer");
  return reply;
}

HttpReply ErrorReply(const fhir::Issue& issue) { return ErrorReply(StatusOf(issue.code), issue); }

fhir::Issue OfBody(fhir::Issue issue) {
  if (issue.code == IssueCode::kTooCostly) issue.code = IssueCode::kStructure;
  return issue;
}

}  // namespace renal::hooks::internal
