#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/fhirpath.h"
#include "fhir/json.h"
#include "pathways/evaluate.h"
#include "pathways/internal/facts.h"

namespace renal::pathways {

/// What one evaluation found out about a resource, for all inputs that read it.
struct Asked {
  /// What an expression gives as the time of the resource.
  struct Time {
    const std::string* expression = nullptr;
    std::optional<std::int64_t> milliseconds;
    std::int64_t age_days = 0;
    fhir::Json text;          ///< absent where it was worked out
    std::uint64_t steps = 0;  ///< that it took
  };
  /// The element that holds its value, and the text of it; absent where it has none.
  struct Value {
    fhir::Json element;
    std::string text;
  };
  bool kept = false;           ///< what is found out stays until the end
  bool superseded = false;     ///< the call brings it anew
  std::optional<bool> absent;  ///< it says why it has no value; once asked for
  std::string_view type;       ///< its FHIR type, static text; empty where R4 has none of that name
  std::vector<Time> times;     ///< by what was asked; none unless kept
  std::optional<std::int64_t> updated;  ///< meta.lastUpdated, milliseconds, once asked for
  std::optional<Value> value;           ///< once asked for
  std::vector<fhir::fhirpath::KeptTruths::Entry> truths;  ///< of shared criteria, once asked for
};

/// The resources that an evaluation asks. Only of so many is something kept: a large record must
/// not cost memory without bound, and what lies far apart is no faster to find than to work out.
class AskedResources {
 public:
  /// `request` must outlive it.
  explicit AskedResources(const EvaluateRequest& request) : request_(request) {}
  /// Of a resource that is not kept, until the next call.
  Asked& Of(const fhir::Json& resource);

 private:
  static constexpr std::size_t kMostKept = 2'000;
  Asked Begin(const fhir::Json& resource) const;

  const EvaluateRequest& request_;
  std::unordered_map<fhir::Json, Asked, HashJson> kept_;
  std::size_t last_ = 0;  // the largest index of a resource that is kept
  Asked passing_;
};

}  // namespace renal::pathways
