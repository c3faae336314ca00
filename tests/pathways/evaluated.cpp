#include "tests/pathways/evaluated.h"

#include <algorithm>
#include <stdexcept>

#include "pathways/load.h"

namespace renal::pathways::testing {
namespace {

constexpr std::string_view kSystem = "https://example.org/codes";
constexpr std::string_view kCodes[] = {
    "disease", "size",   "mass",  "flag",  "grade", "count", "born",    "left", "right", "other",
    "site",    "tumour", "act-a", "act-b", "act-c", "refer", "collect", "good", "bad"};

std::string Join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

std::string ValueSets() {
  std::string text;
  for (const std::string_view code : kCodes) {
    text += Join({text.empty() ? "" : ",", "\"", code, R"(": {"url": "https://example.org/vs/)",
                  code, R"(", "version": "1", "title": ")", code, R"(", "concepts": [{"system": ")",
                  kSystem, R"(", "code": ")", code, R"(", "display": ")", code, "\"}]}"});
  }
  return text;
}

std::string ActionText(std::string_view id, std::string_view code, std::string_view kind) {
  return Join(
      {"\"", id, R"(": {"title": "Action )", id, R"(", "kind": ")", kind,
       R"(", "match": {"codes": ")", code,
       R"("}, "resource": {"resourceType": "ServiceRequest", "status": "draft", "intent": "order", "code": {"coding": [{"system": ")",
       kSystem, R"(", "code": ")", code, "\"}]}}}"});
}

std::string Optional(std::string_view name, std::string_view open, std::string_view content,
                     std::string_view close) {
  return content.empty() ? std::string() : Join({", \"", name, "\": ", open, content, close});
}

std::string Tail(std::string_view more) {
  return more.empty() ? std::string() : Join({", ", more});
}

}  // namespace

std::string TextOf(const Small& small) {
  return Join(
      {R"({"pathwayFormat": "1.0", "id": "small", "url": "https://example.org/small", "version": "1.0.0",
    "title": "Small", "status": "draft", "date": "2026-01-01", "publisher": "Nobody", "hooks": ["order-sign"],
    "cards": {"notVerified": "not verified: {check}", "duplicateWithin": "90 days"},
    "sources": {"S": {"label": "Source"}}, "scope": )",
       small.scope,
       R"(, "valueSets": {)",
       ValueSets(),
       "}",
       Optional("parameters", "{", small.parameters, "}"),
       Optional("focus", "{", small.focus, "}"),
       R"(, "inputs": {)",
       small.inputs,
       R"(}, "actions": {)",
       ActionText("a", "act-a", "treatment"),
       ",",
       ActionText("b", "act-b", "treatment"),
       ",",
       ActionText("c", "act-c", "treatment"),
       ",",
       ActionText("refer", "refer", "referral"),
       ",",
       ActionText("collect", "collect", "collect-data"),
       R"(, "group": {"title": "Group", "kind": "frame"}}, "start": )",
       small.start,
       Optional("gate", "[", small.gate, "]"),
       R"(, "tables": [)",
       small.tables,
       "]",
       Optional("checks", "[", small.checks, "]"),
       "}"});
}

std::shared_ptr<const Pathway> LoadText(std::string_view text) {
  LoadOptions options;
  options.read_file = [](std::string_view) { return std::optional<std::string>(); };
  LoadResult result = LoadPathway("small.pathway.json", text, options);
  if (result.pathway) return result.pathway;
  std::string problems;
  for (const LoadProblem& problem : result.problems) problems += problem.ToString() + "\n";
  throw std::runtime_error(problems);
}

std::shared_ptr<const Pathway> Load(const Small& small) { return LoadText(TextOf(small)); }

std::string Table(std::string_view hit, std::string_view columns, std::string_view rules,
                  std::string_view more) {
  return Join({R"({"id": "t", "title": "Table", "hit": ")", hit, R"(", "columns": [)", columns,
               R"(], "rules": [)", rules, "]", Tail(more), "}"});
}

std::string Rule(std::string_view id, std::string_view cells, std::string_view action,
                 std::string_view more, std::string_view strength) {
  return Join({R"({"id": ")", id, R"(", "if": {)", cells,
               R"(}, "then": {"choose": "one", "options": [{"action": ")", action,
               R"(", "strength": ")", strength, R"("}]}, "because": "Because )", id,
               R"(.", "cite": ["S"])", Tail(more), "}"});
}

std::string Truths() {
  std::string text;
  for (const auto& [name, code] : {std::pair{"x", "flag"}, {"y", "grade"}, {"z", "count"}}) {
    text += Join(
        {text.empty() ? "" : ",", "\"", name, R"(": {"title": "Input )", name,
         R"(", "type": "Boolean", "question": "Is it?", "sources": [{"name": "s", "from": "Observation", "code": ")",
         code, R"(", "time": "effective", "value": "value"}]})"});
  }
  return text;
}

std::vector<std::string> Facts(std::string_view values) {
  constexpr std::string_view kCodesOfTruths[] = {"flag", "grade", "count"};
  std::vector<std::string> resources;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != 't' && values[i] != 'f') continue;
    resources.push_back(
        Observation(kCodesOfTruths[i], kCodesOfTruths[i], "2026-03-01",
                    values[i] == 't' ? R"("valueBoolean": true)" : R"("valueBoolean": false)"));
  }
  return resources;
}

std::string Concept(std::string_view code) {
  return Join({R"({"coding": [{"system": ")", kSystem, R"(", "code": ")", code, "\"}]}"});
}

std::string Quantity(std::string_view number, std::string_view unit) {
  return Join({R"("valueQuantity": {"value": )", number,
               R"(, "system": "http://unitsofmeasure.org", "code": ")", unit, "\"}"});
}

std::string Observation(std::string_view id, std::string_view code, std::string_view date,
                        std::string_view value, std::string_view more) {
  const std::string time =
      date.empty() ? std::string() : Join({R"(, "effectiveDateTime": ")", date, "\""});
  return Join({R"({"resourceType": "Observation", "id": ")", id,
               R"(", "status": "final", "subject": {"reference": "Patient/p"}, "code": )",
               Concept(code), time, Tail(value), Tail(more), "}"});
}

std::string Condition(std::string_view id, std::string_view code, std::string_view more) {
  return Join({R"({"resourceType": "Condition", "id": ")", id,
               R"(", "subject": {"reference": "Patient/p"},
    "clinicalStatus": {"coding": [{"code": "active"}]}, "code": )",
               Concept(code), Tail(more), "}"});
}

