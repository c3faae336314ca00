#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Counter;
class Histogram;
}  // namespace prometheus

/// What the server counts and measures, for Prometheus. Every label has its values from our own
/// files and code, never from a request (security.md section 8). The only door to prometheus-cpp.
namespace renal::hooks {

/// The metrics of the program, in the order of MetricRows().
enum class Metric : std::uint8_t {
  kHttpRequests,
  kHttpDuration,
  kConnections,
  kQueue,
  kAside,
  kBodyBytes,
  kLimits,
  kHookRequests,
  kHookDuration,
  kOutcomes,
  kResults,
  kVerdicts,
  kMissing,
  kCards,
  kQuieted,
  kFeedback,
  kDefects,
  kFhirRequests,
  kFhirDuration,
  kTokenRefusals,
  kKeyFetches,
  kReplayUnshared,
  kStoreUp,
  kStoreQueue,
  kStoreQueueBytes,
  kStoreFailures,
  kAuditQueue,
  kAuditWritten,
  kAuditLost,
  kAuditFailures,
  kReloads,
  kDraining,
  kBuild,
  kPathway,
  kCpu,
  kResident,
  kVirtual,
  kOpenFiles,
  kMostFiles,
  kStarted,
};

struct MetricRow {
  enum class Kind : std::uint8_t { kCounter, kGauge, kHistogram };
  Metric metric;
  Kind kind;
  std::string_view name;
  std::vector<std::string> labels;  ///< their names, in the order in which values are given
  std::string_view help;
};

/// All of them.
std::span<const MetricRow> MetricRows();

/// One counter; one that was made of nothing counts nothing. As small as a pointer; good for as
/// long as the Metrics that it came from. Any thread.
class Count {
 public:
  Count() = default;
  explicit Count(prometheus::Counter* counter) : counter_(counter) {}
  void Add(double by = 1) const noexcept;

 private:
  prometheus::Counter* counter_ = nullptr;
};

/// The same for durations: one histogram.
class Timing {
 public:
  Timing() = default;
  explicit Timing(prometheus::Histogram* histogram) : histogram_(histogram) {}
  void Observe(std::chrono::nanoseconds took) const noexcept;

 private:
  prometheus::Histogram* histogram_ = nullptr;
};

/// All series of a program. Any thread.
class Metrics {
 public:
  /// The values of the labels of a metric, in their order.
  using Labels = std::vector<std::string>;
  using Show = std::function<void(double value, const Labels& labels)>;

  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// The series with these labels, made at the first call; to be kept, since finding it takes a
  /// lock. The kind must be that of the metric.
  Count CountOf(Metric metric, const Labels& labels = {});
  Timing TimingOf(Metric metric, const Labels& labels = {});

  /// A counter or gauge that `read` tells each time Text() is called; what it uses must live as
  /// long. Where it throws, the metric is left out.
  void Watch(Metric metric, std::function<void(const Show&)> read);

  /// All series, in the text format of Prometheus, version 0.0.4.
  std::string Text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Content-Type of Metrics::Text().
inline constexpr std::string_view kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace renal::hooks
