#include "tests/cards/scene.h"

#include <utility>
#include <variant>

#include <gtest/gtest.h>

#include "cards/invariants.h"
#include "fhir/own_json.h"

namespace renal::cards::testing_scene {

using namespace pathways;

namespace {

fhir::OwnJson Json(std::string_view text) {
  return std::get<fhir::OwnJson>(fhir::ReadOwnJson(text));
}

pathways::Action MakeAction(std::string id, std::string title, ActionKind kind,
                            bool orderable = true) {
  pathways::Action action{.id = std::move(id), .title = std::move(title), .kind = kind};
  if (orderable) {
    action.resource = Json(R"({"resourceType":"ServiceRequest","status":"draft","intent":"order",)"
                           R"("code":{"coding":[{"system":"https://x.example/cs","code":")" +
                           action.id + R"("}]}})");
  }
  return action;
}

Input MakeInput(std::string name, std::string title, Type type, Index focus) {
  Input input{.name = std::move(name), .title = std::move(title), .type = type, .focus = focus};
  input.question = "What about: " + input.title + "?";
  return input;
}

Rule MakeRule(std::string id, std::vector<Index> inputs) {
  Rule rule;
  rule.id = std::move(id);
  for (const Index input : inputs) {
    Cell cell;
    cell.input = input;
    rule.cells.push_back(std::move(cell));
  }
  return rule;
}

void AddFocus(Pathway& pathway) {
  FocusKind kidney;
  kidney.name = "kidney";
  kidney.title = "kidney";
  kidney.values = {{"left", "left kidney"}, {"right", "right kidney"}};
  kidney.unlinked = "the datum belongs to the only kidney with a tumour";
  kidney.resource_members.emplace_back(0, Json(R"({"bodySite":[{"text":"left kidney"}]})"));
  kidney.resource_members.emplace_back(1, Json(R"({"bodySite":[{"text":"right kidney"}]})"));
  FocusKind lesion;
  lesion.name = "lesion";
  lesion.title = "metastasis";
  lesion.by_reference = true;
  pathway.foci.push_back(std::move(kidney));
  pathway.foci.push_back(std::move(lesion));
}

void AddInputs(Pathway& pathway) {
  pathway.inputs.push_back(MakeInput("tumour_size_cm", "Tumour size", Type::kQuantity, 0));
  pathway.inputs.push_back(MakeInput("central", "Central location", Type::kCode, 0));
  pathway.inputs.push_back(MakeInput("m_status", "Distant spread", Type::kCode, kNone));
  pathway.inputs.push_back(MakeInput("solitary_kidney", "Solitary kidney", Type::kCode, kNone));
  pathway.inputs[kSize].unit = fhir::Unit::Parse("cm");
  pathway.inputs[kCentral].values = {{"no", "not central"}, {"yes", "central"}};
  pathway.inputs[kSpread].values = {{"M0", "no distant metastasis (M0)"}, {"M1", "M1"}};
  pathway.inputs[kSpread].obtain = kImaging;
  pathway.inputs[kSolitary].values = {{"no", "no"}, {"yes", "yes"}};
  pathway.inputs[kSolitary].if_none =
      IfNone{.value = Value::Code(0), .assumption = "no record of a solitary kidney"};
}

void AddRules(Pathway& pathway) {
  Table table;
  table.id = "operation";
  table.focus = 0;
  table.rules.push_back(MakeRule("R-05", {kSize, kCentral, kSolitary}));
  table.rules.push_back(MakeRule("R-07", {kSize}));
  table.rules.push_back(MakeRule("R-18", {kSize}));
  pathway.tables.push_back(std::move(table));
}

}  // namespace

