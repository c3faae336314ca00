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
#include "hooks/profile.h"

/// The body of a CDS Hooks call, checked: past here nobody looks at its shape again.
namespace renal::hooks {

/// Answers of one call at most; more refuse it.
inline constexpr std::size_t kMaxAnswers = 1'000;

/// Entries of a Bundle or list of the context at most; more refuse the call.
inline constexpr std::size_t kMaxDrafts = 1'000;

/// What a user answers to a question of the pathway.
struct Answer {
  std::string_view input;  ///< name of the input, with its focus where it has one
  fhir::Json value;        ///< a scalar
};

/// A CDS Hooks request (cds-hooks.md sections 5 and 6). Its Json views and names of answers point
/// into the document that it was read from, which must outlive it; so must the profile.
struct HookRequest {
  const ClientProfile* profile = &StandardProfile();  ///< that it was read with; never null
  std::string hook;       ///< what the call is about: one of the hooks of section 6
  std::string sent_hook;  ///< as the client calls it: a name of its own, or what stands for `hook`
  std::string hook_instance;  ///< 1 to 128 printable ASCII characters
  std::string fhir_server;    ///< absolute http(s) URL, or empty
  /// The token for it, as sent; empty where there is none. Never kept beyond the call.
  std::string_view access_token;
  std::string user;           ///< "Practitioner/7", or empty on hooks without a user
  std::string patient_id;     ///< a FHIR id
  std::string encounter_id;   ///< a FHIR id, or empty
  fhir::Json draft_orders;    ///< Bundle of orders that the call brings, or absent
  fhir::Json order;           ///< one order that it brings, or absent
  /// Of order-select: the drafts that the call is about, as "Type/id" or "urn:…".
  std::optional<std::vector<std::string>> selections;
  /// Of order-dispatch: orders that the call names, as "Type/id". They are looked for in the record.
  std::vector<std::string> dispatched;
  /// Entries of the record that were made just now: conditions, an allergy.
  std::vector<fhir::Json> facts;
  fhir::Json prefetch;         ///< an object, or absent
  bool wants_outcome = false;  ///< extension "org.renalpath.outcome": true
  std::vector<Answer> answers;  ///< extension "pathwayAnswers"
};

/// Reads a request as a client of that profile writes it. Tolerant as decisions D-03, D-06 and D-18
/// say: unknown members, null for what is optional, other spellings, absolute references, Bundles
/// without a type.
///
/// Fails with kStructure (a member of the wrong type), kRequired (a missing one) or kValue (an id,
/// reference, URL or hook that is none), with the JSON Pointer of the member in our own names. No
/// text of the request is in the Issue.
fhir::Result<HookRequest> ReadHookRequest(const fhir::Json& root,
                                          const ClientProfile& profile = StandardProfile());

/// The orders of a call, as far as their subject is the patient of the record or they name none,
/// and as far as they order something: what was withdrawn or is over does not.
struct CallOrders {
  std::vector<fhir::Json> compared;    ///< what the call is about
  std::vector<fhir::Json> background;  ///< further drafts of the session: data, not judged
  /// "Type/id" of all orders that the call brings, whatever their state: newer than the record's.
  std::vector<std::string> superseded;
};

/// On order-select the drafts named in `selections` are compared, on other hooks all that the call
/// brings, on order-dispatch the orders of the record that it names. In the order of the call; empty
/// on hooks without orders.
CallOrders OrdersOf(const HookRequest& request, const fhir::Record& record);

using fhir::IsFhirId;

/// True for the hooks whose requests can be read.
bool IsKnownHook(std::string_view hook);

}  // namespace renal::hooks
