#include "tests/pathways/clinical_facts.h"

namespace renal::pathways::testing {

std::optional<bool> FactGenerator::Maybe(std::size_t percent_known) {
  if (!Chance(percent_known)) return std::nullopt;
  return Chance(50);
}

std::string FactGenerator::Size() {
  if (Chance(40)) {
    return OneOf({"1.9", "1.99", "2", "2.0", "2.01", "3.9", "4", "4.01", "4.9", "5", "5.0", "5.01",
                  "6.99", "7", "7.0", "7.01"});
  }
  return std::to_string(Pick(12)) + "." + std::to_string(1 + Pick(99));
}

TumourFact FactGenerator::Tumour(const std::string& side) {
  TumourFact tumour{.side = side};
  if (Chance(18)) tumour.operation = Chance(80) ? "whole" : "part";
  if (!tumour.operation.empty()) {
    // What was measured before the operation, and what the specimen showed.
    if (Chance(30)) tumour.sizes.push_back({Size(), 70});
    if (Chance(70)) tumour.sizes.push_back({Size(), 38, "specimen"});
    tumour.capsule = Maybe(50);
    tumour.blood_vessels = Maybe(50);
    tumour.lymph_vessels = Maybe(40);
    tumour.pt = OneOf({"", "pT1a", "pT3a"});
    tumour.pn = OneOf({"", "pN0", "pN1"});
    return tumour;
  }
  if (Chance(80)) {
    const int days = static_cast<int>(Chance(85) ? 1 + Pick(80) : 85 + Pick(120));
    tumour.sizes.push_back({Size(), days, Chance(80) ? "CT" : "US"});
    if (Chance(8))
      tumour.sizes[0].cm = OneOf({"<7", ">=7", "6..8", "1.5..2.5", "<2", ">7", "3..4"});
    // A second one, which may contradict the first.
    if (Chance(10)) tumour.sizes.push_back({Size(), days + 3, Chance(60) ? "CT" : "US"});
  }
  tumour.central = Maybe(70);
  if (Chance(4)) tumour.count = 1 + static_cast<int>(Pick(3));
  tumour.t4 = Chance(2);
  return tumour;
}

LesionFact FactGenerator::Lesion() {
  LesionFact lesion{.tissue = OneOf({"bone", "bone", "bone", "skin", "lung", "brain", "liver"})};
  if (Chance(75)) lesion.large = Chance(70);
  if (Chance(25)) lesion.ulcerating = Chance(50);
  if (Chance(25)) lesion.bleeding = Chance(50);
  if (Chance(25)) lesion.stenosing = Chance(50);
  if (lesion.tissue == "bone") {
    if (Chance(70)) lesion.osteolytic = Chance(70);
    if (Chance(70)) lesion.weight_bearing = Chance(70);
  }
  if (Chance(30)) lesion.resected = OneOf({"no", "R0", "R1", "R2"});
  return lesion;
}

void FactGenerator::AddSpread(ClinicalFacts& facts) {
  facts.m = OneOf({"", "M0", "M0", "M0", "M1", "M1", "M1"});
  facts.m_days_ago = static_cast<int>(Chance(85) ? 1 + Pick(80) : 85 + Pick(120));
  if (facts.m == "M1" || Chance(5)) {
    for (std::size_t i = Pick(3); i > 0; --i) facts.lesions.push_back(Lesion());
    facts.single = Maybe(60);
    facts.therapy = Maybe(65);
    if (Chance(30)) facts.life = OneOf({"weeks", "months", "year-plus"});
  }
  if (Chance(75)) facts.ecog = static_cast<int>(Chance(60) ? Pick(2) : Pick(5));
  if (Chance(1)) facts.ecog = 5;
  facts.ecog_days_ago = static_cast<int>(Chance(85) ? 1 + Pick(28) : 25 + Pick(160));
  if (Chance(15)) facts.nodes = OneOf({"N0", "N1", "condition"});
  facts.symptoms = Maybe(20);
}

void FactGenerator::AddExceptions(ClinicalFacts& facts) {
  if (Chance(12)) facts.suitable = Chance(15);
  facts.declined = Chance(3);
  facts.solitary = Chance(3);
  facts.hereditary = Chance(3);
  facts.thrombus = Chance(3);
  facts.pregnant = Chance(2);
  if (Chance(4)) facts.bleeding_risk = Chance(50);
  if (Chance(20)) facts.egfr = 20 + static_cast<int>(Pick(90));
}

ClinicalFacts FactGenerator::Next() {
  ClinicalFacts facts;
  facts.born = std::to_string(1935 + Pick(70)) + "-06-15";
  if (Chance(10)) facts.born = OneOf({"", "1950", "1951", "2008", "1970"});
  if (Chance(1)) facts.born = "2012-01-31";
  facts.deceased = Chance(1);
  if (Chance(12)) {
    facts.diagnosis =
        OneOf({"suspected", "suspected", "provisional", "history", "urothelial", "benign", "none"});
  }
  const std::string side = OneOf({"left", "right"});
  facts.tumours.push_back(Tumour(side));
  if (Chance(6)) facts.tumours.push_back(Tumour(side == "left" ? "right" : "left"));
  facts.linked = facts.tumours.size() > 1 || Chance(80);
  AddSpread(facts);
  AddExceptions(facts);
  facts.other_cancer = Chance(5);
  if (Chance(15)) {
    facts.order = OneOf({"radical-nephrectomy", "partial-nephrectomy", "active-surveillance",
                         "percutaneous-ablation", "sunitinib", "mdt-discussion"});
  }
  return facts;
}

}  // namespace renal::pathways::testing
