#include "fhir/internal/fhir_r4_elements.h"

#include <gtest/gtest.h>

namespace renal::fhir::r4 {
namespace {

const Table& Types() { return Table::Instance(); }

TEST(ElementTableTest, EveryElementHasItsTypes) {
  for (const Type& type : Types().types()) {
    for (const Element& element : type.elements) {
      ASSERT_FALSE(element.types.empty()) << type.name << "." << element.name;
      EXPECT_EQ(element.types.size() > 1, element.choice) << type.name << "." << element.name;
    }
  }
}

TEST(ElementTableTest, DescribesWhatPathwaysMayUse) {
  for (const std::string_view name :
       {"Patient", "Observation", "Condition", "Procedure", "ServiceRequest", "MedicationRequest",
        "MedicationStatement", "MedicationAdministration", "DiagnosticReport", "Encounter",
        "AllergyIntolerance", "Specimen", "BodyStructure", "FamilyMemberHistory", "CarePlan",
        "Bundle"}) {
    const Type* type = Types().Find(name);
    ASSERT_NE(type, nullptr) << name;
    EXPECT_TRUE(type->described && type->resource) << name;
    EXPECT_NE(type->Find("meta"), nullptr) << name;
  }
}

TEST(ElementTableTest, KnowsChoicesCardinalitiesAndGroups) {
  const Type& observation = *Types().Find("Observation");
  EXPECT_TRUE(observation.Find("value")->choice);
  EXPECT_EQ(observation.Find("value")->types.size(), 11U);
  EXPECT_TRUE(observation.Find("component")->many);
  EXPECT_FALSE(observation.Find("status")->many);
  EXPECT_EQ(observation.Find("component")->types[0]->name, "Observation.component");
  EXPECT_EQ(observation.Find("valueQuantity"), nullptr);
  const Element* part = Types().Find("Parameters.parameter")->Find("part");
  EXPECT_TRUE(part->many);
  EXPECT_EQ(part->types[0]->name, "Parameters.parameter");
}

TEST(ElementTableTest, KnowsWhatIsDerived) {
  EXPECT_TRUE(Types().Find("Age")->IsA(*Types().Find("Quantity")));
  EXPECT_TRUE(Types().Find("uuid")->IsA(*Types().Find("uri")));
  EXPECT_TRUE(Types().Find("Patient")->IsA(*Types().Find("Resource")));
  EXPECT_FALSE(Types().Find("string")->IsA(*Types().Find("code")));
}

TEST(ElementTableTest, FindsChoicesByTheirJsonName) {
  EXPECT_EQ(Types().ChoiceOfJsonName("valueQuantity")->name, "value");
  EXPECT_EQ(Types().ChoiceOfJsonName("multipleBirthInteger")->name, "multipleBirth");
  EXPECT_EQ(Types().ChoiceOfJsonName("birthDate"), nullptr);
  EXPECT_EQ(Types().ChoiceOfJsonName("reasonReference"), nullptr);
  EXPECT_EQ(Types().OfSuffix("Boolean")->name, "boolean");
  EXPECT_EQ(Types().OfSuffix("Patient"), nullptr);
}

TEST(ElementTableTest, FindsTheElementsOfANameByTheirOwners) {
  const NamedElements& elements = Types().Named("birthDate");
  EXPECT_EQ(elements.Of(Types().Find("Patient")->name.data()),
            Types().Find("Patient")->Find("birthDate"));
  EXPECT_EQ(elements.Of(Types().Find("Condition")->name.data()), nullptr);
  EXPECT_TRUE(Types().Named("noSuchElement").empty());
  EXPECT_EQ(Types().Named("noSuchElement").Of(Types().Find("Patient")->name.data()), nullptr);
}

TEST(ElementTableTest, KnowsEachElementByItsNameAndOwner) {
  for (const Type& type : Types().types()) {
    for (const Element& element : type.elements) {
      EXPECT_EQ(Types().Named(element.name).Of(type.name.data()), &element)
          << type.name << element.name;
    }
  }
}

}  // namespace
}  // namespace renal::fhir::r4
