#include "hooks/config_sources.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hooks/internal/config_secret.h"

namespace renal::hooks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class ConfigSourcesTest : public testing::Test {
 protected:
  ConfigSourcesTest() {
    folder_ = std::filesystem::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(folder_);
  }
  ~ConfigSourcesTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path File(const std::string& text) {
    const std::filesystem::path file = folder_ / "c.toml";
    std::ofstream(file) << text;
    return file;
  }
  std::optional<LoadedConfig> Load(const ConfigSources& sources) {
    messages_.str("");
    return LoadConfig(sources, messages_);
  }
  static GivenSetting Flag(const std::string& key, const std::string& text) {
    return {key, text, "--set " + key};
  }
  static EffectiveSetting SettingOf(const LoadedConfig& loaded, const std::string& key) {
    const auto found = std::ranges::find(loaded.settings, key, &EffectiveSetting::key);
    return found == loaded.settings.end() ? EffectiveSetting{} : *found;
  }

  std::filesystem::path folder_;
  std::ostringstream messages_;
};

TEST_F(ConfigSourcesTest, TheCommandLineWinsOverTheEnvironmentAndThatOverTheFile) {
  const auto file = File("[listen]\nport = 1\naddress = \"::1\"\n[log]\nlevel = \"error\"\n");
  const std::vector<std::string> environment = {"RENALPATH_LISTEN_PORT=2",
                                                "RENALPATH_LOG_LEVEL=off"};
  const auto all =
      Load({.file = file, .environment = environment, .flags = {Flag("listen.port", "3")}});
  ASSERT_TRUE(all) << messages_.str();
  EXPECT_EQ(all->config.listen.port, 3);
  EXPECT_EQ(all->config.log_level, LogLevel::kOff);
  EXPECT_EQ(all->config.listen.address, "::1");
  EXPECT_EQ(SettingOf(*all, "listen.port"),
            (EffectiveSetting{"listen.port", "3", "--set listen.port"}));
  EXPECT_EQ(SettingOf(*all, "log.level").origin, "RENALPATH_LOG_LEVEL");
  EXPECT_EQ(SettingOf(*all, "listen.address"),
            (EffectiveSetting{"listen.address", "\"::1\"", file.string() + ":3"}));
  EXPECT_EQ(SettingOf(*all, "limits.queue"), (EffectiveSetting{"limits.queue", "256", "default"}));
  const auto without = Load({.file = file, .environment = environment});
  EXPECT_EQ(without->config.listen.port, 2);
}

// A value for each key, another than its default where it has one.
std::string ValueOf(const std::string& key) {
  static const std::map<std::string, std::string> kValues = {
      {"listen.address", "::1"},
      {"listen.public_url", "https://cds.example"},
      {"tls.clients", "required"},
      {"cors.origins", "https://page.example"},
      {"auth.mode", "jwt"},
      {"auth.algorithms", "ES384"},
      {"store.url", "postgresql://db.example/renal"},
      {"log.level", "debug"},
      {"service.language", "nb"},
      {"auth.retry_header", "x-exchange"},
      {"auth.retry_proxies", "10.0.0.1/32"},
      {"console.user_header", "x-user"},
      {"console.proxies", "10.0.0.1/32"},
      {"client.0.jwks.0.url", "https://ehr.example/jwks"},
      {"fhir.0.url", "https://fhir.example"},
  };
  const auto found = kValues.find(key);
  return found == kValues.end() ? "text-or-path" : found->second;
}

std::string Numbered(const std::string& key) {
  std::string path = key;
  for (const std::string name : {"client.jwks", "client.fhir", "client", "fhir"}) {
    if (path.starts_with(name + ".")) path.insert(name.size(), ".0");
  }
  if (path.starts_with("client.jwks.0")) path.insert(6, ".0");
  if (path.starts_with("client.fhir.0")) path.insert(6, ".0");
  return path;
}

