#include "tests/hooks/jose_signer.h"

#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace renal::hooks {
namespace {

void Require(bool holds) {
  if (!holds) throw std::runtime_error("OpenSSL refused to make a key or a signature");
}

std::string BytesOf(const BIGNUM* number, int size) {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  Require(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), size) == size);
  return bytes;
}

std::string Parameter(const EVP_PKEY* key, const char* name, int size = 0) {
  BIGNUM* number = nullptr;
  Require(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  std::string bytes = BytesOf(number, size > 0 ? size : BN_num_bytes(number));
  BN_free(number);
  return bytes;
}

int CoordinateBytes(const EVP_PKEY* key) { return (EVP_PKEY_get_bits(key) + 7) / 8; }

std::string CurveName(const EVP_PKEY* key) {
  char name[64];
  Require(EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof(name),
                                         nullptr) == 1);
  const std::string curve = name;
  if (curve == "prime256v1") return "P-256";
  if (curve == "secp384r1") return "P-384";
  return curve == "secp521r1" ? "P-521" : curve;
}

const EVP_MD* HashOf(JwsAlgorithm algorithm) {
  const std::string_view name = Spelling(algorithm);
  return name.ends_with("256") ? EVP_sha256() : name.ends_with("384") ? EVP_sha384() : EVP_sha512();
}

}  // namespace

std::string Encoded(std::string_view bytes) {
  std::string text(bytes.size() * 4 / 3 + 8, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  text.erase(text.find_last_not_of('=') + 1);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

JoseSigner::JoseSigner(EVP_PKEY* key) : key_(key, &EVP_PKEY_free) { Require(key != nullptr); }

JoseSigner JoseSigner::Ec(const char* curve) { return JoseSigner(EVP_EC_gen(curve)); }

JoseSigner JoseSigner::Rsa(unsigned bits, unsigned exponent) {
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
  BIGNUM* e = BN_new();
  EVP_PKEY* key = nullptr;
  Require(BN_set_word(e, exponent) == 1 && EVP_PKEY_keygen_init(context) == 1 &&
          EVP_PKEY_CTX_set_rsa_keygen_bits(context, static_cast<int>(bits)) == 1 &&
          EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context, e) == 1 &&
          EVP_PKEY_generate(context, &key) == 1);
  BN_free(e);
  EVP_PKEY_CTX_free(context);
  return JoseSigner(key);
}

const JoseSigner& JoseSigner::For(JwsAlgorithm algorithm) {
  static const JoseSigner p256 = Ec("P-256"), p384 = Ec("P-384"), p521 = Ec("P-521"),
                          rsa = Rsa(2048);
  switch (algorithm) {
    case JwsAlgorithm::kEs256:
      return p256;
    case JwsAlgorithm::kEs384:
      return p384;
    case JwsAlgorithm::kEs512:
      return p521;
    default:
      return rsa;
  }
}

bool JoseSigner::is_ec() const { return EVP_PKEY_get_base_id(get()) == EVP_PKEY_EC; }

std::string JoseSigner::Jwk(std::string_view kid, std::string_view members) const {
  std::string jwk = R"({"kid":")" + std::string(kid) + '"';
  if (is_ec()) {
    const int size = CoordinateBytes(get());
    jwk += R"(,"kty":"EC","crv":")" + CurveName(get()) + R"(","x":")" +
           Encoded(Parameter(get(), OSSL_PKEY_PARAM_EC_PUB_X, size)) + R"(","y":")" +
           Encoded(Parameter(get(), OSSL_PKEY_PARAM_EC_PUB_Y, size)) + '"';
  } else {
    jwk += R"(,"kty":"RSA","n":")" + Encoded(Parameter(get(), OSSL_PKEY_PARAM_RSA_N)) +
           R"(","e":")" + Encoded(Parameter(get(), OSSL_PKEY_PARAM_RSA_E)) + '"';
  }
  return jwk + std::string(members) + '}';
}

std::string JoseSigner::Sign(JwsAlgorithm algorithm, std::string_view text, int salt) const {
  const bool pss = Spelling(algorithm).starts_with("PS");
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* inner = nullptr;
  Require(EVP_DigestSignInit(context, &inner, HashOf(algorithm), nullptr, get()) == 1);
  if (pss) {
    Require(EVP_PKEY_CTX_set_rsa_padding(inner, RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(inner, salt) == 1);
  }
  std::size_t size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  Require(EVP_DigestSign(context, nullptr, &size, bytes, text.size()) == 1);
  std::string signature(size, '\0');
  Require(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                         text.size()) == 1);
  EVP_MD_CTX_free(context);
  signature.resize(size);
  if (!is_ec()) return signature;
  const auto* der = reinterpret_cast<const unsigned char*>(signature.data());
  ECDSA_SIG* parts = d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(size));
  Require(parts != nullptr);
  const int half = CoordinateBytes(get());
  const std::string raw =
      BytesOf(ECDSA_SIG_get0_r(parts), half) + BytesOf(ECDSA_SIG_get0_s(parts), half);
  ECDSA_SIG_free(parts);
  return raw;
}

std::string JoseSigner::SignDer(JwsAlgorithm algorithm, std::string_view text) const {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::size_t size = 512;
  std::string signature(size, '\0');
  Require(EVP_DigestSignInit(context, nullptr, HashOf(algorithm), nullptr, get()) == 1 &&
          EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                         reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1);
  EVP_MD_CTX_free(context);
  signature.resize(size);
  return signature;
}

std::string JoseSigner::Pem() const {
  BIO* memory = BIO_new(BIO_s_mem());
  Require(PEM_write_bio_PUBKEY(memory, get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  std::string pem(data, static_cast<std::size_t>(size));
  BIO_free(memory);
  return pem;
}

std::string Hs256(std::string_view secret, std::string_view text) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  Require(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
               reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes,
               &size) != nullptr);
  return {reinterpret_cast<char*>(bytes), size};
}

}  // namespace renal::hooks
