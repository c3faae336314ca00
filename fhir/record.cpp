#include "fhir/record.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <tuple>
#include <utility>

#include "fhir/date_time.h"
#include "fhir/internal/patient_link.h"
#include "fhir/reference.h"

namespace renal::fhir {
namespace {

constexpr std::size_t kMaxBundleDepth = 8;

std::string_view IdOf(const Json& resource) { return resource["id"].string(); }

bool HasNextLink(const Json& bundle) {
  for (const Json::Entry link : bundle["link"]) {
    if (link.value["relation"].string() == "next") return true;
  }
  return false;
}

/// Versions as servers write them: numbers by value, above all other texts.
std::tuple<bool, std::size_t, std::string_view> VersionKey(std::string_view version) {
  const bool number =
      !version.empty() && version.find_first_not_of("0123456789") == std::string_view::npos;
  if (!number) return {false, 0, version};
  version.remove_prefix(std::min(version.find_first_not_of('0'), version.size()));
  return {true, version.size(), version};
}

// An instant always has an offset; without a readable one a copy is older than every other.
std::int64_t UpdatedAt(const Json& meta) {
  const auto time = DateTime::Parse(meta["lastUpdated"].string());
  return time ? time->FirstMillisecond(0) : std::numeric_limits<std::int64_t>::min();
}

/// Of two copies of one resource: true if `a` counts before `b`.
bool CountsBefore(const Json& a, const Json& b) {
  const Json meta_a = a["meta"];
  const Json meta_b = b["meta"];
  const std::int64_t updated_a = UpdatedAt(meta_a);
  const std::int64_t updated_b = UpdatedAt(meta_b);
  if (updated_a != updated_b) return updated_a > updated_b;
  const auto version_a = VersionKey(meta_a["versionId"].string());
  const auto version_b = VersionKey(meta_b["versionId"].string());
  if (version_a != version_b) return version_a > version_b;
  return a.ToString() < b.ToString();
}

/// A resource with what its place in a list depends on.
struct Placed {
  std::array<std::uint64_t, 2> start;  ///< the first bytes of the id, as numbers of the same order
  std::string_view id;
  Json resource;
};

std::uint64_t NumberOf(std::string_view text) {
  std::array<unsigned char, sizeof(std::uint64_t)> bytes{};
  std::copy_n(text.begin(), std::min(text.size(), bytes.size()), bytes.begin());
  std::uint64_t number = 0;
  for (const unsigned char byte : bytes) number = number << 8 | byte;
  return number;
}

Placed PlacedAs(const Json& resource, std::string_view id) {
  const std::string_view rest = id.substr(std::min(id.size(), sizeof(std::uint64_t)));
  return {{NumberOf(id), NumberOf(rest)}, id, resource};
}

/// True if `a` stands before `b`: by id, and of one id the one that counts first.
bool Before(const Placed& a, const Placed& b) {
  if (a.start != b.start) return a.start < b.start;
  return a.id != b.id ? a.id < b.id : CountsBefore(a.resource, b.resource);
}

bool SameId(std::string_view a, std::string_view b) { return !a.empty() && a == b; }

Json FindContained(std::string_view id, const Json& container) {
  if (id.empty()) return container;
  for (const Json::Entry entry : container["contained"]) {
    if (IdOf(entry.value) == id) return entry.value;
  }
  return {};
}

// A CodeableConcept with a code, or with nothing but an extension that says why there is none.
bool IsReadableCode(const Json& concept_of) {
  const Json coding = concept_of["coding"];
  if (coding.absent()) return concept_of["text"].absent() && concept_of["extension"].is_array();
  if (!coding.is_array()) return false;
  bool coded = false;
  for (const Json::Entry each : coding) {
    const Json code = each.value["code"];
    if (!each.value.is_object() || (!code.absent() && !code.is_string())) return false;
    coded = coded || code.is_string();
  }
  return coded;
}

// Null is absent.
bool IsMissing(const Json& value) { return value.absent() || value.type() == JsonType::kNull; }

/// The members of a resource that say whether and how it counts, found in one pass.
struct Head {
  std::string_view id;
  PatientLinks links;
  Json status, do_not_perform, clinical_status, verification_status;
};

void Keep(const Json::Entry& member, Head& head) {
  switch (member.name.size()) {
    case 2:
      if (member.name == "id") head.id = member.value.string();
      return;
    case 6:
      if (member.name == "status") head.status = member.value;
      return;
    case 12:
      if (member.name == "doNotPerform") head.do_not_perform = member.value;
      return;
    case 14:
      if (member.name == "clinicalStatus") head.clinical_status = member.value;
      return;
    case 18:
      if (member.name == "verificationStatus") head.verification_status = member.value;
      return;
    case 3:
    case 7:
    case 11:
      for (std::size_t i = 0; i < kLinkMembers.size(); ++i) {
        if (member.name == kLinkMembers[i]) head.links[i] = member.value;
      }
      return;
    default:
      return;
  }
}

// Keep() looks for links at names of these sizes alone.
static_assert(std::ranges::all_of(kLinkMembers, [](std::string_view name) {
  return name.size() == 3 || name.size() == 7 || name.size() == 11;
}));

Head HeadOf(const Json& resource) {
  Head head;
  for (const Json::Entry member : resource) Keep(member, head);
  return head;
}

// Whether the elements that can turn the meaning of a resource around are what FHIR says they are:
// without them nobody knows what it says.
bool SaysWhatItMeans(const Head& head) {
  const Json& never = head.do_not_perform;
  return (IsMissing(head.status) || head.status.is_string()) &&
         (IsMissing(never) || never.type() == JsonType::kBoolean) &&
         (IsMissing(head.clinical_status) || IsReadableCode(head.clinical_status)) &&
         (IsMissing(head.verification_status) || IsReadableCode(head.verification_status));
}

}  // namespace

Record::Record(std::string patient_id) : patient_id_(std::move(patient_id)) {}

void Record::Add(const Json& value, std::string_view expected_type, bool followed) {
  if (value.absent()) return;
  Answer answer;
  const std::string_view type = value["resourceType"].string();
  if (type == "Bundle") {
    AddBundle(value, 1, followed, answer);
  } else if (type == "OperationOutcome") {
    ++answer.outcomes;
  } else if (!type.empty()) {
    AddResource(value, type, {}, ++bundles_, answer);
  } else {
    answer.readable = value.type() == JsonType::kNull;
  }
  settled_ = false;
  MarkDelivery(answer, expected_type);
}

void Record::AddBundle(const Json& bundle, std::size_t depth, bool followed, Answer& answer) {
  const std::uint32_t number = ++bundles_;
  const Json entries = bundle["entry"];
  const bool counted_more = entries.size() == 0 && bundle["total"].integer() > 0;
  answer.more = answer.more || (!followed && HasNextLink(bundle)) || counted_more;
  if (!entries.absent() && !entries.is_array()) answer.unreadable = true;
  for (const Json::Entry entry : entries) AddEntry(entry.value, number, depth, answer);
}

void Record::AddEntry(const Json& entry, std::uint32_t bundle, std::size_t depth, Answer& answer) {
  const Json resource = entry["resource"];
  const std::string_view type = resource["resourceType"].string();
  if (type == "OperationOutcome" || entry["search"]["mode"].string() == "outcome") {
    if (!harmless_ || !harmless_(resource)) ++answer.outcomes;
  } else if (type.empty()) {
    answer.unreadable = true;
  } else if (type != "Bundle") {
    AddResource(resource, type, entry["fullUrl"].string(), bundle, answer);
  } else if (depth < kMaxBundleDepth) {
    AddBundle(resource, depth + 1, false, answer);
  } else {
    answer.more = true;
  }
}

void Record::AddResource(const Json& resource, std::string_view type, std::string_view full_url,
                         std::uint32_t bundle, Answer& answer) {
  const Head head = HeadOf(resource);
  const PatientLink link = ReadPatientLink(head.links, type, head.id, patient_id_);
  if (type == "Patient" && !full_url.empty()) {
    patient_urls_[full_url].push_back({bundle, link.owner == Owner::kOurs});
  }
  if (link.owner == Owner::kForeign || link.owner == Owner::kUnknown) {
    ++foreign_;
    if (link.owner == Owner::kForeign) {
      ++answer.foreign;
    } else {
      answer.unreadable = true;
    }
    return;
  }
  if (answer.types.empty() || answer.types.back() != type) answer.types.push_back(type);
  if (candidates_.size() == kMaxResources) {
    truncated_ = answer.more = true;
    ListOf(type).incomplete = true;
    return;
  }
  if (!SaysWhatItMeans(head)) {
    answer.unreadable = true;
    ListOf(type).incomplete = true;
    return;
  }
  ++answer.ours;
  candidates_.push_back({resource, type, head.id, full_url, link.url, bundle});
}

void Record::MarkDelivery(const Answer& answer, std::string_view expected_type) {
  if (answer.more) {
    // Of an unknown key, the types that it carries are those that are cut short.
    for (const std::string_view type : answer.types) ListOf(type).incomplete = true;
  }
  if (expected_type.empty() || !answer.readable) return;
  TypeList& list = ListOf(expected_type);
  const bool empty = answer.ours + answer.foreign == 0;
  if (answer.more || (answer.unreadable && (!empty || answer.outcomes == 0))) {
    list.incomplete = true;
  } else if (answer.outcomes > 0) {
    (answer.ours > 0 ? list.incomplete : list.failed) = true;
  } else if (empty) {
    list.none = true;
  }
}

bool Record::IsOurs(const Candidate& candidate) const {
  if (candidate.patient_url.empty()) return true;
  const auto found = patient_urls_.find(candidate.patient_url);
  if (found == patient_urls_.end()) return false;
  const std::vector<PatientUrl>& reports = found->second;
  const auto is_near = [&](const PatientUrl& report) { return report.bundle == candidate.bundle; };
  const bool near = std::any_of(reports.begin(), reports.end(), is_near);
  return std::all_of(reports.begin(), reports.end(), [&](const PatientUrl& report) {
    return report.ours || (near && !is_near(report));
  });
}

// Once for all that was added: what a later Bundle says of a URL may decide about an earlier
// resource.
void Record::Settle() const {
  if (settled_) return;
  settled_ = true;
  by_url_.clear();
  unresolved_ = 0;
  std::map<std::string_view, std::vector<Placed>> found;
  std::vector<Placed>* list = nullptr;
  std::string_view type;  // of `list`
  for (const Candidate& candidate : candidates_) {
    if (!IsOurs(candidate)) {
      ++unresolved_;
      continue;
    }
    if (list == nullptr || type != candidate.type) list = &found[type = candidate.type];
    list->push_back(PlacedAs(candidate.resource, candidate.id));
    EnterUrl(candidate);
  }
  for (auto& [name, known] : types_) known.resources.clear();
  for (auto& [name, placed] : found) {
    std::sort(placed.begin(), placed.end(), Before);
    const auto copies =
        std::unique(placed.begin(), placed.end(),
                    [](const Placed& a, const Placed& b) { return SameId(a.id, b.id); });
    std::vector<Json>& resources = ListOf(name).resources;
    resources.reserve(static_cast<std::size_t>(copies - placed.begin()));
    for (auto each = placed.begin(); each != copies; ++each) resources.push_back(each->resource);
  }
}

void Record::EnterUrl(const Candidate& candidate) const {
  if (candidate.full_url.empty()) return;
  const auto [place, fresh] = by_url_.try_emplace(candidate.full_url, candidate.resource);
  if (fresh) return;
  const Json& known = place->second;
  const bool same =
      known["resourceType"].string() == candidate.type && SameId(IdOf(known), candidate.id);
  if (!same) place->second = Json{};
}

Record::TypeList& Record::ListOf(std::string_view type) const {
  const auto found = types_.find(type);
  return found != types_.end() ? found->second : types_[std::string(type)];
}

void Record::SetDelivery(std::string_view type, Delivery delivery) {
  switch (delivery) {
    case Delivery::kAbsent:
      return;
    case Delivery::kNone:
      ListOf(type).none = true;
      return;
    case Delivery::kDelivered:
      ListOf(type).delivered = true;
      return;
    case Delivery::kIncomplete:
      ListOf(type).incomplete = true;
      return;
    case Delivery::kFailed:
      ListOf(type).failed = true;
      return;
  }
}

Delivery Record::delivery(std::string_view type) const {
  Settle();
  const auto found = types_.find(type);
  if (found == types_.end()) return Delivery::kAbsent;
  const TypeList& list = found->second;
  const bool data = list.delivered || !list.resources.empty();
  if (list.incomplete || (list.failed && data)) return Delivery::kIncomplete;
  if (list.failed) return Delivery::kFailed;
  if (data) return Delivery::kDelivered;
  return list.none ? Delivery::kNone : Delivery::kAbsent;
}

Json Record::patient() const {
  const std::vector<Json>& patients = OfType("Patient");
  return patients.empty() ? Json{} : patients.front();
}

const std::vector<Json>& Record::OfType(std::string_view type) const {
  static const std::vector<Json> kNothing;
  Settle();
  const auto found = types_.find(type);
  return found == types_.end() ? kNothing : found->second.resources;
}

std::vector<Json> Record::All() const {
  Settle();
  std::vector<Json> all;
  for (const auto& [type, list] : types_) {
    all.insert(all.end(), list.resources.begin(), list.resources.end());
  }
  return all;
}

Json Record::Find(std::string_view type, std::string_view id) const {
  const std::vector<Json>& list = OfType(type);
  const auto place = std::lower_bound(
      list.begin(), list.end(), id,
      [](const Json& resource, std::string_view key) { return IdOf(resource) < key; });
  return place != list.end() && IdOf(*place) == id ? *place : Json{};
}

Json Record::Resolve(std::string_view reference, const Json& from) const {
  if (reference.empty()) return {};
  if (reference.front() == '#') return FindContained(reference.substr(1), from);
  Settle();
  if (const auto named = by_url_.find(reference); named != by_url_.end()) {
    const Json& resource = named->second;
    // A newer copy of the same resource may have come under another URL.
    const std::string_view id = IdOf(resource);
    return id.empty() ? resource : Find(resource["resourceType"].string(), id);
  }
  const std::string_view target = TypeAndId(reference);
  if (target.empty()) return {};
  const std::size_t slash = target.find('/');
  return Find(target.substr(0, slash), target.substr(slash + 1));
}

std::string Record::Reference(const Json& resource) {
  std::string out(resource["resourceType"].string());
  // An id of another form than FHIR's names nothing; it may be anything, and is not passed on.
  if (const std::string_view id = IdOf(resource); IsFhirId(id)) out.append("/").append(id);
  return out;
}

}  // namespace renal::fhir
