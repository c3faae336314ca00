#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "fhir/record.h"
#include "fhir/reference.h"
#include "fhir/result.h"

/// The body of a CDS Hooks call, checked: past here nobody looks at its shape again.
namespace renal::hooks {

/// Answers of one call at most; more refuse it.
inline constexpr std::size_t kMaxAnswers = 1'000;

/// Entries of a `draftOrders` Bundle at most; more refuse the call.
inline constexpr std::size_t kMaxDrafts = 1'000;

/// A CDS Hooks request (cds-hooks.md sections 5 and 6). Its Json views point into the document that
/// it was read from, which must outlive it.
struct HookRequest {
  std::string hook;           ///< one of the hooks of section 6
  std::string hook_instance;  ///< 1 to 128 printable ASCII characters
  std::string fhir_server;    ///< absolute http(s) URL, or empty; nothing is fetched from it
  std::string user;           ///< "Practitioner/7", or empty on hooks without a user
  std::string patient_id;     ///< a FHIR id
  std::string encounter_id;   ///< a FHIR id, or empty
  fhir::Json draft_orders;    ///< Bundle; absent on hooks without draft orders
  /// Of order-select: the drafts that the call is about, as "Type/id" or "urn:…".
  std::optional<std::vector<std::string>> selections;
  fhir::Json prefetch;         ///< an object, or absent
  bool wants_outcome = false;  ///< extension "org.renalpath.outcome": true
  /// Extension "pathwayAnswers": an object of scalars, by the name of the input; or absent.
  fhir::Json answers;
};

/// Reads a request. Tolerant as decisions D-03, D-06 and D-18 say: unknown members, null for what
/// is optional, `selection` for `selections`, absolute references, Bundles without a type.
///
/// Fails with kStructure (a member of the wrong type), kRequired (a missing one) or kValue (an id,
/// reference, URL or hook that is none), with the JSON Pointer of the member in our own names. No
/// text of the request is in the Issue.
fhir::Result<HookRequest> ReadHookRequest(const fhir::Json& root);

/// The draft orders that a call is about: resources of order types whose subject is the patient of
/// the record, or that name none; on order-select those named in `selections` alone. In the order
/// of the Bundle; empty on hooks without draft orders.
std::vector<fhir::Json> DraftsOf(const HookRequest& request, const fhir::Record& record);

using fhir::IsFhirId;

/// True for the hooks whose requests can be read.
bool IsKnownHook(std::string_view hook);

}  // namespace renal::hooks
