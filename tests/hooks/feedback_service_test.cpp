#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iomanip>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/json.h"
#include "hooks/service.h"
#include "hooks/store.h"
#include "pathways/definitions.h"
#include "tests/hooks/calls.h"
#include "tests/hooks/patient_store.h"

// Feedback through the service: what it answers, what it logs, and what it changes in later
// answers.
namespace renal::hooks {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kSign = "/cds-services/onc-kidney-2018-order-sign";
constexpr std::string_view kFeedback = "/cds-services/onc-kidney-2018-order-sign/feedback";

/// Yesterday, so that the data are fresh whenever the test runs: the quiet period is not kept where
/// time stands still.
std::string Yesterday() {
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()) -
                   std::chrono::days(1);
  const std::chrono::year_month_day date(day);
  std::ostringstream text;
  text << std::setfill('0') << int(date.year()) << '-' << std::setw(2) << unsigned(date.month())
       << '-' << std::setw(2) << unsigned(date.day());
  return text.str();
}

std::string Now() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(now - day);
  std::ostringstream text;
  text << std::setfill('0') << int(date.year()) << '-' << std::setw(2) << unsigned(date.month())
       << '-' << std::setw(2) << unsigned(date.day()) << 'T' << std::setw(2) << time.hours().count()
       << ':' << std::setw(2) << time.minutes().count() << ':' << std::setw(2)
       << time.seconds().count() << 'Z';
  return text.str();
}

std::string Fresh(std::string call) {
  const std::string yesterday = Yesterday();
  for (std::size_t at = 0; (at = call.find("2026-02-14", at)) != std::string::npos;) {
    call.replace(at, yesterday.size(), yesterday);
  }
  return call;
}

class FeedbackServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "renal feedback XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    auto store = Store::Open(StoreTarget::InFolder(folder_), {}, PatientLimits());
    ASSERT_TRUE(store.has_value());
    store_ = std::move(*store);
    service_ = Make(false);
  }
  void TearDown() override {
    service_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::unique_ptr<Service> Make(bool strict) {
    return std::make_unique<Service>(ServiceOptions{
        .pathway = pathways::ShippedPathway("onc-kidney-2018"),
        .store = store_.get(),
        .patient_key = [](std::string_view id) { return "key of " + std::string(id); },
        .feedback_strict = strict,
        .log = &log_,
        .authenticate = [this](const HttpRequest&,
                               std::string_view) { return Admission{.caller = caller_}; }});
  }

  HttpReply Ask(std::string_view method, std::string_view path, std::string body = {},
                std::string_view query = {}) {
    const std::size_t size = body.size();
    body.append(fhir::kJsonPadding, ' ');
    return service_->Answer({.method = method,
                             .path = std::string(path),
                             .query = query,
                             .body = std::string_view(body).substr(0, size)});
  }
  /// UUIDs of the cards of a call.
  std::vector<std::string> Cards(const std::string& call) {
    const HttpReply reply = Ask("POST", kSign, call);
    EXPECT_EQ(reply.status, 200) << reply.body;
    for (const auto& [name, value] : reply.notes) quieted_ += name == "quieted" ? 1 : 0;
    const auto document = fhir::JsonDocument::Parse(reply.body);
    std::vector<std::string> uuids;
    for (const fhir::Json::Entry card : document->root()["cards"]) {
      uuids.emplace_back(card.value["uuid"].string());
    }
    EXPECT_EQ(document->root()["extension"]["org.renalpath.outcome"]["outcome"].string(),
              "recommendation");
    return uuids;
  }
  HttpReply Override(const std::string& card, const std::string& reason) {
    return Ask("POST", kFeedback,
               R"({"feedback": [{"card": ")" + card + R"(", "outcome": "overridden",
                  "outcomeTimestamp": ")" +
                   Now() + R"(", "overrideReason": )" + reason + "}]}");
  }
  bool IsQuiet(const std::string& call) { return Cards(call).empty(); }

  static constexpr const char* kReason = R"({"reason": {"code": "own-reason"},
                                             "userComment": "canary-comment"})";

  std::filesystem::path folder_;
  std::ostringstream lines_;
  Log log_{LogLevel::kDebug, lines_};
  int quieted_ = 0;  // calls whose notes say that a card was left out
  Caller caller_{.client = "ehr-east", .tenant = "ward-1"};
  std::unique_ptr<Store> store_;
  std::unique_ptr<Service> service_;
};

