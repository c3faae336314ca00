#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cards/catalogue.h"
#include "hooks/data_needs.h"
#include "hooks/profile.h"
#include "pathways/pathway.h"

/// The services that a pathway is offered as, and the answer of `GET /cds-services`.
namespace renal::hooks {

/// One entry of the list of services.
struct ServiceEntry {
  std::string hook;  ///< as the client calls it
  std::string as;    ///< our name for it: a hook of the pathway
  std::string id;
  bool fhirpath = false;  ///< its templates may have FHIRPath tokens
};

/// What the pathway is offered as to clients of a profile: its hooks in its order, then those that
/// the profile has other names for. With FHIRPath tokens the hooks about orders come once more,
/// under an id of their own: a client that cannot expand such tokens leaves them alone
/// (decision D-09).
std::vector<ServiceEntry> ServicesOf(const pathways::Pathway& pathway,
                                     const ClientProfile& profile);

/// The hooks that are answered under a service id, as the client calls them; none if there is no
/// such service. Both forms of an id are answered, whatever the profile: they never mean two things,
/// and a client may have been set up by hand.
std::vector<std::string> HooksOfService(const pathways::Pathway& pathway,
                                        const ClientProfile& profile, std::string_view id);

/// Body of the discovery answer, in the version of the profile. Prefetch templates are the data
/// needs, so that they cannot drift from the rules.
std::string DiscoveryText(const pathways::Pathway& pathway, const std::vector<DataNeed>& needs,
                          const ClientProfile& profile, const cards::Catalogue& words);

}  // namespace renal::hooks
