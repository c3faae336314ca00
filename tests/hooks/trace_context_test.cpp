#include "hooks/trace_context.h"

#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace renal::hooks {
namespace {

using testing::IsEmpty;
using testing::MatchesRegex;

constexpr std::string_view kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr std::string_view kGood = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

struct ParentCase {
  std::string name;
  std::string text;
  bool good;
  bool sampled = false;

  friend void PrintTo(const ParentCase& row, std::ostream* out) { *out << row.name; }
};

/// The good one with other bytes from a place on.
std::string With(std::size_t place, std::string_view bytes) {
  std::string text(kGood);
  text.replace(place, bytes.size(), bytes);
  return text;
}

class TraceParentTest : public testing::TestWithParam<ParentCase> {};

TEST_P(TraceParentTest, IsReadOrRefused) {
  const ParentCase& row = GetParam();
  const auto trace = ReadTraceParent(row.text);
  ASSERT_EQ(trace.has_value(), row.good);
  if (!trace) return;
  EXPECT_EQ(trace->trace_id, row.text.substr(3, 32));
  EXPECT_EQ(trace->parent_id, row.text.substr(36, 16));
  EXPECT_EQ(trace->sampled, row.sampled);
}

INSTANTIATE_TEST_SUITE_P(Rows, TraceParentTest,
                         testing::ValuesIn<ParentCase>({
                             {"Sampled", std::string(kGood), true, true},
                             {"NotSampled", With(53, "00"), true, false},
                             {"OtherFlagsAreNotSampled", With(53, "fe"), true, false},
                             {"SampledBesideOtherFlags", With(53, "ff"), true, true},
                             {"LaterVersion", With(0, "cc"), true, true},
                             {"LaterVersionWithMore", With(0, "cc") + "-what-comes", true, true},
                             {"LaterVersionWithAnEmptyRest", With(0, "01") + "-", true, true},
                             {"LaterVersionWithoutADash", With(0, "cc") + ".what", false},
                             {"LastVersionIsNone", With(0, "ff"), false},
                             {"Version00WithMore", std::string(kGood) + "-what", false},
                             {"Version00WithADash", std::string(kGood) + "-", false},
                             {"VersionInUpperCase", With(0, "CC"), false},
                             {"VersionIsNoHex", With(0, "0g"), false},
                             {"TraceOfZeros", With(3, std::string(32, '0')), false},
                             {"TraceOfOneBit", With(3, std::string(31, '0') + "1"), true, true},
                             {"TraceInUpperCase", With(3, "4BF9"), false},
                             {"TraceIsNoHex", With(34, "g"), false},
                             {"TraceWithANul", With(10, std::string_view("\0", 1)), false},
                             {"ParentOfZeros", With(36, std::string(16, '0')), false},
                             {"ParentOfOneBit", With(36, std::string(15, '0') + "1"), true, true},
                             {"ParentInUpperCase", With(36, "F"), false},
                             {"FlagsAreNoHex", With(53, "0x"), false},
                             {"FlagsInUpperCase", With(53, "0B"), false},
                             {"FirstDash", With(2, "_"), false},
                             {"SecondDash", With(35, "_"), false},
                             {"ThirdDash", With(52, "_"), false},
                             {"OneShort", std::string(kGood.substr(0, 54)), false},
                             {"Empty", "", false},
                             {"SpaceInFront", " " + std::string(kGood), false},
                             {"SpaceBehind", std::string(kGood) + " ", false},
                             {"Words", std::string(55, 'a'), false},
                         }),
                         [](const auto& test) { return test.param.name; });

struct StateCase {
  std::string name;
  std::vector<std::string> fields;
  std::string kept;

  friend void PrintTo(const StateCase& row, std::ostream* out) { *out << row.name; }
};

std::string Entries(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text.append(text.empty() ? "" : ",").append("k" + std::to_string(i) + "=v");
  }
  return text;
}

class TraceStateTest : public testing::TestWithParam<StateCase> {};

TEST_P(TraceStateTest, KeepsWholeEntries) {
  const std::vector<std::string_view> fields(GetParam().fields.begin(), GetParam().fields.end());
  EXPECT_EQ(ReadTraceState(fields), GetParam().kept);
}

const std::string kLong = "long=" + std::string(200, 'x');
const std::string kFull = "a=" + std::string(120, 'x') + ",b=" + std::string(120, 'x') +
                          ",c=" + std::string(120, 'x') + ",d=" + std::string(120, 'x');

