#include <algorithm>
#include <string_view>

#include "pathways/internal/json_tree.h"
#include "pathways/internal/loader.h"
#include "pathways/internal/texts.h"

namespace renal::pathways::internal {
namespace {

using fhir::JsonType;
using fhir::OwnJson;
using Places = std::vector<TextPlace<OwnJson>>;

OwnJson Text(std::string text, fhir::TextPosition at) {
  OwnJson node(JsonType::kString, std::move(text));
  node.at = node.name_at = at;
  return node;
}

/// The numbers of a text, by size; decimal signs separate, so that every language gives the same.
std::vector<std::string> NumbersOf(std::string_view text) {
  std::vector<std::string> numbers;
  bool open = false;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (digit && !open) numbers.emplace_back();
    if (digit) numbers.back() += c;
    open = digit;
  }
  std::ranges::sort(numbers);
  return numbers;
}

/// Puts one translation file into a copy of a pathway file.
class Translator {
 public:
  Translator(Loader& loader, OwnJson& root, Problems& problems)
      : loader_(loader), root_(root), problems_(problems) {}

  void Run(const OwnJson& translation) {
    Fields fields(translation, "the translation", problems_);
    ReadIdentity(fields);
    Places places = TextsOf(root_);
    const OwnJson* texts = fields.Object("texts", Need::kRequired);
    if (texts == nullptr) return;
    ReportUnknown(*texts, places);
    for (const TextPlace<OwnJson>& place : places) {
      const OwnJson* text = texts->Find(place.key);
      if (text == nullptr) {
        if (!place.name) ReportMissing(place);
      } else if (IsFit(place, *text)) {
        Put(place, *text);
      }
    }
    // Last, since members that are added move their neighbours, which `places` points to.
    for (auto& [strength, title] : titles_) Set(*strength, "title", std::move(title));
  }

 private:
  void ReadIdentity(Fields& fields) {
    MustEqual(fields, "pathway", TextAt(root_, "id"));
    MustEqual(fields, "version", TextAt(root_, "version"));
    language_ = fields.Text("language", Need::kRequired);
    const std::string original = TextAt(root_, "language");
    if (language_ == (original.empty() ? kDefaultLanguage : original)) {
      problems_.Error(fields.At("language"), "L802",
                      "the pathway file itself is in " + Quoted(language_) +
                          ". Name the language of these texts.");
    }
    const OwnJson& at = fields.At("language");
    Set(root_, "language", Text(language_, at.at));
    Set(root_, "decimalSign",
        Text(fields.Has("decimalSign") ? fields.Text("decimalSign") : ".", at.at));
  }

  void MustEqual(Fields& fields, std::string_view name, const std::string& wanted) {
    const OwnJson* node = fields.String(name, Need::kRequired);
    if (node == nullptr || node->text == wanted) return;
    problems_.Error(*node, "L802",
                    "the translation is of " + std::string(name) + " " + Quoted(node->text) +
                        ", the file is " + Quoted(wanted) +
                        ". Compare the texts, then change it here.");
  }

  void ReportUnknown(const OwnJson& texts, const Places& places) {
    std::vector<std::string> keys;
    for (const TextPlace<OwnJson>& place : places) keys.push_back(place.key);
    for (const auto& [key, node] : texts.members) {
      if (std::ranges::find(keys, key) != keys.end()) continue;
      const std::string hint = problems_.Suggestion(key, keys);
      problems_.Error(
          node.name_at, "L802",
          "the pathway has no text " + Quoted(key) + "." + (hint.empty() ? " Remove it." : hint));
    }
  }

  void ReportMissing(const TextPlace<OwnJson>& place) {
    loader_.problems.Warn(*place.node, "L801",
                          "the text has no translation into " + Quoted(language_) +
                              " and stays as it is. Add " + Quoted(place.key) +
                              " to the translation.");
  }

  bool IsFit(const TextPlace<OwnJson>& place, const OwnJson& text) {
    if (TextOf(text, "a translation", problems_) == nullptr) return false;
    if (PlaceholdersOf(place.node->text) != PlaceholdersOf(text.text)) {
      problems_.Error(text, "L802",
                      "the translation has other placeholders than the text " +
                          Quoted(place.node->text) + ". Use the same names in braces.");
      return false;
    }
    if (NumbersOf(place.node->text) != NumbersOf(text.text)) {
      problems_.Warn(text, "L803",
                     "the translation has other numbers than the text " + Quoted(place.node->text) +
                         ". Compare them.");
    }
    return true;
  }

  // The word of a strength is its name, too: its translation stands beside it.
  void Put(const TextPlace<OwnJson>& place, const OwnJson& text) {
    if (place.member == "word") {
      titles_.emplace_back(place.owner, Text(text.text, place.node->at));
    } else {
      place.node->text = text.text;
    }
  }

  Loader& loader_;
  OwnJson& root_;
  Problems& problems_;
  std::string language_;
  std::vector<std::pair<OwnJson*, OwnJson>> titles_;  // of strengths
};

}  // namespace

OwnJson Translated(Loader& loader, const OwnJson& root, const TranslationFile& file) {
  OwnJson copy = root;
  Problems problems(file.name, file.text);
  const auto parsed = fhir::ReadOwnJson(file.text);
  if (const auto* error = std::get_if<fhir::OwnJsonError>(&parsed)) {
    problems.Error(error->at, "L101", error->message);
  } else {
    Translator(loader, copy, problems).Run(std::get<OwnJson>(parsed));
  }
  loader.problems.Append(problems.Take());
  return copy;
}

}  // namespace renal::pathways::internal
