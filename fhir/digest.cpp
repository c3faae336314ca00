#include "fhir/digest.h"

#include <array>
#include <memory>
#include <stdexcept>

#include <openssl/evp.h>

namespace renal::fhir {
namespace {

[[noreturn]] void Fail() { throw std::runtime_error("SHA-256 is not available in this OpenSSL"); }

/// Fetched once, and kept to the end: EVP_sha256() is looked up among the providers for every
/// digest. Want of memory is not for good: what was not found is looked for again.
const EVP_MD* Sha256() {
  static const EVP_MD* const kFetched = [] {
    const EVP_MD* fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    if (fetched == nullptr) Fail();
    return fetched;
  }();
  return kFetched;
}

/// Where the digests of a thread are worked out, one after the other; null for want of memory.
EVP_MD_CTX* ContextOfThread() {
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  thread_local std::unique_ptr<EVP_MD_CTX, Free> context;
  if (!context) context.reset(EVP_MD_CTX_new());
  return context.get();
}

}  // namespace

std::string Sha256Hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  const EVP_MD* algorithm = Sha256();
  EVP_MD_CTX* context = ContextOfThread();
  if (context == nullptr || EVP_DigestInit_ex2(context, algorithm, nullptr) != 1 ||
      EVP_DigestUpdate(context, bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context, digest.data(), &size) != 1) {
    Fail();
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(std::size_t{2} * size);
  for (unsigned int i = 0; i < size; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

}  // namespace renal::fhir
