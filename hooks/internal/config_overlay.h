#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hooks/config_sources.h"
#include "hooks/internal/config_table.h"

/// Settings of the environment and of the command line, laid over the tables of a file before these
/// are read: one reader judges all values, wherever they come from.
namespace renal::hooks::internal {

/// `text` as a setting, with the numbers of its tables: "client.0.issuer" of "client.0.issuer", or,
/// as a variable's name without our prefix, of "CLIENT_0_ISSUER". Nothing where it is none.
enum class SettingForm { kKey, kVariable };
std::optional<std::string> FindSetting(const ConfigKeyKinds& kinds, std::string_view text,
                                       SettingForm form);

/// The variables of our prefix, as settings. Names that are none go to `unknown`, but for those
/// that Kubernetes makes for a Service.
std::vector<GivenSetting> SettingsOf(const std::vector<std::string>& environment,
                                     const ConfigKeyKinds& kinds,
                                     std::vector<std::string>& unknown);

/// Puts the settings into `root`, in the order of their keys; what cannot be put there is a problem
/// of `source`, which learns where each value came from. Later calls win over earlier ones.
void Overlay(std::vector<GivenSetting> settings, const ConfigKeyKinds& kinds, toml::table& root,
             ConfigSource& source);

}  // namespace renal::hooks::internal
