#include "hooks/jwk.h"

#include <functional>
#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hooks/internal/base64url.h"
#include "tests/hooks/jose_signer.h"

namespace renal::hooks {
namespace {

using enum JwsAlgorithm;
using fhir::JsonDocument;

// --- Base64url

struct TextCase {
  std::string_view name, text;
  std::optional<std::string_view> bytes;
  friend void PrintTo(const TextCase& row, std::ostream* out) { *out << row.name; }
};

class Base64UrlTest : public testing::TestWithParam<TextCase> {};

TEST_P(Base64UrlTest, HasOneSpellingOnly) {
  const auto bytes = internal::FromBase64Url(GetParam().text);
  ASSERT_EQ(bytes.has_value(), GetParam().bytes.has_value());
  if (bytes) {
    EXPECT_EQ(*bytes, *GetParam().bytes);
    EXPECT_EQ(internal::ToBase64Url(*bytes), GetParam().text);
  }
}

// The first rows are the test vectors of RFC 4648 without their padding.
INSTANTIATE_TEST_SUITE_P(Each, Base64UrlTest,
                         testing::ValuesIn<TextCase>({
                             {"Nothing", "", ""},
                             {"OneByte", "Zg", "f"},
                             {"TwoBytes", "Zm8", "fo"},
                             {"ThreeBytes", "Zm9v", "foo"},
                             {"FourBytes", "Zm9vYg", "foob"},
                             {"FiveBytes", "Zm9vYmE", "fooba"},
                             {"SixBytes", "Zm9vYmFy", "foobar"},
                             {"BothOtherCharacters", "-_-_", "\xFB\xFF\xBF"},
                             {"Zeros", "AAAA", std::string_view("\0\0\0", 3)},
                             {"ZeroAtTheEnd", "ZgA", std::string_view("f\0", 2)},
                             {"Padded", "Zg==", {}},
                             {"HalfPadded", "Zg=", {}},
                             {"PaddingAlone", "====", {}},
                             {"PlainPlus", "+_-_", {}},
                             {"PlainSlash", "-/-_", {}},
                             {"LoneCharacter", "Z", {}},
                             {"LoneCharacterBehindFour", "Zm9vY", {}},
                             {"StrayBitOfFour", "Zh", {}},
                             {"HighestStrayBitOfFour", "Zo", {}},
                             {"StrayBitOfTwo", "Zm9", {}},
                             {"BlankInFront", " Zm9v", {}},
                             {"BlankBehind", "Zm9v ", {}},
                             {"LineBreak", "Zm9v\n", {}},
                             {"Dot", "Zm9.", {}},
                             {"NotAscii", "Zm\xC3\xA9", {}},
                             {"Nul", std::string_view("Zm9\0", 4), {}},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

// --- Keys

/// The sentence why the key is refused; empty if it is taken.
std::string Refused(std::string_view jwk) {
  const auto document = JsonDocument::Parse(jwk);
  if (!document) return "no JSON";
  const auto key = Jwk::Read(document->root());
  return key ? std::string() : key.error().diagnostics;
}

std::string With(std::string jwk, std::string_view from, std::string_view to) {
  const std::size_t place = jwk.find(from);
  if (place == std::string::npos) throw std::runtime_error("the key has no such text");
  return jwk.replace(place, from.size(), to);
}

std::string RsaOf(std::string_view modulus, std::string_view exponent) {
  return R"({"kty":"RSA","kid":"k","n":")" + Encoded(modulus) + R"(","e":")" + Encoded(exponent) +
         R"("})";
}

std::string MemberOf(const std::string& jwk, std::string_view name) {
  const auto document = JsonDocument::Parse(jwk);
  return *internal::FromBase64Url(document->root()[name].string());
}

const std::string& P384() {
  static const std::string jwk = JoseSigner::For(kEs384).Jwk("k");
  return jwk;
}
const std::string& Rsa() {
  static const std::string jwk = JoseSigner::For(kRs256).Jwk("k");
  return jwk;
}
std::string Modulus() { return MemberOf(Rsa(), "n"); }

struct KeyCase {
  std::string_view name;
  std::function<std::string()> jwk;
  std::string_view refused;  // a part of the sentence; empty: taken
  friend void PrintTo(const KeyCase& row, std::ostream* out) { *out << row.name; }
};

class JwkTest : public testing::TestWithParam<KeyCase> {};

TEST_P(JwkTest, IsTakenOrRefusedWithItsReason) {
  const std::string refused = Refused(GetParam().jwk());
  EXPECT_EQ(refused.empty(), GetParam().refused.empty()) << refused;
  EXPECT_THAT(refused, testing::HasSubstr(GetParam().refused));
}

std::string EcOf(const char* curve) { return JoseSigner::Ec(curve).Jwk("k"); }
std::string NameOf(const testing::TestParamInfo<KeyCase>& test) {
  return std::string(test.param.name);
}
const std::string kThree("\x03", 1), kOne("\x01", 1), kF4("\x01\x00\x01", 3);

INSTANTIATE_TEST_SUITE_P(
    Common, JwkTest,
    testing::ValuesIn<KeyCase>({
        {"NoObject", [] { return std::string("[]"); }, "no JSON object"},
        {"NoType", [] { return With(P384(), R"("kty":"EC",)", ""); }, "neither RSA nor EC"},
        {"Symmetric", [] { return std::string(R"({"kty":"oct","kid":"k","k":"AAAA"})"); },
         "neither RSA nor EC"},
        {"EdwardsCurve",
         [] { return std::string(R"({"kty":"OKP","crv":"Ed25519","x":"AAAA","kid":"k"})"); },
         "neither RSA nor EC"},
        {"TypeInLowerCase", [] { return With(Rsa(), "RSA", "rsa"); }, "neither RSA nor EC"},
        {"WithoutKid", [] { return With(P384(), R"("kid":"k",)", ""); }, ""},
        {"EmptyKid", [] { return With(P384(), R"("k")", R"("")"); }, "kid"},
        {"KidNumber", [] { return With(P384(), R"("k")", "7"); }, "kid"},
        {"KidTooLong", [] { return With(P384(), "\"k\"", '"' + std::string(257, 'k') + '"'); },
         "kid"},
        {"UseSig", [] { return JoseSigner::For(kEs384).Jwk("k", R"(,"use":"sig")"); }, ""},
        {"UseEnc", [] { return JoseSigner::For(kEs384).Jwk("k", R"(,"use":"enc")"); },
         "not meant for checking"},
        {"UseNull", [] { return JoseSigner::For(kEs384).Jwk("k", R"(,"use":null)"); },
         "not meant for checking"},
        {"OperationsVerify",
         [] { return JoseSigner::For(kEs384).Jwk("k", R"(,"key_ops":["sign","verify"])"); }, ""},
        {"OperationsSign",
         [] { return JoseSigner::For(kEs384).Jwk("k", R"(,"key_ops":["sign"])"); },
         "not meant for checking"},
        {"OperationsEmpty", [] { return JoseSigner::For(kEs384).Jwk("k", R"(,"key_ops":[])"); },
         "not meant for checking"},
        {"OperationsText",
         [] { return JoseSigner::For(kEs384).Jwk("k", R"(,"key_ops":"verify")"); },
         "not meant for checking"},
        {"AlgOfItsCurve", [] { return JoseSigner::For(kEs384).Jwk("k", R"(,"alg":"ES384")"); }, ""},
        {"AlgOfAnotherCurve", [] { return JoseSigner::For(kEs384).Jwk("k", R"(,"alg":"ES256")"); },
         "not one of its type"},
        {"AlgOfAnotherType", [] { return JoseSigner::For(kEs384).Jwk("k", R"(,"alg":"RS384")"); },
         "not one of its type"},
        {"AlgHs256", [] { return JoseSigner::For(kRs256).Jwk("k", R"(,"alg":"HS256")"); },
         "not one that tokens may have"},
        {"AlgForEncryption",
         [] { return JoseSigner::For(kRs256).Jwk("k", R"(,"alg":"RSA-OAEP")"); },
         "not one that tokens may have"},
        {"AlgNull", [] { return JoseSigner::For(kRs256).Jwk("k", R"(,"alg":null)"); },
         "not one that tokens may have"},
        {"CertificateIsNotLookedAt",
         [] { return JoseSigner::For(kRs256).Jwk("k", R"(,"x5c":["!"],"x5u":7,"x5t":[])"); }, ""},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Ec, JwkTest,
    testing::ValuesIn<KeyCase>({
        {"P256", [] { return EcOf("P-256"); }, ""},
        {"P384", [] { return EcOf("P-384"); }, ""},
        {"P521", [] { return EcOf("P-521"); }, ""},
        {"Koblitz", [] { return EcOf("secp256k1"); }, "is not P-256, P-384 or P-521"},
        {"CurveUnderAnotherName", [] { return With(P384(), "P-384", "P-256"); }, "as long as"},
        {"CurveUnderOpenSslsName", [] { return With(P384(), "P-384", "secp384r1"); },
         "is not P-256, P-384 or P-521"},
        {"OtherCurveOfTheSameLength", [] { return With(EcOf("secp256k1"), "secp256k1", "P-256"); },
         "no public key"},
        {"NotOnTheCurve",
         [] {
           std::string x = MemberOf(P384(), "x");
           x.back() = static_cast<char>(x.back() ^ 1);
           return With(P384(), Encoded(MemberOf(P384(), "x")), Encoded(x));
         },
         "no public key"},
        {"Origin",
         [] {
           const std::string zero = Encoded(std::string(48, '\0'));
           return R"({"kty":"EC","crv":"P-384","x":")" + zero + R"(","y":")" + zero + R"("})";
         },
         "no public key"},
        {"CoordinateBeyondTheField",
         [] {
           return With(P384(), Encoded(MemberOf(P384(), "x")), Encoded(std::string(48, '\xFF')));
         },
         "no public key"},
        {"LongCoordinate",
         [] {
           const std::string x = MemberOf(P384(), "x");
           return With(P384(), Encoded(x), Encoded('\0' + x));
         },
         "as long as"},
        {"ShortCoordinate",
         [] {
           const std::string x = MemberOf(P384(), "x");
           return With(P384(), Encoded(x), Encoded(x.substr(1)));
         },
         "as long as"},
        {"PaddedCoordinate",
         [] {
           const std::string x = Encoded(MemberOf(P384(), "x"));
           return With(P384(), x, x + "====");
         },
         "no well-formed x and y"},
        {"NoY", [] { return With(P384(), R"("y")", R"("z")"); }, "no well-formed x and y"},
        {"NumberForX", [] { return With(P384(), R"("x":")", R"("x":7,"w":")"); },
         "no well-formed x and y"},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    RsaKeys, JwkTest,
    testing::ValuesIn<KeyCase>({
        {"Of2048Bits", [] { return Rsa(); }, ""},
        {"Of4096Bits", [] { return JoseSigner::Rsa(4096).Jwk("k"); }, ""},
        {"Of1024Bits", [] { return JoseSigner::Rsa(1024).Jwk("k"); }, "2048 to 4096 bits"},
        {"Of2047Bits",
         [] {
           std::string n = Modulus();
           n[0] = static_cast<char>(n[0] & 0x7F);
           return RsaOf(n, kF4);
         },
         "2048 to 4096 bits"},
        {"Of4104Bits", [] { return RsaOf(Modulus() + Modulus() + kOne, kF4); },
         "2048 to 4096 bits"},
        {"EvenModulus",
         [] {
           std::string n = Modulus();
           n.back() = static_cast<char>(n.back() & ~1);
           return RsaOf(n, kF4);
         },
         "must be odd"},
        {"ModulusZero", [] { return RsaOf(std::string(256, '\0'), kF4); }, "2048 to 4096 bits"},
        {"ModulusEmpty", [] { return RsaOf("", kF4); }, "2048 to 4096 bits"},
        {"ModulusWithASmallFactor", [] { return RsaOf(std::string(256, '\xFF'), kF4); },
         "not sound"},
        {"ModulusWithAZeroInFront", [] { return RsaOf('\0' + Modulus(), kF4); }, ""},
        {"ExponentThree", [] { return RsaOf(Modulus(), kThree); }, ""},
        {"ExponentOne", [] { return RsaOf(Modulus(), kOne); }, "exponent"},
        {"ExponentZero", [] { return RsaOf(Modulus(), std::string(1, '\0')); }, "exponent"},
        {"ExponentEmpty", [] { return RsaOf(Modulus(), ""); }, "exponent"},
        {"ExponentTwo", [] { return RsaOf(Modulus(), "\x02"); }, "exponent"},
        {"ExponentEven", [] { return RsaOf(Modulus(), std::string("\x01\x00\x00", 3)); },
         "exponent"},
        {"ExponentLargestOdd", [] { return RsaOf(Modulus(), "\xFF\xFF\xFF\xFF"); }, ""},
        {"ExponentTwoToThe32", [] { return RsaOf(Modulus(), std::string("\x01\0\0\0\0", 5)); },
         "exponent"},
        {"ExponentTooLarge", [] { return RsaOf(Modulus(), std::string("\x01\0\0\0\x01", 5)); },
         "exponent"},
        {"NoExponent", [] { return With(Rsa(), R"("e")", R"("f")"); }, "no well-formed n and e"},
        {"ExponentInPlainBase64", [] { return With(Rsa(), "AQAB", "AQ+B"); },
         "no well-formed n and e"},
    }),
    NameOf);

// --- Sets

std::string SetOf(std::string_view keys) { return R"({"keys":[)" + std::string(keys) + "]}"; }

TEST(JwkSetTest, SkipsBadKeysAndUsesTheRest) {
  const auto set = JwkSet::Read(SetOf(R"(7,{},{"kty":"oct","kid":"o","k":"AA"},)" + P384() + ',' +
                                      With(Rsa(), R"("kid":"k",)", "") + ',' +
                                      With(Rsa(), R"("k")", R"("rsa")")));
  ASSERT_TRUE(set.has_value());
  EXPECT_EQ(set->size(), 2u);
  EXPECT_EQ(set->skipped(), 4u);  // one of them has no kid
  EXPECT_EQ(set->WithKid("k").size(), 1u);
  EXPECT_EQ(set->WithKid("rsa").size(), 1u);
  EXPECT_TRUE(set->WithKid("o").empty());
  EXPECT_TRUE(set->WithKid("").empty());
  EXPECT_TRUE(set->WithKid("RSA").empty());
}

TEST(JwkSetTest, GivesAllKeysOfOneKid) {
  const auto set =
      JwkSet::Read(SetOf(P384() + ',' + With(Rsa(), R"("k")", R"("a")") + ',' + P384()));
  ASSERT_TRUE(set.has_value());
  EXPECT_EQ(set->WithKid("k").size(), 2u);
  EXPECT_EQ(set->WithKid("a").size(), 1u);
}

std::string Repeated(std::size_t count) {
  std::string keys = P384();
  for (std::size_t i = 1; i < count; ++i) keys += ",{}";
  return SetOf(keys);
}

struct SetCase {
  std::string_view name;
  std::function<std::string()> text;
  std::string_view refused;
  friend void PrintTo(const SetCase& row, std::ostream* out) { *out << row.name; }
};

class JwkSetTextTest : public testing::TestWithParam<SetCase> {};

TEST_P(JwkSetTextTest, IsTakenOrRefusedWithItsReason) {
  const auto set = JwkSet::Read(GetParam().text());
  ASSERT_EQ(set.has_value(), GetParam().refused.empty());
  if (!set) {
    EXPECT_THAT(set.error().diagnostics, testing::HasSubstr(GetParam().refused));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Each, JwkSetTextTest,
    testing::ValuesIn<SetCase>({
        {"OneKey", [] { return SetOf(P384()); }, ""},
        {"HundredKeys", [] { return Repeated(100); }, ""},
        {"HundredAndOneKeys", [] { return Repeated(101); }, "100 keys"},
        {"AsLargeAsCanBe",
         [] {
           const std::string set = SetOf(P384());
           return set + std::string(JwkSet::kMaxBytes - set.size(), ' ');
         },
         ""},
        {"TooLarge",
         [] {
           const std::string set = SetOf(P384());
           return set + std::string(JwkSet::kMaxBytes - set.size() + 1, ' ');
         },
         "256 KiB"},
        {"NoKeys", [] { return SetOf(""); }, "no key that can be used"},
        {"OnlyBadKeys", [] { return SetOf(R"({"kty":"oct","k":"AAAA","kid":"a"})"); },
         "no key that can be used"},
        {"KeysNoArray", [] { return R"({"keys":)" + P384() + "}"; }, "the array keys"},
        {"KeyAlone", [] { return P384(); }, "the array keys"},
        {"NoJson", [] { return std::string("<html>"); }, "not one JSON value"},
        {"Empty", [] { return std::string(); }, "empty"},
        {"KeysTwice", [] { return R"({"keys":[],"keys":[)" + P384() + "]}"; }, "two members"},
        {"TrailingData", [] { return SetOf(P384()) + "{}"; }, "not one JSON value"},
        {"OtherMembers", [] { return R"({"a":[[[[[[[[[[1]]]]]]]]]],"keys":[)" + P384() + "]}"; },
         ""},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST(JwkSetTest, KnowsTheSameKeyAgain) {
  const auto first = JwkSet::Read(SetOf(P384())), second = JwkSet::Read(SetOf(P384()));
  const auto other = JwkSet::Read(SetOf(EcOf("P-384"))), rsa = JwkSet::Read(SetOf(Rsa()));
  const auto bound = JwkSet::Read(SetOf(JoseSigner::For(kEs384).Jwk("k", R"(,"alg":"ES384")")));
  const auto key = [](const auto& set) { return set->WithKid("k").front(); };
  EXPECT_TRUE(key(first).SameKey(key(second)));
  EXPECT_FALSE(key(first).SameKey(key(other)));
  EXPECT_FALSE(key(first).SameKey(key(rsa)));
  EXPECT_FALSE(key(first).SameKey(key(bound)));
}

}  // namespace
}  // namespace renal::hooks
