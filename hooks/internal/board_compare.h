#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "cards/comparison.h"
#include "hooks/evaluation.h"
#include "hooks/internal/board_source.h"
#include "hooks/internal/request_texts.h"

namespace renal::hooks::internal {

/// Holds what the pathway chooses against another version of it, or against what was done.
class BoardComparer {
 public:
  /// `with`: a pathway file or the id of a shipped one; or a folder of records, whose procedures
  /// after the evaluation are what was done. Files of its own are made in `work`. Null, with a
  /// message, where it cannot be used.
  static std::unique_ptr<BoardComparer> Open(const std::string& with,
                                             std::shared_ptr<const pathways::Pathway> pathway,
                                             const std::filesystem::path& work, UnitNames names,
                                             std::ostream& messages);

  /// Looks at the files of what was done; as BoardSource::Gather().
  void Gather(std::size_t threads, const UnitSource::Complain& complain,
              const UnitSource::Show& show);

  /// What was done to the patient of a unit, as text; empty if nothing is known. Call it for units
  /// in their order.
  std::string LaterOf(const std::string& patient);

  /// One thing of a patient.
  struct Pair {
    std::pair<std::size_t, std::string> band;
    cards::Choice one, other;
  };
  /// The things of a patient that have a size. Any thread.
  /// Fails where the other version cannot take an answer of the call.
  fhir::Result<std::vector<Pair>> Compare(const RecordedCall& call,
                                          const pathways::Outcome& outcome,
                                          const std::string& later,
                                          const fhir::DateTime& now) const;
  void Add(const std::vector<Pair>& pairs);

  const cards::Comparison& result() const { return result_; }

 private:
  BoardComparer(std::shared_ptr<const pathways::Pathway> pathway, const std::string& other);
  fhir::Result<pathways::Outcome> Compared(const RecordedCall& call, const std::string& later,
                                           const fhir::DateTime& now) const;
  cards::Choice Done(const pathways::FocusInstance& thing, const pathways::Outcome& compared) const;

  std::shared_ptr<const pathways::Pathway> pathway_;
  std::optional<Evaluator> version_;  ///< nothing: what was done
  UnitNames names_;                   ///< of both sources
  std::unique_ptr<BoardSource> later_;
  std::optional<BoardUnit> ahead_;
  cards::Comparison result_;
};

}  // namespace renal::hooks::internal
