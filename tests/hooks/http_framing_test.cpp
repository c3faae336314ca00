#include "hooks/internal/http_framing.h"

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hooks/internal/http_body.h"
#include "hooks/internal/http_reply.h"
#include "hooks/internal/http_rules.h"
#include "tests/hooks/framer.h"

namespace renal::hooks::internal {
namespace {

using namespace std::string_literals;

struct FramingCase {
  std::string name;
  std::string bytes;
  std::string seen;

  friend void PrintTo(const FramingCase& row, std::ostream* out) { *out << row.name; }
};

class HttpFramingTest : public testing::TestWithParam<FramingCase> {};

TEST_P(HttpFramingTest, SeesTheSameHoweverTheBytesAreCut) {
  const FramingCase& row = GetParam();
  EXPECT_EQ(Framer().Frame(row.bytes, row.bytes.size()), row.seen);
  for (const std::size_t step : {1, 2, 3, 7}) {
    EXPECT_EQ(Framer().Frame(row.bytes, step), row.seen) << "in pieces of " << step;
  }
}

std::string NameOf(const testing::TestParamInfo<FramingCase>& info) { return info.param.name; }

std::string Line(const std::string& line) { return line + "\r\nHost: a\r\n\r\n"; }
std::string Get(const std::string& fields) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}
std::string Post(const std::string& fields, const std::string& body) {
  return "POST /p HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}
std::string Chunked(const std::string& body) {
  return Post("Transfer-Encoding: chunked\r\n", body);
}

INSTANTIATE_TEST_SUITE_P(RequestLine, HttpFramingTest,
                         testing::ValuesIn<FramingCase>({
                             {"Nothing", "\r\n", ""},
                             {"Plain", Line("GET / HTTP/1.1"), "GET /; "},
                             {"Incomplete", "GET / HTTP/1.1\r\nHost: a\r\n", "more"},
                             {"Head", Line("HEAD /x HTTP/1.1"), "HEAD /x; "},
                             {"Delete", Line("DELETE /x HTTP/1.1"), "DELETE /x; "},
                             {"Put", Line("PUT /x HTTP/1.1"), "PUT /x; "},
                             {"Patch", Line("PATCH /x HTTP/1.1"), "PATCH /x; "},
                             {"OneEmptyLineBefore", "\r\n" + Line("GET / HTTP/1.1"), "GET /; "},
                             {"TwoEmptyLinesBefore", "\r\n\r\n" + Line("GET / HTTP/1.1"), "400"},
                             {"BareLfBefore", "\n" + Line("GET / HTTP/1.1"), "400"},
                             {"SpaceBefore", " " + Line("GET / HTTP/1.1"), "400"},
                             {"TwoSpacesBeforeTarget", Line("GET  / HTTP/1.1"), "400"},
                             {"TwoSpacesBeforeVersion", Line("GET /  HTTP/1.1"), "400"},
                             {"SpaceAfterVersion", Line("GET / HTTP/1.1 "), "400"},
                             {"TabForSpace", Line("GET\t/ HTTP/1.1"), "400"},
                             {"TabBeforeVersion", Line("GET /\tHTTP/1.1"), "400"},
                             {"NoTarget", Line("GET HTTP/1.1"), "400"},
                             {"NoVersion", Line("GET /"), "400"},
                             {"OnlyMethod", Line("GET"), "400"},
                             {"LowerCaseMethod", Line("get / HTTP/1.1"), "400"},
                             {"UnknownMethod", Line("BREW / HTTP/1.1"), "400"},
                             {"MethodWithBadCharacter", Line("G(T / HTTP/1.1"), "400"},
                             {"LowerCaseHttp", Line("GET / http/1.1"), "400"},
                             {"IceProtocol", Line("SOURCE / ICE/1.0"), "400"},
                             {"RtspProtocol", Line("DESCRIBE / RTSP/1.0"), "400"},
                             {"VersionWithoutMinor", Line("GET / HTTP/1"), "400"},
                             {"VersionWithoutDot", Line("GET / HTTP/11"), "400"},
                             {"VersionWithMoreDigits", Line("GET / HTTP/1.10"), "400"},
                             {"VersionWithText", Line("GET / HTTP/1.1x"), "400"},
                             {"VersionTwo", Line("GET / HTTP/2.0"), "505"},
                             {"VersionZeroNine", Line("GET / HTTP/0.9"), "505"},
                             {"VersionThree", Line("GET / HTTP/3.0"), "505"},
                             {"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
                             {"TlsHello", "\x16\x03\x01\x02"s, "400"},
                             {"NulInLine", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"s, "400"},
                             {"BareLfEndsLine", "GET / HTTP/1.1\nHost: a\r\n\r\n", "400"},
                             {"BareCrInLine", "GET / HTTP/1.1\rHost: a\r\n\r\n", "400"},
                             {"OnePointZero", "GET / HTTP/1.0\r\n\r\n", "GET /; "},
                         }),
                         NameOf);

INSTANTIATE_TEST_SUITE_P(
    Target, HttpFramingTest,
    testing::ValuesIn<FramingCase>({
        {"WithQuery", Line("GET /a?b=c&d HTTP/1.1"), "GET /a?b=c&d; "},
        {"Escaped", Line("GET /%41 HTTP/1.1"), "GET /%41; "},
        {"Control", Line("GET /\x01 HTTP/1.1"), "400"},
        {"Delete", Line("GET /\x7F HTTP/1.1"), "400"},
        {"NotAscii", Line("GET /\xC3\xA9 HTTP/1.1"), "400"},
        {"NotAsciiInQuery", Line("GET /?\xC3\xA9 HTTP/1.1"), "400"},
        {"Space", Line("GET /a b HTTP/1.1"), "400"},
        {"Fragment", Line("GET /a#b HTTP/1.1"), "400"},
        {"NoSlash", Line("GET a HTTP/1.1"), "400"},
        {"Star", Line("OPTIONS * HTTP/1.1"), "OPTIONS *; "},
        {"StarForGet", Line("GET * HTTP/1.1"), "400"},
        {"Absolute", Line("GET http://h:80/a HTTP/1.1"), "GET http://h:80/a; "},
        {"AbsoluteTls", Line("GET HTTPS://h/a HTTP/1.1"), "GET HTTPS://h/a; "},
        {"AbsoluteWithoutPath", Line("GET http://h HTTP/1.1"), "GET http://h; "},
        {"AbsoluteOtherScheme", Line("GET ftp://h/a HTTP/1.1"), "400"},
        {"AbsoluteWithoutHost", Line("GET http:///a HTTP/1.1"), "400"},
        {"AbsoluteWithUser", Line("GET http://u@h/a HTTP/1.1"), "400"},
        {"Authority", Line("CONNECT h:443 HTTP/1.1"), "400"},
        {"LongestAllowed", Line("GET /" + std::string(63, 'a') + " HTTP/1.1"),
         "GET /" + std::string(63, 'a') + "; "},
        {"OneTooLong", Line("GET /" + std::string(64, 'a') + " HTTP/1.1"), "414"},
        {"NeverEnds", "GET /" + std::string(500, 'a'), "414"},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Field, HttpFramingTest,
    testing::ValuesIn<FramingCase>({
        {"Plain", Get("X: y\r\n"), "GET /; "},
        {"NoSpace", Get("X:y\r\n"), "GET /; "},
        {"TabAndSpaces", Get("X: \t y \t\r\n"), "GET /; "},
        {"EmptyValue", Get("X:\r\n"), "GET /; "},
        {"EmptyValueWithSpace", Get("X: \r\n"), "GET /; "},
        {"EmptyThenAnother", Get("X:\r\nY: z\r\n"), "GET /; "},
        {"TabInside", Get("X: a\tb\r\n"), "GET /; "},
        {"HighBytes", Get("X: \xC3\xA9\r\n"), "GET /; "},
        {"EveryTokenCharacter", Get("!#$%&'*+-.^_`|~09azAZ: y\r\n"), "GET /; "},
        {"NoColon", Get("Xy\r\n"), "400"},
        {"EmptyName", Get(": y\r\n"), "400"},
        {"SpaceBeforeColon", Get("X : y\r\n"), "400"},
        {"TabBeforeColon", Get("X\t: y\r\n"), "400"},
        {"SpaceInName", Get("X y: z\r\n"), "400"},
        {"SpaceBeforeFirstName", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "400"},
        {"TabBeforeFirstName", "GET / HTTP/1.1\r\n\tHost: a\r\n\r\n", "400"},
        {"Folded", Get("X: y\r\n z\r\n"), "400"},
        {"FoldedWithTab", Get("X: y\r\n\tz\r\n"), "400"},
        {"FoldedNothing", Get("X: y\r\n \r\n"), "400"},
        {"NotTokenName", Get("X(: y\r\n"), "400"},
        {"SlashInName", Get("X/Y: z\r\n"), "400"},
        {"HighByteInName", Get("X\xC3: y\r\n"), "400"},
        {"NulInValue", Get("X: a\0b\r\n"s), "400"},
        {"NulInName", Get("X\0: b\r\n"s), "400"},
        {"ControlInValue", Get("X: a\x01\r\n"), "400"},
        {"DeleteInValue", Get("X: a\x7F\r\n"), "400"},
        {"BareCrInValue", Get("X: a\rb\r\n"), "400"},
        {"BareLfEndsField", Get("X: a\nY: b\r\n"), "400"},
        {"CrCrLf", Get("X: a\r\r\n"), "400"},
        {"BareLfEndsHead", "GET / HTTP/1.1\r\nHost: a\r\n\n", "400"},
        {"UpgradeIsIgnored", Get("Connection: upgrade\r\nUpgrade: h2c\r\n"), "GET /; "},
        {"WebSocketIsIgnored", Get("Connection: upgrade\r\nUpgrade: websocket\r\n") + Get(""),
         "GET /; GET /; "},
        {"MostFields", Get("B: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\n"), "GET /; "},
        {"OneFieldTooMany", Get("B: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\nF: 1\r\n"), "431"},
        {"LongestSection", Get("X: " + std::string(256 - 9 - 7, 'a') + "\r\n"), "GET /; "},
        {"SectionOneTooLong", Get("X: " + std::string(256 - 9 - 6, 'a') + "\r\n"), "431"},
        {"SectionNeverEnds", "GET / HTTP/1.1\r\nX: " + std::string(900, 'a'), "431"},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(Host, HttpFramingTest,
                         testing::ValuesIn<FramingCase>({
                             {"Missing", "GET / HTTP/1.1\r\n\r\n", "400"},
                             {"MissingWithOther", "GET / HTTP/1.1\r\nX: y\r\n\r\n", "400"},
                             {"Twice", Get("Host: a\r\n"), "400"},
                             {"TwiceDifferent", Get("hOST: b\r\n"), "400"},
                             {"TwiceInOnePointZero", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n",
                              "400"},
                             {"WithPort", "GET / HTTP/1.1\r\nHost: a.b-c:8080\r\n\r\n", "GET /; "},
                             {"Ipv6", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "GET /; "},
                             {"Empty", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "400"},
                             {"Space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400"},
                             {"Slash", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400"},
                             {"At", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", "400"},
                             {"Backslash", "GET / HTTP/1.1\r\nHost: a\\b\r\n\r\n", "400"},
                             {"NotAscii", "GET / HTTP/1.1\r\nHost: \xC3\xA9\r\n\r\n", "400"},
                         }),
                         NameOf);

INSTANTIATE_TEST_SUITE_P(
    Length, HttpFramingTest,
    testing::ValuesIn<FramingCase>({
        {"Plain", Post("Content-Length: 3\r\n", "abc"), "POST /p [abc]; "},
        {"Zero", Post("Content-Length: 0\r\n", ""), "POST /p; "},
        {"Absent", Post("", ""), "POST /p; "},
        {"LeadingZeros", Post("Content-Length: 003\r\n", "abc"), "POST /p [abc]; "},
        {"SpacesAround", Post("Content-Length:  3 \r\n", "abc"), "POST /p [abc]; "},
        {"ThenNextRequest", Post("Content-Length: 3\r\n", "abc") + Get(""),
         "POST /p [abc]; GET /; "},
        {"BodyIncomplete", Post("Content-Length: 3\r\n", "ab"), "more"},
        {"Empty", Post("Content-Length:\r\n", ""), "400"},
        {"Plus", Post("Content-Length: +3\r\n", "abc"), "400"},
        {"Minus", Post("Content-Length: -3\r\n", "abc"), "400"},
        {"Hexadecimal", Post("Content-Length: 0x3\r\n", "abc"), "400"},
        {"Fraction", Post("Content-Length: 3.0\r\n", "abc"), "400"},
        {"SpaceInside", Post("Content-Length: 1 3\r\n", "abc"), "400"},
        {"List", Post("Content-Length: 3, 3\r\n", "abc"), "400"},
        {"TwiceSame", Post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), "400"},
        {"TwiceDifferent", Post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), "400"},
        {"NineteenDigits", Post("Content-Length: 0000000000000000003\r\n", "abc"),
         "POST /p [abc]; "},
        {"TwentyDigits", Post("Content-Length: 00000000000000000003\r\n", "abc"), "400"},
        {"BeyondSixtyFourBits", Post("Content-Length: 99999999999999999999\r\n", "abc"), "400"},
        {"WithCoding", Post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
         "400"},
        {"AfterCoding", Post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"),
         "400"},
        {"ZeroWithCoding", Post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
         "400"},
        {"WithGetBody", Get("Content-Length: 3\r\n") + "abc", "GET / [abc]; "},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Coding, HttpFramingTest,
    testing::ValuesIn<FramingCase>({
        {"Chunked", Chunked("3\r\nabc\r\n0\r\n\r\n"), "POST /p [abc]; "},
        {"AnyCase", Post("Transfer-Encoding: ChUnKeD\r\n", "3\r\nabc\r\n0\r\n\r\n"),
         "POST /p [abc]; "},
        {"Gzip", Post("Transfer-Encoding: gzip\r\n", ""), "501"},
        {"GzipChunked", Post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), "501"},
        {"ChunkedGzip", Post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"), "400"},
        {"Identity", Post("Transfer-Encoding: identity\r\n", ""), "501"},
        {"ChunkedTwiceInList", Post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), "400"},
        {"Quoted", Post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), "501"},
        {"Parameter", Post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n"), "501"},
        {"Prefixed", Post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), "501"},
        {"VerticalTab",
         Post("Transfer-Encoding: \x0B"
              "chunked\r\n",
              "0\r\n\r\n"),
         "400"},
        {"Empty", Post("Transfer-Encoding:\r\n", ""), "501"},
        {"TwoFields",
         Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), "400"},
        {"InOnePointZero", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Chunk, HttpFramingTest,
    testing::ValuesIn<FramingCase>({
        {"Empty", Chunked("0\r\n\r\n"), "POST /p []; "},
        {"Several", Chunked("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"), "POST /p [abc]; "},
        {"UpperCaseSize", Chunked("A\r\n0123456789\r\n0\r\n\r\n"), "POST /p [0123456789]; "},
        {"LowerCaseSize", Chunked("a\r\n0123456789\r\n0\r\n\r\n"), "POST /p [0123456789]; "},
        {"SixteenDigits", Chunked("0000000000000001\r\na\r\n0\r\n\r\n"), "POST /p [a]; "},
        {"SeventeenDigits", Chunked("00000000000000001\r\na\r\n0\r\n\r\n"), "400"},
        {"ManyZerosAtTheEnd", Chunked("000\r\n\r\n"), "POST /p []; "},
        {"ThenNextRequest", Chunked("1\r\na\r\n0\r\n\r\n") + Get(""), "POST /p [a]; GET /; "},
        {"DataMayHoldLineEnds", Chunked("4\r\n\r\n\r\n\r\n0\r\n\r\n"), "POST /p [\r\n\r\n]; "},
        {"Extension", Chunked("1;x=y\r\na\r\n0\r\n\r\n"), "POST /p [a]; "},
        {"TwoExtensions", Chunked("1;x=y;z\r\na\r\n0\r\n\r\n"), "POST /p [a]; "},
        {"QuotedExtension", Chunked("1;x=\"y z\"\r\na\r\n0\r\n\r\n"), "POST /p [a]; "},
        {"ExtensionAtTheEnd", Chunked("0;x\r\n\r\n"), "POST /p []; "},
        {"LongestLine", Chunked("1;" + std::string(15, 'x') + "\r\na\r\n0\r\n\r\n"),
         "POST /p [a]; "},
        {"LineOneTooLong", Chunked("1;" + std::string(16, 'x') + "\r\na\r\n0\r\n\r\n"), "400"},
        {"LfInExtension", Chunked("1;x\na\r\n0\r\n\r\n"), "400"},
        {"CrInExtension", Chunked("1;x\ry\r\na\r\n0\r\n\r\n"), "400"},
        {"NulInExtension", Chunked("1;x\0\r\na\r\n0\r\n\r\n"s), "400"},
        {"NoSize", Chunked("\r\na\r\n0\r\n\r\n"), "400"},
        {"NoSizeButExtension", Chunked(";x\r\na\r\n0\r\n\r\n"), "400"},
        {"NotHexadecimal", Chunked("g\r\na\r\n0\r\n\r\n"), "400"},
        {"Minus", Chunked("-1\r\na\r\n0\r\n\r\n"), "400"},
        {"Plus", Chunked("+1\r\na\r\n0\r\n\r\n"), "400"},
        {"Prefix", Chunked("0x1\r\na\r\n0\r\n\r\n"), "400"},
        {"SpaceBeforeSize", Chunked(" 1\r\na\r\n0\r\n\r\n"), "400"},
        {"SpaceAfterSize", Chunked("1 \r\na\r\n0\r\n\r\n"), "400"},
        {"LfAfterSize", Chunked("1\na\r\n0\r\n\r\n"), "400"},
        {"CrAfterSize", Chunked("1\ra\r\n0\r\n\r\n"), "400"},
        {"LfAfterData", Chunked("1\r\na\n0\r\n\r\n"), "400"},
        {"AnyTwoBytesAfterData", Chunked("1\r\naXX0\r\n\r\n"), "400"},
        {"CrThenOtherAfterData", Chunked("1\r\na\rX0\r\n\r\n"), "400"},
        {"DataLonger", Chunked("1\r\nab\r\n0\r\n\r\n"), "400"},
        {"DataShorter", Chunked("3\r\na\r\n0\r\n\r\n"), "400"},
        {"LfAtTheEnd", Chunked("0\r\n\n"), "400"},
        {"OtherAtTheEnd", Chunked("0\r\n\rX"), "400"},
        {"NotYetEnded", Chunked("0\r\n\r"), "more"},
        {"AtTheLimit", Chunked("40\r\n" + std::string(64, 'a') + "\r\n0\r\n\r\n"),
         "POST /p [" + std::string(64, 'a') + "]; "},
        {"OneBeyondTheLimit", Chunked("41\r\n"), "413"},
        {"BeyondTheLimitTogether", Chunked("40\r\n" + std::string(64, 'a') + "\r\n1\r\n"), "413"},
        {"HugeAnnounced", Chunked("ffffffffffffffff\r\n"), "413"},
        {"MinusTwo", Chunked("fffffffffffffffe\r\n"), "413"},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Trailer, HttpFramingTest,
    testing::ValuesIn<FramingCase>({
        {"One", Chunked("0\r\nX: y\r\n\r\n"), "POST /p []; "},
        {"Most", Chunked("0\r\nX: y\r\nZ:\r\n\r\n"), "POST /p []; "},
        {"OneTooMany", Chunked("0\r\nX: y\r\nZ:\r\nW:\r\n\r\n"), "431"},
        {"Longest", Chunked("0\r\nX: " + std::string(29, 'y') + "\r\n\r\n"), "POST /p []; "},
        {"OneTooLong", Chunked("0\r\nX: " + std::string(30, 'y') + "\r\n\r\n"), "431"},
        {"NoColon", Chunked("0\r\nXy\r\n\r\n"), "400"},
        {"EmptyName", Chunked("0\r\n: y\r\n\r\n"), "400"},
        {"SpaceBeforeColon", Chunked("0\r\nX : y\r\n\r\n"), "400"},
        {"Folded", Chunked("0\r\nX: y\r\n z\r\n\r\n"), "400"},
        {"BareLf", Chunked("0\r\nX: y\n\r\n"), "400"},
        {"BareCr", Chunked("0\r\nX: \ry\r\n\r\n"), "400"},
        {"Nul", Chunked("0\r\nX: \0\r\n\r\n"s), "400"},
        {"ThenNextRequest", Chunked("0\r\nX: y\r\n\r\n") + Get(""), "POST /p []; GET /; "},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(Pipeline, HttpFramingTest,
                         testing::ValuesIn<FramingCase>({
                             {"Three", Get("") + Post("Content-Length: 1\r\n", "x") + Get(""),
                              "GET /; POST /p [x]; GET /; "},
                             {"NothingAfterAnError", Get("") + Get("Bad\r\n") + Get(""),
                              "GET /; 400"},
                             {"EmptyLineBetween", Get("") + "\r\n" + Get(""), "GET /; GET /; "},
                         }),
                         NameOf);

// The fields, the connection's fate and the path: parts of a head that the table does not show.
RequestHead HeadOf(HeadReader& reader, std::string_view bytes) {
  reader.Push(bytes);
  EXPECT_EQ(reader.state(), HeadReader::State::kDone);
  return reader.head();
}

TEST(HeadReaderTest, GivesFieldsWithLowerCaseNamesAndTrimmedValues) {
  const HttpLimits limits;
  HeadReader reader(limits);
  const RequestHead head =
      HeadOf(reader, "GET /a%20b/?q=%41 HTTP/1.1\r\nHost: A\r\nX-Two:\r\nX-THREE:  b c \r\n\r\n");
  using Field = std::pair<std::string_view, std::string_view>;
  EXPECT_THAT(head.fields, testing::ElementsAre(Field("host", "A"), Field("x-two", ""),
                                                Field("x-three", "b c")));
  EXPECT_EQ(head.path, "/a b");
  EXPECT_EQ(head.query, "q=%41");
}

TEST(HeadReaderTest, IgnoresTheAuthorityOfAnAbsoluteTarget) {
  const HttpLimits limits;
  HeadReader reader(limits);
  EXPECT_EQ(HeadOf(reader, "GET http://b/x?y HTTP/1.1\r\nHost: a\r\n\r\n").path, "/x");
  reader.Reset();
  EXPECT_EQ(HeadOf(reader, "GET http://b?y HTTP/1.1\r\nHost: a\r\n\r\n").path, "/");
}

TEST(HeadReaderTest, LeavesWhatFollowsTheHead) {
  const HttpLimits limits;
  HeadReader reader(limits);
  const std::string head = Get("");
  EXPECT_EQ(reader.Push(head + "rest"), head.size());
}

struct KeepAliveCase {
  std::string name;
  std::string version;
  std::string fields;
  bool keep_alive;

  friend void PrintTo(const KeepAliveCase& row, std::ostream* out) { *out << row.name; }
};

class KeepAliveTest : public testing::TestWithParam<KeepAliveCase> {};

TEST_P(KeepAliveTest, FollowsVersionAndConnection) {
  const KeepAliveCase& row = GetParam();
  const HttpLimits limits;
  HeadReader reader(limits);
  const std::string bytes = "GET / HTTP/" + row.version + "\r\nHost: a\r\n" + row.fields + "\r\n";
  EXPECT_EQ(HeadOf(reader, bytes).keep_alive, row.keep_alive);
}

INSTANTIATE_TEST_SUITE_P(Versions, KeepAliveTest,
                         testing::ValuesIn<KeepAliveCase>({
                             {"NewDefault", "1.1", "", true},
                             {"NewClose", "1.1", "Connection: close\r\n", false},
                             {"NewCloseAnyCase", "1.1", "connection: CLOSE\r\n", false},
                             {"NewCloseInList", "1.1", "Connection: x, close\r\n", false},
                             {"OldDefault", "1.0", "", false},
                             {"OldKeepAlive", "1.0", "Connection: keep-alive\r\n", true},
                         }),
                         [](const auto& test) { return test.param.name; });

struct PathCase {
  std::string name;
  std::string path;
  std::optional<std::string> decoded;

  friend void PrintTo(const PathCase& row, std::ostream* out) { *out << row.name; }
};

class DecodePathTest : public testing::TestWithParam<PathCase> {};

TEST_P(DecodePathTest, DecodesOnceOrRefuses) {
  EXPECT_EQ(DecodePath(GetParam().path), GetParam().decoded);
}

INSTANTIATE_TEST_SUITE_P(Paths, DecodePathTest,
                         testing::ValuesIn<PathCase>({
                             {"Root", "/", "/"},
                             {"Plain", "/a/b", "/a/b"},
                             {"Escape", "/%61", "/a"},
                             {"EscapedPercentStays", "/%2561", "/%61"},
                             {"FinalSlash", "/a/", "/a"},
                             {"TwoFinalSlashes", "/a//", "/a//"},
                             {"OnlySlashes", "//", "//"},
                             {"EmptySegmentStays", "/a//b", "/a//b"},
                             {"Dots", "/a/../b", {}},
                             {"Dot", "/./b", {}},
                             {"DotAtTheEnd", "/b/.", {}},
                             {"DotsWithFinalSlash", "/b/../", {}},
                             {"EscapedDots", "/%2e%2E/b", {}},
                             {"DotInName", "/a.b/..c", "/a.b/..c"},
                             {"EscapedSlash", "/a%2fb", {}},
                             {"EscapedSlashUpper", "/a%2Fb", {}},
                             {"EscapedBackslash", "/a%5cb", {}},
                             {"Backslash", "/a\\b", {}},
                             {"EscapedNul", "/a%00", {}},
                             {"EscapedControl", "/a%0d%0a", {}},
                             {"EscapedDelete", "/a%7f", {}},
                             {"CutEscape", "/a%4", {}},
                             {"CutEscapeShorter", "/a%", {}},
                             {"NoHexadecimal", "/a%4g", {}},
                             {"NoHexadecimalFirst", "/a%g4", {}},
                         }),
                         [](const auto& test) { return test.param.name; });

struct MediaTypeCase {
  std::string name;
  std::string value;
  bool json;

  friend void PrintTo(const MediaTypeCase& row, std::ostream* out) { *out << row.name; }
};

class MediaTypeTest : public testing::TestWithParam<MediaTypeCase> {};

TEST_P(MediaTypeTest, IsJsonOrNot) {
  EXPECT_EQ(IsJsonMediaType(GetParam().value), GetParam().json);
}

INSTANTIATE_TEST_SUITE_P(Values, MediaTypeTest,
                         testing::ValuesIn<MediaTypeCase>({
                             {"Json", "application/json", true},
                             {"FhirJson", "application/fhir+json", true},
                             {"AnyCase", "Application/JSON", true},
                             {"Charset", "application/json; charset=utf-8", true},
                             {"CharsetTight", "application/json;charset=UTF-8", true},
                             {"CharsetQuoted", "application/json; Charset=\"utf-8\"", true},
                             {"CharsetOther", "application/json; charset=latin1", false},
                             {"CharsetSuffix", "application/json; charset=utf-8x", false},
                             {"OtherParameter", "application/json; version=1", false},
                             {"TwoParameters", "application/json; charset=utf-8; x=y", false},
                             {"EmptyParameter", "application/json;", false},
                             {"Text", "text/json", false},
                             {"Longer", "application/jsonx", false},
                             {"Xml", "application/fhir+xml", false},
                             {"Form", "application/x-www-form-urlencoded", false},
                             {"Empty", "", false},
                             {"List", "application/json, text/plain", false},
                         }),
                         [](const auto& test) { return test.param.name; });

TEST(ReplyTest, DropsFieldsThatCouldBreakTheFraming) {
  const HttpReply reply{.body = "{}",
                        .headers = {{"X-Bad", "a\r\nInjected: b"},
                                    {"Bad Name", "x"},
                                    {"content-length", "7"},
                                    {"Transfer-Encoding", "chunked"},
                                    {"X-Good", "y"}}};
  std::string out;
  FormatHead(reply, {}, out);
  EXPECT_THAT(out, testing::HasSubstr("\r\nX-Good: y\r\n"));
  EXPECT_THAT(out, testing::HasSubstr("\r\nContent-Length: 2\r\n"));
  EXPECT_THAT(out, testing::Not(testing::HasSubstr("Injected")));
  EXPECT_THAT(out, testing::Not(testing::HasSubstr("Bad Name")));
  EXPECT_THAT(out, testing::Not(testing::HasSubstr("chunked")));
  EXPECT_THAT(out, testing::Not(testing::HasSubstr("7\r\n")));
}

TEST(ReplyTest, HasNoLengthWhereThereIsNoBody) {
  std::string out;
  FormatHead({.status = 204}, {}, out);
  EXPECT_THAT(out, testing::StartsWith("HTTP/1.1 204 No Content\r\n"));
  EXPECT_THAT(out, testing::Not(testing::HasSubstr("\r\nContent-")));
}

TEST(ReplyTest, KeepsTheOwnersRetryAfter) {
  std::string out;
  FormatHead({.status = 503, .headers = {{"retry-after", "3"}}}, {}, out);
  EXPECT_THAT(out, testing::HasSubstr("retry-after: 3\r\n"));
  EXPECT_THAT(out, testing::Not(testing::HasSubstr("Retry-After: 1")));
}

TEST(ReplyTest, TellsTimeAsHttpDoes) {
  EXPECT_EQ(HttpDate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(HttpDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(BodyBufferTest, GrowsWithinTheBudgetAndGivesItBack) {
  BodyBudget budget(100);
  {
    BodyBuffer one(budget);
    BodyBuffer two(budget);
    EXPECT_TRUE(one.MakeRoom(60));
    EXPECT_FALSE(two.MakeRoom(41));
    EXPECT_TRUE(two.MakeRoom(40));
    EXPECT_FALSE(one.MakeRoom(61));
    one.Clear();
    EXPECT_TRUE(two.MakeRoom(100));
  }
  BodyBuffer all(budget);
  EXPECT_FALSE(all.MakeRoom(101));
  EXPECT_TRUE(all.MakeRoom(100));
}

TEST(BodyBufferTest, HasZeroesBehindItsBytes) {
  BodyBudget budget(100);
  BodyBuffer body(budget);
  EXPECT_EQ(std::string_view(body.Padded().data(), BodyBuffer::kPadding),
            std::string(BodyBuffer::kPadding, '\0'));
  ASSERT_TRUE(body.MakeRoom(2));
  body.tail()[0] = 'a';
  body.tail()[1] = 'b';
  body.Append(2);
  EXPECT_EQ(body.Padded(), "ab");
  EXPECT_EQ(std::string_view(body.Padded().data() + 2, BodyBuffer::kPadding),
            std::string(BodyBuffer::kPadding, '\0'));
}

}  // namespace
}  // namespace renal::hooks::internal
