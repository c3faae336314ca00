#include "hooks/cli.h"

#include <map>
#include <ostream>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "cards/catalogue.h"
#include "hooks/internal/cli_words.h"

namespace renal::hooks {
namespace {

constexpr const char* kAbout =
    "Clinical decision support for kidney cancer over CDS Hooks.\n"
    "Results go to the standard output, messages and logs to the standard error.\n"
    "Exit status: 0 success, 1 something failed, 2 wrong use.";

constexpr const char* kAboutServe =
    "Answers CDS Hooks calls over HTTP, on loopback: clients are not authenticated.\n"
    "SIGHUP reads the pathway files again.\n"
    "SIGTERM and SIGINT finish what is under way; a second signal ends at once.";

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

void AddDeterminism(CLI::App* app, Determinism& determinism) {
  AddNow(app, determinism.now, "Evaluate at this time; its offset is the zone of dates");
  app->add_option_function<std::uint64_t>(
         "--seed", [&determinism](const std::uint64_t& seed) { determinism.seed = seed; },
         "Make UUIDs from this number, the same for the same call")
      ->type_name("N");
}

/// `--language`: one of those that cards can be written in.
void AddLanguage(CLI::App* app, std::string& language, const std::string& help) {
  std::string names;
  for (const std::string& each : cards::Catalogue::Languages()) {
    names += (names.empty() ? "" : "|") + each;
  }
  app->add_option("--language", language, help)
      ->check(CLI::IsMember(cards::Catalogue::Languages()).description(""))
      ->type_name(names)
      ->capture_default_str();
}

CLI::App* AddServe(CLI::App& app, ServeCommand& command) {
  CLI::App* serve = app.add_subcommand("serve", kAboutServe);
  ServeOptions& options = command.options;
  serve->add_option("--host", options.host, "Loopback address to listen on")
      ->type_name("ADDRESS")
      ->capture_default_str();
  serve->add_option("--port", options.port, "Port to listen on; 0 takes a free one")
      ->type_name("N")
      ->capture_default_str();
  serve
      ->add_option_function<std::string>(
          "--data", [&options](const std::string& text) { options.data = text; },
          "Folder of the stored decisions; made if it is missing")
      ->type_name("DIR")
      ->default_str(options.data.string());
  AddPath(serve, "--pathway", command.files.pathway, "Pathway file instead of the shipped one");
  AddPath(serve, "--site", command.files.site, "Overlay of the site: <id>.site.json");
  AddPath(serve, "--shadow", command.files.shadow,
          "Pathway file that is evaluated and logged beside it, and shows nothing");
  serve->add_option("--profile", options.profile, "Profile of clients that nobody names another for")
      ->type_name("NAME")
      ->capture_default_str();
  serve
      ->add_option_function<std::vector<std::string>>(
          "--profile-file",
          [&options](const std::vector<std::string>& names) {
            options.profile_files.assign(names.begin(), names.end());
          },
          "File with a further client profile")
      ->type_name("PATH");
  serve
      ->add_option_function<bool>(
          "--outcome", [&options](const bool& on) { options.outcome = on; },
          "Whether answers may carry the whole outcome, where a request asks for it; else as the "
          "profile says")
      ->transform(Choice<bool>({{"on", true}, {"off", false}}))
      ->type_name("on|off");
  AddLanguage(serve, options.language, "Language of answers where a call asks for no other");
  serve->add_option("--log-level", options.log_level, "Least level that is logged")
      ->transform(Choice<LogLevel>({{"debug", LogLevel::kDebug},
                                    {"info", LogLevel::kInfo},
                                    {"warning", LogLevel::kWarning},
                                    {"error", LogLevel::kError},
                                    {"off", LogLevel::kOff}}))
      ->type_name("debug|info|warning|error|off")
      ->default_str("info");
  AddDeterminism(serve, options.determinism);
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

CLI::App* AddFhirPath(CLI::App& app, FhirPathCommand& command) {
  CLI::App* fhirpath = app.add_subcommand("fhirpath", kAboutFhirPath);
  AddPath(fhirpath, "--base", command.base, "Folder of the files that lines name");
  fhirpath->add_flag_callback(
      "--profile", [&command] { command.conformance = false; },
      "Allow the functions of pathway files only");
  return fhirpath;
}

}  // namespace

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
  FhirPathCommand fhirpath;
  const CLI::App* serving = AddServe(app, serve);
  const CLI::App* evaluating = AddEvaluate(app, evaluate);
  AddFhirPath(app, fhirpath);
  const PathwayCommandLine pathway(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stop) {
    return app.exit(stop, out, messages) == 0 ? 0 : 2;
  }
  if (serving->parsed()) return Command(serve);
  if (evaluating->parsed()) return Command(evaluate);
  if (pathway.parsed()) return Command(pathway.command());
  return Command(fhirpath);
}

}  // namespace renal::hooks
