#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fhir/fhirpath.h"
#include "fhir/record.h"
#include "pathways/evaluate.h"
#include "pathways/outcome.h"
#include "pathways/pathway.h"

/// From a record to candidates to values. Candidates are gathered once; values are resolved again for each
/// "what if" of the questions, which costs no look at the record.
namespace renal::pathways {

/// One thing that facts belong to, as found in the record.
struct Instance {
  Index kind = kNone;
  Index key = kNone;
  std::vector<fhir::Json> resources;
};

/// A value found in the record for one input.
struct Candidate {
  Index source = 0;
  Index instance = kNone;       ///< place in Gathered::instances; kNone: the patient, or not known whose
  bool floating = false;        ///< not known whose: no link, and several instances
  bool unlinked = false;        ///< no link, taken for the only instance
  std::optional<Value> value;   ///< nothing: unusable
  bool implausible = false;
  std::optional<std::int64_t> milliseconds;  ///< recorded time, first moment it can mean
  std::int64_t age_days = 0;    ///< whole days before today; negative: in the future
  std::int64_t updated = 0;     ///< meta.lastUpdated, milliseconds
  bool preferred_status = true;
  std::size_t preference = 0;   ///< class of `prefer`, the number of classes if none fits
  fhir::Json resource;
  fhir::Json node;              ///< where the value stands; absent for maps
  std::string recorded;
};

struct Gathered {
  std::vector<Instance> instances;
  std::vector<std::vector<Candidate>> candidates;  ///< by input
  std::vector<fhir::fhirpath::Collection> constants;  ///< by slot: parameters; inputs are empty
};

/// What one input is, without the words: enough to evaluate tables.
struct Resolved {
  InputStatus status = InputStatus::kUnknown;
  UnknownReason reason = UnknownReason::kAbsent;
  std::optional<Value> value;
  std::size_t chosen = static_cast<std::size_t>(-1);  ///< into the candidates
  std::vector<std::size_t> rivals;
  bool stale = false;
};

/// All inputs: those of the patient, and those of every instance.
struct Facts {
  std::vector<Resolved> patient;
  std::vector<std::vector<Resolved>> instance;
  const Resolved& At(const Pathway& pathway, Index input, Index where) const {
    return pathway.inputs[input].focus == kNone ? patient[input] : instance[where][input];
  }
};

/// A value put in place of what the record says, to see what would follow.
struct Override {
  Index input = kNone;
  Index instance = kNone;
  Value value;
};

/// Finds the instances and gathers every candidate. Pure but for the FHIRPath evaluations.
Gathered Gather(const Pathway& pathway, const EvaluateRequest& request, std::vector<std::string>& errors);

/// Which instance a resource belongs to.
struct Belonging {
  enum class Kind : std::uint8_t { kInstance, kElsewhere, kUnlinked } kind = Kind::kUnlinked;
  Index key = kNone;  ///< of kInstance and of a kElsewhere that names a key which is no instance
  Index instance = kNone;
};
Belonging BelongsTo(const Pathway& pathway, Index focus_kind, const fhir::Json& resource,
                    const Gathered& gathered, const EvaluateRequest& request);

/// Resolves every input, with `what_if` in place of one of them if it is not null.
Facts Resolve(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
              const Override* what_if, std::vector<std::string>* errors);

/// Truth of a cell for the instance `where` (kNone: the patient).
Truth Test(const Pathway& pathway, const Cell& cell, const Facts& facts, Index where);
/// Truth of a FHIRPath criterion over the inputs; unknown where it is empty or fails.
Truth TestExpression(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
                     const Facts& facts, Index where, const fhir::fhirpath::Expression& expression);
/// The `and` of the cells.
Truth TestAll(const Pathway& pathway, const std::vector<Cell>& cells, const Facts& facts, Index where);

/// Adds to `missing` the inputs that keep `input` from being known: itself, or what it is derived from.
void AddMissing(const Pathway& pathway, Index input, const Facts& facts, Index where, std::vector<Index>& missing);

/// The text of a resource's code for display, as recorded; empty if it has none.
std::string DisplayOf(const fhir::Json& resource);
/// A member path from `resource` to `node`, for example "component[0].valueQuantity"; empty if not found.
std::string PathTo(const fhir::Json& resource, const fhir::Json& node);
/// The code element of a resource: `code`, for medications `medicationCodeableConcept`, for encounters `type`.
fhir::Json CodeOf(const fhir::Json& resource);

}  // namespace renal::pathways
