#include "cards/catalogue.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <set>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "fhir/own_json.h"

namespace renal::cards {
namespace {

using fhir::IssueCode;

const std::filesystem::path kCards = std::filesystem::path(RENAL_SOURCE_DIR) / "cards";

std::string ReadText(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string EnglishFile() { return ReadText(kCards / "catalogue/en.json"); }

/// The English file with its first `from` replaced.
std::string Changed(std::string_view from, std::string_view to) {
  std::string text = EnglishFile();
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(CatalogueTest, LoadsTheEmbeddedEnglish) {
  EXPECT_EQ(Catalogue::English().language(), "en");
  EXPECT_EQ(Catalogue::English().Text(Phrase::kHeadingRecommended), "Recommended");
}

TEST(CatalogueTest, HasEveryLanguageWhole) {
  EXPECT_EQ(Catalogue::Languages(), (std::vector<std::string>{"en", "nb"}));
  for (const std::string& language : Catalogue::Languages()) {
    ASSERT_NE(Catalogue::Of(language), nullptr) << language;
    EXPECT_EQ(Catalogue::Of(language)->language(), language);
    const auto file = Catalogue::Load(ReadText(kCards / "catalogue" / (language + ".json")));
    EXPECT_TRUE(file.has_value()) << file.error().expression << ": " << file.error().diagnostics;
  }
  EXPECT_EQ(Catalogue::Of("en"), &Catalogue::English());
  EXPECT_EQ(Catalogue::Of("sv"), nullptr);
  EXPECT_EQ(Catalogue::Of(""), nullptr);
}

// Loading has compared keys and placeholders with what the code asks for; forms for counting belong to it.
TEST(CatalogueTest, NoTextIsLeftInEnglish) {
  const Catalogue& norwegian = *Catalogue::Of("nb");
  std::set<std::string_view> same;
  for (std::size_t i = 0; i < static_cast<std::size_t>(Phrase::kCount); ++i) {
    const auto phrase = static_cast<Phrase>(i);
    if (norwegian.Text(phrase) == Catalogue::English().Text(phrase)) {
      same.insert(Catalogue::Key(phrase));
    }
  }
  // Nothing but signs and placeholders.
  EXPECT_EQ(same, (std::set<std::string_view>{"about.size",         "datum.line",
                                              "datum.origin",       "focus.described",
                                              "focus.reference",    "input.focus",
                                              "list.clause",        "list.comma",
                                              "missing.line",       "missing.question",
                                              "provenance.edition", "result.rule",
                                              "result.strength",    "result.strength-meaning",
                                              "score.parts",        "score.why",
                                              "suggestion.focus",   "summary.action",
                                              "summary.cause",      "summary.recommended",
                                              "summary.rule"}));
}

TEST(CatalogueTest, NamesLanguagesWhoseReadersReadIt) {
  EXPECT_EQ(Catalogue::Of("nb")->also(), (std::vector<std::string>{"no", "nn"}));
  EXPECT_TRUE(Catalogue::English().also().empty());
}

TEST(CatalogueTest, CountsAndJoinsInNorwegian) {
  const Catalogue& words = *Catalogue::Of("nb");
  EXPECT_TRUE(words.Counted(Phrase::kDatumStale, 1).starts_with("1 dag gammel"));
  EXPECT_TRUE(words.Counted(Phrase::kDatumStale, 2).starts_with("2 dager gammel"));
  EXPECT_EQ(words.Join({"a", "b", "c"}), "a, b og c");
  EXPECT_EQ(words.Join({"a", "b"}, Phrase::kListOr), "a eller b");
}

TEST(CatalogueTest, FillsInArguments) {
  EXPECT_EQ(
      Catalogue::English().Text(Phrase::kAboutSize, {{"size", "7 cm"}, {"about", "Right kidney"}}),
      "Right kidney, 7 cm");
}

TEST(CatalogueTest, DoesNotReadArgumentsAgain) {
  EXPECT_EQ(Catalogue::English().Text(Phrase::kAboutSize, {{"about", "{size}"}, {"size", "{"}}),
            "{size}, {");
}

TEST(CatalogueTest, CountsInTwoForms) {
  const Catalogue& words = Catalogue::English();
  EXPECT_TRUE(words.Counted(Phrase::kDatumStale, 1).starts_with("1 day old"));
  EXPECT_TRUE(words.Counted(Phrase::kDatumStale, 0).starts_with("0 days old"));
  EXPECT_TRUE(words.Counted(Phrase::kDatumStale, 100).starts_with("100 days old"));
}

TEST(CatalogueTest, JoinsLists) {
  const Catalogue& words = Catalogue::English();
  EXPECT_EQ(words.Join({}), "");
  EXPECT_EQ(words.Join({"a"}), "a");
  EXPECT_EQ(words.Join({"a", "b"}), "a and b");
  EXPECT_EQ(words.Join({"a", "b", "c"}, Phrase::kListOr), "a, b or c");
}

struct FaultCase {
  std::string_view name, from, to;
  IssueCode code;
  std::string_view place;
  friend void PrintTo(const FaultCase& row, std::ostream* out) { *out << row.name; }
};

class CatalogueFaultTest : public testing::TestWithParam<FaultCase> {};

TEST_P(CatalogueFaultTest, IsRefused) {
  const FaultCase& row = GetParam();
  const auto loaded = Catalogue::Load(Changed(row.from, row.to));
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code, row.code);
  EXPECT_EQ(loaded.error().expression, row.place);
}

constexpr std::string_view kLine = R"("list.and": "{list} and {last}",)";

INSTANTIATE_TEST_SUITE_P(
    Faults, CatalogueFaultTest,
    testing::ValuesIn<FaultCase>({
        {"NotJson", "{", "[[", IssueCode::kStructure, "2:13"},
        {"NoLanguage", R"("language": "en")", R"("language": "")", IssueCode::kRequired,
         "language"},
        {"NoTexts", R"("texts")", R"("text")", IssueCode::kRequired, "texts"},
        {"MissingKey", kLine, "", IssueCode::kRequired, "texts.list.and"},
        {"UnusedKey", kLine, R"("list.and": "{list} and {last}", "list.xor": "x",)",
         IssueCode::kValue, "texts.list.xor"},
        {"EmptyText", kLine, R"("list.and": "",)", IssueCode::kRequired, "texts.list.and"},
        {"NotAString", kLine, R"("list.and": 1,)", IssueCode::kStructure, "texts.list.and"},
        {"FormMissing", R"("one": "{count} day)", R"("two": "{count} day)", IssueCode::kStructure,
         "texts.datum.stale"},
        {"UnknownPlaceholder", kLine, R"("list.and": "{list} and {last} {x}",)", IssueCode::kValue,
         "texts.list.and"},
        {"PlaceholderMissing", kLine, R"("list.and": "{list} and",)", IssueCode::kValue,
         "texts.list.and"},
        {"OpenBrace", kLine, R"("list.and": "{list} and {last",)", IssueCode::kValue,
         "texts.list.and"},
        {"CloseBrace", kLine, R"("list.and": "{list} and {last} }",)", IssueCode::kValue,
         "texts.list.and"},
        {"Markdown", kLine, R"("list.and": "{list} *and* {last}",)", IssueCode::kValue,
         "texts.list.and"},
        {"Html", kLine, R"("list.and": "{list} <b>and {last}",)", IssueCode::kValue,
         "texts.list.and"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST(CatalogueTest, ACountMayBeLeftOut) {
  EXPECT_TRUE(Catalogue::Load(Changed("{count} day old", "one day old")).has_value());
}

/// Every `Phrase::kX` in the sources of the folder but the table of keys.
void AddPhrasesIn(const std::filesystem::path& folder, std::set<std::string>& used) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const bool code = entry.path().extension() == ".cpp" && entry.path().stem() != "catalogue";
    if (!code) continue;
    const std::string text = ReadText(entry.path());
    for (std::size_t at = text.find("Phrase::k"); at != std::string::npos;
         at = text.find("Phrase::k", at + 1)) {
      const std::size_t start = at + 8;
      std::size_t end = start;
      while (end < text.size() && std::isalnum(static_cast<unsigned char>(text[end])) != 0) ++end;
      used.insert(text.substr(start, end - start));
    }
  }
}

std::set<std::string> PhrasesInCode() {
  std::set<std::string> used;
  AddPhrasesIn(kCards, used);
  AddPhrasesIn(kCards.parent_path() / "hooks", used);
  return used;
}

/// "kListAnd" for "list.and".
std::string NameOf(std::string_view key) {
  std::string name = "k";
  bool upper = true;
  for (const char c : key) {
    if (c == '.' || c == '-') {
      upper = true;
    } else {
      name += upper ? static_cast<char>(c - 'a' + 'A') : c;
      upper = false;
    }
  }
  return name;
}

TEST(CatalogueTest, EveryPhraseIsUsed) {
  std::set<std::string> used = PhrasesInCode();
  used.merge(std::set<std::string>{"kListComma", "kListAnd"});  // by Join
  for (std::size_t i = 0; i < static_cast<std::size_t>(Phrase::kCount); ++i) {
    const std::string name = NameOf(Catalogue::Key(static_cast<Phrase>(i)));
    EXPECT_EQ(used.count(name), 1U) << name;
  }
}

}  // namespace
}  // namespace renal::cards
