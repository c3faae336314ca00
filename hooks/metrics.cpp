#include "hooks/metrics.h"

#include <array>
#include <mutex>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace renal::hooks {
namespace {

// Seconds. An evaluation takes a fraction of a millisecond, a fetch its deadline at most.
const prometheus::Histogram::BucketBoundaries kBuckets = {
    0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5};

const MetricRow& RowOf(Metric metric) { return MetricRows()[static_cast<std::size_t>(metric)]; }

void Expect(bool holds) {
  if (!holds) throw std::logic_error("a metric is not used as its row says");
}

prometheus::Labels LabelsOf(const MetricRow& row, const Metrics::Labels& values) {
  Expect(values.size() == row.labels.size());
  prometheus::Labels labels;
  for (std::size_t i = 0; i < values.size(); ++i) labels.emplace(row.labels[i], values[i]);
  return labels;
}

struct Watched {
  Metric metric;
  std::function<void(const Metrics::Show&)> read;
};

prometheus::ClientMetric SampleOf(const MetricRow& row, double value,
                                  const Metrics::Labels& labels) {
  prometheus::ClientMetric sample;
  for (const auto& [name, text] : LabelsOf(row, labels)) sample.label.push_back({name, text});
  if (row.kind == MetricRow::Kind::kCounter) {
    sample.counter.value = value;
  } else {
    sample.gauge.value = value;
  }
  return sample;
}

prometheus::MetricFamily Read(const Watched& watched) {
  const MetricRow& row = RowOf(watched.metric);
  prometheus::MetricFamily family{.name = std::string(row.name),
                                  .help = std::string(row.help),
                                  .type = row.kind == MetricRow::Kind::kCounter
                                              ? prometheus::MetricType::Counter
                                              : prometheus::MetricType::Gauge,
                                  .metric = {}};
  watched.read([&](double value, const Metrics::Labels& labels) {
    family.metric.push_back(SampleOf(row, value, labels));
  });
  return family;
}

// Counters begin at 0, so that their first step is seen; histograms begin when there is something
// to see, since each has many lines.
void LeaveOutUnused(prometheus::MetricFamily& family) {
  if (family.type != prometheus::MetricType::Histogram) return;
  std::erase_if(family.metric, [](const prometheus::ClientMetric& sample) {
    return sample.histogram.sample_count == 0;
  });
}

// Series that are counted and series that are watched may be of one metric.
void Merge(prometheus::MetricFamily read, std::vector<prometheus::MetricFamily>& families) {
  for (prometheus::MetricFamily& family : families) {
    if (family.name != read.name) continue;
    family.metric.insert(family.metric.end(), read.metric.begin(), read.metric.end());
    return;
  }
  families.push_back(std::move(read));
}

}  // namespace

struct Metrics::State {
  template <class T>
  prometheus::Family<T>& FamilyOf(const MetricRow& row, prometheus::detail::Builder<T> builder) {
    return builder.Name(std::string(row.name)).Help(std::string(row.help)).Register(registry);
  }

  prometheus::Registry registry;
  mutable std::mutex mutex;
  std::vector<Watched> watched;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Count Metrics::CountOf(Metric metric, const Labels& labels) {
  const MetricRow& row = RowOf(metric);
  Expect(row.kind == MetricRow::Kind::kCounter);
  return Count(&state_->FamilyOf(row, prometheus::BuildCounter()).Add(LabelsOf(row, labels)));
}

Timing Metrics::TimingOf(Metric metric, const Labels& labels) {
  const MetricRow& row = RowOf(metric);
  Expect(row.kind == MetricRow::Kind::kHistogram);
  return Timing(
      &state_->FamilyOf(row, prometheus::BuildHistogram()).Add(LabelsOf(row, labels), kBuckets));
}

void Metrics::Watch(Metric metric, std::function<void(const Show&)> read) {
  Expect(RowOf(metric).kind != MetricRow::Kind::kHistogram);
  const std::lock_guard lock(state_->mutex);
  state_->watched.push_back({metric, std::move(read)});
}

std::string Metrics::Text() const {
  std::vector<prometheus::MetricFamily> families = state_->registry.Collect();
  for (prometheus::MetricFamily& family : families) LeaveOutUnused(family);
  {
    const std::lock_guard lock(state_->mutex);
    for (const Watched& watched : state_->watched) {
      try {
        Merge(Read(watched), families);
      } catch (const std::exception&) {
        // Goes no further: what cannot be read now is absent, and Prometheus shows that.
      }
    }
  }
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families);
  return std::move(text).str();
}

void Count::Add(double by) const noexcept {
  if (counter_ != nullptr) counter_->Increment(by);
}

void Timing::Observe(std::chrono::nanoseconds took) const noexcept {
  if (histogram_ != nullptr) histogram_->Observe(std::chrono::duration<double>(took).count());
}

}  // namespace renal::hooks
