#include "hooks/jws.h"

#include <algorithm>
#include <utility>

#include "fhir/json.h"
#include "hooks/internal/base64url.h"
#include "hooks/internal/jose_text.h"

namespace renal::hooks {
namespace {

using fhir::Json;

bool IsJwt(std::string_view type) {
  return type.size() == 3 && (type[0] | 0x20) == 'j' && (type[1] | 0x20) == 'w' &&
         (type[2] | 0x20) == 't';
}

/// What the header says, into `out`; a reason where it must not say that.
std::optional<AuthReason> ReadHeader(const Json& header, const JwsAlgorithms& allowed, Jws& out) {
  if (!header.is_object()) return AuthReason::kHeaderForm;
  const auto algorithm = ReadJwsAlgorithm(header["alg"].string());
  if (!algorithm || !allowed.Has(*algorithm)) return AuthReason::kAlgorithm;
  if (!IsJwt(header["typ"].string())) return AuthReason::kHeaderForm;
  const Json kid = header["kid"], jku = header["jku"];
  if (!internal::IsName(kid)) return AuthReason::kKid;
  for (const char* critical : {"crit", "b64", "enc", "zip"}) {
    if (header[critical]) return AuthReason::kCritical;
  }
  if (jku && !jku.is_string()) return AuthReason::kJku;
  out.algorithm = *algorithm;
  out.kid = kid.string();
  if (jku) out.jku = jku.string();
  return std::nullopt;
}

}  // namespace

std::variant<Jws, AuthReason> ReadJws(std::string_view token, const JwsAlgorithms& allowed) {
  if (token.size() > kMaxTokenBytes) return AuthReason::kTokenForm;
  const std::size_t first = token.find('.'), last = token.rfind('.');
  if (first == last || token.find('.', first + 1) != last) return AuthReason::kTokenForm;
  auto header = internal::FromBase64Url(token.substr(0, first));
  auto payload = internal::FromBase64Url(token.substr(first + 1, last - first - 1));
  auto signature = internal::FromBase64Url(token.substr(last + 1));
  if (!header || !payload || !signature) return AuthReason::kTokenForm;
  const auto document = fhir::JsonDocument::Parse(*header, internal::kJoseLimits);
  if (!document) return AuthReason::kHeaderForm;
  Jws jws{.payload = *std::move(payload),
          .signed_text = token.substr(0, last),
          .signature = *std::move(signature)};
  if (const auto reason = ReadHeader(document->root(), allowed, jws)) return *reason;
  return jws;
}

}  // namespace renal::hooks
