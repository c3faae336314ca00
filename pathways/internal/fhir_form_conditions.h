#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/own_json.h"
#include "pathways/internal/fhir_form_export.h"

namespace renal::pathways::internal {

/// Why a condition is there that the file does not write: extension `derived` names it, and import
/// passes over it.
inline constexpr const char* kDerived = "derived";

/// The conditions of rules, checks and gate rows as FHIRPath in FHIR's spelling.
///
/// Besides what a rule tests, a reader of two-valued logic needs conditions for what the file says
/// by `needs`, `together`, `yieldsTo`, the gate, and checks that withhold: else it would recommend
/// what this program does not.
class Conditions {
 public:
  explicit Conditions(const ExportContext& context);

  /// Of an object {input: cell}; `columns` gives the order, else that of the object. "true"
  /// without a cell.
  std::string OfCells(const fhir::OwnJson& cells, const fhir::OwnJson* columns = nullptr) const;
  /// What a rule tests: its cells, `when`, and the inputs that it needs.
  std::string OfRule(const fhir::OwnJson& table, const fhir::OwnJson& rule) const;
  /// OfRule of rules by id, joined.
  std::string OfRules(const std::vector<std::string>& ids, const char* joined) const;

  /// `condition` elements of a rule, of an option of it, of a check, of the root.
  fhir::OwnJson ForRule(const fhir::OwnJson& table, const fhir::OwnJson& rule) const;
  fhir::OwnJson ForOption(const fhir::OwnJson& rule, const fhir::OwnJson& option) const;
  fhir::OwnJson ForCheck(const fhir::OwnJson& check) const;
  fhir::OwnJson ForRoot() const;
  /// True exactly where no rule of the table is true and at least one is unknown (10.2).
  fhir::OwnJson ForNeed(const fhir::OwnJson& table) const;
  static fhir::OwnJson Never();

  /// True if a member of the rule is said whole by its condition.
  bool SaysCells(const fhir::OwnJson& cells) const;
  bool SaysWhen(const std::string& when) const;

 private:
  using Place = std::pair<const fhir::OwnJson*, const fhir::OwnJson*>;  // table, rule
  std::vector<std::string> PutAsideBy(const std::string& id) const;
  std::vector<std::string> Concerned(const fhir::OwnJson& check) const;
  bool Concerns(const fhir::OwnJson& check, const fhir::OwnJson& rule,
                const fhir::OwnJson& option) const;
  bool IsTreatment(const std::string& action) const;

  const ExportContext& context_;
  std::map<std::string, Place, std::less<>> rules_;
};

}  // namespace renal::pathways::internal
