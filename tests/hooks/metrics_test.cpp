#include "hooks/metrics.h"

#include <chrono>
#include <fstream>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hooks/auth_reason.h"
#include "hooks/internal/pathway_series.h"
#include "hooks/internal/service_series.h"
#include "hooks/internal/watched.h"
#include "pathways/definitions.h"

namespace renal::hooks {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

/// The value of a line; nothing where there is none.
std::string ValueOf(const Metrics& metrics, const std::string& series) {
  std::istringstream lines(metrics.Text());
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(series + " ")) return line.substr(series.size() + 1);
  }
  return {};
}

TEST(MetricsTest, RowsStandInTheOrderOfTheirNames) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < MetricRows().size(); ++i) {
    const MetricRow& row = MetricRows()[i];
    EXPECT_EQ(static_cast<std::size_t>(row.metric), i) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    const bool counter = row.kind == MetricRow::Kind::kCounter;
    EXPECT_EQ(row.name.ends_with("_total"), counter) << row.name;
    EXPECT_TRUE(row.name.starts_with("renalpath_") || row.name.starts_with("process_"));
  }
}

/// Name and labels of each line of the table of hooks/README.md.
std::map<std::string, std::string> DocumentedRows() {
  std::ifstream file(RENAL_SOURCE_DIR "/hooks/README.md");
  const std::regex row("\\| `((?:renalpath|process)_[a-z_]+)` \\| ([^|]*) \\| ([^|]+) \\|");
  std::map<std::string, std::string> rows;
  std::smatch found;
  for (std::string line; std::getline(file, line);) {
    if (!std::regex_match(line, found, row)) continue;
    EXPECT_TRUE(rows.emplace(found[1], found[2]).second) << line;
  }
  return rows;
}

TEST(MetricsTest, TheDocumentNamesEachOfThemWithItsLabels) {
  std::map<std::string, std::string> rows;
  for (const MetricRow& row : MetricRows()) {
    std::string& labels = rows[std::string(row.name)];
    for (const std::string& label : row.labels)
      labels += (labels.empty() ? "`" : " `") + label + "`";
  }
  EXPECT_EQ(DocumentedRows(), rows);
}

TEST(MetricsTest, CountsBySeries) {
  Metrics metrics;
  const Count good = metrics.CountOf(Metric::kReloads, {"good"});
  metrics.CountOf(Metric::kReloads, {"refused"});
  good.Add();
  good.Add(2);
  metrics.CountOf(Metric::kReloads, {"good"}).Add();
  EXPECT_EQ(ValueOf(metrics, R"(renalpath_reloads_total{result="good"})"), "4");
  EXPECT_EQ(ValueOf(metrics, R"(renalpath_reloads_total{result="refused"})"), "0");
}

TEST(MetricsTest, CountsNothingWithoutASeries) {
  Count().Add();
  Timing().Observe(milliseconds(1));
}

