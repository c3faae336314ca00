#include "hooks/internal/metrics_server.h"

#include <utility>

#include "hooks/internal/reply.h"

namespace renal::hooks::internal {
namespace {

// Those who read metrics are few, and nobody waits for one of them at the end.
HttpLimits LimitsOfFew() {
  HttpLimits limits;
  limits.connections = limits.connections_per_peer = 64;
  limits.drain = std::chrono::seconds(1);
  return limits;
}

HttpHandler HandlerOf(const Metrics& metrics) {
  return {.route =
              [](std::string_view path) {
                return RouteInfo{
                    .known = path == "/metrics", .methods = {"GET"}, .name = "/metrics"};
              },
          .answer =
              [&metrics](const HttpRequest&) {
                return HttpReply{.content_type = std::string(kMetricsType), .body = metrics.Text()};
              },
          .error = [](int status, const fhir::Issue& issue) { return ErrorReply(status, issue); }};
}

}  // namespace

fhir::Result<std::unique_ptr<MetricsServer>> MetricsServer::Open(const std::string& address,
                                                                 std::uint16_t port,
                                                                 const Metrics& metrics) {
  auto server = HttpServer::Open({.address = address == "localhost" ? "127.0.0.1" : address,
                                  .port = port,
                                  .threads = 1,
                                  .workers = 0,
                                  .limits = LimitsOfFew()},
                                 HandlerOf(metrics));
  if (!server) {
    fhir::Issue issue = server.error();
    issue.diagnostics = "metrics: " + issue.diagnostics;
    return issue;
  }
  return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(*server)));
}

MetricsServer::MetricsServer(std::unique_ptr<HttpServer> server)
    : server_(std::move(server)), thread_([this] { server_->Run(); }) {}

MetricsServer::~MetricsServer() {
  server_->Stop();
  thread_.join();
}

}  // namespace renal::hooks::internal
