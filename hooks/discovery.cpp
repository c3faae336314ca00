#include "hooks/discovery.h"

#include <algorithm>
#include <utility>

#include "cards/markdown.h"
#include "fhir/own_json.h"
#include "hooks/internal/hook_shapes.h"

namespace renal::hooks {
namespace {

using pathways::Pathway;

using cards::Protocol;

// Version of the specification that a 3.0 service says that it speaks.
constexpr std::string_view kSpecification = "3.0.0";
constexpr std::string_view kFhirPathSuffix = "-fhirpath";
constexpr std::string_view kPrescription = "MedicationRequest";

// The drugs that drafted prescriptions refer to. Nothing else names them: a search by patient does
// not find them.
constexpr std::string_view kDrugsKey = "draftedMedications";
constexpr std::string_view kDrugsQuery =
    "Medication?_id={{context.draftOrders.entry.resource.ofType(MedicationRequest).medication."
    "resolve().ofType(Medication).id}}";

std::string IdOf(const Pathway& pathway, std::string_view hook, ServiceIds form) {
  return form == ServiceIds::kStandard ? pathway.id : (pathway.id + "-").append(hook);
}

/// Whether it is what IdOf() gives for one of its forms.
bool IsIdOf(std::string_view id, const Pathway& pathway, std::string_view hook) {
  if (!id.starts_with(pathway.id)) return false;
  id.remove_prefix(pathway.id.size());
  return id.empty() || (id.front() == '-' && id.substr(1) == hook);
}

/// A hook as clients call it, and as we do.
struct OfferedHook {
  std::string_view name;
  std::string_view as;
};

std::vector<OfferedHook> HooksOf(const Pathway& pathway, const ClientProfile& profile) {
  std::vector<OfferedHook> hooks;
  hooks.reserve(pathway.hooks.size());
  for (const std::string& hook : pathway.hooks) hooks.push_back({hook, hook});
  for (const HookAlias& alias : profile.hooks) {
    const bool offered = std::ranges::find(pathway.hooks, alias.as) != pathway.hooks.end();
    if (offered) hooks.push_back({alias.name, alias.as});
  }
  return hooks;
}

bool HasDraftOrders(const OfferedHook& hook) {
  return hook.as == "order-select" || hook.as == "order-sign";
}

bool ComparesPrescriptions(const Pathway& pathway) {
  return std::ranges::any_of(pathway.actions, [](const pathways::Action& action) {
    return std::ranges::find(action.match_types, kPrescription) != action.match_types.end();
  });
}

std::string NeedsText(const std::vector<DataNeed>& needs, const cards::Catalogue& words) {
  std::vector<std::string> required;
  std::vector<std::string> optional;
  for (const DataNeed& need : needs) {
    if (!need.required && !need.evidence) continue;
    std::vector<std::string>& types = need.required ? required : optional;
    if (types.empty() || types.back() != need.type) types.push_back(need.type);
  }
  return words.Text(cards::Phrase::kServiceNeeds,
                    {{"required", words.Join(required)}, {"optional", words.Join(optional)}});
}

void WriteVersions(const ServiceEntry& service, fhir::JsonWriter& writer) {
  writer.Member("version", kSpecification);
  const std::string_view version = internal::FindHookShape(service.as)->version;
  if (!version.empty() && service.hook == service.as) writer.Member("hookVersion", version);
}

void WriteService(const Pathway& pathway, const ServiceEntry& service, Protocol protocol,
                  const std::vector<DataNeed>& needs, const std::string& requirements,
                  fhir::JsonWriter& writer) {
  const std::string& description =
      pathway.description.empty() ? pathway.title : pathway.description;
  writer.BeginObject();
  writer.Member("hook", service.hook).Member("title", pathway.title);
  // Markdown in 3.0, plain text before: a text that is one must not become the other.
  writer.Member("description",
                protocol >= Protocol::k3_0 ? cards::EscapeOwn(description) : description);
  writer.Member("id", service.id);
  if (protocol >= Protocol::k2_0) writer.Member("usageRequirements", requirements);
  if (protocol >= Protocol::k3_0) WriteVersions(service, writer);
  writer.Key("prefetch").BeginObject();
  for (const DataNeed& need : needs) writer.Member(need.key, need.query);
  if (service.fhirpath) writer.Member(kDrugsKey, kDrugsQuery);
  writer.EndObject();
  writer.EndObject();
}

}  // namespace

std::vector<ServiceEntry> ServicesOf(const Pathway& pathway, const ClientProfile& profile) {
  std::vector<ServiceEntry> services;
  const std::vector<OfferedHook> hooks = HooksOf(pathway, profile);
  services.reserve(hooks.size());
  for (const OfferedHook& hook : hooks) {
    services.push_back({std::string(hook.name), std::string(hook.as),
                        IdOf(pathway, hook.name, profile.service_ids)});
  }
  if (!profile.fhirpath_tokens || !ComparesPrescriptions(pathway)) return services;
  for (const OfferedHook& hook : hooks) {
    if (!HasDraftOrders(hook)) continue;
    std::string id = IdOf(pathway, hook.name, profile.service_ids).append(kFhirPathSuffix);
    services.push_back({std::string(hook.name), std::string(hook.as), std::move(id), true});
  }
  return services;
}

std::vector<std::string> HooksOfService(const Pathway& pathway, const ClientProfile& profile,
                                        std::string_view id) {
  const bool fhirpath = profile.fhirpath_tokens && id.ends_with(kFhirPathSuffix) &&
                        ComparesPrescriptions(pathway);
  if (fhirpath) id.remove_suffix(kFhirPathSuffix.size());
  std::vector<std::string> found;
  for (const OfferedHook& hook : HooksOf(pathway, profile)) {
    if (fhirpath && !HasDraftOrders(hook)) continue;
    if (IsIdOf(id, pathway, hook.name)) found.emplace_back(hook.name);
  }
  return found;
}

std::string DiscoveryText(const Pathway& pathway, const std::vector<DataNeed>& needs,
                          const ClientProfile& profile, const cards::Catalogue& words) {
  const std::string requirements = NeedsText(needs, words);
  fhir::JsonWriter writer;
  writer.BeginObject().Key("services").BeginArray();
  for (const ServiceEntry& service : ServicesOf(pathway, profile)) {
    WriteService(pathway, service, profile.protocol, needs, requirements, writer);
  }
  writer.EndArray().EndObject();
  return writer.Take();
}

}  // namespace renal::hooks
