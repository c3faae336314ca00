#include "hooks/authenticate.h"

#include <chrono>
#include <string_view>
#include <utility>

#include "hooks/internal/believed_header.h"
#include "hooks/internal/route.h"

namespace renal::hooks {
namespace {

using fhir::Issue;
using fhir::IssueCode;
using internal::Route;
using internal::RouteKind;

constexpr std::string_view kServices = "/cds-services";
constexpr std::string_view kFeedback = "/feedback";
constexpr std::size_t kShortestExchange = 16;
constexpr std::size_t kLongestExchange = 128;

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

/// The exchange that a proxy of ours names; empty where there is none, or its name says too little
/// to be one of a kind.
std::string_view ExchangeOf(const internal::BelievedHeader& header, const HttpRequest& request) {
  const std::string_view name = internal::ValueOf(header, request);
  return name.size() >= kShortestExchange && name.size() <= kLongestExchange ? name
                                                                             : std::string_view();
}

/// What is asked of each request, ready to be used.
struct Rules {
  AuthPolicy policy;
  internal::BelievedHeader exchange;
};

Admission Admit(Authenticator& authenticator, const Rules& rules, const HttpRequest& request,
                std::string_view path) {
  const AuthPolicy& policy = rules.policy;
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
                                             .now = std::chrono::system_clock::now(),
                                             .exchange = ExchangeOf(rules.exchange, request)});
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
  auto exchange = internal::MakeBelievedHeader(policy.exchange_header, policy.exchange_proxies);
  return [authenticator = std::move(authenticator),
          rules = Rules{std::move(policy), std::move(exchange)}](const HttpRequest& request,
                                                                 std::string_view path) {
    return Admit(*authenticator, rules, request, path);
  };
}

}  // namespace renal::hooks
