#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cards/invariants.h"
#include "hooks/audit.h"
#include "hooks/caller.h"
#include "hooks/console.h"
#include "hooks/cors.h"
#include "hooks/discovery.h"
#include "hooks/evaluation.h"
#include "hooks/fetch.h"
#include "hooks/http_server.h"
#include "hooks/internal/call.h"
#include "hooks/internal/client_rate.h"
#include "hooks/internal/served_set.h"
#include "hooks/internal/service_series.h"
#include "hooks/internal/snapshot.h"
#include "hooks/language.h"
#include "hooks/limits.h"
#include "hooks/log.h"
#include "hooks/metrics.h"
#include "hooks/pathway_source.h"
#include "hooks/profile.h"
#include "hooks/store.h"

/// The routes of the server and what stands behind them.
namespace renal::hooks {

/// What a service works with. The pointers are to things that outlive it.
struct ServiceOptions {
  std::shared_ptr<const pathways::Pathway> pathway;
  /// The same pathway in other languages, each of one that a catalogue of card words has.
  std::vector<std::shared_ptr<const pathways::Pathway>> translations;
  std::shared_ptr<const pathways::Pathway> shadow;  ///< evaluated and logged only; null: none
  std::string language;  ///< of answers whose reader names none that there is; empty: of `pathway`
  /// The file of the pathway, for its FHIR form; null: that is not served.
  std::shared_ptr<const fhir::OwnJson> document;
  std::shared_ptr<const Profiles> profiles;  ///< of clients; null: the shipped ones
  std::string profile = "sandbox";           ///< where neither client nor path names another
  Determinism determinism;
  /// Whether answers may carry the outcome, where the request asks for it; else as the profile
  /// says.
  std::optional<bool> outcome;
  Store* store = nullptr;  ///< decisions are recorded; null: they are not
  /// Keyed hash of a patient's id, for the store; must be given with it.
  std::function<std::string(std::string_view patient_id)> patient_key;
  bool feedback_strict = false;  ///< feedback for an unknown card is 404
  Log* log = nullptr;            ///< null: nothing is logged
  Metrics* metrics = nullptr;    ///< null: nothing is counted
  AuditLog* audit = nullptr;     ///< null: there is no audit trail
  /// Keeps the outcomes of hook calls, for replays; may be empty. Any thread.
  std::function<void(const pathways::Outcome& outcome)> record;
  Authenticate authenticate;  ///< of everything but /health; empty: everybody is answered
  /// Which client a request claims to come from (ClaimedClientBy); may be empty.
  std::function<std::string(const HttpRequest&)> claimed_client;
  /// The FHIR servers that calls of a client may name, by the client's name in our configuration;
  /// under the empty name those of callers without authentication.
  std::map<std::string, std::vector<fhir::AllowedServer>> fhir_servers;
  fhir::Outgoing* outgoing = nullptr;  ///< calls them; null: nothing is fetched
  FetchLimits fetch;
  CallLimits limits;
  Cors cors;
  std::shared_ptr<const Console> console;  ///< null: there is none
  /// Path of the public URL, "/renal", which a proxy in front may leave on; or empty.
  std::string base_path;
};

/// Answers
///   GET  /cds-services        discovery
///   POST /cds-services/{id}   a hook (hooks/internal/route_call.h)
///   GET  /fhir/metadata, /fhir/{type}/{id}      the pathway as FHIR resources
///   POST /fhir/PlanDefinition/{id}/$apply       a CarePlan (hooks/internal/route_fhir.h)
///   POST /cds-services/{id}/feedback   what became of its cards (hooks/internal/route_feedback.h)
///   GET  /measures            counts of cards and feedback (hooks/internal/route_measures.h)
///   GET  /, /pathways, ...    the console, where there is one (hooks/internal/route_console.h)
///   GET  /health/live         the process answers
///   GET  /health/ready        calls are welcome: 503 while the store fails or the server drains
///
/// /cds-services may stand behind the name of a client profile: /epic/cds-services. The profile
/// that is configured for an authenticated client goes before it, and a path that names another is
/// refused.
///
/// Discovery and cards come in the language that the call asks for (hooks/language.h) and say so in
/// Content-Language; error answers are for engineers, in English.
///
/// Everything but /health is for authenticated callers where the options say how; the console
/// knows its users otherwise (hooks/console.h). Ids match
/// exactly. Every error is an OperationOutcome. Any thread.
class Service {
 public:
  /// Throws std::invalid_argument if no pathway is in `language`, or there is no such profile.
  explicit Service(ServiceOptions options);
  ~Service();

  /// The handler of an HttpServer; the service must outlive it.
  HttpHandler Handler();

  RouteInfo RouteOf(std::string_view path) const;
  /// Throws std::bad_alloc alone: a defect gives 500 without details.
  HttpReply Answer(const HttpRequest& request);

  /// Answers by other options from now on: pathways, profiles, who may call, and all else but log,
  /// metrics, audit trail, store, console and base path, which stay. Calls under way end with what
  /// they began with. Throws as the constructor, and changes nothing then.
  void Replace(ServiceOptions options);

  /// From now on /health/ready answers 503.
  void Drain() { draining_ = true; }

 private:
  /// What calls are answered with from some moment on. Whole after construction, then never
  /// changed.
  struct Serving {
    ServiceOptions options;
    internal::ServedSet set;
  };

  static std::shared_ptr<const Serving> Prepare(ServiceOptions options);
  HttpReply Dispatch(const Serving& serving, const HttpRequest& request, const std::string& id,
                     const TraceContext& trace, AuditRecord* audit);
  bool IsWithinRate(const HttpRequest& request, const Caller& caller);
  HttpReply AnswerRoute(const ServiceOptions& options, internal::Call& call);
  /// What a caller is answered as; null, with the reply, where that cannot be.
  static const ClientProfile* ProfileFor(const ServiceOptions& options,
                                         const internal::Route& route, const Caller& caller,
                                         HttpReply& refusal);
  HttpReply Ready() const;
  static bool Exists(const Serving& serving, const internal::Route& route);
  RouteInfo ConsoleRouteOf(const internal::Route& route) const;
  std::string ClaimedClient(const HttpRequest& request) const;
  std::string_view WithoutBase(std::string_view path) const;
  HttpReply AnswerCounted(const ServiceOptions& options, internal::Call& call);
  void WatchPathway();
  void LogExchange(const HttpExchange& exchange);
  std::string NextId();

  const ServiceOptions options_;  // as at the start: for what stays
  const internal::ServiceSeries counts_;
  internal::Snapshot<Serving> serving_;
  internal::ClientRate rate_;
  std::atomic<bool> draining_{false};
  std::atomic<std::uint64_t> requests_{0};
};

}  // namespace renal::hooks
