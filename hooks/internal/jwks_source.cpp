#include "hooks/internal/jwks_source.h"

#include <algorithm>
#include <utility>

namespace renal::hooks::internal {

void JwksSource::Succeed(Clock::time_point now, std::shared_ptr<const JwkSet> keys,
                         std::optional<std::chrono::seconds> max_age,
                         const JwksSettings& settings) {
  std::chrono::milliseconds age = settings.age_if_absent;
  if (max_age)
    age = std::clamp<std::chrono::milliseconds>(*max_age, settings.least_age, settings.most_age);
  fetching_ = false;
  ++fetches_;
  keys_ = std::move(keys);
  due_ = now + age * 4 / 5;  // there is time for a second attempt before its age is over
  usable_until_ = now + age + settings.grace;
}

void JwksSource::Fail(Clock::time_point now, const JwksSettings& settings) {
  fetching_ = false;
  ++fetches_;
  due_ = now + settings.cooldown;
}

}  // namespace renal::hooks::internal
