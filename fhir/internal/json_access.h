#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <simdjson.h>

#include "fhir/json.h"

/// Looking through objects where it happens so often that a call for each member is too much.
namespace renal::fhir {

/// What is kept of a parsed text.
struct JsonContent : simdjson::dom::document {
  bool underscored = false;  ///< it may have members whose names begin with an underscore
};

/// The place of a value on its document's tape.
struct JsonAccess {
  static const simdjson::dom::document* DocumentOf(const Json& json) {
    return static_cast<const simdjson::dom::document*>(json.document_);
  }
  static Json ValueAt(const simdjson::dom::document* document, std::size_t index) {
    return {document, index};
  }
  /// Whether any member of the document that `json` is from, which must be there, may be the sibling
  /// of a primitive.
  static bool MayHaveSiblings(const Json& json) {
    return static_cast<const JsonContent*>(DocumentOf(json))->underscored;
  }
};

template <class Word>
Word WordAt(const char* text) {
  Word word;
  std::memcpy(&word, text, sizeof word);
  return word;
}

/// By their first and last words, which may overlap; of texts of one to two words.
template <class Word>
bool SameWords(const char* a, const char* b, std::size_t size) {
  const std::size_t last = size - sizeof(Word);
  return WordAt<Word>(a) == WordAt<Word>(b) && WordAt<Word>(a + last) == WordAt<Word>(b + last);
}

/// Names are compared all the time, and nearly all have up to 16 bytes: no call for those.
inline bool SameName(std::string_view a, std::string_view b) {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  if (size > 16) return a == b;
  if (size >= 8) return SameWords<std::uint64_t>(a.data(), b.data(), size);
  if (size >= 4) return SameWords<std::uint32_t>(a.data(), b.data(), size);
  if (size >= 2) return SameWords<std::uint16_t>(a.data(), b.data(), size);
  return size == 0 || a[0] == b[0];
}

/// Calls `visit` with name and value of each member of `object`, which must be one, in document
/// order, until it gives true.
template <class Visit>
void VisitMembers(const Json& object, const Visit& visit) {
  using simdjson::internal::tape_ref;
  const auto* document = JsonAccess::DocumentOf(object);
  const std::size_t closing = tape_ref(document, object.index()).matching_brace_index() - 1;
  for (std::size_t name = object.index() + 1; name < closing;
       name = tape_ref(document, name + 1).after_element()) {
    const std::string_view text = tape_ref(document, name).get_string_view();
    if (visit(text, JsonAccess::ValueAt(document, name + 1))) return;
  }
}

/// The member of that name of `object`, which must be one; absent if there is none.
inline Json MemberOf(const Json& object, std::string_view name) {
  using simdjson::internal::tape_ref;
  const auto* document = JsonAccess::DocumentOf(object);
  const std::size_t closing = tape_ref(document, object.index()).matching_brace_index() - 1;
  for (std::size_t place = object.index() + 1; place < closing;
       place = tape_ref(document, place + 1).after_element()) {
    if (SameName(tape_ref(document, place).get_string_view(), name)) {
      return JsonAccess::ValueAt(document, place + 1);
    }
  }
  return {};
}

}  // namespace renal::fhir
