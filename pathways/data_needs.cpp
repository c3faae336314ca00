#include "pathways/data_needs.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace renal::pathways {
namespace {

using fhir::fhirpath::Expression;

// Settled in the design: a pathway of this program says nothing without these two.
constexpr const char* kPatient = "Patient";
constexpr const char* kCondition = "Condition";

using Limit = std::optional<std::int64_t>;

// Calls `visit` with what stands behind each occurrence of a step in the text of an expression.
template <class Visit>
void ForEachAfter(const Expression& expression, std::string_view step, Visit visit) {
  std::string_view text = expression.text();
  for (std::size_t at = text.find(step); at != std::string_view::npos; at = text.find(step)) {
    text.remove_prefix(at + step.size());
    visit(text);
  }
}

class Collector {
 public:
  explicit Collector(const Pathway& pathway) : pathway_(pathway) {}

  std::vector<TypeNeed> OfPathway();
  std::vector<TypeNeed> OfInputs(const std::vector<Index>& inputs);

 private:
  void AddInput(const Input& input);
  void AddSource(const SourceOfInput& source, Limit limit, bool decides = true);
  void AddFocus(const FocusKind& kind);
  void AddAction(const Action& action);
  void AddCodes(const std::string& type, const fhir::ValueSet* codes, Limit limit);
  std::vector<const fhir::ValueSet*> SetsOfCode(const Expression& expression) const;
  void Follow(const Expression& expression);
  void Follow(const std::optional<Expression>& expression) {
    if (expression) Follow(*expression);
  }
  std::vector<TypeNeed> Take();

