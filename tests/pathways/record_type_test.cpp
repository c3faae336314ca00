#include "pathways/record_type.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace renal::pathways {
namespace {

using fhir::ValueSet;
using Places = std::vector<std::size_t>;

constexpr const char* kLoinc = "http://loinc.org";
constexpr const char* kSnomed = "http://snomed.info/sct";

class RecordTypeTest : public testing::Test {
 protected:
  Places SetsWith(std::string_view system, std::string_view code) const {
    const Places* sets = type_.SetsWith(system, code);
    return sets == nullptr ? Places{} : *sets;
  }

  const ValueSet sizes_{"a", "1", "", {{kLoinc, "21889-1", ""}, {kLoinc, "33728-7", ""}}};
  const ValueSet longest_{"b", "1", "", {{kLoinc, "33728-7", ""}, {kSnomed, "33728-7", ""}}};
  RecordType type_{"Observation"};
};

TEST_F(RecordTypeTest, GivesASetOnePlaceHoweverOftenItIsAdded) {
  EXPECT_EQ(type_.Add(sizes_), 0u);
  EXPECT_EQ(type_.Add(longest_), 1u);
  EXPECT_EQ(type_.Add(sizes_), 0u);
  EXPECT_EQ(type_.set_count(), 2u);
}

TEST_F(RecordTypeTest, FindsEverySetWithACodeOfASystem) {
  type_.Add(sizes_);
  type_.Add(longest_);
  EXPECT_EQ(SetsWith(kLoinc, "21889-1"), (Places{0}));
  EXPECT_EQ(SetsWith(kLoinc, "33728-7"), (Places{0, 1}));
  EXPECT_EQ(SetsWith(kSnomed, "33728-7"), (Places{1}));
}

TEST_F(RecordTypeTest, FindsNothingForAnotherCodeSystemOrSpelling) {
  type_.Add(sizes_);
  EXPECT_EQ(SetsWith(kSnomed, "21889-1"), Places{});
  EXPECT_EQ(SetsWith(kLoinc, "21889-"), Places{});
  EXPECT_EQ(SetsWith("", "21889-1"), Places{});
  EXPECT_EQ(SetsWith(kLoinc, ""), Places{});
}

TEST_F(RecordTypeTest, CountsACodeThatASetHasTwiceOnce) {
  const ValueSet twice("c", "1", "", {{kLoinc, "1", ""}, {kLoinc, "1", "again"}});
  type_.Add(twice);
  EXPECT_EQ(SetsWith(kLoinc, "1"), (Places{0}));
}

}  // namespace
}  // namespace renal::pathways
