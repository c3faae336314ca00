#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "fhir/address.h"

/// The door to cpprestsdk's HTTP client, and to the threads that it runs on.
namespace renal::fhir::internal {

using Moment = std::chrono::steady_clock::time_point;

/// Runs `task` at a time, on a thread of the client's; what it throws is dropped.
void RunAt(Moment moment, std::function<void()> task);

/// Where a lane leads to.
struct LanePeer {
  bool tls = true;
  IpAddress address;  ///< judged already
  std::uint16_t port = 0;
  std::string name;       ///< of the certificate
  std::string authority;  ///< of the Host field
  std::string ca_file;    ///< empty: the system's authorities
};

/// One GET on a lane.
struct LaneRequest {
  std::string target;  ///< "/fhir/Patient/1"
  std::string accept;
  std::string token;        ///< empty: none
  std::string traceparent;  ///< empty: none
  std::string tracestate;   ///< empty: none
  std::size_t max_bytes = 0;
  std::chrono::milliseconds connect{0};
  Moment deadline;
};

enum class LaneFault { kNone, kUnreachable, kTls, kTimeout, kBroken, kTooLarge };

struct LaneAnswer {
  LaneFault fault = LaneFault::kNone;
  int status = 0;
  std::string body;
  std::string cache_control;
  bool encoded = false;  ///< the body has a Content-Encoding
  bool clean = false;    ///< the lane can be used again: nothing odd was seen on it
};

/// A client of the library with its one kept connection, for one exchange at a time: so it is known
/// whose connection the library opens, and no two callers ever meet on one.
class RestLane : public std::enable_shared_from_this<RestLane> {
 public:
  using Done = std::function<void(LaneAnswer)>;

  /// Throws where the library does.
  static std::shared_ptr<RestLane> Make(const LanePeer& peer);
  virtual ~RestLane() = default;

  /// Calls `done` once, on a thread of the client's. Only after it may there be a further one.
  virtual void Send(LaneRequest request, Done done) = 0;
};

}  // namespace renal::fhir::internal
