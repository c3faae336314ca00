#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pathways/internal/facts.h"
#include "pathways/internal/verdicts.h"

/// From facts to results: gate, tables, checks, precedence. No words are made here, so that a
/// question can be tried out ("what if the size were 3 cm?") in little time.
namespace renal::pathways {

/// What only words are made from, of one result.
struct EntryNotes {
  std::vector<Index> missing;
  std::vector<const Rule*> joins;       ///< rules listed inside this entry
  std::vector<const Rule*> replaced;    ///< rules that gave way to this entry, and are named in it
  std::vector<const Check*> checks;     ///< true checks that concern it
  std::vector<const Check*> looked_at;  ///< all checks that may concern it
};

/// One result of the tables, without words. Small and flat: a trial makes many.
struct Entry {
  const Rule* rule = nullptr;    ///< null for an action that a check brings along
  const Check* check = nullptr;  ///< of such an action
  const Rule* advice =
      nullptr;  ///< first rule of a `unique` or `first` table with the same `then`, else `rule`
  Index action = kNone;
  Index strength = kNone;
  Index instance = kNone;
  const IndexSet* about = nullptr;  ///< checks that are about it; null: none
  Index notes = kNone;              ///< place in Results::notes; kNone in a trial
  Tier tier = Tier::kInfo;
  Determination determination = Determination::kConditional;
  bool undecidable = false;  ///< conditional, and no datum decides it
  bool mdt_required = false;
  bool joined = false;  ///< about to be dropped: listed inside another entry, or gave way to one
  // NOLINTNEXTLINE(clang-analyzer-core.uninitialized.UndefReturn): one of the two is there
  const std::string& id() const { return rule != nullptr ? rule->id : check->rule; }
};

/// A check that took results away.
struct Suppression {
  const Check* check = nullptr;
  Index instance = kNone;
  std::vector<const Rule*> rules;
};

/// How many different things a table may still say for one instance (pathway-format 5.4).
struct TableState {
  const Table* table = nullptr;
  Index instance = kNone;
  std::size_t thens = 0;  ///< in `collect` tables: of the rules that are unknown
};

struct Results {
  const GateRow* gate = nullptr;
  Truth in_scope = Truth::kTrue;  ///< of a file without a gate
  bool conflict = false;          ///< a `unique` table with several true rules
  std::vector<Entry> entries;
  std::vector<Suppression> suppressed;
  std::vector<TableState> tables;  ///< every table that was reached
  std::vector<EntryNotes> notes;   ///< of entries, also of those that are gone

  const EntryNotes& NotesOf(const Entry& entry) const { return notes[entry.notes]; }
  void Clear();
};

/// Evaluates gate, tables and checks. What is known in `verdicts` is not worked out again; what is
/// worked out is added to it. `trace` takes the verdicts of every rule and check if it is not null.
Results Apply(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
              const Facts& facts, Verdicts& verdicts, Outcome* trace);

/// The truth of a rule for an instance; a rule that waits for an input is false.
Truth TruthOf(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
              const Facts& facts, const Rule& rule, Index instance);

/// Tries out what unknown inputs may be and known ones could be. Finds the inputs that are worth
/// asking for, best question first (`ask`), ranks what each open table misses (`tables`), and finds
/// what would have to be different for another recommendation, with all else as it is
/// (`would_change`). `facts` and `verdicts` are afterwards what they were.
void TryOut(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
            Facts& facts, const Results& results, Verdicts& verdicts, Outcome& outcome);

/// Compares the draft orders of the request with the results.
std::vector<OrderVerdict> CompareOrders(const Pathway& pathway, const EvaluateRequest& request,
                                        const Gathered& gathered, const Facts& facts,
                                        const Outcome& outcome);

/// Key of an instance, "left"; empty for the patient.
std::string FocusKey(const Pathway& pathway, const Gathered& gathered, Index instance);

}  // namespace renal::pathways
