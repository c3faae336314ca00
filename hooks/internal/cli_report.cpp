#include "hooks/internal/cli_report.h"

#include <string>

#include <CLI/CLI.hpp>

#include "hooks/internal/cli_words.h"
#include "hooks/store_target.h"

namespace renal::hooks {
namespace {

constexpr const char* kAbout =
    "Counts cards by rule, client and service: shown, accepted, overridden with which reasons, "
    "and\n"
    "without feedback. Only feedback of those who were shown the card counts. Nothing in it is "
    "about\n"
    "a patient or a user. Reads the store of a running server, or of one that has ended.";

void AddTime(CLI::App* app, const std::string& name, std::optional<MeasureQuery::Time>& time,
             const std::string& help) {
  app->add_option_function<std::string>(
         name,
         [&time, name](const std::string& text) {
           time = ReadMeasureTime(text);
           if (time) return;
           throw CLI::ValidationError(name, "must be like 2026-03-02 or 2026-03-02T09:00:00+01:00");
         },
         help)
      ->type_name("TIME");
}

}  // namespace

CLI::Validator StoreUrl() {
  const auto check = [](const std::string& text) -> std::string {
    const auto target = StoreTarget::AtUrl(text);
    if (!target) return target.error().diagnostics;
    if (!target->has_password()) return {};
    return "a password on the command line is for all to see: put it into a file for PGPASSFILE,"
           " or into PGPASSWORD";
  };
  return CLI::Validator(check, "");
}

CLI::App* AddReport(CLI::App& app, ReportOptions& options) {
  CLI::App* report = app.add_subcommand("report", kAbout);
  AddPath(report, "--config", options.config, "Configuration file of the server whose store it is");
  report
      ->add_option_function<std::string>(
          "--data", [&options](const std::string& text) { options.folder = text; },
          "Folder of the stored decisions; else that of the configuration, or renalpath-data")
      ->type_name("DIR");
  report->add_option("--store", options.url, "PostgreSQL database with the stored decisions")
      ->check(StoreUrl())
      ->type_name("URL")
      ->excludes("--data");
  AddTime(report, "--from", options.query.from, "Count cards shown at this time or later (UTC)");
  AddTime(report, "--to", options.query.to, "Count cards shown before this time (UTC)");
  report
      ->add_option_function<std::string>(
          "--client", [&options](const std::string& name) { options.query.client = name; },
          "Count the cards of this client alone")
      ->type_name("NAME");
  report
      ->add_option_function<std::string>(
          "--shadow", [&options](const std::string& text) { options.shadow_log = text; },
          "Count instead how a pathway in shadow differed, from the server's log; - reads the "
          "standard input")
      ->type_name("LOG")
      ->excludes("--data")
      ->excludes("--store");
  report->add_flag("--json", options.json, "One JSON object instead of a table");
  AddPath(report, "--out", options.out, "Write the result to this file");
  return report;
}

}  // namespace renal::hooks
