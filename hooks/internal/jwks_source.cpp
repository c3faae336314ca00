#include "hooks/internal/jwks_source.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

namespace renal::hooks::internal {
namespace {

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\"";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool EqualInAnyCase(std::string_view a, std::string_view lower) {
  return std::ranges::equal(
      a, lower, {}, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
}

/// Whole seconds of digits alone, however many; nothing for anything else.
std::optional<std::chrono::seconds> SecondsOf(std::string_view text) {
  std::int32_t seconds = 0;
  const char* end = text.data() + text.size();
  const auto [rest, fault] = std::from_chars(text.data(), end, seconds);
  if (rest != end || seconds < 0) return std::nullopt;
  if (fault == std::errc::result_out_of_range) return std::chrono::seconds(INT32_MAX);
  return fault == std::errc() ? std::optional(std::chrono::seconds(seconds)) : std::nullopt;
}

}  // namespace

std::optional<std::chrono::seconds> MaxAgeOf(std::string_view cache_control) {
  std::optional<std::chrono::seconds> age;
  while (!cache_control.empty()) {
    const std::size_t comma = std::min(cache_control.find(','), cache_control.size());
    const std::string_view directive = cache_control.substr(0, comma);
    cache_control.remove_prefix(std::min(comma + 1, cache_control.size()));
    const std::size_t equals = std::min(directive.find('='), directive.size());
    const std::string_view name = Trimmed(directive.substr(0, equals));
    if (EqualInAnyCase(name, "no-store") || EqualInAnyCase(name, "no-cache")) {
      return std::chrono::seconds(0);
    }
    if (EqualInAnyCase(name, "max-age") && equals < directive.size()) {
      age = SecondsOf(Trimmed(directive.substr(equals + 1)));
    }
  }
  return age;
}

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
