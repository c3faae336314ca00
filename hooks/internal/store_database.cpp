#include "hooks/internal/store_database.h"

#include <utility>

#include "hooks/internal/store_connection.h"
#include "hooks/internal/store_schema.h"
#include "hooks/internal/store_tables.h"

namespace renal::hooks::internal {
namespace {

using fhir::Issue;
using fhir::IssueCode;

}  // namespace

struct StoreDatabase::State {
  State(std::unique_ptr<StoreConnection> opened, const StoreLimits& limits)
      : connection(std::move(opened)),
        decisions(connection->sql()),
        feedback(connection->sql(), limits.unknown_per_day),
        tokens(*connection, limits.live_tokens) {}

  void Insert(std::vector<StoreWork>& works);

  std::unique_ptr<StoreConnection> connection;
  DecisionTables decisions;
  FeedbackTables feedback;
  TokenTable tokens;
};

// Decisions first: feedback about their cards may be in the same transaction.
void StoreDatabase::State::Insert(std::vector<StoreWork>& works) {
  std::vector<const DecisionWork*> records;
  for (const StoreWork& work : works) {
    if (const auto* record = std::get_if<DecisionWork>(&work)) records.push_back(record);
  }
  decisions.Insert(records);
  for (StoreWork& work : works) {
    auto* post = std::get_if<std::shared_ptr<FeedbackWork>>(&work);
    if (post != nullptr && *post) feedback.Insert(**post);  // null: withdrawn
    auto* token = std::get_if<std::shared_ptr<TokenWork>>(&work);
    if (token != nullptr) tokens.Insert(**token);
  }
}

StoreDatabase::StoreDatabase(std::unique_ptr<State> state) : state_(std::move(state)) {}
StoreDatabase::~StoreDatabase() = default;

fhir::Result<std::unique_ptr<StoreDatabase>> StoreDatabase::Open(const StoreTarget& target,
                                                                 const StoreLimits& limits,
                                                                 StoreLine& line) {
  auto connection = StoreConnection::Open(target, StoreAccess::kWrite, limits.statement, line);
  if (!connection) return connection.error();
  if (auto issue = BringUpToDate(**connection)) return *std::move(issue);
  return std::unique_ptr<StoreDatabase>(
      new StoreDatabase(std::make_unique<State>(std::move(*connection), limits)));
}

std::optional<Issue> StoreDatabase::Write(std::vector<StoreWork>& works) {
  StoreConnection& connection = *state_->connection;
  if (connection.Moved()) {
    return Issue{IssueCode::kProcessing, "the file of the decision store was moved", ""};
  }
  try {
    soci::transaction transaction(connection.sql());
    state_->Insert(works);
    transaction.commit();
    return std::nullopt;
  } catch (...) {
    return CurrentStoreIssue();
  }
}

}  // namespace renal::hooks::internal
