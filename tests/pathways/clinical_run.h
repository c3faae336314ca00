#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fhir/json.h"
#include "fhir/record.h"
#include "pathways/evaluate.h"
#include "tests/pathways/clinical_record.h"

/// Evaluations of made-up patients of the kidney-cancer pathway, and what they say.
namespace renal::pathways::testing {

/// One evaluation at `kNow`, with everything that it points into.
class ClinicalRun {
 public:
  ClinicalRun(const std::shared_ptr<const Pathway>& pathway, const WrittenRecord& record);

  ClinicalRun(ClinicalRun&&) = delete;  ///< the outcome points into the record

  const Outcome& outcome() const { return outcome_; }
  const InputState& State(std::string_view input, std::string_view focus = {}) const;
  /// Neither one value nor a state that excludes one: unknown, or an interval.
  bool Open(std::string_view input, std::string_view focus = {}) const;

 private:
  fhir::JsonDocument document_;
  std::vector<fhir::JsonDocument> orders_;
  fhir::Record record_;
  Outcome outcome_;
};

/// "right ONC-05 partial_nephrectomy".
std::string NameOf(const Outcome& outcome, const Recommendation& result);
bool IsRecommended(const Recommendation& result);

/// Everything that an outcome says of the patient, without where it was read and how it was
/// written.
std::string MeaningOf(const Outcome& outcome);
/// The outcome as it is printed.
std::string JsonOf(const Outcome& outcome);

/// The shipped pathway; with `from` replaced by `to` behind `marker` for each edit. Ends the test
/// where an edit finds nothing or the file does not load.
struct Edit {
  std::string marker, from, to;
};
std::shared_ptr<const Pathway> LoadShipped(const std::vector<Edit>& edits = {});

}  // namespace renal::pathways::testing
