#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "hooks/auth.h"
#include "tests/hooks/test_token.h"

/// One authenticator with two clients, "ehr" and "clinic", for all tests of tokens.
namespace renal::hooks {

using Outcome = std::variant<AuthCaller, AuthRefusal>;

inline constexpr JwsAlgorithm kAllAlgorithms[] = {
    JwsAlgorithm::kEs256, JwsAlgorithm::kEs384, JwsAlgorithm::kEs512,
    JwsAlgorithm::kRs256, JwsAlgorithm::kRs384, JwsAlgorithm::kRs512,
    JwsAlgorithm::kPs256, JwsAlgorithm::kPs384, JwsAlgorithm::kPs512};

inline constexpr std::string_view kTestPath = "/cds-services/kidney";

std::chrono::system_clock::time_point TestTime();  ///< kTestNow
const JoseSigner& Rsa1024();                       ///< in the set of "ehr" as "weak"
const JoseSigner& Stranger();                      ///< on P-384; of "clinic", unknown to "ehr"

/// The two clients. The set of "ehr" has one key for each algorithm under its name, and some that
/// differ in one thing; that of "clinic" has Stranger() as "ES384".
AuthOptions TestOptions();
std::unique_ptr<Authenticator> Made(AuthOptions options);
Authenticator& Shared();  ///< made of TestOptions(), kept for all tests of a program

Outcome Call(Authenticator& authenticator, std::string_view header,
             std::string_view service = "kidney", std::string_view path = kTestPath);
std::string Said(const Outcome& outcome);      ///< the code of the refusal, or "admitted"
std::string SaidOf(const std::string& token);  ///< by Shared()
std::string GoodToken();

std::string Quoted(std::string_view text);
std::string At(std::int64_t seconds);  ///< so many after kTestNow

}  // namespace renal::hooks
