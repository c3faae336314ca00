#include "hooks/internal/cli_store.h"

#include <string>

#include <CLI/CLI.hpp>

#include "hooks/internal/cli_report.h"
#include "hooks/internal/cli_words.h"

namespace renal::hooks {
namespace {

constexpr const char* kAbout =
    "Looks after the store of decisions and feedback: prints the version of its schema and the "
    "rows\n"
    "of each table. Nothing in it is about a patient or a user.";

constexpr const char* kAboutStatus = "Changes nothing; a server may be using the store.";

constexpr const char* kAboutMigrate =
    "Brings the schema to the version of this program, in one transaction, as a server does when "
    "it\n"
    "starts. A store of a newer version is left alone.";

constexpr const char* kAboutBackUp =
    "Copies the store of a folder (SQLite) as it is at one moment, while a server goes on "
    "writing,\n"
    "and checks the copy. PostgreSQL has pg_dump.";

constexpr const char* kAboutRestore =
    "Puts a copy into a folder that has no store, and brings it up to date. No server may be\n"
    "running there.";

CLI::App* AddTask(CLI::App* store, StoreOptions& options, const std::string& name,
                  StoreOptions::Task task, const char* about) {
  CLI::App* app = store->add_subcommand(name, about);
  app->callback([&options, task] { options.task = task; });
  AddPath(app, "--config", options.config, "Configuration file of the server whose store it is");
  const auto setting = [&](const std::string& option, const std::string& key,
                           const std::string& help) {
    return app->add_option_function<std::string>(
        option,
        [&options, key, option](const std::string& text) {
          options.settings.push_back({key, text, option});
        },
        help);
  };
  setting("--data", "store.folder",
          "Folder of the stored decisions; else that of the configuration, or renalpath-data")
      ->type_name("DIR");
  setting("--store", "store.url", "PostgreSQL database with the stored decisions")
      ->check(StoreUrl())
      ->type_name("URL");
  AddSettings(app, options.settings);
  return app;
}

void AddCopy(CLI::App* app, StoreOptions& options, const std::string& name,
             const std::string& help) {
  app->add_option_function<std::string>(
         name, [&options](const std::string& text) { options.copy = text; }, help)
      ->required()
      ->type_name("DIR");
}

}  // namespace

CLI::App* AddStore(CLI::App& app, StoreOptions& options) {
  using Task = StoreOptions::Task;
  CLI::App* store = app.add_subcommand("store", kAbout);
  store->require_subcommand(1);
  AddTask(store, options, "status", Task::kStatus, kAboutStatus);
  AddTask(store, options, "migrate", Task::kMigrate, kAboutMigrate);
  AddCopy(AddTask(store, options, "backup", Task::kBackUp, kAboutBackUp), options, "--to",
          "Folder for the copy; made if it is missing");
  AddCopy(AddTask(store, options, "restore", Task::kRestore, kAboutRestore), options, "--from",
          "Folder of the copy");
  return store;
}

}  // namespace renal::hooks
