#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/address.h"
#include "hooks/http_server.h"

namespace renal::hooks::internal {

/// A header that says something only where a proxy of ours has set it.
struct BelievedHeader {
  std::string name;  ///< lower case
  std::vector<fhir::AddressBlock> proxies;
};

/// Blocks that are none are left out: the configuration has refused them.
BelievedHeader MakeBelievedHeader(const std::string& name, const std::vector<std::string>& proxies);

/// What such a proxy says; empty from anybody else. Two fields of the name would leave open which
/// one the proxy has set, so that they say nothing.
std::string_view ValueOf(const BelievedHeader& header, const HttpRequest& request);

}  // namespace renal::hooks::internal
