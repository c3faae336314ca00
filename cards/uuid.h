#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace renal::cards {

/// Gives the UUIDs of a response. Handed in, so that building cards stays pure and tests can fix
/// them.
class UuidSource {
 public:
  virtual ~UuidSource() = default;
  /// A UUID (RFC 9562) in lower case, with hyphens; no two of one source are alike.
  virtual std::string Next() = 0;
};

/// UUIDs of version 7: the milliseconds since 1970 by the system's clock, and behind them 74 bits
/// from the operating system's cryptographic generator. So the keys of a database come nearly in
/// order (decision 38). Safe to share between threads.
class RandomUuidSource final : public UuidSource {
 public:
  /// Throws std::runtime_error if the system has no randomness to give.
  std::string Next() override;
};

/// UUIDs of version 4: the same in the same order for the same seed, on every machine. For one
/// thread.
class SeededUuidSource final : public UuidSource {
 public:
  explicit SeededUuidSource(std::uint64_t seed) : engine_(seed) {}
  std::string Next() override;

 private:
  std::mt19937_64 engine_;
};

/// True for 8-4-4-4-12 hexadecimal digits of any version, in either case.
bool IsUuid(std::string_view text);

}  // namespace renal::cards
