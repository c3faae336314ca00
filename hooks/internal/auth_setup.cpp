#include "hooks/internal/auth_setup.h"

#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <utility>

#include "hooks/internal/public_key.h"
#include "hooks/jwk.h"

namespace renal::hooks::internal {
namespace {

using fhir::AllowedServer;
using fhir::Issue;
using fhir::IssueCode;

// A caller waits for a fetch, and a little longer for what is made of it.
constexpr std::chrono::milliseconds kBesideFetch{500};
constexpr const char* kAccept = "application/jwk-set+json, application/json";

/// The endpoints by name of the client and URL: what may be fetched, and how.
using Endpoints = std::map<std::pair<std::string, std::string>, AllowedServer, std::less<>>;

FetchJwks FetchBy(std::shared_ptr<fhir::Outgoing> outgoing, Endpoints endpoints,
                  const TokenLimits& limits) {
  return [outgoing = std::move(outgoing), endpoints = std::move(endpoints), limits](
             std::string_view client, const std::string& url) -> fhir::Result<fhir::CallAnswer> {
    const AllowedServer& server = endpoints.at({std::string(client), url});
    return outgoing->Get({.server = server,
                          .url = server.base,
                          .tenant = std::string(client),
                          .accept = kAccept,
                          .deadline = std::chrono::steady_clock::now() + limits.jwks_fetch,
                          .max_bytes = limits.jwks_bytes});
  };
}

/// The text of a file of keys; nothing if it cannot be read or is far too large for one.
std::optional<std::string> TextOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(JwkSet::kMaxBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || file.gcount() == 0) return std::nullopt;
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

fhir::Result<AuthClient> ClientOf(const ClientConfig& config) {
  AuthClient client{.name = config.name,
                    .issuer = config.issuer,
                    .audiences = config.audiences,
                    .tenants = config.tenants,
                    .services = config.services};
  for (const PeerConfig& peer : config.jwks) client.jwks_urls.push_back(peer.url);
  if (config.jwks_file.empty()) return client;
  auto text = TextOf(config.jwks_file);
  if (!text) {
    return Issue{IssueCode::kValue,
                 "client '" + config.name + "': " + config.jwks_file.string() +
                     " cannot be read, or is empty",
                 {}};
  }
  client.jwks = *std::move(text);
  return client;
}

void Tell(Log& log, const JwksReport& report) {
  LogFields fields = {{"client", std::string(report.client)}};
  if (!report.loaded) {
    fields.emplace_back("reason", report.reason);
    log.Write(LogLevel::kWarning, "keys-not-loaded", fields);
    return;
  }
  fields.emplace_back("keys", static_cast<std::int64_t>(report.keys));
  fields.emplace_back("skipped", static_cast<std::int64_t>(report.skipped));
  log.Write(LogLevel::kInfo, "keys-loaded", fields);
}

/// Who is told of fetches.
std::function<void(const JwksReport&)> ReportTo(Log* log, Metrics* metrics, const Config& config) {
  struct Counts {
    Count loaded;
    Count failed;
  };
  std::map<std::string, Counts, std::less<>> counts;
  if (metrics != nullptr) {
    for (const ClientConfig& client : config.clients) {
      if (client.jwks.empty()) continue;
      counts[client.name] = {metrics->CountOf(Metric::kKeyFetches, {client.name, "loaded"}),
                             metrics->CountOf(Metric::kKeyFetches, {client.name, "failed"})};
    }
  }
  return [log, counts = std::move(counts)](const JwksReport& report) {
    if (log != nullptr) Tell(*log, report);
    const auto count = counts.find(report.client);
    if (count == counts.end()) return;
    (report.loaded ? count->second.loaded : count->second.failed).Add();
  };
}

ReplaySettings ReplayOf(const Config& config, std::chrono::sys_seconds started, ShareToken share) {
  return {.capacity = config.limits.tokens.remembered,
          .started = started.time_since_epoch().count(),
          .share = std::move(share),
          .strict = config.auth.replay_strict};
}

/// The clients and their endpoints; all that is wrong with them otherwise.
fhir::Result<Endpoints> ReadClients(const Config& config, std::vector<AuthClient>& clients) {
  Endpoints endpoints;
  std::string problems;
  const auto complain = [&problems](const Issue& issue) {
    problems.append(problems.empty() ? "" : "\n").append(issue.diagnostics);
  };
  for (const ClientConfig& each : config.clients) {
    auto client = ClientOf(each);
    if (client) {
      clients.push_back(*std::move(client));
    } else {
      complain(client.error());
    }
    for (const PeerConfig& peer : each.jwks) {
      auto server =
          AllowedServer::Read(peer.url, peer.allow_cidr, peer.ca_file.string(), config.allow_http);
      if (!server) complain(server.error());
      if (server) endpoints.insert_or_assign({each.name, peer.url}, *std::move(server));
    }
  }
  if (!problems.empty()) return Issue{IssueCode::kValue, std::move(problems), {}};
  return endpoints;
}

}  // namespace

ShareToken ShareBy(Store& store) {
  return [&store](const UsedToken& token) {
    const std::chrono::sys_seconds ends{std::chrono::seconds(token.keep_until)};
    switch (store.InsertToken(
        {.issuer = token.issuer, .id = token.jti, .ends = ends, .exchange = token.exchange})) {
      case TokenVerdict::kFirst:
        return ReplayVerdict::kFirst;
      case TokenVerdict::kSeen:
        return ReplayVerdict::kRepeated;
      case TokenVerdict::kFull:
        return ReplayVerdict::kFull;
      case TokenVerdict::kAway:
        break;
    }
    return ReplayVerdict::kAway;
  };
}

std::shared_ptr<ReplayGuard> MakeReplayGuard(const Config& config, std::chrono::sys_seconds started,
                                             Store& store) {
  const bool shared = !config.store.url.empty();
  return std::make_shared<ReplayGuard>(
      ReplayOf(config, started, shared ? ShareBy(store) : nullptr));
}

fhir::Result<std::shared_ptr<Authenticator>> MakeAuthenticator(const Config& config,
                                                               AuthParts parts) {
  PublicKey::Prepare();
  AuthOptions options;
  auto endpoints = ReadClients(config, options.clients);
  if (!endpoints) return endpoints.error();
  if (!config.auth.algorithms.empty()) options.algorithms = {};
  for (const std::string& name : config.auth.algorithms) {
    if (const auto algorithm = ReadJwsAlgorithm(name)) options.algorithms.Add(*algorithm);
  }
  options.base_url = config.listen.public_url;
  const TokenLimits& limits = config.limits.tokens;
  options.skew = std::chrono::floor<std::chrono::seconds>(limits.skew);
  options.lifetime = std::chrono::floor<std::chrono::seconds>(limits.lifetime);
  options.fetch = FetchBy(std::move(parts.outgoing), *std::move(endpoints), limits);
  options.jwks.least_age = limits.jwks_least_age;
  options.jwks.most_age = limits.jwks_most_age;
  options.jwks.age_if_absent = limits.jwks_absent_age;
  options.jwks.grace = limits.jwks_grace;
  options.jwks.wait = limits.jwks_fetch + kBesideFetch;
  options.jwks.cooldown = config.auth.jwks_cooldown;
  options.jwks.waiting = parts.waiting;
  options.jwks.report = ReportTo(parts.log, parts.metrics, config);
  options.replay = ReplayOf(config, parts.started, std::move(parts.share));
  options.guard = std::move(parts.guard);
  auto made = Authenticator::Create(std::move(options), parts.before);
  if (!made) return made.error();
  return std::shared_ptr<Authenticator>(std::move(*made));
}

}  // namespace renal::hooks::internal
