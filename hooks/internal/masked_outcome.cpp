#include "hooks/internal/masked_outcome.h"

#include <algorithm>
#include <string>

namespace renal::hooks::internal {
namespace {

using pathways::Evidence;
using pathways::FocusKind;
using pathways::InputState;
using pathways::Outcome;

/// True for "70 'mm'" and "< 7 'cm'": a number with a unit, and nothing that anybody worded.
bool IsAmount(const std::string& text) {
  const std::size_t number = text.find_first_not_of("<>= ");
  const std::size_t unit = text.find(" '");
  return number != std::string::npos && unit != std::string::npos && number < unit &&
         text.ends_with('\'') && text.find_first_not_of("0123456789.-+", number) == unit;
}

class Masker {
 public:
  Masker(const Pseudonyms& pseudonyms, Outcome& outcome)
      : pseudonyms_(pseudonyms), outcome_(outcome) {}

  void Run() {
    for (pathways::FocusInstance& thing : outcome_.foci) {
      Focus(thing.key);
      for (std::string& reference : thing.references) Reference(reference);
      thing.site.clear();
      thing.text.clear();
    }
    for (InputState& state : outcome_.patient_inputs) Input(state);
    for (auto& states : outcome_.focus_inputs) {
      for (InputState& state : states) Input(state);
    }
    Results();
    Trace();
  }

 private:
  /// "Condition/met-1" keeps its type.
  void Reference(std::string& reference) const {
    const std::size_t slash = reference.rfind('/');
    if (slash == std::string::npos) {
      // A resource without an id is called by its type alone; all else names it.
      const bool type = std::ranges::all_of(reference, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      });
      if (!type) reference = pseudonyms_.Of(reference);
      return;
    }
    const std::size_t type = reference.rfind('/', slash - 1);
    const std::string kind =
        slash == 0 || type != std::string::npos ? std::string() : reference.substr(0, slash + 1);
    reference = kind + pseudonyms_.Of(reference);
  }

  /// A side stays what it is; a thing that is a resource is called by its reference.
  void Focus(std::string& key) const {
    const auto names = [&](const FocusKind& kind) {
      return std::ranges::any_of(kind.values,
                                 [&](const auto& value) { return value.first == key; });
    };
    if (!std::ranges::any_of(outcome_.pathway->foci, names)) Reference(key);
  }

  void Found(Evidence& evidence) const {
    Reference(evidence.reference);
    evidence.version_id.clear();
    evidence.display.clear();
    if (!IsAmount(evidence.recorded)) evidence.recorded.clear();
  }

  void Input(InputState& state) const {
    for (Evidence& evidence : state.from) Found(evidence);
    for (Evidence& evidence : state.rivals) Found(evidence);
    for (pathways::Dropped& dropped : state.dropped) Found(dropped.evidence);
  }

  void Results() const {
    for (auto& result : outcome_.recommendations) Focus(result.focus);
    for (auto& question : outcome_.ask) Focus(question.focus);
    for (auto& change : outcome_.would_change) Focus(change.focus);
    for (auto& order : outcome_.orders) {
      Reference(order.reference);
      Reference(order.existing);
      Focus(order.focus);
      Focus(order.ordered_focus);
    }
    for (auto& measured : outcome_.measurements) {
      Focus(measured.focus);
      Found(measured.evidence);
    }
  }

  void Trace() const {
    for (auto& table : outcome_.tables) Focus(table.focus);
    for (auto& check : outcome_.checks) Focus(check.focus);
    for (auto& variant : outcome_.variants) Focus(variant.focus);
    for (auto& answer : outcome_.answers) {
      Focus(answer.focus);
      Reference(answer.author);
      Reference(answer.reference);
      if (!IsAmount(answer.written)) answer.written.clear();
    }
    for (auto& absent : outcome_.absent) {
      Reference(absent.reference);
      absent.reason.clear();
    }
    outcome_.output.clear();
  }

  const Pseudonyms& pseudonyms_;
  Outcome& outcome_;
};

}  // namespace

void MaskOutcome(const Pseudonyms& pseudonyms, Outcome& outcome) {
  Masker(pseudonyms, outcome).Run();
}

}  // namespace renal::hooks::internal
