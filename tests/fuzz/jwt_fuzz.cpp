#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>

#include "fhir/json.h"
#include "hooks/auth.h"
#include "hooks/internal/base64url.h"
#include "hooks/internal/claims.h"
#include "hooks/jws.h"
#include "tests/fuzz/jwt_fuzz_tokens.h"

// Any text as a token of a client whose keys signed three good ones; two lines also as header and
// payload of one, with the signature of a good one. Whatever is let in must have the header and
// payload of a good one, since nobody can sign anything else. A token that was taken apart must be
// made of exactly its own bytes, and claims that were let pass must hold to another reader.
namespace renal::hooks {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

constexpr int kFuzzNow = 1'800'000'000;

std::chrono::system_clock::time_point FuzzTime() {
  return std::chrono::system_clock::time_point(std::chrono::seconds(kFuzzNow));
}

AuthOptions Options() {
  AuthOptions options;
  options.base_url = "https://cds.example";
  options.clients.push_back(
      {.name = "ehr", .issuer = "https://ehr.example", .jwks = std::string(kFuzzKeys)});
  options.replay.capacity = 1'000;
  return options;
}

Authenticator& Ours() {
  static const auto ours = Authenticator::Create(Options());
  Require(ours.has_value());
  return **ours;
}

std::string_view SignedText(std::string_view token) { return token.substr(0, token.rfind('.')); }

bool IsOneOfTheGood(std::string_view text) {
  return std::ranges::any_of(kFuzzTokens,
                             [text](std::string_view token) { return SignedText(token) == text; });
}

void CheckParts(std::string_view token) {
  const auto read = ReadJws(token, JwsAlgorithms::All());
  const auto* jws = std::get_if<Jws>(&read);
  if (jws == nullptr) return;
  Require(token.size() <= kMaxTokenBytes && std::ranges::count(token, '.') == 2);
  Require(jws->signed_text == SignedText(token));
  Require(!jws->kid.empty() && jws->kid.size() <= 1'024);
}

void CheckAdmission(std::string_view token) {
  const std::string header = "Bearer " + std::string(token);
  const std::array<std::string_view, 1> headers = {header}, paths = {"/cds-services"};
  const auto outcome = Ours().Authenticate(
      {.authorization = headers, .paths = paths, .service = {}, .now = FuzzTime()});
  const auto* refusal = std::get_if<AuthRefusal>(&outcome);
  // Later steps are reached by what is signed alone.
  if (refusal == nullptr || refusal->reason > AuthReason::kSignature) {
    Require(IsOneOfTheGood(SignedText(token)));
  }
  if (std::ranges::find(kFuzzTokens, token) != std::end(kFuzzTokens)) {
    Require(refusal == nullptr || refusal->reason == AuthReason::kReplay);
  }
}

void CheckForged(std::string_view header, std::string_view payload) {
  for (const std::string_view good : kFuzzTokens) {
    CheckAdmission(internal::ToBase64Url(header) + '.' + internal::ToBase64Url(payload) + '.' +
                   std::string(good.substr(good.rfind('.') + 1)));
  }
}

double NumberOf(const fhir::Json& value) {
  const std::string text = value.number_text();
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  Require(!text.empty() && *end == '\0' && std::isfinite(number));
  return number;
}

void CheckLetPass(const fhir::Json& payload, const internal::Claims& claims) {
  constexpr double kNow = kFuzzNow;
  const double expires = NumberOf(payload["exp"]), issued = NumberOf(payload["iat"]);
  Require(kNow < expires + 60 && issued <= kNow + 60);
  Require(expires - issued <= 3'600 && issued >= kNow - 3'660);
  if (payload["nbf"]) Require(NumberOf(payload["nbf"]) <= kNow + 60);
  const fhir::Json audience = payload["aud"];
  Require(audience.is_string() || (audience.is_array() && audience.size() == 1));
  Require(audience.ToString().find("https:") != std::string::npos);
  Require(!claims.jti.empty() && claims.jti == payload["jti"].string());
  Require(claims.tenant == payload["tenant"].string());
}

void CheckPayload(std::string_view text) {
  const auto document = fhir::JsonDocument::Parse(text);
  if (!document || !document->root().is_object()) return;
  const std::array<std::string_view, 1> paths = {"/cds-services"};
  internal::Claims claims;
  const auto reason = internal::CheckClaims(document->root(), {.base_url = "https://cds.example"},
                                            paths, FuzzTime(), claims);
  if (!reason) CheckLetPass(document->root(), claims);
}

}  // namespace
}  // namespace renal::hooks

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  renal::hooks::CheckParts(text);
  renal::hooks::CheckAdmission(text);
  const std::size_t line = text.find('\n');
  if (line != std::string_view::npos) {
    renal::hooks::CheckForged(text.substr(0, line), text.substr(line + 1));
    renal::hooks::CheckPayload(text.substr(line + 1));
  }
  return 0;
}
