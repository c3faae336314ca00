#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "hooks/audit.h"
#include "hooks/caller.h"
#include "hooks/http_server.h"
#include "hooks/internal/route.h"
#include "hooks/request.h"
#include "hooks/store.h"
#include "hooks/trace_context.h"

/// What the audit trail says of a request, put together while it is answered.
namespace renal::hooks::internal {

/// Who called, proven.
void AuditCaller(const Caller& caller, AuditRecord& record);
/// Who was not let in, as far as that is known, and why: a code of ours.
void AuditRefusal(const Caller& caller, std::string_view reason, AuditRecord& record);
/// Which hook, about whom; patient and user by `key`, left out where that is empty.
void AuditHook(const HookRequest& request, const std::function<std::string(std::string_view)>& key,
               AuditRecord& record);
/// What was decided.
void AuditDecision(const DecisionRecord& decision, AuditRecord& record);

/// Adds the whole record of an answered request, if its route is one that the audit trail has:
/// hook calls, $apply, feedback, reads of what is stored; and every refusal.
void Audit(AuditRecord record, const Route& route, const std::string& id, const TraceContext& trace,
           const HttpReply& reply, AuditLog& log);

}  // namespace renal::hooks::internal
