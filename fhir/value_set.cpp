#include "fhir/value_set.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "fhir/internal/json_access.h"

namespace renal::fhir {
namespace {

// From the ends of a code and its length, which tell nearly all from each other.
std::size_t HashOf(std::string_view code) {
  constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15;  // 2^64 over the golden ratio
  std::uint64_t first = 0, last = 0;
  if (code.size() >= sizeof first) {
    first = WordAt<std::uint64_t>(code.data());
    last = WordAt<std::uint64_t>(code.data() + code.size() - sizeof last);
  } else if (code.size() >= sizeof(std::uint32_t)) {
    first = WordAt<std::uint32_t>(code.data());
    last = WordAt<std::uint32_t>(code.data() + code.size() - sizeof(std::uint32_t));
  } else {
    for (const char c : code) first = first << 8 | static_cast<unsigned char>(c);
  }
  const std::uint64_t mixed = (first * 3 ^ last) + code.size();
  return static_cast<std::size_t>(mixed * kSpread >> 32);
}

}  // namespace

ValueSet::ValueSet(std::string url, std::string version, std::string title,
                   std::vector<Concept> concepts)
    : url_(std::move(url)),
      version_(std::move(version)),
      title_(std::move(title)),
      concepts_(std::move(concepts)) {
  if (concepts_.empty()) return;
  places_.resize(std::bit_ceil(2 * concepts_.size()));
  const std::size_t mask = places_.size() - 1;
  for (std::size_t i = 0; i < concepts_.size(); ++i) {
    std::size_t at = HashOf(concepts_[i].code) & mask;
    while (places_[at] != 0) at = (at + 1) & mask;
    places_[at] = static_cast<std::uint32_t>(i + 1);
  }
  const std::string& first = concepts_.front().system;
  const bool one_system = std::all_of(concepts_.begin(), concepts_.end(),
                                      [&](const Concept& c) { return c.system == first; });
  if (one_system) only_system_ = first;
}

bool ValueSet::Contains(std::string_view system, std::string_view code) const {
  if (places_.empty()) return false;
  const std::size_t mask = places_.size() - 1;
  for (std::size_t at = HashOf(code) & mask; places_[at] != 0; at = (at + 1) & mask) {
    const Concept& entry = concepts_[places_[at] - 1];
    if (entry.code == code && entry.system == system) return true;
  }
  return false;
}

bool ValueSet::HasCoding(const Json& coding) const {
  static constexpr MemberName kSystem("system"), kCode("code");
  if (!coding.is_object()) return false;
  const Json code = MemberOf(coding, kCode);
  if (!code.is_string()) return false;
  const Json system = MemberOf(coding, kSystem);
  return system.is_string() && Contains(system.string(), code.string());
}

bool ValueSet::ContainsCoding(const Json& value) const {
  static constexpr MemberName kCoding("coding");
  if (!value.is_object()) return false;
  const Json codings = MemberOf(value, kCoding);
  if (!codings.is_array()) return HasCoding(value);
  for (const Json::Entry entry : codings) {
    if (HasCoding(entry.value)) return true;
  }
  return false;
}

}  // namespace renal::fhir
