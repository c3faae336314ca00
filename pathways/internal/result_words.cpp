#include <algorithm>
#include <tuple>
#include <utility>

#include "pathways/internal/read_value.h"
#include "pathways/internal/words.h"

namespace renal::pathways {
namespace {

class Writer {
 public:
  Writer(const Pathway& pathway, const Gathered& gathered, const Facts& facts,
         const Results& results)
      : pathway_(pathway), gathered_(gathered), facts_(facts), results_(results) {}

  std::vector<Recommendation> Run() const;

 private:
  Recommendation Make(const Entry& entry) const;
  void AddRule(const Rule& rule, Index instance, Recommendation& made) const;
  void AddReplaced(const Entry& entry, Recommendation& made) const;
  std::string Filled(std::string text, Index instance) const;
  void AddFilled(const std::string& text, Index instance, std::vector<std::string>& list) const;
  void AddChecks(const Entry& entry, Recommendation& made) const;
  void AddSuppressed(const Entry& entry, Recommendation& made) const;
  void AddAssumptions(const Entry& entry, Recommendation& made) const;
  void AddAssumption(Index input, Index instance, std::vector<std::string>& assumptions) const;
  std::vector<const Rule*> RulesUnder(const Check& check, Index instance) const;
  std::size_t RankOf(const Entry& entry) const;
  int OrderOf(const Entry& entry) const;
  static std::string WithCheck(std::string text, const Check& check);
  static std::string NameRules(std::string text, const std::vector<const Rule*>& rules);

