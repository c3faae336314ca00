#include "hooks/internal/board_scan.h"

#include <map>
#include <set>
#include <utility>

#include "fhir/json.h"
#include "fhir/own_json.h"
#include "fhir/patient_reference.h"
#include "fhir/record.h"
#include "hooks/internal/request_texts.h"
#include "hooks/request.h"

namespace renal::hooks::internal {
namespace {

using fhir::Json;
using fhir::NamedPatient;
using fhir::PatientNamedBy;

constexpr std::size_t kMaxBundleDepth = 8;

struct Entry {
  Json resource;
  std::string_view url;
};

/// The resources of a Bundle and of Bundles in it.
void AddEntries(const Json& bundle, std::size_t depth, std::vector<Entry>& entries) {
  for (const Json::Entry entry : bundle["entry"]) {
    const Json resource = entry.value["resource"];
    const std::string_view type = resource["resourceType"].string();
    if (type == "Bundle" && depth < kMaxBundleDepth) AddEntries(resource, depth + 1, entries);
    if (!type.empty() && type != "Bundle" && type != "OperationOutcome") {
      entries.push_back({resource, entry.value["fullUrl"].string()});
    }
  }
}

std::vector<std::string> NamesOf(const Json& resource, std::string_view url) {
  std::vector<std::string> names;
  const std::string reference = fhir::Record::Reference(resource);
  if (reference.find('/') != std::string::npos) names.push_back(reference);
  if (!url.empty() && fhir::TypeAndId(url) != reference) names.emplace_back(url);
  return names;
}

/// The entries of one patient on their way into a Bundle of their own.
class PartBundle {
 public:
  PartBundle() {
    writer_.BeginObject().Member("resourceType", "Bundle").Member("type", "collection");
    writer_.Key("entry").BeginArray();
  }
  void Add(const Entry& entry) {
    writer_.BeginObject();
    if (!entry.url.empty()) writer_.Member("fullUrl", entry.url);
    writer_.Key("resource").Value(entry.resource).EndObject();
  }
  std::string Take() { return writer_.EndArray().EndObject().Take(); }

 private:
  fhir::JsonWriter writer_;
};

class Splitter {
 public:
  explicit Splitter(const std::vector<Entry>& entries) : entries_(entries) {
    for (const Entry& entry : entries) {
      const bool patient = entry.resource["resourceType"].string() == "Patient";
      const std::string_view id = entry.resource["id"].string();
      if (patient && IsFhirId(id) && !entry.url.empty()) urls_[entry.url].insert(id);
    }
  }

  Scanned Split() {
    for (const Entry& entry : entries_) Place(entry);
    for (auto& [patient, bundle] : bundles_) {
      scanned_.parts.push_back({.patient = std::string(patient), .text = bundle.Take()});
    }
    return std::move(scanned_);
  }

 private:
  void Place(const Entry& entry) {
    const NamedPatient named = PatientNamedBy(entry.resource);
    if (named.kind == NamedPatient::Kind::kNobody) {
      PartBundle alone;
      alone.Add(entry);
      std::vector<std::string> names = NamesOf(entry.resource, entry.url);
      if (!names.empty()) {
        scanned_.parts.push_back({.references = std::move(names), .text = alone.Take()});
      }
      return;
    }
    const std::string_view id = IdOf(named);
    if (IsFhirId(id)) {
      bundles_[id].Add(entry);
    } else {
      scanned_.problem = "The Bundle has entries that do not say which patient they are about.";
    }
  }

  /// Empty where it is not told, or not clearly.
  std::string_view IdOf(const NamedPatient& named) const {
    if (named.kind == NamedPatient::Kind::kId) return named.text;
    if (named.kind != NamedPatient::Kind::kUrl) return {};
    const auto found = urls_.find(named.text);
    return found != urls_.end() && found->second.size() == 1 ? *found->second.begin()
                                                             : std::string_view();
  }

  const std::vector<Entry>& entries_;
  std::map<std::string_view, std::set<std::string_view>> urls_;
  std::map<std::string_view, PartBundle> bundles_;
  Scanned scanned_;
};

Scanned ScanBundle(const Json& bundle) {
  std::vector<Entry> entries;
  AddEntries(bundle, 1, entries);
  std::set<std::string_view> patients;
  for (const Entry& entry : entries) {
    if (entry.resource["resourceType"].string() != "Patient") continue;
    const std::string_view id = entry.resource["id"].string();
    if (!IsFhirId(id)) return {.problem = "A Patient of the Bundle has no id."};
    patients.insert(id);
  }
  if (patients.size() != 1) return Splitter(entries).Split();
  return {.parts = {{.patient = std::string(*patients.begin())}}};
}

Scanned ScanResource(const Json& resource) {
  const NamedPatient named = PatientNamedBy(resource);
  if (named.kind == NamedPatient::Kind::kNobody) {
    std::vector<std::string> names = NamesOf(resource, {});
    if (names.empty()) return {};  // nobody can name it
    return {.parts = {{.references = std::move(names)}}};
  }
  if (named.kind == NamedPatient::Kind::kId && IsFhirId(named.text)) {
    return {.parts = {{.patient = std::string(named.text)}}};
  }
  const bool patient = resource["resourceType"].string() == "Patient";
  return {.problem = patient ? "The Patient has no id."
                             : "The resource does not say which patient it is about."};
}

}  // namespace

Scanned ScanText(std::string_view text) {
  const auto document = fhir::JsonDocument::Parse(text, kRecordLimits);
  if (!document) return {.problem = document.error().diagnostics};
  const Json root = document->root();
  const std::string_view type = root["resourceType"].string();
  if (type == "Bundle") return ScanBundle(root);
  if (type == "OperationOutcome") return {};  // a word of the exporting server
  if (!type.empty()) return ScanResource(root);
  if (!root["hook"].is_string()) {
    return {.problem = "This is neither a resource nor a CDS Hooks request."};
  }
  const std::string_view id = root["context"]["patientId"].string();
  if (!IsFhirId(id)) return {.problem = "The request names no patient."};
  return {.parts = {{.patient = std::string(id), .apart = true}}};
}

}  // namespace renal::hooks::internal
