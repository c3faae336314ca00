#include "hooks/internal/store_queries.h"

#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include "hooks/internal/store_batch.h"
#include "hooks/internal/store_connection.h"
#include "hooks/internal/store_lookups.h"
#include "hooks/internal/store_schema.h"

namespace renal::hooks::internal {
namespace {

using fhir::Issue;
using fhir::IssueCode;

// Which cards a MeasureQuery means; each use has its own parameters.
constexpr const char* kPeriod =
    " stored_at >= :from AND stored_at < :to AND (:all = 1 OR client = :client)";

// Kinds of reasons are the clients' to invent: so many are read, the most frequent.
constexpr const char* kReasonRows = " LIMIT 10000";

using Place = std::tuple<std::string, std::string, std::string>;  // rule, client, service

/// The counts while they are collected, and the parameters of kPeriod.
class Counting {
 public:
  Counting(soci::session& sql, const MeasureQuery& query) : sql_(sql), query_(query) {
    if (query.from) from_ = query.from->time_since_epoch().count();
    if (query.to) to_ = query.to->time_since_epoch().count();
    if (query.client) client_ = *query.client;
    all_ = query.client ? 0 : 1;
  }

  Measures Run() {
    CountShown();
    CountFeedback();
    CountReasons();
    Measures measures{.query = query_};
    for (auto& [place, rule] : rules_) measures.rules.push_back(std::move(rule));
    return measures;
  }

 private:
  RuleMeasure& At(const std::string& rule, const std::string& client, const std::string& service) {
    RuleMeasure& measure = rules_[{rule, client, service}];
    measure.rule = rule;
    measure.client = client;
    measure.service = service;
    return measure;
  }

  template <class... Into>
  void Ask(const std::string& text, const std::function<void()>& row, Into&... into) {
    soci::statement statement(sql_);
    (statement.exchange(soci::into(into)), ...);
    statement.exchange(soci::use(from_));
    statement.exchange(soci::use(to_));
    statement.exchange(soci::use(all_));
    statement.exchange(soci::use(client_));
    statement.alloc();
    statement.prepare(text);
    statement.define_and_bind();
    for (bool more = statement.execute(true); more; more = statement.fetch()) row();
  }

  void CountShown();
  void CountFeedback();
  void CountReasons();

  soci::session& sql_;
  const MeasureQuery& query_;
  long long from_ = 0;
  long long to_ = std::numeric_limits<std::int64_t>::max();
  int all_ = 1;
  std::string client_;
  std::map<Place, RuleMeasure> rules_;
};

void Counting::CountShown() {
  std::string rule, client, service;
  long long cards = 0;
  Ask(
      "SELECT rule, client, service, count(*) FROM card JOIN decision ON decision.id = decision_id"
      " WHERE" +
          std::string(kPeriod) + " GROUP BY rule, client, service",
      [&] { At(rule, client, service).cards.shown = cards; }, rule, client, service, cards);
}

void Counting::CountFeedback() {
  std::string rule, client, service;
  long long accepted = 0, overridden = 0;
  Ask(
      "SELECT rule, client, service, sum(accepted), sum(1 - accepted) FROM"
      " (SELECT rule, client, service, decision_id, ordinal,"
      " max(CASE WHEN outcome = 'accepted' THEN 1 ELSE 0 END) AS accepted"
      " FROM verified_feedback WHERE" +
          std::string(kPeriod) +
          " GROUP BY rule, client, service, decision_id, ordinal) AS judged"
          " GROUP BY rule, client, service",
      [&] {
        CardCounts& cards = At(rule, client, service).cards;
        cards.accepted = accepted;
        cards.overridden = overridden;
      },
      rule, client, service, accepted, overridden);
}

void Counting::CountReasons() {
  std::string rule, client, service, system, code;
  long long cards = 0;
  Ask(
      "SELECT rule, client, service, code_system, code, count(DISTINCT card) AS cards"
      " FROM verified_feedback JOIN feedback_reason"
      " ON feedback_reason.feedback_id = verified_feedback.feedback_id"
      " WHERE" +
          std::string(kPeriod) +
          " GROUP BY rule, client, service, code_system, code"
          " ORDER BY cards DESC, code_system, code" +
          kReasonRows,
      [&] {
        auto& reasons = At(rule, client, service).reasons;
        if (reasons.size() < Measures::kMaxReasons) reasons.push_back({system, code, cards});
      },
      rule, client, service, system, code, cards);
}

}  // namespace

struct StoreQueries::State {
  explicit State(std::unique_ptr<StoreConnection> opened)
      : connection(std::move(opened)),
        overridden(connection->sql(),
                   "SELECT DISTINCT card_key FROM verified_feedback WHERE outcome = 'overridden'"
                   " AND received_at >= :received AND outcome_at_ms >= :given AND EXISTS"
                   " (SELECT 1 FROM feedback_reason WHERE"
                   " feedback_reason.feedback_id = verified_feedback.feedback_id)"
                   " AND card_key IN",
                   1, 2) {}

  std::unique_ptr<StoreConnection> connection;
  BatchSelect overridden;
};

StoreQueries::StoreQueries(std::unique_ptr<State> state) : state_(std::move(state)) {}
StoreQueries::~StoreQueries() = default;

fhir::Result<std::unique_ptr<StoreQueries>> StoreQueries::Open(const StoreTarget& target,
                                                               std::chrono::milliseconds statement,
                                                               StoreLine& line) {
  auto connection = StoreConnection::Open(target, StoreAccess::kRead, statement, line);
  if (!connection) return connection.error();
  if (auto issue = CheckUpToDate(**connection)) return *std::move(issue);
  return std::unique_ptr<StoreQueries>(
      new StoreQueries(std::make_unique<State>(std::move(*connection))));
}

fhir::Result<std::set<std::string>> StoreQueries::Overridden(
    const std::vector<std::string>& card_keys, std::int64_t since) {
  if (state_->connection->Moved()) {
    return Issue{IssueCode::kProcessing, "the file of the decision store was moved", ""};
  }
  try {
    std::set<std::string> found;
    for (auto& row : state_->overridden.Rows(card_keys, {since, since})) {
      found.insert(std::move(row.front()));
    }
    return found;
  } catch (...) {
    return CurrentStoreIssue();
  }
}

// One transaction: the three counts are of one moment.
fhir::Result<Measures> StoreQueries::Measure(const MeasureQuery& query) {
  if (state_->connection->Moved()) {
    return Issue{IssueCode::kProcessing, "the file of the decision store was moved", ""};
  }
  try {
    soci::transaction transaction(state_->connection->sql());
    if (state_->connection->postgres()) {
      state_->connection->sql() << "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
    }
    return Counting(state_->connection->sql(), query).Run();
  } catch (...) {
    return CurrentStoreIssue();
  }
}

fhir::Result<std::vector<ServedVersion>> StoreQueries::Versions(int most) {
  if (state_->connection->Moved()) {
    return Issue{IssueCode::kProcessing, "the file of the decision store was moved", ""};
  }
  try {
    return LookUpVersions(state_->connection->sql(), most);
  } catch (...) {
    return CurrentStoreIssue();
  }
}

fhir::Result<StoredCard> StoreQueries::StoredOf(const std::string& card) {
  if (state_->connection->Moved()) {
    return Issue{IssueCode::kProcessing, "the file of the decision store was moved", ""};
  }
  try {
    return LookUpCard(state_->connection->sql(), card);
  } catch (...) {
    return CurrentStoreIssue();
  }
}

}  // namespace renal::hooks::internal
