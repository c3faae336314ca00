#include "hooks/internal/jwks_cache.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace renal::hooks::internal {
namespace {

using fhir::Issue;
using fhir::IssueCode;

struct Loaded {
  std::shared_ptr<const JwkSet> keys;
  std::optional<std::chrono::seconds> max_age;
};

fhir::Result<Loaded> Load(const FetchJwks& fetch, std::string_view client, const std::string& url) {
  try {
    const auto answer = fetch(client, url);
    if (!answer) return answer.error();
    auto keys = JwkSet::Read(answer->body);
    if (!keys) return keys.error();
    return Loaded{std::make_shared<const JwkSet>(*std::move(keys)), answer->max_age};
  } catch (...) {
    return Issue{IssueCode::kException, "The fetch met a defect.", {}};
  }
}

bool Concerns(const JwksSource& source, const std::optional<std::string>& jku) {
  return !jku || source.url() == *jku;
}

}  // namespace

JwksCache::JwksCache(std::vector<Client> clients, FetchJwks fetch, JwksSettings settings,
                     const JwksCache* before)
    : fetch_(std::move(fetch)), settings_(std::move(settings)), shown_(nullptr) {
  const Clock::time_point now = Clock::now();
  std::size_t urls = 0;
  for (Client& client : clients) {
    State state{.client = std::move(client)};
    for (const std::string& url : state.client.urls) state.sources.emplace_back(url, now);
    urls += state.sources.size();
    clients_.push_back(std::move(state));
  }
  if (before != nullptr) Adopt(*before);
  shown_.Replace(Show());
  const auto threads = std::min<std::size_t>(urls, settings_.threads);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

JwksCache::~JwksCache() { Retire(); }

void JwksCache::Adopt(const JwksCache& before) {
  const auto theirs = before.shown_.Get();
  for (State& state : clients_) {
    // Names and order of clients never change once a cache is made.
    const auto same = std::ranges::find(before.clients_, state.client.name,
                                        [](const State& each) { return each.client.name; });
    if (same == before.clients_.end()) continue;
    const ShownClient& shown = (*theirs)[static_cast<std::size_t>(same - before.clients_.begin())];
    for (JwksSource& source : state.sources) {
      const auto known = std::ranges::find(shown.sources, source.url(), &Shown::url);
      if (known != shown.sources.end()) source.Adopt(known->keys, known->usable_until);
    }
  }
}

void JwksCache::Retire() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

std::variant<Jwk, AuthReason> JwksCache::Find(std::size_t client, std::string_view kid,
                                              const std::optional<std::string>& jku) {
  const auto seen = shown_.Get();
  auto found = Look((*seen)[client], kid, jku);
  const auto* reason = std::get_if<AuthReason>(&found);
  if (reason == nullptr || *reason == AuthReason::kKeyAmbiguous) return found;
  AwaitFetch(client, jku, *seen);
  return Look((*shown_.Get())[client], kid, jku);
}

// The set that the token names decides where it knows the kid. Otherwise all sets of the client are
// one, in which the kid must stand for one key; two URLs may well serve the same one.
std::variant<Jwk, AuthReason> JwksCache::Look(const ShownClient& client, std::string_view kid,
                                              const std::optional<std::string>& jku) {
  const Clock::time_point now = Clock::now();
  bool complete = true;
  for (const Shown& source : client.sources) {
    const bool named = jku && source.url == *jku;
    if (!source.Usable(now)) {
      if (named || !jku) complete = false;
    } else if (named) {
      const auto keys = source.keys->WithKid(kid);
      if (keys.size() == 1) return keys.front();
      if (keys.size() > 1) return AuthReason::kKeyAmbiguous;
    }
  }
  const Jwk* found = nullptr;
  for (const Shown& source : client.sources) {
    if (!source.Usable(now)) continue;
    for (const Jwk& key : source.keys->WithKid(kid)) {
      const bool repeated = source.keys->WithKid(kid).size() > 1;
      if (repeated || (found != nullptr && !found->SameKey(key))) return AuthReason::kKeyAmbiguous;
      found = &key;
    }
  }
  if (found != nullptr) return *found;
  return complete ? AuthReason::kKeyUnknown : AuthReason::kNoKeys;
}

/// Makes the sources due that may have an unknown kid; false where it is too soon for that, or
/// there are none.
bool JwksCache::Begin(State& state, const std::optional<std::string>& jku,
                      const JwksSettings& settings) {
  const Clock::time_point now = Clock::now();
  if (state.last_extra && now - *state.last_extra < settings.cooldown) return false;
  bool any = false;
  for (JwksSource& source : state.sources) {
    if (!Concerns(source, jku)) continue;
    source.Hasten(now);
    any = true;
  }
  if (any) state.last_extra = now;
  return any;
}

/// Waits for a fetch that is under way, or for one that this caller may cause, if there is one and
/// a place to wait. Not where one has ended since the caller looked at `seen`.
void JwksCache::AwaitFetch(std::size_t client, const std::optional<std::string>& jku,
                           const ShownClients& seen) {
  std::unique_lock lock(mutex_);
  State& state = clients_[client];
  if (waiting_ >= settings_.waiting) return;
  const auto awaited = [&](const JwksSource& source) {
    return Concerns(source, jku) && source.Awaited(Clock::now());
  };
  if (std::ranges::none_of(state.sources, awaited)) {
    const bool outdated = shown_.Get().get() != &seen;
    if (outdated || !Begin(state, jku, settings_)) return;
    changed_.notify_all();
  }
  // A source that is due again after its fetch is nothing to wait for.
  std::vector<std::size_t> until;
  for (const JwksSource& source : state.sources) {
    until.push_back(source.fetches() + (awaited(source) ? 1 : 0));
  }
  ++waiting_;
  changed_.wait_for(lock, settings_.wait, [&] {
    return ending_ || std::ranges::equal(state.sources, until, std::ranges::greater_equal(),
                                         &JwksSource::fetches);
  });
  --waiting_;
}

std::shared_ptr<const JwksCache::ShownClients> JwksCache::Show() const {
  auto shown = std::make_shared<ShownClients>();
  for (const State& state : clients_) {
    ShownClient client;
    if (state.client.given) {
      client.sources.push_back({{}, state.client.given, Clock::time_point::max()});
    }
    for (const JwksSource& source : state.sources) {
      client.sources.push_back({source.url(), source.keys(), source.usable_until()});
    }
    shown->push_back(std::move(client));
  }
  return shown;
}

/// The source that is due first, if its time has come; else when that will be.
std::optional<JwksCache::Task> JwksCache::Next(Clock::time_point& earliest) const {
  std::optional<Task> next;
  earliest = Clock::time_point::max();
  for (std::size_t client = 0; client < clients_.size(); ++client) {
    const auto& sources = clients_[client].sources;
    for (std::size_t source = 0; source < sources.size(); ++source) {
      if (sources[source].fetching() || sources[source].due() >= earliest) continue;
      earliest = sources[source].due();
      next = Task{client, source};
    }
  }
  return earliest <= Clock::now() ? next : std::nullopt;
}

void JwksCache::Work() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    Clock::time_point earliest;
    if (const auto task = Next(earliest)) {
      Fetch(*task, lock);
    } else if (earliest == Clock::time_point::max()) {
      changed_.wait(lock);  // others fetch all there is
    } else {
      changed_.wait_until(lock, earliest);
    }
  }
}

void JwksCache::Fetch(Task task, std::unique_lock<std::mutex>& lock) {
  State& state = clients_[task.client];
  JwksSource& source = state.sources[task.source];
  source.Begin();
  lock.unlock();
  const auto loaded = Load(fetch_, state.client.name, source.url());
  Report(state.client.name, loaded ? loaded->keys.get() : nullptr,
         loaded ? std::string() : loaded.error().diagnostics);
  lock.lock();
  const Clock::time_point now = Clock::now();
  if (loaded) {
    source.Succeed(now, loaded->keys, loaded->max_age, settings_);
    shown_.Replace(Show());
  } else {
    source.Fail(now, settings_);
  }
  changed_.notify_all();
}

void JwksCache::Report(std::string_view client, const JwkSet* keys, std::string reason) const {
  if (!settings_.report) return;
  try {
    settings_.report({.client = client,
                      .loaded = keys != nullptr,
                      .keys = keys != nullptr ? keys->size() : 0,
                      .skipped = keys != nullptr ? keys->skipped() : 0,
                      .reason = std::move(reason)});
  } catch (...) {
    return;  // whoever is told must not end the thread
  }
}

}  // namespace renal::hooks::internal
