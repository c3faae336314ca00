#include "hooks/internal/public_key.h"

#include <cstdint>
#include <new>
#include <string>
#include <utility>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

namespace renal::hooks::internal {
namespace {

using fhir::Issue;
using fhir::IssueCode;

constexpr int kLeastModulusBits = 2048;
constexpr int kMostModulusBits = 4096;
constexpr std::size_t kMostIdleContexts = 16;  // of one algorithm; more work at once makes its own

template <auto function>
struct Free {
  template <class T>
  void operator()(T* thing) const {
    function(thing);
  }
};
using Number = std::unique_ptr<BIGNUM, Free<&::BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Free<&::OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Free<&::OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<&::EVP_PKEY_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<&::EVP_PKEY_free>>;
using HashContext = std::unique_ptr<EVP_MD_CTX, Free<&::EVP_MD_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Free<&::ECDSA_SIG_free>>;
using Group = std::unique_ptr<EC_GROUP, Free<&::EC_GROUP_free>>;

// The thread's queue of errors, empty before and after: what a refused key or signature leaves in
// it would be taken for an error of TLS, which shares it, and what was left would be taken for
// ours.
class ErrorQueue {
 public:
  ErrorQueue() { ::ERR_clear_error(); }
  ~ErrorQueue() { ::ERR_clear_error(); }
  ErrorQueue(const ErrorQueue&) = delete;
  ErrorQueue& operator=(const ErrorQueue&) = delete;
};

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// What OpenSSL made; it makes nothing only where it has no memory.
template <class Owner>
Owner Made(Owner made) {
  if (!made) throw std::bad_alloc();
  return made;
}

/// Whether OpenSSL, which did not do it, found fault with the key or the signature. Then the first
/// error is one of RSA or of curves themselves, or there is none. Where it has no memory, the first
/// error mostly says so, or that some part of it did not work; where not, there is still none now.
bool FoundFault() {
  constexpr std::size_t kLittle = 4096;
  constexpr int kLeastCommonReason = 256;  // below it, reasons are a part's own
  const unsigned long first = ::ERR_peek_error();
  const int part = ERR_GET_LIB(first);
  const bool own =
      (part == ERR_LIB_RSA || part == ERR_LIB_EC) && ERR_GET_REASON(first) < kLeastCommonReason;
  if (first != 0 && !own) return false;
  void* const memory = ::OPENSSL_malloc(kLittle);
  ::OPENSSL_free(memory);
  return memory != nullptr;
}

Number NumberOf(std::string_view bytes) {
  return Made(Number(::BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr)));
}

Issue Refusal(const char* sentence) { return {IssueCode::kValue, sentence, {}}; }

struct Curve {
  const char* name;
  int id;
  std::size_t coordinate_bytes;
};

Curve CurveOf(PublicKey::Kind kind) {
  switch (kind) {
    case PublicKey::Kind::kP256:
      return {"P-256", NID_X9_62_prime256v1, 32};
    case PublicKey::Kind::kP384:
      return {"P-384", NID_secp384r1, 48};
    default:
      return {"P-521", NID_secp521r1, 66};
  }
}

/// One of OpenSSL's algorithms, kept to the end.
template <auto fetch>
auto Fetched(const char* name) {
  auto* const found = fetch(nullptr, name, nullptr);
  if (found == nullptr) throw std::bad_alloc();
  return found;
}

struct Algorithms {
  const EVP_MD* sha256 = Fetched<&::EVP_MD_fetch>("SHA256");
  const EVP_MD* sha384 = Fetched<&::EVP_MD_fetch>("SHA384");
  const EVP_MD* sha512 = Fetched<&::EVP_MD_fetch>("SHA512");
  const EVP_SIGNATURE* ec = Fetched<&::EVP_SIGNATURE_fetch>("ECDSA");
  const EVP_SIGNATURE* rsa = Fetched<&::EVP_SIGNATURE_fetch>("RSA");
};

const Algorithms& Prepared() {
  static const Algorithms kAlgorithms;
  return kAlgorithms;
}

const EVP_MD* HashOf(JwsAlgorithm algorithm) {
  const Algorithms& prepared = Prepared();
  switch (static_cast<std::size_t>(algorithm) % 3) {
    case 0:
      return prepared.sha256;
    case 1:
      return prepared.sha384;
    default:
      return prepared.sha512;
  }
}

bool IsPss(JwsAlgorithm algorithm) { return algorithm >= JwsAlgorithm::kPs256; }

/// The key that the parameters describe; null if there is none such.
EVP_PKEY* KeyFrom(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters = Made(Parameters(::OSSL_PARAM_BLD_to_param(builder)));
  const auto context = Made(KeyContext(::EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)));
  EVP_PKEY* key = nullptr;
  if (::EVP_PKEY_fromdata_init(context.get()) != 1) throw std::bad_alloc();
  if (::EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) == 1) {
    return key;
  }
  if (!FoundFault()) throw std::bad_alloc();
  return nullptr;
}

