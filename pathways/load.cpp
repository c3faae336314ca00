#include "pathways/load.h"

#include "fhir/digest.h"
#include "fhir/own_json.h"
#include "pathways/internal/loader.h"
#include "pathways/internal/plan.h"

namespace renal::pathways {
namespace {

using fhir::OwnJson;
using internal::Fields;
using internal::Loader;
using internal::Need;

// Slots of the variables: see Pathway::variables. The sections that give them are read by now.
void PrepareExpressions(Loader& loader) {
  auto& variables = loader.pathway.variables;
  variables = loader.inputs.list();
  const auto& parameters = loader.parameters.list();
  variables.insert(variables.end(), parameters.begin(), parameters.end());
  for (const std::string& focus : loader.foci.list()) {
    variables.push_back(focus);
    variables.push_back(focus + "Count");
  }
  loader.compile.variables = variables;
  loader.compile.shared = loader.pathway.criteria.get();
  loader.compile.value_set = [&loader](std::string_view name) -> const fhir::ValueSet* {
    const auto& sets = loader.pathway.value_sets;
    for (Index i = 0; i < sets.size(); ++i) {
      if (sets[i].first != name && sets[i].second->url() != name) continue;
      loader.value_sets.Use(i);
      return sets[i].second.get();
    }
    return nullptr;
  };
}

void LoadSections(Loader& loader, const OwnJson& root) {
  Fields fields(root, "the file", loader.problems);
  if (!internal::DeclareNames(loader, root)) return fields.LeaveOpen();
  internal::LoadHeader(loader, fields);
  internal::LoadConstants(loader, fields);
  internal::LoadValueSets(loader, fields);
  PrepareExpressions(loader);
  internal::LoadInputTypes(loader, root);
  loader.compile.check.emplace().variables = internal::TypesOfVariables(loader);
  internal::LoadFoci(loader, fields);
  internal::LoadScope(loader, fields);
  internal::LoadActions(loader, fields);
  internal::LoadInputs(loader, fields);
  internal::LoadGate(loader, fields);
  internal::LoadTables(loader, fields);
  internal::LoadChecks(loader, fields);
  internal::LoadCards(loader, fields);
}

// What needs the whole: order, ways, use. Wrong sections would only give false alarms here.
void Finish(Loader& loader, const OwnJson& root) {
  internal::OrderInputs(loader, root);
  internal::CheckGo(loader, root);
  if (loader.problems.has_errors()) return;
  internal::ReportUnused(loader, root);
  internal::MarkInformation(loader.pathway);
  internal::CutSegments(loader.pathway);
  internal::FindReaders(loader.pathway);
  internal::SortSources(loader.pathway);
  loader.pathway.plan = MakePlan(loader.pathway);
  internal::SetConstants(loader.pathway);
  loader.pathway.criteria->Settle();
}

}  // namespace

const char* Spelling(LoadProblem::Level level) {
  switch (level) {
    case LoadProblem::Level::kError:
      return "error";
    case LoadProblem::Level::kWarning:
      return "warning";
    case LoadProblem::Level::kInfo:
      return "info";
  }
  return "error";
}

std::string LoadProblem::ToString() const {
  return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + Spelling(level) +
         " " + id + ": " + message;
}

LoadResult LoadPathway(std::string_view file_name, std::string_view text,
                       const LoadOptions& options) {
  Loader loader(file_name, text, options);
  auto parsed = fhir::ReadOwnJson(text);
  if (const auto* error = std::get_if<fhir::OwnJsonError>(&parsed)) {
    loader.problems.Error(error->at, "L101", error->message);
    return {nullptr, loader.problems.Take(), nullptr};
  }
  LoadResult result;
  result.document = std::make_shared<const OwnJson>(std::get<OwnJson>(std::move(parsed)));
  const OwnJson& original = *result.document;
  std::optional<OwnJson> translated;
  if (options.translation) translated = internal::Translated(loader, original, *options.translation);
  const OwnJson& root = translated ? *translated : original;
  // The words do not count: rules and data are the same in every language.
  loader.pathway.hash = "sha256:" + fhir::Sha256Hex(fhir::CanonicalText(original, "approvals"));
  loader.values.insert(options.parameters.begin(), options.parameters.end());
  internal::ReadSite(loader, original);
  LoadSections(loader, root);
  internal::ApplySite(loader);
  Finish(loader, root);
  if (!loader.problems.has_errors()) {
    result.pathway = std::make_shared<const Pathway>(std::move(loader.pathway));
  }
  result.problems = loader.problems.Take();
  return result;
}

}  // namespace renal::pathways
