#include "pathways/data_needs.h"

#include <string>

#include <gtest/gtest.h>

#include "tests/pathways/evaluated.h"

// What is looked for in the record because of orders and expressions.
namespace renal::pathways::testing {
namespace {

std::string NeedOf(const std::string& match, std::string_view type) {
  std::string text =
      TextOf({.inputs = Truths(),
              .tables = Table("collect", R"("x")", Rule("R1", R"("x": "true")", "a"))});
  const std::size_t action = text.find(R"("a": {)");
  const std::size_t from = text.find(R"("match": )", action);
  const std::size_t to = text.find('}', from) + 1;
  text.replace(from, to - from, R"("match": )" + match);
  const auto pathway = LoadText(text);
  for (const TypeNeed& need : TypeNeedsOf(*pathway)) {
    if (need.type != type) continue;
    std::string codes = need.any_code ? "any" : "";
    for (const CodeNeed& each : need.codes) codes += " " + each.codes->concepts()[0].code;
    return codes;
  }
  return "not read";
}

TEST(TypeNeedsTest, OrdersAreLookedForByTheirCodes) {
  EXPECT_EQ(NeedOf(R"({"codes": "act-a"})", "ServiceRequest").find("any"), std::string::npos);
  EXPECT_NE(NeedOf(R"j({"where": "code.memberOf('count') or status = 'x'"})j", "ServiceRequest")
                .find(" count"),
            std::string::npos);
  EXPECT_TRUE(NeedOf(R"({"where": "status = 'x'"})", "ServiceRequest").starts_with("any"));
}

TEST(TypeNeedsTest, FollowsWhatExpressionsTakeFromTheRecord) {
  const auto need = [](const std::string& derive) {
    const auto pathway = Load(
        {.inputs = Truths() +
                   R"(, "more": {"title": "M", "type": "Boolean", "question": "?", "derive": ")" +
                   derive + R"("})",
         .tables = Table("collect", R"("more")", Rule("R1", R"("more": "true")", "a"))});
    std::string text;
    for (const TypeNeed& each : TypeNeedsOf(*pathway)) {
      if (each.type != "CarePlan" && each.type != "Encounter") continue;
      text += each.type + (each.any_code ? " any" : "");
      for (const CodeNeed& codes : each.codes) text += " " + codes.codes->concepts()[0].code;
    }
    return text;
  };
  EXPECT_EQ(need("%x"), "");
  EXPECT_EQ(need("%context.entry.resource.ofType(CarePlan).exists()"), "CarePlan any");
  EXPECT_EQ(need("%context.entry.resource.ofType(Encounter).exists(reasonCode.exists())"),
            "Encounter any");
  EXPECT_EQ(need("%encounter.status = 'finished'"), "Encounter any");
}

}  // namespace
}  // namespace renal::pathways::testing
