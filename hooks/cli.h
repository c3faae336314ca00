#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "hooks/batch.h"
#include "hooks/config_sources.h"
#include "hooks/internal/cli_board.h"
#include "hooks/internal/cli_pathway.h"
#include "hooks/reload.h"
#include "hooks/report.h"
#include "hooks/serve.h"
#include "hooks/store_admin.h"

/// The command line. The only door to CLI11.
namespace renal::hooks {

struct ServeCommand {
  std::optional<std::filesystem::path> config;  ///< the configuration file
  std::vector<GivenSetting> settings;           ///< what the command line says beside it
  Determinism determinism;
};

struct EvaluateCommand {
  BatchOptions options;
  std::string language = "en";  ///< of outcomes and cards
  PathwayFiles files;
};

struct FhirPathCommand {
  std::optional<std::filesystem::path> base;  ///< folder of the files that lines name
  bool conformance = true;                    ///< functions outside the profile are allowed
};

struct ConfigCheckCommand {
  std::optional<std::filesystem::path> file;
  std::vector<GivenSetting> settings;  ///< as of `serve`
};

using Command =
    std::variant<ServeCommand, EvaluateCommand, BoardCommand, ConfigCheckCommand, FhirPathCommand,
                 PathwayCommand, ReportOptions, ReloadOptions, StoreOptions>;

/// What is to be done; or, where nothing is, the exit status: 0 after help or version, which go to
/// `out`; 2 for wrong use, which `messages` explains.
std::variant<Command, int> ReadCommandLine(int argc, const char* const* argv, std::ostream& out,
                                           std::ostream& messages);

}  // namespace renal::hooks
