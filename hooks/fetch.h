#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "fhir/outgoing.h"
#include "fhir/url.h"
#include "hooks/data_needs.h"
#include "hooks/ledger.h"
#include "hooks/trace_context.h"

/// Fetching from the FHIR server that a call names what the client did not send (cds-hooks.md
/// section 4.5, security.md section 7). Whatever goes wrong is missing data, with its reason.
namespace renal::hooks {

/// Why an answer is not one to what was asked: beside fhir::call_fault, reasons of a FetchedDatum.
namespace fetch_fault {
inline constexpr std::string_view kNotJson = "not-json";
inline constexpr std::string_view kOtherType = "other-type";
inline constexpr std::string_view kOtherPatient = "other-patient";
inline constexpr std::string_view kServerError = "operation-outcome";
}  // namespace fetch_fault

/// Told of each query: what was wrong, empty where nothing was, and how long it took. Not called
/// from several threads for one Fetch().
using FetchReport = std::function<void(std::string_view fault, std::chrono::nanoseconds took)>;

/// What all fetches of one call may take together.
struct FetchLimits {
  std::chrono::milliseconds within{2'000};
  std::size_t at_once = 4;
  std::size_t calls = 16;
  std::size_t next_pages = 5;  ///< of one query
  std::size_t answer_bytes = std::size_t{4} * 1024 * 1024;
  std::size_t total_bytes = std::size_t{16} * 1024 * 1024;
  std::size_t page_entries = 250;  ///< asked for: `_count`
};

/// Where to fetch, and as whom. Views and pointers are to things that outlive the fetch.
struct FetchSource {
  fhir::Outgoing* outgoing = nullptr;
  const fhir::AllowedServer* server = nullptr;  ///< the entry that allows `base`
  fhir::Url base;                               ///< `fhirServer` of the call
  std::string tenant;
  std::string_view token;
  const TraceContext* trace = nullptr;  ///< that each query belongs to; null: none
  FetchReport report;                   ///< may be empty
};

/// The entry of a client's list that allows a server; null where none does. `url` is the
/// `fhirServer` of a call, as sent.
const fhir::AllowedServer* FindServer(const std::vector<fhir::AllowedServer>& servers,
                                      std::string_view url);

/// The values that a template may name.
struct TemplateValues {
  std::string_view patient_id;
  std::string_view user;  ///< "Practitioner/7"
  std::string_view encounter_id;
};

/// A prefetch template with its tokens replaced, percent-encoded, and the characters that no URL
/// may hold. Nothing where it names what is not there, or an unknown token.
std::optional<std::string> Expand(std::string_view query, const TemplateValues& values);

/// One thing to fetch: a query, or the rest of a Bundle of which a page came.
struct FetchTask {
  const DataNeed* need = nullptr;
  std::string next;  ///< the link of a next page, as sent; empty: the need's own query
};

/// What came of a task.
struct FetchedDatum {
  const DataNeed* need = nullptr;
  std::string follows;  ///< the link by which a page that the client sent goes on; else empty
  DatumState state = DatumState::kFailed;
  std::string reason;  ///< a code of ours; empty where there is nothing to explain
  std::vector<fhir::JsonDocument> pages;
  bool more = false;  ///< the last page has a next one that was not fetched
};

/// What is missing in a ledger and can be fetched: data that nobody sent, or something else in
/// their place, and the further pages of Bundles. What the client looked for and did not find, or
/// failed to get, is not asked for again.
std::vector<FetchTask> TasksOf(const std::vector<DataNeed>& needs, const Ledger& ledger,
                               const std::vector<Arrival>& arrivals);

/// The same tasks, none of them done: `why` is a call_fault.
std::vector<FetchedDatum> Refuse(const std::vector<FetchTask>& tasks, std::string_view why);

/// Fetches, and waits for it; required data first. One datum a task, in the order of the tasks.
///
/// An answer must be of the type that was asked for and about the patient; pages follow only inside
/// the same base.
std::vector<FetchedDatum> Fetch(const std::vector<FetchTask>& tasks, const FetchSource& source,
                                const TemplateValues& values, const FetchLimits& limits = {},
                                const Harmless& harmless = {});

}  // namespace renal::hooks
