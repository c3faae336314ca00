#pragma once

#include <iosfwd>

#include "hooks/config.h"
#include "hooks/evaluation.h"

/// `renalpath serve`: the server from its start to its end.
namespace renal::hooks {

struct ServeOptions {
  Config config;
  Determinism determinism;  ///< for demonstrations and tests
};

/// Serves until SIGTERM or SIGINT, then finishes what is under way, writes what is queued and gives
/// 0; a second signal ends the program at once. The log goes to `messages`.
///
/// SIGHUP reads the files of the pathway again. The new pathways answer calls only if all of them
/// can be used and governance allows it; else the last good ones stay, and the log says why. Calls
/// under way end with what they began with.
///
/// SIGHUP also reads the certificate and key again; new connections get them.
///
/// Gives 2 for a configuration that must not be served (Objections()); 1 if the pathways cannot be
/// served or there is none in the default language, it cannot listen, certificate or store
/// cannot be used, or decisions could not be written at the end. Changes the whole process:
/// blocks these signals, ignores SIGPIPE, turns core dumps off, raises the limit of open files.
/// Call it once, from the main thread, before there are others.
int Serve(const ServeOptions& options, std::ostream& messages);

}  // namespace renal::hooks
