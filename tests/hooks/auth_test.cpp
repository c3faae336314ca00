#include "hooks/auth.h"

#include <atomic>
#include <functional>
#include <ostream>
#include <set>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/hooks/auth_fixture.h"

namespace renal::hooks {
namespace {

using enum JwsAlgorithm;

// --- Headers, tenants, services

TEST(AuthenticatorTest, WantsExactlyOneHeader) {
  const std::string token = "Bearer " + GoodToken();
  const std::string_view paths[] = {kTestPath};
  const std::string_view two[] = {token, token};
  EXPECT_EQ(Said(Shared().Authenticate({two, paths, "kidney", TestTime()})), "several-headers");
  EXPECT_EQ(Said(Shared().Authenticate({{}, paths, "kidney", TestTime()})), "no-header");
}

TEST(AuthenticatorTest, TakesTheAudienceOfEveryPathGiven) {
  const std::string_view paths[] = {"/cds-services/kidney/feedback", kTestPath};
  for (const std::string_view end : {"/feedback", ""}) {
    TestToken token;
    token.payload.Set("aud",
                      Quoted("https://cds.example/renal/cds-services/kidney" + std::string(end)));
    const std::string header = "Bearer " + token.Make();
    const std::string_view headers[] = {header};
    EXPECT_EQ(Said(Shared().Authenticate({headers, paths, "kidney", TestTime()})), "admitted");
  }
}

TEST(AuthenticatorTest, KeepsServicesFromClientsThatMayNotCallThem) {
  TestToken token;
  token.payload.Set("aud", R"("https://cds.example/renal/cds-services/lung")");
  const Outcome outcome = Call(Shared(), "Bearer " + token.Make(), "lung", "/cds-services/lung");
  EXPECT_EQ(Said(outcome), "service-forbidden");
  EXPECT_EQ(StatusOf(std::get<AuthRefusal>(outcome).reason), 403);
}

TEST(AuthenticatorTest, LetsEveryClientDiscover) {
  TestToken token;
  token.payload.Set("aud", R"("https://cds.example/renal/cds-services")");
  EXPECT_EQ(Said(Call(Shared(), "Bearer " + token.Make(), "", "/cds-services")), "admitted");
}

struct TenantCase {
  std::string_view name, claim, said;
  friend void PrintTo(const TenantCase& row, std::ostream* out) { *out << row.name; }
};

class TenantTest : public testing::TestWithParam<TenantCase> {};

TEST_P(TenantTest, IsHeldAgainstTheClientsList) {
  TestToken token;
  token.signer = &Stranger();
  token.payload.Set("iss", R"("https://clinic.example")");
  if (!GetParam().claim.empty()) token.payload.Set("tenant", std::string(GetParam().claim));
  const Outcome outcome = Call(Shared(), "Bearer " + token.Make());
  EXPECT_EQ(Said(outcome), GetParam().said);
  if (GetParam().said == "admitted") {
    EXPECT_EQ(Quoted(std::get<AuthCaller>(outcome).tenant), GetParam().claim);
  }
}

INSTANTIATE_TEST_SUITE_P(Listed, TenantTest,
                         testing::ValuesIn<TenantCase>({
                             {"First", R"("north")", "admitted"},
                             {"Second", R"("south")", "admitted"},
                             {"Other", R"("west")", "tenant"},
                             {"OtherCase", R"("North")", "tenant"},
                             {"Absent", "", "tenant"},
                             {"Empty", R"("")", "tenant"},
                             {"List", R"(["north"])", "tenant"},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(AuthenticatorTest, NamesTheClientOfARefusedTokenWhereItIsConfigured) {
  TestToken token;
  token.payload.Set("exp", At(-100));
  const Outcome known = Call(Shared(), "Bearer " + token.Make());
  EXPECT_EQ(std::get<AuthRefusal>(known).client, 0u);
  token.payload.Set("iss", R"("https://nobody.example")");
  const Outcome unknown = Call(Shared(), "Bearer " + token.Make());
  EXPECT_FALSE(std::get<AuthRefusal>(unknown).client.has_value());
}

// --- Replay

TEST(AuthenticatorTest, LetsATokenInOnce) {
  const std::string token = "Bearer " + GoodToken();
  EXPECT_EQ(Said(Call(Shared(), token)), "admitted");
  EXPECT_EQ(Said(Call(Shared(), token)), "replay");
  EXPECT_EQ(Said(Call(Shared(), token)), "replay");
}

TEST(AuthenticatorTest, ABadTokenDoesNotUseUpTheJtiOfAGoodOne) {
  TestToken good, bad;
  good.payload.Set("jti", R"("shared")");
  bad.payload.Set("jti", R"("shared")").Set("exp", At(-100));
  EXPECT_EQ(SaidOf(bad.Make()), "expired");
  TestToken forged = good;
  forged.signer = &Stranger();
  EXPECT_EQ(SaidOf(forged.Make()), "signature");
  EXPECT_EQ(SaidOf(good.Make()), "admitted");
  EXPECT_EQ(SaidOf(good.Make()), "replay");
}

TEST(AuthenticatorTest, TheSameJtiOfAnotherIssuerIsAnotherToken) {
  TestToken ours, theirs;
  ours.payload.Set("jti", R"("both")");
  theirs.payload.Set("jti", R"("both")")
      .Set("iss", R"("https://clinic.example")")
      .Set("tenant", R"("north")");
  theirs.signer = &Stranger();
  EXPECT_EQ(SaidOf(ours.Make()), "admitted");
  EXPECT_EQ(SaidOf(theirs.Make()), "admitted");
}

TEST(AuthenticatorTest, OfManyAtOnceOneIsLetIn) {
  const std::string token = "Bearer " + GoodToken();
  std::atomic<int> admitted{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { admitted += Said(Call(Shared(), token)) == "admitted" ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(admitted, 1);
}

TEST(AuthenticatorTest, RefusesWhatWasIssuedBeforeItsMemoryBegan) {
  AuthOptions options = TestOptions();
  options.replay.started = kTestNow;
  const auto authenticator = Made(std::move(options));
  for (const auto& [issued, said] : {std::pair{At(-1), "before-start"},
                                     {At(-1) + ".75", "before-start"},
                                     {At(0), "admitted"},
                                     {At(1), "admitted"}}) {
    TestToken token;
    token.payload.Set("iat", issued);
    EXPECT_EQ(Said(Call(*authenticator, "Bearer " + token.Make())), said) << issued;
  }
}

TEST(AuthenticatorTest, AsksForPatienceWhereItCannotRemember) {
  AuthOptions options = TestOptions();
  options.replay.capacity = 1;
  const auto authenticator = Made(std::move(options));
  EXPECT_EQ(Said(Call(*authenticator, "Bearer " + GoodToken())), "admitted");
  const Outcome full = Call(*authenticator, "Bearer " + GoodToken());
  EXPECT_EQ(Said(full), "replay-store");
  EXPECT_EQ(StatusOf(std::get<AuthRefusal>(full).reason), 503);
}

// --- Options

struct OptionsCase {
  std::string_view name;
  std::function<void(AuthOptions&)> spoil;
  std::string_view problem;
  friend void PrintTo(const OptionsCase& row, std::ostream* out) { *out << row.name; }
};

class AuthOptionsTest : public testing::TestWithParam<OptionsCase> {};

TEST_P(AuthOptionsTest, AreCheckedAtTheStart) {
  AuthOptions options = TestOptions();
  GetParam().spoil(options);
  const auto made = Authenticator::Create(std::move(options));
  if (GetParam().problem.empty()) {
    EXPECT_TRUE(made.has_value()) << made.error().diagnostics;
  } else {
    ASSERT_FALSE(made.has_value());
    EXPECT_THAT(made.error().diagnostics, testing::HasSubstr(GetParam().problem));
  }
}

using O = AuthOptions;
using std::chrono::seconds;

INSTANTIATE_TEST_SUITE_P(
    Each, AuthOptionsTest,
    testing::ValuesIn<OptionsCase>({
        {"Good", [](O&) {}, ""},
        {"NoClient", [](O& o) { o.clients.clear(); }, "there is no client"},
        {"NoBase", [](O& o) { o.base_url.clear(); }, "the public base URL"},
        {"RelativeBase", [](O& o) { o.base_url = "/renal"; }, "the public base URL"},
        {"NoAlgorithm", [](O& o) { o.algorithms = {}; }, "no signature algorithm"},
        {"SkewAtLimit", [](O& o) { o.skew = seconds(300); }, ""},
        {"SkewTooLarge", [](O& o) { o.skew = seconds(301); }, "skew"},
        {"SkewNegative", [](O& o) { o.skew = seconds(-1); }, "skew"},
        {"LifetimeZero", [](O& o) { o.lifetime = seconds(0); }, "lifetime"},
        {"LifetimeOverADay", [](O& o) { o.lifetime = seconds(86'401); }, "lifetime"},
        {"CooldownAtLimit", [](O& o) { o.jwks.cooldown = seconds(5); }, ""},
        {"CooldownTooShort", [](O& o) { o.jwks.cooldown = std::chrono::milliseconds(4'999); },
         "cooldown"},
        {"NoName", [](O& o) { o.clients[0].name.clear(); }, "a client has no name"},
        {"NoIssuer", [](O& o) { o.clients[0].issuer.clear(); }, "client 'ehr': it has no issuer"},
        {"SameIssuer", [](O& o) { o.clients[1].issuer = o.clients[0].issuer; },
         "client 'clinic': another client has the same issuer"},
        {"SameName", [](O& o) { o.clients[1].name = "ehr"; },
         "client 'ehr': the name is used twice"},
        {"NoKeys", [](O& o) { o.clients[0].jwks.clear(); }, "client 'ehr': it has no keys"},
        {"NoUsableKey", [](O& o) { o.clients[0].jwks = R"({"keys":[{"kty":"oct"}]})"; },
         "client 'ehr': its JWK Set: A JWK Set has no key that can be used."},
        {"BadUrl", [](O& o) { o.clients[0].jwks_urls = {"ehr.example/jwks"}; },
         "client 'ehr': a JWKS URL must begin with https://"},
        {"UrlTwice",
         [](O& o) {
           o.clients[0].jwks_urls = {"https://ehr.example/j", "https://ehr.example/j"};
         },
         "client 'ehr': a JWKS URL is named twice"},
        {"NothingFetches", [](O& o) { o.clients[0].jwks_urls = {"https://ehr.example/j"}; },
         "nothing fetches them"},
        {"EmptyAudience", [](O& o) { o.clients[0].audiences = {""}; }, "must not be empty texts"},
        {"EmptyTenant", [](O& o) { o.clients[0].tenants = {""}; }, "must not be empty texts"},
        {"AllAtOnce",
         [](O& o) {
           o.base_url.clear();
           o.algorithms = {};
         },
         "https://…\nauthentication: no signature algorithm"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST(AuthReasonTest, EveryReasonHasACodeOfItsOwnAndAStatus) {
  std::set<std::string_view> codes;
  for (int i = 0; i <= static_cast<int>(AuthReason::kReplayStore); ++i) {
    const auto reason = static_cast<AuthReason>(i);
    EXPECT_TRUE(codes.insert(Spelling(reason)).second) << i;
    const int status = reason >= AuthReason::kNoKeys             ? 503
                       : reason >= AuthReason::kServiceForbidden ? 403
                                                                 : 401;
    EXPECT_EQ(StatusOf(reason), status) << Spelling(reason);
  }
}

}  // namespace
}  // namespace renal::hooks
