#include "hooks/limits.h"

#include <type_traits>

namespace renal::hooks {
namespace {

constexpr std::int64_t kKibi = 1024;
constexpr std::int64_t kMebi = 1024 * kKibi;
constexpr std::int64_t kMinute = 60'000;

template <typename Number>
std::int64_t ToInteger(Number number) {
  if constexpr (std::is_same_v<Number, std::chrono::milliseconds>) {
    return number.count();
  } else {
    return static_cast<std::int64_t>(number);
  }
}

// The field of a part of the limits: kIn<&Limits::http, &HttpLimits::queue>.
template <auto kPart, auto kField>
constexpr LimitRow In(std::string_view key, std::int64_t least, std::int64_t most) {
  return {key, least, most, [](const Limits& limits) { return ToInteger((limits.*kPart).*kField); },
          [](Limits& limits, std::int64_t value) {
            using Number = std::remove_reference_t<decltype((limits.*kPart).*kField)>;
            (limits.*kPart).*kField = Number(value);
          }};
}

template <auto kField>
constexpr LimitRow Http(std::string_view key, std::int64_t least, std::int64_t most) {
  return In<&Limits::http, kField>(key, least, most);
}

template <auto kField>
constexpr LimitRow Calls(std::string_view key, std::int64_t least, std::int64_t most) {
  return In<&Limits::calls, kField>(key, least, most);
}

template <auto kField>
constexpr LimitRow Fetch(std::string_view key, std::int64_t least, std::int64_t most) {
  return In<&Limits::fetch, kField>(key, least, most);
}

template <auto kField>
constexpr LimitRow Outgoing(std::string_view key, std::int64_t least, std::int64_t most) {
  return In<&Limits::outgoing, kField>(key, least, most);
}

template <auto kField>
constexpr LimitRow Tokens(std::string_view key, std::int64_t least, std::int64_t most) {
  return In<&Limits::tokens, kField>(key, least, most);
}

template <auto kField>
constexpr LimitRow InStore(std::string_view key, std::int64_t least, std::int64_t most) {
  return In<&Limits::store, kField>(key, least, most);
}

template <auto kField>
constexpr LimitRow Feedback(std::string_view key, std::int64_t least, std::int64_t most) {
  return {key, least, most,
          [](const Limits& limits) { return ToInteger(limits.calls.feedback.*kField); },
          [](Limits& limits, std::int64_t value) {
            limits.calls.feedback.*kField = static_cast<std::size_t>(value);
          }};
}

template <auto kField>
constexpr LimitRow Json(std::string_view key, std::int64_t least, std::int64_t most) {
  return {key, least, most,
          [](const Limits& limits) { return ToInteger(limits.calls.json.*kField); },
          [](Limits& limits, std::int64_t value) {
            limits.calls.json.*kField = static_cast<std::size_t>(value);
          }};
}

// Depth has its default as its ceiling: the stacks of the workers are sized for it.
constexpr LimitRow kRows[] = {
    Http<&HttpLimits::target_bytes>("target_bytes", 256, 64 * kKibi),
    Http<&HttpLimits::header_bytes>("header_bytes", kKibi, 256 * kKibi),
    Http<&HttpLimits::header_fields>("header_fields", 10, 1'000),
    Http<&HttpLimits::chunk_line_bytes>("chunk_line_bytes", 16, 64 * kKibi),
    Http<&HttpLimits::trailer_bytes>("trailer_bytes", 0, 64 * kKibi),
    Http<&HttpLimits::trailer_fields>("trailer_fields", 0, 1'000),
    Calls<&CallLimits::call_bytes>("call_bytes", kKibi, 64 * kMebi),
    Calls<&CallLimits::feedback_bytes>("feedback_bytes", kKibi, 8 * kMebi),
    Feedback<&FeedbackLimits::items>("feedback_items", 1, 10'000),
    Feedback<&FeedbackLimits::text_bytes>("feedback_text_bytes", 256, 64 * kKibi),
    Http<&HttpLimits::handshake>("handshake_ms", 100, kMinute),
    Http<&HttpLimits::first_byte>("first_byte_ms", 100, 5 * kMinute),
    Http<&HttpLimits::head>("head_ms", 100, kMinute),
    Http<&HttpLimits::body_silence>("body_silence_ms", 100, kMinute),
    Http<&HttpLimits::whole_body>("whole_body_ms", 100, 10 * kMinute),
    Http<&HttpLimits::idle>("idle_ms", 100, 60 * kMinute),
    Http<&HttpLimits::write_stall>("write_stall_ms", 100, kMinute),
    Http<&HttpLimits::linger>("linger_ms", 0, 10'000),
    Http<&HttpLimits::linger_bytes>("linger_bytes", 0, 256 * kMebi),
    Http<&HttpLimits::drain>("drain_ms", 0, 5 * kMinute),
    Http<&HttpLimits::notice>("drain_notice_ms", 0, 5 * kMinute),
    Http<&HttpLimits::requests_per_connection>("requests_per_connection", 1, 1'000'000),
    Http<&HttpLimits::connections>("connections", 1, 60'000),
    Http<&HttpLimits::connections_per_peer>("connections_per_peer", 1, 60'000),
    Http<&HttpLimits::held_body_bytes>("held_body_bytes", kMebi, 16'384 * kMebi),
    Http<&HttpLimits::held_wait>("held_wait_ms", 0, 10'000),
    Http<&HttpLimits::queue>("queue", 1, 10'000),
    Http<&HttpLimits::queue_wait>("queue_wait_ms", 10, 10'000),
    Calls<&CallLimits::client_rate>("client_rate", 0, 1'000'000),
    Calls<&CallLimits::client_burst>("client_burst", 1, 1'000'000),
    Json<&fhir::JsonLimits::depth>("json_depth", 16, 128),
    Json<&fhir::JsonLimits::values>("json_values", 1'000, 8'000'000),
    Json<&fhir::JsonLimits::members>("json_members", 100, 100'000),
    Json<&fhir::JsonLimits::number_characters>("json_number_characters", 20, 1'024),
    Calls<&CallLimits::evaluation>("evaluation_ms", 100, kMinute),
    Fetch<&FetchLimits::within>("fetch_ms", 100, 30'000),
    Fetch<&FetchLimits::at_once>("fetch_at_once", 1, 32),
    Fetch<&FetchLimits::calls>("fetch_calls", 1, 100),
    Fetch<&FetchLimits::next_pages>("fetch_next_pages", 0, 100),
    Fetch<&FetchLimits::answer_bytes>("fetch_answer_bytes", kKibi, 64 * kMebi),
    Fetch<&FetchLimits::total_bytes>("fetch_total_bytes", kKibi, 256 * kMebi),
    Outgoing<&fhir::Outgoing::Limits::connect>("server_connect_ms", 50, 30'000),
    Outgoing<&fhir::Outgoing::Limits::calls>("server_calls", 1, 1'000),
    Outgoing<&fhir::Outgoing::Limits::waiting>("server_waiting", 0, 10'000),
    Outgoing<&fhir::Outgoing::Limits::failures>("server_failures", 1, 100),
    Outgoing<&fhir::Outgoing::Limits::open>("server_breaker_ms", 100, 10 * kMinute),
    Tokens<&TokenLimits::skew>("token_skew_ms", 0, 5 * kMinute),
    Tokens<&TokenLimits::lifetime>("token_lifetime_ms", 1'000, 24 * 60 * kMinute),
    Tokens<&TokenLimits::remembered>("tokens_remembered", 1'000, 10'000'000),
    Tokens<&TokenLimits::jwks_fetch>("jwks_fetch_ms", 100, 10'000),
    Tokens<&TokenLimits::jwks_bytes>("jwks_bytes", kKibi, 256 * kKibi),
    Tokens<&TokenLimits::jwks_least_age>("jwks_least_age_ms", 1'000, 10 * kMinute),
    Tokens<&TokenLimits::jwks_most_age>("jwks_most_age_ms", 10 * kMinute, 24 * 60 * kMinute),
    Tokens<&TokenLimits::jwks_absent_age>("jwks_absent_age_ms", 1'000, 24 * 60 * kMinute),
    Tokens<&TokenLimits::jwks_grace>("jwks_grace_ms", 0, 24 * 60 * kMinute),
    InStore<&StoreLimits::queue_records>("store_queue", 1, 1'000'000),
    InStore<&StoreLimits::queue_bytes>("store_queue_bytes", kMebi, 4'096 * kMebi),
    InStore<&StoreLimits::queue_tokens>("store_queue_tokens", 1, 1'000'000),
    InStore<&StoreLimits::statement>("store_statement_ms", 100, 3'000),
    InStore<&StoreLimits::feedback_wait>("store_feedback_wait_ms", 100, 30'000),
    InStore<&StoreLimits::token_wait>("store_token_wait_ms", 50, 10'000),
    InStore<&StoreLimits::quiet_wait>("store_quiet_wait_ms", 10, 5'000),
    InStore<&StoreLimits::measure_wait>("store_measure_wait_ms", 100, kMinute),
    InStore<&StoreLimits::flush>("store_flush_ms", 100, 5 * kMinute),
    InStore<&StoreLimits::unknown_per_day>("store_unknown_per_day", 0, 1'000'000),
    InStore<&StoreLimits::live_tokens>("store_tokens", 1'000, 10'000'000),
};

}  // namespace

std::span<const LimitRow> LimitRows() { return kRows; }

}  // namespace renal::hooks
