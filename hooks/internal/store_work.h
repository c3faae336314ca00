#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "hooks/store.h"

/// What the writer of the store commits. Times are milliseconds since the epoch, when it was taken.
namespace renal::hooks::internal {

struct DecisionWork {
  DecisionRecord record;
  std::int64_t at = 0;
};

struct FeedbackWork {
  FeedbackPost post;
  std::int64_t at = 0;
  FeedbackReceipt receipt;  ///< of the writing that was committed
};

struct TokenWork {
  std::string key;  ///< TokenKey()
  std::int64_t ends_at = 0;
  std::int64_t at = 0;
  /// Nobody else's: tells a second use from our own first one, whose confirmation was lost.
  std::string claim;
  TokenVerdict verdict = TokenVerdict::kAway;
};

/// Feedback and tokens are shared with the caller that waits for them; null feedback was withdrawn.
using StoreWork =
    std::variant<DecisionWork, std::shared_ptr<FeedbackWork>, std::shared_ptr<TokenWork>>;

}  // namespace renal::hooks::internal
