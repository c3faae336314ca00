#include "fhir/internal/wide.h"

#include <algorithm>
#include <bit>

namespace renal::fhir::internal {
namespace {

constexpr int kWordDigits = 19;  // powers of ten that a word holds
constexpr std::size_t kPowers = 78;

using Words = std::array<Wide::Word, 4>;
using WordPowers = std::array<Wide::Word, kWordDigits + 1>;
using Powers = std::array<Words, kPowers>;

constexpr WordPowers MakeWordPowers() {
  WordPowers powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
constexpr WordPowers kWordPowers = MakeWordPowers();

constexpr Powers MakePowers() {
  Powers powers{Words{1}};
  for (std::size_t i = 1; i < powers.size(); ++i) {
    Half carry = 0;
    for (std::size_t word = 0; word < Words().size(); ++word) {
      carry += Half{powers[i - 1][word]} * 10;
      powers[i][word] = static_cast<Wide::Word>(carry);
      carry >>= 64;
    }
  }
  return powers;
}
constexpr Powers kPowersOfTen = MakePowers();

bool IsBelow(const Words& a, const Words& b) {
  return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
}

}  // namespace

Wide Wide::Product(Half a, Half b) {
  const Words left{static_cast<Word>(a), static_cast<Word>(a >> 64)};
  const Words right{static_cast<Word>(b), static_cast<Word>(b >> 64)};
  Wide product;
  for (std::size_t i = 0; i < 2; ++i) {
    Half carry = 0;
    for (std::size_t j = 0; j < 2; ++j) {
      carry += Half{left[i]} * right[j] + product.words_[i + j];
      product.words_[i + j] = static_cast<Word>(carry);
      carry >>= 64;
    }
    product.words_[i + 2] = static_cast<Word>(carry);
  }
  return product;
}

Wide::Word Wide::DivideBy(Word divisor) {
  Half rest = 0;
  for (std::size_t i = words_.size(); i-- > 0;) {
    rest = rest << 64 | words_[i];
    words_[i] = static_cast<Word>(rest / divisor);
    rest %= divisor;
  }
  return static_cast<Word>(rest);
}

int Wide::Digits() const {
  std::size_t word = words_.size() - 1;
  while (word > 0 && words_[word] == 0) --word;
  const auto bits = static_cast<int>(64 * word) + static_cast<int>(std::bit_width(words_[word]));
  // Times log10(2): the number of digits, or one less.
  const int digits = std::max(bits - 1, 0) * 1233 / 4096 + 1;
  return IsBelow(words_, kPowersOfTen[static_cast<std::size_t>(digits)]) ? digits : digits + 1;
}

void Wide::DropDigits(int count, bool more) {
  for (; count > kWordDigits; count -= kWordDigits) {
    more = DivideBy(kWordPowers[kWordDigits]) != 0 || more;
  }
  const Word divisor = kWordPowers[static_cast<std::size_t>(count)];
  const Word rest = DivideBy(divisor), half = divisor / 2;
  const bool up = rest > half || (rest == half && (more || words_[0] % 2 != 0));
  for (std::size_t i = 0; up && i < words_.size() && ++words_[i] == 0; ++i) {
  }
}

}  // namespace renal::fhir::internal
