#include "hooks/store.h"

#include <set>
#include <utility>

#include "cards/uuid.h"
#include "hooks/internal/folder_lock.h"
#include "hooks/internal/store_database.h"
#include "hooks/internal/store_keys.h"
#include "hooks/internal/store_reader.h"
#include "hooks/internal/store_writer.h"

namespace renal::hooks {
namespace {

using internal::FolderLock;
using internal::StoreDatabase;
using internal::StoreLine;
using internal::StoreQueries;
using internal::StoreReader;
using internal::StoreWriter;

// What one query of a report may take: nobody's call waits for it.
constexpr std::chrono::milliseconds kReportStatement{60'000};

std::int64_t Milliseconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

fhir::Issue At(const StoreTarget& target, fhir::Issue issue) {
  issue.diagnostics = target.shown() + ": " + issue.diagnostics;
  return issue;
}

/// The lock of a folder; a server needs none.
fhir::Result<std::optional<FolderLock>> LockOf(const StoreTarget& target) {
  if (!target.is_folder()) return std::optional<FolderLock>();
  auto lock = FolderLock::Take(target.folder());
  if (!lock) return lock.error();
  return std::optional<FolderLock>(std::move(*lock));
}

}  // namespace

struct Store::Parts {
  Parts(const StoreTarget& target, StoreClock clock, const StoreLimits& the_limits,
        std::optional<FolderLock> folder, std::unique_ptr<StoreLine> line,
        std::unique_ptr<StoreDatabase> database)
      : limits(the_limits),
        now(std::move(clock)),
        lock(std::move(folder)),
        writer(StoreWriter::Start(target, limits, std::move(line), std::move(database))),
        quiet(StoreReader::Start(target, limits.quiet_wait)),
        measures(StoreReader::Start(target, limits.measure_wait)) {}

  // The readers first: the last connection of a file checkpoints it.
  ~Parts() {
    quiet->End();
    measures->End();
    writer->End();
  }

  std::int64_t Now() const { return Milliseconds(now ? now() : std::chrono::system_clock::now()); }

  const StoreLimits limits;
  const StoreClock now;
  const std::optional<FolderLock> lock;
  cards::RandomUuidSource uuids;
  const std::shared_ptr<StoreWriter> writer;
  const std::shared_ptr<StoreReader> quiet;
  const std::shared_ptr<StoreReader> measures;
};

Store::Store(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Store::~Store() = default;

fhir::Result<std::unique_ptr<Store>> Store::Open(const StoreTarget& target, StoreClock clock,
                                                 const StoreLimits& limits) {
  auto lock = LockOf(target);
  if (!lock) return lock.error();
  auto line = std::make_unique<StoreLine>();
  auto database = StoreDatabase::Open(target, limits, *line);
  if (!database) return At(target, database.error());
  return std::unique_ptr<Store>(new Store(std::make_unique<Parts>(
      target, std::move(clock), limits, std::move(*lock), std::move(line), std::move(*database))));
}

bool Store::Enqueue(DecisionRecord record) {
  return parts_->writer->Enqueue({std::move(record), parts_->Now()});
}

FeedbackReceipt Store::Take(FeedbackPost post) {
  const auto work = std::make_shared<internal::FeedbackWork>();
  work->post = std::move(post);
  work->at = parts_->Now();
  if (!parts_->writer->Take(work, parts_->limits.feedback_wait)) return {};
  return work->receipt;
}

TokenVerdict Store::InsertToken(const TokenUse& use) {
  const auto work = std::make_shared<internal::TokenWork>();
  work->key = internal::TokenKey(use);
  work->ends_at = Milliseconds(use.ends);
  work->at = parts_->Now();
  work->claim = use.exchange.empty() ? parts_->uuids.Next() : internal::ExchangeKey(use.exchange);
  if (!parts_->writer->Insert(work, parts_->limits.token_wait)) return TokenVerdict::kAway;
  return work->verdict;
}

std::vector<bool> Store::QuietCards(const DecisionRecord& record, std::chrono::hours quiet_for) {
  std::vector<bool> quiet(record.cards.size(), false);
  if (quiet.empty() || record.client.empty() || record.user_key.empty()) return quiet;
  std::vector<std::string> keys;
  keys.reserve(record.cards.size());
  for (const DecisionCard& card : record.cards) keys.push_back(internal::CardKey(record, card));
  const std::int64_t since =
      parts_->Now() - std::chrono::duration_cast<std::chrono::milliseconds>(quiet_for).count();
  const auto overridden = parts_->quiet->Ask<std::set<std::string>>(
      [keys, since](StoreQueries& queries) { return queries.Overridden(keys, since); });
  if (!overridden) return quiet;
  for (std::size_t i = 0; i < keys.size(); ++i) quiet[i] = overridden->contains(keys[i]);
  return quiet;
}

fhir::Result<std::vector<ServedVersion>> Store::Versions() {
  auto versions = parts_->measures->Ask<std::vector<ServedVersion>>(
      [](StoreQueries& queries) { return queries.Versions(kMaxVersions); });
  if (versions) return *std::move(versions);
  return fhir::Issue{fhir::IssueCode::kTransient, "The store does not answer.", {}};
}

fhir::Result<StoredCard> Store::StoredOf(const std::string& card) {
  auto stored = parts_->measures->Ask<StoredCard>(
      [card](StoreQueries& queries) { return queries.StoredOf(card); });
  if (stored) return *std::move(stored);
  return fhir::Issue{fhir::IssueCode::kTransient, "The store does not answer.", {}};
}

fhir::Result<Measures> Store::Measure(const MeasureQuery& query) {
  auto measures = parts_->measures->Ask<Measures>(
      [query](StoreQueries& queries) { return queries.Measure(query); });
  if (measures) return *std::move(measures);
  return fhir::Issue{fhir::IssueCode::kTransient, "The store does not answer.", {}};
}

bool Store::Flush(std::chrono::steady_clock::time_point deadline) {
  return parts_->writer->Flush(deadline);
}

StoreHealth Store::health() const { return parts_->writer->health(); }

fhir::Result<Measures> MeasureAt(const StoreTarget& target, const MeasureQuery& query) {
  StoreLine line;
  auto queries = StoreQueries::Open(target, kReportStatement, line);
  if (!queries) return At(target, queries.error());
  auto measures = (*queries)->Measure(query);
  if (!measures) return At(target, measures.error());
  return measures;
}

}  // namespace renal::hooks
