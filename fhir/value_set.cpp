#include "fhir/value_set.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace renal::fhir {

ValueSet::ValueSet(std::string url, std::string version, std::string title,
                   std::vector<Concept> concepts)
    : url_(std::move(url)),
      version_(std::move(version)),
      title_(std::move(title)),
      concepts_(std::move(concepts)) {
  places_.reserve(concepts_.size());
  for (std::size_t i = 0; i < concepts_.size(); ++i) {
    const Concept& entry = concepts_[i];
    if (Contains(entry.system, entry.code)) continue;
    places_.emplace(Hash(entry.system, entry.code), static_cast<std::uint32_t>(i));
  }
  if (concepts_.empty()) return;
  const std::string& first = concepts_.front().system;
  const bool one_system = std::all_of(concepts_.begin(), concepts_.end(),
                                      [&](const Concept& c) { return c.system == first; });
  if (one_system) only_system_ = first;
}

std::size_t ValueSet::Hash(std::string_view system, std::string_view code) {
  const std::hash<std::string_view> hash;
  return hash(system) * 31 + hash(code);
}

bool ValueSet::Contains(std::string_view system, std::string_view code) const {
  const auto [first, last] = places_.equal_range(Hash(system, code));
  return std::any_of(first, last, [&](const auto& place) {
    const Concept& entry = concepts_[place.second];
    return entry.code == code && entry.system == system;
  });
}

bool ValueSet::ContainsCoding(const Json& value) const {
  const auto has = [this](const Json& coding) {
    const Json system = coding["system"];
    const Json code = coding["code"];
    return system.is_string() && code.is_string() && Contains(system.string(), code.string());
  };
  if (has(value)) return true;
  const Json codings = value["coding"];
  if (!codings.is_array()) return false;
  for (const Json::Entry entry : codings) {
    if (has(entry.value)) return true;
  }
  return false;
}

}  // namespace renal::fhir
