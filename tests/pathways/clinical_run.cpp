#include "tests/pathways/clinical_run.h"

#include <stdexcept>
#include <utility>

#include "fhir/own_json.h"
#include "pathways/definitions.h"
#include "pathways/load.h"
#include "tests/pathways/evaluated.h"

namespace renal::pathways::testing {
namespace {

fhir::JsonDocument Parsed(const std::string& text) {
  auto document = fhir::JsonDocument::Parse(text);
  if (!document) throw std::runtime_error(document.error().diagnostics + ": " + text);
  return std::move(document.value());
}

std::string BundleOf(const WrittenRecord& record) {
  std::string text = R"({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": )" +
                     record.patient + "}";
  for (const std::string& resource : record.resources) text += ",{\"resource\": " + resource + "}";
  return text + "]}";
}

void AddAll(std::string& text, const char* title, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) text += std::string("\n  ") + title + ": " + line;
}

std::string TextOf(const Outcome& outcome, const Recommendation& result) {
  std::string text = "\n" + NameOf(outcome, result);
  for (const std::string& rule : result.rules) text += " " + rule;
  if (result.strength != kNone) text += " " + outcome.pathway->strengths[result.strength].word;
  text += std::string(" ") + Spelling(result.tier) + " " + Spelling(result.determination) +
          (result.orderable ? " orderable" : "") + (result.mdt_required ? " board" : "");
  AddAll(text, "because", result.because);
  AddAll(text, "caution", result.cautions);
  AddAll(text, "assumption", result.assumptions);
  AddAll(text, "missing", result.missing);
  return text;
}

}  // namespace

ClinicalRun::ClinicalRun(const std::shared_ptr<const Pathway>& pathway, const WrittenRecord& record)
    : document_(Parsed(BundleOf(record))), record_("p") {
  record_.Add(document_.root());
  EvaluateRequest request;
  request.record = &record_;
  request.now = *fhir::DateTime::Parse(kNow);
  request.trace_id = "trace-1";
  for (const std::string& order : record.orders) orders_.push_back(Parsed(order));
  for (const fhir::JsonDocument& order : orders_) request.orders.push_back(order.root());
  outcome_ = Evaluate(pathway, request);
}

const InputState& ClinicalRun::State(std::string_view input, std::string_view focus) const {
  return outcome_.State(outcome_.pathway->FindInput(input), outcome_.Instance(focus));
}

bool ClinicalRun::Open(std::string_view input, std::string_view focus) const {
  if (!focus.empty() && outcome_.Instance(focus) == kNone) return false;
  const InputState& state = State(input, focus);
  return !state.value || (!state.value->IsCode() && !state.value->interval().IsPoint());
}

std::string NameOf(const Outcome& outcome, const Recommendation& result) {
  std::string name = result.focus.empty() ? "patient" : result.focus;
  name += " " + result.rule;
  if (result.action != kNone) name += " " + outcome.pathway->actions[result.action].id;
  return name;
}

bool IsRecommended(const Recommendation& result) {
  return result.determination == Determination::kRecommended;
}

std::string MeaningOf(const Outcome& outcome) {
  std::string text = std::string(Spelling(outcome.kind)) + " " + outcome.gate;
  for (const Recommendation& result : outcome.recommendations) text += TextOf(outcome, result);
  for (const Question& question : outcome.ask) {
    text += "\n? " + outcome.pathway->inputs[question.input].name + " " + question.focus;
  }
  for (const Change& change : outcome.would_change) {
    text += "\n~ " + outcome.pathway->inputs[change.input].name + " " + change.focus + " " +
            change.to + ": " + change.then;
  }
  for (const OrderVerdict& order : outcome.orders) {
    text += std::string("\n! ") + Spelling(order.verdict) + " " + order.focus;
  }
  return text;
}

std::string JsonOf(const Outcome& outcome) {
  fhir::JsonWriter writer;
  WriteOutcome(outcome, writer);
  return writer.Take();
}

std::shared_ptr<const Pathway> LoadShipped(const std::vector<Edit>& edits) {
  constexpr const char* kFile = "onc-kidney-2018.pathway.json";
  std::string text(*EmbeddedFile(kFile));
  for (const Edit& edit : edits) {
    const std::size_t marker = text.find(edit.marker);
    const std::size_t at = text.find(edit.from, marker);
    if (marker == std::string::npos || at == std::string::npos) {
      throw std::runtime_error("the pathway file has no " + edit.marker + " ... " + edit.from);
    }
    text.replace(at, edit.from.size(), edit.to);
  }
  LoadOptions options;
  options.read_file = [](std::string_view name) {
    const auto found = EmbeddedFile(name);
    return found ? std::optional<std::string>(*found) : std::nullopt;
  };
  const LoadResult loaded = LoadPathway(kFile, text, options);
  if (!loaded.pathway) throw std::runtime_error(loaded.problems.front().ToString());
  return loaded.pathway;
}

}  // namespace renal::pathways::testing
