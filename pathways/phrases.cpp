#include "pathways/phrases.h"

#include <algorithm>
#include <optional>
#include <variant>

#include "fhir/own_json.h"

namespace renal::pathways {
namespace {

using fhir::Issue;
using fhir::IssueCode;
using fhir::JsonType;
using fhir::OwnJson;

Issue Fault(IssueCode code, std::string what, std::string_view key) {
  return {code, std::move(what), "texts." + std::string(key)};
}

/// Calls `literal` and `name` for the parts of a text, in order. False for a brace without its
/// partner.
template <class Literal, class Name>
bool ForEachPart(std::string_view text, Literal literal, Name name) {
  while (!text.empty()) {
    const std::size_t open = text.find_first_of("{}");
    literal(text.substr(0, open));
    if (open == std::string_view::npos) return true;
    const std::size_t close = text.find('}', open);
    if (text[open] == '}' || close == std::string_view::npos) return false;
    name(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
  return true;
}

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// A form may leave {count} out ("one day"), nothing else: a card without its value would still look
// whole.
std::optional<Issue> CheckText(const PhraseSpec& spec, std::string_view text) {
  if (text.empty()) return Fault(IssueCode::kRequired, "the text is empty", spec.key);
  if (text.find_first_of("*_`<>[]\\|~#&@\n") != std::string_view::npos) {
    return Fault(IssueCode::kValue, "the text has a Markdown character", spec.key);
  }
  std::vector<std::string_view> names;
  const bool whole = ForEachPart(
      text, [](std::string_view) {}, [&](std::string_view name) { names.push_back(name); });
  if (!whole) return Fault(IssueCode::kValue, "a brace has no partner", spec.key);
  const std::vector<std::string_view> wanted = Words(spec.placeholders);
  for (const std::string_view name : names) {
    if (std::ranges::find(wanted, name) == wanted.end()) {
      return Fault(IssueCode::kValue, "the text has an unknown placeholder", spec.key);
    }
  }
  for (const std::string_view name : wanted) {
    if (name != "count" && std::ranges::find(names, name) == names.end()) {
      return Fault(IssueCode::kValue, "the text lacks a placeholder", spec.key);
    }
  }
  return std::nullopt;
}

/// One form of a phrase; null where it is not a string.
const std::string* FormOf(const OwnJson& value, const PhraseSpec& spec, std::string_view form) {
  const OwnJson* text = spec.counts ? value.Find(form) : &value;
  return text != nullptr && text->type == JsonType::kString ? &text->text : nullptr;
}

std::optional<Issue> CheckForms(const PhraseSpec& spec, const OwnJson& value) {
  for (const std::string_view form : {"one", "other"}) {
    const std::string* text = FormOf(value, spec, form);
    if (text == nullptr)
      return Fault(IssueCode::kStructure, "a form of the text is missing", spec.key);
    if (std::optional<Issue> issue = CheckText(spec, *text)) return issue;
  }
  return std::nullopt;
}

/// What a placeholder stands for; nothing where no argument has its name.
std::string_view ValueOf(std::string_view name, Phrases::Arguments arguments,
                         std::string_view count) {
  if (!count.empty() && name == "count") return count;
  for (const auto& [argument, value] : arguments) {
    // Many names have the same length, and few the same first letter.
    if (argument.starts_with(name.front()) && argument == name) return value;
  }
  return {};
}

std::optional<Issue> CheckKeys(const OwnJson& texts, std::span<const PhraseSpec> specs) {
  for (const auto& [key, value] : texts.members) {
    if (std::ranges::find(specs, key, &PhraseSpec::key) == specs.end()) {
      return Fault(IssueCode::kValue, "no code uses this text", key);
    }
  }
  for (const PhraseSpec& spec : specs) {
    const OwnJson* value = texts.Find(spec.key);
    if (value == nullptr) return Fault(IssueCode::kRequired, "the text is missing", spec.key);
    if (std::optional<Issue> issue = CheckForms(spec, *value)) return issue;
  }
  return std::nullopt;
}

std::optional<Issue> CheckNames(const OwnJson* names) {
  if (names == nullptr) return std::nullopt;
  if (names->type != JsonType::kObject) {
    return Issue{IssueCode::kStructure, "the names are no object", "names"};
  }
  for (const auto& [code, name] : names->members) {
    if (name.type == JsonType::kString && !name.text.empty()) continue;
    return Issue{IssueCode::kStructure, "the name is no text", "names." + code};
  }
  return std::nullopt;
}

}  // namespace

fhir::Result<Phrases> Phrases::Load(std::string_view json, std::span<const PhraseSpec> specs) {
  const auto read = fhir::ReadOwnJson(json);
  if (const auto* error = std::get_if<fhir::OwnJsonError>(&read)) {
    return Issue{IssueCode::kStructure, error->message,
                 std::to_string(error->at.line) + ":" + std::to_string(error->at.column)};
  }
  const OwnJson& root = std::get<OwnJson>(read);
  const OwnJson* language = root.Find("language");
  const OwnJson* texts = root.Find("texts");
  const OwnJson* names = root.Find("names");
  if (language == nullptr || language->type != JsonType::kString || language->text.empty()) {
    return Issue{IssueCode::kRequired, "the language is missing", "language"};
  }
  if (texts == nullptr || texts->type != JsonType::kObject) {
    return Issue{IssueCode::kRequired, "the texts are missing", "texts"};
  }
  if (std::optional<Issue> issue = CheckKeys(*texts, specs)) return *std::move(issue);
  if (std::optional<Issue> issue = CheckNames(names)) return *std::move(issue);
  Phrases phrases;
  phrases.language_ = language->text;
  for (const PhraseSpec& spec : specs) {
    const OwnJson& value = *texts->Find(spec.key);
    phrases.entries_.push_back(
        {Taken(*FormOf(value, spec, "one")), Taken(*FormOf(value, spec, "other"))});
  }
  if (names == nullptr) return phrases;
  for (const auto& [code, name] : names->members) phrases.names_.emplace(code, name.text);
  return phrases;
}

Phrases::Form Phrases::Taken(std::string_view text) {
  Form form{.whole = std::string(text)};
  ForEachPart(
      text,
      [&](std::string_view literal) {
        form.parts.push_back({std::string(literal), {}});
      },
      [&](std::string_view name) { form.parts.back().name = name; });
  return form;
}

std::string Phrases::Fill(const Form& form, Arguments arguments, std::string_view count) {
  if (form.parts.size() == 1 && form.parts[0].name.empty()) return form.whole;
  std::size_t most = form.whole.size() + count.size();  // where each argument stands once
  for (const auto& [argument, value] : arguments) most += value.size();
  std::string out;
  out.reserve(most);
  for (const Form::Part& part : form.parts) {
    out += part.literal;
    if (!part.name.empty()) out += ValueOf(part.name, arguments, count);
  }
  return out;
}

std::string Phrases::Text(std::size_t phrase, Arguments arguments) const {
  return Fill(entries_.at(phrase).other, arguments, {});
}

std::string Phrases::Counted(std::size_t phrase, std::int64_t count, Arguments arguments) const {
  const Entry& entry = entries_.at(phrase);
  return Fill(count == 1 ? entry.one : entry.other, arguments, std::to_string(count));
}

std::string Phrases::Name(std::string_view code) const {
  const auto found = names_.find(code);
  return found == names_.end() ? std::string(code) : found->second;
}

}  // namespace renal::pathways
