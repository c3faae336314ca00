#include "hooks/internal/watched.h"

#include "hooks/internal/process_stats.h"

namespace renal::hooks::internal {
namespace {

using Show = Metrics::Show;

constexpr const char* kShedNames[kHttpSheds] = {"connections", "idle-connections", "queue",
                                                "queue-wait",  "held-bodies",      "memory"};

/// One value without labels.
template <class Read>
void Watch(Metrics& metrics, Metric metric, Read read) {
  metrics.Watch(metric, [read](const Show& show) { show(static_cast<double>(read()), {}); });
}

}  // namespace

void WatchProgram(Metrics& metrics) {
  metrics.Watch(Metric::kBuild, [](const Show& show) { show(1, {RENAL_VERSION}); });
  WatchProcess(metrics);
}

void WatchServer(const HttpServer& server, Metrics& metrics) {
  Watch(metrics, Metric::kConnections, [&server] { return server.load().connections; });
  Watch(metrics, Metric::kQueue, [&server] { return server.load().queued; });
  Watch(metrics, Metric::kAside, [&server] { return server.load().aside; });
  Watch(metrics, Metric::kBodyBytes, [&server] { return server.load().body_bytes; });
  metrics.Watch(Metric::kLimits, [&server](const Show& show) {
    const HttpLoad load = server.load();
    for (std::size_t i = 0; i < kHttpSheds; ++i) {
      show(static_cast<double>(load.shed[i]), {kShedNames[i]});
    }
  });
}

void WatchStore(const Store& store, Metrics& metrics) {
  Watch(metrics, Metric::kStoreUp, [&store] { return store.health().ok ? 1 : 0; });
  Watch(metrics, Metric::kStoreQueue, [&store] { return store.health().queued; });
  Watch(metrics, Metric::kStoreQueueBytes, [&store] { return store.health().queued_bytes; });
  Watch(metrics, Metric::kStoreFailures, [&store] { return store.health().failures; });
}

void WatchAudit(const AuditLog& audit, Metrics& metrics) {
  Watch(metrics, Metric::kAuditQueue, [&audit] { return audit.stats().queued; });
  Watch(metrics, Metric::kAuditWritten, [&audit] { return audit.stats().written; });
  Watch(metrics, Metric::kAuditLost, [&audit] { return audit.stats().lost; });
  Watch(metrics, Metric::kAuditFailures, [&audit] { return audit.stats().failures; });
}

}  // namespace renal::hooks::internal
