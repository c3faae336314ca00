#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cards/card.h"
#include "cards/catalogue.h"
#include "cards/uuid.h"
#include "fhir/record.h"
#include "pathways/outcome.h"

/// Start here: an outcome in, the cards of a CDS Hooks answer out. Pure but for the UUIDs handed
/// in.
namespace renal::cards {

/// Why a type of resource did not come, where there is more to say than that.
enum class DeliveryCause {
  kPlain,
  kRefused,    ///< it was to be fetched from a server that may not be called
  kWrongType,  ///< something else came in its place
};

/// How a type of resource came to us, where the cards must say so.
struct DeliveryNote {
  std::string type;                                ///< "Procedure"
  fhir::Delivery state = fhir::Delivery::kAbsent;  ///< kDelivered is not mentioned
  bool assumed_none = false;                       ///< of kAbsent: it is evaluated as "none"
  DeliveryCause cause = DeliveryCause::kPlain;     ///< of kAbsent and kFailed
};

/// What a client can show; the defaults are those of the specification.
struct CardOptions {
  std::size_t max_cards = 0;    ///< 0: as the pathway says; never more than that
  bool markdown = true;         ///< false: the detail is plain text
  bool recommended = true;      ///< false: never `isRecommended`
  bool at_most_one = true;      ///< false: the client knows `any` alone
  bool several_actions = true;  ///< false: one action a suggestion: create, without the delete
};

/// What the cards need besides the outcome. Pointers to things that outlive the call.
struct BuildRequest {
  std::string hook;  ///< "order-sign": hooks about orders (pathways/hooks.h) give cards of these
  std::string patient_id;
  std::string encounter_id;  ///< may be empty
  std::string requester;     ///< "Practitioner/7", or empty: of suggested resources
  std::string authored_on;   ///< RFC 3339: the time of the evaluation
  std::vector<DeliveryNote> deliveries;
  const Catalogue* catalogue = nullptr;  ///< null: that of the pathway's language, or English
  CardOptions options;
};

/// The cards of one outcome, in the order conflict, avoided or discordant order, recommendation,
/// needed data, information; each kind in the order of the outcome.
///
/// Order hooks: one card a draft order whose verdict asks for one, and the recommendations that a
/// draft itself made true. Other hooks: one card a focus with all its results, one for the patient
/// (part of the focus card where there is one focus), one for questions. A conflict: one card
/// without suggestions. Behind a gate, and where there is nothing to say: no cards.
///
/// `uuids` is asked for each card, then for each of its suggestions, in the order of the answer.
/// Never fails; the caller sends what Repair() leaves of it.
Response BuildCards(const pathways::Outcome& outcome, const BuildRequest& request,
                    UuidSource& uuids);

}  // namespace renal::cards
