#include "hooks/internal/route_fhir.h"

#include <string>
#include <utility>

#include "fhir/json.h"
#include "hooks/internal/apply_request.h"
#include "hooks/internal/audit_call.h"
#include "hooks/internal/reply.h"
#include "hooks/internal/route_call.h"
#include "pathways/apply.h"

namespace renal::hooks::internal {
namespace {

using fhir::IssueCode;

constexpr const char* kFhirJson = "application/fhir+json";

HttpReply NotThere() {
  return ErrorReply({IssueCode::kNotFound, "There is no such resource.", {}});
}

HttpReply Resource(std::string text) {
  return {.content_type = kFhirJson, .body = std::move(text)};
}

// Bundles of a caller's own are the record: no key says what was asked for.
fhir::Record RecordOf(const ApplyCall& call) {
  fhir::Record record(call.request.patient_id);
  for (const fhir::Json& bundle : call.data) record.Add(bundle);
  return record;
}

HttpReply AnswerRead(const ApplyCall& apply, const fhir::Record& record, Call& call,
                     const ServiceOptions& options) {
  const HookRequest& request = apply.request;
  const auto uuids = options.determinism.UuidsFor(request);
  const auto evaluated = call.edition.evaluator.Evaluate(request, record, options.determinism.Now(),
                                                         *uuids, ExpiryOf(call, options));
  if (!evaluated)
    return ErrorReply(400, {evaluated.error().code, evaluated.error().diagnostics, "/parameters"});
  const pathways::Outcome& outcome = evaluated->outcome;
  cards::Response none;
  if (!Keep(request, outcome, none, call, options)) {
    return ErrorReply({IssueCode::kTransient, "No further decision can be recorded now.", {}});
  }
  NoteOutcome(outcome, call);
  HttpReply reply = InLanguage(
      pathways::ApplyAnswer(outcome, {request.patient_id, request.encounter_id, request.user}),
      call);
  reply.content_type = kFhirJson;
  return reply;
}

}  // namespace

HttpReply AnswerFhirRead(const Call& call) {
  const FhirResources& resources = call.set.fhir;
  if (call.route.kind == RouteKind::kCapabilities) {
    return resources.capabilities().empty() ? NotThere() : Resource(resources.capabilities());
  }
  const std::string* text = resources.Find(call.route.type, call.route.id);
  return text == nullptr ? NotThere() : Resource(*text);
}

HttpReply AnswerApply(Call& call, const ServiceOptions& options) {
  if (call.route.id != call.set.fhir.plan_id()) return NotThere();
  call.notes.emplace_back("service", call.route.id);
  call.notes.emplace_back("hook", kApplyHook);
  call.series = call.set.series.Of(call.profiles.PlaceOf(call.profile.name), kApplyHook);
  const auto document = fhir::JsonDocument::ParsePadded(call.request.body, options.limits.json);
  if (!document) return ErrorReply(OfBody(document.error()));
  const auto apply = ReadApplyCall(document->root());
  if (!apply) {
    const bool refused = apply.error().code == IssueCode::kNotSupported;
    return refused ? ErrorReply(400, apply.error()) : ErrorReply(apply.error());
  }
  if (call.audit != nullptr) AuditHook(apply->request, options.patient_key, *call.audit);
  const fhir::Record record = RecordOf(*apply);
  const auto missing = MissingData(call.edition.evaluator.needs(), record);
  if (missing) return ErrorReply(412, {missing->code, missing->diagnostics, "/data"});
  return AnswerRead(*apply, record, call, options);
}

}  // namespace renal::hooks::internal
