#include "hooks/service.h"

#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

#include "hooks/internal/audit_call.h"
#include "hooks/internal/reply.h"
#include "hooks/internal/route_call.h"
#include "hooks/internal/route_console.h"
#include "hooks/internal/route_feedback.h"
#include "hooks/internal/route_fhir.h"
#include "hooks/internal/route_measures.h"

namespace renal::hooks {
namespace {

using fhir::Issue;
using fhir::IssueCode;
using internal::Call;
using internal::ErrorReply;
using internal::Route;
using internal::RouteKind;
using internal::ServedSet;
using Defect = internal::ServiceSeries::Defect;

HttpReply Status(std::string_view word) {
  return {.body = R"({"status":")" + std::string(word) + R"("})"};
}

/// The values of all its Accept-Language fields, as one list.
std::string AcceptLanguageOf(const HttpRequest& request) {
  std::string value;
  for (const auto& [name, text] : request.headers) {
    if (name == "accept-language") value.append(value.empty() ? "" : ", ").append(text);
  }
  return value;
}

bool IsCount(std::string_view note) {
  return note == internal::kCardsNote || note == internal::kQuietedNote ||
         note == internal::kEvaluationNote || internal::IsFeedbackCount(note);
}

// Orchestrators ask these without a token, and often.
bool IsProbe(RouteKind kind) { return kind == RouteKind::kLive || kind == RouteKind::kReady; }

// The one place that decides: whatever else may name a reader's language comes in by
// LanguageWishes.
const ServedSet::Edition& EditionFor(const ServedSet& set, const ClientProfile& profile,
                                     const HttpRequest& request) {
  const std::string accept = AcceptLanguageOf(request);
  return set.editions[DecideLanguage(set.offered, set.default_edition,
                                     {.profile = profile.language, .accept_language = accept})];
}

ServedPathways PathwaysOf(const ServiceOptions& options) {
  ServedPathways pathways{options.translations, options.shadow, options.document};
  pathways.editions.insert(pathways.editions.begin(), options.pathway);
  return pathways;
}

ServiceOptions WithProfiles(ServiceOptions options) {
  if (options.profiles == nullptr) options.profiles = Profiles::Shipped();
  if (options.profiles->Find(options.profile) == nullptr) {
    throw std::invalid_argument("no client profile has the name of the default one");
  }
  return options;
}

}  // namespace

Service::Service(ServiceOptions options)
    : options_(WithProfiles(std::move(options))),
      counts_(options_.metrics),
      serving_(Prepare(options_)),
      rate_(options_.limits.client_rate, options_.limits.client_burst) {
  WatchPathway();
}

Service::~Service() = default;

std::shared_ptr<const Service::Serving> Service::Prepare(ServiceOptions options) {
  ServedSet set(PathwaysOf(options), *options.profiles, options.language, options.metrics);
  return std::make_shared<const Serving>(Serving{std::move(options), std::move(set)});
}

void Service::Replace(ServiceOptions options) {
  options.log = options_.log;
  options.metrics = options_.metrics;
  options.audit = options_.audit;
  options.store = options_.store;
  options.console = options_.console;
  options.base_path = options_.base_path;
  serving_.Replace(Prepare(WithProfiles(std::move(options))));
}

void Service::WatchPathway() {
  if (options_.metrics == nullptr) return;
  options_.metrics->Watch(Metric::kPathway, [this](const Metrics::Show& show) {
    const std::shared_ptr<const Serving> serving = serving_.Get();
    const pathways::Pathway& pathway = serving->set.pathway();
    show(1, {pathway.id, pathway.version, pathway.hash, pathway.site_hash});
  });
  options_.metrics->Watch(Metric::kDraining,
                          [this](const Metrics::Show& show) { show(draining_ ? 1 : 0, {}); });
}

HttpHandler Service::Handler() {
  return {
      .route = [this](std::string_view path) { return RouteOf(path); },
      .answer = [this](const HttpRequest& request) { return Answer(request); },
      .client = [this](const HttpRequest& request) { return ClaimedClient(request); },
      .error = [](int status, const Issue& issue) { return ErrorReply(status, issue); },
      .finish = [this](const HttpRequest& request,
                       HttpReply& reply) { serving_.Get()->options.cors.Apply(request, reply); },
      .done =
          [this](const HttpExchange& exchange) {
            counts_.Add(exchange);
            LogExchange(exchange);
          }};
}

std::string Service::ClaimedClient(const HttpRequest& request) const {
  const std::shared_ptr<const Serving> serving = serving_.Get();
  const auto& claimed = serving->options.claimed_client;
  return claimed ? claimed(request) : std::string();
}

std::string_view Service::WithoutBase(std::string_view path) const {
  const std::string& base = options_.base_path;
  if (!base.empty() && path.starts_with(base)) path.remove_prefix(base.size());
  return path.empty() ? "/" : path;
}

RouteInfo Service::RouteOf(std::string_view path) const {
  const Route route = internal::FindRoute(WithoutBase(path));
  if (internal::IsConsole(route.kind)) return ConsoleRouteOf(route);
  const std::shared_ptr<const Serving> serving = serving_.Get();
  const ServiceOptions& options = serving->options;
  RouteInfo info{.known = true, .methods = {"GET"}, .name = internal::NameOf(route.kind)};
  switch (route.kind) {
    case RouteKind::kNone:
      return {};
    case RouteKind::kLive:
    case RouteKind::kReady:
      return info;
    case RouteKind::kDiscovery:
    case RouteKind::kCapabilities:
    case RouteKind::kResource:
      info.waits = options.authenticate != nullptr;
      info.known = Exists(*serving, route);
      return info;
    case RouteKind::kMeasures:
      info.waits = true;
      return info;
    default:
      break;
  }
  info.known = Exists(*serving, route);
  info.methods = {"POST"};
  info.body_limit = route.kind == RouteKind::kFeedback ? options.limits.feedback_bytes
                                                       : options.limits.call_bytes;
  info.waits = true;
  return info;
}

// What is asked of the store, or is made only when it is asked for, may take its time.
RouteInfo Service::ConsoleRouteOf(const Route& route) const {
  if (options_.console == nullptr) return {};
  const std::shared_ptr<const Serving> serving = serving_.Get();
  RouteInfo info{
      .known = internal::HasConsoleRoute(route, *options_.console, serving->set.pathway().id),
      .methods = {"GET"},
      .name = internal::NameOf(route.kind),
      .waits = true};
  if (route.kind == RouteKind::kPicture) {
    info.methods = {"POST"};
    info.body_limit = internal::kMaxPictureBytes;
  }
  return info;
}

// With authentication, whether anything exists is told to those alone who may know.
bool Service::Exists(const Serving& serving, const Route& route) {
  const ServiceOptions& options = serving.options;
  if (options.authenticate != nullptr) return true;
  const ServedSet* set = &serving.set;
  const ClientProfile* profile =
      options.profiles->Find(route.profile.empty() ? options.profile : route.profile);
  switch (route.kind) {
    case RouteKind::kCapabilities:
      return !set->fhir.capabilities().empty();
    case RouteKind::kResource:
      return set->fhir.Find(route.type, route.id) != nullptr;
    case RouteKind::kApply:
      return route.id == set->fhir.plan_id();
    case RouteKind::kCall:
    case RouteKind::kFeedback:
      return profile != nullptr && !HooksOfService(set->pathway(), *profile, route.id).empty();
    default:
      return profile != nullptr;
  }
}

HttpReply Service::Answer(const HttpRequest& request) {
  const std::string id = NextId();
  const TraceContext trace = TraceOf(request.headers);
  std::optional<AuditRecord> audit;
  if (options_.audit != nullptr) audit.emplace();
  HttpReply reply;
  try {
    const std::shared_ptr<const Serving> serving = serving_.Get();
    reply = Dispatch(*serving, request, id, trace, audit ? &*audit : nullptr);
  } catch (const std::bad_alloc&) {
    counts_.Add(Defect::kMemory);
    if (options_.log != nullptr) options_.log->Write(LogLevel::kError, "out-of-memory");
    throw;
  } catch (...) {
    // Neither the type nor the text of what was thrown: both may hold what came in.
    counts_.Add(Defect::kException);
    if (options_.log != nullptr) {
      options_.log->Write(LogLevel::kError, "defect", {{"id", id}, {"trace_id", trace.trace_id}});
    }
    reply = ErrorReply({IssueCode::kException, "The request met a defect here.", {}});
  }
  if (audit) {
    const Route route = internal::FindRoute(WithoutBase(request.path));
    internal::Audit(*std::move(audit), route, id, trace, reply, *options_.audit);
  }
  reply.notes.emplace_back("id", id);
  reply.notes.emplace_back("trace_id", trace.trace_id);
  return reply;
}

HttpReply Service::Dispatch(const Serving& serving, const HttpRequest& request,
                            const std::string& id, const TraceContext& trace, AuditRecord* audit) {
  const ServiceOptions& options = serving.options;
  const std::string_view path = WithoutBase(request.path);
  const Route route = internal::FindRoute(path);
  Admission admission;
  if (internal::IsConsole(route.kind) && options_.console != nullptr) {
    admission.refusal = options_.console->Refusal(request);
    admission.reason = "not-a-console-user";
  } else if (options.authenticate != nullptr && !IsProbe(route.kind)) {
    admission = options.authenticate(request, path);
  }
  if (admission.refusal) {
    HttpReply refused = ErrorReply(*admission.refusal);
    refused.notes = {{"refused", admission.reason}, {"client", admission.caller.client}};
    counts_.AddRefusal(admission.reason);
    if (audit != nullptr) internal::AuditRefusal(admission.caller, admission.reason, *audit);
    return refused;
  }
  if (!IsProbe(route.kind) && !IsWithinRate(request, admission.caller)) {
    HttpReply refused = ErrorReply({IssueCode::kThrottled, "This client calls too often.", {}});
    refused.headers.emplace_back("Retry-After", "1");
    refused.notes = {{"refused", "rate"}, {"client", admission.caller.client}};
    counts_.AddRate();
    if (audit != nullptr) internal::AuditRefusal(admission.caller, "rate", *audit);
    return refused;
  }
  HttpReply refusal;
  const ClientProfile* profile = ProfileFor(options, route, admission.caller, refusal);
  if (profile == nullptr) return refusal;
  const ServedSet* set = &serving.set;
  Call call{.request = request,
            .id = id,
            .route = route,
            .caller = std::move(admission.caller),
            .profiles = *options.profiles,
            .profile = *profile,
            .set = *set,
            .edition = EditionFor(*set, *profile, request),
            .trace = trace,
            .counts = counts_,
            .audit = audit};
  if (audit != nullptr) internal::AuditCaller(call.caller, *audit);
  HttpReply reply = AnswerCounted(options, call);
  reply.notes = std::move(call.notes);
  if (!call.caller.client.empty()) reply.notes.emplace_back("client", call.caller.client);
  return reply;
}

// Without authentication a client is an address.
bool Service::IsWithinRate(const HttpRequest& request, const Caller& caller) {
  const std::string_view client = caller.client.empty() ? request.peer : caller.client;
  return rate_.Take(client, std::chrono::steady_clock::now());
}

const ClientProfile* Service::ProfileFor(const ServiceOptions& options, const Route& route,
                                         const Caller& caller, HttpReply& refusal) {
  std::string_view name = route.profile.empty() ? options.profile : route.profile;
  if (!caller.profile.empty()) name = caller.profile;
  const ClientProfile* profile = options.profiles->Find(name);
  if (!route.profile.empty() && name != route.profile) {
    refusal = ErrorReply(
        {IssueCode::kForbidden, "The path names another client profile than the caller's.", {}});
    return nullptr;
  }
  if (profile == nullptr) {
    refusal = ErrorReply({IssueCode::kNotFound, "There is nothing at this path.", {}});
  }
  return profile;
}

// Counts an answer that is a defect, too.
HttpReply Service::AnswerCounted(const ServiceOptions& options, Call& call) {
  const auto count = [&call](int status) {
    if (call.series == nullptr) return;
    call.series->answers.Add(status);
    call.series->duration.Observe(std::chrono::steady_clock::now() - call.began);
  };
  try {
    HttpReply reply = AnswerRoute(options, call);
    count(reply.status);
    return reply;
  } catch (const std::bad_alloc&) {
    count(503);
    throw;
  } catch (...) {
    count(500);
    throw;
  }
}

HttpReply Service::AnswerRoute(const ServiceOptions& options, Call& call) {
  switch (call.route.kind) {
    case RouteKind::kDiscovery:
      return internal::InLanguage(call.edition.discovery[call.profiles.PlaceOf(call.profile.name)],
                                  call);
    case RouteKind::kCall:
      return internal::AnswerHookCall(call, options);
    case RouteKind::kCapabilities:
    case RouteKind::kResource:
      return internal::AnswerFhirRead(call);
    case RouteKind::kApply:
      return internal::AnswerApply(call, options);
    case RouteKind::kLive:
      return Status("live");
    case RouteKind::kReady:
      return Ready();
    case RouteKind::kFeedback:
      return internal::AnswerFeedbackCall(call, options);
    case RouteKind::kMeasures:
      return internal::AnswerMeasures(call, options);
    default:
      break;
  }
  if (internal::IsConsole(call.route.kind) && options.console != nullptr) {
    return internal::AnswerConsole(call, options);
  }
  return ErrorReply({IssueCode::kNotFound, "There is nothing at this path.", {}});
}

HttpReply Service::Ready() const {
  if (draining_) return ErrorReply({IssueCode::kTransient, "The server is being stopped.", {}});
  if (options_.store != nullptr && !options_.store->health().ok) {
    return ErrorReply({IssueCode::kTransient, "Decisions cannot be stored.", {}});
  }
  return Status("ready");
}

void Service::LogExchange(const HttpExchange& exchange) {
  if (options_.log == nullptr) return;
  LogFields fields = {{"method", std::string(exchange.method)},
                      {"route", std::string(exchange.route)},
                      {"status", exchange.status},
                      {"request_bytes", static_cast<std::int64_t>(exchange.request_bytes)},
                      {"response_bytes", static_cast<std::int64_t>(exchange.response_bytes)},
                      {"duration_us", exchange.duration.count()}};
  bool named = false;
  for (const auto& [name, value] : exchange.notes) {
    named = named || name == "id";
    if (IsCount(name)) {
      fields.emplace_back(name, std::stoll(value));
    } else {
      fields.emplace_back(name, value);
    }
  }
  if (!named) fields.emplace_back("id", NextId());
  // The probes of an orchestrator would hide everything else.
  const bool probe = exchange.route == internal::NameOf(RouteKind::kLive) ||
                     exchange.route == internal::NameOf(RouteKind::kReady);
  options_.log->Write(probe && exchange.status < 400 ? LogLevel::kDebug : LogLevel::kInfo,
                      "request", fields);
}

std::string Service::NextId() { return std::to_string(++requests_); }

}  // namespace renal::hooks
