#include "fhir/internal/fhirpath_glance.h"

#include <algorithm>
#include <limits>
#include <string>

#include "fhir/internal/fhirpath_eval.h"
#include "fhir/internal/fhirpath_navigate.h"
#include "fhir/internal/fhirpath_values.h"
#include "fhir/internal/fhirpath_widen.h"
#include "fhir/internal/json_access.h"

// Steps are counted where an Evaluator counts them: one for each operation that is looked at, one
// for each item that is walked from, one for each that is given, and what large data cost.
namespace renal::fhir::fhirpath {
namespace {

constexpr Truth kNoAnswer = Truth::kError;

Truth Not(Truth truth) {
  if (truth == Truth::kTrue) return Truth::kFalse;
  return truth == Truth::kFalse ? Truth::kTrue : truth;
}

// Text that is compared as such, not as a date.
bool IsText(const Node& node) { return node.json.is_string() && !IsDateType(node.type); }

Truth EqualsConstant(const Node& node, const Item& constant) {
  const auto* text = std::get_if<std::string>(&constant);
  if (text != nullptr && IsText(node)) return TruthOf(node.json.string() == *text);
  return Equals(Item(node), constant);
}

Relation RelationOf(Plain plain) {
  switch (plain) {
    case Plain::kLess:
      return Relation::kLess;
    case Plain::kLessOrEqual:
      return Relation::kLessOrEqual;
    case Plain::kGreater:
      return Relation::kGreater;
    default:
      return Relation::kGreaterOrEqual;
  }
}

Truth Relates(Relation relation, std::string_view left, std::string_view right) {
  switch (relation) {
    case Relation::kLess:
      return TruthOf(left < right);
    case Relation::kLessOrEqual:
      return TruthOf(left <= right);
    case Relation::kGreater:
      return TruthOf(left > right);
    case Relation::kGreaterOrEqual:
      return TruthOf(left >= right);
  }
  return kNoAnswer;
}

}  // namespace

Glance::Glance(const Environment& environment, const Node& context)
    : environment_(environment),
      context_(&context),
      most_(std::min(Evaluator::kPause, environment.limits.steps)) {
  if (environment.kept.resource == context.json) kept_ = environment.kept.entries;
}

bool Glance::Find(const Op& op, const Node& focus) {
  top_ = 0;
  return View(op, focus) && steps_ <= most_;
}

// What the operation gives lies above what was there before.
bool Glance::View(const Op& op, const Node& focus) {
  if (++steps_ > most_) return false;
  const std::size_t base = top_;
  if (op.plain == Plain::kThis) return Push(focus);
  if (op.plain == Plain::kResource) return context_ != nullptr && Give(*context_);
  if (op.plain == Plain::kUnion) return Union(op, focus);
  if (op.plain == Plain::kIif) return Iif(op, focus);
  Nodes items;
  if (!Input(op, focus, items)) return false;
  const std::size_t first = top_;
  bool answered = false;
  switch (op.plain) {
    case Plain::kNavigate:
      answered = Navigate(op, items);
      break;
    case Plain::kExtension:
      answered = Extension(op, items);
      break;
    case Plain::kResolve:
      answered = Resolve(items);
      break;
    case Plain::kOfType:
      answered = OfType(op, items);
      break;
    case Plain::kWhere:
      answered = Where(op, items);
      break;
    case Plain::kFirst:
      answered = items.empty() || Give(items.front());
      break;
    default:
      break;
  }
  DropBelow(base, first);
  return answered;
}

bool Glance::Input(const Op& op, const Node& focus, Nodes& items) {
  if (op.input == nullptr) {
    items = {&focus, 1};
    return true;
  }
  const std::size_t base = top_;
  if (!View(*op.input, focus)) return false;
  items = From(base);
  return true;
}

bool Glance::Navigate(const Op& op, Nodes items) {
  const auto give = [this](const Node& node) { return Give(node); };
  for (const Node& item : items) {
    ++steps_;
    if (!VisitFound(Look(op, item), give)) return false;
  }
  return true;
}

bool Glance::ExtensionsOf(const Op& op, const Json& holder) {
  static const std::string_view kType = r4::Table::Instance().Find("Extension")->name;
  static constexpr MemberName kExtension("extension"), kUrl("url");
  if (!holder.is_object()) return true;
  const std::string_view url = std::get<std::string>(op.args[0]->constant.front());
  for (const Json::Entry entry : MemberOf(holder, kExtension)) {
    if (++steps_ > most_) return false;
    const Json named = entry.value.is_object() ? MemberOf(entry.value, kUrl) : Json();
    if (named.string() != url) continue;
    if (!Give(Node{entry.value, kType, {}})) return false;
  }
  return true;
}

bool Glance::Extension(const Op& op, Nodes items) {
  ++steps_;
  return std::all_of(items.begin(), items.end(), [&](const Node& item) {
    return ExtensionsOf(op, item.json.is_object() ? item.json : item.sibling);
  });
}

// What is contained in a resource is out of the ordinary.
bool Glance::Resolve(Nodes items) {
  static constexpr MemberName kReference("reference");
  for (const Node& item : items) {
    ++steps_;
    const Json reference = item.json.is_object() ? MemberOf(item.json, kReference) : item.json;
    if (!reference.is_string()) continue;
    if (reference.string().starts_with('#')) return false;
    if (environment_.record == nullptr) continue;
    const Json found = environment_.record->Resolve(reference.string());
    if (found && !Give(ResourceNode(found))) return false;
  }
  return true;
}

bool Glance::OfType(const Op& op, Nodes items) {
  return std::all_of(items.begin(), items.end(), [&](const Node& item) {
    return !MatchesType(op.type, item, true) || Give(item);
  });
}

bool Glance::Where(const Op& op, Nodes items) {
  for (const Node& item : items) {
    const Truth truth = Ask(*op.args[0], item);
    if (truth == kNoAnswer) return false;
    if (truth == Truth::kTrue && !Give(item)) return false;
  }
  return true;
}

// Gives a node unless it is among those from `first` on.
bool Glance::GiveOnce(const Node& node, std::size_t first) {
  constexpr std::size_t kFew = 16;  // from here on an Evaluator looks otherwise
  const std::size_t count = top_ - first;
  if (count > kFew) return false;
  steps_ += CostOf(node) * (1 + count);
  if (steps_ > most_) return false;
  for (std::size_t i = first; i < top_; ++i) {
    if (Equals(Item(node), Item(storage_.nodes[i])) != Truth::kTrue) continue;
    ++steps_;
    return true;
  }
  return Give(node);
}

bool Glance::Union(const Op& op, const Node& focus) {
  const std::size_t base = top_;
  if (!View(*op.args[0], focus) || !View(*op.args[1], focus)) return false;
  const std::size_t first = top_;
  const Nodes sides = From(base);
  for (const Node& node : sides) {
    if (!GiveOnce(node, first)) return false;
  }
  DropBelow(base, first);
  return true;
}

bool Glance::Iif(const Op& op, const Node& focus) {
  const Truth truth = Ask(*op.args[0], focus);
  if (truth == kNoAnswer) return false;
  if (truth != Truth::kTrue && op.args.size() < 3) return true;
  const Op& chosen = *op.args[truth == Truth::kTrue ? 1 : 2];
  if (chosen.source != Op::Source::kConstant) return View(chosen, focus);
  ++steps_;  // and nothing else: the constant is empty
  return true;
}

Truth Glance::Ask(const Op& op, const Node& focus) {
  if (op.test == nullptr) return TestNodes(op, focus);
  const bool kept = &focus == context_ && op.criterion != nullptr;
  return kept && op.criterion->place < kept_.size() ? Kept(op, focus) : Test(op, focus);
}

Truth Glance::Kept(const Op& op, const Node& focus) {
  using State = KeptTruths::Entry::State;
  KeptTruths::Entry& kept = kept_[op.criterion->place];
  if (kept.state != State::kOpen) {
    steps_ += kept.steps;
    if (kept.state == State::kUnknown) return Truth::kUnknown;
    return TruthOf(kept.state == State::kTrue);
  }
  const std::uint64_t steps = steps_;
  const Truth truth = Test(op, focus);
  const std::uint64_t taken = steps_ - steps;
  if (truth == kNoAnswer || taken > std::numeric_limits<std::uint32_t>::max()) return truth;
  kept.steps = static_cast<std::uint32_t>(taken);
  kept.state = truth == Truth::kUnknown ? State::kUnknown
               : truth == Truth::kTrue  ? State::kTrue
                                        : State::kFalse;
  return truth;
}

Truth Glance::TestNodes(const Op& op, const Node& focus) {
  const std::size_t base = top_;
  if (!View(op, focus)) return kNoAnswer;
  const Nodes found = From(base);
  top_ = base;
  if (found.empty()) return Truth::kUnknown;
  if (found.size() > 1) return kNoAnswer;
  const Json& json = found.front().json;
  if (json.type() == JsonType::kBoolean) return TruthOf(json.boolean());
  return json.absent() ? Truth::kUnknown : Truth::kTrue;
}

Truth Glance::Test(const Op& op, const Node& focus) {
  if (++steps_ > most_) return kNoAnswer;
  const std::size_t base = top_;
  Truth truth = kNoAnswer;
  switch (op.plain) {
    case Plain::kExists:
      truth = Exists(op, focus);
      break;
    case Plain::kEmpty:
      truth = Not(Exists(op, focus));
      break;
    case Plain::kNot:
      truth = Not(Ask(*op.input, focus));
      break;
    case Plain::kAnd:
      truth = And(op, focus);
      break;
    case Plain::kOr:
      truth = Or(op, focus);
      break;
    case Plain::kIs:
      truth = Is(op, focus);
      break;
    case Plain::kMemberOf:
      truth = InSet(op, focus);
      break;
    case Plain::kIn:
      truth = In(op, focus);
      break;
    case Plain::kEqual:
      truth = Equal(op, focus);
      break;
    case Plain::kNotEqual:
      truth = Not(Equal(op, focus));
      break;
    case Plain::kStartsWith:
      truth = StartsWith(op, focus);
      break;
    default:
      truth = Order(op, focus);
      break;
  }
  top_ = base;
  return steps_ <= most_ ? truth : kNoAnswer;
}

Truth Glance::Exists(const Op& op, const Node& focus) {
  Nodes items;
  if (!Input(op, focus, items)) return kNoAnswer;
  if (op.args.empty()) return TruthOf(!items.empty());
  for (const Node& item : items) {
    const Truth truth = Ask(*op.args[0], item);
    if (truth == kNoAnswer || truth == Truth::kTrue) return truth;
  }
  return Truth::kFalse;
}

Truth Glance::And(const Op& op, const Node& focus) {
  const Truth left = Ask(*op.args[0], focus);
  if (left == Truth::kFalse || left == kNoAnswer) return left;
  const Truth right = Ask(*op.args[1], focus);
  return right == Truth::kTrue ? left : right;
}

Truth Glance::Or(const Op& op, const Node& focus) {
  const Truth left = Ask(*op.args[0], focus);
  if (left == Truth::kTrue || left == kNoAnswer) return left;
  const Truth right = Ask(*op.args[1], focus);
  return right == Truth::kFalse ? left : right;
}

Truth Glance::Is(const Op& op, const Node& focus) {
  Nodes items;
  if (!Input(op, focus, items) || items.size() > 1) return kNoAnswer;
  return items.empty() ? Truth::kUnknown : TruthOf(MatchesType(op.type, items.front(), false));
}

Truth Glance::InSet(const Op& op, const Node& focus) {
  Nodes items;
  if (!Input(op, focus, items) || items.size() > 1) return kNoAnswer;
  if (items.empty() || items.front().json.absent()) return Truth::kUnknown;
  const Json& json = items.front().json;
  if (!json.is_string()) return TruthOf(op.set->ContainsCoding(json));
  const std::string& system = op.set->only_system();
  return system.empty() ? kNoAnswer : TruthOf(op.set->Contains(system, json.string()));
}

Truth Glance::In(const Op& op, const Node& focus) {
  const std::size_t base = top_;
  if (!View(*op.args[0], focus)) return kNoAnswer;
  const Nodes items = From(base);
  if (items.size() > 1) return kNoAnswer;
  ++steps_;
  if (items.empty()) return Truth::kUnknown;
  const Node& node = items.front();
  const Items list = op.args[1]->constant;
  steps_ += list.size() * (1 + CostOf(node));
  return TruthOf(std::any_of(list.begin(), list.end(), [&](const Item& one) {
    return EqualsConstant(node, one) == Truth::kTrue;
  }));
}

// Both sides of a comparison; false where that is not answered.
bool Glance::Sides(const Op& op, const Node& focus, Nodes& left, Nodes& right) {
  const std::size_t base = top_;
  if (!View(*op.args[0], focus)) return false;
  left = From(base);
  if (op.args[1]->source == Op::Source::kConstant) {
    ++steps_;
    return true;
  }
  const std::size_t middle = top_;
  if (!View(*op.args[1], focus)) return false;
  right = From(middle);
  return left.size() <= 1 && right.size() <= 1;
}

Truth Glance::Equal(const Op& op, const Node& focus) {
  Nodes left, right;
  if (!Sides(op, focus, left, right)) return kNoAnswer;
  const bool constant = op.args[1]->source == Op::Source::kConstant;
  if (left.empty() || (right.empty() && !constant)) return Truth::kUnknown;
  if (left.size() > 1) return Truth::kFalse;
  steps_ += 1 + CostOf(left.front());
  if (!constant) return Equals(Item(left.front()), Item(right.front()));
  return EqualsConstant(left.front(), op.args[1]->constant.front());
}

Truth Glance::StartsWith(const Op& op, const Node& focus) {
  Nodes items;
  if (!Input(op, focus, items) || items.size() > 1) return kNoAnswer;
  ++steps_;
  if (items.empty() || items.front().json.absent()) return Truth::kUnknown;
  const Json& json = items.front().json;
  if (!json.is_string()) return kNoAnswer;
  steps_ += CostOfText(json.string());
  return TruthOf(json.string().starts_with(std::get<std::string>(op.args[0]->constant.front())));
}

Truth Glance::Order(const Op& op, const Node& focus) {
  Nodes left, right;
  if (!Sides(op, focus, left, right) || left.size() > 1) return kNoAnswer;
  const bool constant = op.args[1]->source == Op::Source::kConstant;
  if (left.empty() || (right.empty() && !constant)) return Truth::kUnknown;
  steps_ += CostOf(left.front());
  const Relation relation = RelationOf(op.plain);
  if (!constant) return Relate(relation, Item(left.front()), Item(right.front()));
  const Item& item = op.args[1]->constant.front();
  const auto* text = std::get_if<std::string>(&item);
  if (text == nullptr || !IsText(left.front())) return Relate(relation, Item(left.front()), item);
  return Relates(relation, left.front().json.string(), *text);
}

}  // namespace renal::fhir::fhirpath
