#include "hooks/internal/serving.h"

#include <ostream>
#include <utility>
#include <vector>

#include "hooks/authenticate.h"
#include "hooks/internal/auth_setup.h"
#include "hooks/internal/fhir_servers.h"

namespace renal::hooks::internal {
namespace {

/// Whether every profile that the configuration names is there; says which is not.
bool HaveProfiles(const Config& config, const Profiles& profiles, std::ostream& messages) {
  std::vector<std::string> names = {ProfileOf(config)};
  for (const ClientConfig& client : config.clients) {
    if (!client.profile.empty()) names.push_back(client.profile);
  }
  bool all = true;
  for (const std::string& name : names) {
    if (profiles.Find(name) != nullptr) continue;
    messages << "renalpath: there is no client profile \"" << name
             << "\": name a shipped one, or add its file to profile_files\n";
    all = false;
  }
  return all;
}

pathways::Reach ReachOf(const Config& config) {
  return ReachesBeyond(config) ? pathways::Reach::kBeyond : pathways::Reach::kLoopback;
}

void Say(const fhir::Issue& issue, std::ostream& messages) {
  messages << "renalpath: " << issue.diagnostics << '\n';
}

/// Who calls, by tokens; nobody is asked where none are needed.
bool AddAuthentication(const Config& config, const ServingParts& parts, const Authenticator* before,
                       Callers& callers, std::ostream& messages) {
  if (!NeedsTokens(config)) return true;
  auto made = MakeAuthenticator(config, {.outgoing = parts.outgoing,
                                         .log = parts.log,
                                         .metrics = parts.metrics,
                                         .waiting = parts.waiting,
                                         .before = before,
                                         .guard = parts.guard});
  if (!made) {
    Say(made.error(), messages);
    return false;
  }
  AuthPolicy policy{.open_discovery = config.auth.open_discovery,
                    .default_profile = ProfileOf(config),
                    .exchange_header = config.auth.retry_header,
                    .exchange_proxies = config.auth.retry_proxies};
  for (const ClientConfig& client : config.clients) policy.profiles.push_back(client.profile);
  callers.authenticator = *std::move(made);
  callers.authenticate = AuthenticateBy(callers.authenticator, std::move(policy));
  callers.claimed_client = ClaimedClientBy(callers.authenticator);
  return true;
}

}  // namespace

std::string ProfileOf(const Config& config) {
  if (!config.profile.empty()) return config.profile;
  return !ReachesBeyond(config) && config.clients.empty() ? "sandbox" : "standard";
}

fhir::Result<PatientHash> PatientKeyOf(const StoreConfig& config) {
  if (!config.patient_key.empty()) return PatientHash::OpenFile(config.patient_key);
  return PatientHash::Open(config.folder);
}

std::optional<Content> ReadContent(const Config& config, std::ostream& messages) {
  auto pathways = OpenServed(config.files, ReachOf(config), messages);
  auto profiles = Profiles::Open(config.profile_files, messages);
  bool good = pathways.has_value() && profiles != nullptr;
  if (profiles != nullptr) good = HaveProfiles(config, *profiles, messages) && good;
  if (pathways) {
    good = FindEdition(pathways->editions, config.language, messages) != nullptr && good;
  }
  if (!good) return std::nullopt;
  return Content{*std::move(pathways), std::move(profiles)};
}

std::optional<Callers> MakeCallers(const Config& config, const ServingParts& parts,
                                   const Authenticator* before, std::ostream& messages) {
  Callers callers;
  auto servers = ReadFhirServers(config);
  if (!servers) Say(servers.error(), messages);
  const bool known = AddAuthentication(config, parts, before, callers, messages);
  if (!servers || !known) return std::nullopt;
  callers.fhir_servers = *std::move(servers);
  return callers;
}

ServiceOptions MakeServing(const Config& config, const Content& content, const Callers& callers,
                           const ServingParts& parts) {
  const PathwayEditions& editions = content.pathways.editions;
  return {.pathway = editions.front(),
          .translations = {editions.begin() + 1, editions.end()},
          .shadow = content.pathways.shadow,
          .language = config.language,
          .document = content.pathways.document,
          .profiles = content.profiles,
          .profile = ProfileOf(config),
          .determinism = parts.determinism,
          .outcome = config.outcome,
          .store = parts.store,
          .patient_key = parts.patient_key,
          .feedback_strict = config.feedback_strict,
          .log = parts.log,
          .metrics = parts.metrics,
          .audit = parts.audit,
          .record = parts.record,
          .authenticate = callers.authenticate,
          .claimed_client = callers.claimed_client,
          .fhir_servers = callers.fhir_servers,
          .outgoing = parts.outgoing.get(),
          .fetch = config.limits.fetch,
          .limits = config.limits.calls,
          .cors = Cors(config.cors_origins),
          .console = parts.console,
          .base_path = BasePath(config.listen.public_url)};
}

}  // namespace renal::hooks::internal
