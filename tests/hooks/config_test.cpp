#include "hooks/config.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace renal::hooks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

struct Read {
  std::optional<Config> config;
  std::string messages;
};

Read ReadToml(const std::string& text) {
  std::ostringstream messages;
  auto config = ReadConfigText(text, "c.toml", "/etc/renalpath", messages);
  return {std::move(config), messages.str()};
}

TEST(ConfigTest, NothingIsAServerOnLoopback) {
  const Read read = ReadToml("");
  ASSERT_TRUE(read.config) << read.messages;
  EXPECT_EQ(read.config->listen.address, "127.0.0.1");
  EXPECT_FALSE(ReachesBeyond(*read.config));
  EXPECT_FALSE(NeedsTokens(*read.config));
  EXPECT_THAT(Objections(*read.config), IsEmpty());
}

TEST(ConfigTest, ReadsEveryKey) {
  const Read read = ReadToml(R"(
[listen]
address = "0.0.0.0"
port = 8443
public_url = "https://cds.example/renal"
control = "control"
plain_ok = true
[tls]
certificate = "chain.pem"
key = "/secret/key.pem"
client_ca = "ca.pem"
clients = "required"
[cors]
origins = ["https://page.example"]
[auth]
mode = "jwt"
insecure_sandbox = true
open_discovery = true
algorithms = ["ES384", "RS384"]
replay_strict = true
retry_header = "X-Exchange-Id"
retry_proxies = ["10.4.0.8/32"]
[jwks]
cooldown = 5
[store]
folder = "data"
url = "postgresql://db.example/renal"
password_file = "db-password"
patient_key = "patient-key"
[feedback]
strict = true
[pathway]
file = "p.json"
site = "s.json"
shadow = "h.json"
[service]
profile = "standard"
profile_files = ["our.json"]
language = "nb"
outcome = true
[clock]
zone = "Europe/Oslo"
[log]
level = "warning"
[console]
enabled = true
samples = "samples"
user_header = "X-Remote-User"
proxies = ["10.4.0.7/32"]
[record]
folder = "recorded"
key_file = "record-key"
most_bytes = 1000000
[dev]
allow_http = true
[[client]]
name = "ehr"
issuer = "https://ehr.example"
profile = "epic"
jwks_file = "ehr.jwks.json"
audiences = ["renalpath"]
tenants = ["north"]
services = ["onc-kidney-2018"]
[[client.jwks]]
url = "https://ehr.example/jwks"
allow_cidr = ["10.0.0.0/8"]
ca_file = "ehr.pem"
[[client.fhir]]
url = "https://ehr.example/fhir"
[[fhir]]
url = "https://open.example/fhir"
)");
  ASSERT_TRUE(read.config) << read.messages;
  const Config& config = *read.config;
  EXPECT_EQ(config.listen.port, 8443);
  EXPECT_TRUE(config.listen.plain_ok);
  EXPECT_EQ(config.listen.control, "/etc/renalpath/control");
  EXPECT_EQ(config.tls.certificate, "/etc/renalpath/chain.pem");
  EXPECT_EQ(config.tls.key, "/secret/key.pem");
  EXPECT_EQ(config.tls.clients, TlsConfig::Clients::kRequired);
  EXPECT_THAT(config.cors_origins, ElementsAre("https://page.example"));
  EXPECT_EQ(config.auth.mode, AuthConfig::Mode::kJwt);
  EXPECT_THAT(config.auth.algorithms, ElementsAre("ES384", "RS384"));
  EXPECT_TRUE(config.auth.insecure_sandbox && config.auth.open_discovery);
  EXPECT_TRUE(config.auth.replay_strict);
  EXPECT_EQ(config.auth.retry_header, "x-exchange-id");
  EXPECT_THAT(config.auth.retry_proxies, ElementsAre("10.4.0.8/32"));
  EXPECT_EQ(config.auth.jwks_cooldown, std::chrono::seconds(5));
  EXPECT_EQ(config.store.folder, "/etc/renalpath/data");
  EXPECT_EQ(config.store.url, "postgresql://db.example/renal");
  EXPECT_EQ(config.store.patient_key, "/etc/renalpath/patient-key");
  EXPECT_EQ(config.store.password_file, "/etc/renalpath/db-password");
  EXPECT_TRUE(config.feedback_strict);
  EXPECT_EQ(config.files.site, "/etc/renalpath/s.json");
  EXPECT_THAT(config.profile_files, ElementsAre("/etc/renalpath/our.json"));
  EXPECT_EQ(config.zone, "Europe/Oslo");
  EXPECT_EQ(config.outcome, true);
  EXPECT_EQ(config.log_level, LogLevel::kWarning);
  EXPECT_TRUE(config.console.enabled);
  EXPECT_EQ(config.console.samples, "/etc/renalpath/samples");
  EXPECT_EQ(config.console.user_header, "x-remote-user");
  EXPECT_THAT(config.console.proxies, ElementsAre("10.4.0.7/32"));
  EXPECT_TRUE(config.allow_http);
  EXPECT_EQ(config.record.folder, "/etc/renalpath/recorded");
  EXPECT_EQ(config.record.key_file, "/etc/renalpath/record-key");
  EXPECT_EQ(config.record.most_bytes, 1'000'000U);
  ASSERT_THAT(config.clients, SizeIs(1));
  const ClientConfig& client = config.clients.front();
  EXPECT_EQ(client.profile, "epic");
  EXPECT_EQ(client.jwks_file, "/etc/renalpath/ehr.jwks.json");
  EXPECT_THAT(client.tenants, ElementsAre("north"));
  ASSERT_THAT(client.jwks, SizeIs(1));
  EXPECT_THAT(client.jwks.front().allow_cidr, ElementsAre("10.0.0.0/8"));
  EXPECT_EQ(client.jwks.front().ca_file, "/etc/renalpath/ehr.pem");
  EXPECT_EQ(client.fhir.front().url, "https://ehr.example/fhir");
  EXPECT_EQ(config.fhir.front().url, "https://open.example/fhir");
}

