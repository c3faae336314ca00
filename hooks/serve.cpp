#include "hooks/serve.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <ostream>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "fhir/outgoing.h"
#include "hooks/http_server.h"
#include "hooks/internal/auth_setup.h"
#include "hooks/internal/control.h"
#include "hooks/internal/memory_reserve.h"
#include "hooks/internal/observation.h"
#include "hooks/internal/process.h"
#include "hooks/internal/recorder.h"
#include "hooks/internal/reload.h"
#include "hooks/internal/serving.h"
#include "hooks/reload.h"
#include "hooks/service.h"
#include "hooks/store.h"

namespace renal::hooks {
namespace {

int Fail(std::ostream& messages, const fhir::Issue& issue) {
  messages << "renalpath: " << issue.diagnostics << '\n';
  return 1;
}

// Callers may wait for keys; at least half of the workers never do, where there are several.
unsigned WorkersFor(const Config& config) {
  return std::max(NeedsTokens(config) ? 4U : 1U, internal::Processors());
}

HttpServer::Options ServerOptions(const Config& config) {
  const std::string& address = config.listen.address;
  HttpServer::Options options{.address = address == "localhost" ? "127.0.0.1" : address,
                              .port = config.listen.port,
                              .workers = WorkersFor(config),
                              .limits = config.limits.http};
  if (config.tls.on()) options.tls = internal::TlsOf(config.tls);
  return options;
}

/// Null where it is off.
fhir::Result<std::shared_ptr<const Console>> OpenConsole(const Config& config) {
  if (!config.console.enabled) return std::shared_ptr<const Console>();
  return Console::Open(config);
}

/// Keeps outcomes for replays; empty where it is off.
fhir::Result<std::function<void(const pathways::Outcome&)>> OpenRecord(const RecordConfig& config,
                                                                       Log& log) {
  using Record = std::function<void(const pathways::Outcome&)>;
  if (config.folder.empty()) return Record();
  auto opened = internal::Recorder::Open(config.folder, config.key_file, config.most_bytes, log);
  if (!opened) return opened.error();
  return Record(
      [kept = *std::move(opened)](const pathways::Outcome& outcome) { kept->Record(outcome); });
}

/// Every limit as it holds.
void LogLimits(const Limits& limits, Log& log) {
  LogFields fields;
  for (const LimitRow& row : LimitRows()) fields.emplace_back(row.key, row.get(limits));
  log.Write(LogLevel::kInfo, "limits", fields);
}

/// Files of secrets that everybody on the machine can read. They are served with all the same:
/// what mounts them for a container often knows no better.
void LogReadableSecrets(const Config& config, Log& log) {
  for (const auto* file : {&config.tls.key, &config.store.password_file, &config.store.patient_key,
                           &config.record.key_file}) {
    std::error_code error;
    const auto status = std::filesystem::status(*file, error);
    const auto others = status.permissions() & std::filesystem::perms::others_read;
    if (file->empty() || error || others == std::filesystem::perms::none) continue;
    log.Write(LogLevel::kWarning, "readable-secret", {{"file", file->string()}});
  }
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
             {"profile", internal::ProfileOf(config)}});
  LogLimits(config.limits, log);
  LogReadableSecrets(config, log);
  if (config.auth.insecure_sandbox && !NeedsTokens(config)) {
    log.Write(LogLevel::kWarning, "not-for-patients",
              {{"reason", "auth.insecure_sandbox: everybody who reaches this server is answered"}});
  }
  if (options.determinism.now || options.determinism.seed) {
    log.Write(LogLevel::kWarning, "not-for-patients",
              {{"reason", "the clock or the UUIDs are fixed, as for a demonstration"}});
  }
}

/// By which `renalpath reload` asks; null where it cannot be had, which the log says.
std::unique_ptr<internal::ControlSocket> OpenControl(const Config& config,
                                                     internal::Reloader& reloader, Log& log) {
  auto opened = internal::ControlSocket::Open(ControlPathOf(config), [&](std::string_view word) {
    if (word == internal::kReloadWord) return TextOf(reloader.Reload());
    return std::string("this server knows no such word\n");
  });
  if (opened) return std::move(*opened);
  log.Write(LogLevel::kWarning, "no-control-socket", {{"reason", opened.error().diagnostics}});
  return nullptr;
}

