#include "pathways/internal/variables.h"

#include "pathways/internal/read_value.h"

namespace renal::pathways {

using fhir::fhirpath::Collection;
using fhir::fhirpath::Item;

std::vector<Collection> VariablesOf(const Outcome& outcome, Index instance) {
  const Pathway& pathway = *outcome.pathway;
  std::vector<Collection> variables = pathway.constants;
  const Index kind = instance == kNone ? kNone : outcome.foci[instance].kind;
  for (Index i = 0; i < pathway.inputs.size(); ++i) {
    const Input& input = pathway.inputs[i];
    if (input.focus != kNone && input.focus != kind) continue;
    const InputState& state = outcome.State(i, instance);
    if (state.value) AddItem(input, *state.value, variables[i]);
  }
  const std::size_t first = pathway.inputs.size() + pathway.parameters.size();
  for (Index focus = 0; focus < pathway.foci.size(); ++focus) {
    if (focus == kind) variables[first + 2 * focus] = {Item(outcome.foci[instance].key)};
    const auto count = static_cast<std::int64_t>(outcome.Count(focus));
    variables[first + 2 * focus + 1] = {Item(count)};
  }
  return variables;
}

}  // namespace renal::pathways
