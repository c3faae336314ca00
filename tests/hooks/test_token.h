#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/hooks/jose_signer.h"

namespace renal::hooks {

/// The time of all tokens of the tests, in seconds since 1970.
inline constexpr std::int64_t kTestNow = 1'800'000'000;

/// Members of a JSON object as written, in their order; values are JSON texts.
class JsonMembers {
 public:
  JsonMembers& Set(std::string_view name, std::string value) {
    Remove(name);
    return Add(name, std::move(value));
  }
  /// Also where the name is there already.
  JsonMembers& Add(std::string_view name, std::string value) {
    members_.emplace_back(name, std::move(value));
    return *this;
  }
  JsonMembers& Remove(std::string_view name) {
    std::erase_if(members_, [name](const auto& member) { return member.first == name; });
    return *this;
  }
  std::string Text() const {
    std::string text = "{";
    for (const auto& [name, value] : members_) {
      text += (text.size() > 1 ? ",\"" : "\"") + name + "\":" + value;
    }
    return text + '}';
  }

 private:
  std::vector<std::pair<std::string, std::string>> members_;
};

/// A good token of the tests' client, to be spoilt. Its kid is the name of its algorithm.
struct TestToken {
  explicit TestToken(JwsAlgorithm signature = JwsAlgorithm::kEs384)
      : algorithm(signature), signer(&JoseSigner::For(signature)) {
    const std::string name = '"' + std::string(Spelling(signature)) + '"';
    header.Set("alg", name).Set("typ", "\"JWT\"").Set("kid", name);
    static int number = 0;
    payload.Set("iss", R"("https://ehr.example")")
        .Set("aud", R"("https://cds.example/renal/cds-services/kidney")")
        .Set("iat", std::to_string(kTestNow - 5))
        .Set("exp", std::to_string(kTestNow + 295))
        .Set("jti", "\"token-" + std::to_string(++number) + '"');
  }

  std::string SignedText() const { return Encoded(header.Text()) + '.' + Encoded(payload.Text()); }
  std::string Make() const {
    const std::string text = SignedText();
    return text + '.' + Encoded(signer->Sign(algorithm, text));
  }
  /// With these bytes in place of the signature.
  std::string With(std::string_view signature) const {
    return SignedText() + '.' + Encoded(signature);
  }

  JwsAlgorithm algorithm;
  const JoseSigner* signer;
  JsonMembers header, payload;
};

}  // namespace renal::hooks
