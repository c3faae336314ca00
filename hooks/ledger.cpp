#include "hooks/ledger.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "fhir/outgoing.h"

namespace renal::hooks {
namespace {

using fhir::Delivery;
using fhir::Json;
using fhir::JsonType;

constexpr std::string_view kOutcome = "OperationOutcome";

/// How many entries of a Bundle are what.
struct Entries {
  std::size_t data = 0;
  std::size_t others = 0;
  std::size_t outcomes = 0;
};

Entries EntriesOf(const Json& bundle, std::string_view type, const Harmless& harmless) {
  Entries entries;
  for (const Json::Entry item : bundle["entry"]) {
    const Json resource = item.value["resource"];
    const std::string_view is = resource["resourceType"].string();
    if (is == kOutcome || item.value["search"]["mode"].string() == "outcome") {
      if (!harmless || !harmless(resource)) ++entries.outcomes;
    } else {
      ++(is == type ? entries.data : entries.others);
    }
  }
  return entries;
}

DatumState StateOfBundle(const Json& bundle, std::string_view type, const Harmless& harmless) {
  const Entries entries = EntriesOf(bundle, type, harmless);
  const bool more = !NextLinkOf(bundle).empty();
  if (entries.data > 0) {
    return more || entries.outcomes > 0 ? DatumState::kIncomplete : DatumState::kPrefetched;
  }
  if (entries.outcomes > 0) return DatumState::kFailed;
  if (entries.others > 0) return DatumState::kWrongType;
  const bool counted = bundle["entry"].size() == 0 && bundle["total"].integer() > 0;
  return more || counted ? DatumState::kIncomplete : DatumState::kNone;
}

/// Of several values for one datum the one that says most: they add up as in fhir::Record.
std::size_t RankOf(DatumState state) {
  constexpr std::array kOrder = {DatumState::kIncomplete, DatumState::kFailed,
                                 DatumState::kPrefetched, DatumState::kNone,
                                 DatumState::kWrongType,  DatumState::kNotDelivered};
  return static_cast<std::size_t>(std::ranges::find(kOrder, state) - kOrder.begin());
}

DatumState StateOf(Delivery delivery) {
  switch (delivery) {
    case Delivery::kAbsent:
      break;
    case Delivery::kNone:
      return DatumState::kNone;
    case Delivery::kDelivered:
      return DatumState::kPrefetched;
    case Delivery::kIncomplete:
      return DatumState::kIncomplete;
    case Delivery::kFailed:
      return DatumState::kFailed;
  }
  return DatumState::kNotDelivered;
}

bool IsFor(const Arrival& arrival, const DataNeed& need) {
  return arrival.type == need.type && (arrival.key.empty() || arrival.key == need.key);
}

/// True if something came under any key for the type.
bool HasOwnKey(const std::vector<Arrival>& arrivals, std::string_view type) {
  return std::ranges::any_of(
      arrivals, [&](const Arrival& each) { return each.type == type && !each.value.absent(); });
}

cards::DeliveryCause CauseOf(const Ledger& ledger, std::string_view type) {
  for (const LedgerEntry& entry : ledger) {
    if (entry.type != type) continue;
    if (entry.state == DatumState::kRefused && MayNotBeCalled(entry.reason)) {
      return cards::DeliveryCause::kRefused;
    }
    if (entry.state == DatumState::kWrongType) return cards::DeliveryCause::kWrongType;
  }
  return cards::DeliveryCause::kPlain;
}

}  // namespace

const char* Spelling(DatumState state) {
  switch (state) {
    case DatumState::kPrefetched:
      return "prefetched";
    case DatumState::kFetched:
      return "fetched";
    case DatumState::kNone:
      return "none";
    case DatumState::kRefused:
      return "refused";
    case DatumState::kFailed:
      return "failed";
    case DatumState::kIncomplete:
      return "incomplete";
    case DatumState::kWrongType:
      return "wrong-type";
    case DatumState::kNotDelivered:
      break;
  }
  return "not-delivered";
}

DatumState StateOf(const Json& value, std::string_view type, const Harmless& harmless) {
  if (value.absent()) return DatumState::kNotDelivered;
  if (value.type() == JsonType::kNull) return DatumState::kNone;
  const std::string_view is = value["resourceType"].string();
  if (is == type) return DatumState::kPrefetched;
  if (is == kOutcome) return harmless && harmless(value) ? DatumState::kNone : DatumState::kFailed;
  return is == "Bundle" ? StateOfBundle(value, type, harmless) : DatumState::kWrongType;
}

Ledger LedgerOf(const std::vector<DataNeed>& needs, const std::vector<Arrival>& arrivals,
                const fhir::Record& record, const Harmless& harmless) {
  Ledger ledger;
  ledger.reserve(needs.size());
  // One value often answers several queries of its type.
  std::vector<std::optional<DatumState>> states(arrivals.size());
  for (const DataNeed& need : needs) {
    LedgerEntry entry{.key = need.key, .type = need.type};
    for (std::size_t i = 0; i < arrivals.size(); ++i) {
      if (!IsFor(arrivals[i], need)) continue;
      if (!states[i]) states[i] = StateOf(arrivals[i].value, need.type, harmless);
      if (RankOf(*states[i]) < RankOf(entry.state)) entry.state = *states[i];
    }
    const Delivery delivery = record.delivery(need.type);
    if (!HasOwnKey(arrivals, need.type)) {
      entry.state = StateOf(delivery);  // under keys that are not ours, if at all
    } else if (delivery == Delivery::kAbsent && entry.state == DatumState::kPrefetched) {
      entry.state = DatumState::kWrongType;
      entry.reason = "other-patient";
    }
    ledger.push_back(std::move(entry));
  }
  return ledger;
}

bool MayNotBeCalled(std::string_view reason) {
  namespace fault = fhir::call_fault;
  return reason == fault::kNotAllowed || reason == fault::kAddress || reason == fault::kToken;
}

bool IsPartial(const Ledger& ledger, std::string_view type) {
  bool came = false;
  bool lacks = false;
  for (const LedgerEntry& entry : ledger) {
    if (entry.type != type) continue;
    const bool nothing = entry.state == DatumState::kNotDelivered ||
                         entry.state == DatumState::kRefused ||
                         entry.state == DatumState::kWrongType;
    (nothing ? lacks : came) = true;
  }
  return came && lacks;
}

std::vector<cards::DeliveryNote> DeliveryNotesOf(const std::vector<DataNeed>& needs,
                                                 const fhir::Record& record, const Ledger& ledger) {
  std::vector<cards::DeliveryNote> notes;
  for (const DataNeed& need : needs) {
    const Delivery state = record.delivery(need.type);
    const bool broken = state == Delivery::kFailed || state == Delivery::kIncomplete;
    if (state == Delivery::kDelivered || (!need.evidence && !broken)) continue;
    if (!notes.empty() && notes.back().type == need.type) continue;
    notes.push_back({.type = need.type,
                     .state = state,
                     .assumed_none = need.assumed_none,
                     .cause = CauseOf(ledger, need.type)});
  }
  return notes;
}

std::vector<pathways::DatumTrace> TraceOf(const Ledger& ledger) {
  std::vector<pathways::DatumTrace> data;
  data.reserve(ledger.size());
  for (const LedgerEntry& entry : ledger) {
    data.push_back({entry.key, entry.type, Spelling(entry.state), entry.reason});
  }
  return data;
}

std::string_view NextLinkOf(const Json& bundle) {
  for (const Json::Entry link : bundle["link"]) {
    if (link.value["relation"].string() == "next") return link.value["url"].string();
  }
  return {};
}

}  // namespace renal::hooks
