#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include "hooks/auth_reason.h"
#include "hooks/internal/jwks_source.h"
#include "hooks/internal/snapshot.h"
#include "hooks/jwk.h"
#include "hooks/jwks.h"

namespace renal::hooks::internal {

/// The keys of all clients: those given in the configuration, and those fetched from its URLs and
/// kept fresh in the background. Readers of a key that is there take no lock. Any thread.
class JwksCache {
 public:
  struct Client {
    std::string name;
    std::vector<std::string> urls;
    std::shared_ptr<const JwkSet> given;  ///< null: none
  };

  /// Begins to fetch at once, in the background. `fetch` is not called where there are no URLs.
  /// What `before` has for the same client and URL is good until the first fetch has ended.
  JwksCache(std::vector<Client> clients, FetchJwks fetch, JwksSettings settings,
            const JwksCache* before = nullptr);
  /// As Retire().
  ~JwksCache();
  JwksCache(const JwksCache&) = delete;
  JwksCache& operator=(const JwksCache&) = delete;

  /// The key of this client with this kid, from the set at `jku` first where it is given (which
  /// must be one of the client's URLs). An unknown kid causes a fetch, not more often than the
  /// settings say, and waits for it. Else kKeyUnknown, kKeyAmbiguous, or kNoKeys where a set that
  /// may hold it was never to be had.
  std::variant<Jwk, AuthReason> Find(std::size_t client, std::string_view kid,
                                     const std::optional<std::string>& jku);

  /// Fetches nothing any more, and waits for what is being fetched. Keys that are there can still
  /// be found. More than once does no harm, but one call at a time.
  void Retire();

 private:
  using Clock = JwksSource::Clock;
  /// What readers see of one source.
  struct Shown {
    std::string url;  // empty: given in the configuration
    std::shared_ptr<const JwkSet> keys;
    Clock::time_point usable_until;
    bool Usable(Clock::time_point now) const { return keys != nullptr && now < usable_until; }
  };
  struct ShownClient {
    std::vector<Shown> sources;
  };
  using ShownClients = std::vector<ShownClient>;
  struct State {
    Client client;
    std::vector<JwksSource> sources;
    std::optional<Clock::time_point> last_extra;
  };
  struct Task {
    std::size_t client;
    std::size_t source;
  };

  static std::variant<Jwk, AuthReason> Look(const ShownClient& client, std::string_view kid,
                                            const std::optional<std::string>& jku);
  void AwaitFetch(std::size_t client, const std::optional<std::string>& jku,
                  const ShownClients& seen);
  void Adopt(const JwksCache& before);
  static bool Begin(State& state, const std::optional<std::string>& jku,
                    const JwksSettings& settings);
  std::shared_ptr<const ShownClients> Show() const;
  void Work();
  std::optional<Task> Next(Clock::time_point& earliest) const;
  void Fetch(Task task, std::unique_lock<std::mutex>& lock);
  void Report(std::string_view client, const JwkSet* keys, std::string reason) const;

  const FetchJwks fetch_;
  const JwksSettings settings_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<State> clients_;
  std::size_t waiting_ = 0;
  bool ending_ = false;
  Snapshot<ShownClients> shown_;
  std::vector<std::thread> threads_;
};

}  // namespace renal::hooks::internal
