#include "cards/agreement.h"

#include <algorithm>
#include <cmath>

namespace renal::cards {
namespace {

/// Shares of what each judge said.
struct Margins {
  std::map<std::string, double> one, other;
};

double At(const std::map<std::string, double>& shares, const std::string& name) {
  const auto found = shares.find(name);
  return found == shares.end() ? 0 : found->second;
}

}  // namespace

std::int64_t Agreement::total() const {
  std::int64_t total = 0;
  for (const auto& [pair, count] : counts_) total += count;
  return total;
}

std::int64_t Agreement::same() const {
  std::int64_t same = 0;
  for (const auto& [pair, count] : counts_) same += pair.first == pair.second ? count : 0;
  return same;
}

std::optional<Agreement::Kappa> Agreement::kappa() const {
  const auto n = static_cast<double>(total());
  if (n == 0) return std::nullopt;
  Margins margins;
  for (const auto& [pair, count] : counts_) {
    const double share = static_cast<double>(count) / n;
    margins.one[pair.first] += share;
    margins.other[pair.second] += share;
  }
  // Who always says the same agrees by chance alone, and has no interval.
  if (margins.one.size() < 2 || margins.other.size() < 2) return std::nullopt;
  double chance = 0;
  for (const auto& [name, share] : margins.one) chance += share * At(margins.other, name);
  const double value = (static_cast<double>(same()) / n - chance) / (1 - chance);
  double diagonal = 0, rest = 0;
  for (const auto& [pair, count] : counts_) {
    const double share = static_cast<double>(count) / n;
    const auto& [one, other] = pair;
    const double sum = At(margins.one, other) + At(margins.other, one);
    if (one == other) {
      diagonal += share * std::pow(1 - sum * (1 - value), 2);
    } else {
      rest += share * sum * sum;
    }
  }
  const double last = value - chance * (1 - value);
  const double variance =
      (diagonal + std::pow(1 - value, 2) * rest - last * last) / (n * std::pow(1 - chance, 2));
  constexpr double kNormal = 1.959964;  // two-sided 95 %
  const double reach = kNormal * std::sqrt(std::max(variance, 0.0));
  return Kappa{value, std::max(-1.0, value - reach), std::min(1.0, value + reach)};
}

}  // namespace renal::cards
