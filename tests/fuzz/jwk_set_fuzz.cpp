#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "fhir/json.h"
#include "hooks/jwk.h"

// Any text as a JWK Set. What is taken is within the limits, each key is found by its kid and only
// there, allows algorithms of one kind only, and believes no signature that nobody made.
namespace renal::hooks {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

constexpr JwsAlgorithm kFirst[] = {JwsAlgorithm::kEs256, JwsAlgorithm::kEs384, JwsAlgorithm::kEs512,
                                   JwsAlgorithm::kRs256};

void CheckKey(const Jwk& key) {
  int kinds = 0;
  for (int i = 0; i < static_cast<int>(kJwsAlgorithms); ++i) {
    const auto algorithm = static_cast<JwsAlgorithm>(i);
    if (!key.Allows(algorithm)) continue;
    for (const std::size_t size : {0, 64, 96, 132, 256, 384, 512}) {
      Require(!key.Verify(algorithm, "text", std::string(size, '\0')));
      Require(!key.Verify(algorithm, "text", std::string(size, '\x01')));
    }
  }
  for (const JwsAlgorithm first : kFirst) {
    bool any = false;
    for (int i = 0; i < (first == JwsAlgorithm::kRs256 ? 6 : 1); ++i) {
      any = any || key.Allows(static_cast<JwsAlgorithm>(static_cast<int>(first) + i));
    }
    kinds += any ? 1 : 0;
  }
  Require(kinds == 1);
  Require(key.SameKey(key));
}

void CheckSet(std::string_view text) {
  const auto set = JwkSet::Read(text);
  const auto document = fhir::JsonDocument::Parse(text);
  if (!set) return;
  Require(document.has_value() && text.size() <= JwkSet::kMaxBytes);
  const fhir::Json keys = document->root()["keys"];
  Require(set->size() > 0 && set->size() + set->skipped() == keys.size());
  Require(keys.size() <= JwkSet::kMaxKeys);
  // A key is not read a second time to compare: OpenSSL looks for factors of an RSA modulus at
  // random.
  std::set<std::string_view> kids;
  for (const fhir::Json::Entry entry : keys) kids.insert(entry.value["kid"].string());
  std::size_t found = 0;
  for (const std::string_view kid : kids) {
    for (const Jwk& key : set->WithKid(kid)) {
      ++found;
      Require(key.kid() == kid);
      CheckKey(key);
    }
  }
  Require(found == set->size());
  Require(set->WithKid("").empty());
}

}  // namespace
}  // namespace renal::hooks

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  renal::hooks::CheckSet(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
