#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "fhir/result.h"
#include "hooks/jws_algorithm.h"

/// Public keys of clients, as RFC 7517 writes them (security.md section 6).
namespace renal::hooks {

namespace internal {
class PublicKey;
}

/// A public key that signatures are checked with. Read once into the form that OpenSSL works with;
/// copies share it. Any thread.
class Jwk {
 public:
  /// Reads a key of type RSA or EC that may check signatures: `use` absent or `sig`, `key_ops`
  /// absent or with `verify`, `alg` absent or one of ours for this type and curve; RSA of 2048 to
  /// 4096 bits with an odd exponent of 3 to 2^32; EC on P-256, P-384 or P-521. Never looks at x5c,
  /// x5u, x5t or private members. Fails with kValue and a sentence for the operator, without any
  /// text of the key.
  static fhir::Result<Jwk> Read(const fhir::Json& key);

  /// 1 to 256 characters; empty where the key has none.
  const std::string& kid() const { return kid_; }
  /// Whether the key has the type and curve of the algorithm, and its own `alg` is no other.
  bool Allows(JwsAlgorithm algorithm) const;
  /// Whether `signature`, raw as in RFC 7518, was made with this key over exactly `text`. False
  /// where the key does not allow the algorithm.
  bool Verify(JwsAlgorithm algorithm, std::string_view text, std::string_view signature) const;
  /// Whether both are the same key for the same algorithms; the kid does not matter.
  bool SameKey(const Jwk& other) const;

 private:
  Jwk(std::string kid, std::optional<JwsAlgorithm> algorithm,
      std::shared_ptr<const internal::PublicKey> key)
      : kid_(std::move(kid)), algorithm_(algorithm), key_(std::move(key)) {}
  std::string kid_;
  std::optional<JwsAlgorithm> algorithm_;
  std::shared_ptr<const internal::PublicKey> key_;
};

/// The usable keys of a JWK Set.
class JwkSet {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{256} * 1024;
  static constexpr std::size_t kMaxKeys = 100;

  /// Reads a set. Keys that cannot be used, have no kid or are symmetric are skipped and counted.
  /// Fails with kStructure or kTooCostly where the text is no set or beyond the limits above, and
  /// with kValue where no key of it can be used.
  static fhir::Result<JwkSet> Read(std::string_view text);

  /// The keys with exactly this kid; more than one where the set repeats it.
  std::span<const Jwk> WithKid(std::string_view kid) const;
  std::size_t size() const { return keys_.size(); }
  std::size_t skipped() const { return skipped_; }

 private:
  std::vector<Jwk> keys_;  // by kid
  std::size_t skipped_ = 0;
};

}  // namespace renal::hooks
