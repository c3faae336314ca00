#pragma once

#include <chrono>
#include <latch>
#include <memory>

#include <gtest/gtest.h>

#include "fhir/internal/rest_lane.h"

namespace renal::fhir {

/// At the end of a test program, waits until the threads of the HTTP client have done what they had
/// begun and what follows from it: what they still hold when they are stopped is lost, which the
/// leak sanitizer says.
class ClientThreads : public testing::Environment {
 public:
  void TearDown() override {
    constexpr int kRounds = 20;  // an answer that fails is handed on a few times
    for (int round = 0; round < kRounds; ++round) Meet();
  }

 private:
  // All of them meet here, so none is busy with anything else.
  static void Meet() {
    constexpr int kThreads = 2;  // rest_lane.cpp
    const auto met = std::make_shared<std::latch>(kThreads + 1);
    for (int i = 0; i < kThreads; ++i) {
      internal::RunAt(std::chrono::steady_clock::now(), [met] { met->arrive_and_wait(); });
    }
    met->arrive_and_wait();
  }
};

inline testing::Environment* const kClientThreads =
    testing::AddGlobalTestEnvironment(new ClientThreads);

}  // namespace renal::fhir
