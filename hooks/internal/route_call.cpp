#include "hooks/internal/route_call.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "cards/json.h"
#include "cards/protocol.h"
#include "fhir/digest.h"
#include "hooks/internal/audit_call.h"
#include "hooks/internal/decision.h"
#include "hooks/internal/fetch_missing.h"
#include "hooks/internal/reply.h"
#include "hooks/internal/shadow.h"

namespace renal::hooks::internal {
namespace {

using Clock = std::chrono::steady_clock;
using fhir::IssueCode;

bool Offers(const std::vector<std::string>& hooks, const std::string& hook) {
  return std::ranges::find(hooks, hook) != hooks.end();
}

// Whatever happens in shadow, the answer is given.
void RunShadow(const HookRequest& request, const fhir::Record& record,
               const pathways::Outcome& shown, const Call& call, const ServiceOptions& options) {
  if (options.log == nullptr) return;
  try {
    const auto uuids = options.determinism.UuidsFor(request);
    const auto shadow =
        call.set.shadow->Evaluate(request, record, options.determinism.Now(), *uuids);
    // An answer may be to a question that only one of the two versions asks.
    if (!shadow) {
      options.log->Write(LogLevel::kInfo, "shadow-without-answer",
                         {{"id", call.id}, {"trace_id", call.trace.trace_id}});
      return;
    }
    LogFields fields = ShadowFields(shown, shadow->outcome);
    fields.insert(fields.begin(), {"id", call.id});
    fields.emplace_back("trace_id", call.trace.trace_id);
    options.log->Write(LogLevel::kInfo, "shadow", fields);
    for (LogFields& line : ShadowDifferences(shown, shadow->outcome)) {
      line.insert(line.begin(), {"id", call.id});
      line.emplace_back("trace_id", call.trace.trace_id);
      options.log->Write(LogLevel::kInfo, "shadow-difference", line);
    }
  } catch (...) {
    options.log->Write(LogLevel::kError, "shadow-defect",
                       {{"id", call.id}, {"trace_id", call.trace.trace_id}});
  }
}

// Defects of ours, which nobody outside is told of: what was wrong with the answer is not in it,
// and an evaluation that failed gives no card.
void ReportDefects(const std::vector<cards::Violation>& repaired, const pathways::Outcome& outcome,
                   const Call& call, const ServiceOptions& options) {
  const bool failed = outcome.kind == pathways::OutcomeKind::kError;
  if (!repaired.empty()) call.counts.Add(ServiceSeries::Defect::kAnswer);
  if (failed) call.counts.Add(ServiceSeries::Defect::kEvaluation);
  if (options.log == nullptr) return;
  if (!repaired.empty()) {
    options.log->Write(LogLevel::kError, "answer-repaired",
                       {{"id", call.id},
                        {"trace_id", call.trace.trace_id},
                        {"defects", static_cast<std::int64_t>(repaired.size())},
                        {"place", repaired.front().place}});
  }
  if (failed) {
    options.log->Write(
        LogLevel::kError, "evaluation-failed",
        {{"id", call.id}, {"trace_id", call.trace.trace_id}, {"trace", outcome.trace_id}});
  }
}

DecisionRecord RecordOf(const HookRequest& request, const pathways::Outcome& outcome,
                        const cards::Response& answer, const Call& call,
                        const ServiceOptions& options) {
  DecisionRecord record = DecisionOf(request, outcome, answer);
  record.service = call.route.id;
  record.client = call.caller.client;
  record.tenant = call.caller.tenant;
  record.patient_key = options.patient_key(request.patient_id);
  if (!request.user.empty()) record.user_key = options.patient_key(request.user);
  record.input_digest = fhir::Sha256Hex(call.request.body);
  return record;
}

// Leaves out what the same user overrode with a reason a short time ago, while the data are the
// same. Not where time stands still.
void KeepQuiet(DecisionRecord& record, cards::Response& answer, const pathways::Pathway& pathway,
               const ServiceOptions& options) {
  if (options.determinism.now || pathway.cards.quiet_hours <= 0) return;
  const std::vector<bool> quiet =
      options.store->QuietCards(record, std::chrono::hours(pathway.cards.quiet_hours));
  for (std::size_t i = quiet.size(); i-- > 0;) {
    if (!quiet[i]) continue;
    record.cards.erase(record.cards.begin() + static_cast<std::ptrdiff_t>(i));
    answer.cards.erase(answer.cards.begin() + static_cast<std::ptrdiff_t>(i));
    ++record.quieted;
  }
}

// For log, metrics and audit.
void NoteHook(const HookRequest& request, Call& call, const ServiceOptions& options) {
  call.notes.emplace_back("hook", request.hook);
  call.notes.emplace_back("hook_instance", request.hook_instance);
  call.series = call.set.series.Of(call.profiles.PlaceOf(call.profile.name), request.hook);
  if (call.audit != nullptr) AuditHook(request, options.patient_key, *call.audit);
}

HttpReply AnswerRead(const HookRequest& request, const PatientData& data, Call& call,
                     const ServiceOptions& options) {
  const auto uuids = options.determinism.UuidsFor(request);
  const Evaluator& evaluator = call.edition.evaluator;
  const auto evaluated = evaluator.Evaluate(request, data.record, options.determinism.Now(), *uuids,
                                            ExpiryOf(call, options), data.ledger);
  if (!evaluated) return ErrorReply(evaluated.error());
  const Evaluation& evaluation = *evaluated;
  const bool attach = options.outcome.value_or(call.profile.outcome) && request.wants_outcome;
  cards::Response answer = evaluator.Answer(request, evaluation, *uuids, attach);
  ReportDefects(cards::Repair(answer), evaluation.outcome, call, options);
  if (!Keep(request, evaluation.outcome, answer, call, options)) {
    return ErrorReply({IssueCode::kTransient, "No further decision can be recorded now.", {}});
  }
  if (options.record) options.record(evaluation.outcome);
  if (call.set.shadow) RunShadow(request, data.record, evaluation.outcome, call, options);
  call.set.series.AddCards(answer.cards);
  call.notes.emplace_back(kCardsNote, std::to_string(answer.cards.size()));
  NoteOutcome(evaluation.outcome, call);
  cards::ConvertTo(call.profile.protocol, answer);
  return InLanguage(cards::ResponseText(answer), call);
}

}  // namespace

std::function<bool()> ExpiryOf(const Call& call, const ServiceOptions& options) {
  return [&call, &options] { return Clock::now() - call.began > options.limits.evaluation; };
}

bool Keep(const HookRequest& request, const pathways::Outcome& outcome, cards::Response& answer,
          Call& call, const ServiceOptions& options) {
  if (options.store == nullptr) return true;
  DecisionRecord record = RecordOf(request, outcome, answer, call, options);
  KeepQuiet(record, answer, *outcome.pathway, options);
  if (record.quieted > 0) call.notes.emplace_back(kQuietedNote, std::to_string(record.quieted));
  call.set.series.AddQuieted(record.quieted);
  if (call.audit != nullptr) AuditDecision(record, *call.audit);
  if (options.store->Enqueue(std::move(record))) return true;
  call.counts.AddStoreFull();
  return false;
}

void NoteOutcome(const pathways::Outcome& outcome, Call& call) {
  const auto took =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - call.began);
  call.set.series.Add(outcome);
  call.notes.emplace_back("outcome", pathways::Spelling(outcome.kind));
  if (!outcome.errors.empty()) {
    call.notes.emplace_back("evaluation_errors", std::to_string(outcome.errors.size()));
  }
  call.notes.emplace_back(kEvaluationNote, std::to_string(took.count()));
}