INSTANTIATE_TEST_SUITE_P(
    Rows, TraceStateTest,
    testing::ValuesIn<StateCase>({
        {"None", {}, ""},
        {"Empty", {""}, ""},
        {"One", {"congo=t61rcWkgMzE"}, "congo=t61rcWkgMzE"},
        {"SpacesAreNoPart", {" \trojo=1 ,\tcongo=2 "}, "rojo=1,congo=2"},
        {"FieldsInTheirOrder", {"rojo=1", "congo=2"}, "rojo=1,congo=2"},
        {"EmptyEntriesMeanNothing", {"a=1,,b=2,"}, "a=1,b=2"},
        {"Tenant", {"fw529a3039@dt=FfAw"}, "fw529a3039@dt=FfAw"},
        {"KeyOfAllCharacters", {"a0_-*/@z=1"}, "a0_-*/@z=1"},
        {"KeyInUpperCase", {"Rojo=1"}, ""},
        {"KeyBeginsWithASign", {"_rojo=1"}, ""},
        {"KeyOf256", {std::string(256, 'k') + "=1"}, std::string(256, 'k') + "=1"},
        {"KeyOf257", {std::string(257, 'k') + "=1"}, ""},
        {"NoKey", {"=1"}, ""},
        {"NoValue", {"a="}, ""},
        {"NoEquals", {"a"}, ""},
        {"TwoEquals", {"a=1=2"}, ""},
        {"SpaceInsideAValue", {"a=1 2"}, "a=1 2"},
        {"ValueOf256", {"a=" + std::string(256, 'v')}, "a=" + std::string(256, 'v')},
        {"ValueOf257", {"a=" + std::string(257, 'v')}, ""},
        {"ControlInAValue", {"a=1\t2"}, ""},
        {"OtherBytesInAValue", {"a=\xC3\xA5"}, ""},
        {"OneBadOneSpoilsAll", {"a=1", "B=2"}, ""},
        {"AKeyTwice", {"a=1,b=2,a=3"}, ""},
        {"Entries32", {Entries(32)}, Entries(32)},
        {"Entries33", {Entries(33)}, ""},
        {"LongEntriesGoFirst", {kLong + "," + kFull}, kFull},
        {"ThenTheLastOnes", {kFull + ",e=" + std::string(120, 'x')}, kFull},
    }),
    [](const auto& test) { return test.param.name; });

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

TEST(TraceContextTest, GoesOnWithTheTraceOfTheCaller) {
  const TraceContext trace = TraceOf(
      Headers{{"host", "a"}, {"tracestate", "a=1"}, {"traceparent", kGood}, {"tracestate", "b=2"}});
  EXPECT_EQ(trace.trace_id, kTrace);
  EXPECT_EQ(trace.state, "a=1,b=2");
  EXPECT_TRUE(trace.sampled);
}

TEST(TraceContextTest, BeginsANewTraceWithoutATrueOne) {
  const std::string bad = With(3, "wxyz");
  for (const Headers& headers :
       {Headers{}, Headers{{"traceparent", bad}, {"tracestate", "a=1"}},
        Headers{{"tracestate", "a=1"}},
        Headers{{"traceparent", kGood}, {"traceparent", kGood}, {"tracestate", "a=1"}}}) {
    const TraceContext trace = TraceOf(headers);
    EXPECT_THAT(trace.trace_id, MatchesRegex("[0-9a-f]{32}"));
    EXPECT_NE(trace.trace_id, kTrace);
    EXPECT_THAT(trace.parent_id, IsEmpty());
    EXPECT_THAT(trace.state, IsEmpty());
    EXPECT_FALSE(trace.sampled);
    EXPECT_TRUE(ReadTraceParent(TraceParentFor(trace)));
  }
}

TEST(TraceContextTest, EachCallIsASpanOfItsOwn) {
  const TraceContext trace = TraceOf(Headers{{"traceparent", kGood}});
  std::set<std::string> spans;
  for (int i = 0; i < 1'000; ++i) {
    const auto called = ReadTraceParent(TraceParentFor(trace));
    ASSERT_TRUE(called);
    EXPECT_EQ(called->trace_id, kTrace);
    EXPECT_TRUE(called->sampled);
    spans.insert(called->parent_id);
  }
  EXPECT_EQ(spans.size(), 1'000U);
  EXPECT_FALSE(spans.contains("00f067aa0ba902b7"));
}

}  // namespace
}  // namespace renal::hooks