/// Runs until it is stopped, then writes what is queued, for which there is the time `flush`.
int Run(HttpServer& server, Service& service, Store& store, internal::Reloader& reloader,
        internal::SignalWatch& signals, internal::Observation& observation,
        std::chrono::milliseconds flush, Log& log) {
  signals.Start(
      [&] {
        log.Write(LogLevel::kInfo, "stopping");
        service.Drain();
        server.StopAfterNotice();
      },
      [&] { reloader.Reload(); });
  server.Run();
  signals.Finish();
  const auto deadline = std::chrono::steady_clock::now() + flush;
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

/// From the store to the end; `started` is when this server began to remember used tokens.
int ServeContent(const ServeOptions& options, const internal::Content& read,
                 std::chrono::sys_seconds started, internal::SignalWatch& signals,
                 std::ostream& messages) {
  const Config& config = options.config;
  Log log(config.log_level, messages);
  auto observation = internal::Observation::Open(config, log);
  if (!observation) return Fail(messages, observation.error());
  const auto target =
      StoreTarget::Of(config.store.url, config.store.folder, config.store.password_file);
  if (!target) return Fail(messages, target.error());
  auto store = Store::Open(*target, {}, config.limits.store);
  if (!store) return Fail(messages, store.error());
  const auto hash = internal::PatientKeyOf(config.store);
  if (!hash) return Fail(messages, hash.error());
  auto console = OpenConsole(config);
  if (!console) return Fail(messages, console.error());
  const auto record = OpenRecord(config.record, log);
  if (!record) return Fail(messages, record.error());
  const internal::ServingParts parts{
      .determinism = options.determinism,
      .store = store->get(),
      .patient_key = [&](std::string_view patient) { return hash->Of(patient); },
      .log = &log,
      .metrics = (*observation)->metrics(),
      .audit = (*observation)->audit(),
      .reloaded = [&](bool taken) { (*observation)->NoteReload(taken); },
      .record = *record,
      .outgoing = std::make_shared<fhir::Outgoing>(config.limits.outgoing),
      .guard = internal::MakeReplayGuard(config, started, **store),
      .waiting = std::max(1U, WorkersFor(config) / 2),
      .console = *console};
  const auto callers = internal::MakeCallers(config, parts, nullptr, messages);
  if (!callers) return 1;
  Service service(internal::MakeServing(config, read, *callers, parts));
  if (callers->authenticator) std::this_thread::sleep_until(started);
  auto server = HttpServer::Open(ServerOptions(config), service.Handler());
  if (!server) return Fail(messages, server.error());
  const auto listener = (*observation)->Listen(**server, **store, parts.guard);
  if (!listener) return Fail(messages, listener.error());
  LogStart(options, *read.pathways.editions.front(), (*server)->port(), log);
  internal::Reloader reloader(options.sources, {config, options.settings}, parts,
                              callers->authenticator, service, **server);
  const auto control = OpenControl(config, reloader, log);
  return Run(**server, service, **store, reloader, signals, **observation,
             config.limits.store.flush, log);
}

}  // namespace

int Serve(const ServeOptions& options, std::ostream& messages) {
  const Config& config = options.config;
  if (!MayServe(options, messages)) return 2;
  // Tokens say when they were issued in whole seconds: what an earlier server let in is older.
  const auto started = std::chrono::ceil<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto content = internal::ReadContent(config, messages);
  if (!content) return 1;
  if (!internal::UseZone(config.zone)) {
    messages << "renalpath: clock.zone names no zone of this system: use an IANA name like"
                " \"Europe/Oslo\", with the package tzdata installed\n";
    return 1;
  }
  internal::PrepareProcess();
  internal::UseMemoryReserve();
  internal::SignalWatch signals;
  return ServeContent(options, *content, started, signals, messages);
}

}  // namespace renal::hooks
