#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace renal::fhir {

/// An exact decimal number: coefficient * 10^-scale, up to 38 significant digits (the profile asks
/// for 28). Never binary floating point: rules test sizes at 2, 4, 5 and 7 cm, and 0.07 m must be 7
/// cm.
///
/// The scale is kept, since FHIR counts trailing zeros as precision (1.10 prints as "1.10"), but
/// comparison is by value (1.10 == 1.1).
class Decimal {
 public:
  Decimal() = default;
  Decimal(std::int64_t integer);               // NOLINT: every integer is a decimal
  Decimal(std::floating_point auto) = delete;  ///< would be cut silently; parse its text instead

  /// Reads `[+-]digits[.digits][(e|E)[+-]digits]`, as in JSON and FHIRPath. Nothing if the text has
  /// another form, or the number needs more than 38 digits or a scale outside [-38, 38].
  static std::optional<Decimal> Parse(std::string_view text);

  /// Plain notation without exponent, for example "-0.50". ToString(Parse(x)) keeps trailing zeros.
  std::string ToString() const;
  /// As ToString(), without trailing zeros after the point: "7.0" gives "7".
  std::string ToShortString() const;

  bool IsInteger() const;                         ///< by value: 7.0 is an integer
  std::optional<std::int64_t> ToInteger() const;  ///< nothing if not integral or beyond 64 bits
  int scale() const { return scale_; }            ///< digits after the point, never negative
  int sign() const;                               ///< -1, 0 or 1

  Decimal operator-() const;
  Decimal Abs() const;

  /// Exact; nothing beyond 38 digits.
  friend std::optional<Decimal> Add(const Decimal& a, const Decimal& b);
  friend std::optional<Decimal> Subtract(const Decimal& a, const Decimal& b);
  friend std::optional<Decimal> Multiply(const Decimal& a, const Decimal& b);
  /// As Multiply(), to 28 significant digits, half to even, where the exact product has more than
  /// 38; nothing for a product that is too large, or that is not 0 and would be rounded to it.
  friend std::optional<Decimal> MultiplyRounded(const Decimal& a, const Decimal& b);
  /// base^exponent: exact where the exponent is a whole number and the power has at most 38 digits,
  /// else to 28 significant digits. Nothing for a negative base with a fraction as exponent, for a
  /// negative power of 0, for an exponent beyond 1,000,000 either way, or for a power that no
  /// decimal can hold.
  friend std::optional<Decimal> Power(const Decimal& base, const Decimal& exponent);
  /// Exact where the quotient ends within 38 digits, else to 28 significant digits, half to even.
  /// Never more than 38 places after the point; nothing for b == 0, for a quotient beyond 38
  /// digits, or for one that is not 0 but would be rounded to it.
  friend std::optional<Decimal> Divide(const Decimal& a, const Decimal& b);
  /// Integral part of a / b, cut toward zero, and the rest with the sign of a; nothing for b == 0.
  friend std::optional<Decimal> IntegerDivide(const Decimal& a, const Decimal& b);
  friend std::optional<Decimal> Modulo(const Decimal& a, const Decimal& b);

  Decimal Floor() const;
  Decimal Ceiling() const;
  Decimal Truncate() const;
  /// To `digits` (0 to 38) places after the point, half away from zero.
  Decimal Round(int digits) const;

  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }

  /// The parts, for exact arithmetic elsewhere: the value is coefficient() * 10^-scale().
  __extension__ typedef __int128 Coefficient;
  Coefficient coefficient() const { return coefficient_; }
  /// A negative scale multiplies. Zeros at the end are dropped where it would not fit otherwise;
  /// nothing where it needs more than 38 digits or 38 places all the same.
  static std::optional<Decimal> FromParts(Coefficient coefficient, int scale);

 private:
  Coefficient coefficient_ = 0;
  int scale_ = 0;
};

}  // namespace renal::fhir
