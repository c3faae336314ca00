#include "hooks/service.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "cards/json.h"
#include "fhir/digest.h"
#include "hooks/internal/decision.h"
#include "hooks/internal/reply.h"
#include "hooks/internal/shadow.h"

namespace renal::hooks {
namespace {

using Clock = std::chrono::steady_clock;
using fhir::Issue;
using fhir::IssueCode;
using internal::ErrorReply;
using internal::ServedSet;

// Far more than any evaluation takes that is not meant to harm.
constexpr std::chrono::seconds kEvaluateWithin{5};
constexpr std::string_view kServices = "/cds-services";
constexpr std::string_view kLive = "/health/live";
constexpr std::string_view kReady = "/health/ready";

// Notes of an exchange that are numbers.
constexpr std::string_view kCards = "cards";
constexpr std::string_view kEvaluation = "evaluation_us";

constexpr std::string_view kServiceRoute = "/cds-services/{id}";

/// The path without one slash at its end.
std::string_view WithoutSlash(std::string_view path) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path;
}

/// The id of "/cds-services/{id}"; empty for any other path.
std::string_view ServiceIdOf(std::string_view path) {
  path = WithoutSlash(path);
  if (!path.starts_with(kServices)) return {};
  path.remove_prefix(kServices.size());
  if (!path.starts_with('/')) return {};
  path.remove_prefix(path.starts_with("//") ? 2 : 1);
  return path;
}

HttpReply Status(std::string_view word) {
  return {.body = R"({"status":")" + std::string(word) + R"("})"};
}

// The limits of JSON are faults of the request's structure in the table of errors.
Issue OfRequest(Issue issue) {
  if (issue.code == IssueCode::kTooCostly) issue.code = IssueCode::kStructure;
  return issue;
}

HttpReply InLanguage(std::string body, const pathways::Pathway& pathway) {
  return {.body = std::move(body),
          .headers = {{"Content-Language", pathway.language}, {"Vary", "Accept-Language"}}};
}

/// The values of all its Accept-Language fields, as one list.
std::string AcceptLanguageOf(const HttpRequest& request) {
  std::string value;
  for (const auto& [name, text] : request.headers) {
    if (name == "accept-language") value.append(value.empty() ? "" : ", ").append(text);
  }
  return value;
}

bool IsCount(std::string_view note) { return note == kCards || note == kEvaluation; }

bool Offers(const std::vector<std::string>& hooks, const std::string& hook) {
  return std::ranges::find(hooks, hook) != hooks.end();
}

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

/// What is known about a call while it is answered.
struct Service::Call {
  const std::string& id;
  const ServedSet& set;
  const ServedSet::Edition& edition;
  std::string_view service;
  std::string_view body;
  HttpNotes notes;
  Clock::time_point began = Clock::now();
};

Service::Service(ServiceOptions options) : options_(std::move(options)), served_(SetOf(options_)) {}

Service::~Service() = default;

void Service::Replace(const ServedPathways& pathways) {
  served_.Replace(std::make_shared<const ServedSet>(pathways, options_.profile, options_.language));
}

HttpHandler Service::Handler() {
  return {.route = [this](std::string_view path) { return Route(path); },
          .answer = [this](const HttpRequest& request) { return Answer(request); },
          .error = [](int status, const Issue& issue) { return ErrorReply(status, issue); },
          .done = [this](const HttpExchange& exchange) { LogExchange(exchange); }};
}

RouteInfo Service::Route(std::string_view path) const {
  for (const std::string_view fixed : {kServices, kLive, kReady}) {
    if (WithoutSlash(path) == fixed) return {.known = true, .methods = {"GET"}, .name = fixed};
  }
  const std::string_view id = ServiceIdOf(path);
  if (id.empty() || HooksOfService(served_.Get()->pathway(), id).empty()) return {};
  return {.known = true,
          .methods = {"POST"},
          .body_limit = kMaxCallBytes,
          .name = kServiceRoute,
          .waits = true};
}

HttpReply Service::Answer(const HttpRequest& request) {
  const std::string id = NextId();
  try {
    return Dispatch(request, id);
  } catch (...) {
    // Neither the type nor the text of what was thrown: both may hold what came in.
    if (options_.log != nullptr) options_.log->Write(LogLevel::kError, "defect", {{"id", id}});
  }
  HttpReply reply = ErrorReply({IssueCode::kException, "The request met a defect here.", {}});
  reply.notes = {{"id", id}};
  return reply;
}

HttpReply Service::Dispatch(const HttpRequest& request, const std::string& id) {
  const std::string_view path = WithoutSlash(request.path);
  HttpReply reply;
  const std::shared_ptr<const ServedSet> set = served_.Get();
  const ServedSet::Edition& edition = EditionFor(*set, request);
  Call call{.id = id,
            .set = *set,
            .edition = edition,
            .service = ServiceIdOf(path),
            .body = request.body};
  if (path == kServices) {
    reply = InLanguage(edition.discovery, edition.evaluator.pathway());
  } else if (path == kLive) {
    reply = Status("live");
  } else if (path == kReady) {
    reply = Ready();
  } else {
    reply = AnswerHook(call);
  }
  reply.notes = std::move(call.notes);
  reply.notes.emplace_back("id", id);
  return reply;
}

HttpReply Service::Ready() const {
  if (draining_) return ErrorReply({IssueCode::kTransient, "The server is being stopped.", {}});
  if (options_.store != nullptr && !options_.store->health().ok) {
    return ErrorReply({IssueCode::kTransient, "Decisions cannot be stored.", {}});
  }
  return Status("ready");
}

HttpReply Service::AnswerHook(Call& call) {
  const std::vector<std::string> hooks = HooksOfService(call.set.pathway(), call.service);
  if (hooks.empty()) {
    return ErrorReply({IssueCode::kNotFound, "There is no service with this id.", {}});
  }
  call.notes.emplace_back("service", call.service);
  const auto document = fhir::JsonDocument::ParsePadded(call.body);
  if (!document) return ErrorReply(OfRequest(document.error()));
  const auto hook = ReadHookRequest(document->root());
  if (!hook) return ErrorReply(hook.error());
  call.notes.emplace_back("hook", hook->hook);
  call.notes.emplace_back("hook_instance", hook->hook_instance);
  if (!Offers(hooks, hook->hook)) {
    return ErrorReply({IssueCode::kValue, "This service does not offer this hook.", "/hook"});
  }
  const Evaluator& evaluator = call.edition.evaluator;
  const fhir::Record record = evaluator.RecordOf(*hook);
  if (const auto missing = MissingData(evaluator.needs(), record)) return ErrorReply(*missing);
  return AnswerRead(*hook, record, call);
}

HttpReply Service::AnswerRead(const HookRequest& request, const fhir::Record& record, Call& call) {
  const auto uuids = options_.determinism.UuidsFor(request);
  const Evaluator& evaluator = call.edition.evaluator;
  const auto expired = [&call] { return Clock::now() - call.began > kEvaluateWithin; };
  const auto evaluated =
      evaluator.Evaluate(request, record, options_.determinism.Now(), *uuids, expired);
  if (!evaluated) return ErrorReply(evaluated.error());
  const Evaluation& evaluation = *evaluated;
  const bool attach = options_.outcome && request.wants_outcome;
  cards::Response answer = evaluator.Answer(request, evaluation, *uuids, attach);
  ReportDefects(cards::Repair(answer), evaluation.outcome, call);
  if (!Keep(internal::DecisionOf(request, evaluation.outcome, answer), request, call)) {
    return ErrorReply({IssueCode::kTransient, "No further decision can be recorded now.", {}});
  }
  if (call.set.shadow) RunShadow(request, record, evaluation.outcome, call);
  const auto took =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - call.began);
  call.notes.emplace_back("outcome", pathways::Spelling(evaluation.outcome.kind));
  if (!evaluation.outcome.errors.empty()) {
    call.notes.emplace_back("evaluation_errors", std::to_string(evaluation.outcome.errors.size()));
  }
  call.notes.emplace_back(kCards, std::to_string(answer.cards.size()));
  call.notes.emplace_back(kEvaluation, std::to_string(took.count()));
  return InLanguage(cards::ResponseText(answer), evaluator.pathway());
}

