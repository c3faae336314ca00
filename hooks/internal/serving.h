#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/outgoing.h"
#include "hooks/auth.h"
#include "hooks/config.h"
#include "hooks/console.h"
#include "hooks/evaluation.h"
#include "hooks/internal/patient_hash.h"
#include "hooks/log.h"
#include "hooks/pathway_source.h"
#include "hooks/profile.h"
#include "hooks/replay.h"
#include "hooks/service.h"
#include "hooks/store.h"

/// What a server answers with, made of its configuration: at the start, and again at each reload.
namespace renal::hooks::internal {

/// The files that say what is answered.
struct Content {
  ServedPathways pathways;
  std::shared_ptr<const Profiles> profiles;
};

/// Reads them. What is wrong goes to `messages`, all of it; nothing then.
std::optional<Content> ReadContent(const Config& config, std::ostream& messages);

/// What outlives every reload. The pointers are to things that outlive the service.
struct ServingParts {
  Determinism determinism;
  Store* store = nullptr;
  std::function<std::string(std::string_view)> patient_key;
  Log* log = nullptr;
  Metrics* metrics = nullptr;                            ///< null: nothing is counted
  AuditLog* audit = nullptr;                             ///< null: there is no audit trail
  std::function<void(bool taken)> reloaded;              ///< told of each reload; may be empty
  std::function<void(const pathways::Outcome&)> record;  ///< ServiceOptions::record
  std::shared_ptr<fhir::Outgoing> outgoing;
  std::shared_ptr<ReplayGuard> guard;
  std::size_t waiting = 2;  ///< callers that may wait for keys
  std::shared_ptr<const Console> console;
};

/// Who calls, and the FHIR servers that calls may name.
struct Callers {
  std::shared_ptr<Authenticator> authenticator;  ///< null: nobody needs a token
  Authenticate authenticate;
  std::function<std::string(const HttpRequest&)> claimed_client;
  std::map<std::string, std::vector<fhir::AllowedServer>> fhir_servers;
};

/// Reads the clients with their key files and begins to fetch keys. `before` is the authenticator
/// whose place is taken; null: nobody's. What is wrong goes to `messages`, a line each, all of it;
/// nothing then.
std::optional<Callers> MakeCallers(const Config& config, const ServingParts& parts,
                                   const Authenticator* before, std::ostream& messages);

/// The options of the service.
ServiceOptions MakeServing(const Config& config, const Content& content, const Callers& callers,
                           const ServingParts& parts);

/// The profile of clients that nobody names another for: a sandbox that keeps services by id is
/// what a server on loopback is usually tried with.
std::string ProfileOf(const Config& config);

/// The key that names patients in the store.
fhir::Result<PatientHash> PatientKeyOf(const StoreConfig& config);

}  // namespace renal::hooks::internal
