#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/result.h"
#include "hooks/http_server.h"

/// Who calls: settled before anything of a call is read.
namespace renal::hooks {

/// The client behind a request, as far as it was proven. All empty without authentication.
struct Caller {
  std::string client;   ///< name in our configuration
  std::string tenant;   ///< the token's `tenant`, where it has one
  std::string profile;  ///< of the client in our configuration; empty: the default
};

/// Whether a request may go on.
struct Admission {
  Caller caller;
  /// Why not: kLogin (401, one body for all reasons), kForbidden (403) or kTransient (503).
  std::optional<fhir::Issue> refusal;
  std::string reason;  ///< for the log: a code of ours, never text of the token; empty if admitted
};

/// Settles who calls; `path` is the route called, without the base path. It may wait, and is called
/// from any thread.
using Authenticate = std::function<Admission(const HttpRequest& request, std::string_view path)>;

}  // namespace renal::hooks
