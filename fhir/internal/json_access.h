#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "fhir/json.h"

/// Looking through objects where it happens so often that a call for each member is too much.
namespace renal::fhir {

/// The place of a value on its document's tape.
struct JsonAccess {
  static const JsonTape& TapeOf(const Json& json) { return *json.tape_; }
  static Json ValueAt(const JsonTape& tape, std::size_t index) { return {&tape, index}; }
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

static_assert(std::endian::native == std::endian::little,
              "MemberName reads a size and text as one");

/// A name that members are looked for by: its size and its first four bytes in one word, as they
/// stand on a tape, tell it from nearly all others.
class MemberName {
 public:
  MemberName() = default;
  /// `text` must outlive it.
  explicit constexpr MemberName(std::string_view text) : text_(text), head_(text.size()) {
    const std::size_t count = text.size() < kInHead ? text.size() : kInHead;
    if (count == kInHead) {  // without a loop: it becomes one word that is read
      head_ |= ByteOf(0) << 32 | ByteOf(1) << 40 | ByteOf(2) << 48 | ByteOf(3) << 56;
      mask_ = ~std::uint64_t{0};
      return;
    }
    for (std::size_t i = 0; i < count; ++i) {
      head_ |= ByteOf(i) << (32 + 8 * i);
      mask_ |= std::uint64_t{0xFF} << (32 + 8 * i);
    }
  }

  /// Whether the text at that place of a tape begins as this name does; others may, too.
  bool MayBegin(const char* place) const {
    return ((WordAt<std::uint64_t>(place) & mask_) ^ head_) >> 32 == 0;
  }
  /// Whether the text at that place of a tape is this name.
  bool IsAt(const char* place) const {
    if ((WordAt<std::uint64_t>(place) & mask_) != head_) return false;
    return text_.size() <= kInHead ||
           std::memcmp(place + 4 + kInHead, text_.data() + kInHead, text_.size() - kInHead) == 0;
  }

 private:
  static constexpr std::size_t kInHead = 4;

  constexpr std::uint64_t ByteOf(std::size_t i) const {
    return static_cast<unsigned char>(text_[i]);
  }

  std::string_view text_;
  std::uint64_t head_ = 0;
  std::uint64_t mask_ = 0xFFFF'FFFF;
};

/// The member of that name of `object`, which must be one; absent if there is none.
inline Json MemberOf(const Json& object, const MemberName& name) {
  const JsonTape& tape = JsonAccess::TapeOf(object);
  const std::size_t closing = tape.behind(object.index()) - 1;
  for (std::size_t place = object.index() + 1; place < closing; place = tape.next(place + 1)) {
    if (name.IsAt(tape.texts + tape.payload(place))) return JsonAccess::ValueAt(tape, place + 1);
  }
  return {};
}

/// Calls `visit` with name and value of each member of `object`, which must be one, in document
/// order, until it gives true.
template <class Visit>
void VisitMembers(const Json& object, const Visit& visit) {
  const JsonTape& tape = JsonAccess::TapeOf(object);
  const std::size_t closing = tape.behind(object.index()) - 1;
  for (std::size_t name = object.index() + 1; name < closing; name = tape.next(name + 1)) {
    if (visit(tape.text(name), JsonAccess::ValueAt(tape, name + 1))) return;
  }
}

/// The same for those whose names begin as `name` does, and perhaps others.
template <class Visit>
void VisitMembersFrom(const Json& object, const MemberName& begin, const Visit& visit) {
  const JsonTape& tape = JsonAccess::TapeOf(object);
  const std::size_t closing = tape.behind(object.index()) - 1;
  for (std::size_t name = object.index() + 1; name < closing; name = tape.next(name + 1)) {
    if (!begin.MayBegin(tape.texts + tape.payload(name))) continue;
    if (visit(tape.text(name), JsonAccess::ValueAt(tape, name + 1))) return;
  }
}

}  // namespace renal::fhir