TEST(MetricsTest, ValuesOnALimitOfABucketAreInIt) {
  Metrics metrics;
  const Timing timing = metrics.TimingOf(Metric::kFhirDuration);
  EXPECT_THAT(metrics.Text(), Not(HasSubstr("renalpath_fhir_request_duration_seconds_bucket")));
  timing.Observe(milliseconds(10));
  timing.Observe(std::chrono::microseconds(10'001));
  timing.Observe(std::chrono::seconds(60));
  const std::string name = "renalpath_fhir_request_duration_seconds";
  EXPECT_EQ(ValueOf(metrics, name + R"(_bucket{le="0.005"})"), "0");
  EXPECT_EQ(ValueOf(metrics, name + R"(_bucket{le="0.01"})"), "1");
  EXPECT_EQ(ValueOf(metrics, name + R"(_bucket{le="0.025"})"), "2");
  EXPECT_EQ(ValueOf(metrics, name + R"(_bucket{le="5"})"), "2");
  EXPECT_EQ(ValueOf(metrics, name + R"(_bucket{le="+Inf"})"), "3");
  EXPECT_EQ(ValueOf(metrics, name + "_count"), "3");
}

TEST(MetricsTest, WhatIsWatchedIsReadEachTime) {
  Metrics metrics;
  int value = 1;
  metrics.Watch(Metric::kStoreUp, [&](const Metrics::Show& show) { show(value, {}); });
  EXPECT_EQ(ValueOf(metrics, "renalpath_store_up"), "1");
  value = 0;
  EXPECT_EQ(ValueOf(metrics, "renalpath_store_up"), "0");
}

TEST(MetricsTest, WhatCannotBeReadCostsNothingElse) {
  Metrics metrics;
  metrics.Watch(Metric::kOpenFiles,
                [](const Metrics::Show&) { throw std::runtime_error("not now"); });
  metrics.Watch(Metric::kStoreUp, [](const Metrics::Show& show) { show(1, {}); });
  EXPECT_EQ(ValueOf(metrics, "renalpath_store_up"), "1");
  EXPECT_THAT(metrics.Text(), Not(HasSubstr("process_open_fds")));
}

TEST(MetricsTest, CountedAndWatchedSeriesAreOneMetric) {
  Metrics metrics;
  metrics.CountOf(Metric::kLimits, {"body"}).Add();
  metrics.Watch(Metric::kLimits, [](const Metrics::Show& show) { show(7, {"queue"}); });
  EXPECT_EQ(ValueOf(metrics, R"(renalpath_limit_reached_total{limit="body"})"), "1");
  EXPECT_EQ(ValueOf(metrics, R"(renalpath_limit_reached_total{limit="queue"})"), "7");
  const std::string text = metrics.Text();
  const std::string type = "# TYPE renalpath_limit_reached_total";
  EXPECT_EQ(text.find(type), text.rfind(type));
}

TEST(MetricsTest, LabelsAreAsManyAsTheRowHas) {
  Metrics metrics;
  EXPECT_THROW(metrics.CountOf(Metric::kReloads), std::logic_error);
  EXPECT_THROW(metrics.CountOf(Metric::kFhirDuration), std::logic_error);
  EXPECT_THROW(metrics.TimingOf(Metric::kReloads, {"good"}), std::logic_error);
}

TEST(MetricsTest, ThreadsCountTogether) {
  Metrics metrics;
  const Count count = metrics.CountOf(Metric::kReloads, {"good"});
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([count] {
        for (int n = 0; n < 10'000; ++n) count.Add();
      });
    }
  }
  EXPECT_EQ(ValueOf(metrics, R"(renalpath_reloads_total{result="good"})"), "40000");
}

TEST(MetricsTest, TheProgramTellsItsVersionTimeMemoryAndFiles) {
  Metrics metrics;
  internal::WatchProgram(metrics);
  EXPECT_THAT(metrics.Text(), HasSubstr(R"(renalpath_build_info{version=")"));
  EXPECT_GT(std::stod(ValueOf(metrics, "process_resident_memory_bytes")), 1e6);
  EXPECT_GT(std::stod(ValueOf(metrics, "process_virtual_memory_bytes")), 1e6);
  EXPECT_GE(std::stod(ValueOf(metrics, "process_cpu_seconds_total")), 0);
  EXPECT_GE(std::stod(ValueOf(metrics, "process_open_fds")), 3);
  EXPECT_GT(std::stod(ValueOf(metrics, "process_max_fds")),
            std::stod(ValueOf(metrics, "process_open_fds")));
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_NEAR(std::stod(ValueOf(metrics, "process_start_time_seconds")), now, 3'600);
}

class PathwaySeriesTest : public testing::Test {
 protected:
  const std::shared_ptr<const pathways::Pathway> pathway_ =
      pathways::ShippedPathway("onc-kidney-2018");
  const std::shared_ptr<const Profiles> profiles_ = Profiles::Shipped();
  Metrics metrics_;
  const internal::PathwaySeries series_{&metrics_, *pathway_, *profiles_};

  std::string Of(const std::string& name, const std::string& labels) const {
    return ValueOf(metrics_, "renalpath_" + name + "{" + labels + "}");
  }
};

TEST_F(PathwaySeriesTest, CallsCountByHookProfileAndClass) {
  const std::size_t epic = profiles_->PlaceOf("epic");
  series_.Of(epic, "order-sign")->answers.Add(200);
  series_.Of(epic, "order-sign")->answers.Add(412);
  series_.Of(epic, "$apply")->answers.Add(503);
  const std::string labels =
      R"(code="2xx",hook="order-sign",profile="epic",service="onc-kidney-2018")";
  EXPECT_EQ(Of("hook_requests_total", labels), "1");
  EXPECT_EQ(Of("hook_requests_total",
               R"(code="4xx",hook="order-sign",profile="epic",service="onc-kidney-2018")"),
            "1");
  EXPECT_EQ(Of("hook_requests_total",
               R"(code="5xx",hook="$apply",profile="epic",service="onc-kidney-2018")"),
            "1");
  EXPECT_EQ(Of("hook_requests_total",
               R"(code="2xx",hook="order-sign",profile="standard",service="onc-kidney-2018")"),
            "0");
}

TEST_F(PathwaySeriesTest, NoTextOfARequestBecomesALabel) {
  const std::string before = metrics_.Text();
  for (const char* hook : {"", "made-up", "order-sign\n", "unknown"}) {
    series_.Of(0, hook)->answers.Add(400);
  }
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("made-up")));
  EXPECT_EQ(
      Of("hook_requests_total", R"(code="4xx",hook="unknown",profile=")" +
                                    profiles_->all()[0].name + R"(",service="onc-kidney-2018")"),
      "4");
}

