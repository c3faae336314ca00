#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
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
  bool HasCoding(const Json& coding) const;

  std::string url_, version_, title_, only_system_;
  std::vector<Concept> concepts_;
  // Places in concepts_ behind one, each at the hash of its code or at the next one that was free; zero
  // where there is none. Their number is a power of two, and at least half of them are free.
  std::vector<std::uint32_t> places_;
};

}  // namespace renal::fhir
