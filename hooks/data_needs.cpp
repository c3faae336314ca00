#include "hooks/data_needs.h"

#include <algorithm>
#include <set>
#include <utility>

#include "pathways/data_needs.h"

namespace renal::hooks {
namespace {

using fhir::Delivery;
using pathways::CodeNeed;
using pathways::Pathway;
using pathways::TypeNeed;

constexpr std::string_view kPatient = "Patient";
constexpr std::string_view kCondition = "Condition";

// Characters that stand for themselves in a search parameter and in a URL.
bool IsPlain(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~:/").find(c) != std::string_view::npos;
  });
}

/// The search parameter's value for all codes of a type; empty where all of the type is asked for.
std::string CodesOf(const TypeNeed& need) {
  if (need.any_code) return {};
  std::set<std::string> codes;
  for (const CodeNeed& each : need.codes) {
    for (const fhir::Concept& concept_of : each.codes->concepts()) {
      if (!IsPlain(concept_of.system) || !IsPlain(concept_of.code)) return {};
      codes.insert(concept_of.system + "|" + concept_of.code);
    }
  }
  std::string joined;
  for (const std::string& code : codes) joined += (joined.empty() ? "" : ",") + code;
  return joined;
}

std::string KeyOf(std::string_view type) {
  std::string key(type);
  if (key.front() >= 'A' && key.front() <= 'Z') key.front() = static_cast<char>(key.front() + 32);
  if (type == kPatient) return key;
  if (key.ends_with('y')) return key.replace(key.size() - 1, 1, "ies");
  return key + "s";
}

std::string QueryOf(const TypeNeed& need) {
  if (need.type == kPatient) return "Patient/{{context.patientId}}";
  std::string all = need.type + "?patient={{context.patientId}}";
  const std::string codes = CodesOf(need);
  if (codes.empty()) return all;
  const std::string query = all + "&code=" + codes;
  return query.size() > kMaxQueryBytes ? all : query;
}

DataNeed NeedOf(const TypeNeed& need) {
  const bool required = need.type == kPatient || need.type == kCondition;
  return {.key = KeyOf(need.type),
          .type = need.type,
          .query = QueryOf(need),
          .required = required,
          .evidence = need.evidence,
          .assumed_none = !required && !need.only_way};
}

}  // namespace

std::vector<DataNeed> DataNeedsOf(const Pathway& pathway) {
  std::vector<DataNeed> needs;
  for (const TypeNeed& need : pathways::TypeNeedsOf(pathway)) needs.push_back(NeedOf(need));
  std::ranges::stable_partition(needs, [](const DataNeed& need) { return need.type == kPatient; });
  return needs;
}

std::string_view TypeOfKey(const std::vector<DataNeed>& needs, std::string_view key) {
  const auto need = std::ranges::find(needs, key, &DataNeed::key);
  return need == needs.end() ? std::string_view() : std::string_view(need->type);
}

std::vector<cards::DeliveryNote> DeliveryNotesOf(const std::vector<DataNeed>& needs,
                                                 const fhir::Record& record) {
  std::vector<cards::DeliveryNote> notes;
  for (const DataNeed& need : needs) {
    const Delivery state = record.delivery(need.type);
    const bool broken = state == Delivery::kFailed || state == Delivery::kIncomplete;
    if (state == Delivery::kDelivered || (!need.evidence && !broken)) continue;
    notes.push_back({.type = need.type, .state = state, .assumed_none = need.assumed_none});
  }
  return notes;
}

std::optional<fhir::Issue> MissingData(const std::vector<DataNeed>& needs,
                                       const fhir::Record& record) {
  for (const DataNeed& need : needs) {
    const Delivery state = record.delivery(need.type);
    if (!need.required || (state != Delivery::kAbsent && state != Delivery::kFailed)) continue;
    return fhir::Issue{
        fhir::IssueCode::kProcessing,
        "Needed data were neither prefetched nor can they be fetched: " + need.type + ".",
        "/prefetch/" + need.key};
  }
  return std::nullopt;
}

}  // namespace renal::hooks
