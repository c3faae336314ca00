#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

/// What became of a pathway in shadow: counts of its differences from the one that answers, out of
/// the server's log. Nothing in it is about a patient or a user.
namespace renal::hooks {

/// The pathway that answered, and that in shadow, as the log names them.
struct ShadowPair {
  std::string version, hash;
  std::string shadow, shadow_version, shadow_hash;
  friend auto operator<=>(const ShadowPair&, const ShadowPair&) = default;
};

/// A result that only one of the two gave.
struct ShadowResult {
  std::string rule, action, determination;
  friend auto operator<=>(const ShadowResult&, const ShadowResult&) = default;
};

struct ShadowResultCount {
  std::int64_t only_shown = 0;   ///< calls whose answer had it, and the shadow had not
  std::int64_t only_shadow = 0;  ///< the other way round
};

struct ShadowCounts {
  std::int64_t calls = 0;
  std::int64_t different = 0;
  std::map<std::pair<std::string, std::string>, std::int64_t> outcomes;  ///< shown, in shadow
  std::map<ShadowResult, ShadowResultCount> results;
};

/// Counts as they come; bounded, whatever the log holds.
class ShadowReport {
 public:
  static constexpr std::size_t kMostPairs = 100;
  static constexpr std::size_t kMostResults = 10'000;  ///< of a pair

  /// One line of a log; every other than those of the shadow is passed over.
  void Add(std::string_view line);
  void AddAll(std::istream& log);

  const std::map<ShadowPair, ShadowCounts>& pairs() const { return pairs_; }
  std::int64_t failed() const { return failed_; }    ///< evaluations that met a defect
  std::int64_t refused() const { return refused_; }  ///< calls that the shadow could not read

  std::string Json() const;   ///< one object
  std::string Table() const;  ///< for people

 private:
  ShadowCounts* CountsOf(ShadowPair pair);

  std::map<ShadowPair, ShadowCounts> pairs_;
  std::int64_t failed_ = 0;
  std::int64_t refused_ = 0;
};

}  // namespace renal::hooks
