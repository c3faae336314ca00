#include <iostream>
#include <string>
#include <string_view>
#include <variant>

#include "fhir/json.h"
#include "hooks/internal/base64url.h"
#include "hooks/jwk.h"
#include "hooks/jws.h"

// The verifier alone: each line of standard input is a JWK, a tab and a token; each gives one line,
// `valid` or `invalid`. A token is valid that the server would go on with after steps 2, 3, 6 and 7
// of security.md section 6, the kid of the JWK, where it has one, being that of the token.
//
//   jws_verify < LINES
//   jws_verify --signature < LINES    typ, kid and the rest of the header do not matter, only alg
//   does:
//                                     for published vectors, which have neither
namespace renal::hooks {
namespace {

bool VerifiesToken(const Jwk& key, std::string_view token) {
  const auto read = ReadJws(token, JwsAlgorithms::All());
  const auto* jws = std::get_if<Jws>(&read);
  return jws != nullptr && (key.kid().empty() || key.kid() == jws->kid) &&
         key.Verify(jws->algorithm, jws->signed_text, jws->signature);
}

bool VerifiesSignature(const Jwk& key, std::string_view token) {
  const std::size_t first = token.find('.'), last = token.rfind('.');
  if (first == last || token.find('.', first + 1) != last) return false;
  const auto header = internal::FromBase64Url(token.substr(0, first));
  const auto payload = internal::FromBase64Url(token.substr(first + 1, last - first - 1));
  const auto signature = internal::FromBase64Url(token.substr(last + 1));
  if (!header || !payload || !signature) return false;
  const auto document = fhir::JsonDocument::Parse(*header);
  if (!document) return false;
  const auto algorithm = ReadJwsAlgorithm(document->root()["alg"].string());
  return algorithm && key.Verify(*algorithm, token.substr(0, last), *signature);
}

bool IsValid(std::string_view line, bool signature_only) {
  const std::size_t tab = line.find('\t');
  if (tab == std::string_view::npos) return false;
  const auto document = fhir::JsonDocument::Parse(line.substr(0, tab));
  if (!document) return false;
  const auto key = Jwk::Read(document->root());
  if (!key) return false;
  const std::string_view token = line.substr(tab + 1);
  return signature_only ? VerifiesSignature(*key, token) : VerifiesToken(*key, token);
}

}  // namespace
}  // namespace renal::hooks

int main(int count, char** arguments) {
  const bool signature_only = count == 2 && std::string_view(arguments[1]) == "--signature";
  if (count > 1 && !signature_only) {
    std::cerr << "usage: jws_verify [--signature] < LINES\n";
    return 2;
  }
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << (renal::hooks::IsValid(line, signature_only) ? "valid\n" : "invalid\n");
  }
  return 0;
}
