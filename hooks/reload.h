#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "hooks/config_sources.h"
#include "hooks/pathway_tools.h"

/// `renalpath reload`: a running server takes new files and says what became of them.
namespace renal::hooks {

struct ReloadOptions {
  std::optional<std::filesystem::path> config;  ///< of the server
  std::vector<GivenSetting> settings;           ///< as of `serve`; say which server is meant
};

/// Where a server of this configuration is asked: `listen.control`, else "control" in the folder of
/// its store.
std::filesystem::path ControlPathOf(const Config& config);

/// Prints what the server says. The exit status: 0 where it took the new set; 1 where it did not,
/// or no server answers, or the configuration cannot be read.
int Reload(const ReloadOptions& options, const Streams& streams);

}  // namespace renal::hooks
