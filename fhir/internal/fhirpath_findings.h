#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/fhirpath.h"

namespace renal::fhir::fhirpath {

/// What is wrong with one expression, as it is found.
class Findings {
 public:
  explicit Findings(std::string_view text) : text_(text) {}

  /// `at` is a byte of the text; `known` the names that could stand there. A place has one finding:
  /// what is said second of it follows from the first.
  void Add(std::size_t at, const char* id, std::string message,
           std::vector<std::string> known = {});
  bool empty() const { return list_.empty(); }
  /// All of them by position; nothing if there are none.
  std::optional<CompileError> Take();

 private:
  std::string_view text_;
  std::vector<std::pair<std::size_t, CompileError>> list_;
};

}  // namespace renal::fhir::fhirpath
