#include "pathways/internal/asked.h"

#include <algorithm>

#include "fhir/fhirpath_node.h"

namespace renal::pathways {

Asked AskedResources::Begin(const fhir::Json& resource) const {
  Asked asked;
  asked.superseded = IsSuperseded(request_, resource);
  asked.type = fhir::fhirpath::ResourceNode(resource).type;
  return asked;
}

Asked& AskedResources::Of(const fhir::Json& resource) {
  if (kept_.size() == kMostKept) {
    if (resource.index() <= last_) {
      if (const auto found = kept_.find(resource); found != kept_.end()) return found->second;
    }
    return passing_ = Begin(resource);
  }
  const auto [place, fresh] = kept_.try_emplace(resource);
  if (!fresh) return place->second;
  last_ = std::max(last_, resource.index());
  place->second = Begin(resource);
  place->second.kept = true;
  return place->second;
}

}  // namespace renal::pathways
