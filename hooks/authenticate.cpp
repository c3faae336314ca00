#include "hooks/authenticate.h"

#include <chrono>
#include <string_view>
#include <utility>

#include "hooks/internal/route.h"

namespace renal::hooks {
namespace {

using fhir::Issue;
using fhir::IssueCode;
using internal::Route;
using internal::RouteKind;

constexpr std::string_view kServices = "/cds-services";
constexpr std::string_view kFeedback = "/feedback";

// One constant text for each status: nothing in it depends on the token.
Issue IssueOf(int status) {
  if (status == 401) return {IssueCode::kLogin, "A valid token of a known client is needed.", {}};
  if (status == 403) return {IssueCode::kForbidden, "This client may not call this.", {}};
  return {IssueCode::kTransient, "Tokens cannot be checked now.", {}};
}

Admission Refused(AuthReason reason, Caller caller) {
  return {.caller = std::move(caller),
          .refusal = IssueOf(StatusOf(reason)),
          .reason = std::string(Spelling(reason))};
}

/// The paths that `aud` may name: without a slash at the end and without the empty segment that
/// some clients send, and for feedback also that of its service.
std::vector<std::string> PathsOf(const Route& route, std::string_view path) {
  std::string services = route.profile.empty() ? "" : "/" + std::string(route.profile);
  services += kServices;
  const std::string service = services + '/' + std::string(route.id);
  switch (route.kind) {
    case RouteKind::kDiscovery:
      return {services};
    case RouteKind::kCall:
      return {service};
    case RouteKind::kFeedback:
      return {service + std::string(kFeedback), service};
    default:
      return {std::string(path.ends_with('/') ? path.substr(0, path.size() - 1) : path)};
  }
}

std::vector<std::string_view> AuthorizationOf(const HttpRequest& request) {
  std::vector<std::string_view> values;
  for (const auto& [name, value] : request.headers) {
    if (name == "authorization") values.push_back(value);
  }
  return values;
}

Admission Admit(Authenticator& authenticator, const AuthPolicy& policy, const HttpRequest& request,
                std::string_view path) {
  const Route route = internal::FindRoute(path);
  if (policy.open_discovery && route.kind == RouteKind::kDiscovery) return {};
  // The resources of the pathway are those of every service.
  const std::string_view service =
      route.kind == RouteKind::kResource ? std::string_view() : route.id;
  const std::vector<std::string_view> authorization = AuthorizationOf(request);
  const std::vector<std::string> paths = PathsOf(route, path);
  const std::vector<std::string_view> views(paths.begin(), paths.end());
  auto outcome = authenticator.Authenticate({.authorization = authorization,
                                             .paths = views,
                                             .service = service,
                                             .now = std::chrono::system_clock::now()});
  if (const auto* refusal = std::get_if<AuthRefusal>(&outcome)) {
    Caller known;
    if (refusal->client) known.client = authenticator.client(*refusal->client).name;
    return Refused(refusal->reason, std::move(known));
  }
  auto& proven = std::get<AuthCaller>(outcome);
  Caller caller{.client = authenticator.client(proven.client).name,
                .tenant = std::move(proven.tenant),
                .profile = policy.profiles[proven.client]};
  const std::string& profile = caller.profile.empty() ? policy.default_profile : caller.profile;
  if (!route.profile.empty() && route.profile != profile) {
    return Refused(AuthReason::kProfileForbidden, std::move(caller));
  }
  return {.caller = std::move(caller)};
}

}  // namespace

std::function<std::string(const HttpRequest&)> ClaimedClientBy(
    std::shared_ptr<const Authenticator> authenticator) {
  return [authenticator = std::move(authenticator)](const HttpRequest& request) {
    const auto client = authenticator->Claimed(AuthorizationOf(request));
    return client ? authenticator->client(*client).name : std::string();
  };
}

Authenticate AuthenticateBy(std::shared_ptr<Authenticator> authenticator, AuthPolicy policy) {
  return [authenticator = std::move(authenticator), policy = std::move(policy)](
             const HttpRequest& request, std::string_view path) {
    return Admit(*authenticator, policy, request, path);
  };
}

}  // namespace renal::hooks
