#include "pathways/internal/reader.h"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "fhir/suggestion.h"

namespace renal::pathways::internal {
namespace {

using fhir::JsonType;
using fhir::OwnJson;
using fhir::TextPosition;

// Bytes of the file that one character of a JSON string takes, and bytes of the value that it
// gives.
std::pair<std::size_t, std::size_t> Step(std::string_view raw) {
  if (raw[0] != '\\' || raw.size() < 2) return {1, 1};
  if (raw[1] != 'u' || raw.size() < 6) return {2, 1};
  unsigned code = 0;
  std::from_chars(raw.data() + 2, raw.data() + 6, code, 16);
  if (code >= 0xD800 && code < 0xDC00) return {12, 4};  // a pair of surrogates
  return {6, code < 0x80 ? 1 : code < 0x800 ? 2 : 3};
}

std::string_view FormOf(JsonType type) {
  switch (type) {
    case JsonType::kObject:
      return "an object";
    case JsonType::kArray:
      return "a list";
    case JsonType::kString:
      return "a string";
    case JsonType::kBoolean:
      return "true or false";
    case JsonType::kInteger:
      return "a whole number";
    default:
      return "another value";
  }
}

}  // namespace

Problems::Problems(std::string_view file, std::string_view text, std::size_t most)
    : file_(file), text_(text), line_starts_{0}, most_(most) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') line_starts_.push_back(i + 1);
  }
}

void Problems::Add(TextPosition at, LoadProblem::Level level, std::string_view id,
                   std::string message) {
  if (level == LoadProblem::Level::kError) ++errors_;
  if (list_.size() >= most_) return;
  // A node that is read often, as the defaults of a test file are, must not crowd out the rest.
  if (!said_.emplace(at.line, at.column, std::string(id), message).second) return;
  list_.push_back({file_, at.line, at.column, std::string(id), level, std::move(message)});
}

void Problems::Error(TextPosition at, std::string_view id, std::string message) {
  Add(at, LoadProblem::Level::kError, id, std::move(message));
}

void Problems::Error(const OwnJson& at, std::string_view id, std::string message) {
  Error(at.at, id, std::move(message));
}

void Problems::Warn(const OwnJson& at, std::string_view id, std::string message) {
  Add(at.at, LoadProblem::Level::kWarning, id, std::move(message));
}

void Problems::Info(const OwnJson& at, std::string_view id, std::string message) {
  Add(at.at, LoadProblem::Level::kInfo, id, std::move(message));
}

TextPosition Problems::Inside(const OwnJson& string, std::size_t offset) const {
  TextPosition place = string.at;
  const auto line = static_cast<std::size_t>(place.line - 1);
  if (line >= line_starts_.size()) return place;
  std::size_t at = line_starts_[line] + static_cast<std::size_t>(place.column - 1);
  const std::size_t begin = at++;  // past the quotation mark
  for (std::size_t value = 0; value < offset && at < text_.size();) {
    const auto [bytes, gives] = Step(text_.substr(at));
    at += bytes;
    value += gives;
  }
  place.column += static_cast<int>(at - begin);
  return place;
}

void Problems::Append(std::vector<LoadProblem> problems) {
  for (LoadProblem& problem : problems) {
    if (problem.level == LoadProblem::Level::kError) ++errors_;
    if (list_.size() < most_) list_.push_back(std::move(problem));
  }
}

std::vector<LoadProblem> Problems::Take() {
  const auto place = [this](const LoadProblem& p) {
    return std::make_tuple(p.file != file_, std::string_view(p.file), p.line, p.column);
  };
  std::stable_sort(list_.begin(), list_.end(),
                   [&](const LoadProblem& a, const LoadProblem& b) { return place(a) < place(b); });
  // A file that two value sets name says the same twice.
  const auto same = [&](const LoadProblem& a, const LoadProblem& b) {
    return place(a) == place(b) && a.id == b.id && a.message == b.message;
  };
  list_.erase(std::unique(list_.begin(), list_.end(), same), list_.end());
  return std::move(list_);
}

std::string Problems::Suggestion(std::string_view word,
                                 std::span<const std::string> candidates) const {
  // What is not shown need not be worked out: a hostile file must not make this expensive.
  return list_.size() >= most_ ? std::string() : fhir::Suggestion(word, candidates);
}

std::string Quoted(std::string_view text) {
  constexpr std::size_t kShown = 60;
  std::string quoted = "\"";
  quoted += text.substr(0, kShown);
  if (text.size() > kShown) quoted += "...";
  return quoted + "\"";
}

std::string Sentence(std::string text) {
  if (!text.ends_with('.') && !text.ends_with('?')) text += '.';
  return text;
}

