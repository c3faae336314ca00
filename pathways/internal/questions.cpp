#include <algorithm>
#include <utility>

#include "pathways/internal/read_value.h"
#include "pathways/internal/results.h"

namespace renal::pathways {

namespace {

// A rule that joins another counts as that one: which of the two it is decides nothing.
const std::string& Identity(const Entry& entry) {
  return entry.check == nullptr && !entry.rule->joins.empty() ? entry.rule->joins : entry.id();
}

bool IsFact(const Entry& entry) { return entry.check == nullptr && entry.rule->fact; }

// A place where an input can be tried: the patient, or an instance.
struct Place {
  Index input = kNone;
  Index instance = kNone;
};

std::vector<Place> Places(const Pathway& pathway, const Gathered& gathered) {
  std::vector<Place> places;
  for (Index input = 0; input < pathway.inputs.size(); ++input) {
    const Index focus = pathway.inputs[input].focus;
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

bool IsDerivedFromInputs(const Input& input) { return input.derive && !input.depends_on.empty(); }

class Prober {
 public:
  Prober(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered)
      : pathway_(pathway), request_(request), gathered_(gathered) {}

  Results Try(const Place& place, const Value& value) const {
    const Override what_if{place.input, place.instance, value};
    const Facts facts = Resolve(pathway_, request_, gathered_, &what_if, nullptr);
    return Apply(pathway_, request_, gathered_, facts, nullptr);
  }

 private:
  const Pathway& pathway_;
  const EvaluateRequest& request_;
  const Gathered& gathered_;
};

// Values that the input can still have: all of its segments, or those that its interval touches.
std::vector<std::size_t> OpenSegments(const Input& input, const Resolved& resolved) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < input.segments.size(); ++i) {
    const bool possible = !resolved.value || resolved.value->IsCode() ||
                          Covers(input.segments[i].interval(), resolved.value->interval()) != Cover::kDisjoint;
    if (possible) open.push_back(i);
  }
  return open;
}

bool IsOpen(const Resolved& resolved) {
  if (!resolved.value) return true;
  return !resolved.value->IsCode() && !resolved.value->interval().IsPoint();
}

bool MayAsk(const Pathway& pathway, const Input& input, const Facts& facts, const Place& place) {
  if (input.fact || IsDerivedFromInputs(input)) return false;
  if (!IsOpen(facts.At(pathway, place.input, place.instance))) return false;
  return input.ask_unless.empty() ||
         TestAll(pathway, input.ask_unless, facts, place.instance) != Truth::kTrue;
}

std::size_t CountConditional(const Results& results) {
  return static_cast<std::size_t>(std::count_if(
      results.entries.begin(), results.entries.end(), [](const Entry& entry) {
        return entry.determination == Determination::kConditional && !IsFact(entry);
      }));
}

// ---- what would change the advice

std::string ActionsOf(const Pathway& pathway, const Results& results, Index instance,
                      const std::vector<std::pair<std::string, Index>>& before) {
  std::string text;
  for (const Entry& entry : results.entries) {
    if (entry.instance != instance && instance != kNone) continue;
    if (entry.determination != Determination::kRecommended || entry.action == kNone) continue;
    if (pathway.actions[entry.action].kind != ActionKind::kTreatment) continue;
    if (std::find(before.begin(), before.end(), std::make_pair(entry.id(), entry.action)) != before.end()) continue;
    if (!text.empty()) text += ", ";
    text += entry.id() + " " + pathway.actions[entry.action].id;
  }
  return text;
}

class Neighbours {
 public:
  Neighbours(const Pathway& pathway, const Gathered& gathered, const Prober& prober, const Results& now)
      : pathway_(pathway), gathered_(gathered), prober_(prober), now_(now) {}

  void Look(const Place& place, const Resolved& resolved, std::vector<Change>& changes) const;

 private:
  bool Add(const Place& place, std::size_t segment, std::string to, std::vector<Change>& changes) const;

