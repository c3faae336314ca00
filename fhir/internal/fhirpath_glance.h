#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>

#include "fhir/fhirpath_node.h"
#include "fhir/internal/fhirpath_program.h"

/// Nearly all criteria ask the same few things of one resource: whether an element is there, has
/// one of some codes, is of a type, leads to another resource. Operations that do no more are
/// plain. Between these only nodes come and go, so that they need no collections, no values and no
/// faults: a glance answers them, and where anything is out of the ordinary it gives no answer, and
/// they are evaluated as all others are.
namespace renal::fhir::fhirpath {

/// Marks the plain operations of an expression. Each stands before those that it is made of.
void MarkPlain(std::deque<Op>& ops);

/// One answer. What it is, and the steps that it takes, are those of an Evaluator. Nothing is left
/// behind but the truths of shared criteria.
class Glance {
 public:
  using Nodes = std::span<const Node>;

  /// The same as an Evaluator that has not begun. What it is given must outlive it.
  Glance(const Environment& environment, const Node& context);
  /// `context`: the context item, null if that is no node; of it are the `kept` truths. What takes
  /// more than `most` steps is not answered.
  Glance(const Environment& environment, const Node* context, std::span<KeptTruths::Entry> kept,
         std::uint64_t most)
      : environment_(environment), context_(context), kept_(kept), most_(most) {}
  Glance(const Glance&) = delete;
  Glance& operator=(const Glance&) = delete;

  /// Whether there is room for what a glance looks at.
  static bool Fits(const Environment& environment) {
    return environment.limits.items >= kMostNodes;
  }

  /// The truth of a plain operation at a node; kError: no answer.
  Truth Ask(const Op& op, const Node& focus);
  /// The same of a test that is none of the kept truths.
  Truth Test(const Op& op, const Node& focus);
  /// Whether nodes() are what a plain operation without a truth value gives; false: no answer.
  bool Find(const Op& op, const Node& focus);
  Nodes nodes() const { return From(0); }
  std::uint64_t steps() const { return steps_; }
  /// Whether no more steps were taken than there may be.
  bool InTime() const { return steps_ <= most_; }

  /// More than that many nodes at a time are out of the ordinary.
  static constexpr std::size_t kMostNodes = 48;

 private:
  Nodes From(std::size_t place) const { return {storage_.nodes + place, top_ - place}; }
  bool Push(const Node& node) {
    if (top_ == kMostNodes) return false;
    storage_.nodes[top_++] = node;
    return true;
  }
  bool Give(const Node& node) {
    ++steps_;
    return Push(node);
  }
  // Of the nodes from `base` on, those before `first` are no longer needed.
  void DropBelow(std::size_t base, std::size_t first) {
    if (first == base) return;
    for (std::size_t i = first; i < top_; ++i)
      storage_.nodes[i - (first - base)] = storage_.nodes[i];
    top_ -= first - base;
  }

  bool View(const Op& op, const Node& focus);
  bool Input(const Op& op, const Node& focus, Nodes& items);
  bool Navigate(const Op& op, Nodes items);
  bool Extension(const Op& op, Nodes items);
  bool ExtensionsOf(const Op& op, const Json& holder);
  bool Resolve(Nodes items);
  bool OfType(const Op& op, Nodes items);
  bool Where(const Op& op, Nodes items);
  bool Union(const Op& op, const Node& focus);
  bool GiveOnce(const Node& node, std::size_t first);
  bool Iif(const Op& op, const Node& focus);

  Truth Kept(const Op& op, const Node& focus);
  Truth TestNodes(const Op& op, const Node& focus);
  Truth Exists(const Op& op, const Node& focus);
  Truth And(const Op& op, const Node& focus);
  Truth Or(const Op& op, const Node& focus);
  Truth Is(const Op& op, const Node& focus);
  Truth InSet(const Op& op, const Node& focus);
  Truth In(const Op& op, const Node& focus);
  bool Sides(const Op& op, const Node& focus, Nodes& left, Nodes& right);
  Truth Equal(const Op& op, const Node& focus);
  Truth StartsWith(const Op& op, const Node& focus);
  Truth Order(const Op& op, const Node& focus);

  // Nodes that are there, one behind the other; those above `top_` are none.
  union Storage {
    Storage() {}
    Node nodes[kMostNodes];
  };

  const Environment& environment_;
  const Node* context_;
  std::span<KeptTruths::Entry> kept_;
  std::uint64_t most_;
  std::uint64_t steps_ = 0;
  std::size_t top_ = 0;
  Storage storage_;
};

}  // namespace renal::fhir::fhirpath
