#include "hooks/internal/service_series.h"

#include <algorithm>
#include <string>

#include "fhir/outgoing.h"
#include "hooks/auth_reason.h"
#include "hooks/fetch.h"
#include "hooks/internal/route.h"

namespace renal::hooks::internal {
namespace {

namespace call_fault = fhir::call_fault;

constexpr std::string_view kOther = "other";
constexpr std::string_view kOk = "ok";
constexpr std::string_view kNoConsoleUser = "not-a-console-user";

// The limits that an answer tells by its status alone.
constexpr std::pair<int, const char*> kLimits[] = {
    {408, "time"}, {413, "body"}, {414, "target"}, {431, "header"}};

// Nothing was asked of the server.
constexpr std::string_view kNotAsked[] = {call_fault::kNotAllowed, call_fault::kAddress,
                                          call_fault::kToken, call_fault::kBreaker,
                                          call_fault::kBusy};

constexpr std::string_view kFaults[] = {
    kOk,
    call_fault::kNotAllowed,
    call_fault::kAddress,
    call_fault::kToken,
    call_fault::kBreaker,
    call_fault::kBusy,
    call_fault::kUnresolved,
    call_fault::kUnreachable,
    call_fault::kTls,
    call_fault::kTimeout,
    call_fault::kBroken,
    call_fault::kTooLarge,
    call_fault::kEncoded,
    call_fault::kRedirect,
    call_fault::kRejected,
    call_fault::kServerFault,
    call_fault::kOddStatus,
    fetch_fault::kNotJson,
    fetch_fault::kOtherType,
    fetch_fault::kOtherPatient,
    fetch_fault::kServerError,
    kOther,
};

}  // namespace

ServiceSeries::ServiceSeries(Metrics* metrics) {
  if (metrics == nullptr) return;
  FindRoutes(*metrics);
  FindLimits(*metrics);
  FindCodes(*metrics);
  const char* const defects[] = {"exception", "out-of-memory", "evaluation-failed",
                                 "answer-repaired"};
  for (std::size_t i = 0; i < defects_.size(); ++i) {
    defects_[i] = metrics->CountOf(Metric::kDefects, {defects[i]});
  }
  const char* const results[] = {"stored", "repeated", "unverified", "failed"};
  for (std::size_t i = 0; i < feedback_.size(); ++i) {
    feedback_[i] = metrics->CountOf(Metric::kFeedback, {results[i]});
  }
  fhir_duration_ = metrics->TimingOf(Metric::kFhirDuration);
}

void ServiceSeries::FindRoutes(Metrics& metrics) {
  for (auto kind = RouteKind::kNone; kind <= RouteKind::kReady;
       kind = static_cast<RouteKind>(static_cast<int>(kind) + 1)) {
    const std::string_view name = NameOf(kind);
    const std::string label(name.empty() ? "none" : name);
    routes_.push_back({name, ClassCounts(metrics, Metric::kHttpRequests, {label}),
                       metrics.TimingOf(Metric::kHttpDuration, {label})});
  }
}

void ServiceSeries::FindLimits(Metrics& metrics) {
  const auto limit = [&](const char* name) { return metrics.CountOf(Metric::kLimits, {name}); };
  for (const auto& [status, name] : kLimits) limits_.emplace_back(status, limit(name));
  store_full_ = limit("store-queue");
  rate_ = limit("client-rate");
  feedback_limit_ = limit("feedback-unknown");
}

void ServiceSeries::FindCodes(Metrics& metrics) {
  const auto coded = [&](Metric metric, std::string_view code) {
    return std::pair(code, metrics.CountOf(metric, {std::string(code)}));
  };
  for (int i = 0; i <= static_cast<int>(AuthReason::kReplayStore); ++i) {
    refusals_.push_back(coded(Metric::kTokenRefusals, Spelling(static_cast<AuthReason>(i))));
  }
  refusals_.push_back(coded(Metric::kTokenRefusals, kNoConsoleUser));
  refusals_.push_back(coded(Metric::kTokenRefusals, kOther));
  for (const std::string_view fault : kFaults) fhir_.push_back(coded(Metric::kFhirRequests, fault));
}

// Codes that are not in the list, which ends with them, count as other.
void ServiceSeries::AddTo(const Coded& counts, std::string_view code) {
  if (counts.empty()) return;
  const auto found = std::ranges::find(counts, code, &Coded::value_type::first);
  (found == counts.end() ? counts.back() : *found).second.Add();
}

void ServiceSeries::Add(const HttpExchange& exchange) const {
  const auto route = std::ranges::find(routes_, exchange.route, &Route::name);
  if (route == routes_.end()) return;
  route->answers.Add(exchange.status);
  route->duration.Observe(exchange.duration);
  if (exchange.status < 400) return;
  const auto limit = std::ranges::find(limits_, exchange.status, &std::pair<int, Count>::first);
  if (limit != limits_.end()) limit->second.Add();
}

void ServiceSeries::AddRefusal(std::string_view reason) const { AddTo(refusals_, reason); }

void ServiceSeries::AddFeedback(std::size_t stored, std::size_t repeated, std::size_t unverified,
                                std::size_t failed) const {
  const std::size_t results[] = {stored, repeated, unverified, failed};
  for (std::size_t i = 0; i < feedback_.size(); ++i) {
    if (results[i] > 0) feedback_[i].Add(static_cast<double>(results[i]));
  }
}

void ServiceSeries::AddFhir(std::string_view fault, std::chrono::nanoseconds took) const {
  AddTo(fhir_, fault.empty() ? kOk : fault);
  const bool asked = std::ranges::find(kNotAsked, fault) == std::end(kNotAsked);
  if (asked) fhir_duration_.Observe(took);
}

}  // namespace renal::hooks::internal
