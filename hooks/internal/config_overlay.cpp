#include "hooks/internal/config_overlay.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <set>
#include <utility>

#include "fhir/suggestion.h"
#include "hooks/internal/config_secret.h"

namespace renal::hooks::internal {
namespace {

constexpr std::string_view kPrefix = "RENALPATH_";
// Tables of one name that settings may add.
constexpr std::size_t kMostTables = 1'000;
// Not settings, but read by the program.
constexpr std::string_view kOwn[] = {"RENALPATH_CONFIG", "RENALPATH_FHIR_TOKEN"};

bool IsTable(ConfigKind kind) { return kind == ConfigKind::kTable || kind == ConfigKind::kTables; }

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
  }
  return parts;
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return upper;
}

bool Take(std::string_view& text, std::string_view part) {
  if (!text.starts_with(part)) return false;
  text.remove_prefix(part.size());
  return true;
}

/// The digits at the front of a text, if they are a number of a table.
std::string TakeNumber(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && text[size] >= '0' && text[size] <= '9') ++size;
  std::string digits(text.substr(0, size));
  if (size == 0 || size > 4 || (size > 1 && digits.front() == '0')) return {};
  text.remove_prefix(size);
  return digits;
}

/// `text` as this key, with the numbers of its tables.
std::optional<std::string> Match(const ConfigKeyKinds& kinds, const std::string& key,
                                 std::string_view text, SettingForm form) {
  const std::string_view separator = form == SettingForm::kKey ? "." : "_";
  std::string name;
  std::string path;
  for (const std::string& part : Split(key, '.')) {
    if (!name.empty() && !Take(text, separator)) return std::nullopt;
    if (!Take(text, form == SettingForm::kKey ? part : Upper(part))) return std::nullopt;
    name += (name.empty() ? "" : ".") + part;
    path += (path.empty() ? "" : ".") + part;
    if (kinds.at(name) != ConfigKind::kTables) continue;
    if (!Take(text, separator)) return std::nullopt;
    const std::string number = TakeNumber(text);
    if (number.empty()) return std::nullopt;
    path += "." + number;
  }
  if (!text.empty()) return std::nullopt;
  return path;
}

/// The name of a setting without the numbers of its tables.
std::string NameOf(const std::string& path) {
  std::string name;
  for (const std::string& part : Split(path, '.')) {
    if (part.front() >= '0' && part.front() <= '9') continue;
    name += (name.empty() ? "" : ".") + part;
  }
  return name;
}

/// Kubernetes tells every container of each Service of its namespace by variables that begin with
/// the Service's name: one that is called "renalpath" is no setting, nor a misspelt one.
bool IsServiceLink(std::string_view name, std::string_view value) {
  if (name.ends_with("_SERVICE_HOST") || name.find("_SERVICE_PORT") != std::string_view::npos) {
    return true;
  }
  if (name.ends_with("_PORT") && value.find("://") != std::string_view::npos) return true;
  const std::size_t port = name.find("_PORT_");
  if (port == std::string_view::npos) return false;
  const std::string_view rest = name.substr(port);
  return rest.find("_TCP") != std::string_view::npos || rest.find("_UDP") != std::string_view::npos;
}

/// "a, b" or a list of TOML; what is neither becomes a text, which its reader refuses.
void PutList(toml::table& table, const std::string& key, const std::string& text) {
  if (text.starts_with('[')) {
    try {
      toml::table parsed = toml::parse("list = " + text);
      if (toml::array* list = parsed["list"].as_array(); list != nullptr && parsed.size() == 1) {
        table.insert_or_assign(key, std::move(*list));
        return;
      }
    } catch (const toml::parse_error&) {
      // Goes no further: refused below.
    }
    table.insert_or_assign(key, text);
    return;
  }
  toml::array list;
  for (std::string& part : Split(text, ',')) {
    const std::size_t begin = part.find_first_not_of(' ');
    if (begin == std::string::npos) continue;
    list.push_back(part.substr(begin, part.find_last_not_of(' ') - begin + 1));
  }
  table.insert_or_assign(key, std::move(list));
}

/// The value as its kind has it; what cannot be one becomes a text, which its reader refuses.
void Put(toml::table& table, const std::string& key, ConfigKind kind, const std::string& text) {
  if (kind == ConfigKind::kList) return PutList(table, key, text);
  if (kind == ConfigKind::kFlag && (text == "true" || text == "false")) {
    table.insert_or_assign(key, text == "true");
    return;
  }
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  if (kind == ConfigKind::kNumber) {
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc() && stop == end) {
      table.insert_or_assign(key, number);
      return;
    }
  }
  table.insert_or_assign(key, text);
}

