#include "hooks/internal/config_table.h"

#include <algorithm>

#include "fhir/suggestion.h"
#include "hooks/internal/config_secret.h"

namespace renal::hooks::internal {
namespace {

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : WithoutPassword(text)) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string ListOf(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + Quoted(text);
  return '[' + list + ']';
}

std::string Spelled(bool flag) { return flag ? "true" : "false"; }

constexpr const char* kUnset = "unset";

}  // namespace

ConfigTable::~ConfigTable() {
  const std::vector<std::string> known(taken_.begin(), taken_.end());
  for (const auto& [key, node] : table_) {
    if (taken_.contains(key.str())) continue;
    source_.problems.push_back({key.source().begin,
                                "'" + NameOf(key.str()) + "' is no key of this program." +
                                    fhir::Suggestion(key.str(), known),
                                {}});
  }
}

void ConfigTable::Text(std::string_view key, std::string& value) {
  if (const toml::node* node = Take(key, ConfigKind::kText)) {
    const auto text = node->value_exact<std::string>();
    if (!text || text->empty()) return Complain(key, "must be a text that is not empty");
    value = *text;
  }
  Show(key, Quoted(value));
}

void ConfigTable::Flag(std::string_view key, bool& value) {
  std::optional<bool> flag = value;
  Flag(key, flag);
  value = *flag;
}

void ConfigTable::Flag(std::string_view key, std::optional<bool>& value) {
  if (const toml::node* node = Take(key, ConfigKind::kFlag)) {
    const auto flag = node->value_exact<bool>();
    if (!flag) return Complain(key, "must be true or false");
    value = flag;
  }
  Show(key, value ? Spelled(*value) : kUnset);
}

std::optional<std::int64_t> ConfigTable::Number(std::string_view key, std::int64_t least,
                                                std::int64_t most, std::int64_t current) {
  const toml::node* node = Take(key, ConfigKind::kNumber);
  if (node == nullptr) {
    Show(key, std::to_string(current));
    return std::nullopt;
  }
  const auto number = node->value_exact<std::int64_t>();
  if (number && *number >= least && *number <= most) {
    Show(key, std::to_string(*number));
    return number;
  }
  Complain(key,
           "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

void ConfigTable::Path(std::string_view key, std::filesystem::path& value) {
  if (const toml::node* node = Take(key, ConfigKind::kText)) {
    const auto text = node->value_exact<std::string>();
    if (!text || text->empty()) return Complain(key, "must be a text that is not empty");
    value = Resolve(key, *text);
  }
  Show(key, Quoted(value.native()));
}

void ConfigTable::Texts(std::string_view key, std::vector<std::string>& value) {
  ReadTexts(key, value);
  Show(key, ListOf(value));
}

void ConfigTable::ReadTexts(std::string_view key, std::vector<std::string>& value) {
  const toml::node* node = Take(key, ConfigKind::kList);
  if (node == nullptr) return;
  const toml::array* array = node->as_array();
  std::vector<std::string> texts;
  bool good = array != nullptr;
  for (std::size_t i = 0; good && i < array->size(); ++i) {
    const auto text = array->get(i)->value_exact<std::string>();
    good = text && !text->empty();
    if (good) texts.push_back(*text);
  }
  if (!good) return Complain(key, "must be a list of texts");
  value = std::move(texts);
}

void ConfigTable::Paths(std::string_view key, std::vector<std::filesystem::path>& value) {
  std::vector<std::string> texts;
  ReadTexts(key, texts);
  for (const std::string& text : texts) value.push_back(Resolve(key, text));
  texts.assign(value.begin(), value.end());
  Show(key, ListOf(texts));
}

std::optional<std::size_t> ConfigTable::Word(std::string_view key,
                                             const std::vector<std::string_view>& words,
                                             std::optional<std::size_t> current) {
  const toml::node* node = Take(key, ConfigKind::kText);
  if (node == nullptr) {
    Show(key, current ? Quoted(words[*current]) : kUnset);
    return std::nullopt;
  }
  const auto text = node->value_exact<std::string>();
  for (std::size_t i = 0; text && i < words.size(); ++i) {
    if (words[i] != *text) continue;
    Show(key, Quoted(*text));
    return i;
  }
  std::string list;
  for (const std::string_view word : words) {
    list.append(list.empty() ? "" : ", ").append("\"").append(word).append("\"");
  }
  Complain(key, "must be one of " + list);
  return std::nullopt;
}

void ConfigTable::Table(std::string_view key, const std::function<void(ConfigTable&)>& read) {
  static const toml::table kEmpty;
  const toml::node* node = Take(key, ConfigKind::kTable);
  if (node != nullptr && !node->is_table()) {
    return Complain(key, "must be a table: [" + NameOf(key) + "]");
  }
  ConfigTable table(node == nullptr ? kEmpty : *node->as_table(), NameOf(key), PathOf(key),
                    source_);
  read(table);
}

void ConfigTable::Tables(std::string_view key, const std::function<void(ConfigTable&)>& read) {
  const toml::node* node = Take(key, ConfigKind::kTables);
  if (node == nullptr) return;
  const toml::array* array = node->as_array();
  const bool tables = array != nullptr &&
                      std::ranges::all_of(*array, [](const auto& each) { return each.is_table(); });
  if (!tables) return Complain(key, "must be tables: [[" + NameOf(key) + "]]");
  for (std::size_t i = 0; i < array->size(); ++i) {
    ConfigTable table(*array->get(i)->as_table(), NameOf(key),
                      PathOf(key) + "." + std::to_string(i), source_);
    read(table);
  }
}

void ConfigTable::Complain(std::string_view key, const std::string& text) {
  const toml::node* node = table_.get(key);
  const toml::source_position at = (node == nullptr ? table_ : *node).source().begin;
  source_.problems.push_back({at, "'" + NameOf(key) + "' " + text, PlaceOf(key, at)});
}

// Who gave a value that is not the file's; of a table that is not there, who gave something in it.
std::string ConfigTable::PlaceOf(std::string_view key, const toml::source_position& at) const {
  const auto exact = source_.places.find(PathOf(key));
  if (exact != source_.places.end()) return exact->second;
  if (at.line != 0) return {};
  for (const std::string& path : {PathOf(key), path_}) {
    const auto within = source_.places.lower_bound(path.empty() ? path : path + ".");
    if (within != source_.places.end() && within->first.starts_with(path)) return within->second;
  }
  return {};
}

const toml::node* ConfigTable::Take(std::string_view key, ConfigKind kind) {
  taken_.emplace(key);
  source_.keys.emplace(NameOf(key), kind);
  return table_.get(key);
}

void ConfigTable::Show(std::string_view key, std::string value) {
  source_.effective.push_back({PathOf(key), std::move(value), OriginOf(key)});
}

std::string ConfigTable::OriginOf(std::string_view key) const {
  const auto place = source_.places.find(PathOf(key));
  if (place != source_.places.end()) return place->second;
  const toml::node* node = table_.get(key);
  if (node == nullptr) return "default";
  return source_.name + ":" + std::to_string(node->source().begin.line);
}

std::string ConfigTable::NameOf(std::string_view key) const {
  return (name_.empty() ? "" : name_ + ".") + std::string(key);
}

std::string ConfigTable::PathOf(std::string_view key) const {
  return (path_.empty() ? "" : path_ + ".") + std::string(key);
}

std::filesystem::path ConfigTable::Resolve(std::string_view key, const std::string& text) const {
  std::filesystem::path path(text);
  if (path.is_absolute() || source_.places.contains(PathOf(key))) return path;
  return (source_.folder / path).lexically_normal();
}

}  // namespace renal::hooks::internal
