#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace renal::fhir::internal {

__extension__ typedef unsigned __int128 Half;

/// A whole number from 0 up to 2^256 - 1: the product of two coefficients, which has at most 76
/// digits.
class Wide {
 public:
  using Word = std::uint64_t;

  static Wide Product(Half a, Half b);  ///< of any two

  /// Divides by a number above 0; gives what is left over.
  Word DivideBy(Word divisor);
  /// How many decimal digits it has, at least one.
  int Digits() const;
  /// Divides by 10^count, count above 0, rounding half to even. `more`: there is something left
  /// over of the number itself, less than one.
  void DropDigits(int count, bool more);
  /// Of a number below 2^128.
  Half value() const { return Half{words_[1]} << 64 | words_[0]; }

 private:
  std::array<Word, 4> words_{};  // the lowest first
};

}  // namespace renal::fhir::internal
