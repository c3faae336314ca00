#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "hooks/http_server.h"
#include "hooks/internal/pathway_series.h"
#include "hooks/metrics.h"

namespace renal::hooks::internal {

/// What is counted about the service as a whole, found once. Nothing is, without metrics. Any
/// thread.
class ServiceSeries {
 public:
  enum class Defect : std::uint8_t { kException, kMemory, kEvaluation, kAnswer };

  explicit ServiceSeries(Metrics* metrics);

  /// An answer of the server, whatever made it.
  void Add(const HttpExchange& exchange) const;
  void Add(Defect defect) const { defects_[static_cast<std::size_t>(defect)].Add(); }
  /// A caller who was not let in, with a code of ours.
  void AddRefusal(std::string_view reason) const;
  /// A limit that has no status of its own.
  void AddStoreFull() const { store_full_.Add(); }
  void AddRate() const { rate_.Add(); }
  void AddFeedback(std::size_t stored, std::size_t repeated, std::size_t unverified,
                   std::size_t failed) const;
  void AddFeedbackLimit() const { feedback_limit_.Add(); }
  /// A query to a FHIR server, and how long it took; `fault` is a code of ours, empty where it went
  /// well.
  void AddFhir(std::string_view fault, std::chrono::nanoseconds took) const;

 private:
  struct Route {
    std::string_view name;
    ClassCounts answers;
    Timing duration;
  };
  using Coded = std::vector<std::pair<std::string_view, Count>>;
  void FindRoutes(Metrics& metrics);
  void FindLimits(Metrics& metrics);
  void FindCodes(Metrics& metrics);
  static void AddTo(const Coded& counts, std::string_view code);

  std::vector<Route> routes_;
  std::array<Count, 4> defects_;
  std::vector<std::pair<int, Count>> limits_;  // by status
  Count store_full_;
  Count rate_;
  Count feedback_limit_;
  Coded refusals_;
  Coded fhir_;
  Timing fhir_duration_;
  std::array<Count, 4> feedback_;
};

}  // namespace renal::hooks::internal
