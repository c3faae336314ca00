#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fhir/json.h"
#include "hooks/internal/apply_request.h"
#include "hooks/profile.h"
#include "hooks/request.h"

// Any JSON as a call, of a hook under every profile and of $apply: it is read, or refused with a
// sentence of ours that holds nothing of it; what was read is of FHIR's forms.
namespace renal::hooks {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckRefusal(const fhir::Issue& issue) {
  Require(!issue.diagnostics.empty() && issue.diagnostics.size() <= 256);
  Require(issue.expression.empty() || issue.expression.front() == '/');
}

void CheckRead(const HookRequest& request) {
  Require(IsKnownHook(request.hook));
  Require(IsFhirId(request.patient_id));
  Require(request.encounter_id.empty() || IsFhirId(request.encounter_id));
  Require(!request.hook_instance.empty() && request.hook_instance.size() <= 128);
  Require(request.answers.size() <= kMaxAnswers);
  fhir::Record record(request.patient_id);
  for (const fhir::Json::Entry entry : request.prefetch) record.Add(entry.value);
  for (const fhir::Json& fact : request.facts) record.Add(fact);
  const CallOrders orders = OrdersOf(request, record);
  Require(orders.compared.size() + orders.background.size() <= 2 * kMaxDrafts + 1);
  for (const fhir::Json& order : orders.compared) Require(order.is_object());
}

void Check(std::string_view text) {
  const auto document = fhir::JsonDocument::Parse(text);
  if (!document) return;
  for (const ClientProfile& profile : Profiles::Shipped()->all()) {
    const auto request = ReadHookRequest(document->root(), profile);
    request ? CheckRead(*request) : CheckRefusal(request.error());
  }
  const auto apply = internal::ReadApplyCall(document->root());
  if (!apply) return CheckRefusal(apply.error());
  Require(IsFhirId(apply->request.patient_id));
}

}  // namespace
}  // namespace renal::hooks

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  renal::hooks::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
