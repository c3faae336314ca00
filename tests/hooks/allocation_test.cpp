#include <algorithm>
#include <filesystem>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "fhir/json.h"
#include "fhir/own_json.h"
#include "hooks/internal/memory_reserve.h"
#include "hooks/service.h"
#include "pathways/definitions.h"
#include "tests/hooks/calls.h"
#include "tests/hooks/failing_new.h"
#include "tests/hooks/http_fixture.h"
#include "tests/hooks/patient_store.h"

// Whatever runs out of memory, wherever: the process lives on, the client gets an answer or a
// closed connection, and an answer with cards is the whole answer.
namespace renal::hooks {
namespace {

namespace fs = std::filesystem;
using testing::StartsWith;

constexpr std::string_view kService = "/cds-services/onc-kidney-2018-order-sign";

std::string StatusOf(const std::string& answer) {
  return answer.substr(0, std::min(answer.find(' ', 9), answer.size()));
}

std::string BodyOf(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "" : answer.substr(end + 4);
}

/// The real service with a store, behind the real server.
class AllocationTest : public testing::Test {
 protected:
  AllocationTest() {
    ExemptThisThread();
    internal::UseMemoryReserve();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    store_ = std::move(*Store::Open(StoreTarget::InFolder(folder_), {}, PatientLimits()));
    service_ = std::make_unique<Service>(
        ServiceOptions{.pathway = pathways::ShippedPathway("onc-kidney-2018"),
                       .determinism = {.now = ReadMoment("2026-03-02T09:00:00+01:00"), .seed = 7},
                       .outcome = true,
                       .store = store_.get(),
                       .patient_key = [](std::string_view) { return std::string("hidden"); },
                       .log = &log_});
    server_ = std::move(*HttpServer::Open(
        {.port = 0, .threads = 1, .workers = 2, .limits = Quick()}, service_->Handler()));
    thread_ = std::thread([this] { server_->Run(); });
  }

  ~AllocationTest() override {
    StopFailing();
    server_->Stop();
    thread_.join();
    server_.reset();
    store_.reset();
    fs::remove_all(folder_);
  }

  static HttpLimits Quick() {
    HttpLimits limits;
    limits.linger = milliseconds(50);
    limits.queue_wait = kPatience;
    return limits;
  }

  std::string Ask(const std::string& request) { return Client(server_->port()).Ask(request); }

  /// Fails `count` allocations of `request` on, from each of them in its turn; dense at the
  /// beginning, where the connection begins, then with growing steps.
  void FailEach(const std::string& request, std::int64_t count) {
    const std::string good = Ask(request);
    ASSERT_THAT(good, StartsWith("HTTP/1.1 200"));
    for (std::int64_t nth = 1;; nth += 1 + nth / 20) {
      FailAllocation(nth, count);
      const std::string answer = Ask(request);
      const bool failed = StopFailing();
      if (StatusOf(answer) == "HTTP/1.1 200") {
        ASSERT_EQ(BodyOf(answer), BodyOf(good)) << "allocation " << nth;
      } else if (!answer.empty()) {
        ASSERT_EQ(StatusOf(answer), "HTTP/1.1 503") << "allocation " << nth << ": " << answer;
      }
      const std::string after = Ask(request);
      ASSERT_THAT(after, StartsWith("HTTP/1.1 200")) << "after allocation " << nth;
      ASSERT_EQ(BodyOf(after), BodyOf(good)) << "after allocation " << nth;
      if (!failed) return;
    }
  }

  const fs::path folder_ =
      fs::path(testing::TempDir()) / ("allocation-" + std::to_string(::getpid()));
  std::ostringstream lines_;
  Log log_{LogLevel::kError, lines_};
  std::unique_ptr<Store> store_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
};

TEST_F(AllocationTest, OneThatFailsInACallCostsThatCallAtMost) {
  FailEach(Post(std::string(kService), SignCall()), 1);
}

TEST_F(AllocationTest, TenThatFailInACallCostThatCallAtMost) {
  FailEach(Post(std::string(kService), SignCall()), 10);
}

TEST_F(AllocationTest, OneThatFailsInFeedbackCostsThatFeedbackAtMost) {
  const std::string body =
      R"({"feedback":[{"card":"7f5a2e9e-0000-4000-8000-000000000001","outcome":"overridden",)"
      R"("outcomeTimestamp":"2026-03-02T09:00:00Z"}]})";
  const std::string request = Post(std::string(kService) + "/feedback", body);
  ASSERT_THAT(Ask(request), StartsWith("HTTP/1.1 200"));
  FailEach(request, 1);
}

TEST_F(AllocationTest, OneThatFailsInAnErrorCostsThatErrorAtMost) {
  for (std::int64_t nth = 1;; ++nth) {
    FailAllocation(nth, 1);
    const std::string answer = Ask(Post(std::string(kService), "{"));
    const bool failed = StopFailing();
    if (!answer.empty()) {
      ASSERT_THAT(StatusOf(answer), testing::AnyOf("HTTP/1.1 400", "HTTP/1.1 503")) << nth;
    }
    if (!failed) break;
  }
  ASSERT_THAT(Ask(Post(std::string(kService), SignCall())), StartsWith("HTTP/1.1 200"));
}

// The parser of a thread is made with its first text, which may be when memory runs out.
TEST(ThreadsFirstTextTest, LeavesTheNextOneWellWhereMemoryRunsOut) {
  constexpr std::string_view kText = R"({"a": [1, 2.5, "three", {"b": null}]})";
  bool failed = true;
  for (std::int64_t nth = 1; failed; ++nth) {
    std::thread([&] {
      const internal::MayRunOutOfMemory given_up;
      FailAllocation(nth, 1);
      try {
        EXPECT_TRUE(fhir::JsonDocument::Parse(kText)) << nth;
      } catch (const std::bad_alloc&) {
        // Goes no further: whoever asked gets 503.
      }
      failed = StopFailing();
      EXPECT_TRUE(fhir::JsonDocument::Parse(kText)) << nth;
    }).join();
  }
}

TEST(JsonWriterTest, IsWellAgainWhereMemoryRanOut) {
  const std::string large(std::size_t{1} << 20, 'x');
  std::thread([&] {
    const internal::MayRunOutOfMemory given_up;
    {
      fhir::JsonWriter writer;
      FailAllocation(1, 1);
      EXPECT_THROW(writer.BeginArray().String(large), std::bad_alloc);
      EXPECT_TRUE(StopFailing());
    }
    EXPECT_EQ(fhir::JsonWriter().BeginArray().String("a").EndArray().Take(), R"(["a"])");
  }).join();
}

}  // namespace
}  // namespace renal::hooks
