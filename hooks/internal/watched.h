#pragma once

#include "hooks/audit.h"
#include "hooks/http_server.h"
#include "hooks/metrics.h"
#include "hooks/store.h"

/// What metrics tell of the parts of a server, read when they are asked for. The parts must outlive
/// the last reading.
namespace renal::hooks::internal {

/// The version of the program, and the process.
void WatchProgram(Metrics& metrics);
void WatchServer(const HttpServer& server, Metrics& metrics);
void WatchStore(const Store& store, Metrics& metrics);
void WatchAudit(const AuditLog& audit, Metrics& metrics);

}  // namespace renal::hooks::internal
