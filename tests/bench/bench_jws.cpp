#include <array>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "hooks/auth.h"
#include "tests/hooks/test_token.h"

// What a token costs from its header to the verdict on replay, beside one bare EVP_DigestVerify of
// the same signature with the same key. Each token is let in once and refused as repeated from then
// on, which is the last step and takes as long.
namespace renal::hooks {
namespace {

struct Sample {
  explicit Sample(JwsAlgorithm algorithm) : token(algorithm), text(token.SignedText()) {
    const JoseSigner& signer = *token.signer;
    raw = signer.Sign(algorithm, text);
    const bool ec = Spelling(algorithm).starts_with("ES");
    // The form that OpenSSL reads; for RSA both are one.
    signature = ec ? signer.SignDer(algorithm, text) : raw;
    header = "Bearer " + token.With(raw);
  }
  TestToken token;
  std::string text, raw, signature, header;
};

const EVP_MD* HashOf(JwsAlgorithm algorithm) {
  const std::string_view name = Spelling(algorithm);
  return name.ends_with("256") ? EVP_sha256() : name.ends_with("384") ? EVP_sha384() : EVP_sha512();
}

bool VerifyBare(JwsAlgorithm algorithm, const Sample& sample) {
  using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
  const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_PKEY_CTX* inner = nullptr;
  if (EVP_DigestVerifyInit(context.get(), &inner, HashOf(algorithm), nullptr,
                           sample.token.signer->get()) != 1) {
    return false;
  }
  if (Spelling(algorithm).starts_with("PS") &&
      (EVP_PKEY_CTX_set_rsa_padding(inner, RSA_PKCS1_PSS_PADDING) != 1 ||
       EVP_PKEY_CTX_set_rsa_pss_saltlen(inner, RSA_PSS_SALTLEN_DIGEST) != 1)) {
    return false;
  }
  return EVP_DigestVerify(
             context.get(), reinterpret_cast<const unsigned char*>(sample.signature.data()),
             sample.signature.size(), reinterpret_cast<const unsigned char*>(sample.text.data()),
             sample.text.size()) == 1;
}

void Bare(benchmark::State& state, JwsAlgorithm algorithm) {
  const Sample sample(algorithm);
  for (auto _ : state) {
    if (!VerifyBare(algorithm, sample)) state.SkipWithError("the signature is not valid");
  }
}

std::unique_ptr<Authenticator> AuthenticatorFor(JwsAlgorithm algorithm) {
  AuthOptions options;
  options.base_url = "https://cds.example/renal";
  const std::string key = JoseSigner::For(algorithm).Jwk(Spelling(algorithm));
  options.clients.push_back(
      {.name = "ehr", .issuer = "https://ehr.example", .jwks = R"({"keys":[)" + key + "]}"});
  auto made = Authenticator::Create(std::move(options));
  if (!made) throw std::runtime_error(made.error().diagnostics);
  return std::move(*made);
}

void Token(benchmark::State& state, JwsAlgorithm algorithm) {
  const Sample sample(algorithm);
  const auto authenticator = AuthenticatorFor(algorithm);
  const std::array<std::string_view, 1> headers = {sample.header}, paths = {"/cds-services/kidney"};
  const AuthRequest request{
      .authorization = headers,
      .paths = paths,
      .service = "kidney",
      .now = std::chrono::system_clock::time_point(std::chrono::seconds(kTestNow))};
  for (auto _ : state) {
    const auto outcome = authenticator->Authenticate(request);
    const auto* refusal = std::get_if<AuthRefusal>(&outcome);
    if (refusal != nullptr && refusal->reason != AuthReason::kReplay) {
      state.SkipWithError("the token is not good");
    }
  }
}

void RegisterAll() {
  for (std::size_t i = 0; i < kJwsAlgorithms; ++i) {
    const auto algorithm = static_cast<JwsAlgorithm>(i);
    const std::string name(Spelling(algorithm));
    benchmark::RegisterBenchmark(("Bare/" + name).c_str(), Bare, algorithm);
    benchmark::RegisterBenchmark(("Token/" + name).c_str(), Token, algorithm);
  }
}

}  // namespace
}  // namespace renal::hooks

int main(int count, char** arguments) {
  renal::hooks::RegisterAll();
  benchmark::Initialize(&count, arguments);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