/// Every setting as `config check` names it, with a value for each kind.
std::vector<std::pair<std::string, std::string>> EverySetting() {
  std::vector<std::pair<std::string, std::string>> settings;
  const std::vector<std::string> keys = ConfigKeys();
  for (const std::string& key : keys) {
    const bool table = std::ranges::any_of(
        keys, [&](const std::string& other) { return other.starts_with(key + "."); });
    if (table) continue;
    const std::string path = Numbered(key);
    std::string value = ValueOf(path);
    std::ostringstream ignored;
    // What a key is, its own complaint tells.
    LoadConfig({.flags = {{path, "\x01", "flag"}}}, ignored);
    const std::string complaint = ignored.str();
    if (complaint.find("true or false") != std::string::npos) value = "true";
    if (const auto at = complaint.find("whole number from "); at != std::string::npos) {
      value = std::to_string(std::stoll(complaint.substr(at + 18)));
    }
    settings.emplace_back(path, value);
  }
  return settings;
}

TEST_F(ConfigSourcesTest, EverySettingOfTheFileIsOneOfTheEnvironmentAndOfTheCommandLine) {
  std::vector<std::string> environment;
  std::vector<GivenSetting> flags;
  std::set<std::string> variables;
  for (const auto& [path, value] : EverySetting()) {
    EXPECT_TRUE(variables.insert(VariableOf(path)).second) << path;
    environment.push_back(VariableOf(path) + "=" + value);
    flags.push_back(Flag(path, value));
  }
  const auto by_environment = Load({.environment = environment});
  ASSERT_TRUE(by_environment) << messages_.str();
  const auto by_flags = Load({.flags = flags});
  ASSERT_TRUE(by_flags) << messages_.str();
  ASSERT_EQ(by_environment->settings.size(), flags.size());
  ASSERT_EQ(by_flags->settings.size(), flags.size());
  for (const auto& [path, value] : EverySetting()) {
    const EffectiveSetting one = SettingOf(*by_environment, path);
    EXPECT_EQ(one.origin, VariableOf(path));
    EXPECT_THAT(one.value, HasSubstr(value));
    EXPECT_EQ(SettingOf(*by_flags, path), (EffectiveSetting{path, one.value, "--set " + path}));
  }
}

TEST_F(ConfigSourcesTest, TablesAreCountedFromZeroAndAdded) {
  const auto file =
      File("[[client]]\nname = \"a\"\nissuer = \"https://a.example\"\njwks_file = \"keys.json\"\n");
  const auto loaded = Load(
      {.file = file,
       .environment = {"RENALPATH_CLIENT_1_NAME=b", "RENALPATH_CLIENT_1_ISSUER=https://b.example",
                       "RENALPATH_CLIENT_1_JWKS_0_URL=https://b.example/0",
                       "RENALPATH_CLIENT_1_JWKS_1_URL=https://b.example/1",
                       "RENALPATH_CLIENT_0_TENANTS=north, south"},
       .flags = {Flag("client.0.jwks_file", "other.json")}});
  ASSERT_TRUE(loaded) << messages_.str();
  ASSERT_THAT(loaded->config.clients, SizeIs(2));
  EXPECT_THAT(loaded->config.clients[0].tenants, ElementsAre("north", "south"));
  // That of the command line starts at the working directory, not at the folder of the file.
  EXPECT_EQ(loaded->config.clients[0].jwks_file, "other.json");
  EXPECT_EQ(loaded->config.clients[1].issuer, "https://b.example");
  ASSERT_THAT(loaded->config.clients[1].jwks, SizeIs(2));
  EXPECT_EQ(loaded->config.clients[1].jwks[1].url, "https://b.example/1");
}

TEST_F(ConfigSourcesTest, ListsMayBeWrittenAsInToml) {
  const auto loaded = Load({.environment = {"RENALPATH_SERVICE_PROFILE_FILES=[\"a, b\", 'c']",
                                            "RENALPATH_CORS_ORIGINS="}});
  ASSERT_TRUE(loaded) << messages_.str();
  EXPECT_THAT(loaded->config.profile_files, ElementsAre("a, b", "c"));
  EXPECT_TRUE(loaded->config.cors_origins.empty());
}

struct BadSetting {
  std::string entry;    // of the environment, or "--key=value"
  std::string message;  // a part
  friend void PrintTo(const BadSetting& row, std::ostream* out) { *out << row.entry; }
};

class BadSettingTest : public testing::TestWithParam<BadSetting> {};

