#include "hooks/internal/http_rules.h"

#include <algorithm>

namespace renal::hooks::internal {

using fhir::IssueCode;

const Refusal kCutOff{400, IssueCode::kStructure, "The request ended before it was complete."};
const Refusal kTooSlow{408, IssueCode::kTimeout, "The request took too long to arrive."};
const Refusal kNotKnown{404, IssueCode::kNotFound, "There is nothing at this path."};
const Refusal kDefect{500, IssueCode::kException, "The request met a defect of this server."};
const Refusal kOverload{503, IssueCode::kThrottled, "The server is busy; try again soon."};

namespace {

constexpr Refusal kMethod{405, IssueCode::kNotSupported, "This path does not have this method."};
constexpr Refusal kExpectation{417, IssueCode::kNotSupported,
                               "The only expectation is 100-continue."};
constexpr Refusal kMediaType{415, IssueCode::kNotSupported,
                             "The body must be application/json or application/fhir+json."};
constexpr Refusal kCoding{415, IssueCode::kNotSupported, "The body must not be encoded."};
constexpr Refusal kLongBody{413, IssueCode::kTooLong, "The body is longer than this path allows."};

bool Lists(const RouteInfo& route, std::string_view method) {
  return std::find(route.methods.begin(), route.methods.end(), method) != route.methods.end();
}

bool Allows(const RouteInfo& route, std::string_view method) {
  if (method == "OPTIONS" || Lists(route, method)) return true;
  return method == "HEAD" && Lists(route, "GET");
}

const Refusal* JudgeExpectation(const RequestHead& head) {
  const std::size_t count = CountFields(head, "expect");
  if (count == 0) return nullptr;
  const std::optional<std::string_view> only = OnlyField(head, "expect");
  return only && EqualsIgnoringCase(*only, "100-continue") ? nullptr : &kExpectation;
}

const Refusal* JudgePost(const RequestHead& head) {
  const std::size_t types = CountFields(head, "content-type");
  if (types > 1 || (types == 1 && !IsJsonMediaType(*OnlyField(head, "content-type")))) {
    return &kMediaType;
  }
  for (const auto& [name, value] : head.fields) {
    if (name == "content-encoding" && !EqualsIgnoringCase(value, "identity")) return &kCoding;
  }
  return nullptr;
}

bool IsUtf8Parameter(std::string_view parameter) {
  const std::size_t equals = parameter.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view value = parameter.substr(equals + 1);
  return EqualsIgnoringCase(parameter.substr(0, equals), "charset") &&
         (EqualsIgnoringCase(value, "utf-8") || EqualsIgnoringCase(value, "\"utf-8\""));
}

}  // namespace

const Refusal* Judge(const RequestHead& head, const RouteInfo& route) {
  if (!route.known) return &kNotKnown;
  if (!Allows(route, head.method)) return &kMethod;
  if (const Refusal* refusal = JudgeExpectation(head)) return refusal;
  if (head.method == "POST") {
    if (const Refusal* refusal = JudgePost(head)) return refusal;
  }
  return head.content_length > route.body_limit ? &kLongBody : nullptr;
}

bool AwaitsContinue(const RequestHead& head) {
  return head.http_1_1 && head.has_body() && CountFields(head, "expect") == 1;
}

bool OwnsOptions(const RouteInfo& route) { return Lists(route, "OPTIONS"); }

std::string AllowOf(const RouteInfo& route) {
  std::string text;
  for (const std::string_view method : route.methods) {
    if (method == "OPTIONS" || method == "HEAD") continue;
    text.append(method).append(", ");
    if (method == "GET") text.append("HEAD, ");
  }
  return text.append("OPTIONS");
}

bool IsJsonMediaType(std::string_view value) {
  const std::size_t end = std::min(value.find(';'), value.size());
  const std::string_view type = TrimSpaces(value.substr(0, end));
  if (!EqualsIgnoringCase(type, "application/json") &&
      !EqualsIgnoringCase(type, "application/fhir+json")) {
    return false;
  }
  return end == value.size() || IsUtf8Parameter(TrimSpaces(value.substr(end + 1)));
}

}  // namespace renal::hooks::internal
