#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "cards/build.h"
#include "pathways/outcome.h"

/// A small made-up pathway and outcomes over it, built by hand: two kidneys, a size, a location,
/// four actions. Illustrations, not clinical content.
namespace renal::cards::testing_scene {

// Places in the pathway of MakePathway().
enum Actions : pathways::Index { kPartial, kRadical, kWatch, kBoard, kImaging, kFrame };
enum Inputs : pathways::Index { kSize, kCentral, kSpread, kSolitary };
enum Strengths : pathways::Index { kStandard, kEndeavoured, kMay };

std::shared_ptr<pathways::Pathway> MakePathway();

/// A recommended, orderable result for the right kidney.
pathways::Recommendation Result(std::string rule, pathways::Index action,
                                pathways::Index strength = kEndeavoured,
                                pathways::Tier tier = pathways::Tier::kPreferred);

/// Right kidney, 6.9 cm (recorded 69 mm), not central, spread unknown, solitary kidney assumed not.
pathways::Outcome MakeOutcome(std::shared_ptr<pathways::Pathway> pathway);

/// A draft order of the radical operation, with an id, compared for the right kidney.
pathways::OrderVerdict Draft(pathways::Verdict verdict);

pathways::Value Centimeters(std::string_view number);

BuildRequest Request(std::string hook);

/// BuildCards with a fixed seed; fails the test if the response breaks an invariant.
Response Build(const pathways::Outcome& outcome, const BuildRequest& request);

}  // namespace renal::cards::testing_scene
