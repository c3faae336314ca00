#include "hooks/auth.h"

#include <functional>
#include <ostream>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include "test_token.h"

namespace renal::hooks {
namespace {

using enum JwsAlgorithm;
using Outcome = std::variant<AuthCaller, AuthRefusal>;

constexpr std::string_view kPath = "/cds-services/kidney";
constexpr JwsAlgorithm kAll[] = {kEs256, kEs384, kEs512, kRs256, kRs384,
                                 kRs512, kPs256, kPs384, kPs512};

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

/// One key for each algorithm under its name, and some that differ in one thing.
std::string KeySet() {
  std::string keys = R"({"keys":[)";
  for (const JwsAlgorithm algorithm : kAll) {
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

AuthOptions Options() {
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

Outcome Call(Authenticator& authenticator, std::string_view header,
             std::string_view service = "kidney", std::string_view path = kPath) {
  const std::string_view headers[] = {header};
  const std::string_view paths[] = {path};
  return authenticator.Authenticate({headers, paths, service, TestTime()});
}

/// The code of the refusal, or "admitted".
std::string Said(const Outcome& outcome) {
  const auto* refusal = std::get_if<AuthRefusal>(&outcome);
  return refusal != nullptr ? std::string(Spelling(refusal->reason)) : "admitted";
}

Authenticator& Shared() {
  static const std::unique_ptr<Authenticator> shared = Made(Options());
  return *shared;
}

std::string SaidOf(const std::string& token) { return Said(Call(Shared(), "Bearer " + token)); }

std::string Quoted(std::string_view text) { return '"' + std::string(text) + '"'; }
std::string At(std::int64_t seconds) { return std::to_string(kTestNow + seconds); }

// --- Good tokens

class AlgorithmTest : public testing::TestWithParam<JwsAlgorithm> {};

TEST_P(AlgorithmTest, LetsItsTokenIn) {
  const Outcome outcome = Call(Shared(), "Bearer " + TestToken(GetParam()).Make());
  ASSERT_EQ(Said(outcome), "admitted");
  EXPECT_EQ(Shared().client(std::get<AuthCaller>(outcome).client).name, "ehr");
}

TEST_P(AlgorithmTest, RefusesEveryOtherAlgorithmOverTheSameKey) {
  for (const JwsAlgorithm other : kAll) {
    if (other == GetParam()) continue;
    TestToken token(GetParam());
    token.header.Set("alg", Quoted(Spelling(other)));
    const bool rsa = GetParam() >= kRs256 && other >= kRs256;
    EXPECT_EQ(SaidOf(token.Make()), rsa ? "signature" : "key-unfit") << Spelling(other);
  }
}

TEST_P(AlgorithmTest, RefusesASignatureOverOtherBytes) {
  const TestToken token(GetParam());
  const std::string good = token.signer->Sign(GetParam(), token.SignedText());
  TestToken other = token;
  other.payload.Set("tenant", "\"another\"");
  EXPECT_EQ(SaidOf(other.With(good)), "signature");
}

TEST_P(AlgorithmTest, RefusesEveryLengthOfTheSignatureButItsOwn) {
  const TestToken token(GetParam());
  const std::string good = token.signer->Sign(GetParam(), token.SignedText());
  for (const std::string& bad : {good + '\0', std::string(1, '\0') + good, good.substr(1),
                                 good.substr(0, good.size() - 1), good + good, std::string()}) {
    EXPECT_EQ(SaidOf(token.With(bad)), "signature") << bad.size();
  }
}

TEST_P(AlgorithmTest, RefusesASignatureWithOneBitTurned) {
  const TestToken token(GetParam());
  const std::string good = token.signer->Sign(GetParam(), token.SignedText());
  for (std::size_t place = 0; place < good.size(); place += 7) {
    std::string bad = good;
    bad[place] = static_cast<char>(bad[place] ^ 0x10);
    EXPECT_EQ(SaidOf(token.With(bad)), "signature") << place;
  }
}

TEST_P(AlgorithmTest, RefusesZerosAndOnes) {
  const TestToken token(GetParam());
  const std::size_t size = token.signer->Sign(GetParam(), "x").size();
  EXPECT_EQ(SaidOf(token.With(std::string(size, '\0'))), "signature");
  EXPECT_EQ(SaidOf(token.With(std::string(size, '\xFF'))), "signature");
}

TEST_P(AlgorithmTest, RefusesAnAlgorithmThatIsNotConfigured) {
  AuthOptions options = Options();
  options.algorithms = JwsAlgorithms().Add(GetParam() == kEs256 ? kEs384 : kEs256);
  const auto authenticator = Made(std::move(options));
  EXPECT_EQ(Said(Call(*authenticator, "Bearer " + TestToken(GetParam()).Make())), "algorithm");
}

INSTANTIATE_TEST_SUITE_P(Each, AlgorithmTest, testing::ValuesIn(kAll),
                         [](const auto& test) { return std::string(Spelling(test.param)); });

// --- Spoilt tokens

struct TokenCase {
  std::string_view name;
  std::function<void(TestToken&)> spoil;
  std::string_view said;

  friend void PrintTo(const TokenCase& row, std::ostream* out) { *out << row.name; }
};

class TokenTest : public testing::TestWithParam<TokenCase> {};

TEST_P(TokenTest, IsJudged) {
  TestToken token;
  GetParam().spoil(token);
  EXPECT_EQ(SaidOf(token.Make()), GetParam().said);
}

using T = TestToken;
std::string NameOf(const testing::TestParamInfo<TokenCase>& test) {
  return std::string(test.param.name);
}

INSTANTIATE_TEST_SUITE_P(
    Header, TokenTest,
    testing::ValuesIn<TokenCase>({
        {"AsItShouldBe", [](T&) {}, "admitted"},
        {"TypInLowerCase", [](T& token) { token.header.Set("typ", R"("jwt")"); }, "admitted"},
        {"TypInMixedCase", [](T& token) { token.header.Set("typ", R"("jWt")"); }, "admitted"},
        {"TypMissing", [](T& token) { token.header.Remove("typ"); }, "header-form"},
        {"TypOfAnotherToken", [](T& token) { token.header.Set("typ", R"("at+jwt")"); },
         "header-form"},
        {"TypAsMediaType", [](T& token) { token.header.Set("typ", R"("application/jwt")"); },
         "header-form"},
        {"TypNull", [](T& token) { token.header.Set("typ", "null"); }, "header-form"},
        {"TypWithControlCharacter", [](T& token) { token.header.Set("typ", R"("\nWT")"); },
         "header-form"},
        {"AlgNone", [](T& token) { token.header.Set("alg", R"("none")"); }, "algorithm"},
        {"AlgNoneCapital", [](T& token) { token.header.Set("alg", R"("NoNe")"); }, "algorithm"},
        {"AlgHs256", [](T& token) { token.header.Set("alg", R"("HS256")"); }, "algorithm"},
        {"AlgHs384", [](T& token) { token.header.Set("alg", R"("HS384")"); }, "algorithm"},
        {"AlgHs512", [](T& token) { token.header.Set("alg", R"("HS512")"); }, "algorithm"},
        {"AlgEs256K", [](T& token) { token.header.Set("alg", R"("ES256K")"); }, "algorithm"},
        {"AlgEdDsa", [](T& token) { token.header.Set("alg", R"("EdDSA")"); }, "algorithm"},
        {"AlgInLowerCase", [](T& token) { token.header.Set("alg", R"("es384")"); }, "algorithm"},
        {"AlgWithSpace", [](T& token) { token.header.Set("alg", R"("ES384 ")"); }, "algorithm"},
        {"AlgMissing", [](T& token) { token.header.Remove("alg"); }, "algorithm"},
        {"AlgAsList", [](T& token) { token.header.Set("alg", R"(["ES384"])"); }, "algorithm"},
        {"AlgTwice", [](T& token) { token.header.Add("alg", R"("none")"); }, "header-form"},
        {"AlgTwiceBehindAnEscape", [](T& token) { token.header.Add(R"(\u0061lg)", R"("none")"); },
         "header-form"},
        {"KidMissing", [](T& token) { token.header.Remove("kid"); }, "kid"},
        {"KidEmpty", [](T& token) { token.header.Set("kid", R"("")"); }, "kid"},
        {"KidNumber", [](T& token) { token.header.Set("kid", "384"); }, "kid"},
        {"KidNull", [](T& token) { token.header.Set("kid", "null"); }, "kid"},
        {"KidOf256Characters",
         [](T& token) { token.header.Set("kid", Quoted(std::string(256, 'k'))); }, "admitted"},
        {"KidOf257Characters",
         [](T& token) { token.header.Set("kid", Quoted(std::string(257, 'k'))); }, "kid"},
        {"KidWithNul", [](T& token) { token.header.Set("kid", R"("ES384\u0000")"); }, "kid"},
        {"KidUnknown", [](T& token) { token.header.Set("kid", R"("es384")"); }, "key-unknown"},
        {"KidAsPath", [](T& token) { token.header.Set("kid", R"("../../dev/null")"); },
         "key-unknown"},
        {"KidAsQuery", [](T& token) { token.header.Set("kid", R"("' OR 1=1 --")"); },
         "key-unknown"},
        {"KidTwiceInTheSet", [](T& token) { token.header.Set("kid", R"("twice")"); },
         "key-ambiguous"},
        {"KidOfAnotherClientsKey", [](T& token) { token.signer = &Stranger(); }, "signature"},
        {"KidOfAWeakKey",
         [](T& token) {
           token = T(kRs256);
           token.signer = &Rsa1024();
           token.header.Set("kid", R"("weak")");
         },
         "key-unknown"},
        {"KidOfASymmetricKey", [](T& token) { token.header.Set("kid", R"("symmetric")"); },
         "key-unknown"},
        {"KidOfAnEncryptionKey", [](T& token) { token.header.Set("kid", R"("for-encryption")"); },
         "key-unknown"},
        {"KidOfASigningOnlyKey", [](T& token) { token.header.Set("kid", R"("for-signing")"); },
         "key-unknown"},
        {"KeyOfThisAlg", [](T& token) { token.header.Set("kid", R"("only-es384")"); }, "admitted"},
        {"KeyOfAnotherAlg",
         [](T& token) {
           token = T(kRs256);
           token.header.Set("kid", R"("only-rs384")");
         },
         "key-unfit"},
        {"KeyOfAnotherAlgOfTheSameHash",
         [](T& token) {
           token = T(kPs384);
           token.header.Set("kid", R"("only-rs384")");
         },
         "key-unfit"},
        {"KeyOfAnotherCurve", [](T& token) { token.header.Set("kid", R"("ES256")"); }, "key-unfit"},
        {"KeyOfAnotherType", [](T& token) { token.header.Set("kid", R"("RS384")"); }, "key-unfit"},
        {"LastKeyOfTheSet", [](T& token) { token.header.Set("kid", R"("last")"); }, "admitted"},
        {"Crit", [](T& token) { token.header.Set("crit", R"(["exp"])"); }, "critical"},
        {"CritEmpty", [](T& token) { token.header.Set("crit", "[]"); }, "critical"},
        {"CritNull", [](T& token) { token.header.Set("crit", "null"); }, "critical"},
        {"B64", [](T& token) { token.header.Set("b64", "false"); }, "critical"},
        {"B64True", [](T& token) { token.header.Set("b64", "true"); }, "critical"},
        {"Enc", [](T& token) { token.header.Set("enc", R"("A128GCM")"); }, "critical"},
        {"Zip", [](T& token) { token.header.Set("zip", R"("DEF")"); }, "critical"},
        {"OwnJwkIsNotLookedAt",
         [](T& token) {
           token.header.Set("jwk", Stranger().Jwk("ES384"));
           token.signer = &Stranger();
         },
         "signature"},
        {"OwnJwkDoesNoHarm", [](T& token) { token.header.Set("jwk", Stranger().Jwk("ES384")); },
         "admitted"},
        {"CertificatesAreNotLookedAt",
         [](T& token) {
           token.header.Set("x5u", R"("https://evil.example/x5u")").Set("x5c", R"(["AAAA"])");
           token.header.Set("x5t", R"("AAAA")");
         },
         "admitted"},
        {"JkuOfNobody", [](T& token) { token.header.Set("jku", R"("https://evil.example/jwks")"); },
         "jku"},
        {"JkuAsList", [](T& token) { token.header.Set("jku", R"(["https://ehr.example/jwks"])"); },
         "jku"},
        {"JkuNull", [](T& token) { token.header.Set("jku", "null"); }, "jku"},
        {"UnknownMembers", [](T& token) { token.header.Set("extra", R"({"a":[1,2]})"); },
         "admitted"},
        {"EightDeep", [](T& token) { token.header.Set("deep", "[[[[[[[1]]]]]]]"); }, "admitted"},
        {"NineDeep", [](T& token) { token.header.Set("deep", "[[[[[[[[1]]]]]]]]"); },
         "header-form"},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Payload, TokenTest,
    testing::ValuesIn<TokenCase>({
        {"IssOfNobody", [](T& token) { token.payload.Set("iss", R"("https://ehr.example/")"); },
         "issuer"},
        {"IssInCapitals", [](T& token) { token.payload.Set("iss", R"("https://EHR.example")"); },
         "issuer"},
        {"IssMissing", [](T& token) { token.payload.Remove("iss"); }, "issuer"},
        {"IssEmpty", [](T& token) { token.payload.Set("iss", R"("")"); }, "issuer"},
        {"IssAsList", [](T& token) { token.payload.Set("iss", R"(["https://ehr.example"])"); },
         "issuer"},
        {"IssWithNul", [](T& token) { token.payload.Set("iss", R"("https://ehr.example\u0000")"); },
         "issuer"},
        {"IssEscaped", [](T& token) { token.payload.Set("iss", R"("https:\/\/ehr.example")"); },
         "admitted"},
        {"IssTwice", [](T& token) { token.payload.Add("iss", R"("https://clinic.example")"); },
         "payload-form"},
        {"IssOfAnotherClient",
         [](T& token) { token.payload.Set("iss", R"("https://clinic.example")"); }, "signature"},
        {"SubAndMore", [](T& token) { token.payload.Set("sub", R"("us")").Set("azp", "{}"); },
         "admitted"},
        {"EightDeepPayload", [](T& token) { token.payload.Set("deep", "[[[[[[[1]]]]]]]"); },
         "admitted"},
        {"NineDeepPayload", [](T& token) { token.payload.Set("deep", "[[[[[[[[1]]]]]]]]"); },
         "payload-form"},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Times, TokenTest,
    testing::ValuesIn<TokenCase>({
        {"ExpJustBefore", [](T& token) { token.payload.Set("exp", At(-59)); }, "admitted"},
        {"ExpAtTheLimit", [](T& token) { token.payload.Set("exp", At(-60)); }, "expired"},
        {"ExpBehindTheLimit", [](T& token) { token.payload.Set("exp", At(-61)); }, "expired"},
        {"ExpAFractionBefore", [](T& token) { token.payload.Set("exp", At(-60) + ".5"); },
         "admitted"},
        {"ExpMissing", [](T& token) { token.payload.Remove("exp"); }, "times"},
        {"ExpAsText", [](T& token) { token.payload.Set("exp", Quoted(At(60))); }, "times"},
        {"ExpNull", [](T& token) { token.payload.Set("exp", "null"); }, "times"},
        {"ExpTrue", [](T& token) { token.payload.Set("exp", "true"); }, "times"},
        {"ExpZero", [](T& token) { token.payload.Set("exp", "0"); }, "expired"},
        {"ExpNegative", [](T& token) { token.payload.Set("exp", "-1800000295"); }, "expired"},
        {"ExpEndless", [](T& token) { token.payload.Set("exp", "1e400"); }, "payload-form"},
        {"ExpHuge", [](T& token) { token.payload.Set("exp", "1e308"); }, "lifetime"},
        {"ExpOf64Bits", [](T& token) { token.payload.Set("exp", "9223372036854775807"); },
         "lifetime"},
        {"ExpBeyond64Bits", [](T& token) { token.payload.Set("exp", "18446744073709551615"); },
         "lifetime"},
        {"ExpWithExponent", [](T& token) { token.payload.Set("exp", "18.000001e8"); }, "admitted"},
        {"ExpTwice", [](T& token) { token.payload.Add("exp", At(100)); }, "payload-form"},
        {"IatAtTheLimit", [](T& token) { token.payload.Set("iat", At(60)); }, "admitted"},
        {"IatAhead", [](T& token) { token.payload.Set("iat", At(61)); }, "not-yet"},
        {"IatAFractionAhead", [](T& token) { token.payload.Set("iat", At(60) + ".25"); },
         "not-yet"},
        {"IatMissing", [](T& token) { token.payload.Remove("iat"); }, "times"},
        {"IatAsText", [](T& token) { token.payload.Set("iat", Quoted(At(0))); }, "times"},
        {"IatFarInThePast", [](T& token) { token.payload.Set("iat", "-1e300"); }, "lifetime"},
        {"LifeOfAnHour", [](T& token) { token.payload.Set("iat", At(0)).Set("exp", At(3600)); },
         "admitted"},
        {"LifeOverAnHour", [](T& token) { token.payload.Set("iat", At(0)).Set("exp", At(3601)); },
         "lifetime"},
        {"AsOldAsCanBe", [](T& token) { token.payload.Set("iat", At(-3659)).Set("exp", At(-59)); },
         "admitted"},
        {"OldestIat",
         [](T& token) { token.payload.Set("iat", At(-3660)).Set("exp", At(-60) + ".5"); },
         "lifetime"},
        {"NbfAtTheLimit", [](T& token) { token.payload.Set("nbf", At(60)); }, "admitted"},
        {"NbfAhead", [](T& token) { token.payload.Set("nbf", At(61)); }, "not-yet"},
        {"NbfPast", [](T& token) { token.payload.Set("nbf", At(-100000)); }, "admitted"},
        {"NbfNull", [](T& token) { token.payload.Set("nbf", "null"); }, "times"},
        {"NbfAsText", [](T& token) { token.payload.Set("nbf", R"("0")"); }, "times"},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Claims, TokenTest,
    testing::ValuesIn<TokenCase>({
        {"AudAsListOfOne",
         [](T& token) {
           token.payload.Set("aud", R"(["https://cds.example/renal/cds-services/kidney"])");
         },
         "admitted"},
        {"AudAsListOfTwo",
         [](T& token) {
           token.payload.Set(
               "aud", R"(["https://cds.example/renal/cds-services/kidney","https://b.example"])");
         },
         "audience"},
        {"AudAsListOfTheSameTwice",
         [](T& token) { token.payload.Set("aud", R"(["urn:typed-by-hand","urn:typed-by-hand"])"); },
         "audience"},
        {"AudAsEmptyList", [](T& token) { token.payload.Set("aud", "[]"); }, "audience"},
        {"AudAsListWithinAList",
         [](T& token) { token.payload.Set("aud", R"([["urn:typed-by-hand"]])"); }, "audience"},
        {"AudAlias", [](T& token) { token.payload.Set("aud", R"("urn:typed-by-hand")"); },
         "admitted"},
        {"AudAliasAsList", [](T& token) { token.payload.Set("aud", R"(["urn:typed-by-hand"])"); },
         "admitted"},
        {"AudMissing", [](T& token) { token.payload.Remove("aud"); }, "audience"},
        {"AudEmpty", [](T& token) { token.payload.Set("aud", R"("")"); }, "audience"},
        {"AudNull", [](T& token) { token.payload.Set("aud", "null"); }, "audience"},
        {"AudOfAnotherService",
         [](T& token) {
           token.payload.Set("aud", R"("https://cds.example/renal/cds-services/lung")");
         },
         "audience"},
        {"AudOfDiscovery",
         [](T& token) { token.payload.Set("aud", R"("https://cds.example/renal/cds-services")"); },
         "audience"},
        {"AudIsTheBaseAlone",
         [](T& token) { token.payload.Set("aud", R"("https://cds.example/renal")"); }, "audience"},
        {"AudOfAnotherHost",
         [](T& token) {
           token.payload.Set("aud", R"("https://cds.example.evil/renal/cds-services/kidney")");
         },
         "audience"},
        {"AudWithoutTls",
         [](T& token) {
           token.payload.Set("aud", R"("http://cds.example/renal/cds-services/kidney")");
         },
         "audience"},
        {"AudWithASlashMore",
         [](T& token) {
           token.payload.Set("aud", R"("https://cds.example/renal/cds-services/kidney/")");
         },
         "audience"},
        {"AudWithAQuery",
         [](T& token) {
           token.payload.Set("aud", R"("https://cds.example/renal/cds-services/kidney?a")");
         },
         "audience"},
        {"AudInCapitals",
         [](T& token) {
           token.payload.Set("aud", R"("https://CDS.example/renal/cds-services/kidney")");
         },
         "audience"},
        {"JtiMissing", [](T& token) { token.payload.Remove("jti"); }, "jti"},
        {"JtiEmpty", [](T& token) { token.payload.Set("jti", R"("")"); }, "jti"},
        {"JtiNumber", [](T& token) { token.payload.Set("jti", "7"); }, "jti"},
        {"JtiNull", [](T& token) { token.payload.Set("jti", "null"); }, "jti"},
        {"JtiOf256", [](T& token) { token.payload.Set("jti", Quoted(std::string(256, 'j'))); },
         "admitted"},
        {"JtiOf257", [](T& token) { token.payload.Set("jti", Quoted(std::string(257, 'j'))); },
         "jti"},
        {"JtiOf256OfFourBytes",
         [](T& token) {
           std::string jti;
           for (int i = 0; i < 256; ++i) jti += "\xF0\x9F\x92\x8A";
           token.payload.Set("jti", Quoted(jti));
         },
         "admitted"},
        {"JtiWithNul", [](T& token) { token.payload.Set("jti", R"("a\u0000b")"); }, "jti"},
        {"TenantWhereNoneIsListed", [](T& token) { token.payload.Set("tenant", R"("any")"); },
         "admitted"},
        {"TenantNumber", [](T& token) { token.payload.Set("tenant", "7"); }, "tenant"},
        {"TenantTooLong",
         [](T& token) { token.payload.Set("tenant", Quoted(std::string(257, 't'))); }, "tenant"},
    }),
    NameOf);

// --- Forms of a token

struct FormCase {
  std::string_view name;
  std::function<std::string()> header;  // the whole Authorization header
  std::string_view said;

  friend void PrintTo(const FormCase& row, std::ostream* out) { *out << row.name; }
};

class FormTest : public testing::TestWithParam<FormCase> {};

TEST_P(FormTest, IsJudged) {
  EXPECT_EQ(Said(Call(Shared(), GetParam().header())), GetParam().said);
}

std::string Good() { return TestToken().Make(); }

/// A good token with one part of it rewritten.
std::string Changed(std::size_t part, const std::function<std::string(std::string)>& change) {
  const std::string token = Good();
  const std::size_t first = token.find('.'), last = token.rfind('.');
  std::string parts[] = {token.substr(0, first), token.substr(first + 1, last - first - 1),
                         token.substr(last + 1)};
  parts[part] = change(parts[part]);
  return "Bearer " + parts[0] + '.' + parts[1] + '.' + parts[2];
}

/// With the unused bits of its last character set: the same bytes to a careless reader.
std::string StrayBits(std::string text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  text.back() = kAlphabet[kAlphabet.find(text.back()) + 1];
  return text;
}

/// A signed token whose header and payload are these texts.
std::string Raw(std::string_view header, std::string_view payload) {
  const std::string text = Encoded(header) + '.' + Encoded(payload);
  return "Bearer " + text + '.' + Encoded(JoseSigner::For(kEs384).Sign(kEs384, text));
}

std::string PaddedTo(std::size_t bytes) {
  TestToken token;
  std::size_t fill = bytes * 3 / 4 - 600;
  std::string made;
  do {
    token.payload.Set("fill", Quoted(std::string(fill++, 'x')));
    made = token.Make();
  } while (made.size() < bytes);
  return "Bearer " + made;
}

INSTANTIATE_TEST_SUITE_P(
    Forms, FormTest,
    testing::ValuesIn<FormCase>({
        {"Bearer", [] { return "Bearer " + Good(); }, "admitted"},
        {"LowerCaseBearer", [] { return "bearer " + Good(); }, "admitted"},
        {"CapitalBearer", [] { return "BEARER " + Good(); }, "admitted"},
        {"TwoSpaces", [] { return "Bearer  " + Good(); }, "admitted"},
        {"NoSpace", [] { return "Bearer" + Good(); }, "scheme"},
        {"TabForSpace", [] { return "Bearer\t" + Good(); }, "scheme"},
        {"Basic", [] { return "Basic " + Good(); }, "scheme"},
        {"TokenAlone", [] { return Good(); }, "scheme"},
        {"SchemeAlone", [] { return std::string("Bearer"); }, "scheme"},
        {"SchemeAndSpace", [] { return std::string("Bearer "); }, "scheme"},
        {"Empty", [] { return std::string(); }, "scheme"},
        {"TwoTokens", [] { return "Bearer " + Good() + ' ' + Good(); }, "token-form"},
        {"TwoTokensWithComma", [] { return "Bearer " + Good() + ", Bearer " + Good(); },
         "token-form"},
        {"SpaceBehind", [] { return "Bearer " + Good() + ' '; }, "token-form"},
        {"OnePart", [] { return "Bearer " + Encoded("{}"); }, "token-form"},
        {"TwoParts", [] { return "Bearer " + TestToken().SignedText(); }, "token-form"},
        {"EmptySignature", [] { return "Bearer " + TestToken().SignedText() + '.'; }, "signature"},
        {"FourParts", [] { return "Bearer " + Good() + ".AAAA"; }, "token-form"},
        {"FiveParts", [] { return "Bearer " + Good() + ".AAAA.AAAA"; }, "token-form"},
        {"OnlyDots", [] { return std::string("Bearer .."); }, "header-form"},
        {"EncryptedToken",
         [] {
           return "Bearer " + Encoded(R"({"alg":"dir","enc":"A128GCM","kid":"x","typ":"JWT"})") +
                  "..AAAA.AAAA.AAAA";
         },
         "token-form"},
        {"HeaderPadded", [] { return Changed(0, [](auto text) { return text + "=="; }); },
         "token-form"},
        {"PayloadPadded", [] { return Changed(1, [](auto text) { return text + '='; }); },
         "token-form"},
        {"SignaturePadded", [] { return Changed(2, [](auto text) { return text + '='; }); },
         "token-form"},
        {"SpaceWithin", [] { return Changed(1, [](auto text) { return text.insert(4, " "); }); },
         "token-form"},
        {"LineBreakWithin",
         [] { return Changed(1, [](auto text) { return text.insert(4, "\n"); }); }, "token-form"},
        {"NulWithin", [] { return Changed(1, [](auto text) { return text.insert(4, 1, '\0'); }); },
         "token-form"},
        {"PlainAlphabet",
         [] { return Changed(2, [](auto text) { return text.replace(0, 1, "+"); }); },
         "token-form"},
        {"PlainAlphabetSlash",
         [] { return Changed(2, [](auto text) { return text.replace(0, 1, "/"); }); },
         "token-form"},
        {"HighByte",
         [] { return Changed(2, [](auto text) { return text.replace(0, 1, "\xC3"); }); },
         "token-form"},
        {"LoneCharacter", [] { return Changed(2, [](auto text) { return text + 'A'; }); },
         "token-form"},
        {"StrayBitsInSignature",
         [] {
           TestToken token(kEs256);  // 64 bytes leave four bits over, 96 none
           return "Bearer " + StrayBits(token.Make());
         },
         "token-form"},
        {"StrayBitsOfRsa", [] { return "Bearer " + StrayBits(TestToken(kRs256).Make()); },
         "token-form"},
        {"StrayBitsInHeader",
         [] {
           TestToken token;
           while (token.header.Text().size() % 3 == 0)
             token.header.Add("x" + token.header.Text().substr(2, 1), "1");
           const std::string text =
               StrayBits(Encoded(token.header.Text())) + '.' + Encoded(token.payload.Text());
           return "Bearer " + text + '.' + Encoded(token.signer->Sign(kEs384, text));
         },
         "token-form"},
        {"HeaderNotJson", [] { return Raw("alg:ES384", TestToken().payload.Text()); },
         "header-form"},
        {"HeaderAList", [] { return Raw("[]", TestToken().payload.Text()); }, "header-form"},
        {"HeaderEmpty", [] { return Raw("", TestToken().payload.Text()); }, "header-form"},
        {"HeaderWithByteOrderMark",
         [] { return Raw("\xEF\xBB\xBF" + TestToken().header.Text(), TestToken().payload.Text()); },
         "header-form"},
        {"HeaderWithTrailingData",
         [] { return Raw(TestToken().header.Text() + "{}", TestToken().payload.Text()); },
         "header-form"},
        {"HeaderWithComment",
         [] { return Raw("/**/" + TestToken().header.Text(), TestToken().payload.Text()); },
         "header-form"},
        {"HeaderNotUtf8", [] { return Raw("{\"alg\":\"\xFF\"}", TestToken().payload.Text()); },
         "header-form"},
        {"HeaderWithBlanks",
         [] { return Raw(" \n" + TestToken().header.Text() + "\t ", TestToken().payload.Text()); },
         "admitted"},
        {"PayloadAList", [] { return Raw(TestToken().header.Text(), "[]"); }, "payload-form"},
        {"PayloadText", [] { return Raw(TestToken().header.Text(), R"("iss")"); }, "payload-form"},
        {"PayloadEmpty", [] { return Raw(TestToken().header.Text(), ""); }, "payload-form"},
        {"PayloadWithTrailingComma",
         [] { return Raw(TestToken().header.Text(), R"({"iss":"https://ehr.example",})"); },
         "payload-form"},
        {"PayloadWithTrailingData",
         [] { return Raw(TestToken().header.Text(), TestToken().payload.Text() + 'x'); },
         "payload-form"},
        {"NearTheLargest", [] { return PaddedTo(8100).substr(0, 7 + 8192); }, "admitted"},
        {"TooLarge", [] { return PaddedTo(8193); }, "token-form"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

// --- Signatures that confused other verifiers

TEST(ConfusionTest, RefusesAnEmptySignatureUnderNone) {
  TestToken token;
  token.header.Set("alg", R"("none")");
  EXPECT_EQ(SaidOf(token.With("")), "algorithm");
}

TEST(ConfusionTest, RefusesHs256WithThePublicKeyAsSecret) {
  for (const std::string& secret :
       {JoseSigner::For(kRs256).Pem(), JoseSigner::For(kRs256).Jwk("RS256")}) {
    TestToken token(kRs256);
    token.header.Set("alg", R"("HS256")");
    EXPECT_EQ(SaidOf(token.With(Hs256(secret, token.SignedText()))), "algorithm");
    TestToken disguised(kRs256);
    EXPECT_EQ(SaidOf(disguised.With(Hs256(secret, disguised.SignedText()))), "signature");
  }
}

TEST(ConfusionTest, RefusesHs256WithASymmetricKeyOfTheSet) {
  TestToken token;
  token.header.Set("alg", R"("HS256")").Set("kid", R"("symmetric")");
  const std::string secret = "secret-secret-secret-secret-secret";
  EXPECT_EQ(SaidOf(token.With(Hs256(secret, token.SignedText()))), "algorithm");
}

TEST(ConfusionTest, RefusesDer) {
  for (const JwsAlgorithm algorithm : {kEs256, kEs384, kEs512}) {
    const TestToken token(algorithm);
    EXPECT_EQ(SaidOf(token.With(token.signer->SignDer(algorithm, token.SignedText()))),
              "signature");
  }
}

struct CurveFacts {
  JwsAlgorithm algorithm;
  int curve;
  std::size_t half;
};

constexpr CurveFacts kCurves[] = {
    {kEs256, NID_X9_62_prime256v1, 32}, {kEs384, NID_secp384r1, 48}, {kEs512, NID_secp521r1, 66}};

/// The order of the curve plus `more`, in the length of the curve.
std::string Order(const CurveFacts& facts, int more) {
  EC_GROUP* group = EC_GROUP_new_by_curve_name(facts.curve);
  BIGNUM* number = BN_dup(EC_GROUP_get0_order(group));
  more < 0 ? BN_sub_word(number, static_cast<BN_ULONG>(-more))
           : BN_add_word(number, static_cast<BN_ULONG>(more));
  std::string bytes(facts.half, '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
               static_cast<int>(facts.half));
  BN_free(number);
  EC_GROUP_free(group);
  return bytes;
}

TEST(ConfusionTest, RefusesROrSOutOfRange) {
  for (const CurveFacts& facts : kCurves) {
    const TestToken token(facts.algorithm);
    const std::string good = token.signer->Sign(facts.algorithm, token.SignedText());
    const std::string r = good.substr(0, facts.half), s = good.substr(facts.half);
    const std::string zero(facts.half, '\0');
    std::string one = zero;
    one.back() = 1;
    for (const std::string& bad : {zero, one, Order(facts, -1), Order(facts, 0), Order(facts, 1)}) {
      EXPECT_EQ(SaidOf(token.With(bad + s)), "signature");
      EXPECT_EQ(SaidOf(token.With(r + bad)), "signature");
      EXPECT_EQ(SaidOf(token.With(bad + bad)), "signature");
    }
  }
}

TEST(ConfusionTest, RefusesTheSignatureOfAnotherCurveOfTheSameLength) {
  TestToken token(kEs256);
  const JoseSigner koblitz = JoseSigner::Ec("secp256k1");
  token.signer = &koblitz;
  EXPECT_EQ(SaidOf(token.Make()), "signature");
}

TEST(ConfusionTest, RefusesPssWithASaltOfAnotherLength) {
  for (const JwsAlgorithm algorithm : {kPs256, kPs384, kPs512}) {
    const TestToken token(algorithm);
    for (const int salt : {0, 20, 31, 33, 47, 49, 63, 65}) {
      EXPECT_EQ(SaidOf(token.With(token.signer->Sign(algorithm, token.SignedText(), salt))),
                "signature")
          << salt;
    }
  }
}

TEST(ConfusionTest, RefusesAnRsaSignatureThatIsNotBelowTheModulus) {
  // Adding the modulus changes nothing modulo it, and leaves 2048 bits only where there is room.
  const TestToken token(kRs256);
  const std::string good = token.signer->Sign(kRs256, token.SignedText());
  BIGNUM* sum = BN_bin2bn(reinterpret_cast<const unsigned char*>(good.data()), 256, nullptr);
  BIGNUM* modulus = nullptr;
  ASSERT_EQ(EVP_PKEY_get_bn_param(token.signer->get(), "n", &modulus), 1);
  BN_add(sum, sum, modulus);
  std::string bad(static_cast<std::size_t>(BN_num_bytes(sum)), '\0');
  BN_bn2bin(sum, reinterpret_cast<unsigned char*>(bad.data()));
  BN_free(sum);
  BN_free(modulus);
  EXPECT_EQ(SaidOf(token.With(bad)), "signature");
}

// --- Headers, tenants, services

TEST(AuthenticatorTest, WantsExactlyOneHeader) {
  const std::string token = "Bearer " + Good();
  const std::string_view paths[] = {kPath};
  const std::string_view two[] = {token, token};
  EXPECT_EQ(Said(Shared().Authenticate({two, paths, "kidney", TestTime()})), "several-headers");
  EXPECT_EQ(Said(Shared().Authenticate({{}, paths, "kidney", TestTime()})), "no-header");
}

TEST(AuthenticatorTest, TakesTheAudienceOfEveryPathGiven) {
  const std::string_view paths[] = {"/cds-services/kidney/feedback", kPath};
  for (const std::string_view end : {"/feedback", ""}) {
    TestToken token;
    token.payload.Set("aud",
                      Quoted("https://cds.example/renal/cds-services/kidney" + std::string(end)));
    const std::string header = "Bearer " + token.Make();
    const std::string_view headers[] = {header};
    EXPECT_EQ(Said(Shared().Authenticate({headers, paths, "kidney", TestTime()})), "admitted");
  }
}

TEST(AuthenticatorTest, KeepsServicesFromClientsThatMayNotCallThem) {
  TestToken token;
  token.payload.Set("aud", R"("https://cds.example/renal/cds-services/lung")");
  const Outcome outcome = Call(Shared(), "Bearer " + token.Make(), "lung", "/cds-services/lung");
  EXPECT_EQ(Said(outcome), "service-forbidden");
  EXPECT_EQ(StatusOf(std::get<AuthRefusal>(outcome).reason), 403);
}

TEST(AuthenticatorTest, LetsEveryClientDiscover) {
  TestToken token;
  token.payload.Set("aud", R"("https://cds.example/renal/cds-services")");
  EXPECT_EQ(Said(Call(Shared(), "Bearer " + token.Make(), "", "/cds-services")), "admitted");
}

struct TenantCase {
  std::string_view name, claim, said;
  friend void PrintTo(const TenantCase& row, std::ostream* out) { *out << row.name; }
};

class TenantTest : public testing::TestWithParam<TenantCase> {};

TEST_P(TenantTest, IsHeldAgainstTheClientsList) {
  TestToken token;
  token.signer = &Stranger();
  token.payload.Set("iss", R"("https://clinic.example")");
  if (!GetParam().claim.empty()) token.payload.Set("tenant", std::string(GetParam().claim));
  const Outcome outcome = Call(Shared(), "Bearer " + token.Make());
  EXPECT_EQ(Said(outcome), GetParam().said);
  if (GetParam().said == "admitted") {
    EXPECT_EQ(Quoted(std::get<AuthCaller>(outcome).tenant), GetParam().claim);
  }
}

INSTANTIATE_TEST_SUITE_P(Listed, TenantTest,
                         testing::ValuesIn<TenantCase>({
                             {"First", R"("north")", "admitted"},
                             {"Second", R"("south")", "admitted"},
                             {"Other", R"("west")", "tenant"},
                             {"OtherCase", R"("North")", "tenant"},
                             {"Absent", "", "tenant"},
                             {"Empty", R"("")", "tenant"},
                             {"List", R"(["north"])", "tenant"},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(AuthenticatorTest, NamesTheClientOfARefusedTokenWhereItIsConfigured) {
  TestToken token;
  token.payload.Set("exp", At(-100));
  const Outcome known = Call(Shared(), "Bearer " + token.Make());
  EXPECT_EQ(std::get<AuthRefusal>(known).client, 0u);
  token.payload.Set("iss", R"("https://nobody.example")");
  const Outcome unknown = Call(Shared(), "Bearer " + token.Make());
  EXPECT_FALSE(std::get<AuthRefusal>(unknown).client.has_value());
}

// --- Replay

TEST(AuthenticatorTest, LetsATokenInOnce) {
  const std::string token = "Bearer " + Good();
  EXPECT_EQ(Said(Call(Shared(), token)), "admitted");
  EXPECT_EQ(Said(Call(Shared(), token)), "replay");
  EXPECT_EQ(Said(Call(Shared(), token)), "replay");
}

TEST(AuthenticatorTest, ABadTokenDoesNotUseUpTheJtiOfAGoodOne) {
  TestToken good, bad;
  good.payload.Set("jti", R"("shared")");
  bad.payload.Set("jti", R"("shared")").Set("exp", At(-100));
  EXPECT_EQ(SaidOf(bad.Make()), "expired");
  TestToken forged = good;
  forged.signer = &Stranger();
  EXPECT_EQ(SaidOf(forged.Make()), "signature");
  EXPECT_EQ(SaidOf(good.Make()), "admitted");
  EXPECT_EQ(SaidOf(good.Make()), "replay");
}

TEST(AuthenticatorTest, TheSameJtiOfAnotherIssuerIsAnotherToken) {
  TestToken ours, theirs;
  ours.payload.Set("jti", R"("both")");
  theirs.payload.Set("jti", R"("both")")
      .Set("iss", R"("https://clinic.example")")
      .Set("tenant", R"("north")");
  theirs.signer = &Stranger();
  EXPECT_EQ(SaidOf(ours.Make()), "admitted");
  EXPECT_EQ(SaidOf(theirs.Make()), "admitted");
}

TEST(AuthenticatorTest, OfManyAtOnceOneIsLetIn) {
  const std::string token = "Bearer " + Good();
  std::atomic<int> admitted{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { admitted += Said(Call(Shared(), token)) == "admitted" ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(admitted, 1);
}

TEST(AuthenticatorTest, RefusesWhatWasIssuedBeforeItsMemoryBegan) {
  AuthOptions options = Options();
  options.replay.started = kTestNow;
  const auto authenticator = Made(std::move(options));
  for (const auto& [issued, said] : {std::pair{At(-1), "before-start"},
                                     {At(-1) + ".75", "before-start"},
                                     {At(0), "admitted"},
                                     {At(1), "admitted"}}) {
    TestToken token;
    token.payload.Set("iat", issued);
    EXPECT_EQ(Said(Call(*authenticator, "Bearer " + token.Make())), said) << issued;
  }
}

TEST(AuthenticatorTest, AsksForPatienceWhereItCannotRemember) {
  AuthOptions options = Options();
  options.replay.capacity = 1;
  const auto authenticator = Made(std::move(options));
  EXPECT_EQ(Said(Call(*authenticator, "Bearer " + Good())), "admitted");
  const Outcome full = Call(*authenticator, "Bearer " + Good());
  EXPECT_EQ(Said(full), "replay-store");
  EXPECT_EQ(StatusOf(std::get<AuthRefusal>(full).reason), 503);
}

// --- Options

struct OptionsCase {
  std::string_view name;
  std::function<void(AuthOptions&)> spoil;
  std::string_view problem;
  friend void PrintTo(const OptionsCase& row, std::ostream* out) { *out << row.name; }
};

class AuthOptionsTest : public testing::TestWithParam<OptionsCase> {};

TEST_P(AuthOptionsTest, AreCheckedAtTheStart) {
  AuthOptions options = Options();
  GetParam().spoil(options);
  const auto made = Authenticator::Create(std::move(options));
  if (GetParam().problem.empty()) {
    EXPECT_TRUE(made.has_value()) << made.error().diagnostics;
  } else {
    ASSERT_FALSE(made.has_value());
    EXPECT_THAT(made.error().diagnostics, testing::HasSubstr(GetParam().problem));
  }
}

using O = AuthOptions;
using std::chrono::seconds;

INSTANTIATE_TEST_SUITE_P(
    Each, AuthOptionsTest,
    testing::ValuesIn<OptionsCase>({
        {"Good", [](O&) {}, ""},
        {"NoClient", [](O& o) { o.clients.clear(); }, "there is no client"},
        {"NoBase", [](O& o) { o.base_url.clear(); }, "the public base URL"},
        {"RelativeBase", [](O& o) { o.base_url = "/renal"; }, "the public base URL"},
        {"NoAlgorithm", [](O& o) { o.algorithms = {}; }, "no signature algorithm"},
        {"SkewAtLimit", [](O& o) { o.skew = seconds(300); }, ""},
        {"SkewTooLarge", [](O& o) { o.skew = seconds(301); }, "skew"},
        {"SkewNegative", [](O& o) { o.skew = seconds(-1); }, "skew"},
        {"LifetimeZero", [](O& o) { o.lifetime = seconds(0); }, "lifetime"},
        {"LifetimeOverADay", [](O& o) { o.lifetime = seconds(86'401); }, "lifetime"},
        {"CooldownAtLimit", [](O& o) { o.jwks.cooldown = seconds(5); }, ""},
        {"CooldownTooShort", [](O& o) { o.jwks.cooldown = std::chrono::milliseconds(4'999); },
         "cooldown"},
        {"NoName", [](O& o) { o.clients[0].name.clear(); }, "a client has no name"},
        {"NoIssuer", [](O& o) { o.clients[0].issuer.clear(); }, "client 'ehr': it has no issuer"},
        {"SameIssuer", [](O& o) { o.clients[1].issuer = o.clients[0].issuer; },
         "client 'clinic': another client has the same issuer"},
        {"SameName", [](O& o) { o.clients[1].name = "ehr"; },
         "client 'ehr': the name is used twice"},
        {"NoKeys", [](O& o) { o.clients[0].jwks.clear(); }, "client 'ehr': it has no keys"},
        {"NoUsableKey", [](O& o) { o.clients[0].jwks = R"({"keys":[{"kty":"oct"}]})"; },
         "client 'ehr': its JWK Set: A JWK Set has no key that can be used."},
        {"BadUrl", [](O& o) { o.clients[0].jwks_urls = {"ehr.example/jwks"}; },
         "client 'ehr': a JWKS URL must begin with https://"},
        {"UrlTwice",
         [](O& o) {
           o.clients[0].jwks_urls = {"https://ehr.example/j", "https://ehr.example/j"};
         },
         "client 'ehr': a JWKS URL is named twice"},
        {"NothingFetches", [](O& o) { o.clients[0].jwks_urls = {"https://ehr.example/j"}; },
         "nothing fetches them"},
        {"EmptyAudience", [](O& o) { o.clients[0].audiences = {""}; }, "must not be empty texts"},
        {"EmptyTenant", [](O& o) { o.clients[0].tenants = {""}; }, "must not be empty texts"},
        {"AllAtOnce",
         [](O& o) {
           o.base_url.clear();
           o.algorithms = {};
         },
         "https://…\nauthentication: no signature algorithm"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST(AuthReasonTest, EveryReasonHasACodeOfItsOwnAndAStatus) {
  std::set<std::string_view> codes;
  for (int i = 0; i <= static_cast<int>(AuthReason::kReplayStore); ++i) {
    const auto reason = static_cast<AuthReason>(i);
    EXPECT_TRUE(codes.insert(Spelling(reason)).second) << i;
    const int status = reason >= AuthReason::kNoKeys             ? 503
                       : reason >= AuthReason::kServiceForbidden ? 403
                                                                 : 401;
    EXPECT_EQ(StatusOf(reason), status) << Spelling(reason);
  }
}

}  // namespace
}  // namespace renal::hooks
