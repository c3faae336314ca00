#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hooks/auth.h"
#include "hooks/caller.h"

/// Authentication of requests over HTTP by hooks/auth.h.
namespace renal::hooks {

struct AuthPolicy {
  bool open_discovery = false;  ///< discovery needs no token
  /// Of each client, in the order of AuthOptions::clients; empty: `default_profile`.
  std::vector<std::string> profiles;
  std::string default_profile;
  /// Header in which a proxy names the exchange that a request belongs to; see AuthConfig.
  std::string exchange_header;
  std::vector<std::string> exchange_proxies;
};

/// Who calls, by the token of the request. `aud` must name the path of the route, for feedback or
/// that of its service; a path that names another profile than the client's is refused with 403, as
/// is a service that it may not call.
Authenticate AuthenticateBy(std::shared_ptr<Authenticator> authenticator, AuthPolicy policy);

/// Which client a request says that it comes from, by the name in our configuration; empty where it
/// names none of ours. Nothing of it is proven: it shares out the queue, and lets nobody in.
std::function<std::string(const HttpRequest&)> ClaimedClientBy(
    std::shared_ptr<const Authenticator> authenticator);

}  // namespace renal::hooks
