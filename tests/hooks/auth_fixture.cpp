#include "tests/hooks/auth_fixture.h"

#include <stdexcept>
#include <utility>

namespace renal::hooks {

using enum JwsAlgorithm;

std::chrono::system_clock::time_point TestTime() {
  return std::chrono::system_clock::time_point(std::chrono::seconds(kTestNow));
}

const JoseSigner& Rsa1024() {
  static const JoseSigner weak = JoseSigner::Rsa(1024);
  return weak;
}

const JoseSigner& Stranger() {
  static const JoseSigner stranger = JoseSigner::Ec("P-384");
  return stranger;
}

namespace {

std::string KeySet() {
  std::string keys = R"({"keys":[)";
  for (const JwsAlgorithm algorithm : kAllAlgorithms) {
    keys += JoseSigner::For(algorithm).Jwk(Spelling(algorithm), R"(,"use":"sig")") + ',';
  }
  const JoseSigner& p384 = JoseSigner::For(kEs384);
  const JoseSigner& rsa = JoseSigner::For(kRs256);
  keys += rsa.Jwk("only-rs384", R"(,"alg":"RS384")") + ',';
  keys += p384.Jwk("only-es384", R"(,"alg":"ES384","key_ops":["verify"])") + ',';
  keys += p384.Jwk("for-encryption", R"(,"use":"enc")") + ',';
  keys += p384.Jwk("for-signing", R"(,"key_ops":["sign"])") + ',';
  keys += p384.Jwk("twice") + ',' + p384.Jwk("twice") + ',';
  keys += p384.Jwk(std::string(256, 'k')) + ',';
  keys += Rsa1024().Jwk("weak") + ',';
  keys +=
      R"({"kty":"oct","kid":"symmetric","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"},)";
  return keys + p384.Jwk("last") + "]}";
}

}  // namespace

AuthOptions TestOptions() {
  AuthOptions options;
  options.base_url = "https://cds.example/renal/";
  options.clients.push_back({.name = "ehr",
                             .issuer = "https://ehr.example",
                             .jwks = KeySet(),
                             .audiences = {"urn:typed-by-hand"},
                             .services = {"kidney"}});
  options.clients.push_back({.name = "clinic",
                             .issuer = "https://clinic.example",
                             .jwks = R"({"keys":[)" + Stranger().Jwk("ES384") + "]}",
                             .tenants = {"north", "south"}});
  return options;
}

std::unique_ptr<Authenticator> Made(AuthOptions options) {
  auto made = Authenticator::Create(std::move(options));
  if (!made) throw std::runtime_error(made.error().diagnostics);
  return std::move(*made);
}

Outcome Call(Authenticator& authenticator, std::string_view header, std::string_view service,
             std::string_view path) {
  const std::string_view headers[] = {header};
  const std::string_view paths[] = {path};
  return authenticator.Authenticate({headers, paths, service, TestTime()});
}

std::string Said(const Outcome& outcome) {
  const auto* refusal = std::get_if<AuthRefusal>(&outcome);
  return refusal != nullptr ? std::string(Spelling(refusal->reason)) : "admitted";
}

Authenticator& Shared() {
  static const std::unique_ptr<Authenticator> shared = Made(TestOptions());
  return *shared;
}

std::string SaidOf(const std::string& token) { return Said(Call(Shared(), "Bearer " + token)); }

std::string Quoted(std::string_view text) { return '"' + std::string(text) + '"'; }
std::string At(std::int64_t seconds) { return std::to_string(kTestNow + seconds); }
std::string GoodToken() { return TestToken().Make(); }

}  // namespace renal::hooks