bool IsName(std::string_view text, bool hyphen) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (text.empty() || text.size() > 64 || !letter(text[0])) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '_' || (hyphen && c == '-');
  });
}

Fields::Fields(const OwnJson& node, std::string what, Problems& problems)
    : node_(node), what_(std::move(what)), problems_(problems), known_{"note"} {
  if (node.type == JsonType::kObject) return;
  problems_.Error(node, "L101", what_ + " must be an object. Write it in braces.");
}

Fields::~Fields() {
  if (open_) return;
  const std::vector<std::string> names(known_.begin(), known_.end());
  for (const auto& [name, value] : node_.members) {
    if (known_.contains(name) || name.starts_with("x-")) continue;
    const std::string hint = problems_.Suggestion(name, names);
    problems_.Error(value.name_at, "L101",
                    what_ + " has no property " + Quoted(name) + "." +
                        (hint.empty() ? " Remove it, or start its name with \"x-\"." : hint));
  }
}

const OwnJson* Fields::Any(std::string_view name, Need need) {
  known_.emplace(name);
  const OwnJson* member = node_.Find(name);
  if (member == nullptr && need == Need::kRequired && node_.type == JsonType::kObject) {
    problems_.Error(node_, "L101", what_ + " has no " + Quoted(name) + ". Add it.");
  }
  return member;
}

const OwnJson* Fields::Typed(std::string_view name, Need need, JsonType type,
                             std::string_view form) {
  const OwnJson* member = Any(name, need);
  if (member == nullptr || member->type == type) return member;
  problems_.Error(*member, "L101",
                  Quoted(name) + " of " + what_ + " must be " + std::string(form) + ", not " +
                      std::string(FormOf(member->type)) + ". Rewrite it.");
  return nullptr;
}

const OwnJson* Fields::Object(std::string_view name, Need need) {
  return Typed(name, need, JsonType::kObject, "an object");
}
const OwnJson* Fields::Array(std::string_view name, Need need) {
  return Typed(name, need, JsonType::kArray, "a list");
}
const OwnJson* Fields::String(std::string_view name, Need need) {
  const OwnJson* member = Typed(name, need, JsonType::kString, "a string");
  if (member == nullptr || !member->text.empty()) return member;
  problems_.Error(*member, "L101",
                  Quoted(name) + " of " + what_ + " is empty. Write a text, or leave it out.");
  return nullptr;
}

std::span<const OwnJson> Fields::Items(std::string_view name, Need need) {
  const OwnJson* array = Array(name, need);
  return array == nullptr ? std::span<const OwnJson>() : std::span<const OwnJson>(array->items);
}

std::span<const std::pair<std::string, OwnJson>> Fields::Members(std::string_view name, Need need) {
  const OwnJson* object = Object(name, need);
  if (object == nullptr) return {};
  return object->members;
}

std::string Fields::Text(std::string_view name, Need need) {
  const OwnJson* string = String(name, need);
  return string == nullptr ? std::string() : string->text;
}

bool Fields::Flag(std::string_view name, bool otherwise) {
  const OwnJson* member = Typed(name, Need::kOptional, JsonType::kBoolean, "true or false");
  return member == nullptr ? otherwise : member->boolean;
}

std::optional<std::int64_t> Fields::Integer(std::string_view name, std::int64_t low,
                                            std::int64_t high) {
  const OwnJson* member = Typed(name, Need::kOptional, JsonType::kInteger, "a whole number");
  if (member == nullptr) return std::nullopt;
  std::int64_t value = 0;
  const std::string& text = member->text;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec == std::errc() && value >= low && value <= high) return value;
  problems_.Error(*member, "L101",
                  Quoted(name) + " of " + what_ + " must be from " + std::to_string(low) + " to " +
                      std::to_string(high) + ". Change it.");
  return std::nullopt;
}

std::optional<std::size_t> Fields::Word(std::string_view name, std::span<const std::string> words,
                                        Need need) {
  const OwnJson* string = String(name, need);
  if (string == nullptr) return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), string->text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  problems_.Error(*string, "L101",
                  Quoted(string->text) + " is no " + Quoted(name) + " of " + what_ + "." +
                      problems_.Suggestion(string->text, words));
  return std::nullopt;
}

const OwnJson& Fields::At(std::string_view name) const {
  const OwnJson* member = node_.Find(name);
  return member == nullptr ? node_ : *member;
}

const std::string* TextOf(const OwnJson& node, std::string_view what, Problems& problems) {
  if (node.type == JsonType::kString && !node.text.empty()) return &node.text;
  problems.Error(node, "L101",
                 std::string(what) + " must be a string. Write it in quotation marks.");
  return nullptr;
}

}  // namespace renal::pathways::internal
