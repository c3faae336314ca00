#include "fhir/outgoing.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <utility>

#include "fhir/internal/rest_breaker.h"
#include "fhir/internal/rest_lane.h"
#include "fhir/internal/rest_resolver.h"
#include "fhir/internal/rest_socket.h"

namespace renal::fhir {
namespace {

using internal::LaneAnswer;
using internal::LaneFault;
using internal::RestLane;
using std::chrono::steady_clock;

constexpr std::size_t kMaxTokenBytes = std::size_t{8} * 1024;
constexpr std::size_t kMaxIdleLanes = 256;
constexpr std::size_t kMaxAddresses = 3;  // of one name that are tried
constexpr std::chrono::milliseconds kGrace{500};

Issue Fault(std::string_view why) {
  IssueCode code = IssueCode::kTransient;
  if (why == call_fault::kNotAllowed || why == call_fault::kAddress || why == call_fault::kToken) {
    code = IssueCode::kForbidden;
  } else if (why == call_fault::kTimeout) {
    code = IssueCode::kTimeout;
  } else if (why == call_fault::kTooLarge) {
    code = IssueCode::kTooLong;
  }
  return {code, std::string(why), {}};
}

// What could end a header field, or be taken for two tokens, is no token.
bool IsToken(std::string_view token) {
  return token.size() <= kMaxTokenBytes &&
         std::ranges::all_of(token, [](char c) { return c > 0x20 && c < 0x7F; });
}

bool IsLoopback(const IpAddress& address) {
  static const AddressBlock kV4 = *AddressBlock::Parse("127.0.0.0/8");
  static const AddressBlock kV6 = *AddressBlock::Parse("::1/128");
  return kV4.Contains(address) || kV6.Contains(address);
}

bool AllMayBeCalled(const std::vector<IpAddress>& addresses, const AllowedServer& server) {
  return std::ranges::all_of(addresses, [&](const IpAddress& address) {
    const bool plain = server.base.scheme == "http";
    return MayCall(address, server.allow_cidr) && (!plain || IsLoopback(address));
  });
}

std::string_view FaultOf(const LaneAnswer& answer) {
  switch (answer.fault) {
    case LaneFault::kUnreachable:
      return call_fault::kUnreachable;
    case LaneFault::kTls:
      return call_fault::kTls;
    case LaneFault::kTimeout:
      return call_fault::kTimeout;
    case LaneFault::kBroken:
      return call_fault::kBroken;
    case LaneFault::kTooLarge:
      return call_fault::kTooLarge;
    case LaneFault::kNone:
      break;
  }
  if (answer.status == 200) return answer.encoded ? call_fault::kEncoded : std::string_view();
  if (answer.status >= 300 && answer.status < 400) return call_fault::kRedirect;
  if (answer.status >= 400 && answer.status < 500) return call_fault::kRejected;
  return answer.status >= 500 && answer.status < 600 ? call_fault::kServerFault
                                                     : call_fault::kOddStatus;
}

// What says that a server is unwell. That it refuses a token, or a resource is not there, does not.
bool CountsAsFailure(std::string_view fault, int status) {
  return !fault.empty() && (fault != call_fault::kRejected || status == 429);
}

std::optional<std::chrono::seconds> MaxAgeOf(std::string_view cache_control) {
  std::string text(cache_control);
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  if (text.find("no-store") != std::string::npos || text.find("no-cache") != std::string::npos) {
    return std::chrono::seconds(0);
  }
  constexpr std::string_view kMaxAge = "max-age=";
  for (std::size_t at = text.find(kMaxAge); at != std::string::npos;
       at = text.find(kMaxAge, at + 1)) {
    const bool begins = at == 0 || text[at - 1] == ' ' || text[at - 1] == ',';
    std::uint32_t seconds = 0;
    const char* from = text.data() + at + kMaxAge.size();
    const auto read = std::from_chars(from, text.data() + text.size(), seconds);
    if (begins && read.ec == std::errc()) return std::chrono::seconds(seconds);
  }
  return std::nullopt;
}

}  // namespace

Result<AllowedServer> AllowedServer::Read(std::string_view url,
                                          const std::vector<std::string>& blocks,
                                          std::string ca_file, bool allow_http) {
  AllowedServer server;
  const auto base = Url::Parse(url);
  if (!base) {
    return Issue{IssueCode::kValue,
                 "\"" + std::string(url) +
                     "\" is no URL of a server: write https://NAME[:PORT]/PATH, without a query, "
                     "user name or fragment.",
                 {}};
  }
  server.base = *base;
  server.ca_file = std::move(ca_file);
  server.allow_http = allow_http;
  if (base->scheme == "http" && !allow_http) {
    return Issue{IssueCode::kValue,
                 "\"" + std::string(url) +
                     "\" is not called: tokens would travel unprotected. Write https, or set "
                     "dev.allow_http for a server on loopback.",
                 {}};
  }
  for (const std::string& text : blocks) {
    const auto block = AddressBlock::Parse(text);
    if (!block) {
      return Issue{IssueCode::kValue,
                   "\"" + text +
                       "\" is no block of addresses: write it like "
                       "10.20.0.0/16 or fd12:3400::/32, with nothing behind the prefix.",
                   {}};
    }
    server.allow_cidr.push_back(*block);
  }
  return server;
}

/// One call on its way.
struct Pending {
  Pending() = default;
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;
  ~Pending() { EraseToken(); }
  void EraseToken() { std::ranges::fill(call.token, '\0'); }