bool SetPadding(EVP_PKEY_CTX* context, JwsAlgorithm algorithm, const EVP_MD* hash) {
  if (!IsPss(algorithm)) return ::EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  return ::EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         ::EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash) == 1 &&
         ::EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

struct Digest {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
};

Digest DigestOf(const EVP_MD* hash, std::string_view text) {
  thread_local HashContext context;
  if (!context) context.reset(::EVP_MD_CTX_new());
  Digest digest;
  if (!context || ::EVP_DigestInit_ex2(context.get(), hash, nullptr) != 1 ||
      ::EVP_DigestUpdate(context.get(), text.data(), text.size()) != 1 ||
      ::EVP_DigestFinal_ex(context.get(), digest.bytes, &digest.size) != 1) {
    throw std::bad_alloc();
  }
  return digest;
}

bool InRange(const BIGNUM* number, const BIGNUM* order) {
  return !::BN_is_zero(number) && ::BN_cmp(number, order) < 0;
}

/// The DER form of raw R and S, which is what OpenSSL reads; empty if one is out of range.
std::string DerOf(std::string_view raw, const BIGNUM* order) {
  Number r = NumberOf(raw.substr(0, raw.size() / 2)), s = NumberOf(raw.substr(raw.size() / 2));
  if (!InRange(r.get(), order) || !InRange(s.get(), order)) return {};
  const EcSignature signature = Made(EcSignature(::ECDSA_SIG_new()));
  if (::ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) throw std::bad_alloc();
  static_cast<void>(r.release());  // they belong to the signature now
  static_cast<void>(s.release());
  std::string der(raw.size() + 16, '\0');
  auto* end = reinterpret_cast<unsigned char*>(der.data());
  const int size = ::i2d_ECDSA_SIG(signature.get(), &end);
  if (size <= 0) throw std::bad_alloc();
  der.resize(static_cast<std::size_t>(size));
  return der;
}

}  // namespace

void PublicKey::Prepare() { Prepared(); }

PublicKey::PublicKey(Kind kind, EVP_PKEY* key) : kind_(kind), key_(key) {
  if (kind == Kind::kRsa) {
    signature_bytes_ = static_cast<std::size_t>(::EVP_PKEY_get_size(key));
    return;
  }
  const Curve curve = CurveOf(kind);
  signature_bytes_ = 2 * curve.coordinate_bytes;
  const Group group = Made(Group(::EC_GROUP_new_by_curve_name(curve.id)));
  order_ = Made(Number(::BN_dup(::EC_GROUP_get0_order(group.get())))).release();
}

PublicKey::~PublicKey() {
  for (auto& contexts : idle_) contexts.clear();  // they refer to the key
  ::BN_free(order_);
  ::EVP_PKEY_free(key_);
}

fhir::Result<std::shared_ptr<const PublicKey>> PublicKey::Checked(Kind kind, EVP_PKEY* key) {
  if (key == nullptr) return Refusal("The numbers of a key are no public key.");
  Key owned(key);
  std::unique_ptr<PublicKey> made(new PublicKey(kind, key));
  static_cast<void>(owned.release());  // it belongs to the PublicKey now
  std::shared_ptr<const PublicKey> checked = std::move(made);
  const auto context = Made(KeyContext(::EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr)));
  if (::EVP_PKEY_public_check(context.get()) == 1) return checked;
  if (!FoundFault()) throw std::bad_alloc();
  return Refusal("A public key is not sound.");
}

