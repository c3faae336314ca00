#include "hooks/internal/case_tools.h"

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "cards/build.h"
#include "cards/uuid.h"

namespace renal::hooks::internal {
namespace {

std::vector<std::string> SummariesOf(const pathways::Outcome& outcome, std::string_view hook,
                                     std::string_view patient_id) {
  const cards::BuildRequest build{.hook = std::string(hook),
                                  .patient_id = std::string(patient_id),
                                  .authored_on = outcome.evaluated_at};
  cards::SeededUuidSource uuids(0);
  std::vector<std::string> summaries;
  for (const cards::Card& card : cards::BuildCards(outcome, build, uuids).cards) {
    summaries.push_back(card.summary);
  }
  return summaries;
}

}  // namespace

pathways::CaseTools CaseToolsOf(const PathwayText& source,
                                const std::optional<std::filesystem::path>& site,
                                const std::filesystem::path& folder) {
  return {.read_file =
              [folder](std::string_view file) {
                return folder.empty() ? std::nullopt : ReadText(folder / file);
              },
          .load_with =
              [source, site](const auto& parameters) {
                PathwayText changed = source;
                auto& values = changed.options.parameters;
                values.insert(values.begin(), parameters.begin(), parameters.end());
                std::ostream nowhere(nullptr);
                return LoadSource(changed, site, nowhere);
              },
          .cards = SummariesOf};
}

}  // namespace renal::hooks::internal
