#include "hooks/internal/patient_server.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <utility>

#include "fhir/json.h"
#include "fhir/patient_reference.h"
#include "hooks/config_sources.h"
#include "hooks/internal/page_link.h"
#include "hooks/internal/request_texts.h"

namespace renal::hooks::internal {
namespace {

using fhir::AllowedServer;
using fhir::Json;
using fhir::Url;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
namespace call_fault = fhir::call_fault;

constexpr const char* kTokenVariable = "RENALPATH_FHIR_TOKEN";
constexpr std::array kPauses = {milliseconds(500), milliseconds(2'000), milliseconds(6'000)};
constexpr int kHopeless = 25;  // patients in a row
constexpr std::size_t kMaxPages = 100'000;
constexpr std::size_t kMaxPage = std::size_t{32} << 20;
constexpr seconds kPatience{60};  // for one answer of the list, or all of one patient

/// Patients of a batch have more time, and more pages, than a call that a clinician waits for.
constexpr FetchLimits kLimits{.within = kPatience,
                              .at_once = 4,
                              .calls = 400,
                              .next_pages = 100,
                              .answer_bytes = std::size_t{16} << 20,
                              .total_bytes = std::size_t{64} << 20};

/// Several patients are asked for together, so that a single one cannot shut the server off for
/// the others; where it fails them all, it is left alone for a moment.
constexpr fhir::Outgoing::Limits kOutgoing{.failures = 64, .open = milliseconds(1'000)};

/// The networks that a hospital has its servers in.
const std::vector<std::string>& OwnNetworks() {
  static const std::vector<std::string> kBlocks = {"10.0.0.0/8",  "172.16.0.0/12", "192.168.0.0/16",
                                                   "127.0.0.0/8", "fc00::/7",      "::1/128"};
  return kBlocks;
}

bool MayPass(std::string_view why) {
  constexpr std::array kPassing = {
      call_fault::kBreaker, call_fault::kBusy,   call_fault::kUnresolved,  call_fault::kUnreachable,
      call_fault::kTimeout, call_fault::kBroken, call_fault::kServerFault, call_fault::kTls};
  return std::ranges::find(kPassing, why) != kPassing.end();
}

/// The base of a query: what stands before the type.
std::optional<Url> BaseOf(const Url& query) {
  const auto is_type = [](std::string_view segment) {
    const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    return !segment.empty() && segment.front() >= 'A' && segment.front() <= 'Z' &&
           std::ranges::all_of(segment, is_letter);
  };
  const std::size_t last = query.path.rfind('/');
  if (last == std::string::npos) return std::nullopt;
  Url base = query;
  base.query.clear();
  const std::string name = query.path.substr(last + 1);
  if (!is_type(name) || query.query.empty()) {  // "Group/1"
    const std::size_t group = last == 0 ? std::string::npos : query.path.rfind('/', last - 1);
    const bool one = group != std::string::npos && query.query.empty() && IsFhirId(name) &&
                     query.path.substr(group + 1, last - group - 1) == "Group";
    if (one) {
      base.path.resize(group);
      return base;
    }
    if (!is_type(name)) return std::nullopt;
  }
  base.path.resize(last);
  return base;
}

/// Pages as large as servers give them, where a search does not say how large.
Url WithPageSize(Url query, const Url& base) {
  const bool search = query.path.find('/', base.path.size() + 1) == std::string::npos;
  const bool sized =
      query.query.starts_with("_count=") || query.query.find("&_count=") != std::string::npos;
  if (search && !sized) {
    if (!query.query.empty()) query.query += '&';
    query.query += "_count=" + std::to_string(kLimits.page_entries);
  }
  return query;
}

/// The token of a server: from its file, or from a variable; empty where there is none. Nothing,
/// with a message, where the file cannot be read.
std::optional<std::string> TokenOf(const PeerConfig& peer, std::ostream& messages) {
  if (peer.token_file.empty()) {
    const std::string& variable = peer.token_env;
    const char* token = std::getenv(variable.empty() ? kTokenVariable : variable.c_str());
    return token == nullptr ? std::string() : std::string(token);
  }
  std::ifstream file(peer.token_file);
  std::string token;
  std::getline(file, token);
  if (token.ends_with('\r')) token.pop_back();
  if (!token.empty()) return token;
  messages << peer.token_file.string() << ": the token cannot be read, or is empty\n";
  return std::nullopt;
}

/// Ids of the patients that an answer names; false where an entry names none.
bool VisitPatients(const Json& resource, const std::function<void(std::string_view)>& visit) {
  const std::string_view type = resource["resourceType"].string();
  bool all = true;
  if (type == "Bundle") {
    for (const Json::Entry entry : resource["entry"]) {
      if (entry.value["search"]["mode"].string() == "outcome") continue;
      all = VisitPatients(entry.value["resource"], visit) && all;
    }
    return all;
  }
  if (type == "OperationOutcome") return true;
  if (type == "Group") {
    for (const Json::Entry member : resource["member"]) {
      if (member.value["inactive"].boolean()) continue;
      const std::string_view target = fhir::TypeAndId(member.value["entity"]["reference"].string());
      const bool patient = target.starts_with("Patient/") && IsFhirId(target.substr(8));
      if (patient) visit(target.substr(8));
      all = all && patient;
    }
    return all;
  }
  const fhir::NamedPatient named = fhir::PatientNamedBy(resource);
  if (named.kind == fhir::NamedPatient::Kind::kNobody) return true;
  if (named.kind != fhir::NamedPatient::Kind::kId || !IsFhirId(named.text)) return false;
  visit(named.text);
  return true;
}

}  // namespace

bool IsServerUrl(std::string_view from) {
  return from.starts_with("http://") || from.starts_with("https://");
}

std::optional<PatientQuery> PatientQuery::Read(const std::string& from,
                                               const std::optional<std::filesystem::path>& file,
                                               std::ostream& messages) {
  const auto query = ReadLooseUrl(from);
  const auto base = query ? BaseOf(*query) : std::nullopt;
  if (!base) {
    messages << "--from: a search or a group of a FHIR server is needed, as "
                "https://host/fhir/Patient?... or https://host/fhir/Group/1\n";
    return std::nullopt;
  }
  PeerConfig peer{.url = base->ToString(), .allow_cidr = OwnNetworks()};
  bool allow_http = true;
  if (file) {
    const auto loaded = LoadConfig(ConfigSources::OfProcess(file), messages);
    if (!loaded) return std::nullopt;
    const Config* config = &loaded->config;
    const auto allowed = std::ranges::find_if(config->fhir, [&](const PeerConfig& each) {
      const auto url = Url::Parse(each.url);
      return url && Within(*url, *base);
    });
    if (allowed == config->fhir.end()) {
      messages << "--from: the server is not among [[fhir]] of " << file->string() << '\n';
      return std::nullopt;
    }
    peer = *allowed;
    allow_http = config->allow_http;
  }
  auto server = AllowedServer::Read(peer.url, peer.allow_cidr, peer.ca_file.string(), allow_http);
  if (!server) {
    messages << "--from: " << server.error().diagnostics << '\n';
    return std::nullopt;
  }
  auto token = TokenOf(peer, messages);
  if (!token) return std::nullopt;
  return PatientQuery{*std::move(server), *base, WithPageSize(*query, *base), *std::move(token)};
}

PatientServer::PatientServer(PatientQuery query) : query_(std::move(query)), outgoing_(kOutgoing) {}

fhir::Result<fhir::CallAnswer> PatientServer::Ask(const Url& url) {
  const auto ask = [&] {
    return outgoing_.Get({.server = query_.server,
                          .url = url,
                          .token = query_.token,
                          .accept = "application/fhir+json",
                          .deadline = steady_clock::now() + kPatience,
                          .max_bytes = kMaxPage});
  };
  auto answer = ask();
  for (const milliseconds pause : kPauses) {
    if (answer || !MayPass(answer.error().diagnostics)) break;
    std::this_thread::sleep_for(pause);
    answer = ask();
  }
  return answer;
}

std::optional<std::string> PatientServer::List(
    const std::function<void(std::string_view)>& visit,
    const std::function<void(const std::string&)>& complain) {
  std::optional<Url> next = query_.query;
  for (std::size_t page = 1; next; ++page) {
    const std::string place = "Page " + std::to_string(page) + " of the list";
    if (page > kMaxPages) return place + " is not asked for: there are too many.";
    const auto answer = Ask(*next);
    if (!answer) return place + " could not be had: " + answer.error().diagnostics + ".";
    const auto document = fhir::JsonDocument::Parse(answer->body, kRecordLimits);
    const std::string_view type =
        document ? document->root()["resourceType"].string() : std::string_view();
    if (type != "Bundle" && type != "Group") return place + " is no FHIR Bundle or Group.";
    if (!VisitPatients(document->root(), visit)) {
      complain(place + " has entries that do not say which patient they are about.");
    }
    const std::string_view link = NextLinkOf(document->root());
    const Url asked = *next;
    next = link.empty() ? std::nullopt : ReadPageLink(link, query_.base);
    if (!link.empty() && (!next || *next == asked)) {
      return place + " has a link to the next one that cannot be followed.";
    }
  }
  return std::nullopt;
}

std::vector<FetchedDatum> PatientServer::Fetch(const Evaluator& evaluator,
                                               const HookRequest& request) {
  const FetchSource source{
      .outgoing = &outgoing_, .server = &query_.server, .base = query_.base, .token = query_.token};
  const TemplateValues values{.patient_id = request.patient_id};
  std::vector<FetchTask> tasks;
  for (const DataNeed& need : evaluator.needs()) tasks.push_back({.need = &need});
  std::vector<FetchedDatum> data = hooks::Fetch(tasks, source, values, kLimits);
  Retry(source, values, data);
  const bool failed = std::ranges::any_of(data, [](const FetchedDatum& datum) {
    return datum.need->required && MayPass(datum.reason);
  });
  if (failed) {
    ++failed_in_row_;
  } else {
    failed_in_row_ = 0;
  }
  return data;
}

void PatientServer::Retry(const FetchSource& source, const TemplateValues& values,
                          std::vector<FetchedDatum>& data) {
  for (const milliseconds pause : kPauses) {
    std::vector<FetchTask> again;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (!MayPass(data[i].reason)) continue;
      again.push_back({.need = data[i].need});
      places.push_back(i);
    }
    if (again.empty() || failed_in_row_ >= kHopeless) return;
    std::this_thread::sleep_for(pause);
    std::vector<FetchedDatum> better = hooks::Fetch(again, source, values, kLimits);
    for (std::size_t i = 0; i < places.size(); ++i) data[places[i]] = std::move(better[i]);
  }
}

}  // namespace renal::hooks::internal
