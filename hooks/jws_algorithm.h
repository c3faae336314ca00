#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace renal::hooks {

/// The signatures of RFC 7518 that tokens may have. `none` and the HS family have no value here, so
/// that nothing can allow them.
enum class JwsAlgorithm : std::uint8_t {
  kEs256,
  kEs384,
  kEs512,
  kRs256,
  kRs384,
  kRs512,
  kPs256,
  kPs384,
  kPs512
};
inline constexpr std::size_t kJwsAlgorithms = 9;

/// As in the header `alg`, for example "ES384".
std::string_view Spelling(JwsAlgorithm algorithm);
/// Nothing for any other text; names are case-sensitive.
std::optional<JwsAlgorithm> ReadJwsAlgorithm(std::string_view name);

/// Some of them.
class JwsAlgorithms {
 public:
  static JwsAlgorithms All() {
    JwsAlgorithms all;
    all.set_.set();
    return all;
  }
  JwsAlgorithms& Add(JwsAlgorithm algorithm) {
    set_.set(static_cast<std::size_t>(algorithm));
    return *this;
  }
  bool Has(JwsAlgorithm algorithm) const { return set_.test(static_cast<std::size_t>(algorithm)); }
  bool empty() const { return set_.none(); }
  friend bool operator==(const JwsAlgorithms&, const JwsAlgorithms&) = default;

 private:
  std::bitset<kJwsAlgorithms> set_;
};

}  // namespace renal::hooks
