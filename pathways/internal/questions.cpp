#include <algorithm>
#include <cstdint>
#include <utility>

#include "pathways/internal/applier.h"
#include "pathways/internal/plan.h"
#include "pathways/internal/read_value.h"

namespace renal::pathways {

namespace {

Index NameOf(const Pathway& pathway, const Rule& rule) {
  return pathway.plan->rules[static_cast<std::size_t>(rule.order)].name;
}

Index NameOf(const Pathway& pathway, const Entry& entry) {
  if (entry.rule != nullptr) return NameOf(pathway, *entry.rule);
  return pathway.plan->names_of_checks[static_cast<Index>(entry.check - pathway.checks.data())];
}

// A rule that joins another counts as that one, and so do rules that say the same: which of them it
// is decides nothing.
Index IdentityOf(const Pathway& pathway, const Entry& entry) {
  if (entry.check != nullptr) return NameOf(pathway, entry);
  return pathway.plan->rules[static_cast<std::size_t>(entry.advice->order)].identity;
}

bool IsFact(const Entry& entry) {
  return entry.check == nullptr ? entry.rule->fact : entry.check->fact;
}

// A rule that waits for an input is no reason to ask for that input.
bool WaitsFor(const Entry& entry, Index input) {
  if (entry.check != nullptr) return false;
  const std::vector<Index>& needs = entry.rule->needs;
  return std::find(needs.begin(), needs.end(), input) != needs.end();
}

// The places whose value may decide something.
std::vector<Place> Places(const Pathway& pathway, const Gathered& gathered) {
  std::vector<Place> places;
  places.reserve(pathway.plan->read_inputs.size());
  for (const Index input : pathway.plan->read_inputs) {
    const Index focus = pathway.plan->inputs[input].focus;
    if (focus == kNone) {
      places.push_back({input, kNone});
      continue;
    }
    for (Index i = 0; i < gathered.instances.size(); ++i) {
      if (gathered.instances[i].kind == focus) places.push_back({input, i});
    }
  }
  return places;
}

using Extent = Applier::Extent;

// Tries values out. Rules, checks and gate rows that do not read the value have the truth that they
// have now; where those that read it keep theirs, nothing changes.
class Prober {
 public:
  Prober(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
         Facts& facts, Verdicts& verdicts)
      : pathway_(pathway),
        request_(request),
        gathered_(gathered),
        facts_(facts),
        verdicts_(verdicts),
        trial_(pathway, request, gathered, facts),
        applier_(pathway, request, gathered, facts, verdicts, nullptr) {
    constexpr std::size_t kUsual = 32;
    changed_.reserve(kUsual);
    last_.changed.reserve(kUsual);
    verdicts.ReserveChanges(kUsual);
  }

  /// The results with a value of that segment in its place, until the next trial; null where they
  /// are those of now.
  const Results* Try(const Place& place, std::size_t segment, Extent extent);

 private:
  const Results& ResultsOfTrial(bool scope, Extent extent);
  bool IsLookedAt(const Place& place) const;
  bool IsLookedAt(Index instance, const Readers& readers) const;
  bool Changes(const Place& place);
  bool ChangesAt(Index instance, const Readers& testers);
  bool ChangesGate(const Readers& testers);
  bool Update(std::size_t place, Truth truth);

  // The last run: while truths alone decide, the same ones give the same results.
  struct Last {
    bool holds = false;
    Extent extent = Extent::kTables;
    std::vector<Verdicts::Changed> changed;
    const Results* results = nullptr;
  };

