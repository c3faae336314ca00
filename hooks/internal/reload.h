#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hooks/config_sources.h"
#include "hooks/http_server.h"
#include "hooks/internal/serving.h"

namespace renal::hooks::internal {

/// What became of a reload: for the log and for whoever asked for it.
struct ReloadReport {
  bool taken = false;                 ///< the new set answers; else the old one does, untouched
  std::vector<std::string> problems;  ///< why not, a line each, with their places
  std::vector<std::string> waiting;   ///< settings that changed, but hold after a restart alone
};

/// Asks a server's control socket for a reload; and how its answer begins where it took the new
/// set.
inline constexpr std::string_view kReloadWord = "reload";
inline constexpr std::string_view kReloaded = "reloaded";

/// The answer of the control socket: lines for people.
std::string TextOf(const ReloadReport& report);

/// Whether a change of this setting takes effect without a restart.
bool IsReloadable(const std::string& key);

/// The files of [tls].
HttpTls TlsOf(const TlsConfig& config);

/// Puts a new set in the place of what a server answers with: pathways, overlay, shadow, profiles,
/// clients, their keys and servers, certificates. All of it must be good, or nothing changes.
class Reloader {
 public:
  /// `settings` are those that the server was started with, `parts` what it was made with; the
  /// others outlive this.
  Reloader(ConfigSources sources, LoadedConfig started, ServingParts parts,
           std::shared_ptr<Authenticator> authenticator, Service& service, HttpServer& server);
  /// Lets no authenticator fetch any more: what is left of them in threads is memory alone.
  ~Reloader();

  /// Reads everything again and says in the log what became of it. Any thread, one at a time.
  ReloadReport Reload();

 private:
  ReloadReport Try();
  bool MayBeServed(const Config& config, std::ostream& messages) const;
  std::vector<std::string> Waiting(const LoadedConfig& loaded) const;
  std::optional<std::function<void()>> PrepareTls(const Config& config, std::ostream& messages);
  void Tell(const ReloadReport& report) const;

  const ConfigSources sources_;
  const LoadedConfig started_;
  const ServingParts parts_;
  Service& service_;
  HttpServer& server_;
  std::mutex one_at_a_time_;
  std::shared_ptr<Authenticator> authenticator_;
  std::shared_ptr<const pathways::Pathway> pathway_;  // of the last set that was taken
};

}  // namespace renal::hooks::internal