  const Pathway& pathway_;
  const Gathered& gathered_;
  const Prober& prober_;
  const Results& now_;
};

// The change that a segment brings, if it brings a treatment that is not recommended now.
bool Neighbours::Add(const Place& place, std::size_t segment, std::string to,
                     std::vector<Change>& changes) const {
  std::vector<std::pair<std::string, Index>> before;
  for (const Entry& entry : now_.entries) {
    if (entry.determination != Determination::kRecommended) continue;
    before.emplace_back(entry.id(), entry.action);
    for (const Rule* joined : entry.joins) before.emplace_back(joined->id, entry.action);
  }
  const Results then = prober_.Try(place, pathway_.inputs[place.input].segments[segment]);
  std::string text = ActionsOf(pathway_, then, place.instance, before);
  if (text.empty()) return false;
  changes.push_back({place.input, FocusKey(pathway_, gathered_, place.instance), std::move(to), std::move(text)});
  return true;
}

std::string BoundText(const Input& input, const char* strict, const char* weak, const Bound& bound) {
  return std::string(bound.closed ? weak : strict) + " " +
         ValueText(input, Value::Ordered(Interval::Point(bound.value)));
}

void Neighbours::Look(const Place& place, const Resolved& resolved, std::vector<Change>& changes) const {
  const Input& input = pathway_.inputs[place.input];
  if (resolved.value->IsCode()) {
    for (std::size_t i = 0; i < input.segments.size(); ++i) {
      if (i != resolved.value->code()) Add(place, i, input.values[i].first, changes);
    }
    return;
  }
  std::size_t here = 0;
  while (here < input.segments.size() &&
         Covers(input.segments[here].interval(), resolved.value->interval()) != Cover::kInside) {
    ++here;
  }
  if (here == input.segments.size()) return;
  for (std::size_t i = here; i-- > 0;) {
    const std::optional<Bound>& high = input.segments[i].interval().high;
    if (high && Add(place, i, BoundText(input, "<", "<=", *high), changes)) break;
  }
  for (std::size_t i = here + 1; i < input.segments.size(); ++i) {
    const std::optional<Bound>& low = input.segments[i].interval().low;
    if (low && Add(place, i, BoundText(input, ">", ">=", *low), changes)) break;
  }
}

}  // namespace

std::vector<std::string> Fingerprint(const Pathway& pathway, const Results& results) {
  std::vector<std::string> prints;
  if (results.gate != nullptr) prints.push_back("gate " + results.gate->id);
  if (results.conflict) prints.emplace_back("conflict");
  if (results.in_scope != Truth::kTrue) {
    prints.emplace_back(results.in_scope == Truth::kFalse ? "out of scope" : "scope unknown");
  }
  for (const Entry& entry : results.entries) {
    if (IsFact(entry)) continue;
    prints.push_back(std::to_string(entry.instance) + " " + Identity(entry) + " " +
                     (entry.action == kNone ? std::string() : pathway.actions[entry.action].id) +
                     (entry.determination == Determination::kRecommended ? " R" : " K"));
  }
  std::sort(prints.begin(), prints.end());
  prints.erase(std::unique(prints.begin(), prints.end()), prints.end());
  return prints;
}

std::vector<Question> Ask(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
                          const Facts& facts, const Results& results) {
  const std::vector<std::string> now = Fingerprint(pathway, results);
  const Prober prober(pathway, request, gathered);
  std::vector<std::pair<std::size_t, Question>> scored;
  for (const Place& place : Places(pathway, gathered)) {
    const Input& input = pathway.inputs[place.input];
    if (!MayAsk(pathway, input, facts, place)) continue;
    const Resolved& resolved = facts.At(pathway, place.input, place.instance);
    bool matters = false;
    std::size_t worst = 0;
    for (const std::size_t segment : OpenSegments(input, resolved)) {
      const Results then = prober.Try(place, input.segments[segment]);
      matters = matters || Fingerprint(pathway, then) != now;
      worst = std::max(worst, CountConditional(then));
    }
    if (!matters) continue;
    scored.emplace_back(worst, Question{place.input, FocusKey(pathway, gathered, place.instance), resolved.reason});
  }
  std::stable_sort(scored.begin(), scored.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Question> questions;
  for (auto& [score, question] : scored) questions.push_back(std::move(question));
  return questions;
}

std::vector<Change> WouldChange(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
                                const Facts& facts, const Results& results) {
  const Prober prober(pathway, request, gathered);
  const Neighbours neighbours(pathway, gathered, prober, results);
  std::vector<Change> changes;
  for (const Place& place : Places(pathway, gathered)) {
    const Input& input = pathway.inputs[place.input];
    const Resolved& resolved = facts.At(pathway, place.input, place.instance);
    // Only what was found in the record can be said to be different; nothing is asked for by this.
    const bool found = resolved.value && resolved.status != InputStatus::kAssumed && !input.fact;
    if (found && !IsDerivedFromInputs(input)) neighbours.Look(place, resolved, changes);
  }
  return changes;
}

}  // namespace renal::pathways
