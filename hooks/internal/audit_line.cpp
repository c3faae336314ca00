#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include "fhir/own_json.h"
#include "hooks/audit.h"

namespace renal::hooks {
namespace {

using fhir::JsonWriter;
using Kind = AuditRecord::Kind;

// Systems and codes of events, none of them about a patient's care.
// Source: https://hl7.org/fhir/R4/auditevent.html and the value sets that it binds.
constexpr std::string_view kEventType = "http://terminology.hl7.org/CodeSystem/audit-event-type";
constexpr std::string_view kDicom = "http://dicom.nema.org/resources/ontology/DCM";
constexpr std::string_view kInteraction = "http://hl7.org/fhir/restful-interaction";
constexpr std::string_view kSourceType =
    "http://terminology.hl7.org/CodeSystem/security-source-type";
constexpr std::string_view kEntityType = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
constexpr std::string_view kEntityRole = "http://terminology.hl7.org/CodeSystem/object-role";
constexpr std::string_view kUri = "urn:ietf:rfc:3986";
// Where our own names come from.
constexpr std::string_view kKinds = "urn:renalpath:audit:kind";
constexpr std::string_view kClients = "urn:renalpath:audit:client";
constexpr std::string_view kTenants = "urn:renalpath:audit:tenant";
constexpr std::string_view kUsers = "urn:renalpath:audit:user";
constexpr std::string_view kPatients = "urn:renalpath:audit:patient";
constexpr std::string_view kServices = "urn:renalpath:audit:service";

struct Words {
  std::string_view kind;         // our subtype
  std::string_view interaction;  // FHIR's; empty: a login
  std::string_view action;
};

constexpr std::array<Words, 5> kWords = {{{"decision", "operation", "E"},
                                          {"apply", "operation", "E"},
                                          {"feedback", "create", "C"},
                                          {"read", "read", "R"},
                                          {"refusal", "", "E"}}};

/// 2026-03-02T08:00:00.123Z
std::string Instant(std::chrono::system_clock::time_point at) {
  using namespace std::chrono;
  const auto ms = floor<milliseconds>(at);
  const auto day = floor<days>(ms);
  const year_month_day date(day);
  const hh_mm_ss time(ms - day);
  std::array<char, 40> text{};
  const int size = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                                 int(date.year()), unsigned(date.month()), unsigned(date.day()),
                                 int(time.hours().count()), int(time.minutes().count()),
                                 int(time.seconds().count()), int(time.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

void Coding(std::string_view system, std::string_view code, std::string_view display,
            JsonWriter& writer) {
  writer.BeginObject().Member("system", system).Member("code", code);
  if (!display.empty()) writer.Member("display", display);
  writer.EndObject();
}

void Identifier(std::string_view name, std::string_view system, std::string_view value,
                JsonWriter& writer) {
  writer.Key(name).BeginObject().Key("identifier").BeginObject();
  writer.Member("system", system).Member("value", value).EndObject().EndObject();
}

void Agent(std::string_view system, std::string_view value, bool requestor, JsonWriter& writer) {
  writer.BeginObject();
  Identifier("who", system, value, writer);
  writer.Key("requestor").Boolean(requestor).EndObject();
}

// One of them is who asked: the user, else the client, else nobody that is known.
void Agents(const AuditRecord& record, JsonWriter& writer) {
  writer.Key("agent").BeginArray();
  const bool user = !record.user_key.empty();
  if (user) Agent(kUsers, record.user_key, true, writer);
  if (!record.client.empty()) Agent(kClients, record.client, !user, writer);
  if (!record.tenant.empty()) Agent(kTenants, record.tenant, false, writer);
  if (!user && record.client.empty()) {
    writer.BeginObject().Key("who").BeginObject().Member("display", "not authenticated");
    writer.EndObject().Key("requestor").Boolean(true).EndObject();
  }
  writer.EndArray();
}

void Detail(std::string_view type, std::string_view value, JsonWriter& writer) {
  if (value.empty()) return;
  writer.BeginObject().Member("type", type).Member("valueString", value).EndObject();
}

/// Opens an entity; its details may follow.
void BeginEntity(std::string_view system, std::string_view value, std::string_view type,
                 std::string_view role, JsonWriter& writer) {
  writer.BeginObject();
  Identifier("what", system, value, writer);
  writer.Key("type");
  Coding(kEntityType, type, type == "1" ? "Person" : "System Object", writer);
  writer.Key("role");
  const std::string_view display = role == "1"   ? "Patient"
                                   : role == "3" ? "Report"
                                   : role == "4" ? "Domain Resource"
                                                 : "Job";
  Coding(kEntityRole, role, display, writer);
}

// The request itself: what is left out of the others.
void RequestEntity(const AuditRecord& record, JsonWriter& writer) {
  BeginEntity(kServices, record.service.empty() ? record.route : record.service, "2", "20", writer);
  writer.Key("detail").BeginArray();
  Detail("route", record.route, writer);
  Detail("status", std::to_string(record.status), writer);
  Detail("request", record.request_id, writer);
  Detail("trace", record.trace_id, writer);
  Detail("hook", record.hook, writer);
  Detail("hookInstance", record.hook_instance, writer);
  writer.EndArray().EndObject();
}

void PathwayEntity(const AuditRecord& record, JsonWriter& writer) {
  if (record.pathway_url.empty()) return;
  BeginEntity(kUri, record.pathway_url, "2", "4", writer);
  writer.Key("detail").BeginArray();
  Detail("version", record.pathway_version, writer);
  Detail("hash", record.pathway_hash, writer);
  writer.EndArray().EndObject();
}

void DecisionEntity(const AuditRecord& record, JsonWriter& writer) {
  if (record.decision.empty()) return;
  BeginEntity(kUri, "urn:uuid:" + record.decision, "2", "3", writer);
  writer.Key("detail").BeginArray();
  Detail("outcome", record.outcome, writer);
  for (const std::string& card : record.cards) Detail("card", card, writer);
  writer.EndArray().EndObject();
}

void Entities(const AuditRecord& record, JsonWriter& writer) {
  writer.Key("entity").BeginArray();
  RequestEntity(record, writer);
  PathwayEntity(record, writer);
  DecisionEntity(record, writer);
  if (!record.patient_key.empty()) {
    BeginEntity(kPatients, record.patient_key, "1", "1", writer);
    writer.EndObject();
  }
  writer.EndArray();
}

void Type(const Words& words, JsonWriter& writer) {
  const bool login = words.interaction.empty();
  writer.Key("type");
  if (login) {
    Coding(kDicom, "110114", "User Authentication", writer);
  } else {
    Coding(kEventType, "rest", "RESTful Operation", writer);
  }
  writer.Key("subtype").BeginArray();
  if (!login) Coding(kInteraction, words.interaction, "", writer);
  Coding(kKinds, words.kind, "", writer);
  writer.EndArray();
}

}  // namespace

std::string AuditLine(const AuditRecord& record, std::string_view id) {
  const Words& words = kWords[static_cast<std::size_t>(record.kind)];
  JsonWriter writer;
  writer.BeginObject().Member("resourceType", "AuditEvent").Member("id", id);
  Type(words, writer);
  writer.Member("action", words.action).Member("recorded", Instant(record.at));
  // Minor failure: the caller's; serious: ours.
  writer.Member("outcome", record.status < 400 ? "0" : record.status < 500 ? "4" : "8");
  if (!record.reason.empty()) writer.Member("outcomeDesc", record.reason);
  Agents(record, writer);
  writer.Key("source").BeginObject();
  writer.Key("observer").BeginObject().Member("display", "renalpath").EndObject();
  writer.Key("type").BeginArray();
  Coding(kSourceType, "4", "Application Server", writer);
  writer.EndArray().EndObject();
  Entities(record, writer);
  writer.EndObject();
  return writer.Take();
}

}  // namespace renal::hooks