  const Pathway& pathway_;
  const Gathered& gathered_;
  const Facts& facts_;
  const Results& results_;
};

std::string Writer::NameRules(std::string text, const std::vector<const Rule*>& rules) {
  constexpr std::string_view kPlace = "{rules}";
  std::string names;
  for (const Rule* rule : rules) names += (names.empty() ? "" : ", ") + rule->id;
  for (std::size_t at = text.find(kPlace); at != std::string::npos;
       at = text.find(kPlace, at + names.size())) {
    text.replace(at, kPlace.size(), names);
  }
  return text;
}

std::string Writer::WithCheck(std::string text, const Check& check) {
  constexpr std::string_view kPlace = "{check}";
  const std::size_t at = text.find(kPlace);
  return at == std::string::npos ? text : text.replace(at, kPlace.size(), check.title);
}

// The rules whose results a true check concerns.
std::vector<const Rule*> Writer::RulesUnder(const Check& check, Index instance) const {
  std::vector<const Rule*> rules;
  for (const Entry& entry : results_.entries) {
    if (entry.check != nullptr || entry.instance != instance) continue;
    const EntryNotes& notes = results_.NotesOf(entry);
    if (std::ranges::find(notes.checks, &check) == notes.checks.end()) continue;
    AddOnce(rules, entry.rule);
    for (const Rule* joined : notes.joins) AddOnce(rules, joined);
  }
  return rules;
}

// A value as a sentence shows it: the title of a code, "7 cm".
std::string Shown(const Input& input, const std::optional<Value>& value,
                  std::string_view decimal_sign) {
  if (!value) return input.when_unknown;
  if (value->IsCode()) return input.values[value->code()].second;
  std::string text = ValueText(input, *value);
  for (std::size_t at = text.find('.'); at < text.find('\''); at = text.find('.', at + 1)) {
    // Between digits alone: ".." stands between the ends of a range.
    const auto digit = [&](std::size_t i) {
      return i < text.size() && text[i] >= '0' && text[i] <= '9';
    };
    if (at > 0 && digit(at - 1) && digit(at + 1)) text.replace(at, 1, decimal_sign);
  }
  std::erase(text, '\'');
  return text;
}

// The text with the values of the inputs that it names in braces.
std::string Writer::Filled(std::string text, Index instance) const {
  for (std::size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open)) {
    const std::size_t close = text.find('}', open);
    if (close == std::string::npos) break;
    const Index input = pathway_.FindInput(text.substr(open + 1, close - open - 1));
    if (input == kNone) {
      ++open;
      continue;
    }
    const std::string shown = Shown(
        pathway_.inputs[input], facts_.At(pathway_, input, instance).value, pathway_.decimal_sign);
    text.replace(open, close + 1 - open, shown);
    open += shown.size();
  }
  return text;
}

// Most sentences name no input.
void Writer::AddFilled(const std::string& text, Index instance,
                       std::vector<std::string>& list) const {
  if (text.find('{') == std::string::npos) return AddOnce(list, text);
  AddOnce(list, Filled(text, instance));
}

void Writer::AddRule(const Rule& rule, Index instance, Recommendation& made) const {
  AddOnce(made.rules, rule.id);
  if (!rule.because.empty()) AddFilled(rule.because, instance, made.because);
  for (const Index source : rule.cite) AddOnce(made.cite, source);
  made.policy = made.policy || rule.policy;
}

// What gave way to this result is named in it, with its reason.
void Writer::AddReplaced(const Entry& entry, Recommendation& made) const {
  for (const Rule* rule : results_.NotesOf(entry).replaced) {
    AddOnce(made.because, rule->id + ": " + Filled(rule->because, entry.instance));
    for (const Index source : rule->cite) AddOnce(made.cite, source);
  }
}

void Writer::AddChecks(const Entry& entry, Recommendation& made) const {
  for (const Check* check : results_.NotesOf(entry).checks) {
    if (entry.check !=
        nullptr) {  // an action that checks brought along: their reasons are its reasons
      AddOnce(made.because, check->because);
      for (const Index source : check->cite) AddOnce(made.cite, source);
      made.policy = made.policy || check->policy;
      continue;
    }
    if (!check->emphasis.empty()) AddFilled(check->emphasis, entry.instance, made.because);
    if (!check->caution.empty()) {
      AddOnce(made.cautions, NameRules(Filled(check->caution, entry.instance),
                                       RulesUnder(*check, entry.instance)));
    }
  }
  for (const Check* check : results_.NotesOf(entry).looked_at) {
    if (!check->not_verified) continue;
    if (TestAll(check->cells, facts_, entry.instance) == Truth::kUnknown) {
      AddOnce(made.cautions, WithCheck(pathway_.cards.not_verified, *check));
    }
  }
}

void Writer::AddSuppressed(const Entry& entry, Recommendation& made) const {
  if (made.background && entry.action == kNone) return;  // a fact has no alternative
  for (const Suppression& suppression : results_.suppressed) {
    if (suppression.instance != entry.instance) continue;
    const Check& check = *suppression.check;
    AddOnce(made.cautions,
            NameRules(check.caution.empty() ? check.title + ": {rules}" : check.caution,
                      suppression.rules));
  }
}

void Writer::AddAssumption(Index index, Index instance,
                           std::vector<std::string>& assumptions) const {
  const Input& input = pathway_.inputs[index];
  const Resolved& resolved = facts_.At(pathway_, index, instance);
  if (resolved.status == InputStatus::kAssumed && !input.if_none->assumption.empty()) {
    AddOnce(assumptions, input.if_none->assumption);
  }
  if (resolved.status != InputStatus::kKnown && resolved.given == nullptr) return;
  const auto& candidates = gathered_.CandidatesOf(index);
  const bool used = resolved.status == InputStatus::kKnown && resolved.chosen < candidates.size();
  const GivenInput* said = resolved.given == nullptr ? nullptr : resolved.given->given;
  const bool given = said != nullptr && said->unlinked;
  if (said != nullptr) {
    for (const std::string& other : said->assumptions) AddOnce(assumptions, other);
  }
  if (given || (used && candidates[resolved.chosen].unlinked)) {
    AddOnce(assumptions, pathway_.foci[input.focus].unlinked);
  }
  if (used && !input.sources[candidates[resolved.chosen].source].assumption.empty()) {
    AddOnce(assumptions, input.sources[candidates[resolved.chosen].source].assumption);
  }
}

void Writer::AddAssumptions(const Entry& entry, Recommendation& made) const {
  if (entry.action == kNone) return;
  constexpr std::size_t kUsual = 4;
  made.assumptions.reserve(kUsual);
  IndexSet seen;
  const auto add_all = [&](const std::vector<Index>& inputs) {
    for (const Index input : inputs) {
      if (!seen.Has(input)) AddAssumption(input, entry.instance, made.assumptions);
      seen.Add(input);
    }
  };
  if (entry.rule != nullptr) add_all(entry.rule->rests_on);
  const EntryNotes& notes = results_.NotesOf(entry);
  for (const Rule* joined : notes.joins) add_all(joined->rests_on);
  for (const Check* check : notes.looked_at) add_all(check->rests_on);
}

Origin OriginOf(const Entry& entry) {
  if (entry.check != nullptr) return Origin::kCheck;
  const auto& with = entry.rule->with;
  const bool brought = entry.strength == kNone && entry.action != kNone &&
                       std::find(with.begin(), with.end(), entry.action) != with.end();
  return brought ? Origin::kWith : Origin::kOption;
}

Recommendation Writer::Make(const Entry& entry) const {
  Recommendation made;
  made.rule = entry.id();
  made.action = entry.action;
  made.strength = entry.strength;
  made.tier = entry.tier;
  made.determination = entry.determination;
  made.order = OrderOf(entry);
  if (entry.instance != kNone) {
    made.focus_kind = gathered_.instances[entry.instance].kind;
    made.focus = FocusKey(pathway_, gathered_, entry.instance);
  }
  const ActionKind kind =
      entry.action == kNone ? ActionKind::kInformation : pathway_.actions[entry.action].kind;
  made.frame = kind == ActionKind::kFrame;
  if (entry.rule != nullptr) {
    AddRule(*entry.rule, entry.instance, made);
    made.summary = entry.rule->summary;
    made.background = entry.rule->background;
  } else {
    AddOnce(made.rules, entry.check->rule);
    made.summary = pathway_.actions[entry.action].title;
  }
  const EntryNotes& notes = results_.NotesOf(entry);
  for (const Rule* joined : notes.joins) AddRule(*joined, entry.instance, made);
  AddReplaced(entry, made);
  AddChecks(entry, made);
  AddSuppressed(entry, made);
  AddAssumptions(entry, made);
  for (const Index input : notes.missing) made.missing.push_back(pathway_.inputs[input].name);
  // Referrals are orderable wherever they are recommended; their own results need no board.
  const bool referral = kind == ActionKind::kReferral;
  made.mdt_required = entry.mdt_required && !referral;
  made.origin = OriginOf(entry);
  const bool has_template = entry.action != kNone &&
                            pathway_.actions[entry.action].resource.type != fhir::JsonType::kAbsent;
  made.orderable = has_template && !made.frame && !made.mdt_required &&
                   entry.determination == Determination::kRecommended &&
                   (entry.tier != Tier::kInfo || referral) && entry.tier != Tier::kAvoid;
  return made;
}

// Display order: strength as the file lists it; a bare tier goes with the last word of its tier.
std::size_t Writer::RankOf(const Entry& entry) const {
  if (entry.strength != kNone) return entry.strength;
  std::size_t rank = 0;
  for (Index i = 0; i < pathway_.strengths.size(); ++i) {
    if (pathway_.strengths[i].tier <= entry.tier) rank = i;
  }
  return rank;
}

// Place in the file; what checks bring along comes after all rules.
int Writer::OrderOf(const Entry& entry) const {
  if (entry.rule != nullptr) return entry.rule->order;
  return static_cast<int>(1'000'000 + (entry.check - pathway_.checks.data()));
}

std::vector<Recommendation> Writer::Run() const {
  std::vector<const Entry*> entries;
  entries.reserve(results_.entries.size());
  for (const Entry& entry : results_.entries) entries.push_back(&entry);
  const auto key = [&](const Entry* entry) {  // counted from 1, the patient (kNone) comes first
    return std::tuple(RankOf(*entry), OrderOf(*entry), entry->instance + 1, entry);
  };
  std::sort(entries.begin(), entries.end(),
            [&](const Entry* a, const Entry* b) { return key(a) < key(b); });
  std::vector<Recommendation> list;
  list.reserve(entries.size());
  for (const Entry* entry : entries) list.push_back(Make(*entry));
  return list;
}

}  // namespace

std::vector<Recommendation> WriteResults(const Pathway& pathway, const Gathered& gathered,
                                         const Facts& facts, const Results& results) {
  return Writer(pathway, gathered, facts, results).Run();
}

}  // namespace renal::pathways
