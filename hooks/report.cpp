#include "hooks/report.h"

#include <fstream>
#include <ostream>

#include "hooks/config_sources.h"
#include "hooks/pathway_source.h"
#include "hooks/shadow_report.h"
#include "hooks/store.h"

namespace renal::hooks {
namespace {

/// Which store is meant: the command line wins over the configuration.
fhir::Result<StoreTarget> TargetOf(const ReportOptions& options, const StoreConfig& config) {
  if (!options.url.empty()) return StoreTarget::AtUrl(options.url);
  if (options.folder) return StoreTarget::InFolder(*options.folder);
  return StoreTarget::Of(config.url, config.folder, config.password_file);
}

int ReportShadow(const ReportOptions& options, const Streams& streams) {
  ShadowReport report;
  if (*options.shadow_log == "-") {
    report.AddAll(streams.in);
  } else {
    std::ifstream log(*options.shadow_log);
    if (!log) {
      streams.messages << "renalpath: " << options.shadow_log->string() << ": cannot be read\n";
      return 1;
    }
    report.AddAll(log);
  }
  const std::string text = options.json ? report.Json() + '\n' : report.Table();
  return WriteResult(options.out, text, streams) ? 0 : 1;
}

}  // namespace

int Report(const ReportOptions& options, const Streams& streams) {
  if (options.shadow_log) return ReportShadow(options, streams);
  const auto loaded = LoadConfig(ConfigSources::OfProcess(options.config), streams.messages);
  if (!loaded) return 2;
  const auto target = TargetOf(options, loaded->config.store);
  const auto measures = target ? MeasureAt(*target, options.query) : target.error();
  if (!measures) {
    streams.messages << "renalpath: " << measures.error().diagnostics << '\n';
    return 1;
  }
  const std::string text = options.json ? MeasuresJson(*measures) + '\n' : MeasuresTable(*measures);
  return WriteResult(options.out, text, streams) ? 0 : 1;
}

}  // namespace renal::hooks
