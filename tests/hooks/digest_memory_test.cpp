#include <climits>
#include <cstdlib>
#include <new>
#include <ostream>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "fhir/digest.h"
#include "hooks/internal/base64url.h"
#include "hooks/internal/patient_hash.h"
#include "hooks/internal/public_key.h"

// What OpenSSL could not set up for want of memory is set up when there is some again.
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

void Digest() { EXPECT_EQ(fhir::Sha256Hex("abc").size(), 64); }
void Keyed() { EXPECT_EQ(KeyedHash(std::string(32, 'k'), "patient").size(), 64); }

// The base point of P-256 is the public key of the private key 1.
const PublicKey& Key() {
  static const auto kKey = *PublicKey::Ec(
      PublicKey::Kind::kP256, *FromBase64Url("axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY"),
      *FromBase64Url("T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"));
  return *kKey;
}
// Of "text", with the private key 1 and the random number 1: r is the x of the base point, and s is
// r + hash.
void Signature() {
  static const auto kSignature = *FromBase64Url(
      "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpYD"
      "RXAymsM3oN7w27b4gzRo160iLcI4EjaGB1lZWGhnFg");
  EXPECT_TRUE(Key().Verify(JwsAlgorithm::kEs256, "text", kSignature));
}

// OpenSSL itself is there; what begins without memory stays without it.
void Begin() {
  ASSERT_EQ(kTaken, 1);
  ::EVP_MD_free(::EVP_MD_fetch(nullptr, "SHA512", nullptr));
  Keyed();
  PublicKey::Prepare();
  Key();
}

struct Use {
  const char* name;
  void (*run)();
};
void PrintTo(const Use& use, std::ostream* out) { *out << use.name; }

class DigestMemoryTest : public testing::TestWithParam<Use> {};

TEST_P(DigestMemoryTest, WantOfMemoryIsNotForGood) {
  Begin();
  const auto use = GetParam().run;
  for (int attempt = 0; attempt < 2; ++attempt) {
    std::thread([&] {
      allocations_left = 0;
      EXPECT_THROW(use(), std::bad_alloc);
      allocations_left = kEndless;
      use();
    }).join();
  }
}

// At each of OpenSSL's allocations in turn; a good signature is never called a bad one.
TEST_P(DigestMemoryTest, WantOfMemoryAtAnyMomentIsNoAnswer) {
  Begin();
  const auto use = GetParam().run;
  bool whole = false;
  int thrown = 0;
  for (int left = 0; !whole; ++left) {
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
                                         Use{"signature", &Signature}));

}  // namespace
}  // namespace renal::hooks::internal
