#pragma once

#include <string>
#include <vector>

#include "tests/pathways/clinical_facts.h"

/// Writes facts down as FHIR R4 resources, in one way of several that mean the same.
namespace renal::pathways::testing {

struct Dialect {
  std::string unit = "cm";      ///< of sizes: "cm", "mm" or "m"
  bool icd = false;             ///< ICD-10-CM, LOINC, ATC in place of SNOMED CT and RxNorm
  bool without_values = false;  ///< every Observation is there, and says nothing
};

struct WrittenRecord {
  std::string patient;  ///< the Patient, with id p
  std::vector<std::string> resources;
  std::vector<std::string> orders;
};

/// The day of the evaluation is that of `kNow` (evaluated.h).
WrittenRecord Write(const ClinicalFacts& facts, const Dialect& dialect);

}  // namespace renal::pathways::testing
