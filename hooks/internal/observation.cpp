#include "hooks/internal/observation.h"

#include <utility>

#include "hooks/internal/watched.h"

namespace renal::hooks::internal {

Observation::Observation(const MetricsConfig& config, Log& log) : config_(config), log_(log) {
  if (!config_.enabled) return;
  metrics_ = std::make_unique<Metrics>();
  reloaded_ = metrics_->CountOf(Metric::kReloads, {"good"});
  refused_ = metrics_->CountOf(Metric::kReloads, {"refused"});
  WatchProgram(*metrics_);
}

fhir::Result<std::unique_ptr<Observation>> Observation::Open(const Config& config, Log& log) {
  std::unique_ptr<Observation> made(new Observation(config.metrics, log));
  if (config.audit_file.empty()) return made;
  auto audit = AuditLog::Open(config.audit_file, &log);
  if (!audit) return audit.error();
  made->audit_ = std::move(*audit);
  if (made->metrics_) WatchAudit(*made->audit_, *made->metrics_);
  return made;
}

fhir::Result<std::unique_ptr<MetricsServer>> Observation::Listen(
    const HttpServer& server, const Store& store, std::shared_ptr<const ReplayGuard> guard) {
  if (!metrics_) return std::unique_ptr<MetricsServer>();
  WatchServer(server, *metrics_);
  WatchStore(store, *metrics_);
  if (guard) {
    metrics_->Watch(Metric::kReplayUnshared, [guard](const Metrics::Show& show) {
      show(static_cast<double>(guard->unshared()), {});
    });
  }
  auto listener = MetricsServer::Open(config_.address, config_.port, *metrics_);
  if (!listener) return listener.error();
  log_.Write(LogLevel::kInfo, "metrics-listening",
             {{"address", config_.address}, {"port", (*listener)->port()}});
  return listener;
}

void Observation::NoteReload(bool taken) {
  (taken ? reloaded_ : refused_).Add();
  if (audit_) audit_->Reopen();
}

void Observation::Finish(std::chrono::steady_clock::time_point deadline) {
  if (!audit_ || audit_->Flush(deadline)) return;
  log_.Write(LogLevel::kError, "audit-not-written",
             {{"records", static_cast<std::int64_t>(audit_->stats().queued)}});
}

}  // namespace renal::hooks::internal
