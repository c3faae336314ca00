#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fhir/value_set.h"

namespace renal::pathways {

/// What a pathway looks for among the resources of one type: the codes of all of its sources
/// together, so that one look-up of a code tells which sources want the resource. Most resources of
/// a record are wanted by none.
class RecordType {
 public:
  explicit RecordType(std::string name) : name_(std::move(name)) {}

  const std::string& name() const { return name_; }  ///< "Observation"

  /// The place of a set of codes that is looked for; `set` must outlive this.
  std::size_t Add(const fhir::ValueSet& set);
  std::size_t set_count() const { return sets_.size(); }
  /// Places of the sets that hold exactly this code of exactly this system; null if none does.
  const std::vector<std::size_t>* SetsWith(std::string_view system, std::string_view code) const;

 private:
  struct Code {
    std::string_view system, code;
    friend bool operator==(const Code&, const Code&) = default;
  };
  struct HashCode {
    std::size_t operator()(const Code& code) const {
      return std::hash<std::string_view>{}(code.code);
    }
  };

  std::string name_;
  std::vector<const fhir::ValueSet*> sets_;
  std::unordered_map<Code, std::vector<std::size_t>, HashCode> sets_with_;
};

}  // namespace renal::pathways
