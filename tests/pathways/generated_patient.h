#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/decimal.h"
#include "pathways/pathway.h"

/// Made-up patients for a pathway: resources that its sources look for, with values that they may
/// read. What they mean is not known here; a relation between two evaluations is what is tested.
namespace renal::pathways::testing {

/// A resource whose quantity can be written in several units.
struct GeneratedResource {
  std::string before, after;            ///< the text around the value
  std::optional<fhir::Decimal> number;  ///< a quantity in `unit`
  std::string unit;

  std::string Text() const;
  /// The same length in "mm" or "m"; as it is where it is no length in cm.
  std::string TextIn(std::string_view unit) const;
};

struct GeneratedPatient {
  std::string born;  ///< of the Patient; empty: not known
  std::vector<GeneratedResource> resources;

  std::vector<std::string> Texts() const;
};

/// Makes patients of one pathway. The same seed gives the same patients, on every machine.
class PatientGenerator {
 public:
  PatientGenerator(const Pathway& pathway, std::uint64_t seed);

  GeneratedPatient Next();

 private:
  struct Place {
    const Input* input = nullptr;  ///< null: an instance of a focus, or the disease
    const SourceOfInput* source = nullptr;
    const fhir::ValueSet* code = nullptr;
    std::string type;
    std::vector<const fhir::ValueSet*> values;      ///< sets that its map names
    std::vector<const fhir::ValueSet*> components;  ///< sets that its value names
  };
  std::size_t Pick(std::size_t count) { return count == 0 ? 0 : engine_() % count; }
  bool Chance(std::size_t percent) { return Pick(100) < percent; }
  void AddPlaces();
  void AddPlace(const Input* input, const SourceOfInput& source);
  std::string ConceptOf(const fhir::ValueSet& set);
  std::string Day();
  std::string Number(const Input& input);
  void AddValue(const Place& place, GeneratedResource& made);
  GeneratedResource Make(const Place& place);

  const Pathway& pathway_;
  std::mt19937_64 engine_;
  std::vector<Place> places_, needed_;
  std::vector<const fhir::ValueSet*> sites_;
  std::size_t made_ = 0;
  std::size_t home_ = 0;  ///< the place that most of a patient's resources name
};

}  // namespace renal::pathways::testing
