#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fhir/date_time.h"
#include "hooks/config_sources.h"
#include "hooks/evaluation.h"

namespace CLI {
class App;
}

namespace renal::hooks {

/// A path that may be left out.
void AddPath(CLI::App* app, const std::string& name, std::optional<std::filesystem::path>& path,
             const std::string& help);

/// `--set KEY=VALUE`, as often as it is given: settings of the configuration.
void AddSettings(CLI::App* app, std::vector<GivenSetting>& settings);

/// `--now`: the time of the evaluation.
void AddNow(CLI::App* app, std::optional<fhir::DateTime>& now, const std::string& help);

/// `--now` and `--seed`.
void AddDeterminism(CLI::App* app, Determinism& determinism);

/// `--language`: one of those that cards can be written in.
void AddLanguage(CLI::App* app, std::string& language, const std::string& help);

}  // namespace renal::hooks
