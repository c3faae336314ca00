#include "hooks/evaluation.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include "fhir/digest.h"
#include "fhir/own_json.h"
#include "hooks/internal/fit_cards.h"
#include "pathways/evaluate.h"

namespace renal::hooks {
namespace {

using fhir::DateTime;
using fhir::Json;

/// A prefetch key in our own words: that of a need, of a whole type, or a type; empty for a key
/// that is not ours.
std::string_view MeaningOf(const ClientProfile& profile, std::string_view key) {
  const auto alias = std::ranges::find(profile.prefetch, key, &Alias::name);
  return alias == profile.prefetch.end() ? key : std::string_view(alias->as);
}

/// What a value under a key is for.
Arrival ArrivalOf(const std::vector<DataNeed>& needs, const ClientProfile& profile,
                  const Json::Entry& entry) {
  const std::string_view meaning = MeaningOf(profile, entry.name);
  const bool renamed = meaning.data() != entry.name.data();
  Arrival arrival{.value = entry.value};
  for (const DataNeed& need : needs) {
    const bool part = need.key == meaning;
    if (!part && need.whole_key != meaning && !(renamed && need.type == meaning)) continue;
    arrival.type = need.type;
    if (part && need.key != need.whole_key) arrival.key = need.key;
  }
  const bool is_type =
      renamed && !meaning.empty() && meaning.front() >= 'A' && meaning.front() <= 'Z';
  if (is_type) arrival.type = meaning;
  return arrival;
}

// Drugs stand beside the prescriptions that name them. They say nothing about a patient.
void AddDrugs(const Json& drafts, fhir::Record& record) {
  if (!drafts["entry"].is_array()) return;
  for (const Json::Entry entry : drafts["entry"]) {
    const Json resource = entry.value["resource"];
    if (resource["resourceType"].string() == "Medication") record.Add(resource);
  }
}

Harmless HarmlessOf(const ClientProfile& profile) {
  if (profile.harmless_warnings.empty()) return {};
  return [&profile](const Json& outcome) { return IsHarmless(profile, outcome); };
}

/// Whether the pages that follow a Bundle of the client were fetched.
bool IsFollowed(const Json& value, const std::vector<FetchedDatum>& fetched) {
  const std::string_view next = NextLinkOf(value);
  return !next.empty() && std::ranges::any_of(fetched, [&](const FetchedDatum& datum) {
    return datum.follows == next && !datum.pages.empty();
  });
}

void AddFetched(const FetchedDatum& datum, fhir::Record& record) {
  const std::string& type = datum.need->type;
  for (std::size_t i = 0; i < datum.pages.size(); ++i) {
    record.Add(datum.pages[i].root(), type, i + 1 < datum.pages.size());
  }
  // What a server has that failed is unknown, and not to be taken for none.
  const bool failed = datum.pages.empty() && datum.follows.empty();
  if (failed && !MayNotBeCalled(datum.reason)) record.SetDelivery(type, fhir::Delivery::kFailed);
}

void NoteFetched(const FetchedDatum& datum, Ledger& ledger) {
  for (LedgerEntry& entry : ledger) {
    const bool same = datum.follows.empty() ? entry.key == datum.need->key
                                            : entry.type == datum.need->type &&
                                                  entry.state == DatumState::kIncomplete;
    // That something else came says more than that we did not ask.
    const bool refused = datum.state == DatumState::kRefused;
    if (!same || (refused && entry.state == DatumState::kWrongType)) continue;
    entry.state = datum.state;
    entry.reason = datum.reason;
  }
}

std::uint64_t Mix(std::uint64_t seed, const HookRequest& request) {
  const std::string digest =
      fhir::Sha256Hex(request.hook + "\n" + request.hook_instance + "\n" + request.patient_id);
  return seed ^ std::stoull(digest.substr(0, 16), nullptr, 16);
}

DateTime SystemNow() {
  const std::time_t seconds = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  DateTime now;
  now.kind = DateTime::Kind::kDateTime;
  now.precision = fhir::Precision::kSecond;
  now.year = static_cast<std::int16_t>(local.tm_year + 1900);
  now.month = static_cast<std::int8_t>(local.tm_mon + 1);
  now.day = static_cast<std::int8_t>(local.tm_mday);
  now.hour = static_cast<std::int8_t>(local.tm_hour);
  now.minute = static_cast<std::int8_t>(local.tm_min);
  now.second = static_cast<std::int8_t>(local.tm_sec < 60 ? local.tm_sec : 59);
  now.offset_minutes = static_cast<std::int16_t>(local.tm_gmtoff / 60);
  return now;
}

}  // namespace

Evaluator::Evaluator(std::shared_ptr<const pathways::Pathway> pathway)
    : pathway_(std::move(pathway)), needs_(DataNeedsOf(*pathway_)) {}

std::vector<Arrival> Evaluator::ArrivalsOf(const HookRequest& request) const {
  std::vector<Arrival> arrivals;
  for (const Json::Entry entry : request.prefetch) {
    arrivals.push_back(ArrivalOf(needs_, *request.profile, entry));
  }
  return arrivals;
}

PatientData Evaluator::DataOf(const HookRequest& request,
                              const std::vector<FetchedDatum>& fetched) const {
  PatientData data{.record = fhir::Record(request.patient_id)};
  const Harmless harmless = HarmlessOf(*request.profile);
  if (harmless) data.record.SetHarmless(harmless);
  const std::vector<Arrival> arrivals = ArrivalsOf(request);
  for (const Arrival& each : arrivals) {
    data.record.Add(each.value, each.type, IsFollowed(each.value, fetched));
  }
  data.ledger = LedgerOf(needs_, arrivals, data.record, harmless);
  for (const FetchedDatum& datum : fetched) {
    AddFetched(datum, data.record);
    NoteFetched(datum, data.ledger);
  }
  // Of a type whose codes are asked for in several queries, one says nothing of the others.
  for (const DataNeed& need : needs_) {
    if (need.key != need.whole_key && IsPartial(data.ledger, need.type)) {
      data.record.SetDelivery(need.type, fhir::Delivery::kIncomplete);
    }
  }
  AddDrugs(request.draft_orders, data.record);
  return data;
}

// Where nothing is fetched from, no server is allowed.
Ledger Evaluator::LedgerWithoutFetching(const HookRequest& request,
                                        const fhir::Record& record) const {
  const std::vector<Arrival> arrivals = ArrivalsOf(request);
  Ledger ledger = LedgerOf(needs_, arrivals, record, HarmlessOf(*request.profile));
  if (request.fhir_server.empty()) return ledger;
  const std::vector<FetchTask> tasks = hooks::TasksOf(needs_, ledger, arrivals);
  for (const FetchedDatum& datum : Refuse(tasks, fhir::call_fault::kNotAllowed)) {
    NoteFetched(datum, ledger);
  }
  return ledger;
}

std::vector<FetchTask> Evaluator::TasksOf(const HookRequest& request, const Ledger& ledger) const {
  return hooks::TasksOf(needs_, ledger, ArrivalsOf(request));
}

// A list that did not come is not whole because of one entry that did.
void AddFacts(const HookRequest& request, fhir::Record& record) {
  for (const Json& fact : request.facts) {
    const std::string_view type = fact["resourceType"].string();
    const fhir::Delivery before = record.delivery(type);
    record.Add(fact);
    if (before == fhir::Delivery::kAbsent || before == fhir::Delivery::kFailed) {
      record.SetDelivery(type, fhir::Delivery::kIncomplete);
    }
  }
}

// Answers of the user of this call, given now. A null is no answer.
fhir::Result<std::vector<pathways::GivenInput>> Evaluator::AnswersOf(const HookRequest& request,
                                                                     const DateTime& now) const {
  std::vector<pathways::GivenInput> answers;
  for (const hooks::Answer& answer : request.answers) {
    const auto name = pathways::FindInputName(*pathway_, answer.input);
    if (!name) {
      return fhir::Issue{fhir::IssueCode::kValue, "An answer names no input of the pathway.",
                         "/extension/pathwayAnswers"};
    }
    const pathways::Written written = pathways::WrittenIn(answer.value);
    if (written.kind == pathways::Written::Kind::kNull) continue;
    pathways::GivenInput given;
    given.input = name->input;
    given.focus = name->focus;
    given.state = pathways::StateOf(pathway_->inputs[name->input], written);
    given.settled = !given.state.value;
    given.author = request.user;
    given.time = now.ToString();
    given.written =
        answer.value.is_string() ? std::string(answer.value.string()) : answer.value.ToString();
    answers.push_back(std::move(given));
  }
  return answers;
}

fhir::Result<Evaluation> Evaluator::Evaluate(const HookRequest& request, const fhir::Record& record,
                                             const DateTime& now, cards::UuidSource& uuids,
                                             std::function<bool()> expired, const Ledger& ledger,
                                             bool measurements) const {
  auto answers = AnswersOf(request, now);
  if (!answers) return answers.error();
  fhir::fhirpath::Budget budget;
  budget.expired = std::move(expired);
  CallOrders orders = OrdersOf(request, record);
  const std::string encounter =
      request.encounter_id.empty() ? std::string() : "Encounter/" + request.encounter_id;
  const pathways::EvaluateRequest call{.record = &record,
                                       .now = now,
                                       .trace_id = uuids.Next(),
                                       .encounter = encounter,
                                       .user = request.user,
                                       .orders = std::move(orders.compared),
                                       .background = std::move(orders.background),
                                       .superseded = std::move(orders.superseded),
                                       .answers = std::move(*answers),
                                       .budget = &budget,
                                       .measurements = measurements};
  const Ledger own = ledger.empty() ? LedgerWithoutFetching(request, record) : Ledger();
  const Ledger& known = ledger.empty() ? own : ledger;
  Evaluation evaluation{pathways::Evaluate(pathway_, call), DeliveryNotesOf(needs_, record, known)};
  evaluation.outcome.data = TraceOf(known);
  return evaluation;
}

cards::Response Evaluator::Answer(const HookRequest& request, const Evaluation& evaluation,
                                  cards::UuidSource& uuids, bool attach_outcome) const {
  const cards::BuildRequest build{.hook = request.hook,
                                  .patient_id = request.patient_id,
                                  .encounter_id = request.encounter_id,
                                  .requester = request.user,
                                  .authored_on = evaluation.outcome.evaluated_at,
                                  .deliveries = evaluation.deliveries,
                                  .options = request.profile->cards};
  cards::Response response = cards::BuildCards(evaluation.outcome, build, uuids);
  internal::FitCards(*request.profile, request.hook, *pathway_, response);
  if (attach_outcome) {
    fhir::JsonWriter writer;
    pathways::WriteOutcome(evaluation.outcome, writer);
    response.extension.push_back({std::string(kOutcomeExtension), writer.TakeWritten()});
  }
  return response;
}

std::string OutcomeText(const pathways::Outcome& outcome) {
  fhir::JsonWriter writer;
  pathways::WriteOutcome(outcome, writer);
  return writer.Take();
}

DateTime Determinism::Now() const { return now ? *now : SystemNow(); }

std::unique_ptr<cards::UuidSource> Determinism::UuidsFor(const HookRequest& request) const {
  if (!seed) return std::make_unique<cards::RandomUuidSource>();
  return std::make_unique<cards::SeededUuidSource>(Mix(*seed, request));
}

std::optional<DateTime> ReadMoment(std::string_view text) {
  const std::optional<DateTime> moment = DateTime::Parse(text);
  if (!moment || moment->kind != DateTime::Kind::kDateTime || !moment->offset_minutes) {
    return std::nullopt;
  }
  const bool whole = moment->precision >= fhir::Precision::kSecond;
  return whole ? moment : std::nullopt;
}

}  // namespace renal::hooks
