#include "fhir/decimal.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "fhir/internal/ratio.h"

namespace renal::fhir {
namespace {

using Coefficient = Decimal::Coefficient;
using internal::Big;

constexpr int kMaxScale = 38;
constexpr int kExponentCap = 10'000;  // far beyond every exponent that can fit

using Powers = std::array<Coefficient, kMaxScale + 1>;

constexpr Powers PowersOfTen() {
  Powers powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
constexpr Powers kPowers = PowersOfTen();

constexpr Coefficient Power(int exponent) { return kPowers[static_cast<std::size_t>(exponent)]; }

constexpr Coefficient kLimit = Power(kMaxScale);  // the first coefficient that is too large

bool Fits(Coefficient coefficient) { return coefficient < kLimit && coefficient > -kLimit; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes a sign from the front of `text`: true for a minus.
bool TakeSign(std::string_view& text) {
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return false;
  const bool minus = text[0] == '-';
  text.remove_prefix(1);
  return minus;
}

// Takes the digits at the front of `text`.
std::string_view TakeDigits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), IsDigit);
  const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

bool AppendDigits(Coefficient& coefficient, std::string_view digits) {
  for (const char digit : digits) {
    if (coefficient >= kLimit / 10) return false;
    coefficient = coefficient * 10 + (digit - '0');
  }
  return true;
}

// Takes `[(e|E)[+-]digits]`, which must be all of `text`; nothing for another text.
std::optional<int> ParseExponent(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] != 'e' && text[0] != 'E') return std::nullopt;
  text.remove_prefix(1);
  const bool minus = TakeSign(text);
  const std::string_view digits = TakeDigits(text);
  if (digits.empty() || !text.empty()) return std::nullopt;
  int exponent = 0;
  for (const char digit : digits) exponent = std::min(exponent * 10 + (digit - '0'), kExponentCap);
  return minus ? -exponent : exponent;
}

// Both coefficients at the larger of the two scales.
std::pair<Big, Big> Align(const Decimal& a, const Decimal& b) {
  const int scale = std::max(a.scale(), b.scale());
  return {Big(a.coefficient()) * Big(Power(scale - a.scale())),
          Big(b.coefficient()) * Big(Power(scale - b.scale()))};
}

// Both coefficients at the larger of the two scales, if that needs no more than 128 bits.
std::optional<std::pair<Coefficient, Coefficient>> AlignShort(const Decimal& a, const Decimal& b) {
  const int scale = std::max(a.scale(), b.scale());
  Coefficient left = 0;
  Coefficient right = 0;
  if (__builtin_mul_overflow(a.coefficient(), Power(scale - a.scale()), &left)) return std::nullopt;
  if (__builtin_mul_overflow(b.coefficient(), Power(scale - b.scale()), &right))
    return std::nullopt;
  return std::pair{left, right};
}

}  // namespace

Decimal::Decimal(std::int64_t integer) : coefficient_(integer) {}

std::optional<Decimal> Decimal::FromParts(Coefficient coefficient, int scale) {
  if (coefficient == 0) scale = std::clamp(scale, 0, kMaxScale);
  while ((scale > kMaxScale || (scale > 0 && !Fits(coefficient))) && coefficient % 10 == 0) {
    coefficient /= 10;
    --scale;
  }
  if (scale > kMaxScale || scale < -kMaxScale || !Fits(coefficient)) return std::nullopt;
  if (scale < 0) {
    if (__builtin_mul_overflow(coefficient, Power(-scale), &coefficient)) return std::nullopt;
    if (!Fits(coefficient)) return std::nullopt;
    scale = 0;
  }
  Decimal result;
  result.coefficient_ = coefficient;
  result.scale_ = scale;
  return result;
}

std::optional<Decimal> Decimal::Parse(std::string_view text) {
  const bool minus = TakeSign(text);
  const std::string_view whole = TakeDigits(text);
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = TakeDigits(text);
    if (fraction.empty()) return std::nullopt;
  }
  const std::optional<int> exponent = ParseExponent(text);
  if (whole.empty() || !exponent || fraction.size() > kExponentCap) return std::nullopt;
  const int scale = static_cast<int>(fraction.size()) - *exponent;
  if (scale < -kMaxScale || scale > kMaxScale) return std::nullopt;

  Coefficient coefficient = 0;
  if (!AppendDigits(coefficient, whole) || !AppendDigits(coefficient, fraction)) {
    return std::nullopt;
  }
  return FromParts(minus ? -coefficient : coefficient, scale);
}

std::string Decimal::ToString() const {
  // The least scale + 1 digits, so that there is one before the point.
  std::string reversed;
  Coefficient rest = coefficient_ < 0 ? -coefficient_ : coefficient_;
  for (int place = 0; rest != 0 || place <= scale_; ++place, rest /= 10) {
    if (place == scale_ && place != 0) reversed += '.';
    reversed += static_cast<char>('0' + static_cast<int>(rest % 10));
  }
  if (coefficient_ < 0) reversed += '-';
  return {reversed.rbegin(), reversed.rend()};
}

