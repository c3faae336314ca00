#include "fhir/internal/fhirpath_eval.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <utility>

#include "fhir/internal/fhirpath_glance.h"
#include "fhir/internal/fhirpath_values.h"

namespace renal::fhir::fhirpath {
namespace {

constexpr std::size_t kPooledItems = 256;  // larger collections are given back to the heap

// The collections of a thread.
struct Pool {
  std::deque<Collection> collections;  // none moves when another is added
  std::vector<Collection*> free;       // not lent
};

thread_local constinit Pool* pool_of_thread = nullptr;

Pool& PoolOfThread() {
  if (pool_of_thread == nullptr) {
    thread_local Pool pool;
    pool_of_thread = &pool;
  }
  return *pool_of_thread;
}

// A System value of a Boolean item; nothing for every other type.
std::optional<bool> BooleanOf(const Item& item) {
  if (const auto* value = std::get_if<bool>(&item)) return *value;
  const auto* node = std::get_if<Node>(&item);
  if (node == nullptr || node->json.type() != JsonType::kBoolean) return std::nullopt;
  return node->json.boolean();
}

bool HasNoValue(const Item& item) {
  const auto* node = std::get_if<Node>(&item);
  return node != nullptr && node->json.absent();
}

using State = KeptTruths::Entry::State;

State StateOf(Truth truth) {
  if (truth == Truth::kUnknown) return State::kUnknown;
  return truth == Truth::kTrue ? State::kTrue : State::kFalse;
}

Truth TruthOf(State state) {
  if (state == State::kUnknown) return Truth::kUnknown;
  return state == State::kTrue ? Truth::kTrue : Truth::kFalse;
}

std::string PlaceIn(std::string_view text, std::size_t at) {
  const Position position = PositionOf(text, at);
  return " (line " + std::to_string(position.line) + ", column " + std::to_string(position.column) +
         ")";
}

// What a glance gave no answer to is looked at thoroughly, with all that it is made of: or each of its
// parts would be tried again, and each part of those.
class Thorough {
 public:
  explicit Thorough(bool& glances) : glances_(glances) { glances_ = false; }
  ~Thorough() { glances_ = true; }
  Thorough(const Thorough&) = delete;
  Thorough& operator=(const Thorough&) = delete;

 private:
  bool& glances_;
};

}  // namespace

Collection& Scratch::Lend() {
  Pool& pool = PoolOfThread();
  if (pool.free.empty()) {
    pool.free.reserve(pool.collections.size() + 1);  // giving back must not fail
    items_ = &pool.collections.emplace_back();
  } else {
    items_ = pool.free.back();
    pool.free.pop_back();
  }
  return *items_;
}

void Scratch::GiveBack(Collection& items) {
  items.clear();
  if (items.capacity() > kPooledItems) Collection().swap(items);
  PoolOfThread().free.push_back(&items);
}

Position PositionOf(std::string_view text, std::size_t byte) {
  Position position;
  for (const char c : text.substr(0, std::min(byte, text.size()))) {
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++position.column;
    }
  }
  return position;
}

Truth TruthOf(Items items) {
  if (items.empty()) return Truth::kUnknown;
  if (items.size() > 1) return Truth::kError;
  if (const std::optional<bool> value = BooleanOf(items[0])) return TruthOf(*value);
  return HasNoValue(items[0]) ? Truth::kUnknown : Truth::kTrue;
}

bool Evaluator::Fail(const Op& op, const char* sentence, IssueCode code) {
  issue_.code = code;
  issue_.diagnostics = sentence + PlaceIn(code_.text, op.at);
  issue_.expression = code_.text.substr(op.begin, op.end - op.begin);
  return false;
}

// The limits of this evaluation, and every so many steps those that it shares with others.
bool Evaluator::Pause(const Op& op) {
  if (steps_ > environment_.limits.steps) {
    return Fail(op, "the expression takes too many steps", IssueCode::kTooCostly);
  }
  if (environment_.budget != nullptr) {
    const std::uint64_t unpaid = steps_ - paid_;
    paid_ = steps_;
    if (!environment_.budget->Take(unpaid)) {
      return Fail(op, "the request takes too many steps, or its time is up",
                  IssueCode::kTooCostly);
    }
  }
  pause_ = std::min(steps_ + kPause, environment_.limits.steps);
  return true;
}

bool Evaluator::TooManyItems(const Op& op) {
  return Fail(op, "the collection has too many items", IssueCode::kTooCostly);
}

bool Evaluator::NewText(const Op& op, std::size_t bytes) {
  text_bytes_ += bytes;
  if (text_bytes_ <= environment_.limits.string_bytes) return true;
  return Fail(op, "the expression makes too much text", IssueCode::kTooCostly);
}

bool Evaluator::AddText(const Op& op, Collection& out, std::string text) {
  return NewText(op, text.size()) && Add(op, out, std::move(text));
}