  OutgoingCall call;
  Outgoing::Done done;
  std::string origin;
  std::vector<IpAddress> addresses;  // not yet tried, the next one last
  bool over = false;                 // `done` was called
};

struct Outgoing::State : std::enable_shared_from_this<Outgoing::State> {
  struct Origin {
    explicit Origin(const Limits& limits) : breaker(limits.failures, limits.open) {}
    internal::RestBreaker breaker;
    std::size_t under_way = 0;
    std::deque<std::shared_ptr<Pending>> waiting;
  };
  struct IdleLane {
    std::string key;
    std::shared_ptr<RestLane> lane;
    steady_clock::time_point since;
  };

  explicit State(const Limits& the_limits) : limits(the_limits), resolver(internal::Lookup) {}

  void Submit(const std::shared_ptr<Pending>& pending);
  void Begin(const std::shared_ptr<Pending>& pending);
  void OnAddresses(const std::shared_ptr<Pending>& pending, std::vector<IpAddress> addresses);
  void Send(const std::shared_ptr<Pending>& pending);
  void OnAnswer(const std::shared_ptr<Pending>& pending, const std::string& key,
                const std::shared_ptr<RestLane>& lane, LaneAnswer answer);
  void End(const std::shared_ptr<Pending>& pending, Result<CallAnswer> result);
  void Leave(const std::shared_ptr<Pending>& pending);
  void Judge(const std::shared_ptr<Pending>& pending, bool failed);
  std::shared_ptr<RestLane> TakeLane(const std::string& key);
  void KeepLane(const std::string& key, std::shared_ptr<RestLane> lane);

