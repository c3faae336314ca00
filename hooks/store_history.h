#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What a store tells about the past: which versions of the pathway answered, and what became of
/// one card. Nothing in it is about a patient or a user.
namespace renal::hooks {

/// A version of a pathway that calls were answered with.
struct ServedVersion {
  std::string url, version, hash;
  std::int64_t first = 0, last = 0;  ///< of its answers; ms since 1970
  std::int64_t calls = 0, cards = 0;
};

/// One feedback about a card, as it is stored.
struct StoredFeedback {
  std::string outcome;        ///< "accepted" or "overridden"
  std::string outcome_at;     ///< as the client wrote it
  std::int64_t received = 0;  ///< ms since 1970
};

/// A card that was shown. Only feedback of the client that was shown it, to the service that showed
/// it, is listed.
struct StoredCard {
  bool known = false;
  std::string rule, service, version, hash;
  std::int64_t shown = 0;  ///< ms since 1970
  std::vector<StoredFeedback> feedback;
};

/// {"versions": [...]}, the newest first; times as RFC 3339 in UTC.
std::string VersionsJson(const std::vector<ServedVersion>& versions);
std::string StoredCardJson(const StoredCard& card);

}  // namespace renal::hooks
