#include "pathways/order_resource.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "pathways/definitions.h"
#include "tests/pathways/evaluated.h"

// What an order is made from besides its template, and what is looked for because of orders.
namespace renal::pathways::testing {
namespace {

constexpr std::string_view kSize =
    R"("size": {"title": "Size", "type": "Quantity", "unit": "cm", "min": "0 'cm'", "max": "40 'cm'", "question": "How large?",
                "sources": [{"name": "s", "from": "Observation", "code": "size", "time": "effective", "value": "value"}]},
       "count": {"title": "Count", "type": "Integer", "min": "0", "max": "9", "question": "How many?",
                "sources": [{"name": "c", "from": "Observation", "code": "count", "time": "effective", "value": "value"}]},
       "since": {"title": "Since", "type": "Date", "question": "Since when?",
                "sources": [{"name": "d", "from": "Observation", "code": "flag", "time": "effective", "value": "effective"}]})";

// The action `a`, which sets one element by that expression.
std::shared_ptr<const Pathway> Setting(const std::string& path, const std::string& expression) {
  std::string text = TextOf({.inputs = std::string(kSize),
                             .tables = Table("collect", R"("size", "count", "since")",
                                             Rule("R1", R"("size": "known")", "a"))});
  const std::string_view resource = R"("resource": {)";
  const std::size_t at = text.find(resource, text.find(R"("a": {)"));
  text.insert(at, R"("set": [{"path": ")" + path + R"(", "expression": ")" + expression + R"("}], )");
  return LoadText(text);
}

struct SetCase {
  std::string name, path, expression;
  std::string member;  // of the order, as compact JSON; empty: not there

  friend void PrintTo(const SetCase& row, std::ostream* out) { *out << row.name; }
};

class SetElementTest : public ::testing::TestWithParam<SetCase> {};

TEST_P(SetElementTest, IsWhatTheInputsGive) {
  const SetCase& row = GetParam();
  const Evaluated call(Setting(row.path, row.expression),
                       {Observation("s", "size", "2026-02-01", Quantity("70", "mm"))});
  const Pathway& pathway = *call.outcome().pathway;
  const Index action = pathway.FindAction("a");
  const OrderContext context{.patient_id = "p",
                             .encounter_id = "e",
                             .requester = "Practitioner/d",
                             .authored_on = "2026-03-02T09:00:00Z",
                             .outcome = &call.outcome()};
  const fhir::OwnJson order = OrderResource(pathway, action, kNone, "", context);
  EXPECT_EQ(WrittenOrderResource(pathway, action, kNone, "", context).text(),
            fhir::JsonWriter().Value(order).Take());
  const fhir::OwnJson* member = order.Find(row.path);
  ASSERT_EQ(member != nullptr, !row.member.empty());
  if (member != nullptr) {
    EXPECT_EQ(fhir::CanonicalText(*member), row.member);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Types, SetElementTest,
    ::testing::ValuesIn<SetCase>({
        {"Text", "priority", "iif(%size > 4 'cm', 'urgent', 'routine')", R"("urgent")"},
        {"Boolean", "doNotPerform", "%size > 9 'cm'", "false"},
        {"Integer", "quantityInteger", "1 + 1", "2"},
        {"Decimal", "quantityDecimal", "1.50", "1.50"},
        {"Quantity", "quantityQuantity", "%size",
         R"({"code":"mm","system":"http://unitsofmeasure.org","unit":"mm","value":70})"},
        {"Date", "occurrenceDateTime", "%today + 30 days", R"("2026-04-01")"},
        {"UnknownTakesTheOtherBranchOfIif", "status", "iif(%count > 1, 'active', 'on-hold')",
         R"("on-hold")"},
        {"NothingLeavesTheTemplate", "intent", "iif(%count > 1, 'plan', {})", R"("order")"},
        {"NothingWhereTheTemplateHasNothing", "asNeededBoolean", "%count > 1", ""},
    }),
    [](const auto& test) { return test.param.name; });

TEST(SetElementTest, StaysOutWithoutAnOutcome) {
  const auto pathway = Setting("priority", "'urgent'");
  const fhir::OwnJson order =
      OrderResource(*pathway, pathway->FindAction("a"), kNone, "", {.patient_id = "p"});
  EXPECT_EQ(order.Find("priority"), nullptr);
  EXPECT_NE(order.Find("subject"), nullptr);
}

// Every template of the shipped pathway, for the patient, for every place and for a thing of the
// record.
TEST(WrittenOrderResourceTest, IsTheTextOfOrderResource) {
  const auto shipped = ShippedPathway("onc-kidney-2018");
  ASSERT_NE(shipped, nullptr);
  const Pathway& pathway = *shipped;
  const OrderContext context{
      .patient_id = "p", .encounter_id = "no id", .requester = "Practitioner/d"};
  std::vector<std::pair<Index, std::string>> foci{{kNone, ""}};
  for (Index kind = 0; kind < pathway.foci.size(); ++kind) {
    foci.emplace_back(kind, "Condition/c");
    for (const auto& [key, title] : pathway.foci[kind].values) foci.emplace_back(kind, key);
  }
  std::size_t orders = 0;
  for (Index action = 0; action <= pathway.actions.size(); ++action) {
    for (const auto& [kind, key] : foci) {
      const fhir::OwnJson order = OrderResource(pathway, action, kind, key, context);
      const auto written = WrittenOrderResource(pathway, action, kind, key, context);
      EXPECT_EQ(written.absent(), order.type == fhir::JsonType::kAbsent);
      if (written.absent()) continue;
      EXPECT_EQ(written.text(), fhir::JsonWriter().Value(order).Take());
      ++orders;
    }
  }
  EXPECT_GT(orders, foci.size());
}

}  // namespace
}  // namespace renal::pathways::testing
