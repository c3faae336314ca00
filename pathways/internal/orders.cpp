#include <algorithm>
#include <utility>

#include "pathways/internal/order_judge.h"
#include "pathways/internal/results.h"

namespace renal::pathways {

namespace {

using fhir::Json;

// Whose a resource is, as far as it says so.
struct Site {
  std::string focus;   // key of an instance; empty: not told, or the patient
  std::string named;   // key that the resource names
  bool wrong = false;  // it names a key that is no instance
  friend bool operator==(const Site&, const Site&) = default;
};

// A resource with what actions are recognised by.
struct Coded {
  Json resource;
  std::string_view type;
  Json code;
  std::vector<fhir::fhirpath::KeptTruths::Entry> truths;  // of shared criteria, once asked for
};

// A resource of the record that orders an action again, or did it.
struct Earlier {
  std::string reference;
  Site site;
};

class Comparer {
 public:
  Comparer(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
           const Facts& facts, const Outcome& outcome)
      : pathway_(pathway),
        request_(request),
        gathered_(gathered),
        facts_(facts),
        outcome_(outcome),
        earlier_(pathway.actions.size()) {}

  OrderVerdict Compare(const Json& order);
  /// Ordered before, or done within the pathway's time.
  bool IsDone(Index action, const std::string& focus);

 private:
  OrderVerdict CompareAs(const Json& order, Index action);
  std::vector<Index> ActionsOf(const Json& resource) const;
  bool Matches(const Action& action, Coded& coded) const;
  bool IsTrue(const fhir::fhirpath::Expression& expression, Coded& coded) const;
  Index FocusOf(Index action) const;
  Site SiteOf(const Json& resource, Index action) const;
  bool Counts(const Json& resource) const;
  const std::vector<Earlier>& EarlierOf(Index action);
  std::string Existing(const OrderVerdict& verdict, const Site& site);
  std::vector<Obstacle> ObstaclesOf(const OrderVerdict& verdict) const;
  Index InstanceOf(Index kind, const std::string& key) const;
  Obstacle ObstacleOf(const Rule& rule, Index instance) const;

