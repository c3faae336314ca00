#include "hooks/limits.h"

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hooks/config.h"

namespace renal::hooks {
namespace {

using testing::HasSubstr;

std::optional<Config> Read(std::string_view key, std::int64_t value, std::string* messages) {
  std::ostringstream out;
  auto config = ReadConfigText("[limits]\n" + std::string(key) + " = " + std::to_string(value),
                               "c.toml", "/etc", out);
  *messages = out.str();
  return config;
}

TEST(LimitsTest, EveryLimitIsTakenWithinItsBoundsAndRefusedBeyondThem) {
  for (const LimitRow& row : LimitRows()) {
    std::string messages;
    for (const std::int64_t good : {row.least, row.most}) {
      const auto config = Read(row.key, good, &messages);
      ASSERT_TRUE(config) << row.key << messages;
      if (row.key == "connections_per_peer") continue;  // never more than all
      EXPECT_EQ(row.get(config->limits), good) << row.key;
    }
    for (const std::int64_t bad : {row.least - 1, row.most + 1}) {
      EXPECT_FALSE(Read(row.key, bad, &messages)) << row.key;
      EXPECT_THAT(messages, HasSubstr("'limits." + std::string(row.key) + "' must be a whole"));
    }
  }
}

TEST(LimitsTest, EveryDefaultIsWithinItsBoundsAndEachKeySetsALimitOfItsOwn) {
  const Limits defaults;
  std::set<std::string_view> keys;
  for (const LimitRow& row : LimitRows()) {
    EXPECT_TRUE(keys.insert(row.key).second) << row.key;
    EXPECT_LE(row.least, row.get(defaults)) << row.key;
    EXPECT_GE(row.most, row.get(defaults)) << row.key;
    Limits changed;
    row.set(changed, row.get(defaults) == row.most ? row.least : row.most);
    for (const LimitRow& other : LimitRows()) {
      EXPECT_EQ(other.get(changed) != other.get(defaults), other.key == row.key)
          << row.key << " and " << other.key;
    }
  }
}

TEST(LimitsTest, OnePeerNeverHasMoreThanAll) {
  std::string messages;
  const auto config = Read("connections", 100, &messages);
  ASSERT_TRUE(config) << messages;
  EXPECT_EQ(config->limits.http.connections_per_peer, 100U);
}

// The numbers of security.md; a change of one of them is a decision.
TEST(LimitsTest, TheDefaultsAreThoseOfTheSecurityPage) {
  const std::map<std::string_view, std::int64_t> expected = {
      {"target_bytes", 8 * 1024},
      {"header_bytes", 32 * 1024},
      {"header_fields", 100},
      {"chunk_line_bytes", 4 * 1024},
      {"trailer_bytes", 8 * 1024},
      {"trailer_fields", 20},
      {"call_bytes", 8 * 1024 * 1024},
      {"feedback_bytes", 1024 * 1024},
      {"feedback_items", 1'000},
      {"feedback_text_bytes", 8 * 1024},
      {"token_skew_ms", 60'000},
      {"token_lifetime_ms", 3'600'000},
      {"tokens_remembered", 1'000'000},
      {"jwks_fetch_ms", 3'000},
      {"jwks_bytes", 256 * 1024},
      {"jwks_least_age_ms", 60'000},
      {"jwks_most_age_ms", 3'600'000},
      {"jwks_absent_age_ms", 600'000},
      {"jwks_grace_ms", 3'600'000},
      {"store_queue", 10'000},
      {"store_queue_bytes", 64 * 1024 * 1024},
      {"store_statement_ms", 2'000},
      {"store_flush_ms", 10'000},
      {"store_unknown_per_day", 1'000},
      {"store_tokens", 1'000'000},
      {"handshake_ms", 5'000},
      {"first_byte_ms", 10'000},
      {"head_ms", 10'000},
      {"body_silence_ms", 10'000},
      {"whole_body_ms", 30'000},
      {"idle_ms", 60'000},
      {"write_stall_ms", 10'000},
      {"linger_ms", 2'000},
      {"linger_bytes", 64 * 1024 * 1024},
      {"drain_ms", 10'000},
      {"drain_notice_ms", 0},
      {"requests_per_connection", 1'000},
      {"connections", 4'096},
      {"held_body_bytes", 256 * 1024 * 1024},
      {"queue", 256},
      {"queue_wait_ms", 500},
      {"json_depth", 128},
      {"json_values", 1'000'000},
      {"json_members", 10'000},
      {"json_number_characters", 1'024},
      {"fetch_ms", 2'000},
      {"fetch_at_once", 4},
      {"fetch_calls", 16},
      {"fetch_next_pages", 5},
      {"fetch_answer_bytes", 4 * 1024 * 1024},
      {"server_connect_ms", 1'000},
      {"server_calls", 32},
      {"server_failures", 5},
      {"server_breaker_ms", 10'000},
  };
  std::size_t found = 0;
  for (const LimitRow& row : LimitRows()) {
    const auto number = expected.find(row.key);
    if (number == expected.end()) continue;
    ++found;
    EXPECT_EQ(row.get(Limits{}), number->second) << row.key;
  }
  EXPECT_EQ(found, expected.size());
}

TEST(LimitsTest, TheExampleFileShowsTheDefaults) {
  std::ifstream file(RENAL_SOURCE_DIR "/deploy/config.example.toml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  for (const LimitRow& row : LimitRows()) {
    EXPECT_THAT(text, HasSubstr("\n#" + std::string(row.key) + " = " +
                                std::to_string(row.get(Limits{})) + "\n"));
  }
}

}  // namespace
}  // namespace renal::hooks
