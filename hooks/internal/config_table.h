#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

/// Reading of one TOML table: every key is asked for once, and what nobody asked for is unknown.
namespace renal::hooks::internal {

/// What is wrong with a configuration, in the order of its lines.
struct ConfigProblem {
  toml::source_position at;
  std::string text;
};

/// The file that is read.
struct ConfigSource {
  std::filesystem::path folder;  ///< relative paths start here
  std::vector<ConfigProblem> problems;
  std::set<std::string> keys;  ///< all that were asked for, "listen.port"
};

/// One table. Readers leave `value` alone where the key is absent, or wrong, which is a problem
/// then.
class ConfigTable {
 public:
  /// `name` is that of the table in messages, "listen"; empty for the whole file.
  ConfigTable(const toml::table& table, std::string name, ConfigSource& source)
      : table_(table), name_(std::move(name)), source_(source) {}
  /// Reports keys that nobody asked for.
  ~ConfigTable();
  ConfigTable(const ConfigTable&) = delete;
  ConfigTable& operator=(const ConfigTable&) = delete;

  bool Has(std::string_view key) const { return table_.contains(key); }
  void Text(std::string_view key, std::string& value);
  void Flag(std::string_view key, bool& value);
  /// A whole number from `least` to `most`.
  std::optional<std::int64_t> Number(std::string_view key, std::int64_t least, std::int64_t most);
  void Path(std::string_view key, std::filesystem::path& value);
  void Texts(std::string_view key, std::vector<std::string>& value);
  void Paths(std::string_view key, std::vector<std::filesystem::path>& value);
  /// The place of the text of a key among `words`.
  std::optional<std::size_t> Word(std::string_view key, const std::vector<std::string_view>& words);
  /// A table under this one; an absent one is read as an empty one.
  void Table(std::string_view key, const std::function<void(ConfigTable&)>& read);
  /// The tables of `[[key]]`.
  void Tables(std::string_view key, const std::function<void(ConfigTable&)>& read);

  /// A problem with a key that was read; at the table itself where there is no such key.
  void Complain(std::string_view key, const std::string& text);

 private:
  const toml::node* Take(std::string_view key);
  std::string NameOf(std::string_view key) const;
  std::filesystem::path Resolve(const std::string& text) const;

  const toml::table& table_;
  const std::string name_;
  ConfigSource& source_;
  std::set<std::string, std::less<>> taken_;
};

}  // namespace renal::hooks::internal
