#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "fhir/result.h"
#include "hooks/http_server.h"
#include "hooks/metrics.h"

namespace renal::hooks::internal {

/// `GET /metrics` on an address of its own, by a thread of its own, and nothing else.
class MetricsServer {
 public:
  /// Begins to answer; fails as HttpServer::Open(). The metrics, and what they watch, must outlive
  /// it.
  static fhir::Result<std::unique_ptr<MetricsServer>> Open(const std::string& address,
                                                           std::uint16_t port,
                                                           const Metrics& metrics);
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  std::uint16_t port() const { return server_->port(); }

 private:
  explicit MetricsServer(std::unique_ptr<HttpServer> server);

  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
};

}  // namespace renal::hooks::internal
