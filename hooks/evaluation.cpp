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

/// The type that a prefetch key of the client asks for; empty for a key that is not ours.
std::string_view TypeAskedFor(const ClientProfile& profile, const std::vector<DataNeed>& needs,
                              std::string_view key) {
  const auto alias = std::ranges::find(profile.prefetch, key, &Alias::name);
  if (alias == profile.prefetch.end()) return TypeOfKey(needs, key);
  const std::string_view meant = alias->as;
  const bool type = !meant.empty() && meant.front() >= 'A' && meant.front() <= 'Z';
  return type ? meant : TypeOfKey(needs, meant);
}

// Drugs stand beside the prescriptions that name them. They say nothing about a patient.
void AddDrugs(const Json& drafts, fhir::Record& record) {
  if (!drafts["entry"].is_array()) return;
  for (const Json::Entry entry : drafts["entry"]) {
    const Json resource = entry.value["resource"];
    if (resource["resourceType"].string() == "Medication") record.Add(resource);
  }
}

/// Whether anything came for a need, under whatever name the client gives its key.
bool HasCome(const ClientProfile& profile, const Json& prefetch, const DataNeed& need) {
  if (!prefetch[need.key].absent() || !prefetch[need.whole_key].absent()) return true;
  return std::ranges::any_of(profile.prefetch, [&](const Alias& alias) {
    const bool meant = alias.as == need.key || alias.as == need.whole_key || alias.as == need.type;
    return meant && !prefetch[alias.name].absent();
  });
}

// Of a type whose codes are asked for under several keys, some of the keys say nothing of the rest.
void MarkParts(const std::vector<DataNeed>& needs, const HookRequest& request,
               fhir::Record& record) {
  const auto came = [&](const DataNeed& need) {
    return HasCome(*request.profile, request.prefetch, need);
  };
  for (const DataNeed& need : needs) {
    const auto partner = [&](const DataNeed& other) {
      return other.type == need.type && came(other);
    };
    if (!came(need) && std::ranges::any_of(needs, partner)) {
      record.SetDelivery(need.type, fhir::Delivery::kIncomplete);
    }
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

fhir::Record Evaluator::RecordOf(const HookRequest& request) const {
  fhir::Record record(request.patient_id);
  const ClientProfile& profile = *request.profile;
  if (!profile.harmless_warnings.empty()) {
    record.SetHarmless([&profile](const Json& outcome) { return IsHarmless(profile, outcome); });
  }
  for (const Json::Entry entry : request.prefetch) {
    record.Add(entry.value, TypeAskedFor(profile, needs_, entry.name));
  }
  MarkParts(needs_, request, record);
  AddDrugs(request.draft_orders, record);
  return record;
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
                                             std::function<bool()> expired,
                                             bool measurements) const {
  auto answers = AnswersOf(request, now);
  if (!answers) return answers.error();
  fhir::fhirpath::Budget budget;
  budget.expired = std::move(expired);
  CallOrders orders = OrdersOf(request, record);
  const pathways::EvaluateRequest call{.record = &record,
                                       .now = now,
                                       .trace_id = uuids.Next(),
                                       .orders = std::move(orders.compared),
                                       .background = std::move(orders.background),
                                       .superseded = std::move(orders.superseded),
                                       .answers = std::move(*answers),
                                       .budget = &budget,
                                       .measurements = measurements};
  return Evaluation{pathways::Evaluate(pathway_, call), DeliveryNotesOf(needs_, record)};
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
    response.extension.push_back({std::string(kOutcomeExtension), OutcomeText(evaluation.outcome)});
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