  const Pathway& pathway_;
  const EvaluateRequest& request_;
  const Gathered& gathered_;
  const Facts& facts_;
  Verdicts& verdicts_;
  Trial trial_;
  Applier applier_;
  Last last_;
  std::vector<Verdicts::Changed> changed_;
};

// With the truths that were changed: those of the last run, where it looked at nothing but what is
// known.
const Results& Prober::ResultsOfTrial(bool scope, Extent extent) {
  verdicts_.ListChanges(changed_);
  if (last_.holds && !scope && extent <= last_.extent && changed_ == last_.changed) {
    return *last_.results;
  }
  last_.results = &applier_.Run(extent);
  last_.holds = !scope && verdicts_.changes() == changed_.size();
  last_.extent = extent;
  last_.changed.swap(changed_);
  return *last_.results;
}

const Results* Prober::Try(const Place& place, std::size_t segment, Extent extent) {
  if (!IsLookedAt(place)) return nullptr;
  // Every rule is a step: many inputs with many limits are many trials.
  if (!gathered_.budget->Take(pathway_.rule_count + 1)) return nullptr;
  trial_.Begin(place, segment);
  verdicts_.BeginTrial();
  const bool scope = pathway_.readers[place.input].scope;
  const Results* results = Changes(place) ? &ResultsOfTrial(scope, extent) : nullptr;
  verdicts_.EndTrial();
  trial_.End();
  return results;
}

// Whether anything that was looked at reads the input there.
bool Prober::IsLookedAt(Index instance, const Readers& readers) const {
  const auto rule_known = [&](const Rule* rule) {
    return verdicts_.Find(verdicts_.OfRule(*rule, instance)).has_value();
  };
  const auto check_known = [&](Index check) {
    return verdicts_.Find(verdicts_.OfCheck(check, instance)).has_value();
  };
  return std::any_of(readers.rules.begin(), readers.rules.end(), rule_known) ||
         std::any_of(readers.checks.begin(), readers.checks.end(), check_known);
}

bool Prober::IsLookedAt(const Place& place) const {
  const Readers& readers = pathway_.readers[place.input];
  if (readers.scope || !readers.gate.empty()) return true;
  if (place.instance != kNone) return IsLookedAt(place.instance, readers);
  bool found = IsLookedAt(kNone, readers);
  for (Index i = 0; i < gathered_.instances.size(); ++i) {
    found = found || IsLookedAt(i, readers);
  }
  return found;
}

bool Prober::Update(std::size_t place, Truth truth) {
  if (verdicts_.Find(place) == truth) return false;
  verdicts_.Set(place, truth);
  return true;
}

// What was not looked at before is looked at where a change leads to it.
bool Prober::ChangesAt(Index instance, const Readers& testers) {
  bool changed = false;
  for (const Rule* rule : testers.rules) {
    const std::size_t place = verdicts_.OfRule(*rule, instance);
    if (!verdicts_.Find(place)) continue;
    const Truth truth = TruthOf(pathway_, request_, gathered_, facts_, *rule, instance);
    changed = Update(place, truth) || changed;
  }
  for (const Index check : testers.checks) {
    const std::size_t place = verdicts_.OfCheck(check, instance);
    if (!verdicts_.Find(place)) continue;
    const Truth truth = TestAll(pathway_.plan->checks[check], facts_, instance);
    changed = Update(place, truth) || changed;
  }
  return changed;
}

bool Prober::ChangesGate(const Readers& testers) {
  bool changed = testers.scope;
  for (const Index row : testers.gate) {
    const std::size_t known = verdicts_.OfGate(row);
    if (!verdicts_.Find(known)) continue;
    const Truth truth = TestAll(pathway_.plan->gate[row], facts_, kNone);
    changed = Update(known, truth) || changed;
  }
  return changed;
}

// Only what tests an input that is not what it was can turn.
bool Prober::Changes(const Place& place) {
  bool changed = false;
  for (const Index input : trial_.changed()) {
    const Readers& testers = pathway_.testers[input];
    changed = ChangesGate(testers) || changed;
    if (place.instance != kNone) {
      changed = ChangesAt(place.instance, testers) || changed;
      continue;
    }
    changed = ChangesAt(kNone, testers) || changed;
    for (Index i = 0; i < gathered_.instances.size(); ++i) {
      changed = ChangesAt(i, testers) || changed;
    }
  }
  return changed;
}

// What questions compare: (rule, action, determination) of every result that is not a mere fact.
class Fingerprint {
 public:
  /// `asked`: the input that is tried; what waits for it does not count.
  void Take(const Pathway& pathway, const Results& results, Index asked);
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;

