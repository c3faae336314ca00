#pragma once

#include "hooks/report.h"

namespace CLI {
class App;
class Validator;
}  // namespace CLI

namespace renal::hooks {

/// The command `report`, which fills `options`.
CLI::App* AddReport(CLI::App& app, ReportOptions& options);

/// Accepts the URL of a PostgreSQL database, without a password: command lines are for all to see.
CLI::Validator StoreUrl();

}  // namespace renal::hooks
