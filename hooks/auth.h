#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fhir/result.h"
#include "hooks/auth_reason.h"
#include "hooks/jwks.h"
#include "hooks/jws_algorithm.h"
#include "hooks/replay.h"

/// Clients prove who they are by a signed token in every call (security.md section 6).
namespace renal::hooks {

namespace internal {
class JwksCache;
}

/// A client as our configuration knows it.
struct AuthClient {
  std::string name;    ///< ours, for logs, metrics and the store
  std::string issuer;  ///< `iss` of its tokens, byte for byte
  std::vector<std::string>
      jwks_urls;     ///< where its keys are fetched, and the only ones `jku` may name
  std::string jwks;  ///< text of a JWK Set; empty: none is given
  std::vector<std::string> audiences;  ///< what `aud` may be beside our public URL and the path
  std::vector<std::string> tenants;    ///< that `tenant` must be one of; empty: any, and none
  std::vector<std::string> services;   ///< ids that it may call; empty: all
};

struct AuthOptions {
  std::vector<AuthClient> clients;
  JwsAlgorithms algorithms = JwsAlgorithms::All();
  std::string base_url;  ///< public, "https://cds.example/renal"; a slash at its end is ignored
  std::chrono::seconds skew{60};        ///< by which clocks may differ; 0 to 300
  std::chrono::seconds lifetime{3600};  ///< longest `exp` after `iat`; 1 to 86,400
  FetchJwks fetch;                      ///< needed where a client has URLs
  JwksSettings jwks;
  ReplaySettings replay;
  /// Remembers used tokens beyond this authenticator, in place of `replay`; null: one of its own.
  std::shared_ptr<ReplayGuard> guard;
};

/// What authentication needs to know of a request.
struct AuthRequest {
  std::span<const std::string_view> authorization;  ///< the value of each Authorization field
  /// The paths that `aud` may name behind the public URL: the one called, for feedback also that of
  /// the service.
  std::span<const std::string_view> paths;
  std::string_view service;  ///< id of the service called; empty: none, as in discovery
  std::chrono::system_clock::time_point now;
  std::string_view exchange;  ///< UsedToken::exchange
};

/// Who called, proven.
struct AuthCaller {
  std::size_t client = 0;  ///< index in AuthOptions::clients
  std::string tenant;      ///< empty where the token has none
};

/// Why nobody was let in.
struct AuthRefusal {
  AuthReason reason = AuthReason::kNoHeader;
  /// The client whose `iss` the token has, proven or not; nothing where there is no such client.
  std::optional<std::size_t> client;
};

/// Takes tokens through all steps of security.md section 6, in their order; the first that fails
/// ends it. Any thread.
class Authenticator {
 public:
  /// Begins to fetch keys in the background; works while no endpoint can be reached. Fails with
  /// kValue and a sentence for the operator, which names the client, where the options are wrong:
  /// all that is wrong, one to a line.
  /// Until keys are fetched, those that `before` has of the same client and URL are good.
  static fhir::Result<std::unique_ptr<Authenticator>> Create(AuthOptions options,
                                                             const Authenticator* before = nullptr);
  ~Authenticator();
  Authenticator(const Authenticator&) = delete;
  Authenticator& operator=(const Authenticator&) = delete;

  /// May wait for a fetch of keys (JwksSettings::wait), and for the shared store of used tokens.
  std::variant<AuthCaller, AuthRefusal> Authenticate(const AuthRequest& request);

  /// The client that the token of these Authorization fields names as its issuer, proven or not.
  std::optional<std::size_t> Claimed(std::span<const std::string_view> authorization) const;

  const AuthClient& client(std::size_t index) const { return options_.clients[index]; }
  const ReplayGuard& replay() const { return *replay_; }

  /// Another one has taken its place: fetches no keys any more, and waits for what is being
  /// fetched. Calls under way end with the keys that are there.
  void Retire();

 private:
  struct Attempt;
  Authenticator(AuthOptions options, std::unique_ptr<internal::JwksCache> keys);
  std::optional<AuthReason> Check(const AuthRequest& request, Attempt& attempt);
  std::optional<AuthReason> CheckSignature(const Attempt& attempt);
  std::optional<AuthReason> CheckReplay(const AuthRequest& request, const Attempt& attempt);
  std::optional<std::size_t> ClientOf(std::string_view issuer) const;

  const AuthOptions options_;
  std::unique_ptr<internal::JwksCache> keys_;
  const std::shared_ptr<ReplayGuard> replay_;
};

}  // namespace renal::hooks
