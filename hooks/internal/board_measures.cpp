#include "hooks/internal/board_measures.h"

#include <array>
#include <set>

#include "fhir/own_json.h"

namespace renal::hooks::internal {
namespace {

using pathways::InputState;
using pathways::Outcome;

constexpr std::array<std::string_view, 7> kOutcomes = {
    "failed", "error", "conflict", "need-data", "recommendation", "out-of-scope", "not-applicable"};

void WriteCounts(const std::map<std::string, std::int64_t>& counts, fhir::JsonWriter& writer) {
  writer.BeginObject();
  for (const auto& [name, count] : counts) writer.Key(name).Integer(count);
  writer.EndObject();
}

}  // namespace

// Each patient counts once for a result, whatever the number of its things.
void BoardMeasures::Add(const Outcome& outcome) {
  ++outcomes_[pathways::Spelling(outcome.kind)];
  if (!outcome.gate.empty()) ++gates_[outcome.gate];
  std::set<Result> results;
  bool board = false;
  for (const pathways::Recommendation& result : outcome.recommendations) {
    const bool action = result.action < pathway_.actions.size();
    results.emplace(result.rule, action ? pathway_.actions[result.action].id : std::string(),
                    pathways::Spelling(result.determination));
    board = board || result.mdt_required;
  }
  for (const Result& result : results) ++results_[result];
  board_ += board ? 1 : 0;
  for (const pathways::Question& question : outcome.ask) {
    ++asked_[pathway_.inputs[question.input].name][pathways::Spelling(question.reason)];
  }
  for (const pathways::OrderVerdict& order : outcome.orders) {
    ++verdicts_[pathways::Spelling(order.verdict)];
  }
  AddInputs(outcome.patient_inputs, pathways::kNone);
  for (std::size_t i = 0; i < outcome.foci.size() && i < outcome.focus_inputs.size(); ++i) {
    AddInputs(outcome.focus_inputs[i], outcome.foci[i].kind);
  }
}

void BoardMeasures::AddInputs(const std::vector<InputState>& states, pathways::Index focus) {
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (pathway_.inputs[i].focus != focus) continue;
    Counts& counts = inputs_[pathway_.inputs[i].name];
    const InputState& state = states[i];
    ++counts[state.known() ? pathways::Spelling(state.status) : pathways::Spelling(state.reason)];
    if (state.stale) ++counts["no longer fresh"];
  }
}

std::vector<std::pair<std::string, std::int64_t>> BoardMeasures::Outcomes() const {
  std::vector<std::pair<std::string, std::int64_t>> counts;
  for (const std::string_view name : kOutcomes) {
    const auto found = outcomes_.find(std::string(name));
    if (found != outcomes_.end()) counts.emplace_back(*found);
  }
  return counts;
}

std::string BoardMeasures::Json(std::string_view evaluated_at, std::int64_t skipped) const {
  std::int64_t patients = 0;
  for (const auto& [name, count] : outcomes_) patients += count;
  fhir::JsonWriter writer;
  writer.BeginObject().Key("pathway").BeginObject();
  writer.Member("url", pathway_.url).Member("version", pathway_.version);
  writer.Member("hash", pathway_.hash).EndObject().Member("evaluatedAt", evaluated_at);
  writer.Key("patients").Integer(patients).Key("skippedTexts").Integer(skipped);
  writer.Key("outcomes");
  WriteCounts(outcomes_, writer);
  writer.Key("gates");
  WriteCounts(gates_, writer);
  writer.Key("forTheBoard").Integer(board_).Key("results").BeginArray();
  for (const auto& [result, count] : results_) {
    writer.BeginObject().Member("rule", std::get<0>(result));
    if (!std::get<1>(result).empty()) writer.Member("action", std::get<1>(result));
    writer.Member("determination", std::get<2>(result)).Key("patients").Integer(count).EndObject();
  }
  writer.EndArray().Key("asked").BeginObject();
  for (const auto& [name, counts] : asked_) {
    writer.Key(name);
    WriteCounts(counts, writer);
  }
  writer.EndObject().Key("inputs").BeginObject();
  for (const auto& [name, counts] : inputs_) {
    writer.Key(name);
    WriteCounts(counts, writer);
  }
  writer.EndObject().Key("orders");
  WriteCounts(verdicts_, writer);
  return writer.EndObject().Take() + "\n";
}

}  // namespace renal::hooks::internal
