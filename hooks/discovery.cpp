#include "hooks/discovery.h"

#include "fhir/own_json.h"

namespace renal::hooks {
namespace {

using pathways::Pathway;

std::string IdOf(const Pathway& pathway, const std::string& hook, ServiceProfile profile) {
  return profile == ServiceProfile::kStandard ? pathway.id : pathway.id + "-" + hook;
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

void WriteService(const Pathway& pathway, const std::string& hook, const std::string& id,
                  const std::vector<DataNeed>& needs, const std::string& requirements,
                  fhir::JsonWriter& writer) {
  const std::string& description =
      pathway.description.empty() ? pathway.title : pathway.description;
  writer.BeginObject();
  writer.Member("hook", hook).Member("title", pathway.title).Member("description", description);
  writer.Member("id", id).Member("usageRequirements", requirements);
  writer.Key("prefetch").BeginObject();
  for (const DataNeed& need : needs) writer.Member(need.key, need.query);
  writer.EndObject();
  writer.EndObject();
}

}  // namespace

std::vector<std::string> HooksOfService(const Pathway& pathway, std::string_view id) {
  if (id == pathway.id) return pathway.hooks;
  for (const std::string& hook : pathway.hooks) {
    if (id == IdOf(pathway, hook, ServiceProfile::kSandbox)) return {hook};
  }
  return {};
}

std::string DiscoveryText(const Pathway& pathway, const std::vector<DataNeed>& needs,
                          ServiceProfile profile, const cards::Catalogue& words) {
  const std::string requirements = NeedsText(needs, words);
  fhir::JsonWriter writer;
  writer.BeginObject().Key("services").BeginArray();
  for (const std::string& hook : pathway.hooks) {
    WriteService(pathway, hook, IdOf(pathway, hook, profile), needs, requirements, writer);
  }
  writer.EndArray().EndObject();
  return writer.Take();
}

}  // namespace renal::hooks