// Whatever happens in shadow, the answer is given.
void Service::RunShadow(const HookRequest& request, const fhir::Record& record,
                        const pathways::Outcome& shown, const Call& call) {
  if (options_.log == nullptr) return;
  try {
    const auto uuids = options_.determinism.UuidsFor(request);
    const fhir::Result<Evaluation> shadow =
        call.set.shadow->Evaluate(request, record, options_.determinism.Now(), *uuids);
    if (!shadow) return options_.log->Write(LogLevel::kError, "shadow-defect", {{"id", call.id}});
    LogFields fields = internal::ShadowFields(shown, shadow.value().outcome);
    fields.insert(fields.begin(), {"id", call.id});
    options_.log->Write(LogLevel::kInfo, "shadow", fields);
  } catch (...) {
    options_.log->Write(LogLevel::kError, "shadow-defect", {{"id", call.id}});
  }
}

// Defects of ours, which nobody outside is told of: what was wrong with the answer is not in it,
// and an evaluation that failed gives no card.
void Service::ReportDefects(const std::vector<cards::Violation>& repaired,
                            const pathways::Outcome& outcome, const Call& call) {
  if (options_.log == nullptr) return;
  if (!repaired.empty()) {
    options_.log->Write(LogLevel::kError, "answer-repaired",
                        {{"id", call.id},
                         {"defects", static_cast<std::int64_t>(repaired.size())},
                         {"place", repaired.front().place}});
  }
  if (outcome.kind == pathways::OutcomeKind::kError) {
    options_.log->Write(LogLevel::kError, "evaluation-failed",
                        {{"id", call.id}, {"trace", outcome.trace_id}});
  }
}

bool Service::Keep(DecisionRecord record, const HookRequest& request, const Call& call) {
  if (options_.store == nullptr) return true;
  record.service = call.service;
  record.patient_key = options_.patient_key(request.patient_id);
  record.input_digest = fhir::Sha256Hex(call.body);
  return options_.store->Enqueue(std::move(record));
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
  const bool probe = exchange.route == kLive || exchange.route == kReady;
  options_.log->Write(probe && exchange.status < 400 ? LogLevel::kDebug : LogLevel::kInfo,
                      "request", fields);
}

std::string Service::NextId() { return std::to_string(++requests_); }

}  // namespace renal::hooks
