#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fhir/address.h"

namespace renal::fhir::internal {

/// Looks names up on a few threads of its own: the system's resolver blocks, for as long as it
/// likes. What it finds is good for a short while, and one look-up serves all who wait for the same
/// name. Any thread.
class RestResolver {
 public:
  using Done = std::function<void(std::vector<IpAddress>)>;
  using Lookup = std::function<std::vector<IpAddress>(const std::string& host)>;

  static constexpr std::size_t kThreads = 4;
  static constexpr std::size_t kQueue = 64;  ///< names that wait for a thread
  static constexpr std::chrono::seconds kKeep{30};

  explicit RestResolver(Lookup lookup);
  /// Does not wait for look-ups under way: their threads end after them.
  ~RestResolver();
  RestResolver(const RestResolver&) = delete;
  RestResolver& operator=(const RestResolver&) = delete;

  /// Calls `done` once with the addresses, none where there are none or the queue is full; perhaps
  /// before it returns. What it throws on a thread of the resolver's is dropped.
  void Resolve(const std::string& host, Done done);

 private:
  struct State;
  static void Work(const std::shared_ptr<State>& state);
  std::shared_ptr<State> state_;
};

}  // namespace renal::fhir::internal