  const Pathway& pathway_;
  std::map<std::string, TypeNeed> needs_;
};

std::vector<TypeNeed> Collector::OfPathway() {
  needs_[kPatient].any_code = true;
  needs_[kPatient].evidence = true;
  needs_[kCondition].evidence = true;
  AddCodes(kCondition, pathway_.condition, {});
  for (const Input& input : pathway_.inputs) AddInput(input);
  for (const FocusKind& kind : pathway_.foci) AddFocus(kind);
  for (const Action& action : pathway_.actions) AddAction(action);
  Follow(pathway_.applies);
  for (const Table& table : pathway_.tables) {
    for (const Rule& rule : table.rules) Follow(rule.when);
  }
  return Take();
}

std::vector<TypeNeed> Collector::OfInputs(const std::vector<Index>& inputs) {
  std::set<Index> seen(inputs.begin(), inputs.end());
  std::vector<Index> open(seen.begin(), seen.end());
  while (!open.empty()) {
    const Input& input = pathway_.inputs[open.back()];
    open.pop_back();
    AddInput(input);
    for (const Index other : input.depends_on) {
      if (seen.insert(other).second) open.push_back(other);
    }
  }
  return Take();
}

std::vector<TypeNeed> Collector::Take() {
  std::vector<TypeNeed> list;
  for (auto& [type, need] : needs_) {
    need.type = type;
    list.push_back(std::move(need));
  }
  return list;
}

// The longest of the age limits, if each of them is one.
Limit LimitOf(const Input& input) {
  Limit longest;
  for (const AgeLimit& age : input.age) {
    if (!age.limit_days) return std::nullopt;
    longest = std::max(longest.value_or(0), *age.limit_days);
  }
  return longest;
}

void Collector::AddInput(const Input& input) {
  Follow(input.derive);
  Follow(input.prefer_status);
  if (input.prefer) {
    for (const Preference::Class& each : input.prefer->order) Follow(each.when);
  }
  for (const auto& [variable, type] :
       {std::pair("%patient", kPatient), std::pair("%encounter", "Encounter")}) {
    if (!input.derive || input.derive->text().find(variable) == std::string::npos) continue;
    needs_[type].any_code = true;
    needs_[type].evidence = true;
  }
  for (const SourceOfInput& source : input.sources) {
    AddSource(source, source.ageless ? Limit() : LimitOf(input), !input.information);
    if (input.information) continue;  // what only informs is not missed
    const bool alone = std::ranges::all_of(
        input.sources, [&](const SourceOfInput& other) { return other.from == source.from; });
    if (alone && !input.if_none) needs_[source.from].only_way = true;
  }
}

void Collector::AddSource(const SourceOfInput& source, Limit limit, bool decides) {
  if (decides) needs_[source.from].evidence = true;
  AddCodes(source.from, source.code, limit);
  Follow(source.where);
  Follow(source.value);
  Follow(source.time);
  Follow(source.label);
  Follow(source.same);
  for (const SourceOfInput::Entry& entry : source.map) Follow(entry.when);
}

void Collector::AddFocus(const FocusKind& kind) {
  for (const SourceOfInput& source : kind.instances) AddSource(source, {});
  for (const FocusKind::Step& step : kind.belongs) {
    Follow(step.via);
    for (const FocusKind::Step::Entry& entry : step.map) Follow(entry.when);
  }
}

void Collector::AddAction(const Action& action) {
  Follow(action.match_where);
  Follow(action.match_presumed);
  std::vector<const fhir::ValueSet*> sets = {action.match};
  if (action.match == nullptr) {
    if (!action.match_where) return;
    sets = SetsOfCode(*action.match_where);
  }
  for (const std::string& type : action.match_types) {
    for (const fhir::ValueSet* set : sets) AddCodes(type, set, {});
  }
}

// The sets in which a criterion looks a code up, "code.memberOf('x')"; null, for any code, where it
// names none.
std::vector<const fhir::ValueSet*> Collector::SetsOfCode(const Expression& expression) const {
  std::vector<const fhir::ValueSet*> sets;
  ForEachAfter(expression, "code.memberOf('", [&](std::string_view text) {
    sets.push_back(pathway_.FindValueSet(text.substr(0, text.find('\''))));
  });
  if (sets.empty()) sets.push_back(nullptr);
  return sets;
}

void Collector::AddCodes(const std::string& type, const fhir::ValueSet* codes, Limit limit) {
  TypeNeed& need = needs_[type];
  if (codes == nullptr) {
    need.any_code = true;
    return;
  }
  const auto known = std::ranges::find(need.codes, codes, &CodeNeed::codes);
  if (known == need.codes.end()) {
    need.codes.push_back({codes, limit});
  } else if (known->limit_days) {
    known->limit_days = limit ? std::max(*limit, *known->limit_days) : Limit();
  }
}

// Every "resolve().ofType(X)": the form in which pathways follow references; and every
// "%context.entry.resource.ofType(X)", of which those with a code may be enough.
void Collector::Follow(const Expression& expression) {
  const auto type_at = [](std::string_view text) { return text.substr(0, text.find(')')); };
  ForEachAfter(expression, "resolve().ofType(", [&](std::string_view text) {
    if (!type_at(text).empty()) needs_[std::string(type_at(text))].any_code = true;
  });
  ForEachAfter(expression, "%context.entry.resource.ofType(", [&](std::string_view text) {
    const std::string type(type_at(text));
    if (type.empty()) return;
    const fhir::ValueSet* set = nullptr;
    for (const std::string_view filter : {").where(code.memberOf('", ").exists(code.memberOf('"}) {
      std::string_view rest = text.substr(type.size());
      if (!rest.starts_with(filter)) continue;
      rest.remove_prefix(filter.size());
      set = pathway_.FindValueSet(rest.substr(0, rest.find('\'')));
    }
    AddCodes(type, set, {});
  });
}

}  // namespace

std::vector<TypeNeed> TypeNeedsOf(const Pathway& pathway) { return Collector(pathway).OfPathway(); }

std::vector<TypeNeed> TypeNeedsOf(const Pathway& pathway, const std::vector<Index>& inputs) {
  return Collector(pathway).OfInputs(inputs);
}

}  // namespace renal::pathways
