#include "fhir/json.h"

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace renal::fhir {
namespace {

using namespace std::string_literals;

JsonDocument Parsed(std::string_view text, const JsonLimits& limits = {}) {
  Result<JsonDocument> document = JsonDocument::Parse(text, limits);
  if (!document) {
    ADD_FAILURE() << document.error().diagnostics << ": " << text.substr(0, 80);
    return std::move(*JsonDocument::Parse("null"));
  }
  return std::move(*document);
}

/// The code of the refusal, or nothing if the text is accepted.
std::optional<IssueCode> Refusal(std::string_view text, const JsonLimits& limits = {}) {
  const Result<JsonDocument> document = JsonDocument::Parse(text, limits);
  if (document) return std::nullopt;
  EXPECT_FALSE(document.error().diagnostics.empty());
  return document.error().code;
}

std::string Repeated(std::size_t times, std::string_view text) {
  std::string out;
  out.reserve(times * text.size());
  while (times-- > 0) out += text;
  return out;
}

std::string Nested(std::size_t depth) { return Repeated(depth, "[") + Repeated(depth, "]"); }

std::string ObjectWithMembers(std::size_t count) {
  std::string out = "{";
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += ',';
    out += "\"m" + std::to_string(i) + "\":0";
  }
  return out + "}";
}

// --- What is JSON, and what is not
// -----------------------------------------------------------------

struct TextCase {
  std::string name;
  std::string text;
  bool valid;

  friend void PrintTo(const TextCase& row, std::ostream* out) { *out << row.name; }
};

class JsonTextTest : public testing::TestWithParam<TextCase> {};

TEST_P(JsonTextTest, IsTakenOrRefused) {
  const TextCase& row = GetParam();
  if (row.valid) {
    EXPECT_EQ(Refusal(row.text), std::nullopt);
  } else {
    EXPECT_EQ(Refusal(row.text), IssueCode::kStructure);
  }
}

TEST_P(JsonTextTest, PaddedReadingAgrees) {
  const TextCase& row = GetParam();
  // What stands behind the end must not matter.
  const std::string padded = row.text + std::string(kJsonPadding, ']');
  EXPECT_EQ(
      JsonDocument::ParsePadded(std::string_view(padded).substr(0, row.text.size())).has_value(),
      row.valid);
}

INSTANTIATE_TEST_SUITE_P(Values, JsonTextTest,
                         testing::ValuesIn<TextCase>({
                             {"Object", R"({"a":1})", true},
                             {"EmptyObject", "{}", true},
                             {"EmptyArray", "[]", true},
                             {"RootString", R"("a")", true},
                             {"RootNumber", "7", true},
                             {"RootNull", "null", true},
                             {"RootTrue", "true", true},
                             {"RootFalse", "false", true},
                             {"WhiteSpaceAround", " \t\r\n{ } \t\r\n", true},
                             {"EmptyName", R"({"":1})", true},
                             {"Empty", "", false},
                             {"OnlyWhiteSpace", " \n", false},
                             {"TrailingValue", "{} {}", false},
                             {"TrailingLetter", "{}x", false},
                             {"TrailingBrace", "{}}", false},
                             {"TrailingComma", "{},", false},
                             {"TrailingNul", "{}\0"s, false},
                             {"CommaBeforeBrace", R"({"a":1,})", false},
                             {"CommaBeforeBracket", "[1,]", false},
                             {"LeadingComma", "[,1]", false},
                             {"DoubleComma", "[1,,2]", false},
                             {"MissingComma", "[1 2]", false},
                             {"MissingColon", R"({"a" 1})", false},
                             {"MissingValue", R"({"a":})", false},
                             {"MissingName", "{:1}", false},
                             {"NumberAsName", "{1:1}", false},
                             {"UnclosedObject", R"({"a":1)", false},
                             {"UnclosedArray", "[1", false},
                             {"WrongBracket", "[1}", false},
                             {"SingleQuotes", "{'a':1}", false},
                             {"UnquotedName", "{a:1}", false},
                             {"LineComment", "{} // x", false},
                             {"BlockComment", "[/* x */]", false},
                             {"CapitalTrue", "True", false},
                             {"LongTrue", "truee", false},
                             {"ShortNull", "nul", false},
                             {"FormFeedAsSpace", "[\f1]", false},
                             {"ByteOrderMark", "\xEF\xBB\xBF{}", false},
                             {"Utf16", "{\0}\0"s, false},
                             {"Utf16WithMark", "\xFF\xFE{\0}\0"s, false},
                         }),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Strings, JsonTextTest,
                         testing::ValuesIn<TextCase>({
                             {"EveryEscape", R"("\"\\\/\b\f\n\r\tA")", true},
                             {"SurrogatePair", R"("\ud83d\ude00")", true},
                             {"EscapedNul", R"("a\u0000b")", true},
                             {"LongestUtf8", "\"\xF0\x9F\x98\x80\"", true},
                             {"LastCodePoint", "\"\xF4\x8F\xBF\xBF\"", true},
                             {"LoneHighSurrogate", R"("\ud800")", false},
                             {"LoneHighSurrogateThenText", R"("\ud800abcdef")", false},
                             {"LoneLowSurrogate", R"("\udc00")", false},
                             {"SwappedSurrogates", R"("\ude00\ud83d")", false},
                             {"TwoHighSurrogates", R"("\ud83d\ud83d")", false},
                             {"HighSurrogateThenLetterEscape", R"("\ud83d\u0041")", false},
                             {"LoneSurrogateInName", R"({"\udfff":1})", false},
                             {"UnknownEscape", R"("\x41")", false},
                             {"ShortEscape", R"("\u12")", false},
                             {"NoHexEscape", R"("\u12G4")", false},
                             {"RawNewline", "\"a\nb\"", false},
                             {"RawNul", "\"a\0b\""s, false},
                             {"RawTab", "\"a\tb\"", false},
                             {"Unclosed", R"("abc)", false},
                             {"ClosedByEscape", R"("abc\")", false},
                             {"LoneContinuation", "\"\x80\"", false},
                             {"Overlong", "\"\xC0\xAF\"", false},
                             {"EncodedSurrogate", "\"\xED\xA0\x80\"", false},
                             {"BeyondUnicode", "\"\xF4\x90\x80\x80\"", false},
                             {"CutSequence", "\"\xE2\x82\"", false},
                             {"Latin1", "\"\xE9\"", false},
                         }),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Numbers, JsonTextTest,
                         testing::ValuesIn<TextCase>({
                             {"Zero", "0", true},
                             {"MinusZero", "-0", true},
                             {"Fraction", "0.07", true},
                             {"Exponent", "1E+2", true},
                             {"LargestInteger", "9223372036854775807", true},
                             {"LargestUnsigned", "18446744073709551615", true},
                             {"BeyondUnsigned", "18446744073709551616", false},
                             {"SmallestInteger", "-9223372036854775808", true},
                             {"BelowSmallestInteger", "-9223372036854775809", false},
                             {"BeyondDouble", "1E400", false},
                             {"BelowDouble", "1E-400", true},
                             {"LeadingZero", "007", false},
                             {"LeadingPlus", "+1", false},
                             {"NoDigitsBeforePoint", ".5", false},
                             {"NoDigitsAfterPoint", "5.", false},
                             {"NoDigitsInExponent", "1e", false},
                             {"LoneMinus", "-", false},
                             {"Hexadecimal", "0x10", false},
                             {"NotANumber", "NaN", false},
                             {"Infinity", "-Infinity", false},
                             {"TwoPoints", "1.2.3", false},
                         }),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Duplicates, JsonTextTest,
    testing::ValuesIn<TextCase>({
        {"Same", R"({"a":1,"a":1})", false},
        {"Apart", R"({"a":1,"b":{"x":[1,2]},"a":2})", false},
        {"Escaped", R"({"patientId":1,"patient\u0049d":2})", false},
        {"EscapedSlash", R"({"a/b":1,"a\/b":2})", false},
        {"EmptyNames", R"({"":1,"":2})", false},
        {"InArray", R"([{"a":1},{"b":1,"b":2}])", false},
        {"DeepInside", R"({"a":{"b":{"c":1,"c":2}}})", false},
        {"NamesWithNul", R"({"a\u0000b":1,"a\u0000b":2})", false},
        {"DifferAfterNul", R"({"a\u0000b":1,"a\u0000c":2})", true},
        {"DifferInCase", R"({"a":1,"A":2})", true},
        {"SameNameInOtherObjects", R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]})", true},
        {"NameLikeValue", R"({"a":"a","b":"a"})", true},
        {"LastOfSeventeen",
         R"({"a":0,"b":0,"c":0,"d":0,"e":0,"f":0,"g":0,"h":0,"i":0,"j":0,"k":0,"l":0,"m":0,"n":0,"o":0,"p":0,"a":0})",
         false},
        {"SeventeenDifferent",
         R"({"a":0,"b":0,"c":0,"d":0,"e":0,"f":0,"g":0,"h":0,"i":0,"j":0,"k":0,"l":0,"m":0,"n":0,"o":0,"p":0,"q":0})",
         true},
    }),
    [](const auto& test) { return test.param.name; });

