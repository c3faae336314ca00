#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/json.h"

namespace renal::fhir {

/// One code of a value set.
struct Concept {
  std::string system;   ///< URI of the code system
  std::string code;     ///< as the code system spells it; letter case counts
  std::string display;  ///< for people; may be empty
};

/// An enumerated list of codes, looked up in constant time. Whole after construction, then never
/// changed.
class ValueSet {
 public:
  ValueSet() = default;
  /// Concepts given twice are kept in the list and count once.
  ValueSet(std::string url, std::string version, std::string title, std::vector<Concept> concepts);

  const std::string& url() const { return url_; }
  const std::string& version() const { return version_; }
  const std::string& title() const { return title_; }
  const std::vector<Concept>& concepts() const { return concepts_; }  ///< in the order of the file

  /// True if the list has exactly this code of exactly this system. Allocates nothing.
  bool Contains(std::string_view system, std::string_view code) const;
  /// True if `value` is a Coding in the set, or a CodeableConcept with any such Coding. Anything
  /// else: false.
  bool ContainsCoding(const Json& value) const;
  /// The one system of all concepts; empty if there are several or none.
  const std::string& only_system() const { return only_system_; }

 private:
  std::string url_, version_, title_, only_system_;
  std::vector<Concept> concepts_;
  // Hash of the code to the place in concepts_, so that a look-up builds no string; empty for a short list,
  // which is looked through.
  std::unordered_multimap<std::size_t, std::uint32_t> places_;
};

}  // namespace renal::fhir