/// The table with this number, made where it is the next one; null where it is neither, or where
/// the file has something else under the name, which its reader says.
toml::table* TableAt(toml::table& table, const std::string& key, std::size_t number) {
  if (!table.contains(key)) table.insert(key, toml::array());
  toml::array* array = table.get(key)->as_array();
  if (array == nullptr || number > array->size() || number >= kMostTables) return nullptr;
  if (number == array->size()) array->push_back(toml::table());
  return array->get(number)->as_table();
}

struct Holder {
  toml::table* table = nullptr;  // null: it cannot be had
  std::string missing;           // the table that would have to be there first
};

Holder HolderOf(const std::string& path, toml::table& root) {
  const std::vector<std::string> parts = Split(path, '.');
  Holder holder{&root, {}};
  std::string walked;
  for (std::size_t i = 0; i + 1 < parts.size() && holder.table != nullptr; ++i) {
    const std::string& part = parts[i];
    walked += (walked.empty() ? "" : ".") + part;
    const std::string& next = parts[i + 1];
    if (next.front() >= '0' && next.front() <= '9') {
      const std::size_t number = std::stoul(next);
      toml::table* found = TableAt(*holder.table, part, number);
      const bool gap = found == nullptr && number > 0 && holder.table->get(part)->is_array();
      if (gap) holder.missing = walked + "." + std::to_string(number - 1);
      holder.table = found;
      walked += "." + next;
      ++i;
      continue;
    }
    if (!holder.table->contains(part)) holder.table->insert(part, toml::table());
    holder.table = holder.table->get(part)->as_table();
  }
  return holder;
}

void Refuse(const GivenSetting& setting, const std::string& text, ConfigSource& source) {
  source.problems.push_back({{}, text, setting.place});
}

std::vector<std::string> NamesOf(const ConfigKeyKinds& kinds) {
  std::vector<std::string> names;
  for (const auto& [name, kind] : kinds) {
    if (!IsTable(kind)) names.push_back(name);
  }
  return names;
}

/// Tables of one name in the order of their numbers, so that each comes after the one before it.
bool ComesBefore(const GivenSetting& a, const GivenSetting& b) {
  const std::vector<std::string> these = Split(a.key, '.');
  const std::vector<std::string> those = Split(b.key, '.');
  return std::ranges::lexicographical_compare(
      these, those, [](const std::string& x, const std::string& y) {
        const bool numbers = !x.empty() && !y.empty() && std::isdigit(x.front()) != 0 &&
                             std::isdigit(y.front()) != 0;
        return numbers && x.size() != y.size() ? x.size() < y.size() : x < y;
      });
}

}  // namespace

std::optional<std::string> FindSetting(const ConfigKeyKinds& kinds, std::string_view text,
                                       SettingForm form) {
  for (const auto& [key, kind] : kinds) {
    if (IsTable(kind)) continue;
    if (auto path = Match(kinds, key, text, form)) return path;
  }
  return std::nullopt;
}

std::vector<GivenSetting> SettingsOf(const std::vector<std::string>& environment,
                                     const ConfigKeyKinds& kinds,
                                     std::vector<std::string>& unknown) {
  std::vector<GivenSetting> settings;
  for (const std::string& entry : environment) {
    const std::size_t equals = entry.find('=');
    if (!entry.starts_with(kPrefix) || equals == std::string::npos) continue;
    const std::string name = entry.substr(0, equals);
    const std::string value = entry.substr(equals + 1);
    if (std::ranges::find(kOwn, name) != std::end(kOwn) || IsServiceLink(name, value)) continue;
    const std::string_view rest = std::string_view(name).substr(kPrefix.size());
    if (auto path = FindSetting(kinds, rest, SettingForm::kVariable)) {
      settings.push_back({*std::move(path), value, name});
    } else {
      unknown.push_back(name);
    }
  }
  return settings;
}

void Overlay(std::vector<GivenSetting> settings, const ConfigKeyKinds& kinds, toml::table& root,
             ConfigSource& source) {
  std::ranges::stable_sort(settings, ComesBefore);
  std::set<std::string> given;
  for (const GivenSetting& setting : settings) {
    if (!FindSetting(kinds, setting.key, SettingForm::kKey)) {
      Refuse(setting,
             "'" + setting.key + "' is no setting of this program." +
                 fhir::Suggestion(setting.key, NamesOf(kinds)),
             source);
      continue;
    }
    if (!given.insert(setting.key).second) {
      Refuse(setting, "'" + setting.key + "' is given twice", source);
      continue;
    }
    const Holder holder = HolderOf(setting.key, root);
    if (!holder.missing.empty()) {
      Refuse(setting, "there is no '" + holder.missing + "' yet: tables are counted from 0",
             source);
    }
    if (holder.table == nullptr) continue;
    const std::string name = NameOf(setting.key);
    Put(*holder.table, name.substr(name.rfind('.') + 1), kinds.at(name), setting.text);
    source.places[setting.key] = setting.place;
  }
}

}  // namespace renal::hooks::internal
