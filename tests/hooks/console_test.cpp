#include "hooks/console.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "fhir/json.h"
#include "fhir/own_json.h"
#include "hooks/service.h"
#include "pathways/definitions.h"

namespace renal::hooks {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

class ConsoleTest : public testing::Test {
 protected:
  ConsoleTest()
      : folder_(fs::temp_directory_path() / ("renal-console-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_ / "titles");
  }
  ~ConsoleTest() override { fs::remove_all(folder_); }

  void Write(const fs::path& name, std::string_view text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }

  Config WithSamples() const {
    Config config;
    config.console.enabled = true;
    config.console.samples = folder_;
    return config;
  }

  const fs::path folder_;
};

std::shared_ptr<const Console> Opened(const Config& config) {
  auto console = Console::Open(config);
  EXPECT_TRUE(console) << (console ? "" : console.error().diagnostics);
  return console ? *console : nullptr;
}

TEST_F(ConsoleTest, ReadsSamplesInTheOrderOfTheirTitles) {
  Write("a.json", R"({"hook":"order-sign"})");
  Write("b.json", R"({"hook":"patient-view"})");
  Write("c.json", R"({"hook":"patient-view"})");
  Write("README.md", "no sample");
  Write("titles/en.json", R"({"b":{"title":"B","about":"the second"},"a":{"title":"A"}})");
  const auto console = Opened(WithSamples());
  ASSERT_NE(console, nullptr);
  ASSERT_EQ(console->samples().size(), 3u);
  EXPECT_EQ(console->samples()[0].name, "b");
  EXPECT_EQ(console->samples()[1].name, "a");
  EXPECT_EQ(console->samples()[2].name, "c");
  EXPECT_EQ(console->FindSample("a")->hook, "order-sign");
  EXPECT_EQ(console->FindSample("a.json"), nullptr);
  EXPECT_EQ(console->FindSample("../a"), nullptr);
}

TEST_F(ConsoleTest, SaysAllThatIsWrongWithSamples) {
  Write("Upper.json", R"({"hook":"order-sign"})");
  Write("broken.json", "{\n \"hook\": }");
  Write("bundle.json", R"({"resourceType":"Bundle"})");
  Write("large.json", std::string(Console::kMaxSampleBytes + 1, ' '));
  const auto console = Console::Open(WithSamples());
  ASSERT_FALSE(console);
  EXPECT_THAT(console.error().diagnostics, HasSubstr("Upper.json: must have a name of"));
  EXPECT_THAT(console.error().diagnostics, HasSubstr("broken.json: 2:"));
  EXPECT_THAT(console.error().diagnostics, HasSubstr("bundle.json: must be a request of a hook"));
  EXPECT_THAT(console.error().diagnostics, HasSubstr("large.json: cannot be read, or is larger"));
}

TEST_F(ConsoleTest, AFolderThatIsNotThereIsNoFolderWithoutSamples) {
  Config config = WithSamples();
  config.console.samples = folder_ / "none";
  EXPECT_FALSE(Console::Open(config));
}

struct UserRow {
  std::string name;
  std::string peer;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  bool shown;
  friend void PrintTo(const UserRow& row, std::ostream* out) { *out << row.name; }
};

class ConsoleUserTest : public testing::TestWithParam<UserRow> {};

TEST_P(ConsoleUserTest, OnlyAProxyNamesOne) {
  Config config;
  config.console = {
      .enabled = true, .user_header = "x-user", .proxies = {"10.4.0.0/24", "::1/128"}};
  const auto console = Opened(config);
  const auto refusal = console->Refusal({.headers = GetParam().headers, .peer = GetParam().peer});
  EXPECT_EQ(!refusal, GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ConsoleUserTest,
    testing::Values(UserRow{"Named", "10.4.0.9", {{"x-user", "kari"}}, true},
                    UserRow{"NamedOverIpv6", "::1", {{"x-user", "kari"}}, true},
                    UserRow{"NamedByNobodyWeKnow", "10.4.1.9", {{"x-user", "kari"}}, false},
                    UserRow{"NoAddress", "", {{"x-user", "kari"}}, false},
                    UserRow{"NotNamed", "10.4.0.9", {{"x-other", "kari"}}, false},
                    UserRow{"Empty", "10.4.0.9", {{"x-user", ""}}, false},
                    UserRow{"Twice", "10.4.0.9", {{"x-user", "kari"}, {"x-user", "ola"}}, false}),
    [](const auto& test) { return test.param.name; });

TEST(ConsoleLoopbackTest, ShowsItselfToEverybodyThere) {
  Config config;
  config.console.enabled = true;
  EXPECT_FALSE(Opened(config)->Refusal({.peer = "127.0.0.1"}));
}

class ConsoleRoutesTest : public testing::Test {
 protected:
  static Service Make(bool on) {
    Config config;
    config.console.enabled = on;
    return Service({.pathway = pathways::ShippedPathway("onc-kidney-2018"),
                    .translations = {pathways::ShippedPathway("onc-kidney-2018", "nb")},
                    .language = "en",
                    .console = on ? Opened(config) : nullptr});
  }
  using Headers = std::vector<std::pair<std::string_view, std::string_view>>;
  HttpReply Ask(std::string_view path, Headers headers = {}, std::string body = {}) {
    const std::size_t size = body.size();
    body.append(fhir::kJsonPadding, ' ');
    if (!service_.RouteOf(path).known) return {.status = 404};
    return service_.Answer({.method = size == 0 ? "GET" : "POST",
                            .path = std::string(path),
                            .headers = std::move(headers),
                            .body = std::string_view(body).substr(0, size)});
  }

  Service service_ = Make(true);
};

TEST_F(ConsoleRoutesTest, IsNotThereUnlessItIsSwitchedOn) {
  const Service off = Make(false);
  for (const char* path :
       {"/", "/console/console.js", "/console/setup", "/console/picture", "/console/history",
        "/console/cards/x", "/pathways", "/pathways/onc-kidney-2018"}) {
    EXPECT_FALSE(off.RouteOf(path).known) << path;
    EXPECT_TRUE(service_.RouteOf(path).known) << path;
  }
}

TEST_F(ConsoleRoutesTest, AnswersEverythingUnderTheSamePolicy) {
  for (const char* path : {"/", "/console/console.js", "/console/setup", "/console/history",
                           "/pathways", "/pathways/onc-kidney-2018"}) {
    EXPECT_THAT(Ask(path).headers,
                Contains(Pair("Content-Security-Policy",
                              "default-src 'none'; script-src 'self'; style-src 'self'; "
                              "img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
                              "form-action 'none'; frame-ancestors 'none'")))
        << path;
  }
}

TEST_F(ConsoleRoutesTest, KnowsFilesByNameAlone) {
  EXPECT_EQ(Ask("/console/console.js").content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(Ask("/console/console.css").content_type, "text/css; charset=utf-8");
  EXPECT_THAT(Ask("/console/review.css").body, HasSubstr(".pathway-picture"));
  for (const char* path : {"/console/none.js", "/console/..", "/console/Console.js",
                           "/console/console/console.js", "/pathways/other"}) {
    EXPECT_EQ(Ask(path).status, 404) << path;
  }
}

TEST_F(ConsoleRoutesTest, SendsAFileOnce) {
  const HttpReply first = Ask("/console/console.js");
  std::string tag;
  for (const auto& [name, value] : first.headers) {
    if (name == "ETag") tag = value;
  }
  ASSERT_FALSE(tag.empty());
  const HttpReply again = Ask("/console/console.js", {{"if-none-match", tag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
  EXPECT_EQ(Ask("/console/api.js", {{"if-none-match", tag}}).status, 200);
}

TEST_F(ConsoleRoutesTest, SetupSpeaksTheLanguageOfTheReader) {
  for (const auto& [language, title] : {std::pair{"en", "Largest diameter of the tumour"},
                                        std::pair{"nb", "Tumorens største diameter"}}) {
    const HttpReply reply = Ask("/console/setup", {{"accept-language", language}});
    const auto read = fhir::ReadOwnJson(reply.body);
    ASSERT_TRUE(std::holds_alternative<fhir::OwnJson>(read));
    const auto& root = std::get<fhir::OwnJson>(read);
    const fhir::OwnJson* inputs = root.Find("pathway")->Find("inputs");
    const auto size = std::ranges::find_if(inputs->items, [](const fhir::OwnJson& input) {
      return input.Find("name")->text == "tumour_size_cm";
    });
    ASSERT_NE(size, inputs->items.end());
    EXPECT_EQ(size->Find("title")->text, title);
    EXPECT_EQ(size->Find("ucum")->text, "cm");
    std::vector<std::string> limits;
    for (const fhir::OwnJson& limit : size->Find("limits")->items) limits.push_back(limit.text);
    EXPECT_THAT(limits, Contains("7"));
  }
}

TEST_F(ConsoleRoutesTest, DrawsTheWayOfVerdicts) {
  const HttpReply reply = Ask("/console/picture", {},
                              R"({"rules":{"ONC-05":true,"ONC-08":null,"no-such-rule":true},)"
                              R"("checks":{},"wayOnly":true,"width":500})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.content_type, "image/svg+xml");
  EXPECT_THAT(reply.body, HasSubstr("ONC-05"));
  EXPECT_THAT(reply.body, HasSubstr("ONC-08"));
  EXPECT_THAT(reply.body, HasSubstr("viewBox=\"0 0 500 "));
  EXPECT_THAT(reply.body, Not(HasSubstr("ONC-07")));
  EXPECT_THAT(reply.body, Not(HasSubstr("no-such-rule")));
  EXPECT_THAT(reply.body, Not(HasSubstr("style")));
}

TEST_F(ConsoleRoutesTest, RefusesWhatAreNoVerdicts) {
  EXPECT_EQ(Ask("/console/picture", {}, "{").status, 400);
  EXPECT_EQ(Ask("/console/picture", {}, "{}").status, 400);
  EXPECT_EQ(Ask("/console/picture", {}, R"({"rules":[],"checks":{}})").status, 400);
}

TEST_F(ConsoleRoutesTest, ThePathwayPageIsTheReviewDocument) {
  const HttpReply page = Ask("/pathways/onc-kidney-2018");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(page.body, HasSubstr("ONC-05"));
  EXPECT_THAT(page.body, HasSubstr("<link rel=\"stylesheet\" href=\"/console/review.css\" />"));
  EXPECT_THAT(page.body,
              HasSubstr("<script type=\"module\" src=\"/console/pathway.js\"></script>"));
  EXPECT_THAT(page.body, Not(HasSubstr("<style")));
  EXPECT_THAT(page.body, Not(HasSubstr("http-equiv")));
}

TEST_F(ConsoleTest, PagesNameTheirFilesFromTheBaseOfThePublicUrl) {
  Config config;
  config.console.enabled = true;
  config.listen.public_url = "http://127.0.0.1:8080/renal";
  Service service({.pathway = pathways::ShippedPathway("onc-kidney-2018"),
                   .console = Opened(config),
                   .base_path = "/renal"});
  for (const char* path :
       {"/renal", "/renal/pathways", "/renal/pathways/onc-kidney-2018", "/pathways"}) {
    ASSERT_TRUE(service.RouteOf(path).known) << path;
    const std::string page = service.Answer({.method = "GET", .path = path}).body;
    EXPECT_THAT(page, HasSubstr("\"/renal/console/site.css\"")) << path;
    EXPECT_THAT(page, Not(HasSubstr("{root}"))) << path;
  }
}

TEST_F(ConsoleTest, ShowsNoDocumentOfAnotherPathwayThanTheServedOne) {
  Write("own.pathway.json", "{}");
  Config config;
  config.console.enabled = true;
  config.files.pathway = folder_ / "own.pathway.json";
  const auto page = Opened(config)->ReviewPage(*pathways::ShippedPathway("onc-kidney-2018"));
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, fhir::IssueCode::kTransient);
}

TEST(ConsoleTokenTest, SaysWhetherCallsNeedTokens) {
  Config config;
  config.console.enabled = true;
  EXPECT_FALSE(Opened(config)->needs_tokens());
  config.auth.mode = AuthConfig::Mode::kJwt;
  EXPECT_TRUE(Opened(config)->needs_tokens());
}

TEST_F(ConsoleRoutesTest, SaysThatThereIsNoStoreToLookIn) {
  EXPECT_EQ(Ask("/console/history").status, 503);
  EXPECT_EQ(Ask("/console/cards/x").status, 503);
}

}  // namespace
}  // namespace renal::hooks
