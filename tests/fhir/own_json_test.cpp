#include "fhir/own_json.h"

#include <cstdio>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

namespace renal::fhir {
namespace {

using namespace std::string_literals;

OwnJson Read(std::string_view text) {
  auto read = ReadOwnJson(text);
  if (const auto* error = std::get_if<OwnJsonError>(&read)) {
    ADD_FAILURE() << error->message << " at " << error->at.line << ":" << error->at.column;
    return {};
  }
  return std::get<OwnJson>(std::move(read));
}

std::string Place(const TextPosition& at) {
  return std::to_string(at.line) + ":" + std::to_string(at.column);
}

std::string Nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

// --- Refused texts
// ---------------------------------------------------------------------------------

struct BadTextCase {
  std::string name;
  std::string text;
  std::string place;
  std::string message = "";  // a part of it

  friend void PrintTo(const BadTextCase& row, std::ostream* out) { *out << row.name; }
};

class BadOwnJsonTest : public testing::TestWithParam<BadTextCase> {};

TEST_P(BadOwnJsonTest, NamesThePlace) {
  const BadTextCase& row = GetParam();
  const auto read = ReadOwnJson(row.text);
  const auto* error = std::get_if<OwnJsonError>(&read);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(Place(error->at), row.place);
  EXPECT_FALSE(error->message.empty());
  EXPECT_NE(error->message.find(row.message), std::string::npos) << error->message;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadOwnJsonTest,
    testing::ValuesIn<BadTextCase>({
        {"Empty", "", "1:1"},
        {"OnlySpace", " \n ", "2:2"},
        {"TrailingComma", "{\n  \"a\": 1,\n}", "3:1"},
        {"MissingComma", "[1\n 2]", "2:2"},
        {"TrailingValue", "{}\n{}", "2:1"},
        {"TrailingNul", "{}\0x"s, "1:3", "NUL"},
        {"NulInString", "[\n\"a\0b\"]"s, "2:3", "NUL"},
        {"ByteOrderMark", "\xEF\xBB\xBF{}", "1:1", "byte order mark"},
        {"Comment", "{} // x", "1:4"},
        {"SingleQuotes", "{'a': 1}", "1:2"},
        {"NotANumber", "[NaN]", "1:2"},
        {"LeadingZero", "[007]", "1:3"},
        {"LeadingPlus", "[+1]", "1:2"},
        {"NoFraction", "[5.]", "1:4"},
        {"LoneSurrogate", R"(["\ud800"])", "1:3"},
        {"LoneLowSurrogate", R"(["\udc00"])", "1:2", "surrogate"},
        {"LoneLowSurrogateInName", R"({"\udc00":1})", "1:2", "surrogate"},
        {"BrokenUtf8", "[\"\xC3\"]", "1:3"},
        {"EncodedSurrogate", "[\"\xED\xA0\x80\"]", "1:3"},
        {"RawNewline", "[\"a\nb\"]", "1:4"},
        {"Unclosed", "[[1]", "1:5"},
        {"Duplicate", "{\"a\": 1,\n  \"b\": 2,\n  \"a\": 3}", "3:3", "already has a member"},
        {"DuplicateAfterUnescaping", R"({"a":1,"\u0061":2})", "1:8", "already has a member"},
        {"DuplicateInside", R"([{"x":{"a":1,"a":2}}])", "1:14", "already has a member"},
        {"Depth65", Nested(65), "1:65", "64"},
        {"DepthWithoutEnd", std::string(1'000'000, '['), "1:65", "64"},
        {"TooLarge", "\"" + std::string((4 << 20) - 1, 'x') + "\"", "1:1", "4 MiB"},
    }),
    [](const auto& test) { return test.param.name; });

TEST(ReadOwnJsonTest, TakesTheLargestAndDeepest) {
  const std::string largest = "\"" + std::string((4 << 20) - 2, 'x') + "\"";
  EXPECT_EQ(Read(largest).text.size(), largest.size() - 2);
  EXPECT_EQ(CanonicalText(Read(Nested(64))), Nested(64));
}

// --- Values and places
// -----------------------------------------------------------------------------

TEST(ReadOwnJsonTest, KeepsValuesAndTheirPlaces) {
  const OwnJson root = Read(
      "{\n"
      "  \"name\" : \"caf\\u00e9\\n\",\n"
      "  \"list\": [ 1,\n"
      "            {\"deep\":[[]]}, true ],\n"
      "\t\"none\":null }");
  EXPECT_EQ(Place(root.at), "1:1");
  ASSERT_EQ(root.members.size(), 3U);
  const OwnJson& name = *root.Find("name");
  EXPECT_EQ(name.type, JsonType::kString);
  EXPECT_EQ(name.text, "caf\xC3\xA9\n");
  EXPECT_EQ(Place(name.name_at), "2:3");
  EXPECT_EQ(Place(name.at), "2:12");
  const OwnJson& list = *root.Find("list");
  ASSERT_EQ(list.items.size(), 3U);
  EXPECT_EQ(Place(list.at), "3:11");
  EXPECT_EQ(Place(list.items[0].at), "3:13");
  EXPECT_EQ(Place(list.items[1].at), "4:13");
  EXPECT_EQ(Place(list.items[1].Find("deep")->name_at), "4:14");
  EXPECT_EQ(Place(list.items[1].Find("deep")->items[0].at), "4:22");
  EXPECT_EQ(Place(list.items[2].at), "4:28");
  EXPECT_TRUE(list.items[2].boolean);
  EXPECT_EQ(Place(root.Find("none")->name_at), "5:2");
  EXPECT_EQ(Place(root.Find("none")->at), "5:9");
  EXPECT_EQ(root.Find("nobody"), nullptr);
}

TEST(ReadOwnJsonTest, CountsBytesAcrossStringsWithSeparators) {
  const OwnJson root = Read("[\" ,:\\\" \", \"\xC3\xA9\", \"x\"]");
  EXPECT_EQ(root.items[0].text, " ,:\" ");
  EXPECT_EQ(Place(root.items[1].at), "1:12");
  EXPECT_EQ(Place(root.items[2].at), "1:18");
}

struct LiteralCase {
  std::string name;
  std::string text;
  JsonType type;

