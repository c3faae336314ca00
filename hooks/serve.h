#pragma once

#include <iosfwd>
#include <vector>

#include "hooks/config_sources.h"
#include "hooks/evaluation.h"

/// `renalpath serve`: the server from its start to its end.
namespace renal::hooks {

struct ServeOptions {
  Config config;
  /// How `config` holds, and what it is read from again at a reload.
  std::vector<EffectiveSetting> settings;
  ConfigSources sources;
  Determinism determinism;  ///< for demonstrations and tests
};

/// Serves until SIGTERM or SIGINT, then finishes what is under way, writes what is queued and gives
/// 0; a second signal ends the program at once. The log goes to `messages`.
///
/// SIGHUP, and `renalpath reload` through the control socket, read everything again: configuration,
/// pathways, profiles, clients with their keys, certificates. All of it must be good and governance
/// allow it, or the last good set stays, and log and asker are told why. Calls under way end with
/// what they began with; settings that need a restart are named.
///
/// Gives 2 for a configuration that must not be served (Objections()); 1 if the pathways cannot be
/// served or there is none in the default language, it cannot listen, certificate or store
/// cannot be used, or decisions could not be written at the end. Changes the whole process:
/// blocks these signals, ignores SIGPIPE, turns core dumps off, raises the limit of open files.
/// Call it once, from the main thread, before there are others.
int Serve(const ServeOptions& options, std::ostream& messages);

}  // namespace renal::hooks
