#include "fhir/digest.h"

#include <memory>
#include <new>

#include <openssl/evp.h>

namespace renal::fhir {
namespace {

/// Fetched once, and kept to the end: EVP_sha256() is looked up among the providers for every
/// digest. Want of memory is not for good: what was not found is looked for again.
const EVP_MD* Algorithm() {
  static const EVP_MD* const kFetched = [] {
    const EVP_MD* fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    if (fetched == nullptr) throw std::bad_alloc();
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

std::array<std::uint8_t, 32> Sha256(std::string_view bytes) {
  std::array<std::uint8_t, 32> digest{};
  const EVP_MD* algorithm = Algorithm();
  EVP_MD_CTX* context = ContextOfThread();
  if (context == nullptr || EVP_DigestInit_ex2(context, algorithm, nullptr) != 1 ||
      EVP_DigestUpdate(context, bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context, digest.data(), nullptr) != 1) {
    throw std::bad_alloc();
  }
  return digest;
}

std::string Sha256Hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(64);
  for (const std::uint8_t byte : Sha256(bytes)) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

}  // namespace renal::fhir
