#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cards/build.h"
#include "tests/cards/scene.h"

/// What differs by language on a card, in both languages: everything but the pathway's own words.
namespace renal::cards {
namespace {

using namespace testing_scene;
using pathways::Bound;
using pathways::InputState;
using pathways::InputStatus;
using pathways::Interval;
using pathways::Outcome;
using pathways::Pathway;
using pathways::Type;
using pathways::Value;
using testing::HasSubstr;
using testing::Not;

class LanguageTest : public testing::Test {
 protected:
  LanguageTest() : pathway_(MakePathway()), outcome_(MakeOutcome(pathway_)) {
    outcome_.recommendations.push_back(Result("R-05", kPartial));
  }

  Card CardIn(std::string language, std::string hook = "patient-view") {
    pathway_->language = std::move(language);
    const Response response = Build(outcome_, Request(std::move(hook)));
    EXPECT_EQ(response.cards.size(), 1U);
    return response.cards.empty() ? Card{} : response.cards[0];
  }
  std::string DetailIn(std::string language) { return CardIn(std::move(language)).detail; }
  InputState& State(pathways::Index input) { return outcome_.focus_inputs[0][input]; }

  std::shared_ptr<Pathway> pathway_;
  Outcome outcome_;
};

TEST_F(LanguageTest, FollowsThePathway) {
  EXPECT_THAT(DetailIn("en"), HasSubstr("**Recommended**"));
  EXPECT_THAT(DetailIn("nb"), HasSubstr("**Anbefalt**"));
  EXPECT_THAT(DetailIn("sv"), HasSubstr("**Recommended**"));  // no Swedish catalogue
}

TEST_F(LanguageTest, ARequestMayNameItsCatalogue) {
  pathway_->language = "nb";
  BuildRequest request = Request("patient-view");
  request.catalogue = &Catalogue::English();
  EXPECT_THAT(Build(outcome_, request).cards.at(0).detail, HasSubstr("**Recommended**"));
}

TEST_F(LanguageTest, WritesDecimals) {
  State(kSize).from[0].recorded = "69.5 'mm'";
  EXPECT_THAT(CardIn("en").summary, HasSubstr("6.9 cm"));
  EXPECT_THAT(DetailIn("en"), HasSubstr("6.9 cm (recorded 69.5 mm, Observation/s2, 2026-02-14)"));
  EXPECT_THAT(CardIn("nb").summary, HasSubstr("6,9 cm"));
  EXPECT_THAT(DetailIn("nb"), HasSubstr("6,9 cm (registrert 69,5 mm, Observation/s2, 14.02.2026)"));
}

struct RecordedCase {
  std::string_view name;
  std::string_view recorded;  // as it stands in the record
  std::string_view english, norwegian;
  friend void PrintTo(const RecordedCase& row, std::ostream* out) { *out << row.name; }
};

class RecordedTest : public LanguageTest, public testing::WithParamInterface<RecordedCase> {};

// A text of the record is quoted as it is; what is a number or a Boolean reads as the language
// writes it.
TEST_P(RecordedTest, IsQuotedOrWritten) {
  State(kSize).from[0].recorded = GetParam().recorded;
  EXPECT_THAT(DetailIn("en"), HasSubstr(std::string(GetParam().english)));
  EXPECT_THAT(DetailIn("nb"), HasSubstr(std::string(GetParam().norwegian)));
}

INSTANTIATE_TEST_SUITE_P(
    Forms, RecordedTest,
    testing::ValuesIn<RecordedCase>({
        {"Quantity", "0.5 'mm'", "(recorded 0.5 mm, ", "(registrert 0,5 mm, "},
        {"Whole", "69 'mm'", "(recorded 69 mm, ", "(registrert 69 mm, "},
        {"Interval", "[6.5 .. 7.25) 'cm'", R"(\[6\.5 \.\. 7\.25\) cm)",
         R"(\[6\,5 \.\. 7\,25\) cm)"},
        {"UnitWithAPoint", "45.5 'mL/min/{1.73_m2}'", "45\\.5 mL\\/min\\/\\{1\\.73\\_m2\\}",
         "45\\,5 mL\\/min\\/\\{1\\.73\\_m2\\}"},
        {"TrueIsAWord", "true", "(recorded true, ", "(registrert som ja, "},
        {"FalseIsAWord", "false", "(recorded false, ", "(registrert som nei, "},
        {"Text", "about 6.5", "(recorded about 6\\.5, ", "(registrert about 6\\.5, "},
        {"Version", "1.2.3", "(recorded 1.2.3, ", "(registrert 1.2.3, "},
        {"TextWithOr", "6 or 7", "(recorded 6 or 7, ", "(registrert 6 or 7, "},
    }),
    [](const auto& test) { return std::string(test.param.name); });

struct DayCase {
  std::string_view name;
  std::string_view time;
  std::string_view english, norwegian;
  friend void PrintTo(const DayCase& row, std::ostream* out) { *out << row.name; }
};

class DayTest : public LanguageTest, public testing::WithParamInterface<DayCase> {};

TEST_P(DayTest, IsWrittenAsTheLanguageDoes) {
  State(kSize).from[0].time = GetParam().time;
  EXPECT_THAT(DetailIn("en"), HasSubstr(std::string(GetParam().english)));
  EXPECT_THAT(DetailIn("nb"), HasSubstr(std::string(GetParam().norwegian)));
}

INSTANTIATE_TEST_SUITE_P(Times, DayTest,
                         testing::ValuesIn<DayCase>({
                             {"Day", "2026-02-04", "s2, 2026-02-04)", "s2, 04.02.2026)"},
                             {"Time", "2026-02-04T23:59:59+01:00", "s2, 2026-02-04)",
                              "s2, 04.02.2026)"},
                             {"Month", "2026-02", "s2, 2026-02)", "s2, 02.2026)"},
                             {"Year", "2026", "s2, 2026)", "s2, 2026)"},
                             {"None", "", "Observation/s2)", "Observation/s2)"},
                             {"NoTime", "soon", "s2, soon)", "s2, soon)"},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(LanguageTest, WritesIntervals) {
  const auto bound = [](std::string_view number, bool closed) {
    return Bound{{*fhir::Decimal::Parse(number), *fhir::Unit::Parse("cm")}, closed};
  };
  State(kSize).value = Value::Ordered({bound("6.5", true), std::nullopt});
  EXPECT_THAT(DetailIn("nb"), HasSubstr(": minst 6,5 cm ("));
  State(kSize).value = Value::Ordered({bound("6.5", false), bound("7.5", false)});
  EXPECT_THAT(DetailIn("nb"), HasSubstr(": mer enn 6,5 cm og mindre enn 7,5 cm ("));
  State(kSize).value = Value::Ordered({bound("6.5", true), bound("7.5", true)});
  EXPECT_THAT(DetailIn("nb"), HasSubstr(": 6,5 cm til 7,5 cm ("));
}

TEST_F(LanguageTest, SaysYesAndNo) {
  pathway_->inputs[kCentral].type = Type::kBoolean;
  pathway_->inputs[kCentral].values = {{"false", "no"}, {"true", "yes"}};
  EXPECT_THAT(DetailIn("en"), HasSubstr("Central location: no ("));
  EXPECT_THAT(DetailIn("nb"), HasSubstr("Central location: nei ("));
  outcome_.would_change = {{kCentral, "right", "yes", "R-07 radical"}};
  EXPECT_THAT(DetailIn("nb"), HasSubstr("Central location: ja. Da: R-07 Radical nephrectomy."));
}

TEST_F(LanguageTest, WritesTheAlternativesOfACell) {
  outcome_.orders = {Draft(pathways::Verdict::kDiscordant)};
  outcome_.orders[0].obstacles = {{"R-07",
                                   {{kSpread, "M0 or M1", ""},
                                    {kSize, "> 7.5 'cm'", "6.9 'cm'"},
                                    {kCentral, "known", "no"},
                                    {kSolitary, "unknown", "no"}}}};
  const std::string english = CardIn("en", "order-sign").detail;
  EXPECT_THAT(english, HasSubstr("no distant metastasis (M0) or M1. Recorded: nothing."));
  EXPECT_THAT(english, HasSubstr("> 7.5 cm. Recorded: 6.9 cm."));
  EXPECT_THAT(english, HasSubstr("Central location: known."));
  const std::string norwegian = CardIn("nb", "order-sign").detail;
  EXPECT_THAT(norwegian, HasSubstr("no distant metastasis (M0) eller M1. Registrert: ingenting."));
  EXPECT_THAT(norwegian, HasSubstr("> 7,5 cm. Registrert: 6,9 cm."));
  EXPECT_THAT(norwegian, HasSubstr("Central location: kjent."));
  EXPECT_THAT(norwegian, HasSubstr("Solitary kidney: ukjent."));
}

TEST_F(LanguageTest, CapitalsAreNotOnlyThoseOfEnglish) {
  pathway_->foci[0].values[1].second = "øvre nyre";
  pathway_->actions[kPartial].title = "ærlig åpning";
  const Card card = CardIn("nb");
  EXPECT_THAT(card.summary, HasSubstr("Øvre nyre"));
  EXPECT_EQ(card.suggestions.at(0).label, "Ærlig åpning, øvre nyre");
  outcome_.recommendations[0].summary = "ås";
  EXPECT_THAT(CardIn("nb").summary, HasSubstr("Ås (øvre nyre"));
}

TEST_F(LanguageTest, LeavesSignsAndAbbreviationsAlone) {
  pathway_->foci[0].values[1].second = "÷ MDT";
  EXPECT_THAT(CardIn("nb").summary, HasSubstr("÷ MDT"));
  pathway_->foci[0].values[1].second = "ÅB nyre";
  outcome_.recommendations[0].summary = "tekst";
  EXPECT_THAT(CardIn("nb").summary, HasSubstr("Tekst (ÅB nyre"));
}

TEST_F(LanguageTest, ShowsTheTitleOfAStrength) {
  EXPECT_THAT(CardIn("nb").summary, HasSubstr("(endeavoured)"));
  pathway_->strengths[kEndeavoured].title = "tilstrebes";
  EXPECT_THAT(CardIn("nb").summary, HasSubstr("(tilstrebes)"));
  EXPECT_THAT(CardIn("nb").summary, Not(HasSubstr("endeavoured")));
}

TEST_F(LanguageTest, NamesTypesOfResources) {
  BuildRequest request = Request("patient-view");
  request.deliveries = {{"Procedure", fhir::Delivery::kFailed}};
  EXPECT_THAT(Build(outcome_, request).cards.at(0).detail,
              HasSubstr("Could not be read: procedures; unknown"));
  pathway_->language = "nb";
  EXPECT_THAT(Build(outcome_, request).cards.at(0).detail,
              HasSubstr("Kunne ikke leses: prosedyrer; ukjent"));
}

}  // namespace
}  // namespace renal::cards
