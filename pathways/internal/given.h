#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "pathways/evaluate.h"

/// Given inputs in their places: the patient, or an instance of a focus.
namespace renal::pathways {

struct Gathered;
struct Resolved;

/// A given input in its place.
struct PlacedInput {
  Index instance = kNone;
  const GivenInput* given = nullptr;
  std::optional<std::int64_t> milliseconds;  ///< of an answer: when it was given
  std::int64_t age_days = 0;                 ///< whole days before today; negative: in the future
};

/// All of them. The lists are empty where nothing is given.
struct PlacedInputs {
  std::vector<std::vector<PlacedInput>> by_input;
  std::deque<GivenInput> read;        ///< answers of the record; those of the call stay there
  std::vector<AnswerTrace> unplaced;  ///< answers for a focus that is not known
};

/// Makes the instances that prepared inputs name.
void PrepareInstances(const PreparedInputs& prepared, const Pathway& pathway, Gathered& gathered);

/// Puts prepared inputs, or the answers of the call and of the record, in their places. The
/// instances must be known.
PlacedInputs PlaceInputs(const Pathway& pathway, const EvaluateRequest& request,
                         const Gathered& gathered);

/// Why an answer is not used, under that age limit (null: none); kNotUnknown if it may be.
UnknownReason WhyUnused(const PlacedInput& answer, const AgeLimit* age);

/// What is given for an input in a place: the newest answer that may be used, or a prepared value.
/// Nothing where nothing is given: the record decides. `left_out`: sources that do not apply.
std::optional<Resolved> ResolveGiven(const Pathway& pathway, Index input, Index instance,
                                     const Gathered& gathered, const AgeLimit* age,
                                     std::uint64_t left_out);

}  // namespace renal::pathways
