#include "hooks/config.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <ostream>
#include <set>
#include <tuple>
#include <utility>

#include <arpa/inet.h>
#include <unistd.h>

#include "cards/markdown.h"
#include "fhir/address.h"
#include "fhir/suggestion.h"
#include "hooks/config_sources.h"
#include "hooks/cors.h"
#include "hooks/internal/config_overlay.h"
#include "hooks/internal/config_secret.h"
#include "hooks/internal/config_table.h"

namespace renal::hooks {
namespace {

using internal::ConfigSource;
using internal::ConfigTable;

// Longer settings push what stands after them to the right.
constexpr std::size_t kWidestSetting = 60;

void ReadListen(ConfigTable& table, ListenConfig& listen) {
  table.Text("address", listen.address);
  if (const auto port = table.Number("port", 0, 65'535, listen.port)) {
    listen.port = static_cast<std::uint16_t>(*port);
  }
  table.Text("public_url", listen.public_url);
  table.Path("control", listen.control);
  table.Flag("plain_ok", listen.plain_ok);
  if (listen.public_url.ends_with('/')) {
    table.Complain("public_url", "must not end with a slash");
  } else if (!listen.public_url.empty() && !listen.public_url.starts_with("https://") &&
             !listen.public_url.starts_with("http://")) {
    table.Complain("public_url", "must begin with https://");
  }
}

void ReadTls(ConfigTable& table, TlsConfig& tls) {
  table.Path("certificate", tls.certificate);
  table.Path("key", tls.key);
  table.Path("client_ca", tls.client_ca);
  if (const auto word = table.Word("clients", {"none", "optional", "required"}, 0)) {
    tls.clients = static_cast<TlsConfig::Clients>(*word);
  }
  if (tls.certificate.empty() != tls.key.empty()) {
    table.Complain("key", "and 'tls.certificate' belong together: give both");
  }
  if ((tls.clients != TlsConfig::Clients::kNone) != !tls.client_ca.empty()) {
    table.Complain("client_ca", "and 'tls.clients' belong together: give both");
  }
}

void ReadCors(ConfigTable& table, std::vector<std::string>& origins) {
  table.Texts("origins", origins);
  for (const std::string& origin : origins) {
    if (IsOrigin(origin)) continue;
    table.Complain("origins",
                   "must be origins as browsers send them, like \"https://page.example\": "
                   "lower case, no path, no slash at the end, no wildcard");
    return;
  }
}

bool IsHeaderName(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

/// A header that is believed from some proxies: the keys of both, and an example.
struct BelievedKeys {
  std::string_view header;
  std::string_view proxies;
  std::string_view whole_header;  ///< with its table
  std::string_view example;
};

void ReadBelieved(ConfigTable& table, const BelievedKeys& keys, std::string& header,
                  std::vector<std::string>& proxies) {
  table.Text(keys.header, header);
  table.Texts(keys.proxies, proxies);
  std::ranges::transform(header, header.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  if (!header.empty() && !IsHeaderName(header)) {
    table.Complain(keys.header,
                   "must be the name of a header, like \"" + std::string(keys.example) + "\"");
  }
  if (header.empty() != proxies.empty()) {
    table.Complain(keys.proxies,
                   "and '" + std::string(keys.whole_header) + "' belong together: give both");
  }
  for (const std::string& block : proxies) {
    if (fhir::AddressBlock::Parse(block)) continue;
    table.Complain(keys.proxies, "must be blocks of addresses, like \"10.4.0.7/32\"");
    return;
  }
}

void ReadAuth(ConfigTable& table, AuthConfig& auth) {
  if (const auto word = table.Word("mode", {"jwt", "none"})) {
    auth.mode = *word == 0 ? AuthConfig::Mode::kJwt : AuthConfig::Mode::kNone;
  }
  table.Flag("insecure_sandbox", auth.insecure_sandbox);
  table.Flag("open_discovery", auth.open_discovery);
  table.Flag("replay_strict", auth.replay_strict);
  ReadBelieved(table, {"retry_header", "retry_proxies", "auth.retry_header", "X-Exchange-Id"},
               auth.retry_header, auth.retry_proxies);
  table.Texts("algorithms", auth.algorithms);
  static const std::set<std::string> kKnown = {"ES256", "ES384", "ES512", "RS256", "RS384",
                                               "RS512", "PS256", "PS384", "PS512"};
  for (const std::string& algorithm : auth.algorithms) {
    if (kKnown.contains(algorithm)) continue;
    table.Complain("algorithms",
                   "must be among ES256, ES384, ES512, RS256, RS384, RS512, PS256, "
                   "PS384 and PS512");
    return;
  }
}

void ReadStore(ConfigTable& table, StoreConfig& store) {
  table.Path("folder", store.folder);
  table.Text("url", store.url);
  table.Path("password_file", store.password_file);
  table.Path("patient_key", store.patient_key);
  if (!store.password_file.empty() && store.url.empty()) {
    table.Complain("password_file", "is for a database: give 'store.url' too");
  }
  if (!store.url.empty() && !store.url.starts_with("postgresql://")) {
    table.Complain("url", "must begin with postgresql://; for SQLite name the 'store.folder'");
  }
}

void ReadPathway(ConfigTable& table, PathwayFiles& files) {
  const auto read = [&table](std::string_view key, std::optional<std::filesystem::path>& path) {
    std::filesystem::path text;
    table.Path(key, text);
    if (!text.empty()) path = text;
  };
  read("file", files.pathway);
  read("site", files.site);
  read("shadow", files.shadow);
}

PeerConfig ReadPeer(ConfigTable& table) {
  PeerConfig peer;
  table.Text("url", peer.url);
  table.Texts("allow_cidr", peer.allow_cidr);
  table.Path("ca_file", peer.ca_file);
  if (peer.url.empty()) table.Complain("url", "is needed");
  return peer;
}

ClientConfig ReadClient(ConfigTable& table) {
  ClientConfig client;
  table.Text("name", client.name);
  table.Text("issuer", client.issuer);
  table.Text("profile", client.profile);
  table.Path("jwks_file", client.jwks_file);
  table.Texts("audiences", client.audiences);
  table.Texts("tenants", client.tenants);
  table.Texts("services", client.services);
  table.Tables("jwks", [&](ConfigTable& each) { client.jwks.push_back(ReadPeer(each)); });
  table.Tables("fhir", [&](ConfigTable& each) { client.fhir.push_back(ReadPeer(each)); });
  if (client.name.empty()) table.Complain("name", "is needed: it stands in logs and measures");
  if (client.issuer.empty()) table.Complain("issuer", "is needed: the `iss` of its tokens");
  if (client.jwks.empty() && client.jwks_file.empty()) {
    table.Complain("jwks", "or 'client.jwks_file' is needed: where its keys are");
  }
  return client;
}

/// Names and issuers tell clients apart.
void CheckTwins(ConfigTable& table, const std::vector<ClientConfig>& clients) {
  std::set<std::string> names;
  std::set<std::string> issuers;
  for (const ClientConfig& client : clients) {
    if (!client.name.empty() && !names.insert(client.name).second) {
      table.Complain("client", "has the name \"" + client.name + "\" twice");
    }
    if (!client.issuer.empty() && !issuers.insert(client.issuer).second) {
      table.Complain("client", "has an issuer twice: that of \"" + client.name + "\"");
    }
  }
}

void ReadService(ConfigTable& table, Config& config) {
  table.Text("profile", config.profile);
  table.Paths("profile_files", config.profile_files);
  table.Text("language", config.language);
  table.Flag("outcome", config.outcome);
}

void ReadLog(ConfigTable& table, Config& config) {
  std::vector<std::string_view> words;
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError, LogLevel::kOff}) {
    words.emplace_back(Spelling(level));
  }
  const auto current = static_cast<std::size_t>(config.log_level);
  if (const auto level = table.Word("level", words, current)) {
    config.log_level = static_cast<LogLevel>(*level);
  }
}

void ReadLimits(ConfigTable& table, Limits& limits) {
  for (const LimitRow& row : LimitRows()) {
    if (const auto value = table.Number(row.key, row.least, row.most, row.get(limits))) {
      row.set(limits, *value);
    }
  }
  if (limits.http.connections_per_peer > limits.http.connections) {
    limits.http.connections_per_peer = limits.http.connections;
  }
}

void ReadConsole(ConfigTable& table, ConsoleConfig& console) {
  table.Flag("enabled", console.enabled);
  table.Path("samples", console.samples);
  ReadBelieved(table, {"user_header", "proxies", "console.user_header", "X-Remote-User"},
               console.user_header, console.proxies);
}

void ReadMetrics(ConfigTable& table, MetricsConfig& metrics) {
  table.Flag("enabled", metrics.enabled);
  table.Text("address", metrics.address);
  if (const auto port = table.Number("port", 0, 65'535, metrics.port)) {
    metrics.port = static_cast<std::uint16_t>(*port);
  }
}

void ReadRecord(ConfigTable& table, RecordConfig& record) {
  constexpr std::int64_t kLeast = 1'000'000, kMost = 100'000'000'000;
  table.Path("folder", record.folder);
  table.Path("key_file", record.key_file);
  const auto current = static_cast<std::int64_t>(record.most_bytes);
  if (const auto most = table.Number("most_bytes", kLeast, kMost, current)) {
    record.most_bytes = static_cast<std::uint64_t>(*most);
  }
  if (record.folder.empty() != record.key_file.empty()) {
    table.Complain("key_file", "and 'record.folder' belong together: give both");
  }
}

void ReadRoot(ConfigTable& root, Config& config) {
  root.Table("listen", [&](ConfigTable& table) { ReadListen(table, config.listen); });
  root.Table("tls", [&](ConfigTable& table) { ReadTls(table, config.tls); });
  root.Table("cors", [&](ConfigTable& table) { ReadCors(table, config.cors_origins); });
  root.Table("auth", [&](ConfigTable& table) { ReadAuth(table, config.auth); });
  root.Table("jwks", [&](ConfigTable& table) {
    const std::int64_t current = config.auth.jwks_cooldown.count();
    if (const auto seconds = table.Number("cooldown", 5, 3'600, current)) {
      config.auth.jwks_cooldown = std::chrono::seconds(*seconds);
    }
  });
  root.Table("store", [&](ConfigTable& table) { ReadStore(table, config.store); });
  root.Table("feedback", [&](ConfigTable& table) { table.Flag("strict", config.feedback_strict); });
  root.Table("pathway", [&](ConfigTable& table) { ReadPathway(table, config.files); });
  root.Table("service", [&](ConfigTable& table) { ReadService(table, config); });
  root.Table("clock", [&](ConfigTable& table) { table.Text("zone", config.zone); });
  root.Table("log", [&](ConfigTable& table) { ReadLog(table, config); });
  root.Table("limits", [&](ConfigTable& table) { ReadLimits(table, config.limits); });
  root.Table("dev", [&](ConfigTable& table) { table.Flag("allow_http", config.allow_http); });
  root.Tables("client", [&](ConfigTable& table) { config.clients.push_back(ReadClient(table)); });
  root.Tables("fhir", [&](ConfigTable& table) {
    config.fhir.push_back(ReadPeer(table));
    table.Text("token_env", config.fhir.back().token_env);
    table.Path("token_file", config.fhir.back().token_file);
  });
  root.Table("metrics", [&](ConfigTable& table) { ReadMetrics(table, config.metrics); });
  root.Table("audit", [&](ConfigTable& table) { table.Path("file", config.audit_file); });
  root.Table("console", [&](ConfigTable& table) { ReadConsole(table, config.console); });
  root.Table("record", [&](ConfigTable& table) { ReadRecord(table, config.record); });
  CheckTwins(root, config.clients);
}

/// The host of a URL without brackets; empty where there is none.
std::string HostOf(std::string_view url) {
  const std::size_t begin = url.find("://");
  if (begin == std::string_view::npos) return {};
  url.remove_prefix(begin + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (url.starts_with('[')) return std::string(url.substr(1, url.find(']') - 1));
  return std::string(url.substr(0, url.rfind(':')));
}

// Those of the file in the order of its lines, then the others.
void Print(ConfigSource& source, std::ostream& messages) {
  std::ranges::stable_sort(source.problems, [](const auto& a, const auto& b) {
    const auto rank = [](const auto& problem) {
      return std::tuple(!problem.place.empty(), problem.place.empty() ? problem.at.line : 0,
                        problem.place.empty() ? problem.at.column : 0);
    };
    return rank(a) < rank(b);
  });
  for (const internal::ConfigProblem& problem : source.problems) {
    messages << (problem.place.empty() ? source.name : problem.place);
    if (problem.place.empty() && problem.at.line > 0) {
      messages << ':' << problem.at.line << ':' << problem.at.column;
    }
    // One line, whatever the file has in its keys.
    messages << ": " << cards::CleanLine(problem.text, problem.text.size()) << '\n';
  }
}

internal::ConfigKeyKinds ReadKinds() {
  // One of each table that may come more than once, so that its keys are asked for.
  const toml::table probe = toml::parse("[[client]]\n[[client.jwks]]\n[[client.fhir]]\n[[fhir]]\n");
  ConfigSource source;
  Config config;
  {
    ConfigTable table(probe, "", "", source);
    ReadRoot(table, config);
  }
  return std::move(source.keys);
}

const internal::ConfigKeyKinds& Kinds() {
  static const internal::ConfigKeyKinds kKinds = ReadKinds();
  return kKinds;
}

/// Reads a text with the settings that win over it, the last list most.
Config ReadAll(std::string_view text, std::vector<std::vector<GivenSetting>> given,
               ConfigSource& source) {
  Config config;
  try {
    toml::table root = toml::parse(text);
    for (std::vector<GivenSetting>& settings : given) {
      internal::Overlay(std::move(settings), Kinds(), root, source);
    }
    ConfigTable table(root, "", "", source);
    ReadRoot(table, config);
  } catch (const toml::parse_error& error) {
    source.problems.push_back({error.source().begin, std::string(error.description()), {}});
  }
  return config;
}

/// Names of our prefix that mean nothing. One that the configuration names itself holds a token.
void RefuseUnknown(const std::vector<std::string>& unknown, const Config& config,
                   ConfigSource& source) {
  std::vector<std::string> names;
  for (const auto& [key, kind] : Kinds()) names.push_back(VariableOf(key));
  for (const std::string& name : unknown) {
    if (std::ranges::find(config.fhir, name, &PeerConfig::token_env) != config.fhir.end()) continue;
    source.problems.push_back({{},
                               "is no setting of this program." + fhir::Suggestion(name, names) +
                                   " Variables with this prefix are its settings",
                               name});
  }
}

void RefuseSecrets(const std::vector<GivenSetting>& flags, ConfigSource& source) {
  for (const GivenSetting& flag : flags) {
    if (!internal::HasPassword(flag.text)) continue;
    source.problems.push_back(
        {{},
         "a password on the command line is for all to see: put it into a file and name that"
         " in store.password_file, or give " +
             VariableOf(flag.key) + " in the environment",
         flag.place});
  }
}

}  // namespace

std::optional<Config> ReadConfigText(std::string_view text, const std::string& name,
                                     const std::filesystem::path& folder, std::ostream& messages) {
  ConfigSource source{.name = name, .folder = folder};
  Config config = ReadAll(text, {}, source);
  Print(source, messages);
  if (!source.problems.empty()) return std::nullopt;
  return config;
}

std::vector<std::string> ConfigKeys() {
  std::vector<std::string> names;
  for (const auto& [key, kind] : Kinds()) names.push_back(key);
  return names;
}

std::optional<Config> ReadConfig(const std::filesystem::path& file, std::ostream& messages) {
  auto loaded = LoadConfig({.file = file}, messages);
  if (!loaded) return std::nullopt;
  return std::move(loaded->config);
}

ConfigSources ConfigSources::OfProcess(std::optional<std::filesystem::path> file,
                                       std::vector<GivenSetting> flags) {
  ConfigSources sources{.file = std::move(file), .flags = std::move(flags)};
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    sources.environment.emplace_back(*entry);
  }
  return sources;
}

std::optional<std::filesystem::path> ConfigSources::File() const {
  if (file) return file;
  constexpr std::string_view kName = "RENALPATH_CONFIG=";
  for (const std::string& entry : environment) {
    if (entry.starts_with(kName) && entry.size() > kName.size()) return entry.substr(kName.size());
  }
  return std::nullopt;
}

std::string ConfigSources::Name() const {
  const auto found = File();
  return found ? found->string() : "configuration";
}

std::optional<LoadedConfig> LoadConfig(const ConfigSources& sources, std::ostream& messages) {
  const auto file = sources.File();
  const auto text = file ? ReadText(*file) : std::string();
  if (!text) {
    messages << sources.Name() << ": cannot be read\n";
    return std::nullopt;
  }
  ConfigSource source{.name = sources.Name()};
  if (file) source.folder = std::filesystem::absolute(*file).parent_path();
  std::vector<std::string> unknown;
  auto variables = internal::SettingsOf(sources.environment, Kinds(), unknown);
  LoadedConfig loaded{ReadAll(*text, {std::move(variables), sources.flags}, source), {}};
  RefuseUnknown(unknown, loaded.config, source);
  RefuseSecrets(sources.flags, source);
  Print(source, messages);
  if (!source.problems.empty()) return std::nullopt;
  loaded.settings = std::move(source.effective);
  return loaded;
}

std::string SettingsTable(const std::vector<EffectiveSetting>& settings) {
  const auto line_of = [](const EffectiveSetting& each) {
    const std::string line = each.key + " = " + each.value;
    return cards::CleanLine(line, line.size());
  };
  std::size_t width = 0;
  for (const EffectiveSetting& each : settings) width = std::max(width, line_of(each).size());
  width = std::min(width, kWidestSetting);
  std::string table;
  for (const EffectiveSetting& each : settings) {
    std::string line = line_of(each);
    line.resize(std::max(line.size(), width), ' ');
    table += line + "  # " + cards::CleanLine(each.origin, each.origin.size()) + '\n';
  }
  return table;
}

std::string VariableOf(const std::string& key) {
  std::string name = "RENALPATH_";
  for (const char c : key) {
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

bool IsLoopback(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  if (host == "localhost") return true;
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  return ::inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

std::string BasePath(const std::string& url) {
  const std::size_t host = url.find("://");
  const std::size_t path = host == std::string::npos ? host : url.find('/', host + 3);
  return path == std::string::npos ? std::string() : url.substr(path);
}

bool ReachesBeyond(const Config& config) {
  const std::string& url = config.listen.public_url;
  return !IsLoopback(config.listen.address) || (!url.empty() && !IsLoopback(HostOf(url)));
}

bool NeedsTokens(const Config& config) {
  switch (config.auth.mode) {
    case AuthConfig::Mode::kJwt:
      return true;
    case AuthConfig::Mode::kNone:
      return false;
    case AuthConfig::Mode::kDefault:
      break;
  }
  return ReachesBeyond(config) || !config.listen.public_url.empty() || !config.clients.empty();
}

bool ConsoleNeedsUser(const Config& config) {
  return ReachesBeyond(config) || !config.console.proxies.empty();
}

std::vector<std::string> Objections(const Config& config) {
  std::vector<std::string> objections;
  const bool beyond = ReachesBeyond(config);
  if (config.console.enabled && ConsoleNeedsUser(config) &&
      config.tls.clients != TlsConfig::Clients::kRequired && config.console.proxies.empty()) {
    objections.push_back(
        "beyond loopback the console is for known users: give tls.clients = \"required\","
        " or console.user_header and console.proxies where a proxy in front knows them,"
        " or console.enabled = false");
  }
  if (config.metrics.enabled && config.metrics.port != 0 &&
      config.metrics.port == config.listen.port &&
      config.metrics.address == config.listen.address) {
    objections.push_back(
        "metrics have an address of their own: give metrics.port or metrics.address another value"
        " than [listen] has");
  }
  if (!IsLoopback(config.listen.address) && !config.tls.on() && !config.listen.plain_ok) {
    objections.push_back(
        "beyond loopback calls must come over TLS: give [tls] certificate and key,"
        " or listen.plain_ok = true where a proxy in front ends TLS");
  }
  if (!NeedsTokens(config)) {
    const bool meant = beyond || !config.listen.public_url.empty() || !config.clients.empty();
    if (meant && !config.auth.insecure_sandbox) {
      objections.push_back(
          "auth.mode = \"none\" lets everybody who can reach this server call it:"
          " use \"jwt\", or auth.insecure_sandbox = true for a sandbox without"
          " patients");
    }
    return objections;
  }
  if (config.listen.public_url.empty()) {
    objections.push_back("listen.public_url is needed: tokens are made for it");
  }
  if (config.clients.empty()) {
    objections.push_back("clients must show tokens, and there is no [[client]]: add one");
  }
  return objections;
}

}  // namespace renal::hooks