HttpReply AnswerHookCall(Call& call, const ServiceOptions& options) {
  const std::vector<std::string> hooks =
      HooksOfService(call.set.pathway(), call.profile, call.route.id);
  if (hooks.empty()) {
    return ErrorReply({IssueCode::kNotFound, "There is no service with this id.", {}});
  }
  call.notes.emplace_back("service", call.route.id);
  call.series = call.set.series.Of(call.profiles.PlaceOf(call.profile.name), {});
  const auto document = fhir::JsonDocument::ParsePadded(call.request.body, options.limits.json);
  if (!document) return ErrorReply(OfBody(document.error()));
  const auto hook = ReadHookRequest(document->root(), call.profile);
  if (!hook) return ErrorReply(hook.error());
  NoteHook(*hook, call, options);
  if (!Offers(hooks, hook->sent_hook) || !Offers(call.set.pathway().hooks, hook->hook)) {
    return ErrorReply({IssueCode::kValue, "This service does not offer this hook.", "/hook"});
  }
  const Evaluator& evaluator = call.edition.evaluator;
  PatientData data = evaluator.DataOf(*hook);
  const std::vector<FetchedDatum> fetched = FetchMissing(*hook, data.ledger, call, options);
  if (!fetched.empty()) data = evaluator.DataOf(*hook, fetched);
  if (const auto missing = MissingData(evaluator.needs(), data.record)) return ErrorReply(*missing);
  AddFacts(*hook, data.record);
  return AnswerRead(*hook, data, call, options);
}

}  // namespace renal::hooks::internal
