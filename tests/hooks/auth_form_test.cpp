#include <functional>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "tests/hooks/auth_fixture.h"

namespace renal::hooks {
namespace {

using enum JwsAlgorithm;

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

/// A good token with one part of it rewritten.
std::string Changed(std::size_t part, const std::function<std::string(std::string)>& change) {
  const std::string token = GoodToken();
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
        {"Bearer", [] { return "Bearer " + GoodToken(); }, "admitted"},
        {"LowerCaseBearer", [] { return "bearer " + GoodToken(); }, "admitted"},
        {"CapitalBearer", [] { return "BEARER " + GoodToken(); }, "admitted"},
        {"TwoSpaces", [] { return "Bearer  " + GoodToken(); }, "admitted"},
        {"NoSpace", [] { return "Bearer" + GoodToken(); }, "scheme"},
        {"TabForSpace", [] { return "Bearer\t" + GoodToken(); }, "scheme"},
        {"Basic", [] { return "Basic " + GoodToken(); }, "scheme"},
        {"TokenAlone", [] { return GoodToken(); }, "scheme"},
        {"SchemeAlone", [] { return std::string("Bearer"); }, "scheme"},
        {"SchemeAndSpace", [] { return std::string("Bearer "); }, "scheme"},
        {"Empty", [] { return std::string(); }, "scheme"},
        {"TwoTokens", [] { return "Bearer " + GoodToken() + ' ' + GoodToken(); }, "token-form"},
        {"TwoTokensWithComma", [] { return "Bearer " + GoodToken() + ", Bearer " + GoodToken(); },
         "token-form"},
        {"SpaceBehind", [] { return "Bearer " + GoodToken() + ' '; }, "token-form"},
        {"OnePart", [] { return "Bearer " + Encoded("{}"); }, "token-form"},
        {"TwoParts", [] { return "Bearer " + TestToken().SignedText(); }, "token-form"},
        {"EmptySignature", [] { return "Bearer " + TestToken().SignedText() + '.'; }, "signature"},
        {"FourParts", [] { return "Bearer " + GoodToken() + ".AAAA"; }, "token-form"},
        {"FiveParts", [] { return "Bearer " + GoodToken() + ".AAAA.AAAA"; }, "token-form"},
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

}  // namespace
}  // namespace renal::hooks
