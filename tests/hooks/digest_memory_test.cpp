#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "fhir/digest.h"
#include "hooks/internal/patient_hash.h"

// What OpenSSL could not set up for want of memory is set up when there is some again.
namespace renal::hooks::internal {
namespace {

thread_local bool no_memory = false;

void* Allocate(std::size_t size, const char*, int) {
  return no_memory ? nullptr : std::malloc(size);
}
void* Reallocate(void* memory, std::size_t size, const char*, int) {
  return no_memory ? nullptr : std::realloc(memory, size);
}
void Release(void* memory, const char*, int) { std::free(memory); }

// Before OpenSSL has allocated anything, or it refuses.
const int kTaken = ::CRYPTO_set_mem_functions(Allocate, Reallocate, Release);

std::string Digest() { return fhir::Sha256Hex("abc"); }
std::string Keyed() { return KeyedHash(std::string(32, 'k'), "patient"); }

class DigestMemoryTest : public testing::TestWithParam<std::string (*)()> {};

TEST_P(DigestMemoryTest, WantOfMemoryIsNotForGood) {
  ASSERT_EQ(kTaken, 1);
  // OpenSSL itself is there; what begins without memory stays without it.
  ::EVP_MD_free(::EVP_MD_fetch(nullptr, "SHA512", nullptr));
  const auto digest = GetParam();
  for (int attempt = 0; attempt < 2; ++attempt) {
    std::thread([&] {
      no_memory = true;
      EXPECT_THROW(digest(), std::runtime_error);
      no_memory = false;
      EXPECT_EQ(digest().size(), 64);
    }).join();
  }
}

INSTANTIATE_TEST_SUITE_P(Both, DigestMemoryTest, testing::Values(&Digest, &Keyed));

}  // namespace
}  // namespace renal::hooks::internal
