#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/own_json.h"
#include "pathways/internal/fhir_form_names.h"
#include "pathways/internal/reader.h"

/// The parts of ImportBundle, one function for each section of the file.
namespace renal::pathways::internal {

/// What all parts work on.
struct ImportContext {
  const fhir::OwnJson& plan;
  std::vector<const fhir::OwnJson*> definitions;  ///< ActivityDefinition
  std::vector<const fhir::OwnJson*> value_sets;
  Problems& problems;
  std::map<std::string, std::string, std::less<>> ids;  ///< of the definitions, by URL
  bool ours = false;  ///< an export of this program
  fhir::OwnJson own;  ///< of our export: members of the file without an element of their own
  ExpressionNames names;
  std::set<std::string, std::less<>> parameters;  ///< spelling of FHIR
  std::set<std::string, std::less<>> code_sets;   ///< parameters of several codes, as in the file
  bool cql = false;                               ///< CQL was met
  std::vector<std::pair<std::string, std::string>> files;
};

/// Adds what extensions carried; it goes before what elements say.
void Merge(fhir::OwnJson& object, const fhir::OwnJson& parts);
/// Labels of citations.
fhir::OwnJson LabelsOf(const fhir::OwnJson& element, std::string_view member);
/// Why a condition or action is not the file's; empty where it is.
std::string DerivedFrom(const fhir::OwnJson& element);
/// Id of the action that a canonical reference to an ActivityDefinition means; empty: none.
std::string ActionOf(const ImportContext& context, const fhir::OwnJson& element);

/// A file made of a Bundle, before anything looks whether it loads.
struct ReadBundle {
  const fhir::OwnJson* plan = nullptr;  ///< null: there is none, or several
  bool ours = false;
  fhir::OwnJson file;
  std::vector<std::pair<std::string, std::string>> value_sets;  ///< name and text
};
ReadBundle ReadFile(const fhir::OwnJson& root, Problems& problems);

// ---- fhir_form_read_header.cpp
/// Names of variables and value sets, before any expression is read.
void ReadNames(ImportContext& context);
fhir::OwnJson ReadHeader(ImportContext& context);
fhir::OwnJson ReadParameters(ImportContext& context);
fhir::OwnJson ReadInputs(ImportContext& context);

// ---- fhir_form_read_resources.cpp
fhir::OwnJson ReadValueSets(ImportContext& context);
fhir::OwnJson ReadActions(ImportContext& context);

// ---- fhir_form_read_conditions.cpp
/// `if` and `when` of an element out of its conditions. CQL stays as the member `x-cql`, and makes
/// the rule unknown.
void ReadConditions(ImportContext& context, const fhir::OwnJson& element,
                    const std::vector<std::string>& columns, fhir::OwnJson& rule);

// ---- fhir_form_read_actions.cpp
/// Members `tables` and `checks` of an export of ours.
void ReadTables(ImportContext& context, fhir::OwnJson& file);

// ---- fhir_form_read_plan.cpp
/// Members `start`, `tables`, and what they need of `inputs` and `actions`, of any other plan.
void ReadPlan(ImportContext& context, fhir::OwnJson& file);

}  // namespace renal::pathways::internal
