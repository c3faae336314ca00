#include "hooks/authenticate.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "hooks/internal/auth_setup.h"
#include "hooks/jwk.h"
#include "tests/hooks/patient_store.h"
#include "tests/hooks/test_token.h"

namespace renal::hooks {
namespace {

using enum JwsAlgorithm;
using fhir::IssueCode;
namespace fs = std::filesystem;

/// A folder of the test's own, with a JWK Set in it.
class Folder {
 public:
  Folder() : path_(fs::path(testing::TempDir()) / ("authenticate-" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
    Write("keys.json", R"({"keys":[)" + JoseSigner::For(kEs384).Jwk("ES384") + ',' +
                           JoseSigner::For(kRs256).Jwk("RS256") + "]}");
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  fs::path Write(const std::string& name, std::string_view text) const {
    std::ofstream(path_ / name) << text;
    return path_ / name;
  }
  fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

Config ConfigWith(const Folder& folder) {
  Config config;
  config.listen.public_url = "https://cds.example/renal";
  config.clients.push_back({.name = "ehr",
                            .issuer = "https://ehr.example",
                            .profile = "epic",
                            .jwks_file = folder / "keys.json",
                            .services = {"kidney"}});
  return config;
}

std::shared_ptr<Authenticator> Made(const Config& config, internal::AuthParts parts = {}) {
  parts.outgoing = std::make_shared<fhir::Outgoing>();
  auto made = internal::MakeAuthenticator(config, std::move(parts));
  if (!made) throw std::runtime_error(made.error().diagnostics);
  return *std::move(made);
}

Authenticate GateOf(const Config& config, AuthPolicy policy = {.profiles = {"epic"}}) {
  return AuthenticateBy(Made(config), std::move(policy));
}

/// A good token for now and this audience, as a header.
std::string BearerFor(std::string_view path, JwsAlgorithm algorithm = kEs384) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::int64_t seconds = now.time_since_epoch().count();
  TestToken token(algorithm);
  token.payload.Set("aud", "\"https://cds.example/renal" + std::string(path) + '"')
      .Set("iat", std::to_string(seconds))
      .Set("exp", std::to_string(seconds + 60));
  return "Bearer " + token.Make();
}

/// What the gate says: the status, and the reason where it is not 200.
std::string Said(const Authenticate& gate, std::string_view path,
                 std::vector<std::string> authorization) {
  HttpRequest request{.method = "POST", .path = std::string(path)};
  request.headers.emplace_back("host", "evil.example");
  for (const std::string& value : authorization) {
    request.headers.emplace_back("authorization", value);
  }
  const Admission admission = gate(request, path);
  if (!admission.refusal) return "200 " + admission.caller.client + ' ' + admission.caller.profile;
  const IssueCode code = admission.refusal->code;
  return (code == IssueCode::kLogin       ? "401 "
          : code == IssueCode::kForbidden ? "403 "
                                          : "503 ") +
         admission.reason;
}

TEST(ClaimedClientTest, IsWhomTheTokenNamesProvenOrNot) {
  const Folder folder;
  const auto claimed = ClaimedClientBy(Made(ConfigWith(folder)));
  const auto of = [&](std::vector<std::string> authorization) {
    HttpRequest request;
    for (const std::string& value : authorization) {
      request.headers.emplace_back("authorization", value);
    }
    return claimed(request);
  };
  const std::string good = BearerFor("/cds-services");
  EXPECT_EQ(of({good}), "ehr");
  EXPECT_EQ(of({good.substr(0, good.rfind('.') + 1) + "AAAA"}), "ehr") << "nothing is proven";
  EXPECT_EQ(of({}), "");
  EXPECT_EQ(of({good, good}), "");
  EXPECT_EQ(of({"Bearer x.y.z"}), "");
  TestToken stranger(kEs384);
  stranger.payload.Set("iss", R"("https://stranger.example")");
  EXPECT_EQ(of({"Bearer " + stranger.Make()}), "");
}

struct ExchangeCase {
  std::string_view name, peer;
  std::vector<std::string> values;
  std::string_view seen;
  friend void PrintTo(const ExchangeCase& row, std::ostream* out) { *out << row.name; }
};

class ExchangeTest : public testing::TestWithParam<ExchangeCase> {};

TEST_P(ExchangeTest, IsBelievedFromAConfiguredProxyAlone) {
  const Folder folder;
  std::string seen = "none";
  const auto authenticator = Made(ConfigWith(folder), {.share = [&seen](const UsedToken& token) {
                                    seen = token.exchange;
                                    return ReplayVerdict::kFirst;
                                  }});
  const Authenticate gate = AuthenticateBy(authenticator, {.profiles = {"epic"},
                                                           .exchange_header = "x-exchange-id",
                                                           .exchange_proxies = {"10.4.0.8/31"}});
  HttpRequest request{.method = "GET", .path = "/cds-services", .peer = GetParam().peer};
  const std::string token = BearerFor("/cds-services");
  request.headers.emplace_back("authorization", token);
  for (const std::string& value : GetParam().values) {
    request.headers.emplace_back("x-exchange-id", value);
  }
  EXPECT_EQ(gate(request, "/cds-services").reason, "");
  EXPECT_EQ(seen, GetParam().seen);
}

const std::string kSixteen = "0123456789abcdef", kLongest(128, 'a');
INSTANTIATE_TEST_SUITE_P(Each, ExchangeTest,
                         testing::ValuesIn<ExchangeCase>({
                             {"FromTheProxy", "10.4.0.9", {kSixteen}, kSixteen},
                             {"FromANeighbour", "10.4.0.10", {kSixteen}, ""},
                             {"FromNoAddress", "", {kSixteen}, ""},
                             {"None", "10.4.0.9", {}, ""},
                             {"Two", "10.4.0.9", {kSixteen, kSixteen}, ""},
                             {"TooShort", "10.4.0.9", {kSixteen.substr(1)}, ""},
                             {"Longest", "10.4.0.9", {kLongest}, kLongest},
                             {"TooLong", "10.4.0.9", {std::string(129, 'a')}, ""},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

struct PathCase {
  std::string_view name, called, audience, said;
  friend void PrintTo(const PathCase& row, std::ostream* out) { *out << row.name; }
};

class PathTest : public testing::TestWithParam<PathCase> {};

TEST_P(PathTest, DecidesWhatTheAudienceMayBe) {
  const Folder folder;
  EXPECT_EQ(Said(GateOf(ConfigWith(folder)), GetParam().called, {BearerFor(GetParam().audience)}),
            GetParam().said);
}

constexpr std::string_view kIn = "200 ehr epic", kOut = "401 audience";
INSTANTIATE_TEST_SUITE_P(
    Each, PathTest,
    testing::ValuesIn<PathCase>({
        {"Discovery", "/cds-services", "/cds-services", kIn},
        {"DiscoveryWithSlash", "/cds-services/", "/cds-services", kIn},
        {"DiscoveryByAToken", "/cds-services", "/cds-services/kidney", kOut},
        {"Service", "/cds-services/kidney", "/cds-services/kidney", kIn},
        {"ServiceWithSlashes", "/cds-services//kidney/", "/cds-services/kidney", kIn},
        {"ServiceByADiscoveryToken", "/cds-services/kidney", "/cds-services", kOut},
        {"ServiceByAFeedbackToken", "/cds-services/kidney", "/cds-services/kidney/feedback", kOut},
        {"Feedback", "/cds-services/kidney/feedback", "/cds-services/kidney/feedback", kIn},
        {"FeedbackByAServiceToken", "/cds-services/kidney/feedback", "/cds-services/kidney", kIn},
        {"FeedbackByADiscoveryToken", "/cds-services/kidney/feedback", "/cds-services", kOut},
        {"FeedbackOfAnother", "/cds-services/kidney/feedback", "/cds-services/lung/feedback", kOut},
        {"Measures", "/measures", "/measures", kIn},
        {"MeasuresWithSlash", "/measures/", "/measures", kIn},
        {"MeasuresByADiscoveryToken", "/measures", "/cds-services", kOut},
        {"Profile", "/epic/cds-services/kidney", "/epic/cds-services/kidney", kIn},
        {"ProfileByATokenWithout", "/epic/cds-services/kidney", "/cds-services/kidney", kOut},
        {"AnotherProfile", "/sandbox/cds-services/kidney", "/sandbox/cds-services/kidney",
         "403 profile-forbidden"},
        {"AnotherService", "/cds-services/lung", "/cds-services/lung", "403 service-forbidden"},
        {"AnotherServicesFeedback", "/cds-services/lung/feedback", "/cds-services/lung/feedback",
         "403 service-forbidden"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST(AuthenticateTest, AClientWithoutProfileHasTheDefaultOne) {
  const Folder folder;
  const Authenticate gate =
      GateOf(ConfigWith(folder), {.profiles = {""}, .default_profile = "standard"});
  const std::string path = "/standard/cds-services/kidney", other = "/epic/cds-services/kidney";
  EXPECT_EQ(Said(gate, path, {BearerFor(path)}), "200 ehr ");
  EXPECT_EQ(Said(gate, other, {BearerFor(other)}), "403 profile-forbidden");
}

TEST(AuthenticateTest, WantsOneHeader) {
  const Folder folder;
  const Authenticate gate = GateOf(ConfigWith(folder));
  const std::string path = "/cds-services";
  EXPECT_EQ(Said(gate, path, {}), "401 no-header");
  EXPECT_EQ(Said(gate, path, {BearerFor(path), BearerFor(path)}), "401 several-headers");
}

TEST(AuthenticateTest, OpensDiscoveryAloneWhereItShould) {
  const Folder folder;
  const Authenticate gate =
      GateOf(ConfigWith(folder), {.open_discovery = true, .profiles = {"epic"}});
  EXPECT_EQ(Said(gate, "/cds-services", {}), "200  ");
  EXPECT_EQ(Said(gate, "/cds-services/kidney", {}), "401 no-header");
}

TEST(AuthenticateTest, SaysTheSameOfEveryToken) {
  const Folder folder;
  const Authenticate gate = GateOf(ConfigWith(folder));
  std::vector<std::string> sentences;
  for (const std::string& header : {std::string(), std::string("Bearer x.y.z"), BearerFor("/x")}) {
    HttpRequest request{.method = "GET", .path = "/cds-services"};
    request.headers.emplace_back("authorization", header);
    const Admission admission = gate(request, request.path);
    ASSERT_TRUE(admission.refusal.has_value());
    sentences.push_back(admission.refusal->diagnostics + admission.refusal->expression);
  }
  EXPECT_THAT(sentences, testing::Each(sentences.front()));
}

// --- From the configuration

TEST(AuthSetupTest, AllowsTheAlgorithmsOfTheConfigurationAlone) {
  const Folder folder;
  Config config = ConfigWith(folder);
  config.auth.algorithms = {"RS256"};
  const Authenticate gate = GateOf(config);
  EXPECT_EQ(Said(gate, "/cds-services", {BearerFor("/cds-services")}), "401 algorithm");
  EXPECT_EQ(Said(gate, "/cds-services", {BearerFor("/cds-services", kRs256)}), kIn);
}

TEST(AuthSetupTest, InstancesThatShareAStoreLetATokenInOnce) {
  const Folder folder;
  auto store = Store::Open(StoreTarget::InFolder(folder / "store"), {}, PatientLimits());
  ASSERT_TRUE(store.has_value());
  const Config config = ConfigWith(folder);
  const auto gate = [&] {
    return AuthenticateBy(Made(config, {.share = internal::ShareBy(**store)}),
                          {.profiles = {"epic"}});
  };
  const Authenticate one = gate(), two = gate();
  const std::string token = BearerFor("/cds-services"), other = BearerFor("/cds-services");
  EXPECT_EQ(Said(one, "/cds-services", {token}), kIn);
  EXPECT_EQ(Said(two, "/cds-services", {token}), "401 replay");
  EXPECT_EQ(Said(one, "/cds-services", {token}), "401 replay");
  EXPECT_EQ(Said(two, "/cds-services", {other}), kIn);
}

TEST(AuthSetupTest, AloneItLetsNothingInFromBeforeTheStart) {
  const Folder folder;
  const auto later = std::chrono::ceil<std::chrono::seconds>(std::chrono::system_clock::now()) +
                     std::chrono::seconds(30);
  const Authenticate gate =
      AuthenticateBy(Made(ConfigWith(folder), {.started = later}), {.profiles = {"epic"}});
  EXPECT_EQ(Said(gate, "/cds-services", {BearerFor("/cds-services")}), "401 before-start");
}

TEST(AuthSetupTest, SaysAllThatIsWrongWithClients) {
  const Folder folder;
  Config config = ConfigWith(folder);
  config.clients[0].jwks_file = folder / "missing.json";
  config.clients[0].jwks = {{.url = "http://ehr.example/jwks"},
                            {.url = "https://ehr.example/jwks", .allow_cidr = {"10.0.0.0/40"}}};
  const auto made =
      internal::MakeAuthenticator(config, {.outgoing = std::make_shared<fhir::Outgoing>()});
  ASSERT_FALSE(made.has_value());
  const std::string& text = made.error().diagnostics;
  EXPECT_THAT(text, testing::HasSubstr("client 'ehr': "));
  EXPECT_THAT(text, testing::HasSubstr("missing.json cannot be read"));
  EXPECT_THAT(text, testing::HasSubstr("\"http://ehr.example/jwks\" is not called"));
  EXPECT_THAT(text, testing::HasSubstr("10.0.0.0/40"));
}

TEST(AuthSetupTest, AFileBeyondTheLimitIsRefused) {
  const Folder folder;
  Config config = ConfigWith(folder);
  config.clients[0].jwks_file = folder.Write("large.json", std::string(JwkSet::kMaxBytes + 1, ' '));
  const auto made =
      internal::MakeAuthenticator(config, {.outgoing = std::make_shared<fhir::Outgoing>()});
  ASSERT_FALSE(made.has_value());
  EXPECT_THAT(made.error().diagnostics, testing::HasSubstr("256 KiB"));
}

}  // namespace
}  // namespace renal::hooks
