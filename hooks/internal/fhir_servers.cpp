#include "hooks/internal/fhir_servers.h"

namespace renal::hooks::internal {
namespace {

using fhir::AllowedServer;

/// Reads the entries of one list; what is wrong goes to `problems`, a line each.
std::vector<AllowedServer> Read(const std::vector<PeerConfig>& peers, const std::string& where,
                                bool allow_http, std::string& problems) {
  std::vector<AllowedServer> servers;
  for (const PeerConfig& peer : peers) {
    auto server = AllowedServer::Read(peer.url, peer.allow_cidr, peer.ca_file.string(), allow_http);
    if (server) {
      servers.push_back(*std::move(server));
    } else {
      problems += (problems.empty() ? "" : "\n") + where + ": " + server.error().diagnostics;
    }
  }
  return servers;
}

}  // namespace

fhir::Result<std::map<std::string, std::vector<AllowedServer>>> ReadFhirServers(
    const Config& config) {
  std::map<std::string, std::vector<AllowedServer>> servers;
  std::string problems;
  servers[""] = Read(config.fhir, "[[fhir]]", config.allow_http, problems);
  for (const ClientConfig& client : config.clients) {
    servers[client.name] = Read(client.fhir, "[[client.fhir]] of client '" + client.name + "'",
                                config.allow_http, problems);
  }
  if (!problems.empty()) return fhir::Issue{fhir::IssueCode::kValue, problems, {}};
  return servers;
}

}  // namespace renal::hooks::internal
