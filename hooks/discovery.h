#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cards/catalogue.h"
#include "hooks/data_needs.h"
#include "pathways/pathway.h"

/// The services that a pathway is offered as, and the answer of `GET /cds-services`.
namespace renal::hooks {

/// How the services of one pathway are named (settled point 4 of the design).
enum class ServiceProfile : std::uint8_t {
  kSandbox,   ///< an id a hook, "onc-kidney-2018-order-sign": some clients keep services by id
  kStandard,  ///< one id for all hooks, "onc-kidney-2018": later answers replace earlier cards
};

/// The hooks that are answered under a service id; none if there is no such service. Both forms of
/// an id are answered, whatever the profile: they never mean two things, and a client may have been
/// set up by hand.
std::vector<std::string> HooksOfService(const pathways::Pathway& pathway, std::string_view id);

/// Body of the discovery answer: one service a hook of the pathway, in its order, with the ids of
/// the profile.
std::string DiscoveryText(const pathways::Pathway& pathway, const std::vector<DataNeed>& needs,
                          ServiceProfile profile, const cards::Catalogue& words);

}  // namespace renal::hooks
