#include "hooks/jws_algorithm.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace renal::hooks {
namespace {

constexpr std::array<std::string_view, kJwsAlgorithms> kNames = {
    "ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"};

}  // namespace

std::string_view Spelling(JwsAlgorithm algorithm) {
  return kNames[static_cast<std::size_t>(algorithm)];
}

std::optional<JwsAlgorithm> ReadJwsAlgorithm(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<JwsAlgorithm>(std::distance(kNames.begin(), found));
}

}  // namespace renal::hooks
