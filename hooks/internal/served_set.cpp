#include "hooks/internal/served_set.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "cards/catalogue.h"

namespace renal::hooks::internal {

ServedSet::ServedSet(const ServedPathways& pathways, const Profiles& profiles,
                     const std::string& language, Metrics* metrics)
    : fhir(pathways.document.get(), *pathways.editions.front()),
      series(metrics, *pathways.editions.front(), profiles) {
  for (const auto& pathway : pathways.editions) {
    const cards::Catalogue* words = cards::Catalogue::Of(pathway->language);
    if (words == nullptr) words = &cards::Catalogue::English();
    Evaluator evaluator(pathway);
    std::vector<std::string> texts;
    for (const ClientProfile& profile : profiles.all()) {
      texts.push_back(DiscoveryText(*pathway, evaluator.needs(), profile, *words));
    }
    editions.push_back({std::move(evaluator), std::move(texts)});
    offered.push_back({pathway->language, words->also()});
  }
  const std::string& wanted = language.empty() ? pathways.editions.front()->language : language;
  const auto found = std::ranges::find(offered, wanted, &OfferedLanguage::tag);
  if (found == offered.end()) throw std::invalid_argument("no pathway in the default language");
  default_edition = static_cast<std::size_t>(found - offered.begin());
  if (pathways.shadow != nullptr) shadow.emplace(pathways.shadow);
}

}  // namespace renal::hooks::internal
