#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include "cards/invariants.h"
#include "cards/json.h"
#include "fhir/json.h"
#include "hooks/internal/request_texts.h"
#include "hooks/pathway_source.h"

// Any record, in a call of a hook or as a Bundle, through the shipped pathway: inputs, outcome and
// cards are made, hold what an answer must hold without a repair, and are the same the second time.
namespace renal::hooks {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

const Evaluator& Ours() {
  static const Evaluator evaluator(OpenPathway(std::nullopt, std::cerr));
  return evaluator;
}

const Determinism& Fixed() {
  static const Determinism fixed{.now = ReadMoment("2026-03-02T09:00:00+01:00"), .seed = 7};
  return fixed;
}

std::string AnswerOf(const internal::RecordedCall& call) {
  const auto uuids = Fixed().UuidsFor(call.request);
  const auto evaluation = Ours().Evaluate(call.request, call.record, *Fixed().now, *uuids);
  if (!evaluation) {
    Require(!evaluation.error().diagnostics.empty());
    return {};
  }
  const std::string outcome = OutcomeText(evaluation->outcome);
  Require(fhir::JsonDocument::Parse(outcome).has_value());
  cards::Response answer = Ours().Answer(call.request, *evaluation, *uuids, true);
  Require(cards::Repair(answer).empty());
  const std::string text = cards::ResponseText(answer);
  Require(fhir::JsonDocument::Parse(text).has_value());
  return outcome + text;
}

void Check(const std::string& text) {
  const auto wrong = internal::WithCall(text, Ours(), [](const internal::RecordedCall& call) {
    Require(AnswerOf(call) == AnswerOf(call));
    return std::optional<fhir::Issue>();
  });
  Require(!wrong || !wrong->empty());
}

}  // namespace
}  // namespace renal::hooks

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  renal::hooks::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
