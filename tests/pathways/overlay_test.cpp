#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/own_json.h"
#include "pathways/governance.h"
#include "pathways/load.h"
#include "tests/pathways/small_pathway.h"

namespace renal::pathways {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kSizeFile;
using testing::kSmallPathway;

LoadOptions Options() {
  return {.read_file = [](std::string_view name) -> std::optional<std::string> {
    if (name != "size.json") return std::nullopt;
    return std::string(kSizeFile);
  }};
}

LoadResult LoadSite(const std::string& overlay, std::string_view pathway = kSmallPathway) {
  LoadOptions options = Options();
  options.site = {"/etc/site/small.site.json", overlay};
  return LoadPathway("small.json", pathway, options);
}

std::string Overlay(const std::string& more) {
  return R"({"pathway": "https://example.org/pathways/small", "version": "1.0.0")" +
         (more.empty() ? "" : ", " + more) + "}";
}

std::vector<std::string> Texts(const LoadResult& result) {
  std::vector<std::string> texts;
  for (const LoadProblem& problem : result.problems) texts.push_back(problem.ToString());
  return texts;
}

std::string HashOfSmall() { return LoadSite(Overlay("")).pathway->hash; }

const Parameter& Get(const Pathway& pathway, std::string_view name) {
  for (const Parameter& each : pathway.parameters) {
    if (each.name == name) return each;
  }
  throw std::out_of_range("no such parameter");
}

TEST(OverlayTest, ChangesParametersAndCards) {
  const LoadResult loaded = LoadSite(Overlay(
      R"("parameters": {"limit": "25 'mm'", "tools": "c,a"}, "note": "n", "x-y": 1, "cards": {"max": 2, "overrideReasons": [{"system": "t", "code": "d", "display": "e"}]})"));
  ASSERT_NE(loaded.pathway, nullptr) << ::testing::PrintToString(Texts(loaded));
  const Pathway& pathway = *loaded.pathway;
  EXPECT_EQ(Get(pathway, "limit").text, "25 'mm'");
  EXPECT_THAT(Get(pathway, "tools").codes, ElementsAre("c", "a"));
  const Rule& rule = *pathway.FindRule("R1").second;
  EXPECT_EQ(rule.cells.at(0).shown, "< 25 'mm'");
  EXPECT_EQ(rule.because, "Small: tool C, tool A.");
  EXPECT_EQ(pathway.cards.max, 2U);
  EXPECT_EQ(pathway.cards.disclaimer, "d");
  EXPECT_EQ(pathway.cards.quiet_hours, 48);
  ASSERT_EQ(pathway.cards.override_reasons.size(), 1U);
  EXPECT_EQ(pathway.cards.override_reasons[0].system, "t");
}

TEST(OverlayTest, IsNamedButNotPartOfTheContent) {
  const LoadResult plain = LoadPathway("small.json", kSmallPathway, Options());
  const LoadResult site = LoadSite(Overlay(R"("parameters": {"limit": "3 'cm'"})"));
  const LoadResult same = LoadSite(
      R"({ "parameters": {"limit":"3 'cm'"}, "version":"1.0.0", "pathway":"https://example.org/pathways/small"})");
  ASSERT_NE(site.pathway, nullptr);
  EXPECT_EQ(site.pathway->hash, plain.pathway->hash);
  EXPECT_EQ(site.pathway->site_name, "small.site.json");
  EXPECT_THAT(site.pathway->site_hash, ::testing::StartsWith("sha256:"));
  EXPECT_EQ(site.pathway->site_hash, same.pathway->site_hash);
  EXPECT_NE(site.pathway->site_hash, LoadSite(Overlay("")).pathway->site_hash);
  EXPECT_EQ(plain.pathway->site_name, "");
}

struct OverlayCase {
  std::string name, overlay;
  std::string problem;  // empty: it loads
  friend void PrintTo(const OverlayCase& row, std::ostream* out) { *out << row.name; }
};

class OverlayProblemTest : public ::testing::TestWithParam<OverlayCase> {};

TEST_P(OverlayProblemTest, NamesPlaceAndRemedy) {
  const OverlayCase& row = GetParam();
  const LoadResult loaded = LoadSite(row.overlay);
  if (row.problem.empty()) {
    EXPECT_NE(loaded.pathway, nullptr);
    EXPECT_THAT(Texts(loaded), IsEmpty());
  } else {
    EXPECT_EQ(loaded.pathway, nullptr);
    EXPECT_THAT(Texts(loaded), ElementsAre(HasSubstr(row.problem)));
    EXPECT_THAT(Texts(loaded), ElementsAre(HasSubstr("/etc/site/small.site.json:1:")));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Overlays, OverlayProblemTest,
    ::testing::ValuesIn<OverlayCase>({
        {"Empty", Overlay(""), ""},
        {"NoJson", "{", "error L101"},
        {"OtherPathway", R"({"pathway": "https://example.org/other", "version": "1.0.0"})",
         "the overlay is for the url \"https://example.org/other\""},
        {"OtherVersion", R"({"pathway": "https://example.org/pathways/small", "version": "1.0.1"})",
         "the overlay is for the version \"1.0.1\", the pathway has \"1.0.0\""},
        {"NoVersion", R"({"pathway": "https://example.org/pathways/small"})", "\"version\""},
        {"UnknownMember", Overlay(R"("rules": [])"), "\"rules\""},
        {"UnknownParameter", Overlay(R"("parameters": {"limits": "2 'cm'"})"),
         R"(the pathway has no parameter "limits". Did you mean "limit"?)"},
        {"NumberWithoutText", Overlay(R"("parameters": {"limit": 2})"), "error L101"},
        {"BelowTheRange", Overlay(R"("parameters": {"limit": "9 'mm'"})"),
         R"(parameter "limit" may be 1 'cm' to 3 'cm', not "9 'mm'")"},
        {"AtTheLowEnd", Overlay(R"("parameters": {"limit": "10 'mm'"})"), ""},
        {"AtTheHighEnd", Overlay(R"("parameters": {"limit": "3 'cm'"})"), ""},
        {"AboveTheRange", Overlay(R"("parameters": {"limit": "3.0001 'cm'"})"), "may be 1 'cm'"},
        {"OtherDimension", Overlay(R"("parameters": {"limit": "2 'g'"})"), "has a wrong value"},
        {"UnknownCode", Overlay(R"("parameters": {"tools": "a,x"})"), R"(has no code "x")"},
        {"NoCode", Overlay(R"("parameters": {"tools": ""})"), "error L101"},
        {"WrongCards", Overlay(R"("cards": {"max": 0})"), "\"max\""},
        {"UnknownCardSetting", Overlay(R"("cards": {"maximum": 1})"), "\"maximum\""},
        {"WordsWithoutUse", Overlay(R"("cards": {"notVerified": "not looked at"})"), ""},
    }),
    [](const auto& row) { return row.param.name; });

TEST(OverlayTest, NeedsWordsThatNameTheCheck) {
  const std::string pathway = [] {
    std::string text = testing::Edited(R"("then": {"suppress": true)",
                                       R"("notVerified": true, "then": {"suppress": true)");
    const std::string_view cards = R"("cards": {)";
    return text.replace(text.find(cards), cards.size(), R"("cards": {"notVerified": "open: {check}", )");
  }();
  EXPECT_THAT(Texts(LoadSite(Overlay(R"("cards": {"notVerified": "offen: {check}"})"), pathway)), IsEmpty());
  EXPECT_THAT(Texts(LoadSite(Overlay(R"("cards": {"max": 2})"), pathway)), IsEmpty());
  EXPECT_THAT(Texts(LoadSite(Overlay(R"("cards": {"notVerified": "not looked at"})"), pathway)),
              ElementsAre(HasSubstr("small.site.json:1:80: error L101: a check has \"notVerified\"")));
}

// A test case, or a corner of the ranges, says what it is about.
TEST(OverlayTest, GivesWayToTheParametersOfTheCall) {
  LoadOptions options = Options();
  options.site = {"small.site.json", Overlay(R"("parameters": {"limit": "3 'cm'", "tools": "c"})")};
  options.parameters = {{"limit", "1 'cm'"}};
  const LoadResult loaded = LoadPathway("small.json", kSmallPathway, options);
  ASSERT_NE(loaded.pathway, nullptr);
  EXPECT_EQ(Get(*loaded.pathway, "limit").text, "1 'cm'");
  EXPECT_EQ(Get(*loaded.pathway, "tools").text, "c");
}

TEST(ApprovalTest, CountsOnlyForTheContentThatItNames) {
  const std::string hash = HashOfSmall();
  const auto with = [](const std::string& member) {
    return LoadSite(Overlay(R"("approvals": [{"name": "Board", "role": "r", "date": "2026-03-01")" +
                            member + "}]"));
  };
  const LoadResult good = with(R"(, "hash": ")" + hash + "\"");
  ASSERT_NE(good.pathway, nullptr);
  ASSERT_EQ(good.pathway->approvals.size(), 1U);
  EXPECT_EQ(good.pathway->approvals[0].name, "Board");
  EXPECT_THAT(Texts(good), IsEmpty());
  const LoadResult other = with(R"(, "hash": "sha256:00")");
  ASSERT_NE(other.pathway, nullptr);
  EXPECT_THAT(other.pathway->approvals, IsEmpty());
  EXPECT_THAT(Texts(other), ElementsAre(HasSubstr("names another content than this file's")));
  EXPECT_THAT(Texts(other), ElementsAre(HasSubstr("warning L502")));
  EXPECT_THAT(Texts(other), ElementsAre(HasSubstr(hash)));
  EXPECT_THAT(Texts(with("")), ElementsAre(HasSubstr("names no content")));
}

TEST(ApprovalTest, OfTheFileNamesTheFileWithoutItsApprovals) {
  const std::string hash = HashOfSmall();
  std::string text = testing::Edited(
      R"("scope")", R"("approvals": [{"name": "B", "hash": ")" + hash + R"("}], "scope")");
  const LoadResult good = LoadPathway("small.json", text, Options());
  ASSERT_NE(good.pathway, nullptr);
  EXPECT_EQ(good.pathway->hash, hash);
  EXPECT_EQ(good.pathway->approvals.size(), 1U);
  text.replace(text.find("\"Small\""), 7, "\"Changed\"");
  const LoadResult changed = LoadPathway("small.json", text, Options());
  EXPECT_THAT(changed.pathway->approvals, IsEmpty());
  EXPECT_THAT(Texts(changed), ElementsAre(HasSubstr("L502")));
}

// --- When it is in force

struct PeriodCase {
  std::string name, members, now, stop;
  friend void PrintTo(const PeriodCase& row, std::ostream* out) { *out << row.name; }
};

class GovernanceTest : public ::testing::TestWithParam<PeriodCase> {};

TEST_P(GovernanceTest, KnowsWhetherItIsInForce) {
  const PeriodCase& row = GetParam();
  const LoadResult loaded =
      LoadPathway("small.json", testing::Edited(R"("status": "draft",)", row.members), Options());
  ASSERT_NE(loaded.pathway, nullptr);
  EXPECT_EQ(GovernanceStop(*loaded.pathway, *fhir::DateTime::Parse(row.now)), row.stop);
}

constexpr const char* kPeriod =
    R"("status": "active", "effectivePeriod": {"start": "2026-03-01", "end": "2026-04"},)";

INSTANTIATE_TEST_SUITE_P(
    Periods, GovernanceTest,
    ::testing::ValuesIn<PeriodCase>({
        {"DraftWithoutPeriod", R"("status": "draft",)", "2026-03-01T00:00:00Z", ""},
        {"Retired", R"("status": "retired",)", "2026-03-01T00:00:00Z", "retired"},
        {"LastMomentBefore", kPeriod, "2026-02-28T23:59:59.999+01:00", "not-yet-effective"},
        {"FirstMoment", kPeriod, "2026-03-01T00:00:00+01:00", ""},
        {"FirstDayElsewhere", kPeriod, "2026-02-28T23:30:00Z", "not-yet-effective"},
        {"LastMoment", kPeriod, "2026-04-30T23:59:59.999+01:00", ""},
        {"FirstMomentAfter", kPeriod, "2026-05-01T00:00:00+01:00", "no-longer-effective"},
        {"OpenEnd", R"("status": "active", "effectivePeriod": {"start": "2018"},)",
         "2099-01-01T00:00:00Z", ""},
        {"OpenEndBefore", R"("status": "active", "effectivePeriod": {"start": "2018"},)",
         "2017-12-31T23:59:59Z", "not-yet-effective"},
    }),
    [](const auto& row) { return row.param.name; });

std::vector<std::string> Objections(const std::string& members, Reach reach,
                                    const std::string& approval = "") {
  const std::string text = testing::Edited(R"("status": "draft",)", members);
  const LoadResult plain = LoadPathway("small.json", text, Options());
  const LoadResult loaded = LoadSite(
      Overlay(approval == "yes"
                  ? R"("approvals": [{"name": "B", "hash": ")" + plain.pathway->hash + "\"}]"
                  : ""),
      text);
  return ServeObjections(*loaded.pathway, reach);
}

TEST(ServeObjectionsTest, OnlyActiveOnesAreShown) {
  EXPECT_THAT(Objections(R"("status": "active",)", Reach::kLoopback), IsEmpty());
  EXPECT_THAT(Objections(R"("status": "draft",)", Reach::kLoopback),
              ElementsAre(HasSubstr("is a draft: run it in shadow")));
  EXPECT_THAT(Objections(R"("status": "retired",)", Reach::kLoopback),
              ElementsAre(HasSubstr("is retired")));
}

TEST(ServeObjectionsTest, BeyondLoopbackOnlyApprovedOnes) {
  EXPECT_THAT(Objections(R"("status": "active",)", Reach::kBeyond),
              ElementsAre(HasSubstr("is not approved here: give an overlay (--site)")));
  EXPECT_THAT(Objections(R"("status": "active",)", Reach::kBeyond, "yes"), IsEmpty());
  EXPECT_THAT(Objections(R"("status": "active", "experimental": true,)", Reach::kBeyond, "yes"),
              ElementsAre(HasSubstr("is experimental")));
}

TEST(ServeObjectionsTest, ARetiredOneIsNoShadow) {
  const auto load = [](const char* members) {
    return LoadPathway("small.json", testing::Edited(R"("status": "draft",)", members), Options())
        .pathway;
  };
  EXPECT_THAT(ShadowObjections(*load(R"("status": "draft",)")), IsEmpty());
  EXPECT_THAT(ShadowObjections(*load(R"("status": "active",)")), IsEmpty());
  EXPECT_THAT(ShadowObjections(*load(R"("status": "retired",)")),
              ElementsAre(HasSubstr("retired")));
}

}  // namespace
}  // namespace renal::pathways