 private:
  // Two numbers, since many are sorted: a pathway and a record have far fewer than 2^31 of
  // anything.
  struct Print {
    std::uint64_t what = 0;   // rule, and action counted from 1
    std::uint64_t where = 0;  // instance counted from 1, and whether it is recommended
    friend auto operator<=>(const Print&, const Print&) = default;
  };

  const GateRow* gate_ = nullptr;
  Truth in_scope_ = Truth::kTrue;
  bool conflict_ = false;
  std::vector<Print> prints_;
};

void Fingerprint::Take(const Pathway& pathway, const Results& results, Index asked) {
  gate_ = results.gate;
  in_scope_ = results.in_scope;
  conflict_ = results.conflict;
  prints_.clear();
  prints_.reserve(results.entries.size());
  for (const Entry& entry : results.entries) {
    if (IsFact(entry) || WaitsFor(entry, asked)) continue;
    const bool recommended = entry.determination == Determination::kRecommended;
    prints_.push_back({std::uint64_t{IdentityOf(pathway, entry)} << 32U | (entry.action + 1),
                       std::uint64_t{entry.instance + 1} << 1U | std::uint64_t{recommended}});
  }
  std::sort(prints_.begin(), prints_.end());
  prints_.erase(std::unique(prints_.begin(), prints_.end()), prints_.end());
}

// Whether the input can still have values of that segment: an interval may touch it.
bool IsPossible(const Value& segment, const std::optional<Value>& value) {
  return !value || value->IsCode() ||
         Covers(segment.interval(), value->interval()) != Cover::kDisjoint;
}

bool IsOpen(const Resolved& resolved) {
  if (!resolved.value) return true;
  return !resolved.value->IsCode() && !resolved.value->interval().IsPoint();
}

bool MayAsk(const Pathway& pathway, const Facts& facts, const Place& place) {
  const Plan::OfInput& plan = pathway.plan->inputs[place.input];
  if (!plan.may_matter || !IsOpen(facts.At(pathway, place.input, place.instance))) return false;
  return !plan.has_ask_unless ||
         TestAll(pathway.inputs[place.input].ask_unless, facts, place.instance) != Truth::kTrue;
}

// ---- what to ask

// Finds the questions and the worth of each (pathway-format 5.4).
class Asker {
 public:
  Asker(const Pathway& pathway, const Gathered& gathered, const Facts& facts,
        const Results& results, Prober& prober, Outcome& outcome)
      : pathway_(pathway),
        gathered_(gathered),
        facts_(facts),
        outcome_(outcome),
        now_(results),
        prober_(prober) {}

  void Run(const std::vector<Place>& places);

 private:
  struct Judged {
    Place place;
    std::size_t worst = 0;  // different things that may still follow, whatever the answer
    bool ask = false;
  };
  void FindPlaces(const std::vector<Place>& places);
  void AddPlace(const Place& place);
  void Judge(Judged& judged);
  bool Differs(const Results& then, Index asked);
  std::size_t StillOpen(const Results& then) const;
  void RankMissing(TableTrace& table) const;