fhir::Result<std::shared_ptr<const PublicKey>> PublicKey::Rsa(std::string_view modulus,
                                                              std::string_view exponent) {
  const ErrorQueue errors;
  const Number n = NumberOf(modulus), e = NumberOf(exponent);
  const int bits = ::BN_num_bits(n.get());
  if (bits < kLeastModulusBits || bits > kMostModulusBits || !::BN_is_odd(n.get())) {
    return Refusal("The modulus of an RSA key must be odd and have 2048 to 4096 bits.");
  }
  // 2^32 itself is even, so that 32 bits say it all.
  if (!::BN_is_odd(e.get()) || ::BN_is_one(e.get()) || ::BN_num_bits(e.get()) > 32) {
    return Refusal("The exponent of an RSA key must be odd and from 3 to 2^32.");
  }
  const Builder builder = Made(Builder(::OSSL_PARAM_BLD_new()));
  if (::OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      ::OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    throw std::bad_alloc();
  }
  return Checked(Kind::kRsa, KeyFrom("RSA", builder.get()));
}

fhir::Result<std::shared_ptr<const PublicKey>> PublicKey::Ec(Kind kind, std::string_view x,
                                                             std::string_view y) {
  const ErrorQueue errors;
  const Curve curve = CurveOf(kind);
  if (x.size() != curve.coordinate_bytes || y.size() != curve.coordinate_bytes) {
    return Refusal("The coordinates of an EC key must be as long as its curve's numbers.");
  }
  const std::string point = "\x04" + std::string(x) + std::string(y);  // uncompressed
  const Builder builder = Made(Builder(::OSSL_PARAM_BLD_new()));
  if (::OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.name, 0) !=
          1 ||
      ::OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                         point.size()) != 1) {
    throw std::bad_alloc();
  }
  return Checked(kind, KeyFrom("EC", builder.get()));
}

bool PublicKey::Fits(JwsAlgorithm algorithm) const {
  switch (algorithm) {
    case JwsAlgorithm::kEs256:
      return kind_ == Kind::kP256;
    case JwsAlgorithm::kEs384:
      return kind_ == Kind::kP384;
    case JwsAlgorithm::kEs512:
      return kind_ == Kind::kP521;
    default:
      return kind_ == Kind::kRsa;
  }
}

PublicKey::Context PublicKey::Take(JwsAlgorithm algorithm) const {
  {
    const std::lock_guard lock(mutex_);
    auto& idle = idle_[static_cast<std::size_t>(algorithm)];
    if (!idle.empty()) {
      Context context = std::move(idle.back());
      idle.pop_back();
      return context;
    }
  }
  Context context(::EVP_PKEY_CTX_new_from_pkey(nullptr, key_, nullptr), &::EVP_PKEY_CTX_free);
  const EVP_MD* hash = HashOf(algorithm);
  if (!context || ::EVP_PKEY_verify_init(context.get()) != 1 ||
      ::EVP_PKEY_CTX_set_signature_md(context.get(), hash) != 1 ||
      (kind_ == Kind::kRsa && !SetPadding(context.get(), algorithm, hash))) {
    throw std::bad_alloc();
  }
  return context;
}

void PublicKey::Return(JwsAlgorithm algorithm, Context context) const {
  const std::lock_guard lock(mutex_);
  auto& idle = idle_[static_cast<std::size_t>(algorithm)];
  if (idle.size() < kMostIdleContexts) idle.push_back(std::move(context));
}

bool PublicKey::Verify(JwsAlgorithm algorithm, std::string_view text,
                       std::string_view signature) const {
  if (!Fits(algorithm) || signature.size() != signature_bytes_) return false;
  const ErrorQueue errors;
  std::string der;
  if (kind_ != Kind::kRsa) {
    der = DerOf(signature, order_);
    if (der.empty()) return false;
    signature = der;
  }
  const Digest digest = DigestOf(HashOf(algorithm), text);
  Context context = Take(algorithm);
  const bool valid = ::EVP_PKEY_verify(context.get(), Bytes(signature), signature.size(),
                                       digest.bytes, digest.size) == 1;
  if (!valid && !FoundFault()) throw std::bad_alloc();
  Return(algorithm, std::move(context));
  return valid;
}

bool PublicKey::Equals(const PublicKey& other) const {
  const ErrorQueue errors;
  return kind_ == other.kind_ && ::EVP_PKEY_eq(key_, other.key_) == 1;
}

}  // namespace renal::hooks::internal
