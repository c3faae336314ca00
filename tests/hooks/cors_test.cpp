#include "hooks/cors.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace renal::hooks {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Key;
using testing::Not;
using testing::Pair;

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;
using Added = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kPage = "https://page.example";

Added FieldsFor(std::string_view method, Fields fields,
                std::vector<std::string> origins = {std::string(kPage), "http://localhost:3000"}) {
  HttpReply reply;
  Cors(std::move(origins)).Apply({.method = method, .headers = std::move(fields)}, reply);
  return reply.headers;
}

TEST(CorsTest, WithoutOriginsNothingIsSaid) {
  EXPECT_THAT(FieldsFor("POST", {{"origin", kPage}}, {}), IsEmpty());
}

TEST(CorsTest, AListedOriginIsEchoed) {
  const Added fields = FieldsFor("POST", {{"origin", kPage}});
  EXPECT_THAT(fields, Contains(Pair("Access-Control-Allow-Origin", kPage)));
  EXPECT_THAT(fields, Contains(Pair("Vary", "Origin")));
  EXPECT_THAT(fields, Contains(Key("Access-Control-Expose-Headers")));
  EXPECT_THAT(fields, Not(Contains(Key("Access-Control-Allow-Methods"))));
  EXPECT_THAT(fields, Not(Contains(Key("Access-Control-Allow-Credentials"))));
}

class OtherOrigins : public testing::TestWithParam<std::string_view> {};

TEST_P(OtherOrigins, GetNothingButVary) {
  EXPECT_EQ(FieldsFor("POST", {{"origin", GetParam()}}), (Added{{"Vary", "Origin"}}));
}

INSTANTIATE_TEST_SUITE_P(Rows, OtherOrigins,
                         testing::Values("https://page.example:8443", "http://page.example",
                                         "https://PAGE.example", "https://page.example/",
                                         "https://page.example.evil.example",
                                         "https://evil.example", "null", "*", ""));

TEST(CorsTest, NoOriginOrTwoGetNothingButVary) {
  EXPECT_EQ(FieldsFor("POST", {}), (Added{{"Vary", "Origin"}}));
  EXPECT_EQ(FieldsFor("POST", {{"origin", kPage}, {"origin", kPage}}), (Added{{"Vary", "Origin"}}));
}

TEST(CorsTest, APreflightSaysWhatMayBeSent) {
  const Added fields =
      FieldsFor("OPTIONS", {{"origin", kPage}, {"access-control-request-method", "POST"}});
  EXPECT_THAT(fields, Contains(Pair("Access-Control-Allow-Origin", kPage)));
  EXPECT_THAT(fields, Contains(Pair("Access-Control-Allow-Methods", "GET, POST, OPTIONS")));
  EXPECT_THAT(fields, Contains(Pair("Access-Control-Allow-Headers",
                                    testing::HasSubstr("Authorization, Content-Type"))));
  EXPECT_THAT(fields, Not(Contains(Key("Access-Control-Allow-Private-Network"))));
}

TEST(CorsTest, APreflightOfAnUnknownPathIsGood) {
  const Cors cors({std::string(kPage)});
  const Fields preflight = {{"origin", kPage}, {"access-control-request-method", "POST"}};
  HttpReply reply{.status = 404, .body = "{}"};
  cors.Apply({.method = "OPTIONS", .headers = preflight}, reply);
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.body, "");
  for (const int status : {400, 413, 431, 503}) {
    reply = {.status = status, .body = "{}"};
    cors.Apply({.method = "OPTIONS", .headers = preflight}, reply);
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(reply.body, "{}");
  }
}

TEST(CorsTest, APublicPageMayAskForAPrivateNetwork) {
  EXPECT_THAT(FieldsFor("OPTIONS", {{"origin", kPage},
                                    {"access-control-request-method", "POST"},
                                    {"access-control-request-private-network", "true"}}),
              Contains(Pair("Access-Control-Allow-Private-Network", "true")));
}

struct OriginRow {
  std::string text;
  bool good;
};

class OriginTest : public testing::TestWithParam<OriginRow> {};

TEST_P(OriginTest, IsRecognised) { EXPECT_EQ(IsOrigin(GetParam().text), GetParam().good); }

INSTANTIATE_TEST_SUITE_P(
    Rows, OriginTest,
    testing::Values(OriginRow{"https://a.example", true}, OriginRow{"http://localhost:3000", true},
                    OriginRow{"https://a.example:8443", true}, OriginRow{"http://[::1]:8080", true},
                    OriginRow{"https://[::1]", true}, OriginRow{"https://a.example:443", false},
                    OriginRow{"http://a.example:80", false},
                    OriginRow{"http://a.example:443", true}, OriginRow{"https://a.example/", false},
                    OriginRow{"https://", false}, OriginRow{"https://A.example", false},
                    OriginRow{"ftp://a.example", false}, OriginRow{"https://a.example:", false},
                    OriginRow{"https://a.example:0", false},
                    OriginRow{"https://a.example:65536", false},
                    OriginRow{"https://a.example:65535", true},
                    OriginRow{"https://a.example:08443", false}, OriginRow{"https://u@a", false},
                    OriginRow{"null", false}, OriginRow{"*", false}, OriginRow{"", false}));

}  // namespace
}  // namespace renal::hooks
