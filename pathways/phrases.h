#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/result.h"

/// Words of ours that people read: not in the code, but in one data file a language.
namespace renal::pathways {

/// What the code needs one text for.
struct PhraseSpec {
  std::string_view key;           ///< in the file
  std::string_view placeholders;  ///< that the text must have, separated by spaces
  bool counts = false;            ///< the text has two forms, one of them for the number 1
};

/// The texts of one language for a table of phrases. Whole after loading, then never changed: safe
/// to share between threads.
///
/// File: `{"language": "en", "texts": {key: text}, "names": {code: text}}`. A text is plain (no
/// Markdown, no HTML) with placeholders `{name}`; a phrase that counts is `{"one": text, "other":
/// text}`. `names` may be left out. A further language is one more file.
class Phrases {
 public:
  using Arguments = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// Fails with kStructure naming the place; with kRequired naming the key that is missing; with
  /// kValue for a key that is not in `specs`, a placeholder that is unknown or missing, or a
  /// Markdown character.
  static fhir::Result<Phrases> Load(std::string_view json, std::span<const PhraseSpec> specs);

  const std::string& language() const { return language_; }

  /// The text at that place of the table, with its placeholders filled in. Arguments are put in as
  /// they are and not read again.
  std::string Text(std::size_t phrase, Arguments arguments = {}) const;

  /// The text at that place as the file has it, for a phrase without placeholders.
  const std::string& Plain(std::size_t phrase) const { return entries_.at(phrase).other.whole; }

  /// As Text(), in the form for `count`, with {count} filled in.
  std::string Counted(std::size_t phrase, std::int64_t count, Arguments arguments = {}) const;

  /// What people call the thing with that code ("http://loinc.org": "LOINC"); the code itself where
  /// the file has no name for it.
  std::string Name(std::string_view code) const;

 private:
  // A text, taken apart at its placeholders.
  struct Form {
    struct Part {
      std::string literal;
      std::string name;  // of the placeholder behind it; empty at the end of the text
    };
    std::string whole;
    std::vector<Part> parts;
  };
  struct Entry {
    Form one, other;  // equal where the phrase does not count
  };
  static Form Taken(std::string_view text);
  static std::string Fill(const Form& form, Arguments arguments, std::string_view count);

  std::string language_;
  std::vector<Entry> entries_;
  std::map<std::string, std::string, std::less<>> names_;
};

}  // namespace renal::pathways
