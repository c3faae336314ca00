#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/result.h"

/// The store of decisions: what was answered to whom, by which version of which pathway, so that
/// every card can be traced (security.md section 10). Patients appear as keyed hashes only.
namespace renal::hooks {

/// What became of one order of the request; all empty for a card that compares no order.
struct DecidedOrder {
  std::string reference;  ///< "ServiceRequest/draft-1"
  std::string action;     ///< action id of the pathway
  std::string verdict;    ///< "concordant", "discordant", ...
};

/// One card of a decision.
struct DecisionCard {
  std::string uuid;
  std::string rule;
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
  std::string pathway_url;
  std::string pathway_version;
  std::string pathway_hash;
  std::string outcome;      ///< kind of outcome: "recommendation", "need-data", ...
  std::string patient_key;  ///< keyed hash, computed by the caller; never an identifier
  std::string input_digest;
  std::vector<DecisionCard> cards;
};

/// What readiness and metrics say about the store, as the last writing found it.
struct StoreHealth {
  bool ok = true;
  /// Since when writing fails; nothing while it is ok.
  std::optional<std::chrono::system_clock::time_point> failing_since;
  std::string reason;            ///< a sentence for the operator; empty while it is ok
  std::size_t queued = 0;        ///< records that wait for their commit
  std::size_t queued_bytes = 0;  ///< and about how much memory they take
};

/// Takes decisions at once and writes them behind the caller's back, in order, several to a commit.
///
/// A record is durable as soon as a Flush() called after its Enqueue() has returned true: it
/// outlives kill -9 and loss of power. While the database is away, locked or its disk full, records
/// wait in the bounded queue, and the writer opens the database anew until it is back, at least
/// every 5 s. All functions are safe from any thread.
class Store {
 public:
  static constexpr std::size_t kQueueRecords = 10'000;
  static constexpr std::size_t kQueueBytes = std::size_t{64} * 1024 * 1024;
  /// The database's file inside the folder given to Open().
  static constexpr std::string_view kFileName = "decisions.sqlite";

  /// Opens the database in the folder `dir`, made (for its owner only) if it is missing, and brings
  /// its schema up to date. One store at a time holds a folder.
  ///
  /// Fails with a sentence for the operator: kTransient where another program holds the folder or
  /// the file; kNotSupported where the file belongs to another program or is of a newer version
  /// than this one (both are left untouched) or is no database; kProcessing where it cannot be
  /// written.
  static fhir::Result<std::unique_ptr<Store>> Open(const std::filesystem::path& dir);

  /// Writes what is queued, with one attempt if the database is away, then closes it.
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Queues a record without waiting for the disk. False if it would exceed one of the bounds
  /// above: then nothing was taken.
  bool Enqueue(DecisionRecord record);

  /// Waits until every record taken so far is committed; false if `deadline` comes first.
  bool Flush(std::chrono::steady_clock::time_point deadline);

  StoreHealth health() const;

 private:
  class Writer;
  explicit Store(std::unique_ptr<Writer> writer);
  std::unique_ptr<Writer> writer_;
};

}  // namespace renal::hooks
