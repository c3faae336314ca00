#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include "tests/hooks/auth_fixture.h"

namespace renal::hooks {
namespace {

using enum JwsAlgorithm;

// --- Good tokens

class AlgorithmTest : public testing::TestWithParam<JwsAlgorithm> {};

TEST_P(AlgorithmTest, LetsItsTokenIn) {
  const Outcome outcome = Call(Shared(), "Bearer " + TestToken(GetParam()).Make());
  ASSERT_EQ(Said(outcome), "admitted");
  EXPECT_EQ(Shared().client(std::get<AuthCaller>(outcome).client).name, "ehr");
}

TEST_P(AlgorithmTest, RefusesEveryOtherAlgorithmOverTheSameKey) {
  for (const JwsAlgorithm other : kAllAlgorithms) {
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
  AuthOptions options = TestOptions();
  options.algorithms = JwsAlgorithms().Add(GetParam() == kEs256 ? kEs384 : kEs256);
  const auto authenticator = Made(std::move(options));
  EXPECT_EQ(Said(Call(*authenticator, "Bearer " + TestToken(GetParam()).Make())), "algorithm");
}

INSTANTIATE_TEST_SUITE_P(Each, AlgorithmTest, testing::ValuesIn(kAllAlgorithms),
                         [](const auto& test) { return std::string(Spelling(test.param)); });

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

}  // namespace
}  // namespace renal::hooks
