#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pathways/outcome.h"

/// The shipped pathway over a few resources of one patient, for tests of its scores.
namespace renal::pathways::testing {

inline constexpr std::string_view kLoinc = "http://loinc.org";
inline constexpr std::string_view kSnomed = "http://snomed.info/sct";
inline constexpr std::string_view kLocal = "https://renalpath.example/CodeSystem/rcc-pathway";

/// A final Observation of 2026-02-20. `value` is a member, as `"valueInteger": 1`; `more` follows
/// it.
std::string Observed(std::string_view system, std::string_view code, std::string_view value,
                     std::string_view more = {});
/// As Observed(), of another day.
std::string ObservedOn(std::string_view day, std::string_view system, std::string_view code,
                       std::string_view value, std::string_view more = {});
/// A laboratory value with UCUM unit; `low` and `high` of its reference range, empty: none.
std::string Lab(std::string_view loinc, std::string_view number, std::string_view unit,
                std::string_view low = {}, std::string_view high = {});
/// A value that is a concept.
std::string ConceptValue(std::string_view system, std::string_view code);
/// A value with a unit.
std::string QuantityValue(std::string_view number, std::string_view unit);
/// Categories of the 8th edition as SNOMED CT codes.
std::string Category(std::string_view observation_code, std::string_view value_code,
                     std::string_view more = {});
/// cM0 or cM1.
std::string Spread(bool metastatic);
/// The kidney cancer on the left, diagnosed on that day; `more` follows.
std::string Cancer(std::string_view diagnosed = "2026-01-10", std::string_view more = {});
/// A completed radical nephrectomy on the left.
std::string Nephrectomy();

/// The outcome on 2026-03-02 for a patient "p" with these resources. `patient`: further members of
/// the Patient. `failed`: a resource type that could not be read.
class Scored {
 public:
  explicit Scored(const std::vector<std::string>& resources,
                  std::string_view patient = R"("gender": "male", "birthDate": "1966-01-01")",
                  std::string_view failed = {});

  const Outcome& outcome() const { return outcome_; }
  const InputState& State(std::string_view input) const;
  /// The value as the outcome writes it, else the reason why there is none.
  std::string Shown(std::string_view input) const;
  /// Codes that are still possible, joined by "|".
  std::string Possible(std::string_view input) const;
  /// Titles of the parts that are not known, and of those outside of the score.
  std::vector<std::string> Missing(std::string_view input) const;
  std::vector<std::string> Outside(std::string_view input) const;
  /// Names of the inputs that would settle the part of that title.
  std::vector<std::string> MissingInputs(std::string_view input, std::string_view part) const;
  std::vector<std::string> Remarks(std::string_view input) const;
  /// A part by its title, as "1", "[0 .. 1]" or "outside".
  std::string Points(std::string_view input, std::string_view title) const;
  std::vector<std::string> Asked() const;
  /// "ONC-07 radical_nephrectomy R" for what is recommended, K for what is conditional.
  std::vector<std::string> Results() const;

 private:
  const ScorePart* Part(std::string_view input, std::string_view title) const;
  Outcome outcome_;
};

}  // namespace renal::pathways::testing
