#include <algorithm>
#include <utility>

#include "pathways/internal/read_value.h"
#include "pathways/internal/results.h"

namespace renal::pathways {

namespace {

// A rule that joins another counts as that one, and so do rules that say the same: which of them it
// is decides nothing.
const std::string& Identity(const Entry& entry) {
  if (entry.check != nullptr) return entry.check->rule;
  return entry.advice->joins.empty() ? entry.advice->id : entry.advice->joins;
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

bool IsDerivedFromInputs(const Input& input) { return input.IsDerived() && !input.depends_on.empty(); }

class Prober {
 public:
  Prober(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
         const Facts& facts)
      : pathway_(pathway),
        request_(request),
        gathered_(gathered),
        trial_(pathway, request, gathered, facts) {}

  Results Try(const Place& place, const Value& value) {
    return Apply(pathway_, request_, gathered_, trial_.With({place.input, place.instance, value}),
                 nullptr);
  }

 private:
  const Pathway& pathway_;
  const EvaluateRequest& request_;
  const Gathered& gathered_;
  Trial trial_;
};

// What questions compare: (rule, action, determination) of every result that is not a mere fact.
struct Fingerprint {
  struct Print {
    std::string_view id;
    Index action = kNone;
    Index instance = kNone;
    bool recommended = false;
    friend auto operator<=>(const Print&, const Print&) = default;
  };
  explicit Fingerprint(const Results& results);
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;

  const GateRow* gate;
  Truth in_scope;
  bool conflict;
  std::vector<Print> prints;
};

Fingerprint::Fingerprint(const Results& results)
    : gate(results.gate), in_scope(results.in_scope), conflict(results.conflict) {
  for (const Entry& entry : results.entries) {
    if (IsFact(entry)) continue;
    prints.push_back({Identity(entry), entry.action, entry.instance,
                      entry.determination == Determination::kRecommended});
  }
  std::sort(prints.begin(), prints.end());
  prints.erase(std::unique(prints.begin(), prints.end()), prints.end());
}

// Values that the input can still have: all of its segments, or those that its interval touches.
std::vector<std::size_t> OpenSegments(const Input& input, const Resolved& resolved) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < input.segments.size(); ++i) {
    const bool possible =
        !resolved.value || resolved.value->IsCode() ||
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
  return static_cast<std::size_t>(
      std::count_if(results.entries.begin(), results.entries.end(), [](const Entry& entry) {
        return entry.determination == Determination::kConditional && !IsFact(entry);
      }));
}

// ---- what would change the advice

using Advice = std::vector<std::pair<std::string_view, Index>>;  // rule and action

Advice RecommendedNow(const Results& results) {
  Advice advice;
  for (const Entry& entry : results.entries) {
    if (entry.determination != Determination::kRecommended) continue;
    advice.emplace_back(Identity(entry), entry.action);
    advice.emplace_back(entry.id(), entry.action);
    for (const Rule* joined : entry.joins) advice.emplace_back(joined->id, entry.action);
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
    const auto is_known = [&](std::string_view id) {
      return std::find(before.begin(), before.end(), std::pair(id, entry.action)) != before.end();
    };
    if (is_known(entry.id()) || is_known(Identity(entry))) continue;
    if (!text.empty()) text += ", ";
    text += entry.id() + " " + pathway.actions[entry.action].id;
  }
  return text;
}

class Neighbours {
 public:
  Neighbours(const Pathway& pathway, const Gathered& gathered, Prober& prober, const Results& now)
      : pathway_(pathway), gathered_(gathered), prober_(prober), before_(RecommendedNow(now)) {}

  void Look(const Place& place, const Resolved& resolved, std::vector<Change>& changes) const;

 private:
  bool Add(const Place& place, std::size_t segment, std::string to,
           std::vector<Change>& changes) const;

  const Pathway& pathway_;
  const Gathered& gathered_;
  Prober& prober_;
  const Advice before_;
};

// The change that a segment brings, if it brings a treatment that is not recommended now.
bool Neighbours::Add(const Place& place, std::size_t segment, std::string to,
                     std::vector<Change>& changes) const {
  const Results then = prober_.Try(place, pathway_.inputs[place.input].segments[segment]);
  std::string text = NewTreatments(pathway_, then, place.instance, before_);
  if (text.empty()) return false;
  changes.push_back(
      {place.input, FocusKey(pathway_, gathered_, place.instance), std::move(to), std::move(text)});
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
  if (resolved.value->IsCode()) {
    for (std::size_t i = 0; i < input.segments.size(); ++i) {
      if (i != resolved.value->code()) Add(place, i, ValueText(input, input.segments[i]), changes);
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

std::vector<Question> Ask(const Pathway& pathway, const EvaluateRequest& request,
                          const Gathered& gathered, const Facts& facts, const Results& results) {
  const Fingerprint now(results);
  Prober prober(pathway, request, gathered, facts);
  std::vector<std::pair<std::size_t, Question>> scored;
  for (const Place& place : Places(pathway, gathered)) {
    const Input& input = pathway.inputs[place.input];
    if (!MayAsk(pathway, input, facts, place)) continue;
    const Resolved& resolved = facts.At(pathway, place.input, place.instance);
    bool matters = false;
    std::size_t worst = 0;
    for (const std::size_t segment : OpenSegments(input, resolved)) {
      const Results then = prober.Try(place, input.segments[segment]);
      matters = matters || Fingerprint(then) != now;
      worst = std::max(worst, CountConditional(then));
    }
    if (!matters) continue;
    scored.emplace_back(
        worst, Question{place.input, FocusKey(pathway, gathered, place.instance), resolved.reason});
  }
  std::stable_sort(scored.begin(), scored.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Question> questions;
  for (auto& [score, question] : scored) questions.push_back(std::move(question));
  return questions;
}

std::vector<Change> WouldChange(const Pathway& pathway, const EvaluateRequest& request,
                                const Gathered& gathered, const Facts& facts,
                                const Results& results) {
  Prober prober(pathway, request, gathered, facts);
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
