#include "hooks/internal/audit_call.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace renal::hooks::internal {
namespace {

using Kind = AuditRecord::Kind;

// What everybody may read, and probes, are of no interest.
std::optional<Kind> KindOf(RouteKind route) {
  switch (route) {
    case RouteKind::kCall:
      return Kind::kDecision;
    case RouteKind::kApply:
      return Kind::kApply;
    case RouteKind::kFeedback:
      return Kind::kFeedback;
    case RouteKind::kMeasures:
    case RouteKind::kHistory:
    case RouteKind::kStored:
      return Kind::kRead;
    default:
      return std::nullopt;
  }
}

/// The id of the service, once the route has found it to be one of ours.
std::string ServiceOf(const HttpReply& reply) {
  const auto note = std::ranges::find(reply.notes, "service", &HttpNotes::value_type::first);
  return note == reply.notes.end() ? std::string() : note->second;
}

}  // namespace

void AuditCaller(const Caller& caller, AuditRecord& record) {
  record.client = caller.client;
  record.tenant = caller.tenant;
}

void AuditRefusal(const Caller& caller, std::string_view reason, AuditRecord& record) {
  record.client = caller.client;  // its tenant was not proven
  record.kind = Kind::kRefusal;
  record.reason = reason;
}

void AuditHook(const HookRequest& request, const std::function<std::string(std::string_view)>& key,
               AuditRecord& record) {
  record.hook = request.hook;
  record.hook_instance = request.hook_instance;
  if (!key) return;
  record.patient_key = key(request.patient_id);
  if (!request.user.empty()) record.user_key = key(request.user);
}

void AuditDecision(const DecisionRecord& decision, AuditRecord& record) {
  record.decision = decision.id;
  record.outcome = decision.outcome;
  record.pathway_url = decision.pathway_url;
  record.pathway_version = decision.pathway_version;
  record.pathway_hash = decision.pathway_hash;
  for (const DecisionCard& card : decision.cards) record.cards.push_back(card.uuid);
}

void Audit(AuditRecord record, const Route& route, const std::string& id, const TraceContext& trace,
           const HttpReply& reply, AuditLog& log) {
  if (record.kind != Kind::kRefusal) {
    const auto kind = KindOf(route.kind);
    if (!kind) return;
    record.kind = *kind;
  }
  record.at = std::chrono::system_clock::now();
  record.status = reply.status;
  record.route = NameOf(route.kind);
  record.service = ServiceOf(reply);
  record.request_id = id;
  record.trace_id = trace.trace_id;
  log.Add(std::move(record));
}

}  // namespace renal::hooks::internal
