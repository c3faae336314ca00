#include "pathways/internal/belongs.h"

#include <optional>
#include <set>

// Whose a resource is: by the links of its focus kind.
namespace renal::pathways {

namespace {

using fhir::Json;
using fhir::fhirpath::Collection;
using fhir::fhirpath::Environment;
using fhir::fhirpath::Item;
using fhir::fhirpath::Node;

Belonging ToInstance(const Gathered& gathered, Index instance) {
  return {Belonging::Kind::kInstance, gathered.instances[instance].key, instance};
}

// Where a step that follows links leads. Nothing if that is several instances: whose of these the
// resource is, another step must tell.
std::optional<Belonging> FollowLinks(const Collection& linked, Index kind,
                                     const Gathered& gathered) {
  std::set<Index> found;
  for (const Item& item : linked) {
    const Node* node = std::get_if<Node>(&item);
    const auto* made = node != nullptr ? InstancesMadeBy(gathered, kind, node->json) : nullptr;
    if (made != nullptr) found.insert(made->begin(), made->end());
  }
  if (found.empty()) return Belonging{Belonging::Kind::kElsewhere, kNone, kNone};
  if (found.size() > 1) return std::nullopt;
  return ToInstance(gathered, *found.begin());
}

// The key that the first fitting entry of a step gives to a linked resource.
std::optional<Index> KeyOfLinked(const FocusKind::Step& step, const Item& item,
                                 const Environment& environment) {
  for (const FocusKind::Step::Entry& entry : step.map) {
    if (!entry.when) return entry.key;
    const auto truth = entry.when->EvaluateBoolean(item, environment);
    if (truth && truth.value().value_or(false)) return entry.key;
  }
  return std::nullopt;
}

// A key that was found on a resource: its instance; the only one where that has no key of its own.
Belonging BelongsToKey(const Pathway& pathway, Index kind, Index key, const Gathered& gathered) {
  if (key == FocusKind::kElsewhere) return {Belonging::Kind::kElsewhere, kNone, kNone};
  Index otherwise = kNone;
  for (Index i = 0; i < gathered.instances.size(); ++i) {
    if (gathered.instances[i].kind != kind) continue;
    if (gathered.instances[i].key == key) return {Belonging::Kind::kInstance, key, i};
    if (gathered.instances[i].key == pathway.foci[kind].otherwise) otherwise = i;
  }
  if (otherwise != kNone) return {Belonging::Kind::kInstance, key, otherwise};
  return {Belonging::Kind::kElsewhere, key, kNone};
}

}  // namespace

const std::vector<Index>* InstancesMadeBy(const Gathered& gathered, Index kind,
                                          const Json& resource) {
  const auto found = gathered.instances_of[kind].find(resource);
  return found == gathered.instances_of[kind].end() ? nullptr : &found->second;
}

Belonging BelongsTo(const Pathway& pathway, Index focus_kind, const Json& resource,
                    const Gathered& gathered, const EvaluateRequest& request) {
  if (const auto* own = InstancesMadeBy(gathered, focus_kind, resource)) {
    return ToInstance(gathered, own->front());
  }
  const Environment environment = EnvironmentOf(request, gathered, pathway.constants);
  for (const FocusKind::Step& step : pathway.foci[focus_kind].belongs) {
    const auto linked = step.via.Evaluate(Item(Node{resource, {}, {}}), environment);
    if (!linked) AddError(step.via, linked.error(), *gathered.errors);
    if (!linked || linked.value().empty()) continue;
    if (step.instance) {
      if (const auto found = FollowLinks(linked.value(), focus_kind, gathered)) return *found;
      continue;
    }
    for (const Item& item : linked.value()) {
      const auto key = KeyOfLinked(step, item, environment);
      if (key) return BelongsToKey(pathway, focus_kind, *key, gathered);
    }
  }
  return {};
}

}  // namespace renal::pathways
