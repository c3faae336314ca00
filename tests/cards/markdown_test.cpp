#include "cards/markdown.h"

#include <array>
#include <cstdint>
#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/cards/rendered_text.h"

namespace renal::cards {
namespace {

using namespace std::string_literals;

struct HostileCase {
  std::string_view name;
  std::string text;
  friend void PrintTo(const HostileCase& row, std::ostream* out) { *out << row.name; }
};

class EscapeMarkdownTest : public testing::TestWithParam<HostileCase> {};

TEST_P(EscapeMarkdownTest, RendersAsItself) {
  const std::string& text = GetParam().text;
  EXPECT_EQ(RenderedText(EscapeMarkdown(text)), EscapedReading(text));
}

TEST_P(EscapeMarkdownTest, RendersAsItselfAsAValue) {
  // A value never begins a line: a label stands before it.
  const std::string& text = GetParam().text;
  EXPECT_EQ(RenderedText("x " + EscapeValue(text)), CleanLine("x " + EscapedReading(text), 300));
}

INSTANTIATE_TEST_SUITE_P(Hostile, EscapeMarkdownTest,
                         testing::ValuesIn<HostileCase>({
                             {"Plain", "Tumour 7 cm, left kidney"},
                             {"Html", "<script>alert(1)</script> <b>x</b>"},
                             {"Comment", "a <!-- b --> c"},
                             {"Entity", "&lt;b&gt; &#x3C; &amp;"},
                             {"Link", "[open](https://evil.example \"t\")"},
                             {"ReferenceLink", "[a]: https://evil.example\n\n[a]"},
                             {"Image", "![x](https://evil.example/x.png)"},
                             {"Footnote", "a[^1]\n\n[^1]: note"},
                             {"Autolink", "<https://evil.example>"},
                             {"BareUrl", "see https://evil.example/a?b=c and http://x.example"},
                             {"BareWww", "see www.evil.example/a"},
                             {"BareMail", "write to a.b@evil.example or mailto:a@b.example"},
                             {"Ftp", "ftp://evil.example"},
                             {"Emphasis", "*a* **b** _c_ __d__ ~~e~~ ~f~"},
                             {"Code", "`a` ``b`` ```c```"},
                             {"Fence", "```\ncode\n```"},
                             {"Heading", "# a"},
                             {"Setext", "a\n==="},
                             {"Rule", "---"},
                             {"Quote", "> a"},
                             {"Bullet", "- a"},
                             {"Task", "- [ ] a"},
                             {"Ordered", "1. a"},
                             {"OrderedParenthesis", "1) a"},
                             {"Table", "| a | b |\n|---|---|\n| c | d |"},
                             {"Indented", "    code"},
                             {"HardBreak", "a  \nb"},
                             {"BackslashBreak", "a\\\nb"},
                             {"Backslashes", "a\\*b\\\\*c\\"},
                             {"Controls", "a\x01\x02\x1b[31mb\x7f"},
                             {"NullByte", "a\0b"s},
                             {"C1Controls", "a\u0085b\u009bc"},
                             {"LineSeparators", "a\u2028b\u2029c\r\nd\te\vf"},
                             {"Bidi", "a\u202Eb\u202Cc\u2066d\u2069e\u200Ef\u200Fg\u061Ch"},
                             {"Tags", "a\U000E0041\U000E007Fb"},
                             {"Umlauts", "N\u00F8rre \u00E9\u00DF \u4E2D \U0001F600"},
                             {"BrokenUtf8", "a\xff\xc3(b\xed\xa0\x80\xf4\x90\x80\x80\xc0\xaf"s},
                             {"CutUtf8", "a\xe2\x82"s},
                             {"Long", std::string(1000, '*')},
                             {"LongWide",
                              [] {
                                std::string text;
                                for (int i = 0; i < 300; ++i) text += "\u00F8";
                                return text;
                              }()},
                             {"Blank", " \n\t "},
                             {"Empty", ""},
                             {"AmountWithMarkup", "7 *cm*"},
                             {"AmountWithHtml", "<b>7"},
                             {"AmountWithLink", "7 www.evil.example"},
                             {"ReferenceWithMarkup", "Observation/a*b*"},
                             {"ReferenceToWww", "Observation/www.evil.example"},
                             {"TimeWithMarkup", "2026-02-14T*"},
                             {"AmountWithSpaces", "6  mm "},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(EscapeMarkdownPropertyTest, RandomTextRendersAsItself) {
  const std::array<std::string_view, 40> pieces = {
      "*",  "_", "`",         "~",      "[",      "]",       "(",           ")",     "<",  ">",
      "&",  "#", "|",         "-",      "+",      "!",       "\\",          ":",     "/",  "@",
      ".",  "=", "\"",        "'",      "www.",   "http://", "https://a.b", "a@b.c", "\n", "  ",
      "1.", "a", "b.example", "\u00E9", "\u202E", "\xff",    "&amp;",       "<b>",   "{",  "$"};
  std::mt19937 engine(20260302);
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    const std::size_t length = engine() % 14;
    for (std::size_t i = 0; i < length; ++i) text += pieces[engine() % pieces.size()];
    ASSERT_EQ(RenderedText(EscapeMarkdown(text)), EscapedReading(text)) << text;
    ASSERT_EQ(RenderedText("x " + EscapeValue(text)), CleanLine("x " + EscapedReading(text)))
        << text;
  }
}

TEST(EscapeMarkdownPropertyTest, RandomBytesRenderAsThemselves) {
  std::mt19937 engine(7);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    const std::size_t length = engine() % 40;
    for (std::size_t i = 0; i < length; ++i) text += static_cast<char>(engine() & 0xFF);
    ASSERT_EQ(RenderedText(EscapeMarkdown(text)), EscapedReading(text));
  }
}

TEST(EscapeMarkdownPropertyTest, EveryPunctuationCharacterGetsABackslash) {
  for (char c = '!'; c <= '~'; ++c) {
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (alnum || c == '@') continue;
    EXPECT_EQ(EscapeMarkdown(std::string(1, c)), std::string("\\") + c);
  }
}

struct PlainCase {
  std::string_view name, text;
  friend void PrintTo(const PlainCase& row, std::ostream* out) { *out << row.name; }
};

class EscapeValueTest : public testing::TestWithParam<PlainCase> {};

TEST_P(EscapeValueTest, LeavesCheckedFormsReadable) {
  EXPECT_EQ(EscapeValue(GetParam().text), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(Plain, EscapeValueTest,
                         testing::ValuesIn<PlainCase>({
                             {"Millimeters", "69 mm"},
                             {"Decimal", "6.9 cm"},
                             {"Comparison", "< 7 cm"},
                             {"Rate", "48 mL/min"},
                             {"Day", "2026-02-14"},
                             {"Year", "2026"},
                             {"Time", "2026-02-14T09:00:00.5+01:00"},
                             {"Reference", "Observation/s-2.1"},
                             {"Words", "Structure of femur, Left (body structure)"},
                             {"WordsOfOthers", "H\u00F8yre l\u00E5rbein (100 %); nedre del"},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

class EscapeOwnTest : public testing::TestWithParam<HostileCase> {};

TEST_P(EscapeOwnTest, RendersAsItself) {
  EXPECT_EQ(RenderedText(EscapeOwn(GetParam().text)), CleanLine(GetParam().text));
}

INSTANTIATE_TEST_SUITE_P(Sentences, EscapeOwnTest,
                         testing::ValuesIn<HostileCase>({
                             {"Limit", "Under 7 cm (< 7 cm), not > 7 cm & not central."},
                             {"Angle", "a <b> c </b> d <!-- e -->"},
                             {"Entity", "R&D &amp; &#65;"},
                             {"Emphasis", "*a* and _b_ and snake_case_word and ~c~"},
                             {"Code", "the `a` of"},
                             {"Link", "[a](b) and ![c](d)"},
                             {"Interval", "[6 .. 8 cm]"},
                             {"Table", "a | b"},
                             {"Heading", "# a"},
                             {"Quote", "> 7 cm"},
                             {"Bullet", "- a"},
                             {"Plus", "+ a"},
                             {"Ordered", "12. a"},
                             {"Number", "7"},
                             {"Backslash", "a\\*b"},
                             {"Breaks", "a\nb\n\nc"},
                             {"Empty", ""},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(EscapeOwnTextTest, LeavesOrdinarySentencesAsTheyAre) {
  const std::string sentence = "Under 7 cm (ONC-05): aim for resection, if R.E.N.A.L. L < 3!";
  EXPECT_EQ(EscapeOwn(sentence), sentence);
}

TEST(EscapeOwnTextTest, LeavesComparisonsInsideALine) {
  EXPECT_EQ(EscapeOwn("> 7 cm"), "\\> 7 cm");
  EXPECT_EQ(EscapeOwn("> 7 cm", false), "> 7 cm");
}

TEST(EscapeOwnTextTest, HasNoLimitOfLength) {
  EXPECT_EQ(EscapeOwn(std::string(5000, 'a')).size(), 5000U);
}

std::string Repeated(std::string_view piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

TEST(CleanLineTest, CountsCodePoints) {
  EXPECT_EQ(CleanLine(Repeated("\u00F8", 256)), Repeated("\u00F8", 256));
  EXPECT_EQ(CleanLine(Repeated("\u00F8", 257)), Repeated("\u00F8", 255) + "\u2026");
  EXPECT_EQ(CleanLine("abc", 3), "abc");
  EXPECT_EQ(CleanLine("abcd", 3), "ab\u2026");
  EXPECT_EQ(CleanLine("abcd", 0), "");
}

TEST(CleanLineTest, EscapesNothing) { EXPECT_EQ(CleanLine("<a> *b*"), "<a> *b*"); }

TEST(CleanLineTest, RepairsUtf8ByMaximalSubparts) {
  EXPECT_EQ(CleanLine("a\xe2\x82z"), "a\uFFFDz");
  EXPECT_EQ(CleanLine("\xf0\x9f\x98"), "\uFFFD");
  EXPECT_EQ(CleanLine("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(CleanLine("\xc0\xaf"), "\uFFFD\uFFFD");
  EXPECT_EQ(CleanLine("\xf4\x8f\xbf\xbf"), "\xf4\x8f\xbf\xbf");
}

TEST(ShortenTest, KeepsWhatFits) {
  EXPECT_EQ(Shorten(std::string(139, 'a')), std::string(139, 'a'));
  EXPECT_EQ(Shorten(Repeated("\u00F8", 139)), Repeated("\u00F8", 139));
}

TEST(ShortenTest, CutsAtAWord) {
  EXPECT_EQ(Shorten(std::string(100, 'a') + " " + std::string(39, 'b')),
            std::string(100, 'a') + "\u2026");
  EXPECT_EQ(Shorten("one two three", 9), "one two\u2026");
  EXPECT_EQ(Shorten("one two three", 8), "one two\u2026");
  EXPECT_EQ(Shorten("one two three", 7), "one\u2026");
}

TEST(ShortenTest, CutsAWordThatIsTooLong) {
  const std::string cut = Shorten(std::string(140, 'a'));
  EXPECT_EQ(cut, std::string(138, 'a') + "\u2026");
  EXPECT_EQ(CountCharacters(cut), 139U);
  EXPECT_EQ(Shorten("abc", 1), "\u2026");
  EXPECT_EQ(Shorten("abc", 0), "");
}

TEST(ShortenTest, MakesOneLine) { EXPECT_EQ(Shorten(" a\nb "), "a b"); }

TEST(CutAtLineTest, CutsAtTheEndOfALine) {
  EXPECT_EQ(CutAtLine("one\ntwo\n", 8), "one\ntwo\n");
  EXPECT_EQ(CutAtLine("one\ntwo\nthree\n", 13), "one\ntwo\n\n\u2026\n");
  EXPECT_EQ(CutAtLine("one\ntwo\nthree\n", 12), "one\n\n\u2026\n");
  EXPECT_EQ(CutAtLine(std::string(20, 'a'), 10), "\n\u2026\n");
  EXPECT_EQ(CutAtLine("abcdef", 4), "");
}

struct FormCase {
  std::string_view name, text;
  bool reference, id;
  friend void PrintTo(const FormCase& row, std::ostream* out) { *out << row.name; }
};

class FormTest : public testing::TestWithParam<FormCase> {};

TEST_P(FormTest, IsRecognised) {
  EXPECT_EQ(IsReference(GetParam().text), GetParam().reference);
  EXPECT_EQ(IsFhirId(GetParam().text), GetParam().id);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, FormTest,
    testing::ValuesIn<FormCase>({
        {"Reference", "ServiceRequest/draft-1", true, false},
        {"Id", "draft-1.A", false, true},
        {"Id64", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false, true},
        {"Id65", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false, false},
        {"Empty", "", false, false},
        {"TypeAlone", "ServiceRequest", false, true},
        {"NoId", "ServiceRequest/", false, false},
        {"NoType", "/a", false, false},
        {"LowerCaseType", "serviceRequest/a", false, false},
        {"Absolute", "https://x.example/ServiceRequest/a", false, false},
        {"Versioned", "ServiceRequest/a/_history/1", false, false},
        {"Space", "ServiceRequest/a b", false, false},
        {"Underscore", "ServiceRequest/a_b", false, false},
    }),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace renal::cards
