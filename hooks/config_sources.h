#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "hooks/config.h"

/// The configuration from all its sources: file, environment, command line.
///
/// One rule names a setting everywhere. `[listen] port` of the file is `listen.port` on the command
/// line (`--set listen.port=8443`) and RENALPATH_LISTEN_PORT in the environment. Tables that may
/// come more than once are counted from 0: `client.0.issuer`, RENALPATH_CLIENT_0_JWKS_1_URL; the
/// number after the last one adds a table. The command line wins over the environment, and that
/// over the file, setting by setting.
///
/// Texts stand as they are, a list as `a, b` or as in TOML. A relative path of the file starts at
/// its folder, every other one at the working directory. A password is refused on the command line.
namespace renal::hooks {

/// One setting that stands outside of the file.
struct GivenSetting {
  std::string key;    ///< "listen.port", "client.0.issuer"
  std::string text;   ///< its value
  std::string place;  ///< who gave it, for messages: "--port", "--set listen.port"
};

struct ConfigSources {
  std::optional<std::filesystem::path> file;  ///< none: that of RENALPATH_CONFIG, or no file
  std::vector<std::string> environment;       ///< "NAME=value"; only RENALPATH_ names matter
  std::vector<GivenSetting> flags;            ///< of the command line

  /// With the environment of this process.
  static ConfigSources OfProcess(std::optional<std::filesystem::path> file,
                                 std::vector<GivenSetting> flags = {});

  /// The file that counts; none: there is none.
  std::optional<std::filesystem::path> File() const;
  /// For people: the file, or "configuration".
  std::string Name() const;
};

/// How one setting holds.
struct EffectiveSetting {
  std::string key;     ///< as GivenSetting::key
  std::string value;   ///< as in TOML, passwords masked; "unset" where nothing is assumed
  std::string origin;  ///< "default", "renalpath.toml:4", "RENALPATH_LISTEN_PORT", "--port"
  friend bool operator==(const EffectiveSetting&, const EffectiveSetting&) = default;
};

struct LoadedConfig {
  Config config;
  std::vector<EffectiveSetting> settings;  ///< every one, in the order of the example file
};

/// Reads all of it. What is wrong goes to `messages`, a line each with its place, all at once:
/// beside what ReadConfig() says, settings and variables RENALPATH_… that there are not. Nothing
/// then. Variables that Kubernetes sets for a Service of that name are passed over.
std::optional<LoadedConfig> LoadConfig(const ConfigSources& sources, std::ostream& messages);

/// A line each: key, value, and after "#" where it comes from.
std::string SettingsTable(const std::vector<EffectiveSetting>& settings);

/// The variable of a setting: "RENALPATH_LISTEN_PORT" of "listen.port".
std::string VariableOf(const std::string& key);

}  // namespace renal::hooks
