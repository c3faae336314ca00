#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "fhir/result.h"
#include "hooks/jws_algorithm.h"

struct bignum_st;
struct evp_pkey_st;
struct evp_pkey_ctx_st;

namespace renal::hooks::internal {

/// A public key in the form that OpenSSL works with, made once and checked; with the contexts that
/// verifications have set up, kept for the next ones. Any thread.
class PublicKey {
 public:
  enum class Kind : std::uint8_t { kRsa, kP256, kP384, kP521 };

  /// Sets up, for as long as the program lives, what OpenSSL would set up when it meets the first
  /// signature: what it has no memory for at its first use, it refuses for good. Called at the
  /// start; std::bad_alloc.
  static void Prepare();

  /// Numbers as big-endian bytes. Fails with kValue unless the modulus is odd and has 2048 to 4096
  /// bits, the exponent is odd and from 3 to 2^32, and OpenSSL finds the key sound; std::bad_alloc
  /// where it has no memory.
  static fhir::Result<std::shared_ptr<const PublicKey>> Rsa(std::string_view modulus,
                                                            std::string_view exponent);
  /// Coordinates as big-endian bytes of exactly the field's length. Fails with kValue unless they
  /// are a point of the curve; std::bad_alloc as above.
  static fhir::Result<std::shared_ptr<const PublicKey>> Ec(Kind curve, std::string_view x,
                                                           std::string_view y);
  ~PublicKey();
  PublicKey(const PublicKey&) = delete;
  PublicKey& operator=(const PublicKey&) = delete;

  Kind kind() const { return kind_; }
  /// Whether signatures of the algorithm are made with keys of this kind.
  bool Fits(JwsAlgorithm algorithm) const;

  /// Whether `signature` is one of the algorithm over exactly `text`: raw R and S of exactly the
  /// field's length, both from 1 to below the order of the curve; or as long as the modulus, for PS
  /// with a salt as long as the hash. False where the key does not fit. std::bad_alloc where
  /// OpenSSL has no memory: then nothing is said of the signature.
  bool Verify(JwsAlgorithm algorithm, std::string_view text, std::string_view signature) const;

  /// The same key, whatever it was read from.
  bool Equals(const PublicKey& other) const;

 private:
  using Context = std::unique_ptr<evp_pkey_ctx_st, void (*)(evp_pkey_ctx_st*)>;
  PublicKey(Kind kind, evp_pkey_st* key);
  static fhir::Result<std::shared_ptr<const PublicKey>> Checked(Kind kind, evp_pkey_st* key);
  Context Take(JwsAlgorithm algorithm) const;
  void Return(JwsAlgorithm algorithm, Context context) const;

  Kind kind_;
  evp_pkey_st* key_;
  std::size_t signature_bytes_ = 0;
  bignum_st* order_ = nullptr;  // of the curve
  mutable std::mutex mutex_;
  mutable std::array<std::vector<Context>, kJwsAlgorithms> idle_;
};

}  // namespace renal::hooks::internal
