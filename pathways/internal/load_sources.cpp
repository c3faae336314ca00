#include <algorithm>

#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;
using fhir::fhirpath::StaticType;
using Codes = std::vector<std::pair<std::string, std::string>>;

// Resource types that expressions know (pathway-format 6.8). A misspelt type would never match
// anything.
const std::vector<std::string> kResourceTypes = {"AllergyIntolerance",
                                                 "BodyStructure",
                                                 "CarePlan",
                                                 "Condition",
                                                 "DiagnosticReport",
                                                 "Encounter",
                                                 "FamilyMemberHistory",
                                                 "MedicationAdministration",
                                                 "MedicationRequest",
                                                 "MedicationStatement",
                                                 "Observation",
                                                 "Patient",
                                                 "Procedure",
                                                 "ServiceRequest",
                                                 "Specimen"};

std::size_t CodeOf(Loader& loader, Fields& fields, const Codes& codes) {
  std::vector<std::string> words;
  for (const auto& [code, title] : codes) words.push_back(code);
  const OwnJson* to = fields.String("to", Need::kRequired);
  if (to == nullptr || codes.empty()) return 0;  // without codes the map itself is wrong
  const auto found = std::find(words.begin(), words.end(), to->text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  loader.problems.Error(
      *to, "L102",
      Quoted(to->text) + " is none of the values." + loader.problems.Suggestion(to->text, words));
  return 0;
}

void LoadMap(Loader& loader, Fields& fields, const Scope& scope, const Codes& codes,
             SourceOfInput& source) {
  const auto items = fields.Items("map");
  for (std::size_t i = 0; i < items.size(); ++i) {
    Fields entry(items[i], "a map entry of " + fields.what(), loader.problems);
    SourceOfInput::Entry compiled;
    compiled.when = ExpressionOf(loader, entry, "when", scope, Condition({source.from}));
    compiled.code = CodeOf(loader, entry, codes);
    if (!entry.Has("when") && i + 1 < items.size()) {
      loader.problems.Error(items[i], "L101",
                            "an entry without \"when\" fits always, so those after it are never "
                            "reached. Put it last.");
    }
    source.map.push_back(std::move(compiled));
  }
}

// What a source must say, and what it has no use for.
void CheckGives(Loader& loader, Fields& fields, SourceKind kind) {
  const bool value = fields.Has("value");
  const bool map = fields.Has("map");
  const auto report = [&](const char* what) {
    loader.problems.Error(fields.node(), "L401", fields.what() + what);
  };
  if (kind == SourceKind::kInput && value == map)
    report(" needs one of \"value\" and \"map\". Write one of them.");
  if (kind == SourceKind::kKeyed && (value || !map))
    report(" needs a \"map\". Write it in place of \"value\".");
  if (kind == SourceKind::kReference && (value || map))
    report(" is keyed by reference. Remove \"map\" and \"value\".");
  if (kind != SourceKind::kReference && fields.Has("same"))
    report(" is not keyed by reference. Remove \"same\".");
  const bool input = kind == SourceKind::kInput;
  if (!input && (fields.Has("if") || fields.Has("assumption")))
    report(" makes no value. Remove \"if\" and \"assumption\".");
}

}  // namespace

const std::vector<std::string>& ResourceTypes() { return kResourceTypes; }

SourceOfInput LoadSource(Loader& loader, const OwnJson& node, const Scope& scope,
                         const Codes& codes, SourceKind kind,
                         const fhir::fhirpath::StaticType* values) {
  Fields fields(node, "a source of " + scope.what, loader.problems);
  SourceOfInput source;
  source.name = fields.Text("name", Need::kRequired);
  if (const auto from = fields.Word("from", kResourceTypes, Need::kRequired)) {
    source.from = kResourceTypes[*from];
  }
  if (const OwnJson* code = fields.String("code")) {
    const Index set = loader.value_sets.Resolve(*code, loader.problems);
    if (set != kNone) source.code = loader.pathway.value_sets[set].second.get();
  }
  const std::vector<std::string> context{source.from};
  const Form given{context, values != nullptr ? *values : StaticType{.many = true, .unit = {}}};
  const Form moment{context, {.types = {"System.Date", "System.DateTime", "Period"}, .many = true}};
  const Form text{context, {.types = {"System.String"}, .many = true, .unit = {}}};
  source.where = ExpressionOf(loader, fields, "where", scope, Condition(context));
  source.value = ExpressionOf(loader, fields, "value", scope, given);
  source.time = ExpressionOf(loader, fields, "time", scope, moment);
  source.label = ExpressionOf(loader, fields, "label", scope, text);
  source.agree = fields.Flag("agree");
  source.ageless = fields.Flag("ageless");
  source.assumption = FilledText(loader, fields, "assumption");
  source.same = ExpressionOf(loader, fields, "same", scope, given);
  source.applies = CellsOf(loader, fields.Object("if"), scope);
  source.rank = static_cast<int>(fields.Integer("rank", 1, 100).value_or(0));
  LoadMap(loader, fields, scope, codes, source);
  CheckGives(loader, fields, kind);
  if (fields.Has("map") && codes.empty()) {
    loader.problems.Error(
        fields.At("map"), "L101",
        scope.what + " holds no codes, so a \"map\" has nothing to give. Use \"value\".");
  }
  return source;
}

}  // namespace renal::pathways::internal
