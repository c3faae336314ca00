#pragma once

#include <chrono>
#include <memory>

#include "fhir/outgoing.h"
#include "fhir/result.h"
#include "hooks/auth.h"
#include "hooks/config.h"
#include "hooks/log.h"
#include "hooks/metrics.h"
#include "hooks/store.h"

namespace renal::hooks::internal {

/// What authentication needs beside the configuration.
struct AuthParts {
  std::shared_ptr<fhir::Outgoing> outgoing;  ///< fetches JWK Sets
  Log* log = nullptr;                        ///< told of each fetch; null: nobody is
  Metrics* metrics = nullptr;                ///< counts fetches; null: nobody does
  ShareToken share;                          ///< empty: used tokens are kept in memory
  std::chrono::sys_seconds started;          ///< since when memory keeps them
  std::size_t waiting = 2;                   ///< JwksSettings::waiting
  const Authenticator* before = nullptr;     ///< whose place it takes; null: nobody's
  /// Remembers used tokens beyond this authenticator, in place of `share` and `started`; may be
  /// null.
  std::shared_ptr<ReplayGuard> guard;
};

/// Remembers used tokens, through every change of clients and keys; `started`: since when. Servers
/// that share a database settle there which use is the first; the store must outlive the guard.
std::shared_ptr<ReplayGuard> MakeReplayGuard(const Config& config, std::chrono::sys_seconds started,
                                             Store& store);

/// Settles first uses of tokens between all servers that share the store; it must outlive them.
ShareToken ShareBy(Store& store);

/// The authenticator of a configuration. Fails with kValue and sentences for the operator, a line
/// each: a file that cannot be read, a URL that is none, what Authenticator::Create() objects to.
fhir::Result<std::shared_ptr<Authenticator>> MakeAuthenticator(const Config& config,
                                                               AuthParts parts);

}  // namespace renal::hooks::internal