  const Pathway& pathway_;
  const EvaluateRequest& request_;
  const Gathered& gathered_;
  const Facts& facts_;
  const Outcome& outcome_;
  std::vector<std::optional<std::vector<Earlier>>> earlier_;  // by action, once asked for
};

Json CodeOfOrder(const Json& resource, const fhir::Record& record) {
  if (const Json code = CodeOf(resource)) return code;
  const Json reference = resource["medicationReference"]["reference"];
  return reference ? record.Resolve(reference.string(), resource)["code"] : Json();
}

Coded CodedOf(const Json& resource, const fhir::Record& record) {
  return {resource, resource["resourceType"].string(), CodeOfOrder(resource, record), {}};
}

bool Comparer::Matches(const Action& action, Coded& coded) const {
  if (action.match == nullptr && !action.match_where) return false;
  if (std::ranges::find(action.match_types, coded.type) == action.match_types.end()) return false;
  if (action.match != nullptr && !action.match->ContainsCoding(coded.code)) return false;
  if (!action.match_where) return true;
  const bool presumed =
      action.match_presumed && TestAll(action.match_presumed_if, facts_, kNone) == Truth::kTrue;
  return IsTrue(*action.match_where, coded) || (presumed && IsTrue(*action.match_presumed, coded));
}

bool Comparer::IsTrue(const fhir::fhirpath::Expression& expression, Coded& coded) const {
  fhir::fhirpath::Environment environment = EnvironmentOf(request_, gathered_, pathway_.constants);
  coded.truths.resize(pathway_.criteria->size());
  environment.kept = {coded.resource, coded.truths};
  const auto truth = expression.EvaluateBoolean(
      fhir::fhirpath::Item(fhir::fhirpath::Node{coded.resource, {}, {}}), environment);
  if (!truth) AddError(expression, truth.error(), *gathered_.errors);
  return truth && truth.value().value_or(false);
}

// One code may stand for several actions: the excision of a lung, for a metastasis that bleeds and
// for one that is the only one.
std::vector<Index> Comparer::ActionsOf(const Json& resource) const {
  std::vector<Index> actions;
  Coded coded = CodedOf(resource, *request_.record);
  for (Index i = 0; i < pathway_.actions.size(); ++i) {
    if (Matches(pathway_.actions[i], coded)) actions.push_back(i);
  }
  return actions;
}

bool Offers(const Rule& rule, Index action) {
  return std::any_of(rule.options.begin(), rule.options.end(),
                     [&](const Option& option) { return option.action == action; });
}

// The kind of thing that the action is done to: that of a table which offers it.
Index Comparer::FocusOf(Index action) const {
  for (const Table& table : pathway_.tables) {
    if (table.focus == kNone) continue;
    const auto offers = [&](const Rule& rule) { return Offers(rule, action); };
    if (std::any_of(table.rules.begin(), table.rules.end(), offers)) return table.focus;
  }
  return kNone;
}

// By the resource's own site, else the only instance. What names a place that the record does not
// have (the other kidney) is of no instance.
Site Comparer::SiteOf(const Json& resource, Index action) const {
  Site site;
  const Index kind = FocusOf(action);
  if (kind == kNone || outcome_.Count(kind) == 0) return site;
  const Belonging belonging = BelongsTo(pathway_, kind, resource, gathered_, request_);
  if (belonging.key != kNone) site.named = pathway_.foci[kind].values[belonging.key].first;
  if (belonging.kind == Belonging::Kind::kInstance) {
    site.focus = FocusKey(pathway_, gathered_, belonging.instance);
  } else if (belonging.kind == Belonging::Kind::kElsewhere && belonging.key != kNone) {
    site.wrong = true;
  } else if (outcome_.Count(kind) == 1) {
    for (const FocusInstance& instance : outcome_.foci) {
      if (instance.kind == kind) site.focus = instance.key;
    }
  }
  return site;
}

bool IsSamePlace(const Site& order, const Site& earlier) {
  if (order.wrong || earlier.wrong) return order.named == earlier.named;
  return order.focus.empty() || order.focus == earlier.focus;
}

// Ordered and not yet done, or done within the pathway's time.
bool Comparer::Counts(const Json& resource) const {
  const std::string_view status = resource["status"].string();
  if (resource["resourceType"].string() != "Procedure") return status == "active";
  if (status != "completed") return false;
  const Json period = resource["performedPeriod"];
  const Json when = period["end"]     ? period["end"]
                    : period["start"] ? period["start"]
                                      : resource["performedDateTime"];
  const auto time = fhir::DateTime::Parse(when.string());
  if (!time) return false;
  const int zone = request_.now.offset_minutes.value_or(0);
  const std::int64_t days = request_.now.Day(zone) - time->Day(zone);
  return days >= 0 && days <= pathway_.cards.duplicate_days;
}

// Two for each site are enough: one of them may be the order itself.
const std::vector<Earlier>& Comparer::EarlierOf(Index action) {
  if (earlier_[action]) return *earlier_[action];
  std::vector<Earlier> found;
  for (const std::string& type : pathway_.actions[action].match_types) {
    for (const Json& resource : request_.record->OfType(type)) {
      if (!Counts(resource) || IsSuperseded(request_, resource)) continue;
      Coded coded = CodedOf(resource, *request_.record);
      if (!Matches(pathway_.actions[action], coded)) continue;
      const Site site = SiteOf(resource, action);
      const auto there = std::count_if(
          found.begin(), found.end(), [&](const Earlier& earlier) { return earlier.site == site; });
      if (there < 2) found.push_back({fhir::Record::Reference(resource), site});
    }
  }
  return earlier_[action].emplace(std::move(found));
}

std::string Comparer::Existing(const OrderVerdict& verdict, const Site& site) {
  for (const Earlier& earlier : EarlierOf(verdict.action)) {
    if (earlier.reference != verdict.reference && IsSamePlace(site, earlier.site))
      return earlier.reference;
  }
  return {};
}

Obstacle Comparer::ObstacleOf(const Rule& rule, Index instance) const {
  Obstacle obstacle{rule.id, {}};
  for (const Cell& cell : rule.cells) {
    if (Test(cell, facts_, instance) != Truth::kFalse) continue;
    const auto& value =
        facts_.At(pathway_, cell.input, instance).value;  // none where the cell is "known"
    obstacle.cells.push_back(
        {cell.input, cell.shown,
         value ? ValueText(pathway_.inputs[cell.input], *value) : std::string()});
  }
  return obstacle;
}

Index Comparer::InstanceOf(Index kind, const std::string& key) const {
  for (Index i = 0; i < outcome_.foci.size(); ++i) {
    if (outcome_.foci[i].kind == kind && outcome_.foci[i].key == key) return i;
  }
  return kNone;
}

// Why the rules that offer the ordered action do not hold here.
std::vector<Obstacle> Comparer::ObstaclesOf(const OrderVerdict& verdict) const {
  std::vector<Obstacle> obstacles;
  for (const Table& table : pathway_.tables) {
    const Index instance = table.focus == kNone ? kNone : InstanceOf(table.focus, verdict.focus);
    if (table.focus != kNone && instance == kNone) continue;
    for (const Rule& rule : table.rules) {
      // What a rule leaves undecided for good was never on offer.
      if (!Offers(rule, verdict.action) || rule.options.front().conditional) continue;
      Obstacle obstacle = ObstacleOf(rule, instance);
      if (!obstacle.cells.empty()) obstacles.push_back(std::move(obstacle));
    }
  }
  return obstacles;
}

// The action that fits best speaks for the order.
OrderVerdict Comparer::Compare(const Json& order) {
  OrderVerdict best = CompareAs(order, kNone);
  for (const Index action : ActionsOf(order)) {
    OrderVerdict verdict = CompareAs(order, action);
    if (best.action == kNone || verdict.verdict < best.verdict) best = std::move(verdict);
  }
  const bool explained =
      best.verdict == Verdict::kDiscordant || best.verdict == Verdict::kPremature;
  if (explained && !best.wrong_focus) best.obstacles = ObstaclesOf(best);
  return best;
}

OrderVerdict Comparer::CompareAs(const Json& order, Index action) {
  OrderVerdict verdict;
  verdict.resource = order;
  verdict.reference = fhir::Record::Reference(order);
  verdict.action = action;
  if (verdict.action != kNone) {
    const Site site = SiteOf(order, verdict.action);
    verdict.focus = site.focus;
    verdict.wrong_focus = site.wrong;
    verdict.ordered_focus = site.named;
    verdict.existing = Existing(verdict, site);
  }
  verdict.verdict = JudgeOrder(outcome_, verdict);
  return verdict;
}

bool Comparer::IsDone(Index action, const std::string& focus) {
  OrderVerdict other;
  other.action = action;
  Site site;
  site.focus = focus;
  return !Existing(other, site).empty();
}

}  // namespace

std::vector<OrderVerdict> CompareOrders(const Pathway& pathway, const EvaluateRequest& request,
                                        const Gathered& gathered, const Facts& facts,
                                        const Outcome& outcome) {
  Comparer comparer(pathway, request, gathered, facts, outcome);
  std::vector<OrderVerdict> verdicts;
  verdicts.reserve(request.orders.size());
  for (const Json& order : request.orders) verdicts.push_back(comparer.Compare(order));
  JudgeTogether(outcome, verdicts, [&](Index action, const std::string& focus) {
    return comparer.IsDone(action, focus);
  });
  return verdicts;
}

}  // namespace renal::pathways
