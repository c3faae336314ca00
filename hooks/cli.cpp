#include "hooks/cli.h"

#include <map>
#include <ostream>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "cards/catalogue.h"
#include "hooks/internal/cli_report.h"
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
    "SIGHUP reads the pathway files and the certificate again.\n"
    "SIGTERM and SIGINT finish what is under way; a second signal ends at once.";

constexpr const char* kAboutConfig = "Tools for the configuration file of a server.";

constexpr const char* kAboutConfigCheck =
    "Reads a configuration file and says all that is wrong with it, also what keeps a server from\n"
    "being started with it. Files that it names are looked at by `serve` alone.";

constexpr const char* kAboutEvaluate =
    "Evaluates CDS Hooks requests, or Bundles that hold the record of one patient, without a\n"
    "server, and prints one outcome a line. Texts that cannot be used are reported and skipped.";

constexpr const char* kAboutFhirPath =
    "Answers FHIRPath expressions, one JSON object a line:\n"
    "  {\"id\": 7, \"file\": \"patient.json\" or null, \"expression\": \"...\", \"strict\": false}";

/// One of several words; the type's name says which.
template <class T>
CLI::Validator Choice(std::map<std::string, T> words) {
  return CLI::CheckedTransformer(std::move(words)).description("");
}

std::string LanguageNames() {
  std::string names;
  for (const std::string& each : cards::Catalogue::Languages()) {
    names += (names.empty() ? "" : "|") + each;
  }
  return names;
}

/// An option of `serve` that overrides a key of the configuration file.
template <class T, class Apply>
CLI::Option* AddOverride(CLI::App* serve, ServeCommand& command, const std::string& name,
                         Apply apply, const std::string& help) {
  return serve->add_option_function<T>(
      name,
      [&command, apply](const T& value) {
        command.overrides.push_back(
            [apply, value](ServeOptions& options) { apply(options, value); });
      },
      help);
}

void AddServeFiles(CLI::App* serve, ServeCommand& command) {
  AddOverride<std::string>(
      serve, command, "--data",
      [](ServeOptions& options, const std::string& text) { options.config.store.folder = text; },
      "Folder of the stored decisions; made if it is missing")
      ->type_name("DIR")
      ->default_str(StoreConfig().folder.string());
  AddOverride<std::string>(
      serve, command, "--store",
      [](ServeOptions& options, const std::string& url) { options.config.store.url = url; },
      "PostgreSQL database for them instead; the folder keeps the key of the patients' hashes")
      ->check(StoreUrl())
      ->type_name("URL");
  const auto path = [&](const std::string& name, auto member, const std::string& help) {
    AddOverride<std::string>(
        serve, command, name,
        [member](ServeOptions& options, const std::string& text) {
          options.config.files.*member = text;
        },
        help)
        ->type_name("PATH");
  };
  path("--pathway", &PathwayFiles::pathway, "Pathway file instead of the shipped one");
  path("--site", &PathwayFiles::site, "Overlay of the site: <id>.site.json");
  path("--shadow", &PathwayFiles::shadow,
       "Pathway file that is evaluated and logged beside it, and shows nothing");
}

void AddServeAnswers(CLI::App* serve, ServeCommand& command) {
  AddOverride<std::string>(
      serve, command, "--profile",
      [](ServeOptions& options, const std::string& name) { options.config.profile = name; },
      "Profile of clients that nobody names another for")
      ->type_name("NAME");
  AddOverride<std::vector<std::string>>(
      serve, command, "--profile-file",
      [](ServeOptions& options, const std::vector<std::string>& names) {
        options.config.profile_files.assign(names.begin(), names.end());
      },
      "File with a further client profile")
      ->type_name("PATH");
  AddOverride<std::string>(
      serve, command, "--outcome",
      [](ServeOptions& options, const std::string& word) { options.config.outcome = word == "on"; },
      "Whether answers may carry the whole outcome, where a request asks for it")
      ->check(CLI::IsMember(std::vector<std::string>{"on", "off"}).description(""))
      ->type_name("on|off");
  AddOverride<std::string>(
      serve, command, "--language",
      [](ServeOptions& options, const std::string& tag) { options.config.language = tag; },
      "Language of answers where a call asks for no other")
      ->check(CLI::IsMember(cards::Catalogue::Languages()).description(""))
      ->type_name(LanguageNames())
      ->default_str(Config().language);
}

CLI::App* AddServe(CLI::App& app, ServeCommand& command) {
  CLI::App* serve = app.add_subcommand("serve", kAboutServe);
  AddPath(serve, "--config", command.config, "Configuration file (TOML); options here win over it");
  AddOverride<std::string>(
      serve, command, "--host",
      [](ServeOptions& options, const std::string& host) { options.config.listen.address = host; },
      "Address to listen on")
      ->type_name("ADDRESS")
      ->default_str(ListenConfig().address);
  AddOverride<std::uint16_t>(
      serve, command, "--port",
      [](ServeOptions& options, std::uint16_t port) { options.config.listen.port = port; },
      "Port to listen on; 0 takes a free one")
      ->type_name("N")
      ->default_str(std::to_string(ListenConfig().port));
  AddServeFiles(serve, command);
  AddServeAnswers(serve, command);
  AddOverride<LogLevel>(
      serve, command, "--log-level",
      [](ServeOptions& options, LogLevel level) { options.config.log_level = level; },
      "Least level that is logged")
      ->transform(Choice<LogLevel>({{"debug", LogLevel::kDebug},
                                    {"info", LogLevel::kInfo},
                                    {"warning", LogLevel::kWarning},
                                    {"error", LogLevel::kError},
                                    {"off", LogLevel::kOff}}))
      ->type_name("debug|info|warning|error|off")
      ->default_str("info");
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
          "The configuration file")
      ->required()
      ->type_name("");
  return check;
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
  if (pathway.parsed()) return Command(pathway.command());
  return Command(fhirpath);
}

}  // namespace renal::hooks