struct Bad {
  std::string text;
  std::string message;
};

class BadConfigTest : public testing::TestWithParam<Bad> {};

TEST_P(BadConfigTest, IsRefusedWithItsPlace) {
  const Read read = ReadToml(GetParam().text);
  EXPECT_FALSE(read.config);
  EXPECT_THAT(read.messages, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadConfigTest,
    testing::Values(
        Bad{"[[[\n= \"", "c.toml:1:3: "}, Bad{"\u00DF@p", "c.toml:1:"},
        Bad{"[listen", "c.toml:1:8: "}, Bad{"[liste]", "c.toml:1:2: 'liste' is no key"},
        Bad{"listen = 1", "c.toml:1:10: 'listen' must be a table: [listen]"},
        Bad{"[listen]\nprt = 1", "c.toml:2:1: 'listen.prt' is no key"},
        Bad{"[listen]\nport = \"1\"", "c.toml:2:8: 'listen.port' must be a whole number from 0 to"},
        Bad{"[listen]\nport = 65536", "'listen.port' must be"},
        Bad{"[listen]\nport = -1", "'listen.port' must be"},
        Bad{"[listen]\nport = 1.0", "'listen.port' must be"},
        Bad{"[listen]\naddress = \"\"", "'listen.address' must be a text that is not empty"},
        Bad{"[listen]\nplain_ok = 1", "'listen.plain_ok' must be true or false"},
        Bad{"[listen]\npublic_url = \"https://a/\"", "must not end with a slash"},
        Bad{"[listen]\npublic_url = \"cds.example\"", "must begin with https://"},
        Bad{"[tls]\ncertificate = \"c\"", "'tls.key' and 'tls.certificate' belong together"},
        Bad{"[tls]\nkey = \"c\"", "'tls.key' and 'tls.certificate' belong together"},
        Bad{"[tls]\ncertificate = \"c\"\nkey = \"k\"\nclients = \"required\"",
            "'tls.client_ca' and 'tls.clients' belong together"},
        Bad{"[tls]\nclients = \"perhaps\"", R"(must be one of "none", "optional", "required")"},
        Bad{"[cors]\norigins = [\"*\"]", "'cors.origins' must be origins"},
        Bad{"[cors]\norigins = [1]", "'cors.origins' must be a list of texts"},
        Bad{"[cors]\norigins = \"https://a\"", "'cors.origins' must be a list of texts"},
        Bad{"[auth]\nmode = \"basic\"", R"('auth.mode' must be one of "jwt", "none")"},
        Bad{"[auth]\nalgorithms = [\"HS256\"]", "'auth.algorithms' must be among"},
        Bad{"[auth]\nalgorithms = [\"none\"]", "'auth.algorithms' must be among"},
        Bad{"[jwks]\ncooldown = 4", "'jwks.cooldown' must be a whole number from 5 to 3600"},
        Bad{"[store]\nurl = \"mysql://a\"", "'store.url' must begin with postgresql://"},
        Bad{"[store]\npassword_file = \"p\"", "'store.password_file' is for a database"},
        Bad{"[log]\nlevel = \"loud\"", "'log.level' must be one of"},
        Bad{"[console]\nenabled = 1", "'console.enabled' must be true or false"},
        Bad{"[console]\nuser_header = \"a b\"",
            "'console.user_header' must be the name of a header"},
        Bad{"[console]\nuser_header = \"a\"", "'console.user_header' belong together: give both"},
        Bad{"[auth]\nretry_header = \"a b\"", "'auth.retry_header' must be the name of a header"},
        Bad{"[auth]\nretry_header = \"a\"", "'auth.retry_header' belong together: give both"},
        Bad{"[console]\nproxies = [\"10.0.0.0/8\"]", "belong together: give both"},
        Bad{"[console]\nuser_header = \"a\"\nproxies = [\"10.0.0.1/8\"]",
            "'console.proxies' must be blocks of addresses"},
        Bad{"[record]\nfolder = \"r\"", "'record.key_file' and 'record.folder' belong together"},
        Bad{"[record]\nkey_file = \"k\"", "belong together: give both"},
        Bad{"[client]\nname = \"a\"", "'client' must be tables: [[client]]"},
        Bad{"[[client]]\nissuer = \"i\"\njwks_file = \"f\"", "'client.name' is needed"},
        Bad{"[[client]]\nname = \"a\"\njwks_file = \"f\"", "'client.issuer' is needed"},
        Bad{"[[client]]\nname = \"a\"\nissuer = \"i\"", "'client.jwks_file' is needed"},
        Bad{"[[client]]\nname = \"a\"\nissuer = \"i\"\n[[client.jwks]]\nca_file = \"f\"",
            "'client.jwks.url' is needed"},
        Bad{"[[client]]\nname=\"a\"\nissuer=\"i\"\njwks_file=\"f\"\n"
            "[[client]]\nname=\"a\"\nissuer=\"j\"\njwks_file=\"f\"",
            "has the name \"a\" twice"},
        Bad{"[[client]]\nname=\"a\"\nissuer=\"i\"\njwks_file=\"f\"\n"
            "[[client]]\nname=\"b\"\nissuer=\"i\"\njwks_file=\"f\"",
            "has an issuer twice"}));

TEST(ConfigTest, SaysEachThingOnOneLine) {
  const Read read = ReadToml("[listen]\n\"a\\nb\" = 1\n");
  EXPECT_THAT(read.messages, StartsWith("c.toml:2:1: 'listen.a b' is no key"));
  EXPECT_EQ(std::ranges::count(read.messages, '\n'), 1);
}

TEST(ConfigTest, SaysAllThatIsWrongInTheOrderOfLines) {
  const Read read = ReadToml("[log]\nlevel = 1\n[listen]\nport = \"x\"\nother = 1\n");
  std::istringstream lines(read.messages);
  std::vector<std::string> starts;
  for (std::string line; std::getline(lines, line);) starts.push_back(line.substr(0, 9));
  EXPECT_THAT(starts, ElementsAre("c.toml:2:", "c.toml:4:", "c.toml:5:"));
}

TEST(ConfigTest, SuggestsTheKeyThatWasMeant) {
  EXPECT_THAT(ReadToml("[listen]\naddres = 1").messages, HasSubstr("Did you mean \"address\"?"));
  EXPECT_THAT(ReadToml("[[clients]]\nname = \"a\"").messages,
              HasSubstr("Did you mean \"client\"?"));
}

std::string Example() {
  std::ifstream file(RENAL_SOURCE_DIR "/deploy/config.example.toml");
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(ConfigExampleTest, IsGoodAsItStands) {
  const Read read = ReadToml(Example());
  ASSERT_TRUE(read.config) << read.messages;
  EXPECT_THAT(Objections(*read.config), IsEmpty());
}

// What is commented out there shows defaults and further keys; it must be right all the same.
TEST(ConfigExampleTest, HoldsEveryKeyAndNoOther) {
  std::istringstream lines(Example());
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    text += line.starts_with("#") && !line.starts_with("# ") ? line.substr(1) : line;
    text += '\n';
  }
  const Read read = ReadToml(text);
  ASSERT_TRUE(read.config) << read.messages;
  for (const std::string& key : ConfigKeys()) {
    const std::string last = key.substr(key.rfind('.') + 1);
    EXPECT_TRUE(text.find("\n" + last + " = ") != std::string::npos ||
                text.find("\n[" + key + "]\n") != std::string::npos ||
                text.find("\n[[" + key + "]]\n") != std::string::npos)
        << key;
  }
}

TEST(ConfigTest, MetricsAndAuditAreOffUntilTheyAreAskedFor) {
  const Read none = ReadToml("");
  EXPECT_FALSE(none.config->metrics.enabled);
  EXPECT_EQ(none.config->metrics.address, "127.0.0.1");
  EXPECT_EQ(none.config->metrics.port, 9464);
  EXPECT_TRUE(none.config->audit_file.empty());
  const Read read = ReadToml(
      "[metrics]\nenabled = true\naddress = \"10.0.0.7\"\nport = 9100\n[audit]\nfile = "
      "\"a.ndjson\"");
  EXPECT_TRUE(read.config->metrics.enabled);
  EXPECT_EQ(read.config->metrics.address, "10.0.0.7");
  EXPECT_EQ(read.config->metrics.port, 9100);
  EXPECT_TRUE(read.config->audit_file.is_absolute());
  EXPECT_THAT(Objections(*read.config), IsEmpty());
}

TEST(ConfigTest, MetricsHaveAnAddressOfTheirOwn) {
  const std::string listen = "[listen]\nport = 8080\n[metrics]\nenabled = true\n";
  EXPECT_THAT(Objections(*ReadToml(listen + "port = 8080").config), SizeIs(1));
  EXPECT_THAT(Objections(*ReadToml(listen + "port = 8081").config), IsEmpty());
  EXPECT_THAT(Objections(*ReadToml(listen + "port = 8080\naddress = \"127.0.0.2\"").config),
              IsEmpty());
  EXPECT_THAT(
      Objections(*ReadToml("[listen]\nport = 0\n[metrics]\nenabled = true\nport = 0").config),
      IsEmpty());
}

struct ConsoleRow {
  std::string name;
  std::string text;
  bool allowed;
  friend void PrintTo(const ConsoleRow& row, std::ostream* out) { *out << row.name; }
};

class ConsoleConfigTest : public testing::TestWithParam<ConsoleRow> {};

// The server of every row may be started without the console.
TEST_P(ConsoleConfigTest, BeyondLoopbackIsForKnownUsers) {
  const Read off = ReadToml(GetParam().text);
  ASSERT_TRUE(off.config) << off.messages;
  EXPECT_THAT(Objections(*off.config), IsEmpty());
  Config on = *off.config;
  on.console.enabled = true;
  EXPECT_EQ(Objections(on).empty(), GetParam().allowed);
}

constexpr const char* kBeyond =
    "[[client]]\nname=\"a\"\nissuer=\"i\"\njwks_file=\"f\"\n[listen]\naddress=\"0.0.0.0\"\n"
    "public_url=\"https://cds.example\"\n";
constexpr const char* kTls = "[tls]\ncertificate=\"c\"\nkey=\"k\"\nclient_ca=\"a\"\n";
constexpr const char* kProxy = "[console]\nuser_header=\"X-User\"\nproxies=[\"10.0.0.1/32\"]\n";

INSTANTIATE_TEST_SUITE_P(
    Rows, ConsoleConfigTest,
    testing::Values(
        ConsoleRow{"Loopback", "", true},
        ConsoleRow{"LoopbackBehindAProxyThatNamesNobody",
                   "[[client]]\nname=\"a\"\nissuer=\"i\"\njwks_file=\"f\"\n[listen]\n"
                   "public_url=\"https://cds.example\"\n",
                   false},
        ConsoleRow{"TlsWithoutClients",
                   std::string(kBeyond) + "[tls]\ncertificate=\"c\"\nkey=\"k\"\n", false},
        ConsoleRow{"TlsWithOptionalClients", std::string(kBeyond) + kTls + "clients=\"optional\"\n",
                   false},
        ConsoleRow{"MutualTls", std::string(kBeyond) + kTls + "clients=\"required\"\n", true},
        ConsoleRow{"ProxyThatNamesUsers", std::string(kBeyond) + "plain_ok=true\n" + kProxy, true}),
    [](const auto& test) { return test.param.name; });

TEST(ConfigTest, SaysThatAFileCannotBeRead) {
  std::ostringstream messages;
  EXPECT_FALSE(ReadConfig("/nowhere/c.toml", messages));
  EXPECT_EQ(messages.str(), "/nowhere/c.toml: cannot be read\n");
}

TEST(LoopbackTest, KnowsLoopback) {
  for (const char* host : {"localhost", "127.0.0.1", "127.255.0.9", "::1"}) {
    EXPECT_TRUE(IsLoopback(host)) << host;
  }
  for (const char* host : {"0.0.0.0", "::", "128.0.0.1", "126.255.255.255", "example.org", "",
                           "127.0.0.1 ", "localhost.example"}) {
    EXPECT_FALSE(IsLoopback(host)) << host;
  }
}

constexpr const char* kClient = "[[client]]\nname=\"a\"\nissuer=\"i\"\njwks_file=\"f\"\n";
constexpr const char* kUrl = "[listen]\npublic_url = \"https://cds.example\"\n";
constexpr const char* kOpenPlain = "[listen]\naddress = \"0.0.0.0\"\nplain_ok = true\n";

struct Reach {
  std::string text;
  bool beyond;
};

class ReachTest : public testing::TestWithParam<Reach> {};

TEST_P(ReachTest, IsThatOfTheAddressOrOfThePublicUrl) {
  const Read read = ReadToml(GetParam().text);
  ASSERT_TRUE(read.config) << read.messages;
  EXPECT_EQ(ReachesBeyond(*read.config), GetParam().beyond);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ReachTest,
    testing::Values(Reach{"", false}, Reach{"[listen]\naddress = \"::1\"", false},
                    Reach{"[listen]\naddress = \"0.0.0.0\"", true},
                    Reach{"[listen]\naddress = \"::\"", true},
                    Reach{"[listen]\npublic_url = \"https://cds.example\"", true},
                    Reach{"[listen]\npublic_url = \"http://127.0.0.1:8080/renal\"", false},
                    Reach{"[listen]\npublic_url = \"http://localhost\"", false},
                    Reach{"[listen]\npublic_url = \"https://[::1]:8443\"", false},
                    Reach{"[listen]\npublic_url = \"https://localhost.example\"", true},
                    Reach{"[listen]\npublic_url = \"https://localhost@cds.example\"", true}));

struct Safe {
  std::string text;
  bool tokens;
  std::vector<std::string> objections;  // a part of each
};

class SafetyTest : public testing::TestWithParam<Safe> {};

TEST_P(SafetyTest, DecidesWhoMayCall) {
  const Safe& row = GetParam();
  const Read read = ReadToml(row.text);
  ASSERT_TRUE(read.config) << read.messages;
  EXPECT_EQ(NeedsTokens(*read.config), row.tokens);
  const std::vector<std::string> objections = Objections(*read.config);
  ASSERT_EQ(objections.size(), row.objections.size()) << testing::PrintToString(objections);
  for (std::size_t i = 0; i < objections.size(); ++i) {
    EXPECT_THAT(objections[i], HasSubstr(row.objections[i]));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SafetyTest,
    testing::Values(
        Safe{"", false, {}}, Safe{"[auth]\nmode = \"none\"", false, {}},
        Safe{"[auth]\nmode = \"jwt\"", true, {"public_url", "[[client]]"}},
        Safe{kClient, true, {"public_url"}}, Safe{std::string(kUrl), true, {"[[client]]"}},
        Safe{std::string(kUrl) + kClient, true, {}},
        Safe{"[listen]\npublic_url = \"http://127.0.0.1:8080\"", true, {"[[client]]"}},
        Safe{std::string(kUrl) + "[auth]\nmode = \"none\"", false, {"insecure_sandbox"}},
        Safe{std::string(kClient) + "[auth]\nmode = \"none\"", false, {"insecure_sandbox"}},
        Safe{std::string(kUrl) + "[auth]\nmode = \"none\"\ninsecure_sandbox = true", false, {}},
        Safe{"[listen]\naddress = \"0.0.0.0\"", true, {"TLS", "public_url", "[[client]]"}},
        Safe{kOpenPlain, true, {"public_url", "[[client]]"}},
        Safe{
            std::string(kOpenPlain) + "public_url = \"https://cds.example\"\n" + kClient, true, {}},
        Safe{std::string("[listen]\naddress = \"0.0.0.0\"\npublic_url = \"https://a\"\n") +
                 "[tls]\ncertificate = \"c\"\nkey = \"k\"\n" + kClient,
             true,
             {}}));

}  // namespace
}  // namespace renal::hooks
