#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/result.h"
#include "hooks/log.h"

/// The audit trail: who asked for what about whom, one FHIR R4 AuditEvent a line. Patients and
/// users appear as the keyed hashes of the store, and nothing of a request's content at all
/// (security.md section 8).
namespace renal::hooks {

/// What happened. Texts are ours, of our configuration and files, or checked; empty ones are left
/// out.
struct AuditRecord {
  enum class Kind : std::uint8_t {
    kDecision,  ///< a hook call
    kApply,     ///< $apply
    kFeedback,  ///< what became of cards
    kRead,      ///< of counts, or of what is stored about a card
    kRefusal    ///< a caller was not let in, or not now
  };
  Kind kind = Kind::kRead;
  std::chrono::system_clock::time_point at;
  int status = 200;        ///< of the answer
  std::string reason;      ///< of a refusal: a code
  std::string route;       ///< "/cds-services/{id}"
  std::string request_id;  ///< ours
  std::string trace_id;    ///< W3C Trace Context
  std::string hook;
  std::string hook_instance;
  std::string service;
  std::string client;  ///< name in our configuration
  std::string tenant;
  std::string user_key;     ///< keyed hash
  std::string patient_key;  ///< keyed hash
  std::string pathway_url;
  std::string pathway_version;
  std::string pathway_hash;
  std::string decision;            ///< uuid of its trace, as in the store
  std::string outcome;             ///< kind of outcome
  std::vector<std::string> cards;  ///< uuids of those sent
};

/// The AuditEvent of a record, on one line without its end; `id` is a UUID.
std::string AuditLine(const AuditRecord& record, std::string_view id);

/// Appends records to a file, durably and in their order, on a thread of its own: nobody who adds
/// one waits. Any thread.
class AuditLog {
 public:
  /// Records that may wait; further ones are lost, and counted.
  static constexpr std::size_t kQueue = 10'000;

  struct Stats {
    std::size_t queued = 0;
    std::uint64_t written = 0;   ///< on the disk
    std::uint64_t lost = 0;      ///< the queue was full
    std::uint64_t failures = 0;  ///< attempts to open or write that failed
  };

  /// Opens the file, made for its owner alone if it is missing; fails with a sentence for the
  /// operator. `log` is told when writing begins to fail, when it works again, and of losses; it
  /// may be null, and must outlive this.
  static fhir::Result<std::unique_ptr<AuditLog>> Open(const std::filesystem::path& file, Log* log);
  /// Writes what is queued; gives up where that fails.
  ~AuditLog();
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  /// Takes a record, or counts it as lost.
  void Add(AuditRecord record) noexcept;
  /// Opens the file anew before the next write: it may have been moved away.
  void Reopen();
  /// Waits until all that was added is on the disk; false if `deadline` comes first.
  bool Flush(std::chrono::steady_clock::time_point deadline);
  Stats stats() const;

 private:
  struct State;
  explicit AuditLog(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace renal::hooks
