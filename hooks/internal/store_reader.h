#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "hooks/internal/store_line.h"
#include "hooks/internal/store_queries.h"

namespace renal::hooks::internal {

/// A thread with a connection of its own that answers questions, so that those who ask can stop
/// waiting for a database that is away.
class StoreReader {
 public:
  /// `patience`: how long an asker waits. The thread holds the reader too.
  static std::shared_ptr<StoreReader> Start(StoreTarget target, std::chrono::milliseconds patience);
  /// Ends the thread; leaves it alone, without a use any more, where it waits for a database that
  /// nothing can be told of. Once, before the last owner goes.
  void End();

  /// The answer to `question`; nothing if it fails or does not come in time. At once without one
  /// while another question is overdue, or the last opening failed a moment ago.
  template <class Answer>
  std::optional<Answer> Ask(std::function<fhir::Result<Answer>(StoreQueries&)> question) {
    const auto answer = std::make_shared<std::optional<Answer>>();
    const bool told = Run([answer, question = std::move(question)](StoreQueries& queries) {
      auto found = question(queries);
      if (found) *answer = std::move(*found);
      return found.has_value();
    });
    return told ? std::move(*answer) : std::nullopt;
  }

 private:
  using Clock = std::chrono::steady_clock;
  using Work = std::function<bool(StoreQueries&)>;
  struct Job {
    Work work;
    bool done = false;
    bool good = false;
  };

  StoreReader(StoreTarget target, std::chrono::milliseconds patience);
  bool Run(Work work);
  void Serve();
  bool Answer(Job& job);

  const StoreTarget target_;
  const std::chrono::milliseconds patience_;
  StoreLine line_;
  std::mutex mutex_;
  std::condition_variable asked_;
  std::condition_variable answered_;
  std::deque<std::shared_ptr<Job>> jobs_;
  bool stopping_ = false;
  bool ended_ = false;
  std::optional<Clock::time_point> busy_since_;
  std::optional<Clock::time_point> failed_at_;

  std::unique_ptr<StoreQueries> queries_;  // of the thread alone
  std::thread thread_;
};

}  // namespace renal::hooks::internal
