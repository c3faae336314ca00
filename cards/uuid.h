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
  /// A version 4 UUID (RFC 4122) in lower case, with hyphens.
  virtual std::string Next() = 0;
};

/// UUIDs from the operating system's cryptographic generator. Safe to share between threads.
class RandomUuidSource final : public UuidSource {
 public:
  /// Throws std::runtime_error if the system has no randomness to give.
  std::string Next() override;
};

/// The same UUIDs in the same order for the same seed, on every machine. For one thread.
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