bool Evaluator::AddAll(const Op& op, Collection& out, Items items) {
  for (const Item& item : items) {
    if (!Add(op, out, item)) return false;
  }
  return true;
}

bool Evaluator::Run(const Op& op, const Frame& frame, Collection& out) {
  if (op.test == nullptr) {
    if (op.source != Op::Source::kComputed || !MayGlance(op, frame)) {
      return Step(op) && op.run(*this, op, frame, out);
    }
    if (RunGlance(op, *NodeOf(frame.focus), out)) return true;
    const Thorough thorough(glances_);
    return Step(op) && op.run(*this, op, frame, out);
  }
  const Truth truth = Test(op, frame);
  if (truth == Truth::kError) return false;
  return truth == Truth::kUnknown || Add(op, out, truth == Truth::kTrue);
}

Truth Evaluator::Test(const Op& op, const Frame& frame) {
  if (op.test == nullptr) return TestItems(op, frame);
  const bool shared = op.criterion != nullptr && op.criterion->place < kept_.size();
  if (shared && frame.focus.data() == context_.data()) return TestShared(op, frame);
  return Compute(op, frame);
}

Truth Evaluator::Compute(const Op& op, const Frame& frame) {
  if (!MayGlance(op, frame)) return Step(op) ? op.test(*this, op, frame) : Truth::kError;
  const Truth truth = TestGlance(op, *NodeOf(frame.focus));
  if (truth != Truth::kError) return truth;
  const Thorough thorough(glances_);
  return Step(op) ? op.test(*this, op, frame) : Truth::kError;
}

bool Evaluator::MayGlance(const Op& op, const Frame& frame) const {
  return op.plain != Plain::kNo && glances_ && NodeOf(frame.focus) != nullptr &&
         Glance::Fits(environment_);
}

Truth Evaluator::TestGlance(const Op& op, const Node& focus) {
  Glance glance(environment_, NodeOf(context_), kept_, StepsToPause());
  const Truth truth = glance.Test(op, focus);
  if (truth != Truth::kError) steps_ += glance.steps();
  return truth;
}

bool Evaluator::RunGlance(const Op& op, const Node& focus, Collection& out) {
  Glance glance(environment_, NodeOf(context_), kept_, StepsToPause());
  if (!glance.Find(op, focus)) return false;
  const Glance::Nodes nodes = glance.nodes();
  if (out.size() + nodes.size() > environment_.limits.items) return false;
  out.insert(out.end(), nodes.begin(), nodes.end());
  steps_ += glance.steps();
  return true;
}

// Where the steps do not lead past the next look at the limits, nothing can fail on the way.
Truth Evaluator::TestShared(const Op& op, const Frame& frame) {
  KeptTruths::Entry& kept = kept_[op.criterion->place];
  if (kept.state != State::kOpen && steps_ + kept.steps <= pause_) {
    steps_ += kept.steps;
    return TruthOf(kept.state);
  }
  const std::uint64_t steps = steps_;
  const std::size_t text_bytes = text_bytes_;
  const Truth truth = Compute(op, frame);
  const std::uint64_t taken = steps_ - steps;
  const bool keep = truth != Truth::kError && text_bytes_ == text_bytes &&
                    taken <= std::numeric_limits<std::uint32_t>::max();
  if (keep) kept = {StateOf(truth), static_cast<std::uint32_t>(taken)};
  return truth;
}

Truth Evaluator::TestItems(const Op& op, const Frame& frame) {
  Scratch scratch;
  Items items;
  if (!View(op, frame, scratch, items)) return Truth::kError;
  const Truth truth = TruthOf(items);
  if (truth == Truth::kError) Fail(op, "a Boolean is needed here, but there are several items");
  return truth;
}

bool Evaluator::View(const Op& op, const Frame& frame, Scratch& scratch, Items& items) {
  switch (op.source) {
    case Op::Source::kConstant:
      items = op.constant;
      return Step(op);
    case Op::Source::kThis:
      items = frame.focus;
      return Step(op);
    case Op::Source::kVariable: {
      const std::vector<Collection>* all = environment_.variables;
      items = all != nullptr && op.slot < all->size() ? Items((*all)[op.slot]) : Items();
      return Step(op);
    }
    case Op::Source::kLocal:
      items = op.slot < locals_.size() ? Items(locals_[op.slot]) : Items();
      return Step(op);
    case Op::Source::kComputed:
      break;
  }
  scratch->clear();
  if (!Run(op, frame, *scratch)) return false;
  items = *scratch;
  return true;
}

bool Evaluator::Input(const Op& op, const Frame& frame, Scratch& scratch, Items& items) {
  if (op.input != nullptr) return View(*op.input, frame, scratch, items);
  items = frame.focus;
  return true;
}

bool Evaluator::One(const Op& op, Items items, const Item*& item) {
  if (items.size() > 1) return Fail(op, "one item is needed here, but there are several");
  item = items.empty() ? nullptr : &items[0];
  return true;
}

