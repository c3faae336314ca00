#include "hooks/internal/config_table.h"

#include <algorithm>

#include "fhir/suggestion.h"

namespace renal::hooks::internal {

ConfigTable::~ConfigTable() {
  const std::vector<std::string> known(taken_.begin(), taken_.end());
  for (const auto& [key, node] : table_) {
    if (taken_.contains(key.str())) continue;
    source_.problems.push_back({key.source().begin, "'" + NameOf(key.str()) +
                                                        "' is no key of this program." +
                                                        fhir::Suggestion(key.str(), known)});
  }
}

void ConfigTable::Text(std::string_view key, std::string& value) {
  const toml::node* node = Take(key);
  if (node == nullptr) return;
  const auto text = node->value_exact<std::string>();
  if (!text || text->empty()) return Complain(key, "must be a text that is not empty");
  value = *text;
}

void ConfigTable::Flag(std::string_view key, bool& value) {
  const toml::node* node = Take(key);
  if (node == nullptr) return;
  const auto flag = node->value_exact<bool>();
  if (!flag) return Complain(key, "must be true or false");
  value = *flag;
}

std::optional<std::int64_t> ConfigTable::Number(std::string_view key, std::int64_t least,
                                                std::int64_t most) {
  const toml::node* node = Take(key);
  if (node == nullptr) return std::nullopt;
  const auto number = node->value_exact<std::int64_t>();
  if (number && *number >= least && *number <= most) return number;
  Complain(key,
           "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

void ConfigTable::Path(std::string_view key, std::filesystem::path& value) {
  std::string text;
  Text(key, text);
  if (!text.empty()) value = Resolve(text);
}

void ConfigTable::Texts(std::string_view key, std::vector<std::string>& value) {
  const toml::node* node = Take(key);
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
  Texts(key, texts);
  for (const std::string& text : texts) value.push_back(Resolve(text));
}

std::optional<std::size_t> ConfigTable::Word(std::string_view key,
                                             const std::vector<std::string_view>& words) {
  const toml::node* node = Take(key);
  if (node == nullptr) return std::nullopt;
  const auto text = node->value_exact<std::string>();
  const auto found = text ? std::ranges::find(words, *text) : words.end();
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string list;
  for (const std::string_view word : words) {
    list.append(list.empty() ? "" : ", ").append("\"").append(word).append("\"");
  }
  Complain(key, "must be one of " + list);
  return std::nullopt;
}

void ConfigTable::Table(std::string_view key, const std::function<void(ConfigTable&)>& read) {
  static const toml::table kEmpty;
  const toml::node* node = Take(key);
  if (node != nullptr && !node->is_table()) {
    return Complain(key, "must be a table: [" + NameOf(key) + "]");
  }
  ConfigTable table(node == nullptr ? kEmpty : *node->as_table(), NameOf(key), source_);
  read(table);
}

void ConfigTable::Tables(std::string_view key, const std::function<void(ConfigTable&)>& read) {
  const toml::node* node = Take(key);
  if (node == nullptr) return;
  const toml::array* array = node->as_array();
  const bool tables = array != nullptr &&
                      std::ranges::all_of(*array, [](const auto& each) { return each.is_table(); });
  if (!tables) return Complain(key, "must be tables: [[" + NameOf(key) + "]]");
  for (const toml::node& each : *array) {
    ConfigTable table(*each.as_table(), NameOf(key), source_);
    read(table);
  }
}

void ConfigTable::Complain(std::string_view key, const std::string& text) {
  const toml::node* node = table_.get(key);
  const toml::source_position at = (node == nullptr ? table_ : *node).source().begin;
  source_.problems.push_back({at, "'" + NameOf(key) + "' " + text});
}

const toml::node* ConfigTable::Take(std::string_view key) {
  taken_.emplace(key);
  source_.keys.insert(NameOf(key));
  return table_.get(key);
}

std::string ConfigTable::NameOf(std::string_view key) const {
  return (name_.empty() ? "" : name_ + ".") + std::string(key);
}

std::filesystem::path ConfigTable::Resolve(const std::string& text) const {
  const std::filesystem::path path(text);
  return path.is_absolute() ? path : (source_.folder / path).lexically_normal();
}

}  // namespace renal::hooks::internal