TEST_F(PathwaySeriesTest, CountsWhatAnEvaluationGave) {
  pathways::Outcome outcome;
  outcome.pathway = pathway_;
  outcome.kind = pathways::OutcomeKind::kNeedData;
  const auto& [table, rule] = pathway_->FindRule("ONC-07");
  ASSERT_NE(rule, nullptr);
  pathways::Recommendation result;
  result.rule = "ONC-07";
  result.order = rule->order;
  result.determination = pathways::Determination::kRecommended;
  outcome.recommendations.push_back(result);
  result.order = 0;  // not that of the rule
  result.determination = pathways::Determination::kConditional;
  outcome.recommendations.push_back(result);
  result.rule = "not-a-rule";
  outcome.recommendations.push_back(result);
  outcome.ask = {{.input = 1, .focus = "left"}, {.input = 1, .focus = "right"}, {.input = 0}};
  outcome.orders.resize(1);
  outcome.orders[0].verdict = pathways::Verdict::kIncomplete;
  series_.Add(outcome);
  const std::string pathway = R"(pathway="onc-kidney-2018")";
  EXPECT_EQ(Of("outcomes_total", R"(outcome="need-data",)" + pathway), "1");
  EXPECT_EQ(Of("results_total", R"(determination="recommended",)" + pathway + R"(,rule="ONC-07")"),
            "1");
  EXPECT_EQ(Of("results_total", R"(determination="conditional",)" + pathway + R"(,rule="ONC-07")"),
            "1");
  EXPECT_EQ(Of("missing_inputs_total", R"(input=")" + pathway_->inputs[1].name + "\"," + pathway),
            "1");
  EXPECT_EQ(Of("missing_inputs_total", R"(input=")" + pathway_->inputs[0].name + "\"," + pathway),
            "1");
  EXPECT_EQ(
      Of("order_verdicts_total",
         pathway + R"(,verdict=")" + pathways::Spelling(pathways::Verdict::kIncomplete) + "\""),
      "1");
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("not-a-rule")));
}

TEST_F(PathwaySeriesTest, EveryRuleAndInputHasASeriesFromTheStart) {
  const std::string text = metrics_.Text();
  for (const pathways::Table& table : pathway_->tables) {
    for (const pathways::Rule& rule : table.rules) {
      EXPECT_THAT(text, HasSubstr("rule=\"" + rule.id + "\""));
    }
  }
  for (const pathways::Input& input : pathway_->inputs) {
    EXPECT_THAT(text, HasSubstr("input=\"" + input.name + "\""));
  }
}

TEST(ServiceSeriesTest, LimitsCountByStatus) {
  Metrics metrics;
  const internal::ServiceSeries series(&metrics);
  for (const int status : {200, 400, 408, 413, 413, 414, 431, 503}) {
    series.Add({.route = "/cds-services/{id}", .status = status, .duration = milliseconds(1)});
  }
  const auto limit = [&](const std::string& name) {
    return ValueOf(metrics, "renalpath_limit_reached_total{limit=\"" + name + "\"}");
  };
  EXPECT_EQ(limit("time"), "1");
  EXPECT_EQ(limit("body"), "2");
  EXPECT_EQ(limit("target"), "1");
  EXPECT_EQ(limit("header"), "1");
  EXPECT_EQ(limit("store-queue"), "0");
  EXPECT_EQ(
      ValueOf(metrics, R"(renalpath_http_requests_total{code="4xx",route="/cds-services/{id}"})"),
      "6");
}

TEST(ServiceSeriesTest, RefusalsAndFaultsAreOfOurCodes) {
  Metrics metrics;
  const internal::ServiceSeries series(&metrics);
  series.AddRefusal(Spelling(AuthReason::kReplayStore));
  series.AddRefusal("made-up");
  series.AddFhir({}, milliseconds(3));
  series.AddFhir("breaker-open", milliseconds(0));
  series.AddFhir("timeout", milliseconds(2'000));
  series.AddFhir("made-up", milliseconds(1));
  const auto of = [&](const std::string& series_name) { return ValueOf(metrics, series_name); };
  EXPECT_EQ(of(R"(renalpath_token_refusals_total{reason="replay-store"})"), "1");
  EXPECT_EQ(of(R"(renalpath_token_refusals_total{reason="other"})"), "1");
  EXPECT_EQ(of(R"(renalpath_fhir_requests_total{outcome="ok"})"), "1");
  EXPECT_EQ(of(R"(renalpath_fhir_requests_total{outcome="breaker-open"})"), "1");
  EXPECT_EQ(of(R"(renalpath_fhir_requests_total{outcome="timeout"})"), "1");
  EXPECT_EQ(of(R"(renalpath_fhir_requests_total{outcome="other"})"), "1");
  // What was not asked took no time.
  EXPECT_EQ(of("renalpath_fhir_request_duration_seconds_count"), "3");
  EXPECT_THAT(metrics.Text(), Not(HasSubstr("made-up")));
}

TEST(ServiceSeriesTest, WithoutMetricsNothingIsCounted) {
  const internal::ServiceSeries series(nullptr);
  series.Add({.route = "/measures", .status = 413});
  series.AddRefusal("expired");
  series.AddFhir("timeout", milliseconds(1));
  series.AddFeedback(1, 1, 1, 1);
  series.Add(internal::ServiceSeries::Defect::kAnswer);
  const internal::PathwaySeries pathway(nullptr, *pathways::ShippedPathway("onc-kidney-2018"),
                                        *Profiles::Shipped());
  EXPECT_EQ(pathway.Of(0, "order-sign"), nullptr);
  pathway.Add(pathways::Outcome());
}

}  // namespace
}  // namespace renal::hooks
