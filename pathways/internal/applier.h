#pragma once

#include <algorithm>
#include <utility>
#include <optional>
#include <vector>

#include "pathways/internal/results.h"

namespace renal::pathways {

template <class T>
bool Contains(const std::vector<T>& list, const T& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

inline void AddAllOnce(std::vector<Index>& list, const std::vector<Index>& more) {
  for (const Index value : more) AddOnce(list, value);
}

/// From facts to results: the gate, the tables, what checks do to their options, and which results
/// stand beside each other. One evaluation, or one trial of a question.
class Applier {
 public:
  Applier(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
          const Facts& facts, Verdicts& verdicts, Outcome* trace)
      : pathway_(pathway),
        request_(request),
        gathered_(gathered),
        facts_(facts),
        verdicts_(verdicts),
        trace_(trace) {}

  Results Run();

 private:
  struct RuleTruth {
    const Rule* rule = nullptr;
    Truth truth = Truth::kUnknown;
    std::vector<Index> missing;
    std::optional<Truth> when;  ///< of its expression, where it has one and a trace is written
  };

  bool Stopped();
  Truth InScope() const;
  void Reach(Index table, Index from);
  void RunTable(const Table& table, Index instance);
  template <class WorkOut>
  Truth Known(std::size_t place, const WorkOut& work_out);
  RuleTruth Evaluate(const Rule& rule, Index instance);
  void AddMissingOf(const fhir::fhirpath::Expression& expression, Index instance,
                    std::vector<Index>& missing) const;
  void Trace(const std::vector<RuleTruth>& truths, Index instance, TableTrace& traced) const;
  void RestrictAlike(std::size_t first);
  void TakeCollect(const Table& table, const std::vector<RuleTruth>& truths, Index instance);
  void TakeUnique(const Table& table, const std::vector<RuleTruth>& truths, Index instance);
  void TakeFirst(const Table& table, const std::vector<RuleTruth>& truths, Index instance);
  void TakeAgreed(const Table& table, const std::vector<RuleTruth>& agreed, Index instance);
  void Decide(const Table& table, Index instance, TableTrace::Result result,
              const std::vector<RuleTruth>& rules);
  void ExplainOpen(const std::vector<RuleTruth>& rules, Index instance, TableTrace& traced) const;
  bool IsUnknownIn(const std::vector<RuleTruth>& rules, Index column, Index instance) const;
  void ReportConflict(const Table& table, const std::vector<RuleTruth>& rules);
  void Take(const RuleTruth& truth, Determination determination, Index instance,
            const Rule& advice);
  void AddWith(const Rule& rule, Index instance, const Rule& advice);

  void RunChecks();
  void RunCheck(const Check& check, Index instance);
  bool Concerns(const Check& check, const Entry& entry) const;
  bool WouldConcern(const Check& check, const Rule& rule) const;
  std::vector<const Rule*> SuppressedUnder(const Check& check, Index instance) const;
  void TraceCheck(const Check& check, Index instance, Truth truth,
                  const std::vector<Index>& missing);
  void AskForBoard(Index instance);
  void Undecide(const std::vector<Entry*>& concerned, const std::vector<Index>& missing) const;
  void Restrict(const Check& check, const std::vector<Entry*>& concerned) const;
  void Suppress(const Check& check, Index instance, std::vector<const Rule*> rules);
  void Bring(const Check& check, Index instance);

  void Yield();
  void Join();
  void Replace();
  bool Replace(const Entry& entry, Entry& other) const;
  void DropRecommendedTwice();
  void AddTogether();
  std::vector<Index> InstancesOf(Index focus_kind) const;
  bool IsTreatment(const Entry& entry) const;

  const Pathway& pathway_;
  const EvaluateRequest& request_;
  const Gathered& gathered_;
  const Facts& facts_;
  Verdicts& verdicts_;
  Outcome* trace_;
  Results results_;
  std::vector<std::pair<Index, Index>> reached_;          // table and instance, each once
  std::vector<std::pair<RuleTruth, Index>> together_at_;  // and instance
  std::vector<Index> board_at_;  // instances with a check that asks for the board
};

template <class WorkOut>
Truth Applier::Known(std::size_t place, const WorkOut& work_out) {
  if (const auto known = verdicts_.FindAny(place)) return *known;
  const Truth truth = work_out();
  verdicts_.Set(place, truth);
  return truth;
}

}  // namespace renal::pathways
