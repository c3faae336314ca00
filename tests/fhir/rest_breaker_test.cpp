#include "fhir/internal/rest_breaker.h"

#include <chrono>

#include <gtest/gtest.h>

namespace renal::fhir::internal {
namespace {

using std::chrono::milliseconds;

constexpr RestBreaker::Moment kStart{};
constexpr milliseconds kOpen{10'000};
constexpr milliseconds kJust{1};

/// A breaker that has just seen its third failure in a row.
RestBreaker Failed() {
  RestBreaker breaker(3, kOpen);
  for (int i = 0; i < 3; ++i) breaker.Failed(kStart);
  return breaker;
}

TEST(RestBreakerTest, AdmitsUntilTheLastFailureInARow) {
  RestBreaker breaker(3, kOpen);
  EXPECT_TRUE(breaker.Admit(kStart));
  breaker.Failed(kStart);
  breaker.Failed(kStart);
  EXPECT_TRUE(breaker.Admit(kStart));
  breaker.Succeeded();
  breaker.Failed(kStart);
  breaker.Failed(kStart);
  EXPECT_TRUE(breaker.Admit(kStart)) << "not in a row";
  breaker.Failed(kStart);
  EXPECT_FALSE(breaker.Admit(kStart));
}

TEST(RestBreakerTest, AdmitsNobodyForItsTimeThenOneAlone) {
  RestBreaker breaker = Failed();
  EXPECT_FALSE(breaker.Admit(kStart + kOpen - kJust));
  EXPECT_TRUE(breaker.Admit(kStart + kOpen)) << "this one tries";
  EXPECT_FALSE(breaker.Admit(kStart + kOpen));
  EXPECT_FALSE(breaker.Admit(kStart + 2 * kOpen - kJust));
  EXPECT_TRUE(breaker.Admit(kStart + 2 * kOpen)) << "nothing came of the first";
}

TEST(RestBreakerTest, WhatComesOfTheTryDecides) {
  RestBreaker well = Failed();
  EXPECT_TRUE(well.Admit(kStart + kOpen));
  well.Succeeded();
  EXPECT_TRUE(well.Admit(kStart + kOpen));
  EXPECT_TRUE(well.Admit(kStart + kOpen));

  RestBreaker ill = Failed();
  const auto later = kStart + kOpen + milliseconds(500);
  EXPECT_TRUE(ill.Admit(kStart + kOpen));
  ill.Failed(later);
  EXPECT_FALSE(ill.Admit(later + kOpen - kJust)) << "closed anew from the failure on";
  EXPECT_TRUE(ill.Admit(later + kOpen));
}

}  // namespace
}  // namespace renal::fhir::internal
