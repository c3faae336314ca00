#include "hooks/jwk.h"

#include <algorithm>
#include <utility>

#include "hooks/internal/base64url.h"
#include "hooks/internal/jose_text.h"
#include "hooks/internal/public_key.h"

namespace renal::hooks {
namespace {

using fhir::Issue;
using fhir::IssueCode;
using fhir::Json;
using internal::PublicKey;
using KeyResult = fhir::Result<std::shared_ptr<const PublicKey>>;

Issue Refusal(const char* sentence) { return {IssueCode::kValue, sentence, {}}; }

/// The bytes of a member in base64url; nothing if it has not that form.
std::optional<std::string> BytesOf(const Json& member) {
  if (!member.is_string()) return std::nullopt;
  return internal::FromBase64Url(member.string());
}

bool MayVerify(const Json& key) {
  const Json use = key["use"], operations = key["key_ops"];
  if (use && use.string() != "sig") return false;
  if (!operations) return true;
  if (!operations.is_array()) return false;
  for (const Json::Entry operation : operations) {
    if (operation.value.string() == "verify") return true;
  }
  return false;
}

KeyResult ReadRsa(const Json& key) {
  const auto modulus = BytesOf(key["n"]), exponent = BytesOf(key["e"]);
  if (!modulus || !exponent) return Refusal("An RSA key has no well-formed n and e.");
  return PublicKey::Rsa(*modulus, *exponent);
}

KeyResult ReadEc(const Json& key) {
  const std::string_view curve = key["crv"].string();
  const auto x = BytesOf(key["x"]), y = BytesOf(key["y"]);
  if (!x || !y) return Refusal("An EC key has no well-formed x and y.");
  if (curve == "P-256") return PublicKey::Ec(PublicKey::Kind::kP256, *x, *y);
  if (curve == "P-384") return PublicKey::Ec(PublicKey::Kind::kP384, *x, *y);
  if (curve == "P-521") return PublicKey::Ec(PublicKey::Kind::kP521, *x, *y);
  return Refusal("The curve of an EC key is not P-256, P-384 or P-521.");
}

KeyResult ReadPublicKey(const Json& key) {
  const std::string_view type = key["kty"].string();
  if (type == "RSA") return ReadRsa(key);
  if (type == "EC") return ReadEc(key);
  return Refusal("The type of a key is neither RSA nor EC.");
}

}  // namespace

fhir::Result<Jwk> Jwk::Read(const Json& key) {
  if (!key.is_object()) return Refusal("A key is no JSON object.");
  const Json kid = key["kid"], named = key["alg"];
  if (kid && !internal::IsName(kid)) {
    return Refusal("The kid of a key must be a string of 1 to 256 characters.");
  }
  if (!MayVerify(key)) return Refusal("A key is not meant for checking signatures.");
  const auto algorithm = ReadJwsAlgorithm(named.string());
  if (named && !algorithm) return Refusal("The alg of a key is not one that tokens may have.");
  const KeyResult read = ReadPublicKey(key);
  if (!read) return read.error();
  if (algorithm && !(*read)->Fits(*algorithm)) {
    return Refusal("The alg of a key is not one of its type and curve.");
  }
  return Jwk(std::string(kid.string()), algorithm, *read);
}

bool Jwk::Allows(JwsAlgorithm algorithm) const {
  return key_->Fits(algorithm) && algorithm_.value_or(algorithm) == algorithm;
}

bool Jwk::Verify(JwsAlgorithm algorithm, std::string_view text, std::string_view signature) const {
  return Allows(algorithm) && key_->Verify(algorithm, text, signature);
}

bool Jwk::SameKey(const Jwk& other) const {
  return algorithm_ == other.algorithm_ && key_->Equals(*other.key_);
}

fhir::Result<JwkSet> JwkSet::Read(std::string_view text) {
  if (text.size() > kMaxBytes) {
    return Issue{IssueCode::kTooCostly, "A JWK Set may have 256 KiB at most.", {}};
  }
  const auto document = fhir::JsonDocument::Parse(text);
  if (!document) return document.error();
  const Json keys = document->root()["keys"];
  if (!keys.is_array()) {
    return Issue{IssueCode::kStructure, "A JWK Set is an object with the array keys.", {}};
  }
  if (keys.size() > kMaxKeys) {
    return Issue{IssueCode::kTooCostly, "A JWK Set may have 100 keys at most.", {}};
  }
  JwkSet set;
  for (const Json::Entry entry : keys) {
    auto key = Jwk::Read(entry.value);
    if (key && !key->kid().empty()) {
      set.keys_.push_back(*std::move(key));
    } else {
      ++set.skipped_;
    }
  }
  if (set.keys_.empty()) return Refusal("A JWK Set has no key that can be used.");
  std::ranges::stable_sort(set.keys_, {}, &Jwk::kid);
  return set;
}

std::span<const Jwk> JwkSet::WithKid(std::string_view kid) const {
  const auto found = std::ranges::equal_range(
      keys_, kid, {}, [](const Jwk& key) { return std::string_view(key.kid()); });
  return {found.begin(), found.end()};
}

}  // namespace renal::hooks
