#include "pathways/internal/fhir_form_import.h"

#include <algorithm>
#include <optional>

#include "pathways/fhir_form.h"
#include "pathways/internal/fhir_form_parts.h"
#include "pathways/internal/json_tree.h"

namespace renal::pathways {
namespace {

using fhir::JsonType;
using fhir::OwnJson;
using internal::ImportContext;
using internal::MemberAt;
using internal::Problems;
using internal::TextAt;

/// The resources of a Bundle, or the one resource.
std::vector<const OwnJson*> ResourcesOf(const OwnJson& root, std::string_view type) {
  std::vector<const OwnJson*> list;
  if (TextAt(root, "resourceType") == type) list.push_back(&root);
  for (const OwnJson& entry : MemberAt(root, "entry").items) {
    const OwnJson* resource = entry.Find("resource");
    if (resource != nullptr && TextAt(*resource, "resourceType") == type) list.push_back(resource);
  }
  return list;
}

const OwnJson* OnlyPlan(const OwnJson& root, Problems& problems) {
  const auto plans = ResourcesOf(root, "PlanDefinition");
  if (plans.size() == 1) return plans[0];
  problems.Error(root, "L101",
                 plans.empty()
                     ? "there is no PlanDefinition. Give a PlanDefinition, or a Bundle with one."
                     : "there are several PlanDefinitions. Leave one of them.");
  return nullptr;
}

OwnJson FileOf(ImportContext& context) {
  internal::ReadNames(context);
  OwnJson file = internal::ReadHeader(context);
  file.members.emplace_back("parameters", internal::ReadParameters(context));
  file.members.emplace_back("valueSets", internal::ReadValueSets(context));
  if (context.ours) {
    file.members.emplace_back("inputs", internal::ReadInputs(context));
    file.members.emplace_back("actions", internal::ReadActions(context));
    internal::ReadTables(context, file);
  } else {
    internal::ReadPlan(context, file);
  }
  OwnJson own = context.own;
  std::erase_if(own.members, [](const auto& member) {
    return member.first == "inputs" || member.first == "tables";
  });
  internal::Merge(file, own);
  const auto empty = [&](const char* name) {
    const OwnJson* member = file.Find(name);
    return member != nullptr && member->members.empty() && own.Find(name) == nullptr;
  };
  if (empty("parameters")) {
    std::erase_if(file.members, [](const auto& member) { return member.first == "parameters"; });
  }
  return file;
}

// A pathway with conditions that are not executed must not be evaluated for patients.
void KeepDraft(ImportContext& context, OwnJson& file) {
  if (!context.cql) return;
  for (auto& [name, value] : file.members) {
    if (name != "status" || value.text == "draft") continue;
    value = internal::JsonText("draft");
    context.problems.Warn(MemberAt(context.plan, "status"), "L702",
                          "the pathway stays a draft while it has conditions that are not "
                          "executed here.");
  }
}

/// Compares what was read with what the file made of it gives again.
class Comparison {
 public:
  explicit Comparison(Problems& problems) : problems_(problems) {}

  void Run(const OwnJson& read, const OwnJson& made) { Compare(read, made, read); }

 private:
  void Report(const OwnJson& at) {
    if (++count_ > kMost) return;
    problems_.Warn(at, "L701",
                   "this is not what the imported file says in FHIR: import reads it from another "
                   "place. Change it there, or in the file.");
  }

  // `at`: the closest value around that has a place.
  void Compare(const OwnJson& read, const OwnJson& made, const OwnJson& at) {
    if (read.type != made.type || read.text != made.text || read.boolean != made.boolean) {
      return Report(at);
    }
    if (read.items.size() != made.items.size() || read.members.size() != made.members.size()) {
      return Report(read);
    }
    for (std::size_t i = 0; i < read.items.size(); ++i) {
      Compare(read.items[i], made.items[i], read.items[i]);
    }
    for (const auto& [name, value] : read.members) {
      const OwnJson* other = made.Find(name);
      if (other == nullptr) {
        Report(value);
      } else {
        Compare(value, *other, value);
      }
    }
  }

  static constexpr std::size_t kMost = 20;
  Problems& problems_;
  std::size_t count_ = 0;
};

// An export of ours must read back equal; whatever does not was changed by somebody.
void CompareBack(const LoadResult& loaded, const OwnJson& root, Problems& problems) {
  if (TextAt(root, "resourceType") != "Bundle") return;
  const auto again = ExportBundle(*loaded.document, *loaded.pathway);
  if (!again) return;
  const auto parsed = fhir::ReadOwnJson(*again);
  if (const auto* made = std::get_if<OwnJson>(&parsed)) Comparison(problems).Run(root, *made);
}

LoadResult LoadImported(const ImportResult& result) {
  LoadOptions options;
  options.read_file = [&](std::string_view name) -> std::optional<std::string> {
    for (const auto& [file, text] : result.value_sets) {
      if (file == name) return text;
    }
    return std::nullopt;
  };
  return LoadPathway("the imported file", result.file, options);
}

void ReportLacks(const LoadResult& loaded, const OwnJson& plan, Problems& problems) {
  for (const LoadProblem& problem : loaded.problems) {
    if (problem.level != LoadProblem::Level::kError) continue;
    problems.Warn(plan, problem.id,
                  "the imported file does not load yet: line " + std::to_string(problem.line) +
                      ", column " + std::to_string(problem.column) + ": " + problem.message);
  }
}

}  // namespace

internal::ReadBundle internal::ReadFile(const OwnJson& root, Problems& problems) {
  ReadBundle read;
  read.plan = OnlyPlan(root, problems);
  if (read.plan == nullptr) return read;
  ImportContext context{*read.plan, ResourcesOf(root, "ActivityDefinition"),
                        ResourcesOf(root, "ValueSet"), problems};
  for (const OwnJson* definition : context.definitions) {
    context.ids.emplace(TextAt(*definition, "url"), TextAt(*definition, "id"));
  }
  context.ours = read.ours = FindExtension(*read.plan, "pathway") != nullptr;
  context.own = ObjectOfExtension(*read.plan, "pathway");
  read.file = FileOf(context);
  KeepDraft(context, read.file);
  read.value_sets = std::move(context.files);
  return read;
}

ImportResult ImportBundle(std::string_view file_name, std::string_view text) {
  ImportResult result;
  Problems problems(file_name, text);
  const auto parsed = fhir::ReadOwnJson(text);
  if (const auto* error = std::get_if<fhir::OwnJsonError>(&parsed)) {
    problems.Error(error->at, "L101", error->message);
    result.problems = problems.Take();
    return result;
  }
  const OwnJson& root = std::get<OwnJson>(parsed);
  internal::ReadBundle read = internal::ReadFile(root, problems);
  if (read.plan != nullptr) {
    result.file = internal::IndentedText(read.file);
    result.value_sets = std::move(read.value_sets);
    const LoadResult loaded = LoadImported(result);
    ReportLacks(loaded, *read.plan, problems);
    if (read.ours && loaded.pathway != nullptr) CompareBack(loaded, root, problems);
  }
  result.problems = problems.Take();
  return result;
}

}  // namespace renal::pathways
