#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "hooks/audit.h"
#include "hooks/caller.h"
#include "hooks/http_server.h"
#include "hooks/internal/route.h"
#include "hooks/internal/served_set.h"
#include "hooks/internal/service_series.h"
#include "hooks/trace_context.h"

namespace renal::hooks::internal {

/// What is known about a request while it is answered. The references are to things that outlive
/// the answer.
struct Call {
  const HttpRequest& request;
  const std::string& id;  ///< of the request, ours
  Route route;
  Caller caller;
  const Profiles& profiles;
  const ClientProfile& profile;  ///< of the caller, else of the path, else the default
  const ServedSet& set;
  const ServedSet::Edition& edition;
  const TraceContext& trace;
  const ServiceSeries& counts;
  AuditRecord* audit = nullptr;        ///< completed while it is answered; null: nobody audits
  const HookSeries* series = nullptr;  ///< of its hook; null: none, or nothing is counted
  HttpNotes notes;
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
};

/// An answer in the language of the call's edition.
inline HttpReply InLanguage(std::string body, const Call& call) {
  return {.body = std::move(body),
          .headers = {{"Content-Language", call.edition.evaluator.pathway().language},
                      {"Vary", "Accept-Language"}}};
}

}  // namespace renal::hooks::internal
