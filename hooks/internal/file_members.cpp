#include "hooks/internal/file_members.h"

#include <algorithm>
#include <charconv>

namespace renal::hooks::internal {
namespace {

using fhir::JsonType;
using fhir::OwnJson;

constexpr std::size_t kShown = 64;

std::string_view NameOf(JsonType type) {
  switch (type) {
    case JsonType::kString:
      return "a text in quotes";
    case JsonType::kBoolean:
      return "true or false";
    case JsonType::kArray:
      return "a list in [ ]";
    case JsonType::kObject:
      return "an object in { }";
    default:
      return "a whole number";
  }
}

}  // namespace

void FileProblems::Add(fhir::TextPosition at, std::string message) {
  list.push_back({file, at, std::move(message)});
}

std::string Quoted(std::string_view word) {
  std::string quoted = "\"";
  quoted.append(word.substr(0, kShown)).append(word.size() > kShown ? "…\"" : "\"");
  return quoted;
}

FileMembers::FileMembers(const OwnJson& node, std::string what, FileProblems& problems)
    : node_(node), what_(std::move(what)), problems_(problems) {
  IsType(node, {}, JsonType::kObject);
}

FileMembers::~FileMembers() {
  for (const auto& [name, value] : node_.members) {
    if (known_.contains(name) || name == "note") continue;
    problems_.Add(value.name_at, Quoted(name) + " is no member of " + what_ +
                                     ". Correct its spelling, or remove it.");
  }
}

bool FileMembers::IsType(const OwnJson& node, std::string_view name, JsonType type) {
  if (node.type == type) return true;
  const std::string subject = name.empty() ? what_ : Quoted(name) + " of " + what_;
  problems_.Add(node.at, subject + " must be " + std::string(NameOf(type)) + ".");
  return false;
}

const OwnJson* FileMembers::Any(std::string_view name) {
  known_.emplace(name);
  return node_.Find(name);
}

const OwnJson* FileMembers::Find(std::string_view name, JsonType type) {
  const OwnJson* member = Any(name);
  return member != nullptr && IsType(*member, name, type) ? member : nullptr;
}

void FileMembers::Text(std::string_view name, std::string& to) {
  const OwnJson* member = Find(name, JsonType::kString);
  if (member == nullptr) return;
  if (member->text.empty()) {
    problems_.Add(member->at, Quoted(name) + " is empty. Give it a text, or remove it.");
  }
  to = member->text;
}

void FileMembers::Flag(std::string_view name, bool& to) {
  if (const OwnJson* member = Find(name, JsonType::kBoolean)) to = member->boolean;
}

void FileMembers::Texts(std::string_view name, std::vector<std::string>& to) {
  const OwnJson* member = Find(name, JsonType::kArray);
  if (member == nullptr) return;
  to.clear();
  for (const OwnJson& item : member->items) {
    if (IsType(item, name, JsonType::kString)) to.push_back(item.text);
  }
}

void FileMembers::Pairs(std::string_view name, std::vector<Alias>& to) {
  const OwnJson* member = Find(name, JsonType::kObject);
  if (member == nullptr) return;
  for (const auto& [key, value] : member->members) {
    if (!IsType(value, key, JsonType::kString)) continue;
    std::erase_if(to, [&](const Alias& alias) { return alias.name == key; });
    to.push_back({key, value.text});
  }
}

std::optional<std::int64_t> FileMembers::Integer(std::string_view name, std::int64_t low,
                                                 std::int64_t high) {
  const OwnJson* member = Find(name, JsonType::kInteger);
  if (member == nullptr) return std::nullopt;
  const std::string& text = member->text;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number >= low && number <= high) {
    return number;
  }
  problems_.Add(member->at, Quoted(name) + " must be from " + std::to_string(low) + " to " +
                                std::to_string(high) + ".");
  return std::nullopt;
}

std::optional<std::size_t> FileMembers::Word(std::string_view name,
                                             std::span<const std::string_view> words) {
  const OwnJson* member = Find(name, JsonType::kString);
  if (member == nullptr) return std::nullopt;
  const auto word = std::ranges::find(words, member->text);
  if (word != words.end()) return static_cast<std::size_t>(word - words.begin());
  std::string list;
  for (const std::string_view each : words) list += (list.empty() ? "" : ", ") + Quoted(each);
  problems_.Add(member->at, Quoted(member->text) + " is none of the words for " + Quoted(name) +
                                ". Write one of " + list + ".");
  return std::nullopt;
}

}  // namespace renal::hooks::internal
