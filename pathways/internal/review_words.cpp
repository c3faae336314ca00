#include "pathways/internal/review_words.h"

#include <stdexcept>
#include <utility>
#include <variant>

#include "fhir/own_json.h"

extern "C" {
extern const char renal_review_en[];
extern const char renal_review_en_end[];
extern const char renal_picture_nb[];
extern const char renal_picture_nb_end[];
}

namespace renal::pathways::review {
namespace {

std::string_view EnglishText() {
  return {renal_review_en, static_cast<std::size_t>(renal_review_en_end - renal_review_en)};
}
std::string_view NorwegianText() {
  return {renal_picture_nb, static_cast<std::size_t>(renal_picture_nb_end - renal_picture_nb)};
}

Words Read(std::string_view file) {
  auto loaded = Phrases::Load(file, kReviewPhrases);
  if (loaded) return Words(std::move(*loaded));
  throw std::logic_error("words of the review: " + loaded.error().expression + ": " +
                         loaded.error().diagnostics);
}

/// A file of words with those of another one in their place, and with its language.
std::string WithWords(std::string_view base, std::string_view other) {
  const auto ours = fhir::ReadOwnJson(base);
  const auto theirs = fhir::ReadOwnJson(other);
  const auto* root = std::get_if<fhir::OwnJson>(&ours);
  const auto* words = std::get_if<fhir::OwnJson>(&theirs);
  if (root == nullptr || words == nullptr) throw std::logic_error("words of the picture: no JSON");
  fhir::JsonWriter writer;
  writer.BeginObject().Key("language").Value(*words->Find("language")).Key("texts").BeginObject();
  for (const auto& [key, text] : root->Find("texts")->members) {
    const fhir::OwnJson* better = words->Find("texts")->Find(key);
    writer.Key(key).Value(better == nullptr ? text : *better);
  }
  writer.EndObject();
  if (const fhir::OwnJson* names = root->Find("names")) writer.Key("names").Value(*names);
  return writer.EndObject().Take();
}

}  // namespace

const Words& Words::English() {
  static const Words kEnglish = Read(EnglishText());
  return kEnglish;
}

const Words& Words::Of(std::string_view language) {
  static const Words kNorwegian = Read(WithWords(EnglishText(), NorwegianText()));
  return language == kNorwegian.language() ? kNorwegian : English();
}

std::string Words::Join(const std::vector<std::string>& items, Word last) const {
  if (items.empty()) return {};
  std::string list = items.front();
  for (std::size_t i = 1; i < items.size(); ++i) {
    const Word glue = i + 1 == items.size() ? last : Word("list.comma");
    list = (*this)(glue, {{"list", list}, {"last", items[i]}});
  }
  return list;
}

}  // namespace renal::pathways::review
