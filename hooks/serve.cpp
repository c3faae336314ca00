#include "hooks/serve.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <ostream>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

#include <arpa/inet.h>

#include "hooks/http_server.h"
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

HttpServer::Options ServerOptions(const ServeOptions& options) {
  return {.address = options.host == "localhost" ? "127.0.0.1" : options.host,
          .port = options.port,
          .workers = std::max(2U, std::thread::hardware_concurrency())};
}

void LogStart(const ServeOptions& options, const pathways::Pathway& pathway, std::uint16_t port,
              Log& log) {
  log.Write(LogLevel::kInfo, "listening",
            {{"address", options.host},
             {"port", port},
             {"pathway", pathway.id},
             {"pathway_version", pathway.version},
             {"pathway_hash", pathway.hash},
             {"language", options.language},
             {"profile", options.profile}});
  if (options.determinism.now || options.determinism.seed) {
    log.Write(LogLevel::kWarning, "not-for-patients",
              {{"reason", "the clock or the UUIDs are fixed, as for a demonstration"}});
  }
}

/// Reads the files again. All of it must be good, or the last good version stays.
void Reload(const PathwayFiles& files, Service& service, Log& log) {
  std::ostringstream messages;
  std::string reason;
  try {
    if (const auto served = OpenServed(files, pathways::Reach::kLoopback, messages)) {
      service.Replace(*served);
      const pathways::Pathway& pathway = *served->editions.front();
      log.Write(LogLevel::kInfo, "reloaded",
                {{"pathway", pathway.id},
                 {"pathway_version", pathway.version},
                 {"pathway_hash", pathway.hash},
                 {"site_hash", pathway.site_hash}});
      return;
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
}

/// Runs until it is stopped, then writes what is queued.
int Run(HttpServer& server, Service& service, Store& store, const PathwayFiles& files,
        internal::SignalWatch& signals, Log& log) {
  signals.Start(
      [&] {
        log.Write(LogLevel::kInfo, "stopping");
        service.Drain();
        server.Stop();
      },
      [&] { Reload(files, service, log); });
  server.Run();
  const bool written = store.Flush(std::chrono::steady_clock::now() + kFlush);
  if (!written) {
    const auto lost = static_cast<std::int64_t>(store.health().queued);
    log.Write(LogLevel::kError, "decisions-not-written", {{"records", lost}});
  }
  log.Write(LogLevel::kInfo, "stopped");
  return written ? 0 : 1;
}

}  // namespace

bool IsLoopback(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  if (host == "localhost") return true;
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  return ::inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

int Serve(const PathwayFiles& files, const ServeOptions& options, std::ostream& messages) {
  if (!IsLoopback(options.host)) {
    messages << "renalpath: refusing to listen on " << options.host
             << ": clients are not authenticated, so the server answers on loopback only"
                " (127.0.0.1, ::1 or localhost)\n";
    return 2;
  }
  const auto served = OpenServed(files, pathways::Reach::kLoopback, messages);
  if (!served) return 1;
  const PathwayEditions& pathways = served->editions;
  if (FindEdition(pathways, options.language, messages) == nullptr) return 1;
  const auto profiles = Profiles::Open(options.profile_files, messages);
  if (profiles == nullptr) return 1;
  if (profiles->Find(options.profile) == nullptr) {
    messages << "renalpath: there is no client profile " << options.profile
             << ": name a shipped one, or add its file\n";
    return 1;
  }
  internal::PrepareProcess();
  internal::SignalWatch signals;
  Log log(options.log_level, messages);
  auto store = Store::Open(options.data);
  if (!store) return Fail(messages, store.error());
  auto hash = internal::PatientHash::Open(options.data);
  if (!hash) return Fail(messages, hash.error());
  const auto& pathway = pathways.front();
  Service service({.pathway = pathway,
                   .translations = {pathways.begin() + 1, pathways.end()},
                   .shadow = served->shadow,
                   .language = options.language,
                   .document = served->document,
                   .profiles = profiles,
                   .profile = options.profile,
                   .determinism = options.determinism,
                   .outcome = options.outcome,
                   .store = store->get(),
                   .patient_key = [&](std::string_view patient) { return hash->Of(patient); },
                   .log = &log});
  auto server = HttpServer::Open(ServerOptions(options), service.Handler());
  if (!server) return Fail(messages, server.error());
  LogStart(options, *pathway, (*server)->port(), log);
  return Run(**server, service, **store, files, signals, log);
}

}  // namespace renal::hooks
