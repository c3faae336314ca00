#include <functional>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "tests/hooks/auth_fixture.h"

namespace renal::hooks {
namespace {

using enum JwsAlgorithm;

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

}  // namespace
}  // namespace renal::hooks
