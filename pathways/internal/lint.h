#pragma once

#include <set>
#include <string>
#include <vector>

#include "fhir/own_json.h"
#include "pathways/internal/reader.h"
#include "pathways/lint.h"
#include "pathways/pathway.h"
#include "pathways/proof.h"

/// The parts of Lint(): one function for each group of findings of pathway-format section 11.
namespace renal::pathways::internal {

/// What every part works on: a file that loaded.
struct LintFile {
  const LintRequest& request;
  const LoadResult& loaded;
  Problems& found;

  const Pathway& pathway() const { return *loaded.pathway; }
  const fhir::OwnJson& root() const { return *loaded.document; }
};

/// A part of the file, by the names of members and the ids of elements: "inputs.age",
/// "tables.kidney.rules.R1". Null if there is none.
const fhir::OwnJson* NodeAt(const fhir::OwnJson& root, std::string_view path);
/// A member of a node; the node itself where it has none of that name.
const fhir::OwnJson& MemberOr(const fhir::OwnJson& node, std::string_view name);
const fhir::OwnJson& TableNode(const fhir::OwnJson& root, std::size_t table);
const fhir::OwnJson& RuleNode(const fhir::OwnJson& root, std::size_t table, std::size_t rule);
/// The cell of a rule on an input; its `if`, or the rule, where it has none.
const fhir::OwnJson& CellNode(const fhir::OwnJson& root, std::size_t table, std::size_t rule,
                              const std::string& input);

/// One finding of the proof. `key` is the same for the same thing at other parameter values.
struct ProofFinding {
  const char* id;
  LoadProblem::Level level;
  const fhir::OwnJson* at;
  std::string key;
  std::string message;
};

/// L301 to L304, L309, L312 of a pathway; `root` gives the places.
std::vector<ProofFinding> ProofFindings(const Pathway& pathway, const fhir::OwnJson& root);

// ---- lint_classes.cpp
/// L301 and L302 of the classes of inputs: a patient whom no row covers, or two rows with two classes.
std::vector<ProofFinding> ClassFindings(const Pathway& pathway, const fhir::OwnJson& root);

// ---- lint_rules.cpp
void LintPresence(LintFile& file);  ///< L305
void LintChecks(LintFile& file);    ///< L307
void LintOptions(LintFile& file);   ///< L308
void LintDeadEnds(LintFile& file);  ///< L306

// ---- lint_inputs.cpp
void LintInputs(LintFile& file);     ///< L402, L403, L404, L406
void LintMaps(LintFile& file);       ///< L405
void LintConstants(LintFile& file);  ///< L209

// ---- lint_corners.cpp
/// L311. `known`: keys of what the proof found at the values of the file.
void LintCorners(LintFile& file, const std::set<std::string>& known);

// ---- lint_governance.cpp
void LintReview(LintFile& file);   ///< L503
void LintVersion(LintFile& file);  ///< L504

// ---- lint_form.cpp
void LintForm(LintFile& file);      ///< L701
void LintImported(LintFile& file);  ///< L702

// ---- lint_cases.cpp
void LintCases(LintFile& file);  ///< L601, L602

// ---- lint_accept.cpp
/// Turns what the file accepts into information; entries that match nothing are reported (L104).
void ApplyAccepted(const fhir::OwnJson& root, const std::string& file_name,
                   std::vector<LoadProblem>& problems);

}  // namespace renal::pathways::internal