  const Pathway& pathway_;
  const Gathered& gathered_;
  const Facts& facts_;
  Outcome& outcome_;
  const Results& now_;
  Prober& prober_;
  std::vector<Judged> judged_;
  std::vector<const TableTrace*> open_tables_;
  Fingerprint now_print_, then_print_;
  Index fingerprint_of_ = kNone;  // the input that now_print_ was taken for
};

void Asker::AddPlace(const Place& place) {
  const bool known = std::any_of(judged_.begin(), judged_.end(), [&](const Judged& judged) {
    return judged.place.input == place.input && judged.place.instance == place.instance;
  });
  if (!known) judged_.push_back({place});
}

// What open tables miss, in the order of their columns, before everything else that may be asked.
void Asker::FindPlaces(const std::vector<Place>& places) {
  constexpr std::size_t kUsual = 16;
  judged_.reserve(kUsual);
  open_tables_.reserve(outcome_.tables.size());
  for (const TableTrace& table : outcome_.tables) {
    if (table.result == TableTrace::Result::kNeedData) open_tables_.push_back(&table);
    for (const Index input : table.missing) {
      AddPlace({input, pathway_.inputs[input].focus == kNone ? kNone : table.instance});
    }
  }
  for (const Place& place : places) {
    if (MayAsk(pathway_, facts_, place)) AddPlace(place);
  }
}

std::size_t Asker::StillOpen(const Results& then) const {
  std::size_t count = 0;
  for (const TableTrace* open : open_tables_) {
    for (const TableState& table : then.tables) {
      const bool same = table.table == open->table && table.instance == open->instance;
      if (same) count += table.thens;
    }
  }
  return count;
}

void Asker::Judge(Judged& judged) {
  const Place& place = judged.place;
  const Input& input = pathway_.inputs[place.input];
  const bool may_ask = MayAsk(pathway_, facts_, place);
  const std::optional<Value> value = facts_.At(pathway_, place.input, place.instance).value;
  const std::size_t open_now = StillOpen(now_);
  for (std::size_t segment = 0; segment < input.segments.size(); ++segment) {
    if (!IsPossible(input.segments[segment], value)) continue;
    // Once it is known that it is asked, only what the tables say then is of interest.
    const bool open = may_ask && !judged.ask;
    const Results* then = prober_.Try(place, segment, open ? Extent::kAll : Extent::kTables);
    if (then != nullptr && open) judged.ask = Differs(*then, place.input);
    judged.worst = std::max(judged.worst, then != nullptr ? StillOpen(*then) : open_now);
  }
}

// Whether what questions compare is another thing than now.
bool Asker::Differs(const Results& then, Index asked) {
  if (fingerprint_of_ != asked) now_print_.Take(pathway_, now_, asked);
  fingerprint_of_ = asked;
  then_print_.Take(pathway_, then, asked);
  return then_print_ != now_print_;
}

// judged_ is in the order of rank.
void Asker::RankMissing(TableTrace& table) const {
  if (table.missing.size() < 2) return;
  const auto rank = [&](Index input) {
    const Index instance = pathway_.inputs[input].focus == kNone ? kNone : table.instance;
    const auto found = std::find_if(judged_.begin(), judged_.end(), [&](const Judged& judged) {
      return judged.place.input == input && judged.place.instance == instance;
    });
    return found - judged_.begin();
  };
  std::stable_sort(table.missing.begin(), table.missing.end(),
                   [&](Index a, Index b) { return rank(a) < rank(b); });
}

void Asker::Run(const std::vector<Place>& places) {
  FindPlaces(places);
  for (Judged& judged : judged_) Judge(judged);
  std::stable_sort(judged_.begin(), judged_.end(),
                   [](const Judged& a, const Judged& b) { return a.worst < b.worst; });
  for (TableTrace& table : outcome_.tables) RankMissing(table);
  for (const Judged& judged : judged_) {
    if (!judged.ask) continue;
    const Place& place = judged.place;
    outcome_.ask.push_back({place.input, FocusKey(pathway_, gathered_, place.instance),
                            facts_.At(pathway_, place.input, place.instance).reason});
  }
}

// ---- what would change the advice

using Advice = std::vector<std::pair<Index, Index>>;  // name of the rule, and action

Advice RecommendedNow(const Pathway& pathway, const Results& results) {
  Advice advice;
  advice.reserve(results.entries.size() * 2);
  for (const Entry& entry : results.entries) {
    if (entry.determination != Determination::kRecommended) continue;
    advice.emplace_back(IdentityOf(pathway, entry), entry.action);
    advice.emplace_back(NameOf(pathway, entry), entry.action);
    for (const Rule* joined : results.NotesOf(entry).joins) {
      advice.emplace_back(NameOf(pathway, *joined), entry.action);
    }
  }
  return advice;
}

// The treatments that are recommended then and were not before.
std::string NewTreatments(const Pathway& pathway, const Results& then, Index instance,
                          const Advice& before) {
  std::string text;
  for (const Entry& entry : then.entries) {
    if (entry.instance != instance && instance != kNone) continue;
    if (entry.determination != Determination::kRecommended || entry.action == kNone) continue;
    if (pathway.actions[entry.action].kind != ActionKind::kTreatment) continue;
    const auto is_known = [&](Index name) {
      return std::ranges::find(before, std::pair(name, entry.action)) != before.end();
    };
    if (is_known(NameOf(pathway, entry)) || is_known(IdentityOf(pathway, entry))) continue;
    if (!text.empty()) text += ", ";
    text += entry.id() + " " + pathway.actions[entry.action].id;
  }
  return text;
}

class Neighbours {
 public:
  Neighbours(const Pathway& pathway, const Gathered& gathered, Prober& prober, const Results& now)
      : pathway_(pathway),
        gathered_(gathered),
        prober_(prober),
        before_(RecommendedNow(pathway, now)) {}

