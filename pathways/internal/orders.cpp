#include <algorithm>
#include <utility>

#include "pathways/internal/results.h"

namespace renal::pathways {

namespace {

using fhir::Json;

class Comparer {
 public:
  Comparer(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
           const Facts& facts, const Outcome& outcome)
      : pathway_(pathway), request_(request), gathered_(gathered), facts_(facts), outcome_(outcome) {}

  OrderVerdict Compare(const Json& order) const;

 private:
  Index ActionOf(const Json& resource) const;
  bool Matches(const Action& action, const Json& resource) const;
  void Place(const Json& order, OrderVerdict& verdict) const;
  Verdict Judge(const OrderVerdict& verdict) const;
  Verdict JudgeResults(const OrderVerdict& verdict) const;
  std::string Existing(const OrderVerdict& verdict) const;
  bool IsSamePlace(const Json& resource, const OrderVerdict& verdict) const;
  std::vector<Obstacle> ObstaclesOf(const OrderVerdict& verdict) const;
  Obstacle ObstacleOf(const Rule& rule, Index instance) const;

  const Pathway& pathway_;
  const EvaluateRequest& request_;
  const Gathered& gathered_;
  const Facts& facts_;
  const Outcome& outcome_;
};

Json CodeOfOrder(const Json& resource, const fhir::Record& record) {
  if (const Json code = CodeOf(resource)) return code;
  const Json reference = resource["medicationReference"]["reference"];
  return reference ? record.Resolve(reference.string(), resource)["code"] : Json();
}

bool Comparer::Matches(const Action& action, const Json& resource) const {
  if (action.match == nullptr) return false;
  const std::string_view type = resource["resourceType"].string();
  if (std::find(action.match_types.begin(), action.match_types.end(), type) == action.match_types.end()) {
    return false;
  }
  if (!action.match->ContainsCoding(CodeOfOrder(resource, *request_.record))) return false;
  if (!action.match_where) return true;
  fhir::fhirpath::Environment environment;
  environment.variables = &gathered_.constants;
  environment.record = request_.record;
  environment.now = request_.now;
  const auto truth = action.match_where->EvaluateBoolean(
      fhir::fhirpath::Item(fhir::fhirpath::Node{resource, {}, {}}), environment);
  return truth && truth.value().value_or(false);
}

Index Comparer::ActionOf(const Json& resource) const {
  for (Index i = 0; i < pathway_.actions.size(); ++i) {
    if (Matches(pathway_.actions[i], resource)) return i;
  }
  return kNone;
}

// For which instance the order is: by its own site, else the only one. An order that names a place which
// the record does not have (the other kidney) is compared with nothing.
void Comparer::Place(const Json& order, OrderVerdict& verdict) const {
  for (Index kind = 0; kind < pathway_.foci.size(); ++kind) {
    if (outcome_.Count(kind) == 0) continue;
    const Belonging belonging = BelongsTo(pathway_, kind, order, gathered_, request_);
    if (belonging.kind == Belonging::Kind::kInstance) {
      verdict.focus = FocusKey(pathway_, gathered_, belonging.instance);
    } else if (belonging.kind == Belonging::Kind::kElsewhere && belonging.key != kNone) {
      verdict.wrong_focus = true;
    } else if (outcome_.Count(kind) == 1) {
      for (const FocusInstance& instance : outcome_.foci) {
        if (instance.kind == kind) verdict.focus = instance.key;
      }
    }
    if (belonging.key != kNone) verdict.ordered_focus = pathway_.foci[kind].values[belonging.key].first;
  }
}

bool Comparer::IsSamePlace(const Json& resource, const OrderVerdict& verdict) const {
  if (verdict.focus.empty()) return true;
  OrderVerdict other;
  Place(resource, other);
  return other.focus == verdict.focus && !other.wrong_focus;
}

// What is already ordered, or was done within the pathway's time.
std::string Comparer::Existing(const OrderVerdict& verdict) const {
  const Action& action = pathway_.actions[verdict.action];
  const int zone = request_.now.offset_minutes.value_or(0);
  for (const std::string& type : action.match_types) {
    for (const Json& resource : request_.record->OfType(type)) {
      const std::string_view status = resource["status"].string();
      const bool done = type == "Procedure" && status == "completed";
      if (!done && !(status == "active" && type != "Procedure")) continue;
      if (fhir::Record::Reference(resource) == verdict.reference || !Matches(action, resource)) continue;
      if (!IsSamePlace(resource, verdict)) continue;
      if (done) {
        const Json period = resource["performedPeriod"]["end"];
        const auto time =
            fhir::DateTime::Parse((period ? period : resource["performedDateTime"]).string());
        const bool recent = time && request_.now.Day(zone) - time->Day(zone) <= pathway_.cards.duplicate_days &&
                            request_.now.Day(zone) >= time->Day(zone);
        if (!recent) continue;
      }
      return fhir::Record::Reference(resource);
    }
  }
  return {};
}

Verdict Comparer::JudgeResults(const OrderVerdict& verdict) const {
  std::optional<Verdict> best;
  const auto take = [&](Verdict found) {
    if (!best || found < *best) best = found;
  };
  for (const Recommendation& result : outcome_.recommendations) {
    if (result.action != verdict.action) continue;
    if (!verdict.focus.empty() && !result.focus.empty() && result.focus != verdict.focus) continue;
    if (result.tier == Tier::kAvoid) return Verdict::kAvoid;
    if (result.determination == Determination::kConditional) {
      take(Verdict::kUndecided);
    } else {
      take(result.tier == Tier::kPreferred ? Verdict::kConcordant : Verdict::kAcceptable);
    }
  }
  if (best) return *best;
  return outcome_.ask.empty() ? Verdict::kDiscordant : Verdict::kPremature;
}

Verdict Comparer::Judge(const OrderVerdict& verdict) const {
  if (verdict.action == kNone) return Verdict::kUnrelated;
  const bool outside = outcome_.kind == OutcomeKind::kNotApplicable ||
                       outcome_.kind == OutcomeKind::kOutOfScope || outcome_.kind == OutcomeKind::kError;
  if (outside) return Verdict::kOutside;
  if (pathway_.actions[verdict.action].kind != ActionKind::kTreatment) return Verdict::kSupporting;
  if (!verdict.existing.empty()) return Verdict::kDuplicate;
  if (verdict.wrong_focus) return Verdict::kDiscordant;
  return JudgeResults(verdict);
}

Obstacle Comparer::ObstacleOf(const Rule& rule, Index instance) const {
  Obstacle obstacle{rule.id, {}};
  for (const Cell& cell : rule.cells) {
    if (Test(pathway_, cell, facts_, instance) != Truth::kFalse) continue;
    const Resolved& resolved = facts_.At(pathway_, cell.input, instance);
    obstacle.cells.push_back({cell.input, cell.shown, ValueText(pathway_.inputs[cell.input], *resolved.value)});
  }
  return obstacle;
}

// Why the rules that offer the ordered action do not hold here.
std::vector<Obstacle> Comparer::ObstaclesOf(const OrderVerdict& verdict) const {
  std::vector<Obstacle> obstacles;
  for (const Table& table : pathway_.tables) {
    Index instance = kNone;
    if (table.focus != kNone) {
      instance = outcome_.Instance(verdict.focus);
      if (instance == kNone) continue;
    }
    for (const Rule& rule : table.rules) {
      const bool offers = std::any_of(rule.options.begin(), rule.options.end(), [&](const Option& option) {
        return option.action == verdict.action && !option.conditional;
      });
      if (!offers) continue;
      Obstacle obstacle = ObstacleOf(rule, instance);
      if (!obstacle.cells.empty()) obstacles.push_back(std::move(obstacle));
    }
  }
  return obstacles;
}

OrderVerdict Comparer::Compare(const Json& order) const {
  OrderVerdict verdict;
  verdict.resource = order;
  verdict.reference = fhir::Record::Reference(order);
  verdict.action = ActionOf(order);
  if (verdict.action != kNone) {
    Place(order, verdict);
    verdict.existing = Existing(verdict);
  }
  verdict.verdict = Judge(verdict);
  const bool explained = verdict.verdict == Verdict::kDiscordant || verdict.verdict == Verdict::kPremature;
  if (explained && !verdict.wrong_focus) verdict.obstacles = ObstaclesOf(verdict);
  return verdict;
}

}  // namespace

std::vector<OrderVerdict> CompareOrders(const Pathway& pathway, const EvaluateRequest& request,
                                        const Gathered& gathered, const Facts& facts, const Outcome& outcome) {
  const Comparer comparer(pathway, request, gathered, facts, outcome);
  std::vector<OrderVerdict> verdicts;
  for (const Json& order : request.orders) verdicts.push_back(comparer.Compare(order));
  return verdicts;
}

}  // namespace renal::pathways
