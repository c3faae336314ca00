#include <array>
#include <cstddef>
#include <cstdint>

#include <boost/multiprecision/cpp_bin_float.hpp>

#include "fhir/decimal.h"
#include "fhir/internal/ratio.h"

namespace renal::fhir {
namespace {

using internal::Big;
// Digits enough for exponents up to kLargest and 28 right ones in the result.
using Float = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>>;

constexpr std::int64_t kLargest = 1'000'000;
constexpr int kPlaces = 38;  // before and after the point

Float FloatOf(const Decimal& value) {
  return Float(Big(value.coefficient())) / Float(internal::PowerOfTen(value.scale()));
}

// base^exponent by squaring; nothing once a factor has more than 38 digits.
std::optional<Decimal> ExactPower(Decimal base, std::int64_t exponent) {
  std::optional<Decimal> result = Decimal(1);
  while (true) {
    if (exponent % 2 != 0) result = Multiply(*result, base);
    exponent /= 2;
    if (!result || exponent == 0) return result;
    const auto square = Multiply(base, base);
    if (!square) return std::nullopt;
    base = *square;
  }
}

// The decimal next to a positive number; nothing where it is too large or too small for one.
std::optional<Decimal> DecimalOf(const Float& value) {
  static const Float kMost(internal::PowerOfTen(kPlaces));
  if (value >= kMost || value * kMost < 1) return std::nullopt;
  // Digits beyond those that a decimal holds, so that they are rounded once.
  const int scale = kPlaces + 8;
  const Float scaled = value * Float(internal::PowerOfTen(scale));
  return internal::RoundedRatio(Big(floor(scaled + Float(0.5))), 1, -scale, 0);
}

// The library works its constants out at their first use, unguarded: two threads that begin together
// would read halves. So one of them does it, and the others wait.
void PrepareConstants() {
  static const Float kOnce = exp(log(Float(10)) + Float(1) / 3) + pow(Float(3), 2);
  static_cast<void>(kOnce);
}

std::optional<Decimal> WorkOut(const Decimal& base, const Decimal& exponent) {
  const auto whole = exponent.ToInteger();
  if (whole && *whole >= 0) {
    if (const auto exact = ExactPower(base, *whole)) return exact;
  }
  PrepareConstants();
  const Float logarithm = FloatOf(exponent) * log(FloatOf(base));
  static const Float kMost = Float(kPlaces) * log(Float(10));
  if (abs(logarithm) > kMost) return std::nullopt;
  if (whole) return DecimalOf(pow(FloatOf(base), static_cast<int>(*whole)));
  return DecimalOf(exp(logarithm));
}

// A power costs as much as the rest of an evaluation, and formulas ask for the same ones over and
// over: of one constant and an age in years, of the quotient of two short numbers. So each thread
// keeps those that it worked out lately, each at one place, whose last one stays.
class Known {
 public:
  const std::optional<Decimal>& Find(const Decimal& base, const Decimal& exponent) {
    Entry& entry = entries_[PlaceOf(base) * 31 % kPlaces ^ PlaceOf(exponent) % kPlaces];
    if (!entry.used || !IsSame(entry.base, base) || !IsSame(entry.exponent, exponent)) {
      entry = {base, exponent, WorkOut(base, exponent), true};
    }
    return entry.power;
  }

 private:
  struct Entry {
    Decimal base, exponent;
    std::optional<Decimal> power;
    bool used = false;
  };
  static constexpr std::size_t kPlaces = 512;

  // With its trailing zeros: an exact power keeps them.
  static bool IsSame(const Decimal& a, const Decimal& b) {
    return a.coefficient() == b.coefficient() && a.scale() == b.scale();
  }
  static std::size_t PlaceOf(const Decimal& value) {
    constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15;  // 2^64 over the golden ratio
    const auto low = static_cast<std::uint64_t>(value.coefficient());
    const auto high = static_cast<std::uint64_t>(value.coefficient() >> 64);
    const std::uint64_t mixed = (low ^ high * 3 ^ static_cast<std::uint64_t>(value.scale()) << 56);
    return static_cast<std::size_t>(mixed * kSpread >> 48);
  }

  std::array<Entry, kPlaces> entries_;
};

std::optional<Decimal> PositivePower(const Decimal& base, const Decimal& exponent) {
  thread_local Known known;
  return known.Find(base, exponent);
}

}  // namespace

std::optional<Decimal> Power(const Decimal& base, const Decimal& exponent) {
  if (exponent.Abs() > Decimal(kLargest)) return std::nullopt;
  if (exponent.sign() == 0) return Decimal(1);
  if (base.sign() == 0) return exponent.sign() > 0 ? std::optional(Decimal(0)) : std::nullopt;
  if (base.sign() > 0) return PositivePower(base, exponent);
  const auto whole = exponent.ToInteger();
  if (!whole) return std::nullopt;
  const auto power = PositivePower(-base, exponent);
  return power && *whole % 2 != 0 ? std::optional(-*power) : power;
}

}  // namespace renal::fhir
