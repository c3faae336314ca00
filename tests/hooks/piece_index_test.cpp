#include "hooks/internal/piece_index.h"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace renal::hooks::internal {
namespace {

using testing::ElementsAre;

class PieceIndexTest : public testing::Test {
 protected:
  PieceIndexTest() { std::filesystem::remove(path_); }
  ~PieceIndexTest() override { std::filesystem::remove(path_); }

  std::filesystem::path path_ =
      std::filesystem::path(testing::TempDir()) /
      (std::string("index-") + testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(PieceIndexTest, PutsTogetherWhatStandsApart) {
  PieceIndex index(path_);
  for (std::int64_t i = 0; i < 6; ++i) index.Add({i % 2 == 0 ? "b" : "a", {.file = 1, .start = i}});
  index.Sort();
  std::vector<std::string> units;
  std::vector<std::int64_t> starts;
  for (Piece piece; index.Next(piece);) {
    units.push_back(piece.unit);
    starts.push_back(piece.place.start);
  }
  EXPECT_THAT(units, ElementsAre("a", "a", "a", "b", "b", "b"));
  EXPECT_THAT(starts, ElementsAre(1, 3, 5, 0, 2, 4));
  Piece piece;
  EXPECT_FALSE(index.Next(piece)) << "it began anew";
}

TEST_F(PieceIndexTest, FindsWhatIsShared) {
  PieceIndex index(path_);
  index.AddShared("Medication/m1", {.start = 7});
  index.AddShared("Medication/m1", {.start = 9});
  index.AddShared("urn:uuid:1", {.start = 3});
  index.Sort();
  EXPECT_EQ(index.FindShared("Medication/m1").size(), 2U);
  EXPECT_EQ(index.FindShared("urn:uuid:1").front().start, 3);
  EXPECT_TRUE(index.FindShared("Medication/m2").empty());
  EXPECT_THAT(index.SharedTypes(), ElementsAre("Medication", "urn:uuid:1"));
}

TEST_F(PieceIndexTest, SortsRows) {
  PieceIndex index(path_);
  index.AddRow({2, "a", "third"});
  index.AddRow({1, "b", "second"});
  index.AddRow({1, "a", "first"});
  index.SortRows();
  std::vector<std::string> texts;
  for (SortedRow row; index.NextRow(row);) texts.push_back(row.text);
  EXPECT_THAT(texts, ElementsAre("first", "second", "third"));
}

TEST_F(PieceIndexTest, SaysWhenItCannotBeMade) {
  EXPECT_THROW(PieceIndex("/nowhere/at/all"), std::runtime_error);
}

}  // namespace
}  // namespace renal::hooks::internal
