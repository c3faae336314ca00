#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cards/build.h"
#include "fhir/json.h"
#include "fhir/record.h"
#include "hooks/data_needs.h"
#include "pathways/outcome.h"

/// The prefetch ledger: of each datum that a pathway asks for, how it came, or why it did not.
/// Cards and the trace tell it; fetching starts from it.
namespace renal::hooks {

/// How a datum came.
enum class DatumState {
  kPrefetched,
  kFetched,       ///< by us, from the server that the call names
  kNone,          ///< somebody looked, and there is nothing
  kNotDelivered,  ///< nobody sent it, and the call names no server
  kRefused,       ///< by us: the server is not allowed, or is left in peace
  kFailed,        ///< asking for it failed, at the client or at us: unknown, never none
  kIncomplete,    ///< some of it: a page without the next, data beside an error
  kWrongType,     ///< something else came under its key, or another patient's data
};

/// "prefetched", "not-delivered", "wrong-type", ...
const char* Spelling(DatumState state);

/// One query of a pathway, and what came of it.
struct LedgerEntry {
  std::string key;   ///< DataNeed::key
  std::string type;  ///< "Observation"
  DatumState state = DatumState::kNotDelivered;
  /// A code of ours where the state leaves open why: "timeout", "other-patient"; else empty.
  std::string reason;
};

/// One a need, in the order of the needs.
using Ledger = std::vector<LedgerEntry>;

/// A value that came under a prefetch key whose meaning is known.
struct Arrival {
  fhir::Json value;
  std::string_view type;  ///< that the key asks for; empty for a key that is not ours
  std::string_view key;   ///< DataNeed::key; empty where the value stands for all of the type
};

/// Whether an OperationOutcome beside data says no more than that there is nothing. Empty: none
/// does.
using Harmless = std::function<bool(const fhir::Json& outcome)>;

/// What the answer to a query for `type` is by its own shape, whoever it is about: kPrefetched
/// where it has data, kNone, kFailed, kIncomplete, kWrongType, or kNotDelivered where it is absent.
DatumState StateOf(const fhir::Json& value, std::string_view type, const Harmless& harmless = {});

/// What the client sent. `record` holds it.
Ledger LedgerOf(const std::vector<DataNeed>& needs, const std::vector<Arrival>& arrivals,
                const fhir::Record& record, const Harmless& harmless = {});

/// Whether a server was not asked because it may not be, whatever its state: as though none had
/// been named. `reason` is that of an entry.
bool MayNotBeCalled(std::string_view reason);

/// True if some queries of a type were answered and others not, so that what is known of the type
/// is incomplete.
bool IsPartial(const Ledger& ledger, std::string_view type);

/// What the cards say about how the data came: types that were not delivered whole.
std::vector<cards::DeliveryNote> DeliveryNotesOf(const std::vector<DataNeed>& needs,
                                                 const fhir::Record& record,
                                                 const Ledger& ledger = {});

/// The ledger as the trace of an outcome holds it.
std::vector<pathways::DatumTrace> TraceOf(const Ledger& ledger);

/// The URL of a Bundle's `next` link, as sent; empty where there is none.
std::string_view NextLinkOf(const fhir::Json& bundle);

}  // namespace renal::hooks
