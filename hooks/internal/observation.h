#pragma once

#include <chrono>
#include <memory>

#include "fhir/result.h"
#include "hooks/audit.h"
#include "hooks/config.h"
#include "hooks/internal/metrics_server.h"
#include "hooks/log.h"
#include "hooks/metrics.h"
#include "hooks/replay.h"
#include "hooks/store.h"

namespace renal::hooks::internal {

/// What operators see of a server beside its log, as far as the configuration asks for it: metrics
/// and the audit trail.
class Observation {
 public:
  /// Opens the audit trail; fails with a sentence for the operator.
  static fhir::Result<std::unique_ptr<Observation>> Open(const Config& config, Log& log);

  Metrics* metrics() { return metrics_.get(); }  ///< null: off
  AuditLog* audit() { return audit_.get(); }     ///< null: off

  /// Offers the metrics, those of these parts too, for as long as what it returns lives; null where
  /// they are off. The parts must outlive that; there may be no guard.
  fhir::Result<std::unique_ptr<MetricsServer>> Listen(const HttpServer& server, const Store& store,
                                                      std::shared_ptr<const ReplayGuard> guard);

  /// Counts a reload, and opens files anew: they may have been moved away.
  void NoteReload(bool taken);
  /// Waits for what is not yet on the disk, and says what was lost.
  void Finish(std::chrono::steady_clock::time_point deadline);

 private:
  Observation(const MetricsConfig& config, Log& log);

  const MetricsConfig config_;
  Log& log_;
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<AuditLog> audit_;
  Count reloaded_;
  Count refused_;
};

}  // namespace renal::hooks::internal
