#include "hooks/cli.h"

#include <map>
#include <ostream>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "cards/catalogue.h"
#include "hooks/internal/cli_report.h"
#include "hooks/internal/cli_store.h"
#include "hooks/internal/cli_words.h"

namespace renal::hooks {
namespace {

constexpr const char* kAbout =
    "Clinical decision support for kidney cancer over CDS Hooks.\n"
    "Results go to the standard output, messages and logs to the standard error.\n"
    "Exit status: 0 success, 1 something failed, 2 wrong use.";

constexpr const char* kAboutServe =
    "Answers CDS Hooks calls over HTTP. Without a configuration file on loopback only, where\n"
    "clients are not authenticated; deploy/config.example.toml shows every key of such a file.\n"
    "Every key can also be given here, as --set listen.port=8443, or in the environment, as\n"
    "RENALPATH_LISTEN_PORT; options win over the environment, and that over the file.\n"
    "SIGHUP reads configuration, pathways, profiles, clients, keys and certificates again, as\n"
    "`renalpath reload` does, which tells what became of it.\n"
    "SIGTERM and SIGINT finish what is under way; a second signal ends at once.";

constexpr const char* kAboutConfig = "Tools for the configuration file of a server.";

constexpr const char* kAboutConfigCheck =
    "Reads the configuration as `serve` does, from file, environment and options. Shows every\n"
    "setting as it holds and where it comes from, without passwords; or says all that is wrong, "
    "also\n"
    "what keeps a server from being started. Files that it names are looked at by `serve` alone.";

constexpr const char* kAboutEvaluate =
    "Evaluates CDS Hooks requests, or Bundles that hold the record of one patient, without a\n"
    "server, and prints one outcome a line. Texts that cannot be used are reported and skipped.";

constexpr const char* kAboutReload =
    "Asks a running server of this machine to read its configuration, pathways, profiles, "
    "clients,\n"
    "keys and certificates again, and waits for what becomes of it: 0 where the new set answers; "
    "1\n"
    "where something in it cannot be used, which is said, and the old set goes on answering.";

constexpr const char* kAboutFhirPath =
    "Answers FHIRPath expressions, one JSON object a line:\n"
    "  {\"id\": 7, \"file\": \"patient.json\" or null, \"expression\": \"...\", \"strict\": false}";

std::string LanguageNames() {
  std::string names;
  for (const std::string& each : cards::Catalogue::Languages()) {
    names += (names.empty() ? "" : "|") + each;
  }
  return names;
}

std::string TextOf(const std::string& text) { return text; }
std::string TextOf(std::uint16_t number) { return std::to_string(number); }

/// As a list of TOML.
std::string TextOf(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) {
    list += list.empty() ? "\"" : ", \"";
    for (const char c : text) {
      if (c == '"' || c == '\\') list += '\\';
      list += c;
    }
    list += '"';
  }
  return "[" + list + "]";
}

/// An option of its own for a setting that is often given on the command line.
template <class T = std::string>
CLI::Option* AddOverride(CLI::App* serve, ServeCommand& command, const std::string& name,
                         const std::string& key, const std::string& help) {
  return serve->add_option_function<T>(
      name,
      [&command, key, name](const T& value) {
        command.settings.push_back({key, TextOf(value), name});
      },
      help);
}

void AddServeFiles(CLI::App* serve, ServeCommand& command) {
  AddOverride(serve, command, "--data", "store.folder",
              "Folder of the stored decisions; made if it is missing")
      ->type_name("DIR")
      ->default_str(StoreConfig().folder.string());
  AddOverride(
      serve, command, "--store", "store.url",
      "PostgreSQL database for them instead; the folder keeps the key of the patients' hashes")
      ->check(StoreUrl())
      ->type_name("URL");
  const auto path = [&](const std::string& name, const std::string& key, const std::string& help) {
    AddOverride(serve, command, name, key, help)->type_name("PATH");
  };
  path("--pathway", "pathway.file", "Pathway file instead of the shipped one");
  path("--site", "pathway.site", "Overlay of the site: <id>.site.json");
  path("--shadow", "pathway.shadow",
       "Pathway file that is evaluated and logged beside it, and shows nothing");
}

void AddServeAnswers(CLI::App* serve, ServeCommand& command) {
  AddOverride(serve, command, "--profile", "service.profile",
              "Profile of clients that nobody names another for")
      ->type_name("NAME");
  AddOverride<std::vector<std::string>>(serve, command, "--profile-file", "service.profile_files",
                                        "File with a further client profile")
      ->type_name("PATH");
  AddOverride(serve, command, "--outcome", "service.outcome",
              "Whether answers may carry the whole outcome, where a request asks for it")
      ->transform(CLI::CheckedTransformer(
                      std::map<std::string, std::string>{{"on", "true"}, {"off", "false"}})
                      .description(""))
      ->type_name("on|off");
  AddOverride(serve, command, "--language", "service.language",
              "Language of answers where a call asks for no other")
      ->check(CLI::IsMember(cards::Catalogue::Languages()).description(""))
      ->type_name(LanguageNames())
      ->default_str(Config().language);
}

CLI::App* AddServe(CLI::App& app, ServeCommand& command) {
  CLI::App* serve = app.add_subcommand("serve", kAboutServe);
  AddPath(serve, "--config", command.config, "Configuration file (TOML); options here win over it");
  AddOverride(serve, command, "--host", "listen.address", "Address to listen on")
      ->type_name("ADDRESS")
      ->default_str(ListenConfig().address);
  AddOverride<std::uint16_t>(serve, command, "--port", "listen.port",
                             "Port to listen on; 0 takes a free one")
      ->type_name("N")
      ->default_str(std::to_string(ListenConfig().port));
  AddServeFiles(serve, command);
  AddServeAnswers(serve, command);
  AddOverride(serve, command, "--log-level", "log.level", "Least level that is logged")
      ->check(CLI::IsMember(std::vector<std::string>{"debug", "info", "warning", "error", "off"})
                  .description(""))
      ->type_name("debug|info|warning|error|off")
      ->default_str("info");
  AddSettings(serve, command.settings);
  AddDeterminism(serve, command.determinism);
  return serve;
}

CLI::App* AddEvaluate(CLI::App& app, EvaluateCommand& command) {
  CLI::App* evaluate = app.add_subcommand("evaluate", kAboutEvaluate);
  BatchOptions& options = command.options;
  evaluate
      ->add_option_function<std::vector<std::string>>(
          "FILE",
          [&options](const std::vector<std::string>& names) {
            options.files.assign(names.begin(), names.end());
          },
          "One JSON text each; .ndjson and .jsonl: one a line; - or none: the standard input")
      ->type_name("");
  evaluate->add_flag("--ndjson", options.lines, "Every input has one JSON text a line");
  evaluate->add_flag("--cards", options.cards, "Print the answer of the hook, not the outcome");
  AddPath(evaluate, "--out", options.out, "Write the results to this file");
  AddPath(evaluate, "--pathway", command.files.pathway, "Pathway file instead of the shipped one");
  AddPath(evaluate, "--site", command.files.site, "Overlay of the site: <id>.site.json");
  AddLanguage(evaluate, command.language, "Language of the words in the results");
  AddDeterminism(evaluate, options.determinism);
  return evaluate;
}

CLI::App* AddConfigCheck(CLI::App& app, ConfigCheckCommand& command) {
  CLI::App* config = app.add_subcommand("config", kAboutConfig);
  config->require_subcommand(1);
  CLI::App* check = config->add_subcommand("check", kAboutConfigCheck);
  check
      ->add_option_function<std::string>(
          "FILE", [&command](const std::string& text) { command.file = text; },
          "The configuration file; else that of RENALPATH_CONFIG, or none")
      ->type_name("");
  AddSettings(check, command.settings);
  return check;
}

CLI::App* AddReload(CLI::App& app, ReloadOptions& options) {
  CLI::App* reload = app.add_subcommand("reload", kAboutReload);
  AddPath(reload, "--config", options.config, "Configuration file of the server");
  reload
      ->add_option_function<std::string>(
          "--data",
          [&options](const std::string& text) {
            options.settings.push_back({"store.folder", text, "--data"});
          },
          "Folder of its stored decisions; else that of the configuration, or renalpath-data")
      ->type_name("DIR");
  AddSettings(reload, options.settings);
  return reload;
}

CLI::App* AddFhirPath(CLI::App& app, FhirPathCommand& command) {
  CLI::App* fhirpath = app.add_subcommand("fhirpath", kAboutFhirPath);
  AddPath(fhirpath, "--base", command.base, "Folder of the files that lines name");
  fhirpath->add_flag_callback(
      "--profile", [&command] { command.conformance = false; },
      "Allow the functions of pathway files only");
  return fhirpath;
}

}  // namespace