  const Limits limits;
  internal::RestResolver resolver;
  std::mutex mutex;
  std::map<std::string, Origin> origins;
  std::deque<IdleLane> idle;
  bool ended = false;
};

// Refuses what needs no call, then waits for a place.
void Outgoing::State::Submit(const std::shared_ptr<Pending>& pending) {
  const OutgoingCall& call = pending->call;
  std::string_view why;
  bool begun = false;
  if (!Within(call.server.base, call.url) ||
      (call.url.scheme == "http" && !call.server.allow_http)) {
    why = call_fault::kNotAllowed;
  } else if (!IsToken(call.token)) {
    why = call_fault::kToken;
  } else if (steady_clock::now() >= call.deadline) {
    why = call_fault::kTimeout;
  } else {
    const std::lock_guard lock(mutex);
    Origin& origin = origins.try_emplace(pending->origin, limits).first->second;
    if (!origin.breaker.Admit(steady_clock::now())) {
      why = call_fault::kBreaker;
    } else if (origin.under_way < limits.calls) {
      ++origin.under_way;
      begun = true;
    } else if (origin.waiting.size() < limits.waiting) {
      origin.waiting.push_back(pending);
    } else {
      why = call_fault::kBusy;
    }
  }
  if (!why.empty()) return End(pending, Fault(why));
  internal::RunAt(call.deadline, [self = weak_from_this(), pending] {
    if (const auto state = self.lock()) state->End(pending, Fault(call_fault::kTimeout));
  });
  if (begun) Begin(pending);
}

void Outgoing::State::Begin(const std::shared_ptr<Pending>& pending) {
  const Url& url = pending->call.url;
  if (url.literal) return OnAddresses(pending, {*IpAddress::Parse(url.host)});
  // Not on the resolver's threads: nobody waits for their end, and what OpenSSL keeps for a thread
  // that is still there at the end of the program is lost.
  resolver.Resolve(url.host, [self = shared_from_this(), pending](auto addresses) {
    internal::RunAt(steady_clock::now(), [self, pending, addresses = std::move(addresses)] {
      self->OnAddresses(pending, addresses);
    });
  });
}

void Outgoing::State::OnAddresses(const std::shared_ptr<Pending>& pending,
                                  std::vector<IpAddress> addresses) {
  if (addresses.empty()) {
    Judge(pending, true);
    End(pending, Fault(call_fault::kUnresolved));
    return Leave(pending);
  }
  // One bad address among good ones is how a name is turned against its users.
  if (!AllMayBeCalled(addresses, pending->call.server)) {
    End(pending, Fault(call_fault::kAddress));
    return Leave(pending);
  }
  addresses.resize(std::min(addresses.size(), kMaxAddresses));
  pending->addresses.assign(addresses.rbegin(), addresses.rend());
  Send(pending);
}

void Outgoing::State::Send(const std::shared_ptr<Pending>& pending) {
  const OutgoingCall& call = pending->call;
  const IpAddress address = pending->addresses.back();
  pending->addresses.pop_back();
  const std::string key =
      call.tenant + "\n" + pending->origin + "\n" + address.ToString() + "\n" + call.server.ca_file;
  try {
    auto lane = TakeLane(key);
    if (!lane) {
      lane = RestLane::Make({.tls = call.url.scheme == "https",
                             .address = address,
                             .port = call.url.port,
                             .name = call.url.host,
                             .authority = call.url.Authority(),
                             .ca_file = call.server.ca_file});
    }
    lane->Send({.target = call.url.Target(),
                .accept = call.accept,
                .token = call.token,
                .traceparent = call.traceparent,
                .tracestate = call.tracestate,
                .max_bytes = call.max_bytes,
                .connect = limits.connect,
                .deadline = call.deadline},
               [self = shared_from_this(), pending, key, lane](LaneAnswer answer) {
                 self->OnAnswer(pending, key, lane, std::move(answer));
               });
  } catch (const std::exception&) {
    End(pending, Fault(call_fault::kBroken));
    Leave(pending);
  }
}

void Outgoing::State::OnAnswer(const std::shared_ptr<Pending>& pending, const std::string& key,
                               const std::shared_ptr<RestLane>& lane, LaneAnswer answer) {
  if (answer.clean) KeepLane(key, lane);
  // Nothing was sent yet, so another address of the same name may be asked.
  if (answer.fault == LaneFault::kUnreachable && !pending->addresses.empty() &&
      steady_clock::now() < pending->call.deadline) {
    return Send(pending);
  }
  const std::string_view why = FaultOf(answer);
  Judge(pending, CountsAsFailure(why, answer.status));
  if (why.empty()) {
    End(pending, CallAnswer{std::move(answer.body), MaxAgeOf(answer.cache_control)});
  } else {
    End(pending, Fault(why));
  }
  Leave(pending);
}

void Outgoing::State::Judge(const std::shared_ptr<Pending>& pending, bool failed) {
  const std::lock_guard lock(mutex);
  internal::RestBreaker& breaker = origins.at(pending->origin).breaker;
  failed ? breaker.Failed(steady_clock::now()) : breaker.Succeeded();
}

void Outgoing::State::End(const std::shared_ptr<Pending>& pending, Result<CallAnswer> result) {
  {
    const std::lock_guard lock(mutex);
    if (std::exchange(pending->over, true)) return;
  }
  pending->done(std::move(result));
}

// Gives the place to the next that waits and is not too late.
void Outgoing::State::Leave(const std::shared_ptr<Pending>& pending) {
  pending->EraseToken();
  std::shared_ptr<Pending> next;
  {
    const std::lock_guard lock(mutex);
    Origin& origin = origins.at(pending->origin);
    --origin.under_way;
    while (!origin.waiting.empty() && !next) {
      if (!origin.waiting.front()->over) next = origin.waiting.front();
      origin.waiting.pop_front();
    }
    if (next) ++origin.under_way;
  }
  if (next) Begin(next);
}

std::shared_ptr<RestLane> Outgoing::State::TakeLane(const std::string& key) {
  const std::lock_guard lock(mutex);
  const auto old = steady_clock::now() - limits.keep;
  while (!idle.empty() && idle.front().since < old) idle.pop_front();
  // The one used last is the likeliest to be open still.
  const auto found = std::find_if(idle.rbegin(), idle.rend(),
                                  [&](const IdleLane& each) { return each.key == key; });
  if (found == idle.rend()) return nullptr;
  auto lane = std::move(found->lane);
  idle.erase(std::next(found).base());
  return lane;
}

void Outgoing::State::KeepLane(const std::string& key, std::shared_ptr<RestLane> lane) {
  const std::lock_guard lock(mutex);
  if (ended) return;
  if (idle.size() >= kMaxIdleLanes) idle.pop_front();
  idle.push_back({key, std::move(lane), steady_clock::now()});
}

Outgoing::Outgoing(const Limits& limits) : state_(std::make_shared<State>(limits)) {}

// Calls under way end by themselves; the connections that are kept end here.
Outgoing::~Outgoing() {
  std::deque<State::IdleLane> lanes;
  const std::lock_guard lock(state_->mutex);
  state_->ended = true;
  lanes.swap(state_->idle);
}

void Outgoing::Start(OutgoingCall call, Done done) {
  auto pending = std::make_shared<Pending>();
  pending->origin = call.url.Origin();
  pending->call = std::move(call);
  pending->done = std::move(done);
  state_->Submit(pending);
}

Result<CallAnswer> Outgoing::Get(OutgoingCall call) {
  const auto answer = std::make_shared<std::promise<Result<CallAnswer>>>();
  auto future = answer->get_future();
  const auto give_up = call.deadline + kGrace;
  Start(std::move(call),
        [answer](Result<CallAnswer> result) { answer->set_value(std::move(result)); });
  // The client's threads may be busy; whoever waits here must not be held up by them.
  if (future.wait_until(give_up) != std::future_status::ready) return Fault(call_fault::kTimeout);
  return future.get();
}

}  // namespace renal::fhir
