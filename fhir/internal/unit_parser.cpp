#include "fhir/internal/unit_parser.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

namespace renal::fhir::internal {
namespace {

constexpr std::size_t kMaxText = 128;
constexpr int kMaxComponents = 16;
constexpr int kMaxNesting = 8;
constexpr int kMaxPower = 12;
constexpr int kMaxPowerOfTen = 60;
constexpr std::size_t kMaxFactorDigits = 9;
// Of the whole unit. Keeps every later comparison cheap; real units stay far below.
constexpr int kMaxTen = 400;
constexpr unsigned kMaxBits = 1024;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A number with an optional sign, at most `limit` either way; nothing for another text.
std::optional<int> ParseSmall(std::string_view text, int limit) {
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.size() > 3 || !std::all_of(text.begin(), text.end(), IsDigit)) {
    return std::nullopt;
  }
  int value = 0;
  for (const char digit : text) value = value * 10 + (digit - '0');
  if (value > limit) return std::nullopt;
  return minus ? -value : value;
}

// Where the exponent starts: the digits at the end, with a sign before them.
std::size_t ExponentOf(std::string_view token) {
  std::size_t start = token.size();
  while (start > 0 && IsDigit(token[start - 1])) --start;
  if (start > 0 && start < token.size() && (token[start - 1] == '-' || token[start - 1] == '+')) {
    --start;
  }
  return start;
}

// Grammar: UCUM, section 2.
//   unit      = [ "/" ] term
//   term      = component { ( "." | "/" ) component }
//   component = "(" term ")" | annotation | simple [ annotation ]
//   simple    = digits | ( "10*" | "10^" ) [ exponent ] | [ prefix ] atom [ exponent ]
class Parser {
 public:
  Parser(std::string_view text, const AtomTable& atoms) : rest_(text), atoms_(atoms) {}

  std::optional<Unit::Definition> Parse() {
    Unit::Definition unit{.text = std::string(rest_)};
    if (rest_.size() > kMaxText) return std::nullopt;
    if (!Term(1, 0) || !rest_.empty()) return std::nullopt;
    if (special_ && components_ != 1) return std::nullopt;
    magnitude_.Reduce();
    if (std::abs(magnitude_.ten) > kMaxTen || msb(magnitude_.numerator) >= kMaxBits ||
        msb(magnitude_.denominator) >= kMaxBits) {
      return std::nullopt;
    }
    std::sort(annotations_.begin(), annotations_.end());
    unit.magnitude = std::move(magnitude_);
    unit.annotations = std::move(annotations_);
    return unit;
  }

 private:
  bool Take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // `sign` is -1 where the term divides.
  bool Term(int sign, int nesting) {
    const bool inverse = nesting == 0 && Take('/');
    if (nesting > kMaxNesting || !Component(inverse ? -sign : sign, nesting)) return false;
    while (!rest_.empty() && rest_[0] != ')') {
      const int next = Take('/') ? -sign : sign;
      if (next == sign && !Take('.')) return false;
      if (!Component(next, nesting)) return false;
    }
    return true;
  }

  bool Component(int sign, int nesting) {
    if (Take('(')) return Term(sign, nesting + 1) && Take(')');
    if (++components_ > kMaxComponents) return false;
    if (rest_.starts_with('{')) return Annotation(sign);
    if (!Simple(TakeToken(), sign)) return false;
    return !rest_.starts_with('{') || Annotation(sign);
  }

  bool Annotation(int sign) {
    const std::size_t end = rest_.find('}');
    if (end == std::string_view::npos || end < 2) return false;
    const std::string_view words = rest_.substr(1, end - 1);
    for (const char c : words) {
      if (c < '!' || c > '~' || c == '{') return false;
    }
    annotations_.push_back((sign < 0 ? "/" : ".") + std::string(words));
    rest_.remove_prefix(end + 1);
    return true;
  }

  // Takes the text up to the next operator; square brackets are part of a name, whatever is in
  // them.
  std::string_view TakeToken() {
    std::size_t end = 0;
    bool bracket = false;
    while (end < rest_.size()) {
      const char c = rest_[end];
      if (c == '[') bracket = true;
      if (c == ']') bracket = false;
      if (!bracket && std::string_view("./(){}").find(c) != std::string_view::npos) break;
      ++end;
    }
    const std::string_view token = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return token;
  }

  bool Simple(std::string_view token, int sign) {
    if (token.empty()) return false;
    if (token.starts_with("10*") || token.starts_with("10^")) return Ten(token.substr(3), sign);
    if (std::all_of(token.begin(), token.end(), IsDigit)) return Factor(token, sign);
    const std::size_t split = ExponentOf(token);
    int exponent = 1;
    if (split < token.size()) {
      const std::optional<int> written = ParseSmall(token.substr(split), kMaxPower);
      if (!written || *written == 0) return false;
      exponent = *written;
    }
    return Prefixed(token.substr(0, split), sign * exponent);
  }

  bool Ten(std::string_view exponent, int sign) {
    const std::optional<int> power = exponent.empty() ? 1 : ParseSmall(exponent, kMaxPowerOfTen);
    if (!power) return false;
    magnitude_.ten += sign * *power;
    return true;
  }

  bool Factor(std::string_view digits, int sign) {
    if (digits.size() > kMaxFactorDigits) return false;
    const int factor = std::atoi(std::string(digits).c_str());
    if (factor == 0) return false;
    (sign > 0 ? magnitude_.numerator : magnitude_.denominator) *= factor;
    return true;
  }

  // The whole name first: "cd" is the candela, not a hundredth of a day.
  bool Prefixed(std::string_view name, int exponent) {
    if (const auto atom = atoms_.find(name); atom != atoms_.end()) {
      return Use(atom->second, 0, exponent);
    }
    for (const std::size_t length : {std::size_t{1}, std::size_t{2}}) {
      if (name.size() <= length) return false;
      const std::optional<int> power = PrefixPower(name.substr(0, length));
      const auto atom = atoms_.find(name.substr(length));
      if (power && atom != atoms_.end() && atom->second.metric) {
        return Use(atom->second, *power, exponent);
      }
    }
    return false;
  }

  bool Use(const Atom& atom, int prefix, int exponent) {
    if (atom.special && exponent != 1) return false;
    special_ |= atom.special;
    magnitude_.Apply(atom.magnitude, exponent);
    magnitude_.ten += prefix * exponent;
    return true;
  }

  std::string_view rest_;
  const AtomTable& atoms_;
  Magnitude magnitude_;
  std::vector<std::string> annotations_;
  int components_ = 0;
  bool special_ = false;
};

}  // namespace

void Magnitude::Apply(const Magnitude& other, int exponent) {
  const auto power = static_cast<unsigned>(std::abs(exponent));
  const bool multiplies = exponent > 0;
  numerator *= pow(multiplies ? other.numerator : other.denominator, power);
  denominator *= pow(multiplies ? other.denominator : other.numerator, power);
  ten += other.ten * exponent;
  for (std::size_t i = 0; i < kDimensions; ++i) {
    powers[i] = static_cast<std::int16_t>(powers[i] + other.powers[i] * exponent);
  }
}

void Magnitude::Reduce() {
  const Big shared = gcd(numerator, denominator);
  numerator /= shared;
  denominator /= shared;
}

std::optional<Unit::Definition> ParseUnit(std::string_view text, const AtomTable& atoms) {
  return Parser(text, atoms).Parse();
}

}  // namespace renal::fhir::internal
