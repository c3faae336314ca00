#include "hooks/service.h"

#include <memory>
#include <utility>

#include "hooks/internal/reply.h"
#include "hooks/internal/route_call.h"
#include "hooks/internal/route_feedback.h"
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
const ServedSet::Edition& EditionFor(const ServedSet& set, const HttpRequest& request) {
  const std::string accept = AcceptLanguageOf(request);
  return set
      .editions[DecideLanguage(set.offered, set.default_edition, {.accept_language = accept})];
}

std::shared_ptr<const ServedSet> SetOf(const ServiceOptions& options) {
  ServedPathways pathways{options.translations, options.shadow};
  pathways.editions.insert(pathways.editions.begin(), options.pathway);
  return std::make_shared<const ServedSet>(pathways, options.profile, options.language);
}

}  // namespace

Service::Service(ServiceOptions options) : options_(std::move(options)), served_(SetOf(options_)) {}

Service::~Service() = default;

void Service::Replace(const ServedPathways& pathways) {
  served_.Replace(std::make_shared<const ServedSet>(pathways, options_.profile, options_.language));
}

HttpHandler Service::Handler() {
  return {.route = [this](std::string_view path) { return RouteOf(path); },
          .answer = [this](const HttpRequest& request) { return Answer(request); },
          .error = [](int status, const Issue& issue) { return ErrorReply(status, issue); },
          .finish = [this](const HttpRequest& request,
                           HttpReply& reply) { options_.cors.Apply(request, reply); },
          .done = [this](const HttpExchange& exchange) { LogExchange(exchange); }};
}

std::string_view Service::WithoutBase(std::string_view path) const {
  const std::string& base = options_.base_path;
  if (!base.empty() && path.starts_with(base)) path.remove_prefix(base.size());
  return path;
}

RouteInfo Service::RouteOf(std::string_view path) const {
  const Route route = internal::FindRoute(WithoutBase(path));
  RouteInfo info{.known = true, .methods = {"GET"}, .name = internal::NameOf(route.kind)};
  switch (route.kind) {
    case RouteKind::kNone:
      return {};
    case RouteKind::kLive:
    case RouteKind::kReady:
      return info;
    case RouteKind::kDiscovery:
      info.waits = options_.authenticate != nullptr;
      return info;
    case RouteKind::kMeasures:
      info.waits = true;
      return info;
    case RouteKind::kCall:
    case RouteKind::kFeedback:
      break;
  }
  // With authentication, whether a service exists is told to those alone who may know.
  info.known = options_.authenticate != nullptr ||
               !HooksOfService(served_.Get()->pathway(), route.id).empty();
  info.methods = {"POST"};
  info.body_limit = route.kind == RouteKind::kCall ? kMaxCallBytes : kMaxFeedbackBytes;
  info.waits = true;
  return info;
}

HttpReply Service::Answer(const HttpRequest& request) {
  const std::string id = NextId();
  HttpReply reply;
  try {
    reply = Dispatch(request, id);
  } catch (...) {
    // Neither the type nor the text of what was thrown: both may hold what came in.
    if (options_.log != nullptr) options_.log->Write(LogLevel::kError, "defect", {{"id", id}});
    reply = ErrorReply({IssueCode::kException, "The request met a defect here.", {}});
  }
  reply.notes.emplace_back("id", id);
  return reply;
}

HttpReply Service::Dispatch(const HttpRequest& request, const std::string& id) {
  const std::string_view path = WithoutBase(request.path);
  const Route route = internal::FindRoute(path);
  Admission admission;
  if (options_.authenticate != nullptr && !IsProbe(route.kind)) {
    admission = options_.authenticate(request, path);
  }
  if (admission.refusal) {
    HttpReply refused = ErrorReply(*admission.refusal);
    refused.notes = {{"refused", admission.reason}, {"client", admission.caller.client}};
    return refused;
  }
  const std::shared_ptr<const ServedSet> set = served_.Get();
  Call call{.request = request,
            .id = id,
            .route = route,
            .caller = std::move(admission.caller),
            .set = *set,
            .edition = EditionFor(*set, request)};
  HttpReply reply = AnswerRoute(call);
  reply.notes = std::move(call.notes);
  if (!call.caller.client.empty()) reply.notes.emplace_back("client", call.caller.client);
  return reply;
}

HttpReply Service::AnswerRoute(Call& call) {
  switch (call.route.kind) {
    case RouteKind::kDiscovery:
      return internal::InLanguage(call.edition.discovery, call);
    case RouteKind::kCall:
      return internal::AnswerHookCall(call, options_);
    case RouteKind::kLive:
      return Status("live");
    case RouteKind::kReady:
      return Ready();
    case RouteKind::kFeedback:
      return internal::AnswerFeedbackCall(call, options_);
    case RouteKind::kMeasures:
      return internal::AnswerMeasures(call, options_);
    case RouteKind::kNone:
      break;
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
