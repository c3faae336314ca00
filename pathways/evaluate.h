#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fhir/date_time.h"
#include "fhir/fhirpath.h"
#include "fhir/record.h"
#include "pathways/given.h"
#include "pathways/outcome.h"

/// Start here: a pathway and a record in, an outcome out. Pure: no clock, no network, no randomness.
namespace renal::pathways {

/// What one evaluation works with.
struct EvaluateRequest {
  /// What is known of the patient. May be null where the inputs are prepared.
  const fhir::Record* record = nullptr;
  fhir::DateTime now;  ///< with offset: the zone of "today" and of recorded times without one
  std::string trace_id;
  /// What %encounter and %user of expressions name, "Encounter/e1" and "Practitioner/7": resources of
  /// the record, where they were delivered. Empty: none.
  std::string encounter, user;
  /// Orders to compare, of the patient of the record; empty on hooks without orders.
  std::vector<fhir::Json> orders;
  /// Further drafts of the same session: data, as the compared ones are, but not judged.
  std::vector<fhir::Json> background;
  /// "Type/id" of orders that the call brings anew, whatever became of them: what the record still
  /// holds under these names is out of date, and not looked at.
  std::vector<std::string> superseded;
  /// Answers of the user to the pathway's questions: they go before the record, and before the
  /// answers in its QuestionnaireResponses. One that cannot be used makes its input unknown; one
  /// for a focus that the record does not have is only named in the trace.
  std::vector<GivenInput> answers;
  /// In place of the record: no input is looked for there.
  const PreparedInputs* prepared = nullptr;
  /// Work and time that the evaluation may take, shared with those of other pathways for the same
  /// request; null: 2,000,000 steps of its own (pathway-format section 13). Beyond it the outcome is
  /// an error.
  fhir::fhirpath::Budget* budget = nullptr;
  bool measurements = false;  ///< also gives Outcome::measurements
};

Outcome Evaluate(std::shared_ptr<const Pathway> pathway, const EvaluateRequest& request);

}  // namespace renal::pathways
