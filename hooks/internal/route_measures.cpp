#include "hooks/internal/route_measures.h"

#include "hooks/internal/reply.h"
#include "hooks/measures.h"

namespace renal::hooks::internal {

using fhir::IssueCode;

HttpReply AnswerMeasures(Call& call, const ServiceOptions& options) {
  auto query = ReadMeasureQuery(call.request.query);
  if (!query) return ErrorReply(query.error());
  const std::string& caller = call.caller.client;
  if (!caller.empty()) {
    if (query->client.value_or(caller) != caller) {
      return ErrorReply({IssueCode::kForbidden, "These are the counts of another client.", {}});
    }
    query->client = caller;
  }
  if (options.store == nullptr) {
    return ErrorReply({IssueCode::kTransient, "There is no store to count in.", {}});
  }
  const auto measures = options.store->Measure(*query);
  if (!measures) return ErrorReply(measures.error());
  return {.body = MeasuresJson(*measures)};
}

}  // namespace renal::hooks::internal
