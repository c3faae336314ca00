#include <climits>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <ostream>
#include <string>
#include <string_view>
#include <thread>

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "fhir/digest.h"
#include "hooks/internal/patient_hash.h"
#include "hooks/internal/public_key.h"

// Where OpenSSL has no memory it says nothing: no digest is another, no key and no signature is
// bad; and what it could not do then it does when there is some again.
namespace renal::hooks::internal {
namespace {

constexpr int kEndless = INT_MAX;
thread_local int allocations_left = kEndless;  // then there is no memory for OpenSSL

bool HasMemory() {
  if (allocations_left == kEndless) return true;
  if (allocations_left == 0) return false;
  --allocations_left;
  return true;
}

void* Allocate(std::size_t size, const char*, int) {
  return HasMemory() ? std::malloc(size) : nullptr;
}
void* Reallocate(void* memory, std::size_t size, const char*, int) {
  return HasMemory() ? std::realloc(memory, size) : nullptr;
}
void Release(void* memory, const char*, int) { std::free(memory); }

// Before OpenSSL has allocated anything, or it refuses.
const int kTaken = ::CRYPTO_set_mem_functions(Allocate, Reallocate, Release);

using Holder = std::shared_ptr<const PublicKey>;

// A key pair and what it signed.
class Signed {
 public:
  Signed(PublicKey::Kind kind, JwsAlgorithm algorithm, EVP_PKEY* pair, const char* hash)
      : kind_(kind), algorithm_(algorithm), pair_(pair, &::EVP_PKEY_free) {
    const bool rsa = kind == PublicKey::Kind::kRsa;
    first_ = Number(rsa ? OSSL_PKEY_PARAM_RSA_N : OSSL_PKEY_PARAM_EC_PUB_X);
    second_ = Number(rsa ? OSSL_PKEY_PARAM_RSA_E : OSSL_PKEY_PARAM_EC_PUB_Y);
    Sign(hash);
  }

  Holder Key() const {
    if (kind_ == PublicKey::Kind::kRsa) return *PublicKey::Rsa(first_, second_);
    return *PublicKey::Ec(kind_, first_, second_);
  }
  bool IsGood(const PublicKey& key) const { return key.Verify(algorithm_, kText, signature_); }

 private:
  static constexpr std::string_view kText = "text";

  std::string Number(const char* name) const {
    BIGNUM* number = nullptr;
    EXPECT_EQ(::EVP_PKEY_get_bn_param(pair_.get(), name, &number), 1);
    std::string bytes = Bytes(number, Size());
    ::BN_free(number);
    return bytes;
  }
  int Size() const { return (::EVP_PKEY_get_bits(pair_.get()) + 7) / 8; }
  static std::string Bytes(const BIGNUM* number, int size) {
    std::string bytes(static_cast<std::size_t>(size), '\0');
    ::BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), size);
    return bytes;
  }

  void Sign(const char* hash) {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(::EVP_MD_CTX_new(),
                                                                     &::EVP_MD_CTX_free);
    EVP_PKEY_CTX* settings = nullptr;
    ASSERT_EQ(::EVP_DigestSignInit_ex(context.get(), &settings, hash, nullptr, nullptr, pair_.get(),
                                      nullptr),
              1);
    if (algorithm_ >= JwsAlgorithm::kPs256) {
      ::EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING);
      ::EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST);
    }
    std::size_t size = 1024;
    signature_.resize(size);
    ASSERT_EQ(
        ::EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature_.data()), &size,
                         reinterpret_cast<const unsigned char*>(kText.data()), kText.size()),
        1);
    signature_.resize(size);
    if (kind_ != PublicKey::Kind::kRsa) UseRawNumbers();
  }
  void UseRawNumbers() {
    const auto* der = reinterpret_cast<const unsigned char*>(signature_.data());
    ECDSA_SIG* both = ::d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(signature_.size()));
    signature_ = Bytes(::ECDSA_SIG_get0_r(both), Size()) + Bytes(::ECDSA_SIG_get0_s(both), Size());
    ::ECDSA_SIG_free(both);
  }

  PublicKey::Kind kind_;
  JwsAlgorithm algorithm_;
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> pair_;
  std::string first_;   // modulus, or x
  std::string second_;  // exponent, or y
  std::string signature_;
};

