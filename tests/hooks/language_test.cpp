#include "hooks/language.h"

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "cards/catalogue.h"
#include "hooks/data_needs.h"
#include "pathways/definitions.h"

namespace renal::hooks {
namespace {

const std::vector<OfferedLanguage> kOffered = {{"en", {}}, {"nb", {"no", "nn"}}};

struct ChoiceCase {
  std::string_view name;
  std::string_view header;
  std::string_view otherwise_en;  // the language where English is the default
  std::string_view otherwise_nb;  // and where Norwegian is
  friend void PrintTo(const ChoiceCase& row, std::ostream* out) { *out << row.name; }
};

class DecideLanguageTest : public testing::TestWithParam<ChoiceCase> {};

TEST_P(DecideLanguageTest, TakesTheBestRated) {
  const LanguageWishes wishes{.accept_language = GetParam().header};
  EXPECT_EQ(kOffered[DecideLanguage(kOffered, 0, wishes)].tag, GetParam().otherwise_en);
  EXPECT_EQ(kOffered[DecideLanguage(kOffered, 1, wishes)].tag, GetParam().otherwise_nb);
}

const std::string kLong(2'000, 'a');

INSTANTIATE_TEST_SUITE_P(
    Headers, DecideLanguageTest,
    testing::ValuesIn<ChoiceCase>({
        {"None", "", "en", "nb"},
        {"Norwegian", "nb", "nb", "nb"},
        {"NorwegianOfNorway", "nb-NO", "nb", "nb"},
        {"Capitals", "NB-no", "nb", "nb"},
        {"Macrolanguage", "no", "nb", "nb"},
        {"MacrolanguageOfNorway", "no-NO", "nb", "nb"},
        {"Nynorsk", "nn", "nb", "nb"},
        {"NynorskOfNorway", "nn-NO", "nb", "nb"},
        {"English", "en", "en", "en"},
        {"EnglishOfBritain", "en-GB", "en", "en"},
        {"EnglishInAnUnknownScript", "en-Latn-GB-oxendict", "en", "en"},
        {"Browser", "nb-NO,nb;q=0.9,no;q=0.8,nn;q=0.7,en-US;q=0.6,en;q=0.5", "nb", "nb"},
        {"BrowserOfAnEnglishReader", "en-GB,en;q=0.9,nb;q=0.8", "en", "en"},
        {"OrderOfWeights", "en;q=0.3, nb;q=0.7", "nb", "nb"},
        {"OrderOfNaming", "nb, en", "nb", "nb"},
        {"OrderOfNamingToo", "en, nb", "en", "en"},
        {"UnknownFirst", "fr, de;q=0.9, nb;q=0.1", "nb", "nb"},
        {"OnlyUnknown", "fr-FR, de", "en", "nb"},
        {"Any", "*", "en", "nb"},
        {"AnyButEnglish", "en;q=0, *", "nb", "nb"},
        {"AnyButNorwegian", "nb;q=0, *;q=0.1", "en", "en"},
        {"NorwegianBeforeAny", "nb;q=0.5, *;q=0.4", "nb", "nb"},
        {"AnyBeforeNorwegian", "nb;q=0.4, *;q=0.5", "en", "en"},
        {"NotEnglish", "en;q=0", "en", "nb"},  // nothing is asked for: the default
        {"NothingAtAll", "*;q=0", "en", "nb"},
        // The language itself counts before one whose readers get it.
        {"NynorskThenEnglish", "nn, en;q=0.9", "nb", "nb"},
        {"NynorskButBokmaalLast", "nn, en;q=0.9, nb;q=0.1", "en", "en"},
        {"NynorskButNoBokmaal", "nn, nb;q=0", "en", "nb"},
        {"OneVariantNot", "en-US;q=0, en;q=0.5, nb;q=0.4", "en", "en"},
        {"SmallestWeight", "nb;q=0.001", "nb", "nb"},
        {"LargestWeight", "en;q=1.000, nb;q=1.0", "en", "en"},
        {"WeightWithoutDecimals", "en;q=0., nb;q=1.", "nb", "nb"},
        {"CapitalQ", "nb;Q=0.5", "nb", "nb"},
        {"Spaces", " \t nb \t ; \t q=0.5 , en;q=0.4", "nb", "nb"},
        {"EmptyElements", ",, nb,,", "nb", "nb"},
        {"EightLetters", "abcdefgh, nb", "nb", "nb"},
        // Malformed headers are as good as none.
        {"NineLetters", "abcdefghi, nb", "en", "nb"},
        {"DigitsFirst", "1a, nb", "en", "nb"},
        {"EmptySubtag", "nb-", "en", "nb"},
        {"DoubleHyphen", "nb--NO", "en", "nb"},
        {"StarInTheMiddle", "nb, *-NO", "en", "nb"},
        {"Underscore", "nb_NO", "en", "nb"},
        {"WeightAboveOne", "nb;q=1.001", "en", "nb"},
        {"WeightOfTwo", "nb;q=2", "en", "nb"},
        {"NegativeWeight", "nb;q=-1", "en", "nb"},
        {"FourDecimals", "nb;q=0.1234", "en", "nb"},
        {"NoWeight", "nb;q=", "en", "nb"},
        {"WeightWithSpaces", "nb;q= 0.5", "en", "nb"},
        {"OtherParameter", "nb;level=1", "en", "nb"},
        {"TwoWeights", "nb;q=0.5;q=0.4", "en", "nb"},
        {"EmptyParameter", "nb;", "en", "nb"},
        {"OnlyAWeight", ";q=1", "en", "nb"},
        {"TwoWords", "nb en", "en", "nb"},
        {"NotAscii", "n\xC3\xB8, nb", "en", "nb"},
        {"TooLong", kLong, "en", "nb"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

std::string Ranges(std::size_t count) {
  std::string header = "nb";
  for (std::size_t i = 1; i < count; ++i) header += ",x" + std::string(1, 'a');
  return header;
}

TEST(ReadAcceptLanguageTest, ReadsAtMostSoMany) {
  EXPECT_EQ(ReadAcceptLanguage(Ranges(kMaxLanguageRanges))->size(), kMaxLanguageRanges);
  EXPECT_FALSE(ReadAcceptLanguage(Ranges(kMaxLanguageRanges + 1)));
  const std::string commas(kMaxAcceptLanguageBytes, ',');
  EXPECT_TRUE(ReadAcceptLanguage(commas)->empty());
  EXPECT_FALSE(ReadAcceptLanguage(commas + ","));
}

TEST(ReadAcceptLanguageTest, KeepsTheOrderOfTheHeader) {
  const std::vector<LanguageRange> wanted = {{"en", 500}, {"nb", 1'000}, {"*", 1}};
  EXPECT_EQ(ReadAcceptLanguage("EN-gb;q=0.5, nb, *;q=0.001"), wanted);
}

// What a site agreed on goes before what a browser says; what is not there does not.
TEST(DecideLanguageTest, TheProfileOfTheClientGoesFirst) {
  EXPECT_EQ(kOffered[DecideLanguage(kOffered, 0, {.profile = "nb", .accept_language = "en"})].tag,
            "nb");
  EXPECT_EQ(kOffered[DecideLanguage(kOffered, 1, {.profile = "sv", .accept_language = "en"})].tag,
            "en");
}

TEST(DecideLanguageTest, OneLanguageIsAlwaysTheAnswer) {
  const std::vector<OfferedLanguage> one = {{"nb", {}}};
  for (const std::string_view header : {"", "en", "nb;q=0", "*;q=0", "?"}) {
    EXPECT_EQ(DecideLanguage(one, 0, {.accept_language = header}), 0U) << header;
  }
}

// Cards name resource types to clinicians, whose words these are not in every language.
TEST(CatalogueNamesTest, CoverEveryTypeThatIsAskedFor) {
  const cards::Catalogue* norwegian = cards::Catalogue::Of("nb");
  ASSERT_NE(norwegian, nullptr);
  for (const DataNeed& need : DataNeedsOf(*pathways::ShippedPathway("onc-kidney-2018"))) {
    EXPECT_NE(norwegian->Name(need.type), need.type);
  }
}

}  // namespace
}  // namespace renal::hooks
