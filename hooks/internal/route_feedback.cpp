#include "hooks/internal/route_feedback.h"

#include <string>
#include <utility>

#include "fhir/own_json.h"
#include "hooks/feedback.h"
#include "hooks/internal/reply.h"

namespace renal::hooks::internal {
namespace {

using fhir::IssueCode;
using Verdict = FeedbackReceipt::Verdict;

constexpr std::string_view kStored = "feedback_stored";
constexpr std::string_view kRepeated = "feedback_repeated";
constexpr std::string_view kUnverified = "feedback_unverified";
constexpr std::string_view kFailed = "feedback_failed";

std::string BodyOf(const FeedbackReceipt& receipt, const std::vector<FeedbackProblem>& problems) {
  fhir::JsonWriter writer;
  writer.BeginObject();
  writer.Key("stored").Integer(static_cast<std::int64_t>(receipt.stored));
  writer.Key("repeated").Integer(static_cast<std::int64_t>(receipt.repeated));
  if (!receipt.unverified.empty()) {
    writer.Key("unverified").BeginArray();
    for (const std::size_t index : receipt.unverified) {
      writer.Integer(static_cast<std::int64_t>(index));
    }
    writer.EndArray();
  }
  if (!problems.empty()) {
    writer.Key("failed").BeginArray();
    for (const FeedbackProblem& problem : problems) {
      const std::string index = std::to_string(problem.index);
      writer.BeginObject().Key("index").Number(index);
      writer.Member("field", "/feedback/" + index + problem.field);
      writer.Member("problem", problem.problem).EndObject();
    }
    writer.EndArray();
  }
  writer.EndObject();
  return writer.Take();
}

HttpReply ReplyOf(const FeedbackReceipt& receipt, const std::vector<FeedbackProblem>& problems) {
  switch (receipt.verdict) {
    case Verdict::kStored:
      return {.body = BodyOf(receipt, problems)};
    case Verdict::kUnknownCard:
      return ErrorReply({IssueCode::kNotFound, "A card of the feedback is not known here.", {}});
    case Verdict::kTooMany:
      return ErrorReply(
          {IssueCode::kThrottled, "There was too much feedback for unknown cards today.", {}});
    case Verdict::kAway:
      break;
  }
  return ErrorReply({IssueCode::kTransient, "The feedback cannot be stored now; repeat it.", {}});
}

void Note(std::string_view name, std::size_t count, Call& call) {
  call.notes.emplace_back(name, std::to_string(count));
}

/// Waits for the disk, or for a database that is away, without a thread that other calls need.
FeedbackReceipt Stored(FeedbackPost post, const Call& call, Store& store) {
  FeedbackReceipt receipt;
  const auto wait = [&] { receipt = store.Take(std::move(post)); };
  if (!call.request.aside) {
    wait();
  } else if (!call.request.aside(wait)) {
    return {};
  }
  return receipt;
}

}  // namespace

bool IsFeedbackCount(std::string_view note) {
  return note == kStored || note == kRepeated || note == kUnverified || note == kFailed;
}

HttpReply AnswerFeedbackCall(Call& call, const ServiceOptions& options) {
  if (HooksOfService(call.set.pathway(), call.profile, call.route.id).empty()) {
    return ErrorReply({IssueCode::kNotFound, "There is no service with this id.", {}});
  }
  call.notes.emplace_back("service", call.route.id);
  const auto document = fhir::JsonDocument::ParsePadded(call.request.body, options.limits.json);
  if (!document) return ErrorReply(OfBody(document.error()));
  auto reading = ReadFeedback(document->root(), options.limits.feedback);
  if (!reading) return ErrorReply(reading.error());
  if (options.store == nullptr) return ReplyOf({}, {});
  const FeedbackReceipt receipt = Stored({.client = call.caller.client,
                                          .tenant = call.caller.tenant,
                                          .service = std::string(call.route.id),
                                          .items = std::move(reading->items),
                                          .strict = options.feedback_strict},
                                         call, *options.store);
  Note(kStored, receipt.stored, call);
  Note(kRepeated, receipt.repeated, call);
  Note(kUnverified, receipt.unverified.size(), call);
  Note(kFailed, reading->problems.size(), call);
  call.counts.AddFeedback(receipt.stored, receipt.repeated, receipt.unverified.size(),
                          reading->problems.size());
  if (receipt.verdict == Verdict::kTooMany) call.counts.AddFeedbackLimit();
  return ReplyOf(receipt, reading->problems);
}

}  // namespace renal::hooks::internal
