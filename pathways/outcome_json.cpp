#include <algorithm>

#include "fhir/own_json.h"
#include "pathways/internal/trace_json.h"
#include "pathways/outcome.h"

namespace renal::pathways {

namespace {

using fhir::JsonWriter;

class OutcomeWriter {
 public:
  OutcomeWriter(const Outcome& outcome, JsonWriter& writer)
      : outcome_(outcome), pathway_(*outcome.pathway), writer_(writer) {}

  void Run();

 private:
  void Pathway();
  void Recommendations();
  void OneRecommendation(const Recommendation& result);
  void Questions();
  void Orders();
  void Inputs();
  void OneInput(const Input& input, const std::string& focus, const InputState& state);
  void Score(const Input& input, const ScoreState& score);
  void Part(const ScorePart& part);
  void From(const Evidence& evidence);
  void Changes();
  void Trace();
  void Texts(std::string_view name, const std::vector<std::string>& texts);
  void FocusOf(const std::string& focus) {
    if (!focus.empty()) writer_.Member("focus", focus);
  }

  const Outcome& outcome_;
  const pathways::Pathway& pathway_;
  JsonWriter& writer_;
};

void OutcomeWriter::Texts(std::string_view name, const std::vector<std::string>& texts) {
  writer_.Key(name).BeginArray();
  for (const std::string& text : texts) writer_.String(text);
  writer_.EndArray();
}

void OutcomeWriter::Pathway() {
  writer_.Key("pathway").BeginObject();
  writer_.Member("url", pathway_.url).Member("version", pathway_.version);
  writer_.Member("hash", pathway_.hash).Member("status", pathway_.status);
  writer_.EndObject();
}

void OutcomeWriter::OneRecommendation(const Recommendation& result) {
  writer_.BeginObject();
  writer_.Member("rule", result.rule);
  writer_.Key("action");
  if (result.action == kNone) {
    writer_.Null();
  } else {
    writer_.String(pathway_.actions[result.action].id);
  }
  writer_.Member("strength", result.strength == kNone ? std::string_view(Spelling(result.tier))
                                                      : std::string_view(pathway_.strengths[result.strength].word));
  writer_.Member("tier", Spelling(result.tier));
  writer_.Member("determination", Spelling(result.determination));
  FocusOf(result.focus);
  writer_.Key("orderable").Boolean(result.orderable);
  writer_.Key("mdtRequired").Boolean(result.mdt_required);
  if (result.policy) writer_.Key("policy").Boolean(true);
  Texts("because", result.because);
  Texts("cautions", result.cautions);
  Texts("missing", result.missing);
  Texts("assumptions", result.assumptions);
  writer_.Key("cite").BeginArray();
  for (const Index source : result.cite) writer_.String(pathway_.sources[source].id);
  writer_.EndArray().EndObject();
}

void OutcomeWriter::Recommendations() {
  writer_.Key("recommendations").BeginArray();
  for (const Recommendation& result : outcome_.recommendations) OneRecommendation(result);
  writer_.EndArray();
}

void OutcomeWriter::Questions() {
  writer_.Key("ask").BeginArray();
  for (const Question& question : outcome_.ask) {
    const Input& input = pathway_.inputs[question.input];
    writer_.BeginObject().Member("input", input.name).Member("question", input.question);
    FocusOf(question.focus);
    writer_.Member("reason", Spelling(question.reason)).EndObject();
  }
  writer_.EndArray();
}

void OutcomeWriter::Orders() {
  writer_.Key("orders").BeginArray();
  for (const OrderVerdict& order : outcome_.orders) {
    writer_.BeginObject().Member("resource", order.reference).Key("action");
    if (order.action == kNone) {
      writer_.Null();
    } else {
      writer_.String(pathway_.actions[order.action].id);
    }
    writer_.Member("verdict", Spelling(order.verdict));
    FocusOf(order.focus);
    if (order.wrong_focus) writer_.Member("orderedFocus", order.ordered_focus);
    if (!order.existing.empty()) writer_.Member("existing", order.existing);
    if (!order.others.empty()) {
      writer_.Key("others").BeginArray();
      for (const Index action : order.others) writer_.String(pathway_.actions[action].id);
      writer_.EndArray();
    }
    writer_.EndObject();
  }
  writer_.EndArray();
}

void OutcomeWriter::From(const Evidence& evidence) {
  writer_.BeginObject();
  if (!evidence.source.empty()) writer_.Member("source", evidence.source);
  writer_.Member("reference", evidence.reference);
  if (!evidence.version_id.empty()) writer_.Member("versionId", evidence.version_id);
  if (!evidence.time.empty()) writer_.Member("time", evidence.time);
  if (!evidence.path.empty()) writer_.Member("path", evidence.path);
  if (!evidence.display.empty()) writer_.Member("display", evidence.display);
  if (!evidence.note.empty()) writer_.Member("note", evidence.note);
  if (evidence.unlinked) writer_.Key("unlinked").Boolean(true);
}

void OutcomeWriter::Part(const ScorePart& part) {
  writer_.BeginObject().Member("title", part.title);
  if (part.low && part.low == part.high) {
    writer_.Key("points").Integer(*part.low);
  } else if (part.low) {
    writer_.Member("points",
                   "[" + std::to_string(*part.low) + " .. " + std::to_string(*part.high) + "]");
  }
  if (!part.mark.empty()) writer_.Member("mark", part.mark);
  writer_.Member("state", Spelling(part.state));
  if (part.input != kNone) writer_.Member("input", pathway_.inputs[part.input].name);
  if (!part.missing.empty()) {
    writer_.Key("missing").BeginArray();
    for (const Index input : part.missing) writer_.String(pathway_.inputs[input].name);
    writer_.EndArray();
  }
  writer_.EndObject();
}

void OutcomeWriter::Score(const Input& input, const ScoreState& score) {
  const auto sum = std::find_if(input.depends_on.begin(), input.depends_on.end(), [&](Index other) {
    return !pathway_.inputs[other].points.empty();
  });
  if (sum != input.depends_on.end()) {  // the items stand there
    writer_.Member("of", pathway_.inputs[*sum].name);
  } else if (!score.parts.empty()) {
    writer_.Key("parts").BeginArray();
    for (const ScorePart& part : score.parts) Part(part);
    writer_.EndArray();
  }
  if (!score.possible.empty()) {
    writer_.Key("possible").BeginArray();
    for (const std::size_t code : score.possible) writer_.String(input.values[code].first);
    writer_.EndArray();
  }
  if (!score.notation.empty()) writer_.Member("notation", score.notation);
  if (!score.remarks.empty()) Texts("remarks", score.remarks);
  if (input.cite.empty()) return;
  writer_.Key("cite").BeginArray();
  for (const Index source : input.cite) writer_.String(pathway_.sources[source].id);
  writer_.EndArray();
}

void OutcomeWriter::OneInput(const Input& input, const std::string& focus, const InputState& state) {
  const bool several = !focus.empty() && outcome_.Count(input.focus) > 1;
  writer_.Key(several ? input.name + "@" + focus : input.name).BeginObject();
  writer_.Member("state", Spelling(state.status));
  if (!state.known()) writer_.Member("reason", Spelling(state.reason));
  if (state.value) {
    writer_.Key("value");
    internal::WriteValue(input, *state.value, writer_);
  }
  if (!state.from.empty() && !state.from.front().recorded.empty()) {
    writer_.Member("recorded", state.from.front().recorded);
  }
  if (state.stale) writer_.Key("stale").Boolean(true);
  if (state.score) Score(input, *state.score);
  writer_.Key("from").BeginArray();
  for (const Evidence& evidence : state.from) {
    From(evidence);
    writer_.EndObject();
  }
  writer_.EndArray();
  if (!state.rivals.empty()) {
    writer_.Key("rivals").BeginArray();
    for (const Evidence& evidence : state.rivals) {
      From(evidence);
      writer_.Member("value", evidence.value).EndObject();
    }
    writer_.EndArray();
  }
  writer_.Key("dropped").BeginArray();
  for (const Dropped& dropped : state.dropped) {
    From(dropped.evidence);
    writer_.Member("reason", Spelling(dropped.reason));
    if (!dropped.evidence.recorded.empty()) writer_.Member("value", dropped.evidence.recorded);
    writer_.EndObject();
  }
  writer_.EndArray().EndObject();
}

void OutcomeWriter::Inputs() {
  writer_.Key("inputs").BeginObject();
  for (Index input = 0; input < pathway_.inputs.size(); ++input) {
    const Index focus = pathway_.inputs[input].focus;
    if (focus == kNone) OneInput(pathway_.inputs[input], {}, outcome_.patient_inputs[input]);
    for (Index i = 0; i < outcome_.foci.size(); ++i) {
      if (outcome_.foci[i].kind != focus) continue;
      OneInput(pathway_.inputs[input], outcome_.foci[i].key, outcome_.focus_inputs[i][input]);
    }
  }
  writer_.EndObject();
}

void OutcomeWriter::Changes() {
  writer_.Key("wouldChange").BeginArray();
  for (const Change& change : outcome_.would_change) {
    writer_.BeginObject().Member("input", pathway_.inputs[change.input].name);
    FocusOf(change.focus);
    writer_.Member("to", change.to).Member("then", change.then).EndObject();
  }
  writer_.EndArray();
}

void OutcomeWriter::Trace() {
  writer_.Key("trace");
  internal::WriteTrace(outcome_, writer_);
}

void OutcomeWriter::Run() {
  writer_.BeginObject();
  writer_.Member("outcome", Spelling(outcome_.kind)).Key("gate");
  if (outcome_.gate.empty()) {
    writer_.Null();
  } else {
    writer_.String(outcome_.gate);
  }
  Pathway();
  writer_.Member("evaluatedAt", outcome_.evaluated_at);
  Recommendations();
  Questions();
  Orders();
  Inputs();
  Changes();
  Trace();
  writer_.EndObject();
}

}  // namespace

void WriteOutcome(const Outcome& outcome, fhir::JsonWriter& writer) { OutcomeWriter(outcome, writer).Run(); }

}  // namespace renal::pathways