TEST_P(BadSettingTest, IsRefusedWithItsName) {
  const std::string& entry = GetParam().entry;
  ConfigSources sources;
  if (entry.starts_with("--")) {
    const std::size_t equals = entry.find('=');
    const std::string key = entry.substr(2, equals - 2);
    sources.flags = {{key, entry.substr(equals + 1), "--set " + key}};
  } else {
    sources.environment = {entry};
  }
  std::ostringstream messages;
  EXPECT_FALSE(LoadConfig(sources, messages));
  EXPECT_THAT(messages.str(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadSettingTest,
    testing::Values(
        BadSetting{"RENALPATH_LISTEN_PROT=1",
                   "RENALPATH_LISTEN_PROT: is no setting of this program. Did you mean "
                   "\"RENALPATH_LISTEN_PORT\"?"},
        BadSetting{"RENALPATH_LISTEN=1", "RENALPATH_LISTEN: is no setting"},
        BadSetting{"RENALPATH_listen_port=1", "RENALPATH_listen_port: is no setting"},
        BadSetting{"RENALPATH_CLIENT_NAME=a", "RENALPATH_CLIENT_NAME: is no setting"},
        BadSetting{"RENALPATH_CLIENT_00_NAME=a", "RENALPATH_CLIENT_00_NAME: is no setting"},
        BadSetting{"RENALPATH_LISTEN_PORT=x",
                   "RENALPATH_LISTEN_PORT: 'listen.port' must be a whole number from 0 to 65535"},
        BadSetting{"RENALPATH_LISTEN_PORT=65536", "RENALPATH_LISTEN_PORT: 'listen.port' must be"},
        BadSetting{"RENALPATH_LISTEN_PORT=", "RENALPATH_LISTEN_PORT: 'listen.port' must be"},
        BadSetting{"RENALPATH_LISTEN_PLAIN_OK=yes", "'listen.plain_ok' must be true or false"},
        BadSetting{"RENALPATH_CORS_ORIGINS=[1]", "'cors.origins' must be a list of texts"},
        BadSetting{"RENALPATH_CORS_ORIGINS=[\"a\"", "'cors.origins' must be a list of texts"},
        BadSetting{"RENALPATH_CORS_ORIGINS=[\"a\"]\n[listen]\nport = 1", "must be a list of texts"},
        BadSetting{"RENALPATH_CLIENT_1_NAME=b",
                   "RENALPATH_CLIENT_1_NAME: there is no 'client.0' yet"},
        BadSetting{"RENALPATH_CLIENT_0_NAME=b",
                   "RENALPATH_CLIENT_0_NAME: 'client.issuer' is needed"},
        BadSetting{"RENALPATH_TLS_KEY=k",
                   "RENALPATH_TLS_KEY: 'tls.key' and 'tls.certificate' belong together"},
        BadSetting{"--listn.port=1",
                   "--set listn.port: 'listn.port' is no setting of this program. Did you mean "
                   "\"listen.port\"?"},
        BadSetting{"--listen=1", "--set listen: 'listen' is no setting"},
        BadSetting{"--client.x.name=1", "'client.x.name' is no setting"},
        BadSetting{"--client.5.name=1", "there is no 'client.4' yet"},
        BadSetting{"--client.99999.name=1", "is no setting"},
        BadSetting{"--store.url=postgresql://u:word@h/d",
                   "a password on the command line is for all to see"},
        BadSetting{"--store.url=postgresql://h/d?password=word", "give RENALPATH_STORE_URL"}));

TEST_F(ConfigSourcesTest, SaysAllAtOnceTheFileFirst) {
  EXPECT_FALSE(Load({.file = File("[listen]\nport = \"x\"\n"),
                     .environment = {"RENALPATH_LOG_LEVEL=loud", "RENALPATH_X=1"},
                     .flags = {Flag("auth.mode", "basic"), Flag("y", "1")}}));
  std::vector<std::string> places;
  std::istringstream lines(messages_.str());
  for (std::string line; std::getline(lines, line);) {
    places.push_back(line.substr(0, line.find(": ")));
  }
  ASSERT_THAT(places, SizeIs(5)) << messages_.str();
  EXPECT_THAT(places[0], HasSubstr("c.toml:2:8"));
  EXPECT_THAT(places, testing::Contains("RENALPATH_LOG_LEVEL"));
  EXPECT_THAT(places, testing::Contains("RENALPATH_X"));
  EXPECT_THAT(places, testing::Contains("--set auth.mode"));
  EXPECT_THAT(places, testing::Contains("--set y"));
}

TEST_F(ConfigSourcesTest, AFlagIsGivenOnce) {
  EXPECT_FALSE(Load({.flags = {Flag("listen.port", "1"), {"listen.port", "2", "--port"}}}));
  EXPECT_THAT(messages_.str(), HasSubstr("--port: 'listen.port' is given twice"));
}

TEST_F(ConfigSourcesTest, PassesOverWhatOthersSetUnderOurPrefix) {
  const auto loaded = Load(
      {.file = File("[[fhir]]\nurl = \"https://a.example\"\ntoken_env = \"RENALPATH_EAST\"\n"),
       .environment = {"RENALPATH_SERVICE_HOST=10.0.0.1", "RENALPATH_SERVICE_PORT=80",
                       "RENALPATH_SERVICE_PORT_HTTP=80", "RENALPATH_PORT=tcp://10.0.0.1:80",
                       "RENALPATH_PORT_80_TCP=tcp://10.0.0.1:80", "RENALPATH_EAST=secret",
                       "RENALPATH_LISTEN_PORT=tcp://10.0.0.1:80", "RENALPATH_FHIR_TOKEN=secret",
                       "OTHER_LISTEN_PORT=1", "RENALPATH=bin/renalpath"}});
  ASSERT_TRUE(loaded) << messages_.str();
  EXPECT_EQ(loaded->config.listen.port, ListenConfig().port);
}

TEST_F(ConfigSourcesTest, TheEnvironmentMayNameTheFile) {
  const auto file = File("[listen]\nport = 7\n");
  const auto loaded = Load({.environment = {"RENALPATH_CONFIG=" + file.string()}});
  ASSERT_TRUE(loaded) << messages_.str();
  EXPECT_EQ(loaded->config.listen.port, 7);
  EXPECT_FALSE(Load({.environment = {"RENALPATH_CONFIG=/nowhere.toml"}}));
  EXPECT_EQ(messages_.str(), "/nowhere.toml: cannot be read\n");
}

TEST_F(ConfigSourcesTest, ShowsNoPassword) {
  const auto loaded =
      Load({.environment = {"RENALPATH_STORE_URL=postgresql://u:canary@h/d?sslpassword=canary"}});
  ASSERT_TRUE(loaded) << messages_.str();
  EXPECT_THAT(loaded->config.store.url, HasSubstr("canary"));
  const std::string table = SettingsTable(loaded->settings);
  EXPECT_THAT(table, HasSubstr("store.url = \"postgresql://u:***@h/d?sslpassword=***\""));
  EXPECT_THAT(table, Not(HasSubstr("canary")));
}

struct SecretRow {
  std::string text;
  std::string masked;  // the same: there is no password in it
};

class SecretTest : public testing::TestWithParam<SecretRow> {};

TEST_P(SecretTest, IsMasked) {
  EXPECT_EQ(internal::WithoutPassword(GetParam().text), GetParam().masked);
  EXPECT_EQ(internal::HasPassword(GetParam().text), GetParam().text != GetParam().masked);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SecretTest,
    testing::Values(
        SecretRow{"", ""}, SecretRow{"plain text", "plain text"},
        SecretRow{"https://h:8080/a:b@c", "https://h:8080/a:b@c"},
        SecretRow{"postgresql://u@h:5432/d", "postgresql://u@h:5432/d"},
        SecretRow{"postgresql://u:@h/d", "postgresql://u:@h/d"},
        SecretRow{"postgresql://u:p@h:5432/d", "postgresql://u:***@h:5432/d"},
        SecretRow{"postgresql://u:p@q@h/d", "postgresql://u:***@h/d"},
        SecretRow{"postgresql://h/d?password=p&x=y", "postgresql://h/d?password=***&x=y"},
        SecretRow{"postgresql://h/d?password=&x=y", "postgresql://h/d?password=&x=y"},
        SecretRow{"postgresql://u:p@h/d?password=q", "postgresql://u:***@h/d?password=***"}));

}  // namespace
}  // namespace renal::hooks