std::shared_ptr<Pathway> MakePathway() {
  auto pathway = std::make_shared<Pathway>();
  pathway->id = "demo";
  pathway->url = "https://x.example/pathways/demo";
  pathway->version = "1.2.3";
  pathway->title = "Demo pathway";
  pathway->hash = "sha256:0123456789abcdef0123";
  pathway->sources = {{"S1", "Demo guideline", "https://x.example/guideline", "2018", "4.2", ""},
                      {"S2", "Demo book", "http://x.example/book", "2017", "", ""}};
  pathway->strengths = {{"standard", Tier::kPreferred, "standard treatment"},
                        {"endeavoured", Tier::kPreferred, "is aimed for"},
                        {"may", Tier::kAcceptable, "may be done"}};
  pathway->actions.push_back(MakeAction("partial", "Partial nephrectomy", ActionKind::kTreatment));
  pathway->actions.push_back(MakeAction("radical", "Radical nephrectomy", ActionKind::kTreatment));
  pathway->actions.push_back(MakeAction("watch", "Active surveillance", ActionKind::kTreatment));
  pathway->actions.push_back(MakeAction("board", "Tumour board", ActionKind::kReferral));
  pathway->actions.push_back(MakeAction("imaging", "CT of the chest", ActionKind::kCollectData));
  pathway->actions.push_back(MakeAction("surgery", "Kidney surgery", ActionKind::kFrame, false));
  AddFocus(*pathway);
  AddInputs(*pathway);
  AddRules(*pathway);
  pathway->cards.disclaimer = "No substitute for clinical judgement.";
  pathway->cards.override_reasons = {{"https://x.example/cs/why", "refuses", "Patient declines"}};
  return pathway;
}

Recommendation Result(std::string rule, Index action, Index strength, Tier tier) {
  Recommendation result{.rule = std::move(rule), .action = action, .strength = strength};
  result.tier = tier;
  result.determination = Determination::kRecommended;
  result.focus_kind = 0;
  result.focus = "right";
  result.orderable = true;
  result.because = {"Reason of " + result.rule + "."};
  result.cite = {0};
  return result;
}

Value Centimeters(std::string_view number) {
  return Value::Ordered(Interval::Point({*fhir::Decimal::Parse(number), *fhir::Unit::Parse("cm")}));
}

Outcome MakeOutcome(std::shared_ptr<Pathway> pathway) {
  Outcome outcome;
  outcome.pathway = std::move(pathway);
  outcome.kind = OutcomeKind::kRecommendation;
  outcome.evaluated_at = "2026-03-02T09:00:00+01:00";
  outcome.trace_id = "trace-1";
  outcome.foci = {{0, "right", {"Condition/c1"}}};
  outcome.patient_inputs.resize(4);
  outcome.focus_inputs.resize(1);
  outcome.focus_inputs[0].resize(4);
  InputState& size = outcome.focus_inputs[0][kSize];
  size.status = InputStatus::kKnown;
  size.value = Centimeters("6.9");
  size.from = {{.reference = "Observation/s2",
                .time = "2026-02-14T10:00:00Z",
                .recorded = "69 'mm'",
                .value = "6.9 'cm'"}};
  InputState& central = outcome.focus_inputs[0][kCentral];
  central.status = InputStatus::kKnown;
  central.value = Value::Code(0);
  central.from = {
      {.reference = "Observation/c", .time = "2026-02-15", .recorded = "no", .value = "no"}};
  outcome.patient_inputs[kSolitary].status = InputStatus::kAssumed;
  outcome.patient_inputs[kSolitary].value = Value::Code(0);
  return outcome;
}

OrderVerdict Draft(Verdict verdict) {
  OrderVerdict order;
  order.reference = "ServiceRequest/draft-1";
  order.action = kRadical;
  order.verdict = verdict;
  order.focus = "right";
  return order;
}

BuildRequest Request(std::string hook) {
  return {.hook = std::move(hook),
          .patient_id = "p1",
          .encounter_id = "e1",
          .requester = "Practitioner/7",
          .authored_on = "2026-03-02T09:00:00+01:00"};
}

Response Build(const Outcome& outcome, const BuildRequest& request) {
  SeededUuidSource uuids(1);
  Response response = BuildCards(outcome, request, uuids);
  EXPECT_TRUE(Check(response).empty());
  return response;
}

}  // namespace renal::cards::testing_scene
