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

/// All codes of a type as values of a search parameter, in their order; nothing where all of the
/// type is asked for.
std::set<std::string> CodesOf(const TypeNeed& need) {
  std::set<std::string> codes;
  if (need.any_code) return codes;
  for (const CodeNeed& each : need.codes) {
    for (const fhir::Concept& concept_of : each.codes->concepts()) {
      if (!IsPlain(concept_of.system) || !IsPlain(concept_of.code)) return {};
      codes.insert(concept_of.system + "|" + concept_of.code);
    }
  }
  return codes;
}

std::string KeyOf(std::string_view type) {
  std::string key(type);
  if (key.front() >= 'A' && key.front() <= 'Z') key.front() = static_cast<char>(key.front() + 32);
  if (type == kPatient) return key;
  if (key.ends_with('y')) return key.replace(key.size() - 1, 1, "ies");
  return key + "s";
}

/// The queries of a type: each with as many codes as its length allows, or one without codes.
std::vector<std::string> QueriesOf(const TypeNeed& need) {
  if (need.type == kPatient) return {"Patient/{{context.patientId}}"};
  const std::string all = need.type + "?patient={{context.patientId}}";
  std::vector<std::string> queries;
  for (const std::string& code : CodesOf(need)) {
    if (queries.empty() || queries.back().size() + 1 + code.size() > kMaxQueryBytes) {
      queries.emplace_back(all).append("&code=").append(code);
    } else {
      queries.back().append(",").append(code);
    }
  }
  if (queries.empty() || queries.size() > kMaxQueriesOfType) return {all};
  return queries;
}

void AddNeeds(const TypeNeed& need, std::vector<DataNeed>& needs) {
  const bool required = need.type == kPatient || need.type == kCondition;
  const std::string whole_key = KeyOf(need.type);
  const std::vector<std::string> queries = QueriesOf(need);
  for (std::size_t i = 0; i < queries.size(); ++i) {
    needs.push_back({.key = queries.size() == 1 ? whole_key : whole_key + std::to_string(i + 1),
                     .whole_key = whole_key,
                     .type = need.type,
                     .query = queries[i],
                     .required = required,
                     .evidence = need.evidence,
                     .assumed_none = !required && !need.only_way});
  }
}

}  // namespace

std::vector<DataNeed> DataNeedsOf(const Pathway& pathway) {
  std::vector<DataNeed> needs;
  for (const TypeNeed& need : pathways::TypeNeedsOf(pathway)) AddNeeds(need, needs);
  std::ranges::stable_partition(needs, [](const DataNeed& need) { return need.type == kPatient; });
  return needs;
}

std::string_view TypeOfKey(const std::vector<DataNeed>& needs, std::string_view key) {
  const auto need = std::ranges::find_if(
      needs, [key](const DataNeed& each) { return each.key == key || each.whole_key == key; });
  return need == needs.end() ? std::string_view() : std::string_view(need->type);
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
