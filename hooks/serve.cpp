#include "hooks/serve.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <ostream>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "fhir/outgoing.h"
#include "hooks/authenticate.h"
#include "hooks/http_server.h"
#include "hooks/internal/auth_setup.h"
#include "hooks/internal/fhir_servers.h"
#include "hooks/internal/memory_reserve.h"
#include "hooks/internal/observation.h"
#include "hooks/internal/patient_hash.h"
#include "hooks/internal/process.h"
#include "hooks/service.h"
#include "hooks/store.h"

namespace renal::hooks {
namespace {

// What a flush at the end may take, beside the 10 s of the connections.
constexpr std::chrono::seconds kFlush{5};

int Fail(std::ostream& messages, const fhir::Issue& issue) {
  messages << "renalpath: " << issue.diagnostics << '\n';
  return 1;
}

// Callers may wait for keys; at least half of the workers never do.
unsigned WorkersFor(const Config& config) {
  return std::max(NeedsTokens(config) ? 4U : 2U, std::thread::hardware_concurrency());
}

HttpServer::Options ServerOptions(const Config& config) {
  const std::string& address = config.listen.address;
  HttpServer::Options options{.address = address == "localhost" ? "127.0.0.1" : address,
                              .port = config.listen.port,
                              .workers = WorkersFor(config),
                              .limits = config.limits.http};
  if (config.tls.on()) {
    options.tls = HttpTls{.certificate = config.tls.certificate,
                          .key = config.tls.key,
                          .client_ca = config.tls.client_ca,
                          .clients_required = config.tls.clients == TlsConfig::Clients::kRequired};
  }
  return options;
}

// A sandbox that keeps services by id is what a server on loopback is usually tried with.
std::string ProfileOf(const Config& config) {
  if (!config.profile.empty()) return config.profile;
  return !ReachesBeyond(config) && config.clients.empty() ? "sandbox" : "standard";
}

/// Whether every profile that the configuration names is there; says which is not.
bool HaveProfiles(const Config& config, const Profiles& profiles, std::ostream& messages) {
  std::vector<std::string> names = {ProfileOf(config)};
  for (const ClientConfig& client : config.clients) {
    if (!client.profile.empty()) names.push_back(client.profile);
  }
  bool all = true;
  for (const std::string& name : names) {
    if (profiles.Find(name) != nullptr) continue;
    messages << "renalpath: there is no client profile \"" << name
             << "\": name a shipped one, or add its file to profile_files\n";
    all = false;
  }
  return all;
}

pathways::Reach ReachOf(const Config& config) {
  return ReachesBeyond(config) ? pathways::Reach::kBeyond : pathways::Reach::kLoopback;
}

struct Authentication {
  Authenticate authenticate;
  std::function<std::string(const HttpRequest&)> claimed_client;
};

/// Who calls, by tokens; nobody is asked where none are needed. `started` is when this server began
/// to remember used tokens; where servers share a database, that settles which use is the first.
fhir::Result<Authentication> AuthenticationOf(const Config& config,
                                              std::chrono::sys_seconds started, Store& store,
                                              std::shared_ptr<fhir::Outgoing> outgoing, Log& log,
                                              Metrics* metrics) {
  if (!NeedsTokens(config)) return Authentication();
  const bool shared = !config.store.url.empty();
  auto authenticator =
      internal::MakeAuthenticator(config, {.outgoing = std::move(outgoing),
                                           .log = &log,
                                           .metrics = metrics,
                                           .share = shared ? internal::ShareBy(store) : nullptr,
                                           .started = started,
                                           .waiting = WorkersFor(config) / 2});
  if (!authenticator) return authenticator.error();
  AuthPolicy policy{.open_discovery = config.auth.open_discovery,
                    .default_profile = ProfileOf(config),
                    .exchange_header = config.auth.retry_header,
                    .exchange_proxies = config.auth.retry_proxies};
  for (const ClientConfig& client : config.clients) policy.profiles.push_back(client.profile);
  const std::shared_ptr<Authenticator> shown = *std::move(authenticator);
  return Authentication{AuthenticateBy(shown, std::move(policy)), ClaimedClientBy(shown)};
}

/// Null where it is off.
fhir::Result<std::shared_ptr<const Console>> OpenConsole(const Config& config) {
  if (!config.console.enabled) return std::shared_ptr<const Console>();
  return Console::Open(config);
}

/// Every limit as it holds.
void LogLimits(const Limits& limits, Log& log) {
  LogFields fields;
  for (const LimitRow& row : LimitRows()) fields.emplace_back(row.key, row.get(limits));
  log.Write(LogLevel::kInfo, "limits", fields);
}

void LogStart(const ServeOptions& options, const pathways::Pathway& pathway, std::uint16_t port,
              Log& log) {
  const Config& config = options.config;
  log.Write(LogLevel::kInfo, "listening",
            {{"address", config.listen.address},
             {"port", port},
             {"tls", config.tls.on() ? "on" : "off"},
             {"authentication", NeedsTokens(config) ? "jwt" : "none"},
             {"clients", static_cast<std::int64_t>(config.clients.size())},
             {"store", config.store.url.empty() ? "sqlite" : "postgresql"},
             {"pathway", pathway.id},
             {"pathway_version", pathway.version},
             {"pathway_hash", pathway.hash},
             {"language", config.language},
             {"console", config.console.enabled ? "on" : "off"},
             {"profile", ProfileOf(config)}});
  LogLimits(config.limits, log);
  if (config.auth.insecure_sandbox && !NeedsTokens(config)) {
    log.Write(LogLevel::kWarning, "not-for-patients",
              {{"reason", "auth.insecure_sandbox: everybody who reaches this server is answered"}});
  }
  if (options.determinism.now || options.determinism.seed) {
    log.Write(LogLevel::kWarning, "not-for-patients",
              {{"reason", "the clock or the UUIDs are fixed, as for a demonstration"}});
  }
}

/// The key that names patients in the store.
fhir::Result<internal::PatientHash> KeyOf(const StoreConfig& config) {
  if (!config.patient_key.empty()) return internal::PatientHash::OpenFile(config.patient_key);
  return internal::PatientHash::Open(config.folder);
}

/// Reads the files again. All of it must be good, or the last good version stays, and the result
/// is false.
bool Reload(const Config& config, Service& service, Log& log) {
  std::ostringstream messages;
  std::string reason;
  try {
    if (const auto served = OpenServed(config.files, ReachOf(config), messages)) {
      service.Replace(*served);
      const pathways::Pathway& pathway = *served->editions.front();
      log.Write(LogLevel::kInfo, "reloaded",
                {{"pathway", pathway.id},
                 {"pathway_version", pathway.version},
                 {"pathway_hash", pathway.hash},
                 {"site_hash", pathway.site_hash}});
      return true;
    }
  } catch (const std::exception& defect) {
    reason = defect.what();
  }
  std::istringstream lines(messages.str());
  for (std::string line; std::getline(lines, line);) {
    log.Write(LogLevel::kError, "reload-problem", {{"problem", line}});
  }
  log.Write(
      LogLevel::kError, "reload-refused",
      {{"reason", reason.empty() ? "a file cannot be used; the last good version stays" : reason}});
  return false;
}

/// Reads the certificate again; the old one stays where the new one cannot be used.
bool ReloadTls(HttpServer& server, Log& log) {
  const auto issue = server.ReloadTls();
  if (issue) log.Write(LogLevel::kError, "certificate-refused", {{"reason", issue->diagnostics}});
  return !issue;
}

/// Runs until it is stopped, then writes what is queued.
int Run(HttpServer& server, Service& service, Store& store, const Config& config,
        internal::SignalWatch& signals, internal::Observation& observation, Log& log) {
  signals.Start(
      [&] {
        log.Write(LogLevel::kInfo, "stopping");
        service.Drain();
        server.StopAfterNotice();
      },
      [&] {
        const bool files = Reload(config, service, log);
        const bool certificate = ReloadTls(server, log);
        observation.CountReload(files && certificate);
        observation.ReopenFiles();
      });
  server.Run();
  signals.Finish();
  const auto deadline = std::chrono::steady_clock::now() + kFlush;
  const bool written = store.Flush(deadline);
  observation.Finish(deadline);
  if (!written) {
    const auto lost = static_cast<std::int64_t>(store.health().queued);
    log.Write(LogLevel::kError, "decisions-not-written", {{"records", lost}});
  }
  log.Write(LogLevel::kInfo, "stopped");
  return written ? 0 : 1;
}

/// Says why not, a line each.
bool MayServe(const ServeOptions& options, std::ostream& messages) {
  std::vector<std::string> objections = Objections(options.config);
  const bool fixed = options.determinism.now || options.determinism.seed;
  if (fixed && ReachesBeyond(options.config)) {
    objections.push_back("--now and --seed are for demonstrations on loopback");
  }
  for (const std::string& objection : objections) {
    messages << "renalpath: refusing to serve: " << objection << '\n';
  }
  return objections.empty();
}

}  // namespace

int Serve(const ServeOptions& options, std::ostream& messages) {
  const Config& config = options.config;
  if (!MayServe(options, messages)) return 2;
  // Tokens say when they were issued in whole seconds: what an earlier server let in is older.
  const auto started = std::chrono::ceil<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto served = OpenServed(config.files, ReachOf(config), messages);
  if (!served) return 1;
  const PathwayEditions& pathways = served->editions;
  const auto profiles = Profiles::Open(config.profile_files, messages);
  if (profiles == nullptr || !HaveProfiles(config, *profiles, messages)) return 1;
  if (FindEdition(pathways, config.language, messages) == nullptr) return 1;
  if (!internal::UseZone(config.zone)) {
    messages << "renalpath: clock.zone names no zone of this system: use an IANA name like"
                " \"Europe/Oslo\", with the package tzdata installed\n";
    return 1;
  }
  internal::PrepareProcess();
  internal::UseMemoryReserve();
  internal::SignalWatch signals;
  Log log(config.log_level, messages);
  auto observation = internal::Observation::Open(config, log);
  if (!observation) return Fail(messages, observation.error());
  Metrics* const metrics = (*observation)->metrics();
  const auto target =
      StoreTarget::Of(config.store.url, config.store.folder, config.store.password_file);
  if (!target) return Fail(messages, target.error());
  auto store = Store::Open(*target);
  if (!store) return Fail(messages, store.error());
  auto hash = KeyOf(config.store);
  if (!hash) return Fail(messages, hash.error());
  const auto outgoing = std::make_shared<fhir::Outgoing>(config.limits.outgoing);
  auto authentication = AuthenticationOf(config, started, **store, outgoing, log, metrics);
  if (!authentication) return Fail(messages, authentication.error());
  const auto servers = internal::ReadFhirServers(config);
  if (!servers) return Fail(messages, servers.error());
  auto console = OpenConsole(config);
  if (!console) return Fail(messages, console.error());
  const auto& pathway = pathways.front();
  Service service({.pathway = pathway,
                   .translations = {pathways.begin() + 1, pathways.end()},
                   .shadow = served->shadow,
                   .language = config.language,
                   .document = served->document,
                   .profiles = profiles,
                   .profile = ProfileOf(config),
                   .determinism = options.determinism,
                   .outcome = config.outcome,
                   .store = store->get(),
                   .patient_key = [&](std::string_view patient) { return hash->Of(patient); },
                   .feedback_strict = config.feedback_strict,
                   .log = &log,
                   .metrics = metrics,
                   .audit = (*observation)->audit(),
                   .authenticate = authentication->authenticate,
                   .claimed_client = authentication->claimed_client,
                   .fhir_servers = *servers,
                   .outgoing = outgoing.get(),
                   .fetch = config.limits.fetch,
                   .limits = config.limits.calls,
                   .cors = Cors(config.cors_origins),
                   .console = *console,
                   .base_path = BasePath(config.listen.public_url)});
  if (authentication->authenticate) std::this_thread::sleep_until(started);
  auto server = HttpServer::Open(ServerOptions(config), service.Handler());
  if (!server) return Fail(messages, server.error());
  const auto listener = (*observation)->Listen(**server, **store);
  if (!listener) return Fail(messages, listener.error());
  LogStart(options, *pathway, (*server)->port(), log);
  return Run(**server, service, **store, config, signals, **observation, log);
}

}  // namespace renal::hooks