std::string Decimal::ToShortString() const {
  std::string text = ToString();
  if (scale_ == 0) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

bool Decimal::IsInteger() const { return coefficient_ % Power(scale_) == 0; }

std::optional<std::int64_t> Decimal::ToInteger() const {
  const Coefficient whole = coefficient_ / Power(scale_);
  if (!IsInteger() || whole > std::numeric_limits<std::int64_t>::max() ||
      whole < std::numeric_limits<std::int64_t>::min()) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(whole);
}

int Decimal::sign() const { return (coefficient_ > 0) - (coefficient_ < 0); }

Decimal Decimal::operator-() const {
  Decimal result = *this;
  result.coefficient_ = -result.coefficient_;
  return result;
}

Decimal Decimal::Abs() const { return coefficient_ < 0 ? -*this : *this; }

std::optional<Decimal> Add(const Decimal& a, const Decimal& b) {
  const int scale = std::max(a.scale_, b.scale_);
  Coefficient sum = 0;
  if (const auto aligned = AlignShort(a, b);
      aligned && !__builtin_add_overflow(aligned->first, aligned->second, &sum)) {
    return Decimal::FromParts(sum, scale);
  }
  const auto [left, right] = Align(a, b);
  return internal::ExactDecimal(left + right, scale);
}

std::optional<Decimal> Subtract(const Decimal& a, const Decimal& b) { return Add(a, -b); }

std::optional<Decimal> Multiply(const Decimal& a, const Decimal& b) {
  const int scale = a.scale_ + b.scale_;
  Coefficient product = 0;
  if (!__builtin_mul_overflow(a.coefficient_, b.coefficient_, &product)) {
    return Decimal::FromParts(product, scale);
  }
  return internal::ExactDecimal(Big(a.coefficient_) * Big(b.coefficient_), scale);
}

std::optional<Decimal> MultiplyRounded(const Decimal& a, const Decimal& b) {
  if (const auto exact = Multiply(a, b)) return exact;
  return internal::RoundedProduct(a.coefficient_, b.coefficient_, a.scale_ + b.scale_);
}

std::optional<Decimal> Divide(const Decimal& a, const Decimal& b) {
  if (b.coefficient_ == 0) return std::nullopt;
  if (const auto rounded = internal::RoundedQuotient(a, b)) return rounded;
  const Decimal dividend = b.coefficient_ < 0 ? -a : a;
  return internal::RoundedRatio(dividend.coefficient_, b.Abs().coefficient_, b.scale_ - a.scale_,
                                std::max(a.scale_ - b.scale_, 0));
}

std::optional<Decimal> IntegerDivide(const Decimal& a, const Decimal& b) {
  if (b.coefficient_ == 0) return std::nullopt;
  if (const auto aligned = AlignShort(a, b)) {
    return Decimal::FromParts(aligned->first / aligned->second, 0);
  }
  const auto [left, right] = Align(a, b);
  return internal::ExactDecimal(left / right, 0);
}

std::optional<Decimal> Modulo(const Decimal& a, const Decimal& b) {
  if (b.coefficient_ == 0) return std::nullopt;
  const int scale = std::max(a.scale_, b.scale_);
  if (const auto aligned = AlignShort(a, b)) {
    return Decimal::FromParts(aligned->first % aligned->second, scale);
  }
  const auto [left, right] = Align(a, b);
  return internal::ExactDecimal(left % right, scale);
}

Decimal Decimal::Truncate() const {
  Decimal result;
  result.coefficient_ = coefficient_ / Power(scale_);
  return result;
}

Decimal Decimal::Floor() const {
  Decimal result = Truncate();
  if (coefficient_ < 0 && !IsInteger()) --result.coefficient_;
  return result;
}

Decimal Decimal::Ceiling() const { return -(-*this).Floor(); }

Decimal Decimal::Round(int digits) const {
  digits = std::clamp(digits, 0, kMaxScale);
  if (digits >= scale_) return *this;
  const Coefficient unit = Power(scale_ - digits);
  const Coefficient rest = coefficient_ % unit;
  Decimal result;
  result.coefficient_ = coefficient_ / unit;
  result.scale_ = digits;
  // unit / 2 is exact, since unit is a power of ten above 1.
  if (rest >= unit / 2) ++result.coefficient_;
  if (rest <= -(unit / 2)) --result.coefficient_;
  return result;
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  const auto order = [](Coefficient x, Coefficient y) {
    if (x == y) return std::strong_ordering::equal;
    return x < y ? std::strong_ordering::less : std::strong_ordering::greater;
  };
  if (a.scale_ == b.scale_) return order(a.coefficient_, b.coefficient_);
  if (a.sign() != b.sign()) return a.sign() <=> b.sign();
  const int scale = std::max(a.scale_, b.scale_);
  Coefficient left = 0;
  Coefficient right = 0;
  // What overflows when brought to the larger scale is larger than the other, which stays as it is.
  if (__builtin_mul_overflow(a.coefficient_, Power(scale - a.scale_), &left)) return a.sign() <=> 0;
  if (__builtin_mul_overflow(b.coefficient_, Power(scale - b.scale_), &right)) {
    return 0 <=> b.sign();
  }
  return order(left, right);
}

}  // namespace renal::fhir
