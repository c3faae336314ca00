#include "pathways/evaluate.h"

#include <algorithm>
#include <utility>

#include "pathways/governance.h"
#include "pathways/internal/facts.h"
#include "pathways/internal/read_value.h"
#include "pathways/internal/results.h"
#include "pathways/internal/scores.h"

namespace renal::pathways {

namespace {

// ---- words for results

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
  void AddChecks(const Entry& entry, Recommendation& made) const;
  void AddSuppressed(const Entry& entry, Recommendation& made) const;
  void AddAssumptions(const Entry& entry, Recommendation& made) const;
  void AddAssumption(Index input, Index instance, std::vector<std::string>& assumptions) const;
  std::vector<const Rule*> RulesUnder(const Check& check, Index instance) const;
  std::size_t RankOf(const Recommendation& made) const;
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
    if (std::find(entry.checks.begin(), entry.checks.end(), &check) == entry.checks.end()) continue;
    AddOnce(rules, entry.rule);
    for (const Rule* joined : entry.joins) AddOnce(rules, joined);
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
    const auto digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
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
    const std::string shown =
        Shown(pathway_.inputs[input], facts_.At(pathway_, input, instance).value,
              pathway_.decimal_sign);
    text.replace(open, close + 1 - open, shown);
    open += shown.size();
  }
  return text;
}

void Writer::AddRule(const Rule& rule, Index instance, Recommendation& made) const {
  AddOnce(made.rules, rule.id);
  if (!rule.because.empty()) AddOnce(made.because, Filled(rule.because, instance));
  for (const Index source : rule.cite) AddOnce(made.cite, source);
  made.policy = made.policy || rule.policy;
}

// What gave way to this result is named in it, with its reason.
void Writer::AddReplaced(const Entry& entry, Recommendation& made) const {
  for (const Rule* rule : entry.replaced) {
    AddOnce(made.because, rule->id + ": " + Filled(rule->because, entry.instance));
    for (const Index source : rule->cite) AddOnce(made.cite, source);
  }
}