  friend void PrintTo(const LiteralCase& row, std::ostream* out) { *out << row.name; }
};

class OwnNumberTest : public testing::TestWithParam<LiteralCase> {};

TEST_P(OwnNumberTest, KeepsItsLiteral) {
  const LiteralCase& row = GetParam();
  const OwnJson root = Read("[" + row.text + ", 1]");
  EXPECT_EQ(root.items[0].type, row.type);
  EXPECT_EQ(root.items[0].text, row.text);
  EXPECT_EQ(root.items[1].text, "1");
  EXPECT_EQ(CanonicalText(root), "[" + row.text + ",1]");
}

INSTANTIATE_TEST_SUITE_P(Rows, OwnNumberTest,
                         testing::ValuesIn<LiteralCase>({
                             {"Zero", "0", JsonType::kInteger},
                             {"Integer", "42", JsonType::kInteger},
                             {"Negative", "-42", JsonType::kInteger},
                             {"LargestInteger", "9223372036854775807", JsonType::kInteger},
                             {"OneMore", "9223372036854775808", JsonType::kNumber},
                             {"SmallestInteger", "-9223372036854775808", JsonType::kInteger},
                             {"TrailingZero", "7.10", JsonType::kNumber},
                             {"WholeWithPoint", "7.0", JsonType::kNumber},
                             {"Exponent", "1E-07", JsonType::kNumber},
                             {"MoreThanDoubles", "0.1234567890123456789012345678",
                              JsonType::kNumber},
                         }),
                         [](const auto& test) { return test.param.name; });

TEST(CanonicalTextTest, SortsMembersAndLeavesOneOut) {
  const OwnJson root = Read(
      R"({ "b": {"z": 1, "approvals": 2, "a": [3, {"y":0,"x":0}]}, "approvals": [], "a": "\u00e9" })");
  EXPECT_EQ(CanonicalText(root, "approvals"),
            "{\"a\":\"\xC3\xA9\",\"b\":{\"a\":[3,{\"x\":0,\"y\":0}],\"approvals\":2,\"z\":1}}");
  EXPECT_EQ(CanonicalText(Read(R"({"b":1,"":2})")), R"({"":2,"b":1})");
}

TEST(CanonicalTextTest, DoesNotDependOnOrderOrSpace) {
  EXPECT_EQ(CanonicalText(Read(R"({"a":1,"b":[1,2]})")),
            CanonicalText(Read("{ \"b\" : [ 1 , 2 ],\n \"a\" : 1 }")));
  EXPECT_NE(CanonicalText(Read(R"({"a":[1,2]})")), CanonicalText(Read(R"({"a":[2,1]})")));
}

// --- Writing
// ---------------------------------------------------------------------------------------

TEST(JsonWriterTest, WritesEveryKind) {
  JsonWriter out;
  out.BeginObject().Member("text", "a\"b\\\n").Key("list").BeginArray();
  out.Integer(INT64_MIN).Number("7.10").Boolean(true).Boolean(false).Null().String("");
  out.EndArray().Key("empty").BeginObject().EndObject().EndObject();
  EXPECT_EQ(
      out.text(),
      R"({"text":"a\"b\\\n","list":[-9223372036854775808,7.10,true,false,null,""],"empty":{}})");
}

struct EmptyCase {
  std::string_view name, text;
  bool has_empty;
  friend void PrintTo(const EmptyCase& row, std::ostream* out) { *out << row.name; }
};

class WrittenJsonTest : public testing::TestWithParam<EmptyCase> {};

// Read or written, a text and what is known of it are the same.
TEST_P(WrittenJsonTest, KnowsWhetherSomethingIsEmpty) {
  const WrittenJson read{std::string(GetParam().text)};
  EXPECT_EQ(read.text(), GetParam().text);
  EXPECT_EQ(read.has_empty(), GetParam().has_empty);
  JsonWriter writer;
  const WrittenJson written = writer.Value(Read(GetParam().text)).TakeWritten();
  EXPECT_EQ(written.text(), GetParam().text);
  EXPECT_EQ(written.has_empty(), GetParam().has_empty);
  const WrittenJson within = writer.BeginArray().Value(written).EndArray().TakeWritten();
  EXPECT_EQ(within.text(), "[" + written.text() + "]");
  EXPECT_EQ(within.has_empty(), GetParam().has_empty);
}

INSTANTIATE_TEST_SUITE_P(Values, WrittenJsonTest,
                         testing::ValuesIn<EmptyCase>({
                             {"Null", "null", true},
                             {"EmptyText", R"("")", true},
                             {"EmptyObject", "{}", true},
                             {"EmptyList", "[]", true},
                             {"EmptyName", R"({"":1})", false},
                             {"False", "false", false},
                             {"Zero", "0", false},
                             {"Text", R"("a")", false},
                             {"Members", R"({"a":[1,{"b":"c"}],"d":true})", false},
                             {"NullInside", R"({"a":[1,null]})", true},
                             {"EmptyTextInside", R"({"a":{"b":""},"c":1})", true},
                             {"EmptyListFirst", R"([[],1])", true},
                             {"EmptyObjectLast", R"([1,{}])", true},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(WrittenJsonTextTest, IsAbsentWhereTheTextIsNoJson) {
  for (const char* text : {"", "{", "[1,]", "1 2", R"({"a":1,"a":2})"}) {
    EXPECT_TRUE(WrittenJson(text).absent()) << text;
  }
  JsonWriter writer;
  EXPECT_EQ(writer.Value(WrittenJson("{")).Take(), "null");
  EXPECT_FALSE(writer.Integer(1).TakeWritten().has_empty()) << "what was taken is forgotten";
}

TEST(JsonWriterTest, TakeEmptiesIt) {
  JsonWriter out;
  out.BeginArray().EndArray();
  EXPECT_EQ(out.Take(), "[]");
  EXPECT_EQ(out.text(), "");
  out.Integer(1);
  JsonWriter moved = std::move(out);
  EXPECT_EQ(moved.Take(), "1");
}

struct RepairCase {
  std::string name;
  std::string text;
  std::string written;

  friend void PrintTo(const RepairCase& row, std::ostream* out) { *out << row.name; }
};

class JsonWriterUtf8Test : public testing::TestWithParam<RepairCase> {};

TEST_P(JsonWriterUtf8Test, WritesValidUtf8) {
  const RepairCase& row = GetParam();
  JsonWriter out;
  out.BeginObject().Member(row.text, row.text).EndObject();
  EXPECT_EQ(out.text(), "{\"" + row.written + "\":\"" + row.written + "\"}");
  EXPECT_TRUE(JsonDocument::Parse(out.text()).has_value());
}

#define REPLACED "\xEF\xBF\xBD"

INSTANTIATE_TEST_SUITE_P(
    Rows, JsonWriterUtf8Test,
    testing::ValuesIn<RepairCase>({
        {"Valid", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"},
        {"ControlAndNul", "a\0\x1F"s, "a\\u0000\\u001F"},
        {"LoneContinuation", "a\x80z", "a" REPLACED "z"},
        {"Overlong", "\xC0\xAF", REPLACED REPLACED},
        {"OverlongOfThree", "\xE0\x80\xAF", REPLACED REPLACED REPLACED},
        {"EncodedSurrogate", "\xED\xA0\x80", REPLACED REPLACED REPLACED},
        {"BeyondUnicode", "\xF4\x90\x80\x80", REPLACED REPLACED REPLACED REPLACED},
        {"CutAtTheEnd", "a\xE2\x82", "a" REPLACED},
        {"CutByText", "\xF0\x9F\x98z", REPLACED "z"},
        {"BadLead", "\xFF\xFE", REPLACED REPLACED},
        {"QuoteAfterCut", "\xC3\"", REPLACED "\\\""},
    }),
    [](const auto& test) { return test.param.name; });

struct NumberTextCase {
  std::string name;
  std::string text;
  bool literal;

  friend void PrintTo(const NumberTextCase& row, std::ostream* out) { *out << row.name; }
};

class JsonWriterNumberTest : public testing::TestWithParam<NumberTextCase> {};

TEST_P(JsonWriterNumberTest, WritesLiteralsOrStrings) {
  const NumberTextCase& row = GetParam();
  JsonWriter out;
  out.BeginArray().Number(row.text).EndArray();
  EXPECT_EQ(out.text(), row.literal ? "[" + row.text + "]" : "[\"" + row.text + "\"]");
}

INSTANTIATE_TEST_SUITE_P(Rows, JsonWriterNumberTest,
                         testing::ValuesIn<NumberTextCase>({
                             {"Zero", "0", true},
                             {"Plain", "-0.50", true},
                             {"Exponent", "1e+21", true},
                             {"BareExponent", "12.5E7", true},
                             {"Empty", "", false},
                             {"Minus", "-", false},
                             {"LeadingZero", "01", false},
                             {"NoFraction", "1.", false},
                             {"NoWhole", ".5", false},
                             {"NoExponent", "1e", false},
                             {"SignOnly", "1e+", false},
                             {"Plus", "+1", false},
                             {"Injection", "1,2", false},
                             {"Space", "1 ", false},
                             {"Word", "NaN", false},
                         }),
                         [](const auto& test) { return test.param.name; });

// Long strings are written in steps of several bytes: what needs an escape may stand anywhere.
/// Characters that are escaped, and one that is not, with what is written for them.
std::vector<std::pair<std::string, std::string>> Escapes() {
  std::vector<std::pair<std::string, std::string>> escapes = {
      {"\"", "\\\""}, {"\\", "\\\\"}, {"\u00e5", "\u00e5"}};
  const std::map<char, std::string> named = {
      {'\b', "\\b"}, {'\t', "\\t"}, {'\n', "\\n"}, {'\f', "\\f"}, {'\r', "\\r"}};
  for (char c = 0; c < 0x20; ++c) {
    char code[7];
    std::snprintf(code, sizeof code, "\\u%04X", static_cast<unsigned>(c));
    const auto found = named.find(c);
    escapes.emplace_back(std::string(1, c), found == named.end() ? code : found->second);
  }
  return escapes;
}

TEST(JsonWriterTest, EscapesAtEveryPlace) {
  const auto escapes = Escapes();
  for (std::size_t size = 0; size < 40; ++size) {
    for (std::size_t place = 0; place <= size; ++place) {
      for (const auto& [raw, escaped] : escapes) {
        const std::string before(place, 'a');
        const std::string after(size - place, 'b');
        JsonWriter out;
        out.String(before + raw + after);
        ASSERT_EQ(out.text(), "\"" + before + escaped + after + "\"");
      }
    }
  }
}

TEST(JsonWriterTest, HoldsNothingOfWritersBeforeIt) {
  {
    JsonWriter left;
    left.BeginObject().Key("a").BeginArray().String("").String("left open");
  }
  JsonWriter one;
  one.BeginArray().Integer(1);
  JsonWriter other;
  EXPECT_EQ(other.text(), "");
  EXPECT_EQ(one.EndArray().text(), "[1]");
  EXPECT_FALSE(one.TakeWritten().has_empty());
}

TEST(JsonWriterTest, CopiesForeignValues) {
  const std::string text = R"({"a":[1,2.5,"x",{"b":[]},[[null]]],"c":{},"":true,"d":false})";
  const auto document = JsonDocument::Parse(text);
  ASSERT_TRUE(document.has_value());
  JsonWriter out;
  out.BeginArray().Value(document->root()).Value(document->root()["c"]).Value(Json{}).EndArray();
  EXPECT_EQ(out.text(), "[" + text + ",{},null]");
}

TEST(JsonWriterTest, CopiesTheDeepestForeignValue) {
  const auto document = JsonDocument::Parse(Nested(128));
  ASSERT_TRUE(document.has_value());
  JsonWriter out;
  EXPECT_EQ(out.Value(document->root()).text(), Nested(128));
}

TEST(JsonWriterTest, CopiesOurValuesInFileOrder) {
  const std::string text = R"({"b":[1,7.10,"x",null,true],"a":{"d":{}}})";
  JsonWriter out;
  EXPECT_EQ(out.Value(Read(text)).text(), text);
  JsonWriter none;
  EXPECT_EQ(none.Value(OwnJson{}).text(), "null");
}

#ifndef NDEBUG
TEST(JsonWriterDeathTest, MisuseEndsTheProgram) {
  EXPECT_DEATH(JsonWriter().EndObject(), "");
  EXPECT_DEATH(JsonWriter().BeginArray().EndObject(), "");
  EXPECT_DEATH(JsonWriter().BeginObject().Integer(1), "");
}
#endif

}  // namespace
}  // namespace renal::fhir
