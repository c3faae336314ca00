#include "hooks/store_admin.h"

#include <ostream>

#include <sys/stat.h>

namespace renal::hooks {
namespace {

fhir::Result<StoreContent> Do(const StoreOptions& options, const StoreTarget& target) {
  switch (options.task) {
    case StoreOptions::Task::kStatus:
      break;
    case StoreOptions::Task::kMigrate:
      return MigrateStore(target);
    case StoreOptions::Task::kBackUp:
      return BackUpStore(target, options.copy);
    case StoreOptions::Task::kRestore:
      return RestoreStore(options.copy, target);
  }
  return ContentOfStore(target);
}

void Print(const StoreContent& content, const std::string& where, std::ostream& out) {
  out << where << ": schema version " << content.schema << " of " << NewestStoreSchema() << '\n';
  for (const auto& [table, rows] : content.rows) out << table << ' ' << rows << '\n';
}

}  // namespace

int RunStoreTool(const StoreOptions& options, const Streams& streams) {
  ::umask(077);  // copies are for their owner alone, as the store is
  const auto loaded =
      LoadConfig(ConfigSources::OfProcess(options.config, options.settings), streams.messages);
  if (!loaded) return 2;
  const StoreConfig& store = loaded->config.store;
  const auto target = StoreTarget::Of(store.url, store.folder, store.password_file);
  const auto content = target ? Do(options, *target) : target.error();
  if (!content) {
    streams.messages << "renalpath: " << content.error().diagnostics << '\n';
    return 1;
  }
  const bool copied = options.task == StoreOptions::Task::kBackUp;
  Print(*content, copied ? options.copy.string() : target->shown(), streams.out);
  if (copied) {
    streams.messages << "The key that hides the ids of patients is not in the copy: keep one of it"
                        " apart (store.patient_key, or patient-key in the folder).\n";
  }
  return 0;
}

}  // namespace renal::hooks