void AddDeterminism(CLI::App* app, Determinism& determinism) {
  AddNow(app, determinism.now, "Evaluate at this time; its offset is the zone of dates");
  app->add_option_function<std::uint64_t>(
         "--seed", [&determinism](const std::uint64_t& seed) { determinism.seed = seed; },
         "Make UUIDs from this number, the same for the same call")
      ->type_name("N");
}

void AddLanguage(CLI::App* app, std::string& language, const std::string& help) {
  app->add_option("--language", language, help)
      ->check(CLI::IsMember(cards::Catalogue::Languages()).description(""))
      ->type_name(LanguageNames())
      ->capture_default_str();
}

void AddPath(CLI::App* app, const std::string& name, std::optional<std::filesystem::path>& path,
             const std::string& help) {
  app->add_option_function<std::string>(
         name, [&path](const std::string& text) { path = text; }, help)
      ->type_name("PATH");
}

void AddSettings(CLI::App* app, std::vector<GivenSetting>& settings) {
  app->add_option_function<std::vector<std::string>>(
         "--set",
         [&settings](const std::vector<std::string>& texts) {
           for (const std::string& text : texts) {
             const std::size_t equals = text.find('=');
             if (equals == std::string::npos || equals == 0) {
               throw CLI::ValidationError("--set", "must be like listen.port=8443");
             }
             const std::string key = text.substr(0, equals);
             settings.push_back({key, text.substr(equals + 1), "--set " + key});
           }
         },
         "Any key of the configuration, by its name; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

void AddNow(CLI::App* app, std::optional<fhir::DateTime>& now, const std::string& help) {
  app->add_option_function<std::string>(
         "--now",
         [&now](const std::string& text) {
           now = ReadMoment(text);
           if (now) return;
           throw CLI::ValidationError("--now", "must be like 2026-03-02T09:00:00+01:00");
         },
         help)
      ->type_name("TIME");
}

std::variant<Command, int> ReadCommandLine(int argc, const char* const* argv, std::ostream& out,
                                           std::ostream& messages) {
  CLI::App app(kAbout, "renalpath");
  app.set_version_flag("--version", "renalpath " RENAL_VERSION);
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  ServeCommand serve;
  EvaluateCommand evaluate;
  BoardCommand board;
  ConfigCheckCommand config;
  FhirPathCommand fhirpath;
  const CLI::App* serving = AddServe(app, serve);
  const CLI::App* evaluating = AddEvaluate(app, evaluate);
  const CLI::App* checking = AddConfigCheck(app, config);
  ReportOptions report;
  const CLI::App* reporting = AddReport(app, report);
  ReloadOptions reload;
  const CLI::App* reloading = AddReload(app, reload);
  StoreOptions store;
  const CLI::App* keeping = AddStore(app, store);
  const CLI::App* boarding = AddBoard(app, board);
  AddFhirPath(app, fhirpath);
  const PathwayCommandLine pathway(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stop) {
    return app.exit(stop, out, messages) == 0 ? 0 : 2;
  }
  if (serving->parsed()) return Command(serve);
  if (evaluating->parsed()) return Command(evaluate);
  if (boarding->parsed()) return Command(board);
  if (checking->parsed()) return Command(config);
  if (reporting->parsed()) return Command(report);
  if (keeping->parsed()) return Command(store);
  if (reloading->parsed()) return Command(reload);
  if (pathway.parsed()) return Command(pathway.command());
  return Command(fhirpath);
}

}  // namespace renal::hooks