  void Look(const Place& place, const Resolved& resolved, std::vector<Change>& changes) const;

 private:
  template <class Words>
  bool Add(const Place& place, std::size_t segment, const Words& to,
           std::vector<Change>& changes) const;

  const Pathway& pathway_;
  const Gathered& gathered_;
  Prober& prober_;
  const Advice before_;
};

// The change that a segment brings, if it brings a treatment that is not recommended now. `to`
// gives the words for the segment.
template <class Words>
bool Neighbours::Add(const Place& place, std::size_t segment, const Words& to,
                     std::vector<Change>& changes) const {
  const Results* then = prober_.Try(place, segment, Extent::kAll);
  if (then == nullptr) return false;
  std::string text = NewTreatments(pathway_, *then, place.instance, before_);
  if (text.empty()) return false;
  changes.push_back(
      {place.input, FocusKey(pathway_, gathered_, place.instance), to(), std::move(text)});
  return true;
}

std::string BoundText(const Input& input, const char* strict, const char* weak,
                      const Bound& bound) {
  return std::string(bound.closed ? weak : strict) + " " +
         ValueText(input, Value::Ordered(Interval::Point(bound.value)));
}

void Neighbours::Look(const Place& place, const Resolved& resolved,
                      std::vector<Change>& changes) const {
  const Input& input = pathway_.inputs[place.input];
  const std::vector<Value>& segments = input.segments;
  if (resolved.value->IsCode()) {
    const std::size_t here = resolved.value->code();
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if (i != here)
        Add(
            place, i, [&] { return ValueText(input, segments[i]); }, changes);
    }
    return;
  }
  const std::size_t here = resolved.segment;
  if (here == kNone) return;
  for (std::size_t i = here; i-- > 0;) {
    const std::optional<Bound>& high = segments[i].interval().high;
    const auto to = [&] { return BoundText(input, "<", "<=", *high); };
    if (high && Add(place, i, to, changes)) break;
  }
  for (std::size_t i = here + 1; i < segments.size(); ++i) {
    const std::optional<Bound>& low = segments[i].interval().low;
    const auto to = [&] { return BoundText(input, ">", ">=", *low); };
    if (low && Add(place, i, to, changes)) break;
  }
}

std::vector<Change> ChangesOf(const Pathway& pathway, const Gathered& gathered, const Facts& facts,
                              const std::vector<Place>& places, const Results& results,
                              Prober& prober) {
  const Neighbours neighbours(pathway, gathered, prober, results);
  std::vector<Change> changes;
  for (const Place& place : places) {
    const Resolved& resolved = facts.At(pathway, place.input, place.instance);
    // Only what was found in the record can be said to be different; nothing is asked for by this.
    const bool found = resolved.value && resolved.status != InputStatus::kAssumed;
    if (found && pathway.plan->inputs[place.input].may_matter) {
      neighbours.Look(place, resolved, changes);
    }
  }
  return changes;
}

}  // namespace

void TryOut(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
            Facts& facts, const Results& results, Verdicts& verdicts, Outcome& outcome) {
  Prober prober(pathway, request, gathered, facts, verdicts);
  const std::vector<Place> places = Places(pathway, gathered);
  Asker(pathway, gathered, facts, results, prober, outcome).Run(places);
  outcome.would_change = ChangesOf(pathway, gathered, facts, places, results, prober);
}

}  // namespace renal::pathways
