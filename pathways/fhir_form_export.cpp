#include "pathways/internal/fhir_form_export.h"

#include "pathways/fhir_form.h"
#include "pathways/internal/json_tree.h"

namespace renal::pathways {
namespace {

using fhir::OwnJson;
using internal::ExportContext;

// What import takes (pathway-format section 13).
constexpr std::size_t kMostBytes = std::size_t{4} << 20;
constexpr std::size_t kDeepest = 64;

void AddEntry(OwnJson& entries, const ExportContext& context, OwnJson resource) {
  OwnJson entry = internal::JsonObject();
  internal::Put(entry, "fullUrl",
                context.ResourceUrl(internal::TextAt(resource, "resourceType"),
                                    internal::TextAt(resource, "id")));
  internal::Put(entry, "resource", std::move(resource));
  entries.items.push_back(std::move(entry));
}

fhir::Issue TooLarge(const char* what) {
  return {fhir::IssueCode::kTooCostly,
          std::string("The FHIR form of the pathway is too large: ") + what + ".",
          {}};
}

// Bytes of the indented text at most: what is written for a value, with every character escaped.
std::size_t SizeAtMost(const OwnJson& value, std::size_t depth) {
  const std::size_t line = 2 * depth + 16;
  std::size_t bytes = line + 6 * value.text.size();
  for (const OwnJson& item : value.items) bytes += line + SizeAtMost(item, depth + 1);
  for (const auto& [name, member] : value.members) {
    bytes += line + 6 * name.size() + SizeAtMost(member, depth + 1);
  }
  return bytes;
}

OwnJson PlanDefinitionOf(const ExportContext& context, OwnJson root) {
  OwnJson plan = internal::PlanHeader(context);
  const std::string id = internal::FhirId(context.pathway.id);
  internal::Put(plan, "library",
                internal::JsonList(std::vector<std::string>{
                    context.Canonical(context.ResourceUrl("Library", id))}));
  internal::Put(plan, "action", internal::JsonList({std::move(root)}));
  return plan;
}

}  // namespace

namespace internal {

std::string ExportContext::ResourceUrl(std::string_view type, std::string_view id) const {
  return pathway.url + "/" + std::string(type) + "/" + std::string(id);
}

std::string ExportContext::Canonical(std::string_view url) const {
  return std::string(url) + "|" + pathway.version;
}

}  // namespace internal

namespace internal {

fhir::Result<OwnJson> BundleOf(const OwnJson& document, const Pathway& pathway) {
  const ExportContext context{document, pathway, internal::ExpressionNames::OfFile(document)};
  OwnJson root = internal::RootAction(context);
  if (root.type == fhir::JsonType::kAbsent) {
    return TooLarge("its tables lead to each other in too many ways. Let fewer rules \"go\" on");
  }
  OwnJson entries = internal::JsonList();
  AddEntry(entries, context, PlanDefinitionOf(context, std::move(root)));
  for (std::size_t i = 0; i < pathway.actions.size(); ++i) {
    AddEntry(entries, context, internal::ActivityDefinitionOf(context, i));
  }
  for (std::size_t i = 0; i < pathway.value_sets.size(); ++i) {
    AddEntry(entries, context, internal::ValueSetOf(context, i));
  }
  AddEntry(entries, context, internal::LibraryOf(context));
  OwnJson bundle = internal::JsonObject(
      {{"resourceType", internal::JsonText("Bundle")}, {"type", internal::JsonText("collection")}});
  internal::Put(bundle, "entry", std::move(entries));
  if (internal::DepthOf(bundle) > kDeepest) {
    return TooLarge("its tables follow each other too deep. Shorten the chain of \"go\"");
  }
  if (SizeAtMost(bundle, 0) > kMostBytes && internal::IndentedText(bundle).size() > kMostBytes) {
    return TooLarge("it has more than 4 MiB");
  }
  return bundle;
}

}  // namespace internal

fhir::Result<std::string> ExportBundle(const OwnJson& document, const Pathway& pathway) {
  const auto bundle = internal::BundleOf(document, pathway);
  if (!bundle) return bundle.error();
  return internal::IndentedText(*bundle);
}

}  // namespace renal::pathways
