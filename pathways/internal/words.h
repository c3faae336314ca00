#pragma once

#include <string>
#include <vector>

#include "pathways/internal/facts.h"
#include "pathways/internal/results.h"

/// The words of an outcome: made once, for what is shown.
namespace renal::pathways {

/// The recommendations, in display order.
std::vector<Recommendation> WriteResults(const Pathway& pathway, const Gathered& gathered,
                                         const Facts& facts, const Results& results);

/// Writes the states of inputs, with their evidence.
class InputWriter {
 public:
  InputWriter(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
              const Facts& facts)
      : pathway_(pathway), request_(request), gathered_(gathered), facts_(facts) {}

  /// The state of an input at an instance (kNone: the patient), into an empty one.
  void Write(Index input, Index instance, InputState& state) const;

  /// What was found, as a reader is shown it.
  Evidence Show(const Input& input, const Candidate& candidate) const;

 private:
  std::string TimeOf(const SourceOfInput& source, const Candidate& candidate) const;
  std::string LabelOf(const SourceOfInput& source, const Candidate& candidate) const;
  void AddFound(Index input, const Resolved& resolved, InputState& state) const;
  void AddDropped(Index input, Index instance, InputState& state) const;
  void AddGiven(Index input, const Resolved& resolved, InputState& state) const;

  const Pathway& pathway_;
  const EvaluateRequest& request_;
  const Gathered& gathered_;
  const Facts& facts_;
};

/// Adds the measurements of every thing, what decides first, then the latest; no more of one thing
/// than a reader can take in.
void WriteMeasurements(const Pathway& pathway, const EvaluateRequest& request,
                       const Gathered& gathered, const Facts& facts, Outcome& outcome);

/// The text, cut at 256 bytes and at a whole character: texts of the record are shown, not kept.
std::string Cut(std::string text);

}  // namespace renal::pathways
