#include "pathways/record_type.h"

#include <algorithm>

namespace renal::pathways {

std::size_t RecordType::Add(const fhir::ValueSet& set) {
  const auto found = std::ranges::find(sets_, &set);
  const auto place = static_cast<std::size_t>(found - sets_.begin());
  if (found != sets_.end()) return place;
  sets_.push_back(&set);
  for (const fhir::Concept& entry : set.concepts()) {
    std::vector<std::size_t>& places = sets_with_[{entry.system, entry.code}];
    if (places.empty() || places.back() != place) places.push_back(place);
  }
  return place;
}

const std::vector<std::size_t>* RecordType::SetsWith(std::string_view system,
                                                     std::string_view code) const {
  const auto found = sets_with_.find({system, code});
  return found == sets_with_.end() ? nullptr : &found->second;
}

}  // namespace renal::pathways