// --- Limits
// ----------------------------------------------------------------------------------------

struct LimitCase {
  std::string name;
  std::string text;
  bool within;
  JsonLimits limits = {};

  friend void PrintTo(const LimitCase& row, std::ostream* out) { *out << row.name; }
};

class JsonLimitTest : public testing::TestWithParam<LimitCase> {};

TEST_P(JsonLimitTest, IsHeld) {
  const LimitCase& row = GetParam();
  if (row.within) {
    EXPECT_EQ(Refusal(row.text, row.limits), std::nullopt);
  } else {
    EXPECT_EQ(Refusal(row.text, row.limits), IssueCode::kTooCostly);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, JsonLimitTest,
    testing::ValuesIn<LimitCase>({
        {"Depth128", Nested(128), true},
        {"Depth129", Nested(129), false},
        {"DepthOfObjects128", Repeated(127, R"({"a":)") + "[]" + Repeated(127, "}"), true},
        {"DepthOfObjects129", Repeated(128, R"({"a":)") + "[]" + Repeated(128, "}"), false},
        {"SiblingsAreNotDepth", "[" + Repeated(500, "[],") + "{}]", true},
        {"DepthWithScalarInside", Repeated(128, "[") + "1" + Repeated(128, "]"), true},
        {"NarrowDepth8", Nested(8), true, {.depth = 8}},
        {"NarrowDepth9", Nested(9), false, {.depth = 8}},
        {"WideDepth1000", Nested(1'000), true, {.depth = 1'000}},
        {"WideDepth1001", Nested(1'001), false, {.depth = 1'000}},
        {"EndlessDepth", Nested(100'000), false, {.depth = 1'000'000}},
        {"Members10000", ObjectWithMembers(10'000), true},
        {"Members10001", ObjectWithMembers(10'001), false},
        {"Values1000000", "[" + Repeated(999'998, "0,") + "0]", true},
        {"Values1000001", "[" + Repeated(999'999, "0,") + "0]", false},
        {"NamesAreNoValues", R"({"a":1,"b":[2]})", true, {.values = 4}},
        {"ValuesAboveFour", R"({"a":1,"b":[2,3]})", false, {.values = 4}},
        {"Number1024", "[0." + std::string(1'022, '7') + "]", true},
        {"Number1025", "[0." + std::string(1'023, '7') + "]", false},
        {"NegativeNumber1024", "-0." + std::string(1'021, '7'), true},
        {"NegativeNumber1025", "-0." + std::string(1'022, '7'), false},
        {"LongExponent", "1e" + std::string(1'030, '0') + "1", false},
        {"DigitsInString", "\"" + std::string(5'000, '7') + "\"", true},
        {"DigitsInStringAfterEscape", R"(["\"\\",")" + std::string(5'000, '7') + "\"]", true},
        {"LongNumberAfterString", R"(["\"",0.)" + std::string(2'000, '7') + "]", false},
        {"ManyShortNumbers", "[" + Repeated(2'000, "12345,") + "1]", true},
        {"NumberLimit3", "[123]", true, {.number_characters = 3}},
        {"NumberLimit3Passed", "[1, 12.4]", false, {.number_characters = 3}},
    }),
    [](const auto& test) { return test.param.name; });

// Long enough that a reader which looks back at each step would need hours for it, and one that
// calls itself for each bracket would find the end of its stack.
TEST(JsonDocumentTest, RefusesNestingWithoutAnEnd) {
  EXPECT_EQ(Refusal(std::string(8'000'000, '[')), IssueCode::kStructure);
  EXPECT_EQ(Refusal(Repeated(2'000'000, "{\"a\":")), IssueCode::kStructure);
}

TEST(JsonDocumentTest, FindsTheDuplicateInALargeObject) {
  std::string text = ObjectWithMembers(9'000);
  text.back() = ',';
  EXPECT_EQ(Refusal(text + R"("m4567":1})"), IssueCode::kStructure);
  EXPECT_EQ(Refusal(text + R"("m9000":1})"), std::nullopt);
}

// Names of every length, and one that differs from each of them in one byte, wherever that is.
TEST(JsonDocumentTest, TellsNamesApartByEveryByte) {
  for (std::size_t size = 1; size <= 40; ++size) {
    const std::string name(size, 'a');
    for (std::size_t place = 0; place < size; ++place) {
      std::string other = name;
      other[place] = 'b';
      const std::string text = "{\"" + name + "\":1,\"" + other + "\":2}";
      const auto document = JsonDocument::Parse(text);
      ASSERT_TRUE(document.has_value()) << text;
      EXPECT_EQ(document->root()[name].integer(), 1) << text;
      EXPECT_EQ(document->root()[other].integer(), 2) << text;
      EXPECT_EQ(document->root().Find(other, true).value.integer(), 2) << text;
    }
    const std::string twice = "{\"" + name + "\":1,\"x\":2,\"" + name + "\":3}";
    EXPECT_FALSE(JsonDocument::Parse(twice).has_value()) << twice;
  }
}

// In an object of any size, with its first name again at the end.
TEST(JsonDocumentTest, FindsADuplicateAmongAnyNumberOfNames) {
  for (int count = 1; count <= 150; ++count) {
    std::string members;
    for (int i = 0; i < count; ++i) members += "\"n" + std::to_string(i) + "\":0,";
    EXPECT_TRUE(JsonDocument::Parse("{" + members + "\"other\":0}").has_value()) << count;
    EXPECT_FALSE(JsonDocument::Parse("{" + members + "\"n0\":0}").has_value()) << count;
  }
}

TEST(JsonDocumentTest, ErrorsQuoteNothing) {
  const Result<JsonDocument> refused = JsonDocument::Parse(R"({"secret":1,"secret":2})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().diagnostics, "An object has two members of one name.");
  EXPECT_EQ(refused.error().expression, "");
}

TEST(JsonDocumentTest, OutlivesItsTextAndTheNextParse) {
  std::string text = R"({"name":"first"})";
  const JsonDocument first = Parsed(text);
  text.assign(text.size(), 'x');
  const JsonDocument second = Parsed(R"({"name":"second"})");
  EXPECT_EQ(first.root()["name"].string(), "first");
  EXPECT_EQ(second.root()["name"].string(), "second");
}

TEST(JsonDocumentTest, ViewsSurviveAMove) {
  JsonDocument document = Parsed(R"({"name":"kept"})");
  const Json root = document.root();
  const JsonDocument moved = std::move(document);
  EXPECT_EQ(root["name"].string(), "kept");
  EXPECT_TRUE(moved.root() == root);
}

TEST(JsonDocumentTest, ReadsOnAfterALargeText) {
  const std::string large = "[" + Repeated(300'000, "12345,") + "1]";
  EXPECT_EQ(Parsed(large).root().size(), 300'001U);
  EXPECT_EQ(Parsed("[1]").root().size(), 1U);
}

TEST(JsonDocumentTest, MayBeReadByAnotherThread) {
  const JsonDocument document = Parsed(R"([{"a":"b"}])");
  std::string seen;
  std::thread([&] { seen = document.root().ToString(); }).join();
  EXPECT_EQ(seen, R"([{"a":"b"}])");
}

// --- Reading values
// --------------------------------------------------------------------------------

struct NumberCase {
  std::string name;
  std::string text;
  JsonType type;
  std::string written;

  friend void PrintTo(const NumberCase& row, std::ostream* out) { *out << row.name; }
};

class JsonNumberTest : public testing::TestWithParam<NumberCase> {};

TEST_P(JsonNumberTest, HasTypeAndShortestText) {
  const NumberCase& row = GetParam();
  const JsonDocument document = Parsed(row.text);
  EXPECT_EQ(document.root().type(), row.type);
  EXPECT_EQ(document.root().number_text(), row.written);
  EXPECT_EQ(document.root().ToString(), row.written);
  EXPECT_EQ(Parsed(row.written).root().number_text(), row.written);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, JsonNumberTest,
    testing::ValuesIn<NumberCase>({
        {"Integer", "42", JsonType::kInteger, "42"},
        {"Negative", "-42", JsonType::kInteger, "-42"},
        {"MinusZero", "-0", JsonType::kInteger, "0"},
        {"MinusZeroPoint", "-0.0", JsonType::kNumber, "0"},
        {"TrailingZero", "7.10", JsonType::kNumber, "7.1"},
        {"WholeWithPoint", "7.0", JsonType::kNumber, "7"},
        {"Hundredths", "0.07", JsonType::kNumber, "0.07"},
        {"FifteenDigits", "123456789.012345", JsonType::kNumber, "123456789.012345"},
        {"Exponent", "1e5", JsonType::kNumber, "100000"},
        {"LargestPlain", "123e15", JsonType::kNumber, "123000000000000000"},
        {"FirstWithExponent", "1e18", JsonType::kNumber, "1e+18"},
        {"BeyondSixtyFourBits", "92233720368547758080.1", JsonType::kNumber, "9.223372036854776e+19"},
        {"SmallestPlain", "1e-7", JsonType::kNumber, "0.0000001"},
        {"BelowPlain", "9.9e-8", JsonType::kNumber, "9.9e-08"},
        {"LongestPlain", "1.2345678901234566e-7", JsonType::kNumber, "0.00000012345678901234566"},
        {"LongestExponent", "-1.7976931348623157e308", JsonType::kNumber,
         "-1.7976931348623157e+308"},
        {"LargestInteger", "9223372036854775807", JsonType::kInteger, "9223372036854775807"},
        {"OneMore", "9223372036854775808", JsonType::kNumber, "9223372036854775808"},
        {"SmallestInteger", "-9223372036854775808", JsonType::kInteger, "-9223372036854775808"},
        {"LargestUnsigned", "18446744073709551615", JsonType::kNumber, "18446744073709551615"},
    }),
    [](const auto& test) { return test.param.name; });

TEST(JsonTest, ReadsIntegers) {
  EXPECT_EQ(Parsed("9223372036854775807").root().integer(), INT64_MAX);
  EXPECT_EQ(Parsed("-9223372036854775808").root().integer(), INT64_MIN);
  EXPECT_EQ(Parsed("9223372036854775808").root().integer(), 0);
  EXPECT_EQ(Parsed("7.5").root().integer(), 0);
}

TEST(JsonTest, UnescapesStrings) {
  EXPECT_EQ(Parsed(R"("a\u0000b")").root().string(), "a\0b"s);
  EXPECT_EQ(Parsed(R"("\ud83d\ude00\u00e9\n")").root().string(), "\xF0\x9F\x98\x80\xC3\xA9\n");
}

TEST(JsonTest, FindsMembersOfAnyKind) {
  const JsonDocument document = Parsed(
      R"({"text":"a","whole":1,"part":1.5,"list":[1],"object":{"text":"b"},"yes":true,"no":false,"nothing":null})");
  const Json root = document.root();
  EXPECT_EQ(root["text"].string(), "a");
  EXPECT_EQ(root["whole"].type(), JsonType::kInteger);
  EXPECT_EQ(root["part"].type(), JsonType::kNumber);
  EXPECT_TRUE(root["list"].is_array());
  EXPECT_EQ(root["object"]["text"].string(), "b");
  EXPECT_TRUE(root["yes"].boolean());
  EXPECT_EQ(root["no"].type(), JsonType::kBoolean);
  EXPECT_FALSE(root["no"].boolean());
  EXPECT_EQ(root["nothing"].type(), JsonType::kNull);
  EXPECT_FALSE(root["nothing"].absent());
  EXPECT_TRUE(root["tex"].absent());
  EXPECT_TRUE(root["a"].absent());
  EXPECT_EQ(root.size(), 8U);
}

TEST(JsonTest, AnswersEmptilyForWhatItIsNot) {
  const JsonDocument document = Parsed(R"(["x",1,null,{}])");
  for (const auto& [name, value] : document.root()) {
    EXPECT_EQ(name, "");
    EXPECT_TRUE(value["x"].absent());
    EXPECT_FALSE(value.boolean());
    EXPECT_EQ(value.size(), 0U);
    EXPECT_TRUE(value.begin() == value.end());
    EXPECT_EQ(value.string(), value.is_string() ? "x" : "");
    EXPECT_EQ(value.number_text(), value.type() == JsonType::kInteger ? "1" : "");
  }
  EXPECT_TRUE(document.root()["x"].absent());
}

TEST(JsonTest, AbsentIsSafeToAsk) {
  const Json absent;
  EXPECT_EQ(absent.type(), JsonType::kAbsent);
  EXPECT_FALSE(absent);
  EXPECT_TRUE(absent["a"]["b"].absent());
  EXPECT_EQ(absent.string(), "");
  EXPECT_EQ(absent.integer(), 0);
  EXPECT_EQ(absent.number_text(), "");
  EXPECT_EQ(absent.ToString(), "");
  EXPECT_EQ(absent.size(), 0U);
  EXPECT_TRUE(absent.begin() == absent.end());
}

TEST(JsonTest, IteratesInDocumentOrder) {
  const JsonDocument document = Parsed(R"({"b":[1.5,2],"a":{"x":{}},"c":"z"})");
  std::vector<std::string> seen;
  for (const auto& [name, value] : document.root()) {
    seen.push_back(std::string(name) + "=" + value.ToString());
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"b=[1.5,2]", R"(a={"x":{}})", R"(c="z")"}));
  std::string elements;
  for (const auto& entry : document.root()["b"]) elements += entry.value.number_text() + ";";
  EXPECT_EQ(elements, "1.5;2;");
}

TEST(JsonTest, IdentityIsPlaceNotContent) {
  const JsonDocument document = Parsed("[1,1]");
  const JsonDocument other = Parsed("[1,1]");
  const Json first = (*document.root().begin()).value;
  const Json second = (*++document.root().begin()).value;
  EXPECT_TRUE(first == (*document.root().begin()).value);
  EXPECT_FALSE(first == second);
  EXPECT_FALSE(first == (*other.root().begin()).value);
  EXPECT_LT(first.index(), second.index());
}

TEST(JsonTest, WritesWhatReadsBackEqual) {
  const std::string text =
      R"({"a":[1,2.5,"x\"\\\u0001",true,false,null,[],{}],"b":{"c":{"d":[[1],[2]]}},"":"é"})";
  const JsonDocument document = Parsed(text);
  EXPECT_EQ(document.root().ToString(), text);
  EXPECT_EQ(document.root()["b"].ToString(), R"({"c":{"d":[[1],[2]]}})");
  EXPECT_EQ(Parsed(document.root().ToString()).root().ToString(), text);
}

TEST(JsonTest, WritesTheDeepestTree) {
  EXPECT_EQ(Parsed(Nested(128)).root().ToString(), Nested(128));
}

TEST(IsUtf8Test, KnowsWellFormedText) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("a\xC3\xA9\xF0\x9F\x98\x80"));
  EXPECT_FALSE(IsUtf8("a\xC3"));
  EXPECT_FALSE(IsUtf8("\xED\xA0\x80"));
}

}  // namespace
}  // namespace renal::fhir
