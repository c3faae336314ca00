#include "fhir/value_set.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "fhir/internal/json_access.h"

namespace renal::fhir {
namespace {

constexpr std::size_t kFew = 8;  // up to here, comparing with each is cheaper than hashing

}  // namespace

ValueSet::ValueSet(std::string url, std::string version, std::string title,
                   std::vector<Concept> concepts)
    : url_(std::move(url)),
      version_(std::move(version)),
      title_(std::move(title)),
      concepts_(std::move(concepts)) {
  if (concepts_.size() > kFew) {
    places_.reserve(concepts_.size());
    for (std::size_t i = 0; i < concepts_.size(); ++i) {
      places_.emplace(std::hash<std::string_view>()(concepts_[i].code),
                      static_cast<std::uint32_t>(i));
    }
  }
  if (concepts_.empty()) return;
  const std::string& first = concepts_.front().system;
  const bool one_system = std::all_of(concepts_.begin(), concepts_.end(),
                                      [&](const Concept& c) { return c.system == first; });
  if (one_system) only_system_ = first;
}

bool ValueSet::Contains(std::string_view system, std::string_view code) const {
  const auto same = [&](const Concept& entry) {
    return entry.code == code && entry.system == system;
  };
  if (concepts_.size() <= kFew) return std::any_of(concepts_.begin(), concepts_.end(), same);
  const auto [first, last] = places_.equal_range(std::hash<std::string_view>()(code));
  return std::any_of(first, last, [&](const auto& place) { return same(concepts_[place.second]); });
}

bool ValueSet::ContainsCoding(const Json& value) const {
  const auto has = [this](const Json& coding) {
    if (!coding.is_object()) return false;
    Json system, code;
    VisitMembers(coding, [&](std::string_view name, const Json& member) {
      if (name == "system") system = member;
      if (name == "code") code = member;
      return system && code;
    });
    return system.is_string() && code.is_string() && Contains(system.string(), code.string());
  };
  const Json codings = value["coding"];
  if (!codings.is_array()) return has(value);
  for (const Json::Entry entry : codings) {
    if (has(entry.value)) return true;
  }
  return false;
}

}  // namespace renal::fhir
