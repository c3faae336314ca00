#include "pathways/translation.h"

#include <algorithm>
#include <map>
#include <ostream>
#include <regex>
#include <set>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/own_json.h"
#include "pathways/definitions.h"
#include "pathways/load.h"
#include "tests/pathways/small_pathway.h"

namespace renal::pathways {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kSizeFile;
using testing::kSmallPathway;

fhir::OwnJson Read(std::string_view text) {
  auto read = fhir::ReadOwnJson(text);
  if (auto* error = std::get_if<fhir::OwnJsonError>(&read)) {
    throw std::invalid_argument(error->message);
  }
  return std::get<fhir::OwnJson>(std::move(read));
}

LoadResult LoadTranslated(std::string_view pathway, std::string translation) {
  return LoadPathway("small.json", pathway,
                     {.read_file = [](std::string_view name) -> std::optional<std::string> {
                        if (name != "size.json") return std::nullopt;
                        return std::string(kSizeFile);
                      },
                      .translation = TranslationFile{"small.nb.json", std::move(translation)}});
}

/// A translation of the small pathway: the original with "nb:" before each text, but for `changed`.
std::string Translation(const std::map<std::string, std::string>& changed = {}) {
  fhir::JsonWriter writer;
  writer.BeginObject().Member("pathway", "small").Member("version", "1.0.0");
  writer.Member("language", "nb").Member("decimalSign", ",").Key("texts").BeginObject();
  std::map<std::string, std::string> texts;
  for (const ReadableText& text : ReadableTexts(Read(kSmallPathway))) {
    texts[text.key] = "nb:" + text.text;
  }
  for (const auto& [key, text] : changed) texts[key] = text;
  for (const auto& [key, text] : texts) {
    if (!text.empty()) writer.Member(key, text);
  }
  writer.EndObject().EndObject();
  return writer.Take();
}

std::vector<std::string> Problems(const LoadResult& result) {
  std::vector<std::string> problems;
  for (const LoadProblem& problem : result.problems) problems.push_back(problem.ToString());
  return problems;
}

TEST(TranslationTest, ChangesTheWordsAndNothingElse) {
  const LoadResult original = testing::LoadSmall(kSmallPathway);
  const LoadResult translated = LoadTranslated(kSmallPathway, Translation());
  ASSERT_NE(translated.pathway, nullptr) << ::testing::PrintToString(Problems(translated));
  EXPECT_THAT(Problems(translated), IsEmpty());
  const Pathway& pathway = *translated.pathway;
  EXPECT_EQ(pathway.hash, original.pathway->hash);
  EXPECT_EQ(original.pathway->language, "en");
  EXPECT_EQ(pathway.language, "nb");
  EXPECT_EQ(pathway.title, "nb:Small");
  EXPECT_EQ(pathway.inputs[0].question, "nb:How large?");
  EXPECT_EQ(pathway.inputs[1].values[1].second, "nb:high");
  EXPECT_EQ(pathway.inputs[1].if_none->assumption, "nb:grade low");
  EXPECT_EQ(pathway.foci[0].values[0].second, "nb:left side");
  EXPECT_EQ(pathway.gate[0].because, "nb:Too young.");
  EXPECT_EQ(pathway.FindRule("R1").second->because, "nb:Small: nb:tool A, nb:tool B.");
  EXPECT_EQ(pathway.FindRule("R1").second->summary, "nb:Under 2 cm");
  EXPECT_EQ(pathway.checks[0].caution, "nb:Old: {rules} at 2 cm.");
  EXPECT_EQ(pathway.cards.disclaimer, "nb:d");
  EXPECT_EQ(pathway.cards.override_reasons[0].display, "nb:d");
  EXPECT_EQ(pathway.sources[0].label, "nb:Source");
  // What evaluation reads stays.
  EXPECT_EQ(pathway.FindRule("R1").second->cells[0].text, "< %limit");
  EXPECT_EQ(pathway.inputs[0].sources[0].name, "s");
  EXPECT_EQ(pathway.value_sets[0].first, "disease");
  ASSERT_NE(translated.document, nullptr);
  EXPECT_EQ(translated.document->Find("title")->text, "Small");
}

TEST(TranslationTest, ReachesTheTextsOfResources) {
  const LoadResult result = LoadTranslated(kSmallPathway, Translation());
  ASSERT_NE(result.pathway, nullptr);
  const fhir::OwnJson& members = result.pathway->foci[0].resource_members[0].second;
  EXPECT_EQ(members.Find("bodySite")->items[0].Find("text")->text, "nb:Left");
}

TEST(TranslationTest, WritesParametersWithTheDecimalSign) {
  const std::string text =
      testing::Edited(R"("value": "2 'cm'", "min")", R"("value": "2.5 'cm'", "min")");
  const LoadResult result = LoadTranslated(text, Translation());
  ASSERT_NE(result.pathway, nullptr) << ::testing::PrintToString(Problems(result));
  EXPECT_EQ(result.pathway->FindRule("R1").second->summary, "nb:Under 2,5 cm");
  EXPECT_EQ(result.pathway->FindRule("R1").second->cells[0].shown, "< 2.5 'cm'");
  EXPECT_EQ(testing::LoadSmall(text).pathway->FindRule("R1").second->summary, "Under 2.5 cm");
}

// The word names the strength in rules and outcomes; people read its title.
TEST(TranslationTest, KeepsTheWordOfAStrength) {
  constexpr std::string_view kHeld = R"("parameters": {
    "limit")";
  const std::string text = testing::Edited(
      kHeld,
      R"("strengths": [{"word": "preferred", "tier": "preferred"}, {"text": "maybe", "word": "consider", "tier": "acceptable"}, {"word": "info", "tier": "info"}],
  "parameters": {
    "limit")");
  const LoadResult result =
      LoadTranslated(text, Translation({{"strengths.preferred.word", "foretrukket"},
                                        {"strengths.consider.word", "vurderes"},
                                        {"strengths.consider.text", "kanskje"},
                                        {"strengths.info.word", "opplysning"}}));
  ASSERT_NE(result.pathway, nullptr) << ::testing::PrintToString(Problems(result));
  EXPECT_EQ(result.pathway->strengths[1].word, "consider");
  EXPECT_EQ(result.pathway->strengths[1].title, "vurderes");
  EXPECT_EQ(result.pathway->strengths[1].text, "kanskje");
  EXPECT_EQ(testing::LoadSmall(text).pathway->strengths[1].title, "consider");
}

TEST(TranslationTest, ReportsATextThatItLacks) {
  const LoadResult result = LoadTranslated(
      kSmallPathway, Translation({{"gate.young.because", ""}, {"sources.S1.label", ""}}));
  ASSERT_NE(result.pathway, nullptr);
  EXPECT_EQ(result.pathway->gate[0].because, "Too young.");
  EXPECT_EQ(result.pathway->sources[0].label, "Source");  // the name of a publication is not missed
  EXPECT_THAT(Problems(result),
              ElementsAre("small.json:56:62: warning L801: the text has no translation into \"nb\" "
                          "and stays as it is. Add \"gate.young.because\" to the translation."));
}

TEST(TranslationTest, ReportsOtherNumbers) {
  const LoadResult result = LoadTranslated(kSmallPathway, Translation({{"title", "Liten 2"}}));
  ASSERT_NE(result.pathway, nullptr);
  EXPECT_THAT(Problems(result), ElementsAre(HasSubstr("warning L803: the translation has other "
                                                      "numbers than the text \"Small\"")));
}

struct FaultCase {
  std::string_view name;
  std::string translation;
  std::string_view problem;
  friend void PrintTo(const FaultCase& row, std::ostream* out) { *out << row.name; }
};

std::string Head(std::string_view pathway, std::string_view version, std::string_view language) {
  std::string text = Translation();
  const std::size_t texts = text.find("\"decimalSign\"");
  return "{\"pathway\":\"" + std::string(pathway) + "\",\"version\":\"" + std::string(version) +
         "\",\"language\":\"" + std::string(language) + "\"," + text.substr(texts);
}

class TranslationFaultTest : public ::testing::TestWithParam<FaultCase> {};

TEST_P(TranslationFaultTest, IsRefused) {
  const LoadResult result = LoadTranslated(kSmallPathway, GetParam().translation);
  EXPECT_EQ(result.pathway, nullptr);
  EXPECT_THAT(Problems(result), Contains(HasSubstr(std::string(GetParam().problem))));
}

INSTANTIATE_TEST_SUITE_P(
    Faults, TranslationFaultTest,
    ::testing::ValuesIn<FaultCase>({
        {"NotJson", "{", "small.nb.json:1:2: error L101: "},
        {"NotAnObject", "[]", "error L101: the translation must be an object"},
        {"OfAnotherPathway", Head("large", "1.0.0", "nb"),
         "small.nb.json:1:12: error L802: the translation is of pathway \"large\", the file is "
         "\"small\""},
        {"OfAnotherVersion", Head("small", "0.9.0", "nb"),
         "error L802: the translation is of version \"0.9.0\", the file is \"1.0.0\""},
        {"OfTheSameLanguage", Head("small", "1.0.0", "en"),
         "error L802: the pathway file itself is in \"en\""},
        {"UnknownProperty", Head("small", "1.0.0", "x\",\"language2\":\"nb"), "has no property"},
        {"NoTag", Head("small", "1.0.0", "n b"), "error L101: \"n b\" is no language"},
        {"NoTexts", R"({"pathway": "small", "version": "1.0.0", "language": "nb"})",
         "has no \"texts\""},
        {"TextThatDoesNotExist", Translation({{"gate.old.because", "Gammel."}}),
         "error L802: the pathway has no text \"gate.old.because\". Did you mean "
         "\"gate.young.because\"?"},
        {"NameOfACode", Translation({{"inputs.size.name", "x"}}), "error L802: the pathway has no"},
        {"PlaceholderMissing", Translation({{"tables.second.rules.R1.then.summary", "Under 2 cm"}}),
         "error L802: the translation has other placeholders than the text \"Under {limit}\""},
        {"PlaceholderAdded", Translation({{"title", "Liten {limit}"}}),
         "error L802: the translation has other placeholders"},
        {"RulesMissing", Translation({{"checks.K1.then.caution", "Gammel: {limit}."}}),
         "error L802: the translation has other placeholders"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST(TranslationTest, TakesStringsOnly) {
  std::string text = Translation();
  const std::string title = R"("title":"nb:Small")";
  const LoadResult result =
      LoadTranslated(kSmallPathway, text.replace(text.find(title), title.size(), "\"title\":3"));
  EXPECT_EQ(result.pathway, nullptr);
  EXPECT_THAT(Problems(result), ElementsAre(HasSubstr("a translation must be a string")));
}

// ---- the shipped pathway

constexpr std::string_view kShipped = "onc-kidney-2018";

std::string_view ShippedText(std::string_view ending) {
  return *EmbeddedFile(std::string(kShipped) + std::string(ending));
}

TEST(ShippedTranslationTest, IsWhole) {
  const LoadResult result = LoadPathway(
      "f.json", ShippedText(".pathway.json"),
      {.read_file = [](std::string_view name) -> std::optional<std::string> {
         const auto file = EmbeddedFile(name);
         return file ? std::optional<std::string>(*file) : std::nullopt;
       },
       .translation = TranslationFile{"nb.json", std::string(ShippedText(".nb.json"))}});
  ASSERT_NE(result.pathway, nullptr) << ::testing::PrintToString(Problems(result));
  EXPECT_THAT(Problems(result), ElementsAre(HasSubstr("active without \"approvals\"")));
}

TEST(ShippedTranslationTest, IsLoadedByItsLanguage) {
  const auto english = ShippedPathway(kShipped);
  const auto norwegian = ShippedPathway(kShipped, "nb");
  ASSERT_NE(norwegian, nullptr);
  EXPECT_EQ(norwegian->language, "nb");
  EXPECT_EQ(norwegian->hash, english->hash);
  EXPECT_EQ(ShippedPathway(kShipped, "nb"), norwegian);
  EXPECT_EQ(ShippedPathway(kShipped, "en")->language, "en");
  EXPECT_EQ(ShippedPathway(kShipped, "sv"), nullptr);
  EXPECT_EQ(ShippedPathway("nothing", "nb"), nullptr);
}

/// Members of a pathway file whose strings are not for readers of a card: expressions, names,
/// addresses, and notes between authors.
const std::set<std::string, std::less<>> kNotRead = {"note",
                                                     "accept",
                                                     "where",   "same",  "add",
                                                     "when",
                                                     "value",
                                                     "time",
                                                     "label",
                                                     "via",
                                                     "derive",
                                                     "applies",
                                                     "name",
                                                     "url",
                                                     "system",
                                                     "display",
                                                     "publisher",
                                                     "role",
                                                     "preferStatus",
                                                     "maxAge",
                                                     "fresh",
                                                     "limit",
                                                     "within",
                                                     "limits",
                                                     "quietFor",
                                                     "duplicateWithin",
                                                     "min",
                                                     "max",
                                                     "conflictWithin",
                                                     "file",
                                                     "if",
                                                     "unit",
                                                     "askUnless",
                                                     "unless",
                                                     "of",
                                                     "cell"};

/// Strings with a space in them that are no readable text.
void AddProse(const fhir::OwnJson& node, const std::string& key, const std::set<std::string>& known,
              std::vector<std::string>& prose) {
  if (node.type == fhir::JsonType::kString && node.text.find(' ') != std::string::npos &&
      !known.contains(std::to_string(node.at.line) + ":" + std::to_string(node.at.column))) {
    prose.push_back(key + ": " + node.text);
  }
  for (const auto& [name, child] : node.members) {
    if (!kNotRead.contains(name)) AddProse(child, key + "." + name, known, prose);
  }
  for (const fhir::OwnJson& child : node.items) AddProse(child, key + "[]", known, prose);
}

// A new property with words in it must be made known to translators.
TEST(ShippedTranslationTest, KnowsEveryTextOfTheFile) {
  const fhir::OwnJson file = Read(ShippedText(".pathway.json"));
  std::set<std::string> known;
  for (const ReadableText& text : ReadableTexts(file)) {
    known.insert(std::to_string(text.at.line) + ":" + std::to_string(text.at.column));
  }
  std::vector<std::string> prose;
  AddProse(file, "", known, prose);
  EXPECT_THAT(prose, IsEmpty());
}

}  // namespace
}  // namespace renal::pathways
