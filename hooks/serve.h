#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "hooks/discovery.h"
#include "hooks/evaluation.h"
#include "hooks/log.h"
#include "hooks/pathway_source.h"

/// `renalpath serve`: the server from its start to its end.
namespace renal::hooks {

struct ServeOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;                      ///< 0 takes a free one
  std::filesystem::path data = "renalpath-data";  ///< folder of the store
  std::string profile = "sandbox";  ///< of clients (hooks/profile.h)
  std::vector<std::filesystem::path> profile_files;  ///< further ones than the shipped
  std::optional<bool> outcome;  ///< whether answers may carry it; else as the profile says
  LogLevel log_level = LogLevel::kInfo;
  Determinism determinism;      ///< for demonstrations and tests
  std::string language = "en";  ///< of answers whose reader names none that there is
};

/// Serves until SIGTERM or SIGINT, then finishes what is under way, writes what is queued and gives
/// 0; a second signal ends the program at once. The log goes to `messages`.
///
/// SIGHUP reads `files` again. The new pathways answer calls only if all of them can be used and
/// governance allows it; else the last good ones stay, and the log says why. Calls under way end
/// with what they began with.
///
/// Gives 2 for an address beyond loopback, since this server knows no authentication; 1 if the
/// pathways cannot be served or there is none in the default language, it cannot listen, the store
/// cannot be opened, or decisions could not be written at the end. Changes the whole process:
/// blocks these signals, ignores SIGPIPE, turns core dumps off, raises the limit of open files.
/// Call it once, from the main thread, before there are others.
int Serve(const PathwayFiles& files, const ServeOptions& options, std::ostream& messages);

/// True for "localhost", 127.0.0.0/8 and ::1.
bool IsLoopback(const std::string& host);

}  // namespace renal::hooks
