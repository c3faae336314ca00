#include "hooks/auth_reason.h"

#include <cstddef>
#include <iterator>

namespace renal::hooks {
namespace {

constexpr std::string_view kCodes[] = {
    "no-header",
    "several-headers",
    "scheme",
    "token-form",
    "header-form",
    "algorithm",
    "kid",
    "critical",
    "payload-form",
    "issuer",
    "jku",
    "key-unknown",
    "key-ambiguous",
    "key-unfit",
    "signature",
    "times",
    "expired",
    "not-yet",
    "lifetime",
    "audience",
    "jti",
    "tenant",
    "before-start",
    "replay",
    "service-forbidden",
    "profile-forbidden",
    "no-keys",
    "replay-store",
};
static_assert(std::size(kCodes) == static_cast<std::size_t>(AuthReason::kReplayStore) + 1);

}  // namespace

std::string_view Spelling(AuthReason reason) { return kCodes[static_cast<std::size_t>(reason)]; }

int StatusOf(AuthReason reason) {
  switch (reason) {
    case AuthReason::kServiceForbidden:
    case AuthReason::kProfileForbidden:
      return 403;
    case AuthReason::kNoKeys:
    case AuthReason::kReplayStore:
      return 503;
    default:
      return 401;
  }
}

}  // namespace renal::hooks
