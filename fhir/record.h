#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fhir/json.h"

namespace renal::fhir {

/// How the resources of one type came to us. A type that failed is unknown, never "none".
///
/// Several keys and fetches may speak about one type; what they say adds up, in any order:
/// something incomplete, or data beside a failure, is kIncomplete; else a failure is kFailed (an
/// empty answer of another key does not mend it); else data are kDelivered; else an empty answer is
/// kNone.
enum class Delivery { kAbsent, kNone, kDelivered, kIncomplete, kFailed };

/// Everything the request says about one patient: an index by resource type over parsed documents.
/// It does not own them: they must outlive the record.
///
/// A resource belongs to the patient if its `subject`, `patient`, `beneficiary` or `for` names
/// "Patient/<patient_id>" (relative or absolute, with or without version), or a fullUrl that a
/// Bundle gives to that Patient: the resource's own Bundle decides, else all Bundles, which must
/// agree. A resource of another patient, one of a clinical type that names no patient, and a
/// Patient with another id or none are left out and counted. Types without a patient (Medication,
/// Organization) are kept.
///
/// A resource given twice (same type and id) counts once: the one with the newer
/// `meta.lastUpdated`, else the larger `meta.versionId`, else the smaller text. The order of
/// resources in the request never matters for an answer (P2), so each list is sorted by id.
///
/// Lists are made at the first question after an Add(): questions from several threads must not begin together.
class Record {
 public:
  /// Resources taken; see truncated().
  static constexpr std::size_t kMaxResources = 20'000;

  explicit Record(std::string patient_id);

  /// Names OperationOutcomes that say no more than that nothing was found; they are no reports of
  /// something wrong. Before the first Add().
  void SetHarmless(std::function<bool(const Json& operation_outcome)> test) {
    harmless_ = std::move(test);
  }

  /// Adds a prefetch value, a fetched answer, or a file: a resource, a Bundle (entries are taken by
  /// type; nested Bundles to a depth of 8), null or absent. `expected_type` is the type that the
  /// key's query asks for, empty if unknown: null or an empty Bundle then marks it kNone, a lone
  /// OperationOutcome kFailed, one among data or a `next` link kIncomplete. Entries with
  /// search.mode "outcome" are no data.
  ///
  /// Entries that cannot be read, and resources that do not say whose they are, make
  /// `expected_type` kIncomplete. So does a resource whose `status`, `clinicalStatus`,
  /// `verificationStatus` or `doNotPerform` cannot be read, for its own type: it is left out, since
  /// these can turn around what it says. An answer with nothing but other patients' resources, or with
  /// nothing readable, says nothing about it, as though the key were absent. An absent `value` says
  /// nothing. Resources inside Parameters or lists are not entered.
  ///
  /// Of a page whose next one is added too (`followed`), the `next` link says nothing.
  void Add(const Json& value, std::string_view expected_type = {}, bool followed = false);
  /// Adds a report about a type, for example of a fetch that failed, to what is known (see
  /// Delivery). kAbsent adds nothing.
  void SetDelivery(std::string_view type, Delivery delivery);
  /// What all reports about a type come to; any resource of it counts as a delivery.
  Delivery delivery(std::string_view type) const;

  /// The id that the record was made for.
  const std::string& patient_id() const { return patient_id_; }
  Json patient() const;  ///< the Patient resource; absent if none was given
  /// All resources of a type, sorted by id; valid until the next Add.
  const std::vector<Json>& OfType(std::string_view type) const;
  /// All resources, by type and id.
  std::vector<Json> All() const;
  /// The resource a relative, absolute, `urn:` or contained (`#id`, within `from`) reference names;
  /// absent if it is not in the record, or if a URL names several. `#` is `from` itself.
  Json Resolve(std::string_view reference, const Json& from = {}) const;
  /// Resources left out because they belong to another patient, or do not say to whom.
  std::size_t foreign_count() const {
    Settle();
    return foreign_ + unresolved_;
  }
  /// True if resources beyond kMaxResources were dropped; their types are then kIncomplete.
  bool truncated() const { return truncated_; }

  /// "Type/id" of a resource, or "Type" if it has no id.
  static std::string Reference(const Json& resource);

 private:
  /// A resource that is ours, or may be once its URL is explained.
  struct Candidate {
    Json resource;
    std::string_view type;
    std::string_view id;
    std::string_view full_url;
    std::string_view patient_url;  // empty if ours for certain
    std::uint32_t bundle;
  };
  /// A Patient's fullUrl, and whether that Patient is ours.
  struct PatientUrl {
    std::uint32_t bundle;
    bool ours;
  };
  struct TypeList {
    std::vector<Json> resources;
    bool none = false;
    bool delivered = false;
    bool incomplete = false;
    bool failed = false;
  };
  /// What one call of Add saw.
  struct Answer {
    std::size_t ours = 0;
    std::size_t foreign = 0;
    std::size_t outcomes = 0;
    bool unreadable = false;
    bool more = false;     // a next link, or a depth or size beyond the limit
    bool readable = true;  // at its root
    std::vector<std::string_view> types;
  };

  void AddBundle(const Json& bundle, std::size_t depth, bool followed, Answer& answer);
  void AddEntry(const Json& entry, std::uint32_t bundle, std::size_t depth, Answer& answer);
  void AddResource(const Json& resource, std::string_view type, std::string_view full_url,
                   std::uint32_t bundle, Answer& answer);
  void MarkDelivery(const Answer& answer, std::string_view expected_type);
  bool IsOurs(const Candidate& candidate) const;
  void Settle() const;
  void EnterUrl(const Candidate& candidate) const;
  Json Find(std::string_view type, std::string_view id) const;
  TypeList& ListOf(std::string_view type) const;

  std::string patient_id_;
  std::function<bool(const Json&)> harmless_;
  mutable std::map<std::string, TypeList, std::less<>> types_;
  std::vector<Candidate> candidates_;
  std::unordered_map<std::string_view, std::vector<PatientUrl>> patient_urls_;
  mutable std::unordered_map<std::string_view, Json> by_url_;  // absent if a URL names several
  std::size_t foreign_ = 0;
  mutable std::size_t unresolved_ = 0;
  std::uint32_t bundles_ = 0;
  mutable bool settled_ = true;  // the lists hold what was added
  bool truncated_ = false;
};

}  // namespace renal::fhir
