#include "fhir/url.h"

#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace renal::fhir {
namespace {

struct Refused {
  std::string_view name;
  std::string text;
  friend void PrintTo(const Refused& row, std::ostream* out) { *out << row.name; }
};

class UrlRefusedTest : public testing::TestWithParam<Refused> {};

TEST_P(UrlRefusedTest, IsNoUrlThatWeCall) {
  EXPECT_FALSE(Url::Parse(GetParam().text)) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(Urls, UrlRefusedTest,
                         testing::ValuesIn<Refused>({
                             {"Empty", ""},
                             {"NoScheme", "ehr.example/fhir"},
                             {"SchemeRelative", "//ehr.example/fhir"},
                             {"OtherScheme", "ftp://ehr.example/"},
                             {"FileScheme", "file:///etc/passwd"},
                             {"GopherScheme", "gopher://ehr.example/"},
                             {"OneSlash", "https:/ehr.example"},
                             {"LeadingSpace", " https://ehr.example"},
                             {"UserName", "https://user@ehr.example/"},
                             {"UserAndPassword", "https://user:word@ehr.example/"},
                             {"EmptyUser", "https://@ehr.example/"},
                             {"ColonInUser", "https://ehr.example:443@evil.example/"},
                             {"Fragment", "https://ehr.example/fhir#x"},
                             {"EmptyFragment", "https://ehr.example/fhir#"},
                             {"Query", "https://ehr.example/fhir?x=1"},
                             {"EmptyQuery", "https://ehr.example/fhir?"},
                             {"QueryBehindHost", "https://ehr.example?@evil.example/"},
                             {"Backslash", "https://ehr.example\\@evil.example/"},
                             {"BackslashInPath", "https://ehr.example/a\\b"},
                             {"Tab", "https://ehr\t.example/"},
                             {"LineFeed", "https://ehr.example/\nHost: evil.example"},
                             {"CarriageReturn", "https://ehr.example/\r"},
                             {"Nul", std::string("https://ehr.example/\0x", 22)},
                             {"Delete", "https://ehr.example/\x7f"},
                             {"Space", "https://ehr.example/a b"},
                             {"NonAscii", "https://\xC3\xA9hr.example/"},
                             {"NonAsciiPath", "https://ehr.example/\xC3\xA9"},
                             {"FullWidthDot",
                              "https://127\xEF\xBC\x8E"
                              "0.0.1/"},
                             {"PercentInHost", "https://ehr%2eexample/"},
                             {"PercentSlashInHost", "https://evil.example%2f.ehr.example/"},
                             {"EmptyHost", "https:///fhir"},
                             {"NothingBehindScheme", "https://"},
                             {"PortWithoutHost", "https://:443/"},
                             {"OnlyADot", "https://./"},
                             {"TwoFinalDots", "https://ehr.example../"},
                             {"EmptyLabel", "https://ehr..example/"},
                             {"LeadingDot", "https://.ehr.example/"},
                             {"LeadingHyphen", "https://-ehr.example/"},
                             {"LongLabel", "https://" + std::string(64, 'a') + ".example/"},
                             {"OddCharacterInHost", "https://ehr,example/"},
                             {"StarInHost", "https://*.example/"},
                             {"Port0", "https://ehr.example:0/"},
                             {"Port65536", "https://ehr.example:65536/"},
                             {"PortLong", "https://ehr.example:000443/"},
                             {"PortEmpty", "https://ehr.example:/"},
                             {"PortWord", "https://ehr.example:https/"},
                             {"PortSigned", "https://ehr.example:+443/"},
                             {"PortNegative", "https://ehr.example:-1/"},
                             {"TwoPorts", "https://ehr.example:443:80/"},
                             {"ShortLiteral", "https://127.1/"},
                             {"ThreeParts", "https://127.0.1/"},
                             {"DecimalLiteral", "https://2130706433/"},
                             {"HexLiteral", "https://0x7f000001/"},
                             {"HexParts", "https://0x7f.0.0.1/"},
                             {"HexLastPart", "https://127.0.0.0x1/"},
                             {"OctalParts", "https://0177.0.0.1/"},
                             {"LeadingZeros", "https://127.000.000.001/"},
                             {"PartTooLarge", "https://256.0.0.1/"},
                             {"FiveParts", "https://1.2.3.4.5/"},
                             {"NameThatEndsInANumber", "https://ehr.example.7/"},
                             {"BareIpv6", "https://::1/"},
                             {"Ipv4InBrackets", "https://[127.0.0.1]/"},
                             {"Ipv6WithZone", "https://[fe80::1%25eth0]/"},
                             {"Ipv6Open", "https://[::1/"},
                             {"Ipv6Trailing", "https://[::1]x/"},
                             {"Ipv6TooMany", "https://[1:2:3:4:5:6:7:8:9]/"},
                             {"EmptyBrackets", "https://[]/"},
                             {"DotSegment", "https://ehr.example/./fhir"},
                             {"ParentSegment", "https://ehr.example/fhir/../admin"},
                             {"ParentAtTheEnd", "https://ehr.example/fhir/.."},
                             {"EscapedParent", "https://ehr.example/fhir/%2e%2e/admin"},
                             {"HalfEscapedParent", "https://ehr.example/fhir/.%2E/admin"},
                             {"EscapedSlash", "https://ehr.example/fhir%2f..%2fadmin"},
                             {"EscapedBackslash", "https://ehr.example/fhir%5cadmin"},
                             {"EscapedNul", "https://ehr.example/fhir%00"},
                             {"EmptySegment", "https://ehr.example//fhir"},
                             {"TwoFinalSlashes", "https://ehr.example/fhir//"},
                             {"BrokenEscape", "https://ehr.example/%zz"},
                             {"CutEscape", "https://ehr.example/%2"},
                             {"OverTheLimit",
                              "https://ehr.example/" + std::string(kMaxUrlBytes - 19, 'a')},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

struct Read {
  std::string_view name;
  std::string text;
  Url url;
  friend void PrintTo(const Read& row, std::ostream* out) { *out << row.name; }
};

class UrlReadTest : public testing::TestWithParam<Read> {};

TEST_P(UrlReadTest, ComesInItsParts) {
  const Read& row = GetParam();
  const auto url = Url::Parse(row.text, Url::Query::kAllowed);
  ASSERT_TRUE(url);
  EXPECT_EQ(*url, row.url) << url->ToString();
  const auto again = Url::Parse(url->ToString(), Url::Query::kAllowed);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *url);
}

INSTANTIATE_TEST_SUITE_P(
    Urls, UrlReadTest,
    testing::ValuesIn<Read>({
        {"Plain", "https://ehr.example/fhir", {"https", "ehr.example", false, 443, "/fhir", ""}},
        {"NoPath", "https://ehr.example", {"https", "ehr.example", false, 443, "", ""}},
        {"Root", "https://ehr.example/", {"https", "ehr.example", false, 443, "", ""}},
        {"FinalSlash",
         "https://ehr.example/fhir/",
         {"https", "ehr.example", false, 443, "/fhir", ""}},
        {"UpperCase",
         "HTTPS://EHR.Example/Fhir",
         {"https", "ehr.example", false, 443, "/Fhir", ""}},
        {"FinalDot",
         "https://ehr.example./fhir",
         {"https", "ehr.example", false, 443, "/fhir", ""}},
        {"Http", "http://localhost/r4", {"http", "localhost", false, 80, "/r4", ""}},
        {"Port", "https://ehr.example:8443/r4", {"https", "ehr.example", false, 8443, "/r4", ""}},
        {"PortOfScheme", "https://ehr.example:443", {"https", "ehr.example", false, 443, "", ""}},
        {"LastPort", "https://ehr.example:65535", {"https", "ehr.example", false, 65'535, "", ""}},
        {"FirstPort", "https://ehr.example:1", {"https", "ehr.example", false, 1, "", ""}},
        {"Ipv4", "https://10.1.2.3/r4", {"https", "10.1.2.3", true, 443, "/r4", ""}},
        {"Ipv6", "https://[FD00::0:1]:8443/r4", {"https", "fd00::1", true, 8443, "/r4", ""}},
        {"NumberInName", "https://ehr1.2example", {"https", "ehr1.2example", false, 443, "", ""}},
        {"Escapes",
         "https://ehr.example/a%20b",
         {"https", "ehr.example", false, 443, "/a%20b", ""}},
        {"Query",
         "https://ehr.example/r4?a=b%7Cc&d",
         {"https", "ehr.example", false, 443, "/r4", "a=b%7Cc&d"}},
        {"QueryAlone",
         "https://ehr.example?a=/../",
         {"https", "ehr.example", false, 443, "", "a=/../"}},
        {"AtTheLimit",
         "https://ehr.example/" + std::string(kMaxUrlBytes - 20, 'a'),
         {"https", "ehr.example", false, 443, "/" + std::string(kMaxUrlBytes - 20, 'a'), ""}},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST(UrlTest, SaysWhatAConnectionAndARequestNeed) {
  const Url url = *Url::Parse("https://EHR.example:8443/r4/?a=b", Url::Query::kAllowed);
  EXPECT_EQ(url.Origin(), "https://ehr.example:8443");
  EXPECT_EQ(url.Authority(), "ehr.example:8443");
  EXPECT_EQ(url.Target(), "/r4?a=b");
  const Url plain = *Url::Parse("https://[fd00::1]");
  EXPECT_EQ(plain.Origin(), "https://[fd00::1]:443");
  EXPECT_EQ(plain.Authority(), "[fd00::1]");
  EXPECT_EQ(plain.Target(), "/");
}

struct Nested {
  std::string_view name;
  std::string_view base;
  std::string_view url;
  bool within;
  friend void PrintTo(const Nested& row, std::ostream* out) { *out << row.name; }
};

class WithinTest : public testing::TestWithParam<Nested> {};

TEST_P(WithinTest, ComparesParts) {
  const Nested& row = GetParam();
  const auto url = Url::Parse(row.url, Url::Query::kAllowed);
  ASSERT_TRUE(url);
  EXPECT_EQ(Within(*Url::Parse(row.base), *url), row.within);
}

INSTANTIATE_TEST_SUITE_P(
    Urls, WithinTest,
    testing::ValuesIn<Nested>({
        {"Same", "https://ehr.example/r4", "https://ehr.example/r4", true},
        {"SameWithSlash", "https://ehr.example/r4/", "https://ehr.example/r4", true},
        {"Below", "https://ehr.example/r4", "https://ehr.example/r4/tenant-1", true},
        {"BelowARoot", "https://ehr.example", "https://ehr.example/anything", true},
        {"WithQuery", "https://ehr.example/r4", "https://ehr.example/r4?page=2", true},
        {"OtherSpelling", "https://ehr.example/r4", "HTTPS://EHR.EXAMPLE.:443/r4/x", true},
        {"LongerName", "https://ehr.example/r4", "https://ehr.example/r4evil", false},
        {"Above", "https://ehr.example/r4", "https://ehr.example/", false},
        {"OtherPath", "https://ehr.example/r4", "https://ehr.example/R4", false},
        {"LongerHost", "https://ehr.example", "https://ehr.example.evil.example/", false},
        {"OtherHost", "https://ehr.example/r4", "https://evil.example/r4", false},
        {"OtherPort", "https://ehr.example/r4", "https://ehr.example:8443/r4", false},
        {"OtherScheme", "https://ehr.example/r4", "http://ehr.example:443/r4", false},
        {"AddressForName", "https://localhost/r4", "https://127.0.0.1/r4", false},
        {"AddressItself", "https://127.0.0.1/r4", "https://127.0.0.1/r4/x", true},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST(PercentEncodedTest, LeavesOnlyWhatStandsForItself) {
  EXPECT_EQ(PercentEncoded("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(PercentEncoded("a b&c=d|e/f%g?#+"), "a%20b%26c%3Dd%7Ce%2Ff%25g%3F%23%2B");
  EXPECT_EQ(PercentEncoded(std::string_view("\0\n\xC3\xA9", 4)), "%00%0A%C3%A9");
}

}  // namespace
}  // namespace renal::fhir
