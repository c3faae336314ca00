#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include "fhir/fhirpath_batch.h"
#include "hooks/board.h"
#include "hooks/cli.h"
#include "hooks/pathway_source.h"
#include "hooks/pathway_tools.h"

namespace renal::hooks {
namespace {

int Run(const ServeCommand& command) {
  const ConfigSources sources = ConfigSources::OfProcess(command.config, command.settings);
  std::optional<LoadedConfig> loaded = LoadConfig(sources, std::cerr);
  if (!loaded) return 2;
  ServeOptions options{.config = std::move(loaded->config),
                       .settings = std::move(loaded->settings),
                       .sources = sources};
  options.determinism = command.determinism;
  return Serve(options, std::cerr);
}

int Run(const EvaluateCommand& command) {
  const PathwayEditions pathways = OpenEditions(command.files, std::cerr);
  if (pathways.empty()) return 1;
  const auto pathway = FindEdition(pathways, command.language, std::cerr);
  if (pathway == nullptr) return 1;
  // Lines of results on the same terminal would run into the line that counts.
  const bool apart = command.options.out.has_value() || ::isatty(STDOUT_FILENO) == 0;
  return EvaluateBatch(pathway, command.options,
                       {std::cin, std::cout, std::cerr, apart && ::isatty(STDERR_FILENO) == 1});
}

int Run(const BoardCommand& command) {
  const PathwayEditions pathways = OpenEditions(command.files, std::cerr);
  if (pathways.empty()) return 1;
  const auto pathway = FindEdition(pathways, command.language, std::cerr);
  if (pathway == nullptr) return 1;
  return PrepareBoard(pathway, command.options,
                      {std::cin, std::cout, std::cerr, ::isatty(STDERR_FILENO) == 1});
}

int Run(const ConfigCheckCommand& command) {
  const ConfigSources sources = ConfigSources::OfProcess(command.file, command.settings);
  const std::optional<LoadedConfig> loaded = LoadConfig(sources, std::cerr);
  if (!loaded) return 1;
  const std::vector<std::string> objections = Objections(loaded->config);
  for (const std::string& objection : objections) {
    std::cerr << sources.Name() << ": " << objection << '\n';
  }
  if (!objections.empty()) return 1;
  std::cout << SettingsTable(loaded->settings) << sources.Name() << ": good\n";
  return 0;
}

int Run(const ReportOptions& options) {
  return Report(options, {std::cin, std::cout, std::cerr, ::isatty(STDERR_FILENO) == 1});
}

int Run(const ReloadOptions& options) {
  return Reload(options, {std::cin, std::cout, std::cerr, ::isatty(STDERR_FILENO) == 1});
}

int Run(const StoreOptions& options) {
  return RunStoreTool(options, {std::cin, std::cout, std::cerr, ::isatty(STDERR_FILENO) == 1});
}

int Run(const FhirPathCommand& command) {
  return fhir::fhirpath::RunBatch(std::cin, std::cout, command.base, command.conformance);
}

int Run(const PathwayCommand& command) {
  const Streams streams{std::cin, std::cout, std::cerr, ::isatty(STDERR_FILENO) == 1};
  return std::visit([&](const auto& options) { return RunPathwayTool(options, streams); }, command);
}

int Main(int argc, const char* const* argv) {
  const auto read = ReadCommandLine(argc, argv, std::cout, std::cerr);
  if (const int* status = std::get_if<int>(&read)) return *status;
  return std::visit([](const auto& command) { return Run(command); }, std::get<Command>(read));
}

}  // namespace
}  // namespace renal::hooks

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  try {
    return renal::hooks::Main(argc, argv);
  } catch (const std::exception& defect) {
    std::cerr << "renalpath: " << defect.what() << '\n';
  }
  return 1;
}
