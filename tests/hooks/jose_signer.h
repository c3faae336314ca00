#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "hooks/jws_algorithm.h"

struct evp_pkey_st;

/// The other side of hooks/jws.h, for tests: makes keys, writes them as JWK and signs, with OpenSSL
/// alone and nothing of ours.
namespace renal::hooks {

/// Base64url without padding.
std::string Encoded(std::string_view bytes);

class JoseSigner {
 public:
  /// On "P-256", "P-384", "P-521" or any other curve that OpenSSL knows.
  static JoseSigner Ec(const char* curve);
  static JoseSigner Rsa(unsigned bits, unsigned exponent = 65537);
  /// One kept for all tests of a program: a key that the algorithm is made with.
  static const JoseSigner& For(JwsAlgorithm algorithm);

  /// The public key; `members` go behind the others: R"(,"use":"sig")".
  std::string Jwk(std::string_view kid, std::string_view members = {}) const;
  /// RFC 7518's signature. For the PS algorithms `salt` is its length, -1 for that of the hash.
  std::string Sign(JwsAlgorithm algorithm, std::string_view text, int salt = -1) const;
  /// As OpenSSL gives it: DER where the key is EC.
  std::string SignDer(JwsAlgorithm algorithm, std::string_view text) const;
  /// The public key as PEM, which confused verifiers take for the secret of HS256.
  std::string Pem() const;
  evp_pkey_st* get() const { return key_.get(); }

 private:
  explicit JoseSigner(evp_pkey_st* key);
  bool is_ec() const;
  std::shared_ptr<evp_pkey_st> key_;
};

/// HMAC of SHA-256, for tokens that must be refused.
std::string Hs256(std::string_view secret, std::string_view text);

}  // namespace renal::hooks
