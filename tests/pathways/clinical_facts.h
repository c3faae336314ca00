#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

/// Made-up patients of the kidney-cancer pathway as facts, apart from how a record writes them down
/// (`clinical_record.h`). What is absent is unknown.
namespace renal::pathways::testing {

struct SizeFact {
  std::string cm;  ///< "6.9", "<7", ">=7" or "6..8"
  int days_ago = 10;
  std::string method = "CT";  ///< "CT", "US", "specimen"
};

struct TumourFact {
  std::string side;  ///< "left" or "right"
  std::vector<SizeFact> sizes;
  std::optional<bool> central;
  std::optional<int> count;
  bool t4 = false;
  std::string operation;  ///< "whole", "part" or none
  std::optional<bool> capsule, blood_vessels, lymph_vessels;
  std::string pt, pn;  ///< "pT1a", "pT3a"; "pN0", "pN1"; of the specimen
};

struct LesionFact {
  std::string tissue;  ///< "bone", "skin", "lung", "brain", "liver"
  std::optional<bool> large, ulcerating, bleeding, stenosing, osteolytic, weight_bearing;
  std::string resected;  ///< "no", "R0", "R1", "R2"
};

struct ClinicalFacts {
  std::string born;  ///< "1965-09-14", "1951" or unknown
  bool deceased = false;
  /// "cancer", "suspected", "provisional", "history", "urothelial", "benign" or "none".
  std::string diagnosis = "cancer";
  std::vector<TumourFact> tumours;
  bool linked = true;  ///< what belongs to a tumour names it
  std::string m;       ///< "M0", "M1"
  int m_days_ago = 10;
  std::optional<int> ecog;
  int ecog_days_ago = 10;
  std::optional<bool> suitable;
  bool declined = false, solitary = false, hereditary = false, thrombus = false, pregnant = false;
  std::optional<bool> bleeding_risk;
  std::optional<int> egfr;
  std::string nodes;  ///< "N0", "N1"; "condition": a node metastasis that may be regional
  std::optional<bool> therapy, symptoms, single;
  std::string life;  ///< "weeks", "months", "year-plus"
  std::vector<LesionFact> lesions;
  bool other_cancer = false;  ///< of another organ; the metastases then name the kidney cancer
  std::string order;          ///< action that is drafted, or none
};

/// Makes patients. The same seed gives the same patients, on every machine.
class FactGenerator {
 public:
  explicit FactGenerator(std::uint64_t seed) : engine_(seed) {}

  ClinicalFacts Next();

  std::size_t Pick(std::size_t count) { return engine_() % count; }
  bool Chance(std::size_t percent) { return Pick(100) < percent; }
  std::string Size();  ///< an exact size in cm: on a limit, beside one, or anywhere

 private:
  std::string OneOf(const std::vector<std::string>& choices) {
    return choices[Pick(choices.size())];
  }
  std::optional<bool> Maybe(std::size_t percent_known);
  TumourFact Tumour(const std::string& side);
  LesionFact Lesion();
  void AddSpread(ClinicalFacts& facts);
  void AddExceptions(ClinicalFacts& facts);

  std::mt19937_64 engine_;
};

}  // namespace renal::pathways::testing
