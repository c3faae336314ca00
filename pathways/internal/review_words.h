#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "pathways/internal/review_phrases.h"
#include "pathways/phrases.h"

/// The words of the review document and the picture (pathways/catalogue).
namespace renal::pathways::review {

/// A phrase of the document by its key; a key that the table does not have does not compile.
class Word {
 public:
  consteval Word(const char* key) : index_(Find(key)) {}  // NOLINT: a key is a word
  std::size_t index() const { return index_; }

 private:
  static consteval std::size_t Find(std::string_view key) {
    for (std::size_t i = 0; i < kReviewPhrases.size(); ++i) {
      if (kReviewPhrases[i].key == key) return i;
    }
    throw "no phrase has that key";
  }
  std::size_t index_;
};

/// The words of one language.
class Words {
 public:
  explicit Words(Phrases phrases) : phrases_(std::move(phrases)) {}

  /// The built-in English. Throws std::logic_error if the embedded file is broken.
  static const Words& English();

  /// English with those words in their place that there are in a language: the ones of the picture.
  /// Throws as English().
  static const Words& Of(std::string_view language);

  const std::string& language() const { return phrases_.language(); }
  std::string operator()(Word word, Phrases::Arguments arguments = {}) const {
    return phrases_.Text(word.index(), arguments);
  }
  std::string Count(Word word, std::size_t count, Phrases::Arguments arguments = {}) const {
    return phrases_.Counted(word.index(), static_cast<std::int64_t>(count), arguments);
  }
  std::string Name(std::string_view code) const { return phrases_.Name(code); }

  /// "a, b and c"; empty for none.
  std::string And(const std::vector<std::string>& items) const { return Join(items, "list.and"); }
  std::string Or(const std::vector<std::string>& items) const { return Join(items, "list.or"); }

 private:
  std::string Join(const std::vector<std::string>& items, Word last) const;
  Phrases phrases_;
};

}  // namespace renal::pathways::review
