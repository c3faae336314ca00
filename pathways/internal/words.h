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

/// The state of an input at an instance (kNone: the patient), with its evidence.
InputState WriteInput(const Pathway& pathway, const EvaluateRequest& request,
                      const Gathered& gathered, const Facts& facts, Index input, Index instance);

/// Adds the measurements of every thing, in the order in which they were gathered; no more of one
/// thing than a reader can take in.
void WriteMeasurements(const Pathway& pathway, const EvaluateRequest& request,
                       const Gathered& gathered, const Facts& facts, Outcome& outcome);

/// The text, cut at 256 bytes and at a whole character: texts of the record are shown, not kept.
std::string Cut(std::string text);

}  // namespace renal::pathways