void Writer::AddChecks(const Entry& entry, Recommendation& made) const {
  for (const Check* check : entry.checks) {
    if (entry.check !=
        nullptr) {  // an action that checks brought along: their reasons are its reasons
      AddOnce(made.because, check->because);
      for (const Index source : check->cite) AddOnce(made.cite, source);
      made.policy = made.policy || check->policy;
      continue;
    }
    if (!check->emphasis.empty()) AddOnce(made.because, Filled(check->emphasis, entry.instance));
    if (!check->caution.empty()) {
      AddOnce(made.cautions, NameRules(Filled(check->caution, entry.instance),
                                       RulesUnder(*check, entry.instance)));
    }
  }
  for (const Check* check : entry.looked_at) {
    if (!check->not_verified) continue;
    if (TestAll(pathway_, check->cells, facts_, entry.instance) == Truth::kUnknown) {
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

void Writer::AddAssumption(Index first, Index instance,
                           std::vector<std::string>& assumptions) const {
  std::vector<Index> inputs{first};  // grows while it is walked; each input stands in it once
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Input& input = pathway_.inputs[inputs[i]];
    const Resolved& resolved = facts_.At(pathway_, inputs[i], instance);
    if (resolved.status == InputStatus::kAssumed && !input.if_none->assumption.empty()) {
      AddOnce(assumptions, input.if_none->assumption);
    }
    const auto& candidates = gathered_.candidates[inputs[i]];
    const bool used = resolved.status == InputStatus::kKnown && resolved.chosen < candidates.size();
    const GivenInput* said = resolved.given == nullptr ? nullptr : &resolved.given->given;
    const bool given = said != nullptr && said->unlinked;
    for (const std::string& other : said == nullptr ? std::vector<std::string>() : said->assumptions)
      AddOnce(assumptions, other);
    if (given || (used && candidates[resolved.chosen].unlinked)) {
      AddOnce(assumptions, pathway_.foci[input.focus].unlinked);
    }
    if (used && !input.sources[candidates[resolved.chosen].source].assumption.empty()) {
      AddOnce(assumptions, input.sources[candidates[resolved.chosen].source].assumption);
    }
    if (!input.IsDerived()) continue;
    for (const Index other : input.depends_on) AddOnce(inputs, other);
  }
}

void Writer::AddAssumptions(const Entry& entry, Recommendation& made) const {
  const auto add = [&](const std::vector<Cell>& cells) {
    for (const Cell& cell : cells) AddAssumption(cell.input, entry.instance, made.assumptions);
  };
  if (entry.action == kNone) return;
  if (entry.rule != nullptr) add(entry.rule->cells);
  for (const Rule* joined : entry.joins) add(joined->cells);
  for (const Check* check : entry.looked_at) add(check->cells);
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
    made.order = entry.rule->order;
  } else {
    AddOnce(made.rules, entry.check->rule);
    made.summary = pathway_.actions[entry.action].title;
    made.order = static_cast<int>(1'000'000 + (entry.check - pathway_.checks.data()));
  }
  for (const Rule* joined : entry.joins) AddRule(*joined, entry.instance, made);
  AddReplaced(entry, made);
  AddChecks(entry, made);
  AddSuppressed(entry, made);
  AddAssumptions(entry, made);
  for (const Index input : entry.missing) made.missing.push_back(pathway_.inputs[input].name);
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
std::size_t Writer::RankOf(const Recommendation& made) const {
  if (made.strength != kNone) return made.strength;
  std::size_t rank = 0;
  for (Index i = 0; i < pathway_.strengths.size(); ++i) {
    if (pathway_.strengths[i].tier <= made.tier) rank = i;
  }
  return rank;
}

std::vector<Recommendation> Writer::Run() const {
  std::vector<std::pair<Index, Recommendation>> made;
  for (const Entry& entry : results_.entries) made.emplace_back(entry.instance, Make(entry));
  std::stable_sort(made.begin(), made.end(), [&](const auto& a, const auto& b) {
    const std::size_t x = RankOf(a.second);
    const std::size_t y = RankOf(b.second);
    if (x != y) return x < y;
    if (a.second.order != b.second.order) return a.second.order < b.second.order;
    return a.first + 1 < b.first + 1;  // the patient (kNone) first
  });
  std::vector<Recommendation> list;
  for (auto& [instance, recommendation] : made) list.push_back(std::move(recommendation));
  return list;
}

// ---- words for inputs

// Texts of the record are shown, not kept: long ones are cut, at a whole character.
std::string Cut(std::string text) {
  constexpr std::size_t kLongest = 256;
  if (text.size() <= kLongest) return text;
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text;
}

Evidence EvidenceOf(const Input& input, const Candidate& candidate) {
  Evidence evidence;
  const SourceOfInput& source = input.sources[candidate.source];
  evidence.source = source.name;
  evidence.reference = fhir::Record::Reference(candidate.resource);
  evidence.version_id = Cut(std::string(candidate.resource["meta"]["versionId"].string()));
  evidence.path = PathTo(candidate.resource, candidate.node);
  evidence.display = Cut(DisplayOf(candidate.resource));
  evidence.recorded = Cut(candidate.recorded);
  if (candidate.value) evidence.value = ValueText(input, *candidate.value);
  if (!candidate.preferred_status) evidence.note = input.status_note;
  evidence.unlinked = candidate.unlinked;
  return evidence;
}

// More contradicting or dropped values than this tell a reader nothing new.
constexpr std::size_t kShownEvidence = 50;

class InputWriter {
 public:
  InputWriter(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
              const Facts& facts)
      : pathway_(pathway), request_(request), gathered_(gathered), facts_(facts) {}

  InputState Make(Index input, Index instance) const;

 private:
  std::string TimeOf(const SourceOfInput& source, const Candidate& candidate) const;
  std::string LabelOf(const SourceOfInput& source, const Candidate& candidate) const;
  Evidence Show(const Input& input, const Candidate& candidate) const;
  void AddDropped(Index input, Index instance, InputState& state) const;
  void AddGiven(Index input, const Resolved& resolved, InputState& state) const;

  const Pathway& pathway_;
  const EvaluateRequest& request_;
  const Gathered& gathered_;
  const Facts& facts_;
};

std::string InputWriter::TimeOf(const SourceOfInput& source, const Candidate& candidate) const {
  if (!source.time || !candidate.milliseconds) return {};
  const auto found = source.time->Evaluate(
      fhir::fhirpath::Item(fhir::fhirpath::Node{candidate.resource, {}, {}}),
      EnvironmentOf(request_, gathered_, gathered_.constants));
  if (!found || found.value().empty()) return {};
  const auto* node = std::get_if<fhir::fhirpath::Node>(&found.value().front());
  if (node == nullptr) {
    const auto* date = std::get_if<fhir::DateTime>(&found.value().front());
    return date != nullptr ? date->ToString() : std::string();
  }
  const fhir::Json end = node->json["end"];
  return std::string(
      (node->json.is_object() ? (end ? end : node->json["start"]) : node->json).string());
}

// What the source says that the resource is called; else the text of its code.
std::string InputWriter::LabelOf(const SourceOfInput& source, const Candidate& candidate) const {
  if (!source.label) return {};
  const auto found = source.label->Evaluate(
      fhir::fhirpath::Item(fhir::fhirpath::Node{candidate.resource, {}, {}}),
      EnvironmentOf(request_, gathered_, gathered_.constants));
  if (!found) AddError(*source.label, found.error(), *gathered_.errors);
  if (!found || found.value().empty()) return {};
  return RecordedText(found.value().front());
}

Evidence InputWriter::Show(const Input& input, const Candidate& candidate) const {
  Evidence evidence = EvidenceOf(input, candidate);
  const std::string label = LabelOf(input.sources[candidate.source], candidate);
  if (!label.empty()) evidence.display = Cut(label);
  evidence.time = TimeOf(input.sources[candidate.source], candidate);
  return evidence;
}

void InputWriter::AddDropped(Index index, Index instance, InputState& state) const {
  const Input& input = pathway_.inputs[index];
  const AgeLimit* age = AgeLimitOf(pathway_, input, facts_, instance);
  for (const Candidate& candidate : gathered_.candidates[index]) {
    if (state.dropped.size() == kShownEvidence) return;
    if (candidate.instance != instance && !candidate.floating) continue;
    const UnknownReason reason =
        candidate.floating ? UnknownReason::kUnlinked : WhyUnusable(input, candidate, age);
    if (reason != UnknownReason::kNotUnknown)
      state.dropped.push_back({Show(input, candidate), reason});
  }
}

// Answers that decided, or that contradict each other.
void InputWriter::AddGiven(Index index, const Resolved& resolved, InputState& state) const {
  if (resolved.given == nullptr || gathered_.prepared) return;
  const bool conflict = resolved.reason == UnknownReason::kConflict;
  for (const PlacedInput& placed : gathered_.placed.by_input[index]) {
    const bool counts = placed.instance == resolved.given->instance &&
                        placed.milliseconds == resolved.given->milliseconds;
    if (!counts || (!conflict && &placed != resolved.given)) continue;
    Evidence evidence;
    evidence.reference = placed.given.reference;
    evidence.time = Cut(placed.given.time);
    evidence.recorded = Cut(placed.given.written);
    if (placed.given.state.value) {
      evidence.value = ValueText(pathway_.inputs[index], *placed.given.state.value);
    }
    if (state.rivals.size() == kShownEvidence) return;
    (conflict ? state.rivals : state.from).push_back(std::move(evidence));
  }
}

// The element that "%patient.birthDate.duration(...)" reads.
std::string PatientElement(std::string_view expression) {
  constexpr std::string_view kPatient = "%patient.";
  if (!expression.starts_with(kPatient)) return std::string(expression);
  expression.remove_prefix(kPatient.size());
  return std::string(expression.substr(0, expression.find_first_of(".( ")));
}

InputState InputWriter::Make(Index index, Index instance) const {
  const Input& input = pathway_.inputs[index];
  const Resolved& resolved = facts_.At(pathway_, index, instance);
  InputState state;
  state.status = resolved.status;
  state.reason = resolved.reason;
  state.value = resolved.value;
  state.stale = resolved.stale;
  const auto& candidates = gathered_.candidates[index];
  if (resolved.chosen < candidates.size()) {
    const Candidate& chosen = candidates[resolved.chosen];
    if (chosen.milliseconds) state.age_days = chosen.age_days;
    if (resolved.status == InputStatus::kKnown) state.from.push_back(Show(input, chosen));
    if (resolved.reason == UnknownReason::kConflict) state.rivals.push_back(Show(input, chosen));
  }
  for (const std::size_t rival : resolved.rivals) {
    if (state.rivals.size() == kShownEvidence) break;
    state.rivals.push_back(Show(input, candidates[rival]));
  }
  if (input.derive && resolved.status == InputStatus::kDerived && input.depends_on.empty() &&
      resolved.given == nullptr) {
    Evidence evidence;
    evidence.reference = fhir::Record::Reference(request_.record->patient());
    evidence.path = PatientElement(input.derive->text());
    if (request_.record->patient()) state.from.push_back(std::move(evidence));
  }
  if (input.score || !input.points.empty() || !input.classes.empty()) {
    state.score = DescribeScore(pathway_, input, facts_, instance, resolved);
  }
  AddGiven(index, resolved, state);
  AddDropped(index, instance, state);
  return state;
}

OutcomeKind KindOf(const Outcome& outcome, const Results& results) {
  if (!outcome.gate.empty() || results.in_scope == Truth::kFalse)
    return OutcomeKind::kNotApplicable;
  if (results.conflict) return OutcomeKind::kConflict;
  bool conditional = results.in_scope == Truth::kUnknown || !outcome.ask.empty();
  for (const Recommendation& result : outcome.recommendations) {
    const bool recommended = result.determination == Determination::kRecommended;
    if (recommended && !result.frame && !result.background) return OutcomeKind::kRecommendation;
    conditional = conditional || !recommended;
  }
  return conditional ? OutcomeKind::kNeedData : OutcomeKind::kOutOfScope;
}

void ShowInputs(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
                const Facts& facts, Outcome& outcome) {
  const InputWriter writer(pathway, request, gathered, facts);
  outcome.patient_inputs.resize(pathway.inputs.size());
  outcome.focus_inputs.assign(gathered.instances.size(),
                              std::vector<InputState>(pathway.inputs.size()));
  for (Index input = 0; input < pathway.inputs.size(); ++input) {
    const Index focus = pathway.inputs[input].focus;
    if (focus == kNone) outcome.patient_inputs[input] = writer.Make(input, kNone);
    for (Index i = 0; i < gathered.instances.size(); ++i) {
      if (gathered.instances[i].kind == focus)
        outcome.focus_inputs[i][input] = writer.Make(input, i);
    }
  }
}

void ShowAnswers(const Pathway& pathway, const Gathered& gathered, const Facts& facts,
                 Outcome& outcome) {
  if (gathered.prepared) return;
  outcome.answers = gathered.placed.unplaced;
  for (const auto& answers : gathered.placed.by_input) {
    for (const PlacedInput& placed : answers) {
      const GivenInput& given = placed.given;
      const AgeLimit* age =
          AgeLimitOf(pathway, pathway.inputs[given.input], facts, placed.instance);
      UnknownReason unused = WhyUnused(placed, age);
      if (unused == UnknownReason::kNotUnknown && !given.state.value) unused = given.state.reason;
      outcome.answers.push_back({given.input, FocusKey(pathway, gathered, placed.instance),
                                 Cut(given.written), Cut(given.author), Cut(given.time),
                                 given.reference, unused});
    }
  }
}

void ShowFoci(const Pathway& pathway, const Gathered& gathered, Outcome& outcome) {
  for (Index i = 0; i < gathered.instances.size(); ++i) {
    FocusInstance instance{gathered.instances[i].kind, FocusKey(pathway, gathered, i), {}};
    for (const fhir::Json& resource : gathered.instances[i].resources) {
      instance.references.push_back(fhir::Record::Reference(resource));
    }
    outcome.foci.push_back(std::move(instance));
  }
}

void ShowVariants(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
                  Outcome& outcome) {
  const auto show = [&](Index input, Index instance) {
    auto variants = VariantsOf(pathway, request, gathered, input, instance);
    std::move(variants.begin(), variants.end(), std::back_inserter(outcome.variants));
  };
  for (Index input = 0; input < pathway.inputs.size(); ++input) {
    const Index focus = pathway.inputs[input].focus;
    if (focus == kNone) show(input, kNone);
    for (Index i = 0; i < gathered.instances.size() && focus != kNone; ++i) {
      if (gathered.instances[i].kind == focus) show(input, i);
    }
  }
}

// pathway-format 2.5: of some rule, every option ends as one to avoid.
bool AllAvoided(const std::vector<Recommendation>& results) {
  const auto options_of = [&](const Recommendation& result, const Recommendation& other) {
    return other.rule == result.rule && other.focus == result.focus &&
           other.origin == Origin::kOption;
  };
  return std::any_of(results.begin(), results.end(), [&](const Recommendation& result) {
    return result.origin == Origin::kOption && result.tier == Tier::kAvoid &&
           std::all_of(results.begin(), results.end(), [&](const Recommendation& other) {
             return !options_of(result, other) || other.tier == Tier::kAvoid;
           });
  });
}

// What was found so far is no answer: nothing is advised, and nothing asked.
void Fail(Outcome& outcome) {
  outcome.kind = OutcomeKind::kError;
  outcome.recommendations.clear();
  outcome.ask.clear();
  outcome.would_change.clear();
  outcome.orders.clear();
  outcome.errors.push_back(
      "the evaluation was stopped: the request takes too many steps, or its time is up");
}

void Conclude(const Pathway& pathway, const EvaluateRequest& request, Gathered& gathered,
              const Facts& facts, Outcome& outcome) {
  const Results results = Apply(pathway, request, gathered, facts, &outcome);
  gathered.output = nullptr;  // what is tried out from here on is no output of the evaluation
  // A pathway that is not in force says nothing, whatever the record holds.
  outcome.gate = GovernanceStop(pathway, request.now);
  if (!outcome.gate.empty()) {
    outcome.tables.clear();
    outcome.checks.clear();
  } else if (results.gate != nullptr) {
    outcome.gate = results.gate->id;
    outcome.gate_because = results.gate->because;
  } else if (results.in_scope != Truth::kFalse) {
    outcome.recommendations = Writer(pathway, gathered, facts, results).Run();
    outcome.all_avoided = AllAvoided(outcome.recommendations);
    Ask(pathway, request, gathered, facts, results, outcome);
    outcome.would_change = WouldChange(pathway, request, gathered, facts, results);
  }
  outcome.in_scope = results.in_scope;
  outcome.kind = KindOf(outcome, results);
  outcome.orders = CompareOrders(pathway, request, gathered, facts, outcome);
}

}  // namespace

Outcome Evaluate(std::shared_ptr<const Pathway> pathway, const EvaluateRequest& asked) {
  const fhir::Record nobody{std::string()};
  EvaluateRequest request = asked;
  if (request.record == nullptr) request.record = &nobody;
  fhir::fhirpath::Budget own;
  Outcome outcome;
  outcome.pathway = pathway;
  outcome.evaluated_at = request.now.ToString();
  outcome.trace_id = request.trace_id;
  Gathered gathered;
  gathered.budget = request.budget == nullptr ? &own : request.budget;
  gathered.errors = &outcome.errors;
  gathered.output = &outcome.output;
  Gather(*pathway, request, gathered);
  const Facts facts = Resolve(*pathway, request, gathered);
  ShowFoci(*pathway, gathered, outcome);
  ShowInputs(*pathway, request, gathered, facts, outcome);
  ShowAnswers(*pathway, gathered, facts, outcome);
  ShowVariants(*pathway, request, gathered, outcome);
  outcome.absent = gathered.absent;
  if (!gathered.budget->exceeded) Conclude(*pathway, request, gathered, facts, outcome);
  if (gathered.budget->exceeded) Fail(outcome);
  return outcome;
}

}  // namespace renal::pathways
