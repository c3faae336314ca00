#pragma once

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "pathways/internal/plan.h"
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
/// stand beside each other.
///
/// With a trace it is the evaluation. Without one it is a trial: it may be run again and again, and
/// leaves out what only words are made from: what is missing, who joined, which checks were looked
/// at, which tier a result has and whether a board is to see it.
class Applier {
 public:
  Applier(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
          const Facts& facts, Verdicts& verdicts, Outcome* trace)
      : pathway_(pathway),
        plan_(*pathway.plan),
        request_(request),
        gathered_(gathered),
        facts_(facts),
        verdicts_(verdicts),
        trace_(trace) {}

  /// How far a run goes: a trial may only ask what the tables say.
  enum class Extent : std::uint8_t { kTables, kAll };

  /// Valid until the next run. With kTables, without entries that mean anything.
  Results& Run(Extent extent = Extent::kAll);

 private:
  struct RuleTruth {
    const Rule* rule = nullptr;
    Truth truth = Truth::kUnknown;
    const std::vector<Index>* missing =
        nullptr;  ///< what keeps it unknown, where a trace is written
  };

  void Reserve();
  bool Stopped();
  Truth InScope() const;
  void Reach(Index table, Index from);
  void ReachAt(Index table, Index instance);
  void RunTable(const Table& table, Index instance);
  void RunRules(const Table& table, Index instance);
  void TraceRules(const Table& table, Index instance);
  void AddTruth(const RuleTruth& truth, Index instance);
  template <class WorkOut>
  Truth Known(std::size_t place, const WorkOut& work_out);
  RuleTruth EvaluateAndTrace(const Rule& rule, Index instance, RuleTrace& traced);
  const std::vector<Index>* MissingOf(const Rule& rule, Index instance, const RuleTrace& traced);
  const std::vector<Index>* Together(const std::vector<Index>* missing,
                                     const std::vector<Index>* more);
  void AddMissingOf(const fhir::fhirpath::Expression& expression, Index instance,
                    std::vector<Index>& missing) const;
  void RestrictAlike(std::size_t first);
  void TakeCollect(const Table& table, Index instance);
  void TakeUnique(const Table& table, Index instance);
  void TakeFirst(const Table& table, Index instance);
  void TakeAgreed(const Table& table, Index instance);
  void Decide(const Table& table, Index instance, TableTrace::Result result);
  void ExplainOpen(Index instance, TableTrace& traced) const;
  bool IsUnknownIn(Index column, Index instance) const;
  void ReportConflict(const Table& table);
  void Take(const RuleTruth& truth, Determination determination, Index instance,
            const Rule& advice);
  void AddWith(const Rule& rule, Index instance, const Rule& advice);
  Entry& AddEntry(Index instance);
  EntryNotes& NotesOf(const Entry& entry) { return results_.notes[entry.notes]; }
  const Plan::OfRule& PlanOf(const Rule& rule) const {
    return plan_.rules[static_cast<std::size_t>(rule.order)];
  }

  void RunChecks();
  void RunCheckIfAbout(Index index);
  Truth TruthOfCheck(Index index, Index instance);
  void RunCheck(const Check& check, Index index, bool everywhere);
  void RunCheckAt(const Check& check, Index index, Index instance);
  static bool Concerns(Index check, const Entry& entry);
  std::vector<const Rule*> SuppressedUnder(Index check, Index instance) const;
  std::vector<Index> TraceCheck(const Check& check, Index instance, Truth truth);
  void AskForBoard(Index instance);
  void Undecide(const std::vector<Index>& missing);
  void Restrict(const Check& check);
  void Suppress(Index index, Index instance, std::vector<const Rule*> rules);
  void Bring(const Check& check, Index instance);

  bool YieldsTo(const Entry& entry) const;
  void Yield();
  void DropJoined();
  void Join();
  void Replace();
  bool Replace(const Entry& entry, Entry& other) const;
  void DropRecommendedTwice();
  void AddTogether();
  bool IsTreatment(const Entry& entry) const;

  const Pathway& pathway_;
  const Plan& plan_;
  const EvaluateRequest& request_;
  const Gathered& gathered_;
  const Facts& facts_;
  Verdicts& verdicts_;
  Outcome* trace_;
  Results results_;
  std::vector<std::pair<Index, Index>> reached_;          // table and instance, each once
  std::vector<std::pair<RuleTruth, Index>> together_at_;  // and instance
  std::vector<Index> board_at_;      // instances with a check that asks for the board
  std::vector<RuleTruth> truths_;    // of the table at hand, without the false ones
  std::vector<RuleTruth> deciding_;  // those that decide what it says
  std::vector<Entry*> concerned_;    // by the check at hand
  std::vector<IndexSet> looked_at_;  // checks, by place
  IndexSet anywhere_;                // all of them
  IndexSet offered_;                 // Rule::then of what the table at hand may still say
  std::deque<std::vector<Index>> missing_;
};

template <class WorkOut>
Truth Applier::Known(std::size_t place, const WorkOut& work_out) {
  if (const auto known = verdicts_.Find(place)) return *known;
  const Truth truth = work_out();
  verdicts_.Set(place, truth);
  return truth;
}

}  // namespace renal::pathways