std::string Order(std::string_view id, std::string_view code, std::string_view more) {
  return Join({R"({"resourceType": "ServiceRequest", "id": ")", id,
               R"(", "intent": "order", "subject": {"reference": "Patient/p"}, "code": )",
               Concept(code),
               more.find("\"status\"") == std::string_view::npos ? R"(, "status": "draft")" : "",
               Tail(more), "}"});
}

std::string Procedure(std::string_view id, std::string_view code, std::string_view more) {
  return Join({R"({"resourceType": "Procedure", "id": ")", id,
               R"(", "subject": {"reference": "Patient/p"}, "code": )", Concept(code), Tail(more),
               "}"});
}

fhir::Json Evaluated::Parse(const std::string& text) {
  auto document = fhir::JsonDocument::Parse(text);
  if (!document) throw std::runtime_error(document.error().diagnostics + ": " + text);
  documents_.push_back(std::move(document.value()));
  return documents_.back().root();
}

void Evaluated::AddBundle(const std::vector<std::string>& resources, std::string_view born) {
  std::string bundle = R"({"resourceType": "Bundle", "type": "collection", "entry": [{"resource":
    {"resourceType": "Patient", "id": "p")";
  if (!born.empty()) bundle += R"(, "birthDate": ")" + std::string(born) + "\"";
  bundle += "}}";
  for (const std::string& text : resources) bundle += R"(,{"resource": )" + text + "}";
  record_.Add(Parse(bundle + "]}"));
}

Evaluated::Evaluated(std::shared_ptr<const Pathway> pathway,
                     const std::vector<std::string>& resources,
                     const std::vector<std::string>& orders, std::string_view now,
                     const std::vector<std::pair<std::string, fhir::Delivery>>& deliveries,
                     std::string_view born)
    : record_("p") {
  AddBundle(resources, born);
  for (const auto& [type, delivery] : deliveries) record_.SetDelivery(type, delivery);
  EvaluateRequest request;
  request.record = &record_;
  request.now = *fhir::DateTime::Parse(now);
  request.trace_id = "trace-1";
  for (const std::string& text : orders) request.orders.push_back(Parse(text));
  outcome_ = Evaluate(std::move(pathway), request);
}

Evaluated::Evaluated(std::shared_ptr<const Pathway> pathway,
                     const std::vector<std::string>& resources,
                     const std::vector<GivenInput>& answers)
    : record_("p") {
  AddBundle(resources, "1950-06-15");
  EvaluateRequest request;
  request.record = &record_;
  request.now = *fhir::DateTime::Parse(kNow);
  request.answers = answers;
  outcome_ = Evaluate(std::move(pathway), request);
}

const InputState& Evaluated::State(std::string_view input, std::string_view focus) const {
  return outcome_.State(outcome_.pathway->FindInput(input), outcome_.Instance(focus));
}

std::string Evaluated::Shown(std::string_view name, std::string_view focus) const {
  const InputState& state = State(name, focus);
  if (!state.value) return Spelling(state.reason);
  return ValueText(outcome_.pathway->inputs[outcome_.pathway->FindInput(name)], *state.value);
}

std::vector<std::string> Evaluated::Results() const {
  std::vector<std::string> results;
  for (const Recommendation& result : outcome_.recommendations) {
    const std::string action =
        result.action == kNone ? "-" : outcome_.pathway->actions[result.action].id;
    results.push_back(result.rule + " " + action +
                      (result.determination == Determination::kRecommended ? " R" : " K") +
                      (result.focus.empty() ? "" : "@" + result.focus));
  }
  std::sort(results.begin(), results.end());
  return results;
}

std::vector<std::string> Evaluated::Asked() const {
  std::vector<std::string> asked;
  for (const Question& question : outcome_.ask) {
    asked.push_back(outcome_.pathway->inputs[question.input].name +
                    (question.focus.empty() ? "" : "@" + question.focus));
  }
  return asked;
}

std::vector<std::string> Evaluated::Changes() const {
  std::vector<std::string> changes;
  for (const Change& change : outcome_.would_change) {
    changes.push_back(outcome_.pathway->inputs[change.input].name + " -> " + change.to + ": " +
                      change.then);
  }
  return changes;
}

const Recommendation& Evaluated::Result(std::string_view rule) const {
  for (const Recommendation& result : outcome_.recommendations) {
    if (result.rule == rule) return result;
  }
  throw std::runtime_error("no result of rule " + std::string(rule));
}

std::string Evaluated::Json() const {
  fhir::JsonWriter writer;
  WriteOutcome(outcome_, writer);
  return writer.Take();
}

}  // namespace renal::pathways::testing