EVP_PKEY* RsaPair() { return ::EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}); }
EVP_PKEY* EcPair(const char* curve) { return ::EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve); }
const Signed& Rs256() {
  static const Signed kMade(PublicKey::Kind::kRsa, JwsAlgorithm::kRs256, RsaPair(), "SHA256");
  return kMade;
}
const Signed& Ps512() {
  static const Signed kMade(PublicKey::Kind::kRsa, JwsAlgorithm::kPs512, RsaPair(), "SHA512");
  return kMade;
}
const Signed& Es256() {
  static const Signed kMade(PublicKey::Kind::kP256, JwsAlgorithm::kEs256, EcPair("P-256"),
                            "SHA256");
  return kMade;
}
const Signed& Es384() {
  static const Signed kMade(PublicKey::Kind::kP384, JwsAlgorithm::kEs384, EcPair("P-384"),
                            "SHA384");
  return kMade;
}

// What is done with memory, and gives what is then done without.
struct Use {
  const char* name;
  std::function<void()> (*prepare)();
};
void PrintTo(const Use& use, std::ostream* out) { *out << use.name; }

std::function<void()> Digest() {
  return [] { EXPECT_EQ(fhir::Sha256Hex("abc").size(), 64); };
}
std::function<void()> Keyed() {
  return [] { EXPECT_EQ(KeyedHash(std::string(32, 'k'), "patient").size(), 64); };
}
template <auto made>
std::function<void()> Signature() {
  return [key = made().Key()] { EXPECT_TRUE(made().IsGood(*key)); };
}
template <auto made>
std::function<void()> Key() {
  made();
  return [] { EXPECT_NE(made().Key(), nullptr); };
}

// OpenSSL itself is there; what begins without memory stays without it.
void Begin() {
  ASSERT_EQ(kTaken, 1);
  ::EVP_MD_free(::EVP_MD_fetch(nullptr, "SHA512", nullptr));
  Keyed()();
  PublicKey::Prepare();
}

class DigestMemoryTest : public testing::TestWithParam<Use> {};

TEST_P(DigestMemoryTest, WantOfMemoryIsNotForGood) {
  Begin();
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto use = GetParam().prepare();
    std::thread([&] {
      allocations_left = 0;
      EXPECT_THROW(use(), std::bad_alloc);
      allocations_left = kEndless;
      use();
    }).join();
  }
}

// At each of OpenSSL's allocations in turn.
TEST_P(DigestMemoryTest, WantOfMemoryAtAnyMomentIsNoAnswer) {
  Begin();
  bool whole = false;
  int thrown = 0;
  for (int left = 0; !whole; ++left) {
    const auto use = GetParam().prepare();
    std::thread([&] {
      allocations_left = left;
      try {
        use();
        whole = allocations_left > 0;
      } catch (const std::bad_alloc&) {
        ++thrown;
      }
      allocations_left = kEndless;
    }).join();
    ASSERT_LT(left, 10'000);
  }
  EXPECT_GT(thrown, 0);
}

INSTANTIATE_TEST_SUITE_P(All, DigestMemoryTest,
                         testing::Values(Use{"digest", &Digest}, Use{"keyed", &Keyed},
                                         Use{"RS256", &Signature<&Rs256>},
                                         Use{"PS512", &Signature<&Ps512>},
                                         Use{"ES256", &Signature<&Es256>},
                                         Use{"ES384", &Signature<&Es384>}, Use{"RSA", &Key<&Rs256>},
                                         Use{"P-256", &Key<&Es256>}, Use{"P-384", &Key<&Es384>}));

}  // namespace
}  // namespace renal::hooks::internal
