#pragma once

#include <string_view>

#include "cards/card.h"
#include "hooks/profile.h"
#include "pathways/pathway.h"

namespace renal::hooks::internal {

/// Makes an answer what the client's profile says, as far as the builder of cards did not: links,
/// override reasons, topics, extensions, suggestions that the client cannot use, and
/// `systemActions`. What older versions of the protocol lack stays in (cards/protocol.h).
void FitCards(const ClientProfile& profile, std::string_view hook, const pathways::Pathway& pathway,
              cards::Response& response);

}  // namespace renal::hooks::internal