bool Evaluator::One(const Op& op, const Frame& frame, Scratch& scratch, const Item*& item) {
  Items items;
  return View(op, frame, scratch, items) && One(op, items, item);
}

bool Evaluator::OneInput(const Op& op, const Frame& frame, Scratch& scratch, const Item*& item) {
  Items items;
  return Input(op, frame, scratch, items) && One(op, items, item);
}

bool Evaluator::TextArgument(const Op& op, const Frame& frame, Scratch& scratch,
                             std::optional<std::string_view>& text) {
  Items items;
  return View(op, frame, scratch, items) && TextOfItems(op, items, text);
}

bool Evaluator::TextOfItems(const Op& op, Items items, std::optional<std::string_view>& text) {
  const Item* item = nullptr;
  if (!One(op, items, item)) return false;
  text = item == nullptr ? std::nullopt : TextOf(*item);
  if (text) return Step(op, CostOfText(*text));
  if (item == nullptr || HasNoValue(*item)) return true;
  return Fail(op, "a String is needed here");
}

bool Evaluator::IntegerArgument(const Op& op, const Frame& frame,
                                std::optional<std::int64_t>& number) {
  Scratch scratch;
  const Item* item = nullptr;
  if (!One(op, frame, scratch, item)) return false;
  number = item == nullptr ? std::nullopt : IntegerOf(*item);
  if (item == nullptr || number || HasNoValue(*item)) return true;
  return Fail(op, "an Integer is needed here");
}

bool RunConstant(Evaluator& evaluator, const Op& op, const Frame&, Collection& out) {
  return evaluator.AddAll(op, out, op.constant);
}

bool RunVariable(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch unused;
  Items items;
  return evaluator.View(op, frame, unused, items) && evaluator.AddAll(op, out, items);
}

bool RunThis(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  return evaluator.AddAll(op, out, frame.focus);
}

bool RunIndex(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  return evaluator.Add(op, out, frame.index);
}

bool RunTotal(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  return evaluator.AddAll(op, out, frame.total);
}

bool RunResource(Evaluator& evaluator, const Op& op, const Frame&, Collection& out) {
  return evaluator.AddAll(op, out, evaluator.context());
}

bool RunPatient(Evaluator& evaluator, const Op& op, const Frame&, Collection& out) {
  const Record* record = evaluator.environment().record;
  const Json patient = record == nullptr ? Json() : record->patient();
  return patient.absent() || evaluator.Add(op, out, ResourceNode(patient));
}

namespace {

// The resource of the record that a reference names, if it is there.
bool AddNamed(Evaluator& evaluator, const Op& op, std::string_view reference, Collection& out) {
  const Record* record = evaluator.environment().record;
  const Json found = record == nullptr ? Json() : record->Resolve(reference);
  return found.absent() || evaluator.Add(op, out, ResourceNode(found));
}

}  // namespace

bool RunEncounter(Evaluator& evaluator, const Op& op, const Frame&, Collection& out) {
  return AddNamed(evaluator, op, evaluator.environment().encounter, out);
}

bool RunUser(Evaluator& evaluator, const Op& op, const Frame&, Collection& out) {
  return AddNamed(evaluator, op, evaluator.environment().user, out);
}

bool RunAllResources(Evaluator& evaluator, const Op& op, const Frame&, Collection& out) {
  const Record* record = evaluator.environment().record;
  if (record == nullptr) return true;
  for (const Json& resource : record->All()) {
    if (!evaluator.Add(op, out, ResourceNode(resource))) return false;
  }
  return true;
}

bool RunResourcesOfType(Evaluator& evaluator, const Op& op, const Frame&, Collection& out) {
  const Record* record = evaluator.environment().record;
  if (record == nullptr) return true;
  for (const Json& resource : record->OfType(op.resource_type)) {
    if (!evaluator.Add(op, out, Node{.json = resource, .type = op.resource_type})) return false;
  }
  return true;
}

bool RunIndexer(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  Items items;
  std::optional<std::int64_t> index;
  if (!evaluator.Input(op, frame, scratch, items)) return false;
  if (!evaluator.IntegerArgument(*op.args[0], frame, index)) return false;
  if (!index || *index < 0 || static_cast<std::uint64_t>(*index) >= items.size()) return true;
  return evaluator.Add(op, out, items[static_cast<std::size_t>(*index)]);
}

bool RunAs(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  const Item* item = nullptr;
  if (!evaluator.OneInput(op, frame, scratch, item)) return false;
  return item == nullptr || !MatchesType(op.type, *item, true) || evaluator.Add(op, out, *item);
}

Truth TestIs(Evaluator& evaluator, const Op& op, const Frame& frame) {
  Scratch scratch;
  const Item* item = nullptr;
  if (!evaluator.OneInput(op, frame, scratch, item)) return Truth::kError;
  return item == nullptr ? Truth::kUnknown : TruthOf(MatchesType(op.type, *item, false));
}

}  // namespace renal::fhir::fhirpath
