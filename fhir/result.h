#pragma once

#include <string>
#include <utility>
#include <variant>

namespace renal::fhir {

/// FHIR's issue-type codes, as far as this program reports them.
/// Source: http://hl7.org/fhir/R4/valueset-issue-type.html
enum class IssueCode {
  kStructure,
  kRequired,
  kValue,
  kLogin,
  kForbidden,
  kNotFound,
  kNotSupported,
  kTimeout,
  kTooLong,
  kTooCostly,
  kProcessing,
  kThrottled,
  kTransient,
  kException,
};

/// The code as FHIR spells it, for example "not-found".
const char* Spelling(IssueCode code);

/// Why something failed: never an unknown clinical value, which is not a failure (invariant 5).
struct Issue {
  IssueCode code = IssueCode::kException;
  std::string diagnostics;  ///< a fixed sentence of ours; never text from a request
  std::string expression;   ///< JSON Pointer or FHIRPath of the culprit, a field of ours; may be empty
};

/// A value, or the Issue that prevented it.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}        // NOLINT: implicit
  Result(Issue issue) : state_(std::in_place_index<1>, std::move(issue)) {}    // NOLINT: implicit

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  T& value() { return std::get<0>(state_); }
  const T& value() const { return std::get<0>(state_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Issue& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Issue> state_;
};

}  // namespace renal::fhir
