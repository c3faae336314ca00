#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace renal::cards {

/// How often two judges say the same of the same patients.
class Agreement {
 public:
  void Add(const std::string& one, const std::string& other) { ++counts_[{one, other}]; }

  /// Pairs by what each judge said.
  const std::map<std::pair<std::string, std::string>, std::int64_t>& counts() const {
    return counts_;
  }
  std::int64_t total() const;
  std::int64_t same() const;

  /// Cohen's kappa with its 95 % confidence interval from the large-sample standard error of
  /// Fleiss, Cohen and Everitt (Psychological Bulletin 1969; 72: 323-327), cut at -1 and 1.
  struct Kappa {
    double value = 0, low = 0, high = 0;
  };
  /// Nothing without pairs, and where a judge always says the same.
  std::optional<Kappa> kappa() const;

 private:
  std::map<std::pair<std::string, std::string>, std::int64_t> counts_;
};

}  // namespace renal::cards
