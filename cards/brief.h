#pragma once

#include <string>
#include <vector>

#include "cards/build.h"
#include "cards/person.h"
#include "pathways/outcome.h"

/// The brief of one patient for a tumour board.
namespace renal::cards {

/// What a brief needs besides the outcome.
struct BriefRequest {
  Person person;
  std::vector<DeliveryNote> deliveries;
};

/// One page that loads nothing and runs nothing, and that prints on one A4 page: situation, options
/// with reasons and citations, what is missing and what it decides, what would change the advice,
/// data with dates and sources, scores, measured sizes over time, the patient's way through the
/// pathway, room for the decision. The words are those of the pathway's language.
///
/// The text is measured with an upper bound of its widths and set as large as the page allows; what
/// does not fit even in the smallest size is counted on the page, never left out in silence.
std::string BriefPage(const pathways::Outcome& outcome, const BriefRequest& request);

}  // namespace renal::cards
