#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/result.h"
#include "hooks/feedback.h"
#include "hooks/measures.h"
#include "hooks/store_history.h"
#include "hooks/store_target.h"

/// The store: what was answered to whom, by which version of which pathway, so that every card can
/// be traced, and what became of the cards (security.md section 10). Patients and users appear as
/// keyed hashes only.
namespace renal::hooks {

/// What became of one order of the request; all empty for a card that compares no order.
struct DecidedOrder {
  std::string reference;  ///< "ServiceRequest/draft-1"
  std::string action;     ///< action id of the pathway
  std::string verdict;    ///< "concordant", "discordant", ...
  std::string code;       ///< "system|code", or a digest; empty where the order has no code
};

/// One card of a decision.
struct DecisionCard {
  std::string uuid;
  std::string rule;
  std::string focus;      ///< "right"; empty for the patient
  std::string indicator;  ///< "info", "warning" or "critical"
  std::string topic;      ///< code of source.topic; may be empty
  DecidedOrder order;
  std::vector<std::string> suggestions;  ///< their uuids, in the order of the card
};

/// One evaluated hook call. The store keeps texts as they are given and judges none of them.
struct DecisionRecord {
  std::string id;  ///< uuid of the trace; a record whose id is stored already is not stored again
  std::string at;  ///< RFC 3339, with offset
  std::string hook;
  std::string hook_instance;
  std::string service;
  std::string client;  ///< name of the client in our configuration; empty without authentication
  std::string tenant;  ///< of the client; may be empty
  std::string pathway_url;
  std::string pathway_version;
  std::string pathway_hash;
  std::string outcome;        ///< kind of outcome: "recommendation", "need-data", ...
  std::string rules;          ///< ids of the rules behind its results, with a space between
  std::string patient_key;    ///< keyed hash, computed by the caller; never an identifier
  std::string user_key;       ///< the same of the user; empty on hooks without a user
  std::string input_digest;   ///< of the request's body
  std::string inputs_digest;  ///< of the inputs of the outcome: the same data give the same digest
  std::size_t quieted = 0;    ///< cards that were left out because their quiet period lasts
  std::vector<DecisionCard> cards;
};

/// The good items of one feedback call.
struct FeedbackPost {
  std::string client;
  std::string tenant;
  std::string service;
  std::vector<FeedbackItem> items;
  bool strict = false;  ///< nothing is stored where a card is unknown
};

/// What became of a FeedbackPost.
struct FeedbackReceipt {
  enum class Verdict : std::uint8_t {
    kStored,       ///< every item is on disk, now or since an earlier call
    kUnknownCard,  ///< of a strict post: nothing was stored
    kTooMany,      ///< the client's unknown cards of the day are used up: nothing was stored
    kAway          ///< the database did not confirm it in time: repeat the call
  };
  Verdict verdict = Verdict::kAway;
  std::size_t stored = 0;    ///< items that are new
  std::size_t repeated = 0;  ///< items that were stored before
  /// FeedbackItem::index of those whose card this client and tenant was not given by this service,
  /// as far as is known: kept, counted nowhere, and counted as soon as the card's record arrives.
  std::vector<std::size_t> unverified;
};

/// The one use of a token that is allowed.
struct TokenUse {
  std::string issuer;
  std::string id;                 ///< the claim `jti`
  std::chrono::sys_seconds ends;  ///< until when a second use must be known
  /// Uses of one exchange are one use; empty: each is its own.
  std::string exchange;
};

enum class TokenVerdict : std::uint8_t {
  kFirst,  ///< nobody used it before
  kSeen,
  kFull,  ///< as many live tokens are known as may be (StoreLimits), and none is forgotten
  kAway   ///< the database did not answer in time; the use is stored when it is back
};

/// What readiness and metrics say about the store, as the last writing found it.
struct StoreHealth {
  bool ok = true;
  /// Since when writing fails; nothing while it is ok.
  std::optional<std::chrono::system_clock::time_point> failing_since;
  std::string reason;            ///< a sentence for the operator; empty while it is ok
  std::size_t queued = 0;        ///< records that wait for their commit
  std::size_t queued_bytes = 0;  ///< and about how much memory they take
  std::uint64_t failures = 0;    ///< attempts to write that failed, since the start
};

/// The clock of stored times; tests bring their own.
using StoreClock = std::function<std::chrono::system_clock::time_point()>;

/// What a store holds and how long it is waited for (security.md sections 6 and 10).
struct StoreLimits {
  std::size_t queue_records = 10'000;  ///< records that wait for their commit
  std::size_t queue_bytes = std::size_t{64} * 1024 * 1024;
  std::size_t queue_tokens = 10'000;  ///< uses of tokens that may wait for a database that is away
  std::chrono::milliseconds statement{2'000};      ///< one statement that writes, on a server
  std::chrono::milliseconds feedback_wait{2'500};  ///< the longest that Take() waits for its commit
  std::chrono::milliseconds token_wait{500};       ///< the same of InsertToken()
  std::chrono::milliseconds quiet_wait{250};       ///< the same of QuietCards()
  std::chrono::milliseconds measure_wait{5'000};   ///< the same of Measure()
  std::chrono::milliseconds flush{10'000};  ///< the same of a server that ends, for all of them
  /// Items with unknown cards that are kept of a client in a day (UTC).
  std::size_t unknown_per_day = 1'000;
  std::size_t live_tokens = 1'000'000;  ///< none is forgotten while it lives
};

/// Takes decisions at once and writes them behind the caller's back, in order, several to a commit;
/// feedback and tokens share these commits and wait for them.
///
/// What was acknowledged is durable: it outlives kill -9 and loss of power. While the database is
/// away, locked or its disk full, records wait in the bounded queue, and the writer opens the
/// database anew until it is back, at least every 5 s. Only the store's own threads touch the
/// database, so no caller waits longer than it says. All functions are safe from any thread.
class Store {
 public:
  static constexpr std::size_t kQueueRecords = StoreLimits().queue_records;
  static constexpr std::size_t kQueueBytes = StoreLimits().queue_bytes;

  /// Opens the database, made if it is missing (a folder for its owner only), and brings its schema
  /// up to date. One store at a time holds a folder; any number shares a PostgreSQL database.
  ///
  /// Fails with a sentence for the operator: kTransient where another program holds the folder or
  /// the file, or the database cannot be reached; kNotSupported where the database belongs to
  /// another program or is of a newer version than this one (both are left untouched) or is no
  /// database; kProcessing where it cannot be written.
  static fhir::Result<std::unique_ptr<Store>> Open(const StoreTarget& target, StoreClock clock = {},
                                                   const StoreLimits& limits = {});
  static fhir::Result<std::unique_ptr<Store>> Open(const std::filesystem::path& dir) {
    return Open(StoreTarget::InFolder(dir));
  }

  /// Writes what is queued, with one attempt if the database is away, then closes it.
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Queues a record without waiting for the disk. False if it would exceed one of the limits: then
  /// nothing was taken.
  bool Enqueue(DecisionRecord record);

  /// Stores feedback, all items or none, each once however often it comes; returns when it is on
  /// the disk. At once with kAway while writing fails.
  FeedbackReceipt Take(FeedbackPost post);

  /// Settles between all servers that share the database whether this is the first use of a token.
  /// At once with kAway while writing fails.
  TokenVerdict InsertToken(const TokenUse& use);

  /// Which cards of a decision, not yet enqueued, repeat one that the same user overrode with a
  /// reason in the last `quiet_for`, for the same patient, order and data. One value a card; all
  /// false without client or user, and where the database does not answer in time.
  std::vector<bool> QuietCards(const DecisionRecord& record, std::chrono::hours quiet_for);

  /// The counts; kTransient if the database does not answer in time.
  fhir::Result<Measures> Measure(const MeasureQuery& query);

  /// The versions of pathways that calls were answered with, the newest first, at most
  /// kMaxVersions; and what is stored about a card. kTransient if the database does not answer in
  /// time.
  static constexpr int kMaxVersions = 100;
  fhir::Result<std::vector<ServedVersion>> Versions();
  fhir::Result<StoredCard> StoredOf(const std::string& card);

  /// Waits until every record taken so far is committed; false if `deadline` comes first.
  bool Flush(std::chrono::steady_clock::time_point deadline);

  StoreHealth health() const;

 private:
  struct Parts;
  explicit Store(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

/// The counts of a store that a server may be using; read only. Fails as Store::Open(), and with
/// kNotSupported where the schema is older than this program's.
fhir::Result<Measures> MeasureAt(const StoreTarget& target, const MeasureQuery& query);

}  // namespace renal::hooks
