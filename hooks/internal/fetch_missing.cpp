#include "hooks/internal/fetch_missing.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace renal::hooks::internal {
namespace {

namespace call_fault = fhir::call_fault;

const fhir::AllowedServer* ServerFor(const HookRequest& request, const Call& call,
                                     const ServiceOptions& options) {
  const auto servers = options.fhir_servers.find(call.caller.client);
  return servers == options.fhir_servers.end() ? nullptr
                                               : FindServer(servers->second, request.fhir_server);
}

std::vector<FetchedDatum> FetchAside(const std::vector<FetchTask>& tasks, const FetchSource& source,
                                     const HookRequest& request, const Call& call,
                                     const ServiceOptions& options) {
  const TemplateValues values{
      .patient_id = request.patient_id, .user = request.user, .encounter_id = request.encounter_id};
  const Harmless harmless = [&request](const fhir::Json& outcome) {
    return IsHarmless(*request.profile, outcome);
  };
  std::vector<FetchedDatum> data;
  const auto wait = [&] { data = Fetch(tasks, source, values, options.fetch, harmless); };
  if (!call.request.aside) {
    wait();
  } else if (!call.request.aside(wait)) {
    return Refuse(tasks, call_fault::kBusy);
  }
  return data;
}

// For the log: how many, and which codes of ours.
void Note(const std::vector<FetchedDatum>& data, Call& call) {
  std::set<std::string> reasons;
  std::size_t fetched = 0;
  for (const FetchedDatum& datum : data) {
    fetched += datum.state == DatumState::kFetched || datum.state == DatumState::kNone;
    if (!datum.reason.empty()) reasons.insert(datum.reason);
  }
  std::string list;
  for (const std::string& reason : reasons) list += (list.empty() ? "" : " ") + reason;
  call.notes.emplace_back("fetched", std::to_string(fetched));
  if (!list.empty()) call.notes.emplace_back("fetch_faults", list);
}

}  // namespace

std::vector<FetchedDatum> FetchMissing(const HookRequest& request, const Ledger& ledger, Call& call,
                                       const ServiceOptions& options) {
  if (request.fhir_server.empty()) return {};
  const std::vector<FetchTask> tasks = call.edition.evaluator.TasksOf(request, ledger);
  if (tasks.empty()) return {};
  const fhir::AllowedServer* server = ServerFor(request, call, options);
  std::vector<FetchedDatum> data;
  if (server == nullptr || options.outgoing == nullptr) {
    data = Refuse(tasks, call_fault::kNotAllowed);
    for (std::size_t i = 0; i < tasks.size(); ++i) call.counts.AddFhir(call_fault::kNotAllowed, {});
  } else {
    const FetchSource source{
        .outgoing = options.outgoing,
        .server = server,
        .base = *fhir::Url::Parse(request.fhir_server),
        .tenant = call.caller.client + "\n" + call.caller.tenant,
        .token = request.access_token,
        .trace = &call.trace,
        .report = [&call](std::string_view fault, auto took) { call.counts.AddFhir(fault, took); }};
    data = FetchAside(tasks, source, request, call, options);
  }
  Note(data, call);
  return data;
}

}  // namespace renal::hooks::internal
