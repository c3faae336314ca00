#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/internal/fhirpath_program.h"

namespace renal::fhir::fhirpath {

/// An empty collection of the thread, lent when it is first looked at and given back at the end of
/// the scope, so that the usual evaluation does not allocate, and one that reads what is there
/// already takes none.
class Scratch {
 public:
  Scratch() = default;
  ~Scratch() {
    if (items_ != nullptr) GiveBack(*items_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  Collection& operator*() { return items_ != nullptr ? *items_ : Lend(); }
  Collection* operator->() { return &**this; }

 private:
  Collection& Lend();
  static void GiveBack(Collection& items);

  Collection* items_ = nullptr;
};

/// One evaluation of one expression: the environment, the limits used up, the first failure.
///
/// Functions that return bool or Truth give false or kError after a failure, and callers pass it on
/// at once: there are no exceptions.
class Evaluator {
 public:
  /// So many steps are taken without looking at the limits.
  static constexpr std::uint64_t kPause = 1'024;

  Evaluator(const Code& code, const Environment& environment, Items context)
      : code_(code), environment_(environment), context_(context), locals_(code.locals) {
    const bool stopped = environment.budget != nullptr && environment.budget->exceeded;
    pause_ = stopped ? 0 : std::min(kPause, environment.limits.steps);
    if (!environment.kept.entries.empty() && IsAsked(environment.kept.resource)) {
      kept_ = environment.kept.entries;
    }
  }
  ~Evaluator() {
    if (environment_.budget != nullptr) environment_.budget->Take(steps_ - paid_);
  }
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  const Environment& environment() const { return environment_; }
  Items context() const { return context_; }  ///< %resource
  const Issue& issue() const { return issue_; }

  /// Nothing is left to be found at a glance where `op`, which is plain, was not.
  void GlanceNoMore(const Op& op) { glances_ = op.plain == Plain::kNo; }

  /// Appends the items of `op` to `out`.
  bool Run(const Op& op, const Frame& frame, Collection& out);
  /// The truth of `op` as a criterion: kUnknown for empty, true for a single item that is no
  /// Boolean.
  Truth Test(const Op& op, const Frame& frame);
  /// The items of `op` without a copy where they exist already; computed ones live in `scratch`.
  bool View(const Op& op, const Frame& frame, Scratch& scratch, Items& items);
  /// The items before the dot, or the focus.
  bool Input(const Op& op, const Frame& frame, Scratch& scratch, Items& items);

  /// The single item of `items`, null if there is none; fails if there are several.
  bool One(const Op& op, Items items, const Item*& item);
  /// View and One in one.
  bool One(const Op& op, const Frame& frame, Scratch& scratch, const Item*& item);
  bool OneInput(const Op& op, const Frame& frame, Scratch& scratch, const Item*& item);

  /// An argument that must be one string or integer: nothing if it is empty; fails on another type.
  bool TextArgument(const Op& op, const Frame& frame, Scratch& scratch,
                    std::optional<std::string_view>& text);
  bool TextOfItems(const Op& op, Items items, std::optional<std::string_view>& text);
  bool IntegerArgument(const Op& op, const Frame& frame, std::optional<std::int64_t>& number);

  /// Appends one item or several, counting them against the limits.
  template <class T>
  bool Add(const Op& op, Collection& out, T&& item) {
    if (!Room(op, out)) return false;
    out.emplace_back(std::forward<T>(item));
    return true;
  }
  bool AddText(const Op& op, Collection& out, std::string text);
  bool AddAll(const Op& op, Collection& out, Items items);

  /// The value of a variable of defineVariable(), for what follows in the same chain.
  void SetLocal(std::size_t slot, const Collection& value) { locals_[slot] = value; }

  /// Counts steps of work against the limit.
  bool Step(const Op& op, std::uint64_t count = 1) {
    steps_ += count;
    return steps_ <= pause_ || Pause(op);
  }
  /// Counts bytes of new strings against the limit.
  bool NewText(const Op& op, std::size_t bytes);

  /// Records why the evaluation stops, with the place of `op`; gives false.
  bool Fail(const Op& op, const char* sentence, IssueCode code = IssueCode::kProcessing);
  Truth FailTruth(const Op& op, const char* sentence) {
    Fail(op, sentence);
    return Truth::kError;
  }

 private:
  bool IsAsked(const Json& resource) const {
    const Node* node = NodeOf(context_);
    return node != nullptr && node->json == resource;
  }
  const Node* NodeOf(Items items) const {
    return items.size() == 1 ? std::get_if<Node>(&items[0]) : nullptr;
  }
  Truth TestItems(const Op& op, const Frame& frame);
  Truth TestShared(const Op& op, const Frame& frame);
  Truth Compute(const Op& op, const Frame& frame);
  bool MayGlance(const Op& op, const Frame& frame) const;
  Truth TestGlance(const Op& op, const Node& focus);
  bool RunGlance(const Op& op, const Node& focus, Collection& out);
  std::uint64_t StepsToPause() const { return pause_ > steps_ ? pause_ - steps_ : 0; }
  bool Room(const Op& op, const Collection& out) {
    return out.size() < environment_.limits.items ? Step(op) : TooManyItems(op);
  }
  bool TooManyItems(const Op& op);
  bool Pause(const Op& op);

  const Code& code_;
  const Environment& environment_;
  Items context_;
  std::span<KeptTruths::Entry> kept_;
  std::vector<Collection> locals_;
  std::uint64_t steps_ = 0;
  std::uint64_t paid_ = 0;          // steps that the budget knows of
  std::uint64_t pause_ = kPause;    // steps until the limits are looked at again
  std::size_t text_bytes_ = 0;
  bool glances_ = true;  // nothing around was out of the ordinary
  Issue issue_;
};

/// The truth of a collection in singleton evaluation; kError is the caller's to report (several
/// items).
Truth TruthOf(Items items);

// Operations that the compiler places itself; the named functions are in fhirpath_functions.h.
bool RunConstant(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out);
bool RunVariable(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out);
bool RunThis(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out);
bool RunIndex(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out);
bool RunTotal(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out);
bool RunResource(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out);
bool RunPatient(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out);
bool RunEncounter(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out);
bool RunUser(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out);
bool RunAllResources(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out);
bool RunResourcesOfType(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out);
bool RunNavigate(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out);
/// A leading name with a capital: the focus itself if it is a resource of that type.
bool RunTypeOrNavigate(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out);
bool RunIndexer(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out);
bool RunSign(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out);
bool RunAs(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out);
Truth TestIs(Evaluator& evaluator, const Op& op, const Frame& frame);

}  // namespace renal::fhir::fhirpath
