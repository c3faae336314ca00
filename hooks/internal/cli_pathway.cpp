#include "hooks/internal/cli_pathway.h"

#include <map>
#include <string>

#include <CLI/CLI.hpp>

#include "hooks/internal/cli_words.h"

namespace renal::hooks {
namespace {

constexpr const char* kAbout =
    "Reads, proves, tests, compares and exchanges pathway files. FILE is a pathway file, or the "
    "id\n"
    "of a shipped pathway (onc-kidney-2018).";
constexpr const char* kAboutLint =
    "Reports every defect of pathway files, each with its place and what to do: names,\n"
    "expressions, gaps, overlaps and dead rules of tables, governance, tests, FHIR form.\n"
    "Exit status 1 if there is an error.";
constexpr const char* kAboutTest =
    "Runs the test file of each pathway (<id>.cases.json beside it). Exit status 1 if a case "
    "fails.";
constexpr const char* kAboutRender =
    "Prints the review document of a pathway: what a committee reads and signs.";
constexpr const char* kAboutDiff =
    "Lists the patients for whom two versions of a pathway decide differently.";
constexpr const char* kAboutExport =
    "Prints the FHIR R4 Bundle of a pathway (PlanDefinition, ActivityDefinition, ValueSet, "
    "Library).";
constexpr const char* kAboutImport =
    "Prints the pathway file of a FHIR R4 Bundle or PlanDefinition.";
constexpr const char* kAboutReplay =
    "Evaluates the inputs of recorded outcomes again. Exit status 1 if a result differs.";

void AddFiles(CLI::App* app, std::vector<std::string>& files) {
  app->add_option("FILE", files, "Pathway file, or id of a shipped pathway")
      ->required()
      ->type_name("");
}

void AddFile(CLI::App* app, const std::string& name, std::string& file, const std::string& help) {
  app->add_option(name, file, help)->required()->type_name("");
}

}  // namespace

struct PathwayCommandLine::State {
  explicit State(CLI::App& app) : group(app.add_subcommand("pathway", kAbout)) {
    group->require_subcommand(1);
    AddLint();
    AddTest();
    AddRender();
    AddDiff();
    AddExchange();
    AddReplay();
  }

  void AddSite(CLI::App* app, std::optional<std::filesystem::path>& site) {
    AddPath(app, "--site", site, "Overlay of a site (<id>.site.json)");
  }
  void AddCases(CLI::App* app, std::optional<std::filesystem::path>& cases) {
    AddPath(app, "--cases", cases, "Test file, instead of <id>.cases.json beside the pathway");
  }
  void AddOut(CLI::App* app, std::optional<std::filesystem::path>& out) {
    AddPath(app, "--out", out, "Write the result to this file");
  }

  void AddLint() {
    CLI::App* app = commands["lint"] = group->add_subcommand("lint", kAboutLint);
    AddFiles(app, lint.pathways);
    app->add_flag("--json", lint.json, "One JSON object a finding");
    const std::map<std::string, LintOptions::Level> levels = {
        {"error", LintOptions::Level::kError},
        {"warning", LintOptions::Level::kWarning},
        {"info", LintOptions::Level::kInfo}};
    app->add_option("--level", lint.level, "Least level that is shown")
        ->transform(CLI::CheckedTransformer(levels).description(""))
        ->type_name("error|warning|info")
        ->default_str("info");
    AddCases(app, lint.cases);
    AddSite(app, lint.site);
    AddPath(app, "--previous", lint.previous,
            "The last active version, to hold the number against");
    AddNow(app, lint.now, "Judge ages and periods at this time");
  }

  void AddTest() {
    CLI::App* app = commands["test"] = group->add_subcommand("test", kAboutTest);
    AddFiles(app, test.pathways);
    AddCases(app, test.cases);
    AddSite(app, test.site);
    app->add_flag("--coverage", test.coverage, "Also print what the cases leave untested");
    app->add_flag("--boundaries", test.boundaries,
                  "Print the test file with a proposal for every case that is lacking");
    AddPath(app, "--junit", test.junit, "Write the results as JUnit XML to this file");
    AddOut(app, test.out);
  }

  void AddRender() {
    CLI::App* app = commands["render"] = group->add_subcommand("render", kAboutRender);
    AddFile(app, "FILE", render.pathway, "Pathway file, or id of a shipped pathway");
    app->add_flag("--html", render.html, "One self-contained HTML page instead of Markdown");
    AddPath(app, "--previous", render.previous, "The last active version, to compare with");
    AddCases(app, render.cases);
    AddSite(app, render.site);
    AddOut(app, render.out);
    AddNow(app, render.now, "Judge ages and periods at this time");
  }

  void AddDiff() {
    CLI::App* app = commands["diff"] = group->add_subcommand("diff", kAboutDiff);
    AddFile(app, "OLD", diff.before, "The older version");
    AddFile(app, "NEW", diff.after, "The newer version");
    app->add_flag("--json", diff.json, "One JSON object instead of Markdown");
    AddPath(app, "--cohort", diff.cohort,
            "Folder of requests or Bundles: count the patients whose outcome differs");
    AddOut(app, diff.out);
    AddNow(app, diff.now, "Evaluate the cohort at this time");
  }

  void AddExchange() {
    CLI::App* app = commands["export"] = group->add_subcommand("export", kAboutExport);
    AddFile(app, "FILE", exported.pathway, "Pathway file, or id of a shipped pathway");
    app->add_flag("--fhir", fhir, "The FHIR form, which is the only one there is");
    AddOut(app, exported.out);
    app = commands["import"] = group->add_subcommand("import", kAboutImport);
    app->add_option_function<std::string>(
           "BUNDLE", [this](const std::string& text) { imported.bundle = text; },
           "File of a Bundle or PlanDefinition")
        ->required()
        ->type_name("");
    AddOut(app, imported.out);
  }

  void AddReplay() {
    CLI::App* app = commands["replay"] = group->add_subcommand("replay", kAboutReplay);
    app->add_option_function<std::vector<std::string>>(
           "OUTCOME",
           [this](const std::vector<std::string>& names) {
             replay.outcomes.assign(names.begin(), names.end());
           },
           "Outcomes as `renalpath evaluate` prints them, one a line; - is the standard input")
        ->required()
        ->type_name("");
    app->add_option_function<std::string>(
           "--pathway", [this](const std::string& text) { replay.pathway = text; },
           "Pathway file, instead of the shipped one that the outcome names")
        ->type_name("FILE");
    AddSite(app, replay.site);
  }

  CLI::App* group;
  std::map<std::string, CLI::App*> commands;
  LintOptions lint;
  TestOptions test;
  RenderOptions render;
  DiffOptions diff;
  ExportOptions exported;
  bool fhir = true;
  ImportOptions imported;
  ReplayOptions replay;
};

PathwayCommandLine::PathwayCommandLine(CLI::App& app) : state_(std::make_unique<State>(app)) {}
PathwayCommandLine::~PathwayCommandLine() = default;

bool PathwayCommandLine::parsed() const { return state_->group->parsed(); }

PathwayCommand PathwayCommandLine::command() const {
  const auto parsed = [this](const char* name) { return state_->commands.at(name)->parsed(); };
  if (parsed("lint")) return state_->lint;
  if (parsed("test")) return state_->test;
  if (parsed("render")) return state_->render;
  if (parsed("diff")) return state_->diff;
  if (parsed("export")) return state_->exported;
  if (parsed("import")) return state_->imported;
  return state_->replay;
}

}  // namespace renal::hooks
