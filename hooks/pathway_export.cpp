#include <ostream>
#include <string>

#include "hooks/pathway_source.h"
#include "hooks/pathway_tools.h"
#include "pathways/fhir_form.h"

namespace renal::hooks {
namespace {

bool Report(const std::vector<pathways::LoadProblem>& problems, bool warnings,
            std::ostream& messages) {
  bool good = true;
  for (const pathways::LoadProblem& problem : problems) {
    const bool error = problem.level == pathways::LoadProblem::Level::kError;
    if (error || warnings) messages << problem.ToString() << '\n';
    good = good && !error;
  }
  return good;
}

/// Puts the value sets beside the pathway. One that is there already is left as it is, and must
/// hold the same.
bool WriteValueSets(const pathways::ImportResult& result, const std::filesystem::path& out,
                    const Streams& streams) {
  bool good = true;
  for (const auto& [name, text] : result.value_sets) {
    const std::filesystem::path path = out.parent_path() / std::filesystem::path(name).filename();
    if (const auto there = ReadText(path)) {
      if (*there == text) continue;
      streams.messages << path.string()
                       << ": the file is there already and was left as it is. Compare it with the "
                          "value set of the Bundle\n";
      continue;
    }
    good = WriteResult(path, text, streams) && good;
  }
  return good;
}

}  // namespace

int RunPathwayTool(const ExportOptions& options, const Streams& streams) {
  const auto source = ReadPathwayText(options.pathway, streams.messages);
  if (!source) return 1;
  const pathways::LoadResult loaded =
      pathways::LoadPathway(source->name, source->text, source->options);
  Report(loaded.problems, false, streams.messages);
  if (loaded.pathway == nullptr) return 1;
  const auto bundle = pathways::ExportBundle(*loaded.document, *loaded.pathway);
  if (!bundle) {
    streams.messages << source->name << ": " << bundle.error().diagnostics << '\n';
    return 1;
  }
  return WriteResult(options.out, *bundle, streams) ? 0 : 1;
}

int RunPathwayTool(const ImportOptions& options, const Streams& streams) {
  const auto bundle = ReadNamed(options.bundle, streams.messages);
  if (!bundle) return 1;
  const pathways::ImportResult result = pathways::ImportBundle(bundle->name, bundle->text);
  if (!Report(result.problems, true, streams.messages) || result.file.empty()) return 1;
  if (!WriteResult(options.out, result.file, streams)) return 1;
  return !options.out || WriteValueSets(result, *options.out, streams) ? 0 : 1;
}

}  // namespace renal::hooks