TEST_F(FeedbackServiceTest, AnOverriddenCardIsNotRepeatedWhileItsDataAreTheSame) {
  const std::string call = Fresh(SignCall());
  const auto cards = Cards(call);
  ASSERT_EQ(cards.size(), 1U);
  EXPECT_EQ(Cards(call).size(), 1U);
  ASSERT_EQ(Override(cards[0], kReason).status, 200);
  EXPECT_TRUE(IsQuiet(call));
  EXPECT_TRUE(IsQuiet(With(call, "\"call-1\"", "\"call-2\"")));
  // Another draft of the same code is the same order; another size or user is not the same call.
  EXPECT_TRUE(IsQuiet(With(call, "draft-1", "draft-9")));
  EXPECT_EQ(Cards(With(call, "\"value\":30", "\"value\":31")).size(), 1U);
  EXPECT_EQ(Cards(With(call, "Practitioner/7", "Practitioner/8")).size(), 1U);
  caller_.tenant = "ward-2";
  EXPECT_EQ(Cards(call).size(), 1U);
  EXPECT_EQ(quieted_, 3);
}

TEST_F(FeedbackServiceTest, NothingIsQuietWithoutAuthenticationOrReason) {
  const std::string call = Fresh(SignCall());
  ASSERT_EQ(Override(Cards(call).at(0), R"({"userComment": "canary-comment"})").status, 200);
  EXPECT_EQ(Cards(call).size(), 1U);
  caller_ = {};
  ASSERT_EQ(Override(Cards(call).at(0), kReason).status, 200);
  EXPECT_EQ(Cards(call).size(), 1U);
}

TEST_F(FeedbackServiceTest, NoCommentIsLogged) {
  const HttpReply reply = Override(Cards(Fresh(SignCall())).at(0), kReason);
  EXPECT_EQ(reply.body, R"({"stored":1,"repeated":0})");
  service_->Handler().done({.method = "POST", .status = reply.status, .notes = reply.notes});
  EXPECT_THAT(lines_.str(), HasSubstr("\"feedback_stored\":1"));
  EXPECT_THAT(lines_.str(), Not(HasSubstr("canary")));
}

TEST_F(FeedbackServiceTest, AClientSeesItsOwnCounts) {
  ASSERT_EQ(Override(Cards(Fresh(SignCall())).at(0), kReason).status, 200);
  const HttpReply own = Ask("GET", "/measures");
  EXPECT_EQ(own.status, 200);
  EXPECT_THAT(own.body, HasSubstr(R"("overrideReasons":[{"code":"own-reason","count":1}])"));
  EXPECT_THAT(own.body, Not(HasSubstr("pat-1")));
  EXPECT_EQ(Ask("GET", "/measures", "", "client=ehr-east").body, own.body);
  EXPECT_EQ(Ask("GET", "/measures", "", "client=ehr-west").status, 403);
  EXPECT_EQ(Ask("GET", "/measures", "", "since=2026").status, 400);
  caller_.client = "ehr-west";
  EXPECT_THAT(Ask("GET", "/measures").body, HasSubstr(R"("total":{"shown":0)"));
}

TEST_F(FeedbackServiceTest, AnotherClientsCardIsUnknown) {
  const std::string card = Cards(Fresh(SignCall())).at(0);
  caller_.client = "ehr-west";
  EXPECT_EQ(Override(card, kReason).body, R"({"stored":1,"repeated":0,"unverified":[0]})");
  service_ = Make(true);
  const HttpReply strict = Override(card, kReason);
  EXPECT_EQ(strict.status, 404);
  EXPECT_THAT(strict.body, HasSubstr("not-found"));
  caller_.client = "ehr-east";
  EXPECT_EQ(Override(card, kReason).status, 200);
}

TEST_F(FeedbackServiceTest, AnUnknownServiceHasNoFeedback) {
  EXPECT_EQ(Ask("POST", "/cds-services/other/feedback", R"({"feedback": []})").status, 404);
  EXPECT_EQ(Ask("POST", kFeedback, R"({"feedback": []})").body, R"({"stored":0,"repeated":0})");
  EXPECT_EQ(Ask("POST", kFeedback, "{").status, 400);
}

}  // namespace
}  // namespace renal::hooks
