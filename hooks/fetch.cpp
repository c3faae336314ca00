#include "hooks/fetch.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

#include "fhir/record.h"
#include "hooks/internal/page_link.h"

namespace renal::hooks {
namespace {

using fhir::CallAnswer;
using fhir::Json;
using fhir::JsonDocument;
using fhir::Url;
using std::chrono::steady_clock;
namespace call_fault = fhir::call_fault;
using namespace fetch_fault;

constexpr std::string_view kFhirJson = "application/fhir+json";
constexpr std::chrono::milliseconds kGrace{200};

// Reasons that no call has.
constexpr std::string_view kNoQuery = "query-incomplete";
constexpr std::string_view kTooMany = "too-many-queries";
constexpr std::string_view kLink = "link-refused";
constexpr std::string_view kPages = "too-many-pages";

bool IsSearch(const DataNeed& need) { return need.query.find('?') != std::string::npos; }

// We did not ask, because we may not or because the server has failed lately.
bool IsRefusal(std::string_view fault) {
  return fault == call_fault::kNotAllowed || fault == call_fault::kAddress ||
         fault == call_fault::kToken || fault == call_fault::kBreaker || fault == call_fault::kBusy;
}

/// The fetches of one call.
class Run {
 public:
  Run(const FetchSource& source, const TemplateValues& values, const FetchLimits& limits,
      const Harmless& harmless)
      : source_(source),
        values_(values),
        limits_(limits),
        harmless_(harmless),
        deadline_(steady_clock::now() + limits.within),
        bytes_left_(limits.total_bytes) {}

  std::vector<FetchedDatum> Go(const std::vector<FetchTask>& tasks);

 private:
  /// A task with its pages one after the other.
  struct Chain {
    FetchedDatum datum;
    std::optional<Url> url;  // of the next call
    std::size_t pages = 0;   // beyond the first
    bool under_way = false;
    steady_clock::time_point asked;  // the last time
  };
  /// Outlives the run: answers may come when nobody waits any more.
  struct Inbox {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::pair<std::size_t, fhir::Result<CallAnswer>>> answers;
  };

  void Add(const FetchTask& task);
  void StartMore();
  bool Wait();
  void Take(std::size_t index, const fhir::Result<CallAnswer>& answer);
  fhir::Result<JsonDocument> Read(const DataNeed& need, const fhir::Result<CallAnswer>& answer);
  void Report(const Chain& chain, std::string_view fault) const;
  void TakePage(std::size_t index, JsonDocument page);
  void Fail(Chain& chain, std::string_view why);
  void Follow(std::size_t index, std::string_view link);
  std::string_view Objection(const Json& page, const DataNeed& need) const;

  const FetchSource& source_;
  const TemplateValues& values_;
  const FetchLimits& limits_;
  const Harmless& harmless_;
  const steady_clock::time_point deadline_;
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  std::vector<Chain> chains_;
  std::deque<std::size_t> ready_;
  std::size_t under_way_ = 0;
  std::size_t calls_ = 0;
  std::size_t bytes_left_;
};

std::vector<FetchedDatum> Run::Go(const std::vector<FetchTask>& tasks) {
  for (const FetchTask& task : tasks) Add(task);
  // What decides between an answer and 412 comes first, then what inputs read.
  std::ranges::stable_sort(ready_, {}, [&](std::size_t index) {
    const DataNeed& need = *chains_[index].datum.need;
    return need.required ? 0 : need.evidence ? 1 : 2;
  });
  do StartMore();
  while (under_way_ > 0 && Wait());
  for (const std::size_t index : ready_) {
    Fail(chains_[index], calls_ < limits_.calls ? call_fault::kTimeout : kTooMany);
  }
  std::vector<FetchedDatum> data;
  for (Chain& chain : chains_) {
    if (chain.under_way) {
      Report(chain, call_fault::kTimeout);
      Fail(chain, call_fault::kTimeout);
    }
    data.push_back(std::move(chain.datum));
  }
  return data;
}

void Run::Add(const FetchTask& task) {
  Chain& chain = chains_.emplace_back();
  chain.datum.need = task.need;
  chain.datum.follows = task.next;
  if (!task.next.empty()) {
    chain.datum.more = true;  // until it is here
    return Follow(chains_.size() - 1, task.next);
  }
  const auto query = Expand(task.need->query, values_);
  if (!query) return Fail(chain, kNoQuery);
  std::string text = source_.base.ToString() + "/" + *query;
  if (IsSearch(*task.need)) text += "&_count=" + std::to_string(limits_.page_entries);
  chain.url = Url::Parse(text, Url::Query::kAllowed, fhir::kMaxLinkBytes);
  if (!chain.url) return Fail(chain, kNoQuery);
  ready_.push_back(chains_.size() - 1);
}

void Run::StartMore() {
  while (!ready_.empty() && under_way_ < limits_.at_once && calls_ < limits_.calls &&
         steady_clock::now() < deadline_) {
    const std::size_t index = ready_.front();
    ready_.pop_front();
    Chain& chain = chains_[index];
    chain.under_way = true;
    chain.asked = steady_clock::now();
    ++under_way_;
    ++calls_;
    source_.outgoing->Start({.server = *source_.server,
                             .url = *std::exchange(chain.url, std::nullopt),
                             .tenant = source_.tenant,
                             .token = std::string(source_.token),
                             .accept = std::string(kFhirJson),
                             .traceparent = source_.trace ? TraceParentFor(*source_.trace) : "",
                             .tracestate = source_.trace ? source_.trace->state : "",
                             .deadline = deadline_,
                             .max_bytes = std::min(limits_.answer_bytes, bytes_left_)},
                            [inbox = inbox_, index](fhir::Result<CallAnswer> answer) {
                              const std::lock_guard lock(inbox->mutex);
                              inbox->answers.emplace_back(index, std::move(answer));
                              inbox->changed.notify_one();
                            });
  }
}

// False where nothing comes any more in time.
bool Run::Wait() {
  std::unique_lock lock(inbox_->mutex);
  const bool came = inbox_->changed.wait_until(lock, deadline_ + kGrace,
                                               [&] { return !inbox_->answers.empty(); });
  if (!came) return false;
  auto [index, answer] = std::move(inbox_->answers.front());
  inbox_->answers.pop_front();
  lock.unlock();
  --under_way_;
  chains_[index].under_way = false;
  Take(index, answer);
  return true;
}

void Run::Take(std::size_t index, const fhir::Result<CallAnswer>& answer) {
  Chain& chain = chains_[index];
  auto page = Read(*chain.datum.need, answer);
  Report(chain, page ? std::string_view() : page.error().diagnostics);
  if (!page) return Fail(chain, page.error().diagnostics);
  TakePage(index, std::move(*page));
}

// The page of an answer, or the code of what is wrong with it.
fhir::Result<JsonDocument> Run::Read(const DataNeed& need, const fhir::Result<CallAnswer>& answer) {
  const auto fault = [](std::string_view code) {
    return fhir::Issue{fhir::IssueCode::kTransient, std::string(code), {}};
  };
  if (!answer) return answer.error();
  if (answer->body.size() > bytes_left_) return fault(call_fault::kTooLarge);
  bytes_left_ -= answer->body.size();
  auto page = JsonDocument::Parse(answer->body);
  if (!page) return fault(kNotJson);
  if (const auto why = Objection(page->root(), need); !why.empty()) return fault(why);
  return page;
}

void Run::Report(const Chain& chain, std::string_view fault) const {
  if (source_.report) source_.report(fault, steady_clock::now() - chain.asked);
}

// Why an answer is not one to what was asked; empty where it is.
std::string_view Run::Objection(const Json& page, const DataNeed& need) const {
  const std::string_view type = page["resourceType"].string();
  if (type == "OperationOutcome") return kServerError;
  if (type != (IsSearch(need) ? std::string_view("Bundle") : std::string_view(need.type))) {
    return kOtherType;
  }
  for (const Json::Entry item : page["entry"]) {
    const std::string_view is = item.value["resource"]["resourceType"].string();
    const std::string_view mode = item.value["search"]["mode"].string();
    if (is != need.type && is != "OperationOutcome" && mode != "outcome" && mode != "include") {
      return kOtherType;
    }
  }
  // One datum of another patient, and the server did not answer what it was asked.
  fhir::Record record{std::string(values_.patient_id)};
  record.Add(page);
  return record.foreign_count() > 0 ? kOtherPatient : std::string_view();
}

void Run::TakePage(std::size_t index, JsonDocument page) {
  Chain& chain = chains_[index];
  const std::string link(NextLinkOf(page.root()));
  const DatumState state = StateOf(page.root(), chain.datum.need->type, harmless_);
  const bool partial =
      state == DatumState::kFailed || (state == DatumState::kIncomplete && link.empty());
  const bool first = chain.datum.pages.empty() && chain.datum.follows.empty();
  if (state == DatumState::kFailed && first) return Fail(chain, kServerError);
  chain.datum.pages.push_back(std::move(page));
  chain.datum.more = false;
  if (first) {
    chain.datum.state = state == DatumState::kNone ? state : DatumState::kFetched;
  } else if (chain.datum.state == DatumState::kFailed || state != DatumState::kNone) {
    chain.datum.state = DatumState::kFetched;
  }
  if (partial) return Fail(chain, kServerError);
  if (!link.empty()) Follow(index, link);
}

void Run::Follow(std::size_t index, std::string_view link) {
  Chain& chain = chains_[index];
  chain.datum.more = true;
  if (chain.pages == limits_.next_pages) return Fail(chain, kPages);
  ++chain.pages;
  chain.url = internal::ReadPageLink(link, source_.base);
  if (!chain.url) return Fail(chain, kLink);
  ready_.push_back(index);
}

// What came before stays; the rest is unknown.
void Run::Fail(Chain& chain, std::string_view why) {
  FetchedDatum& datum = chain.datum;
  datum.reason = why;
  if (!datum.pages.empty() || !datum.follows.empty()) {
    datum.state = DatumState::kIncomplete;
  } else {
    datum.state = IsRefusal(why) ? DatumState::kRefused : DatumState::kFailed;
    if (why == kOtherType || why == kOtherPatient) datum.state = DatumState::kWrongType;
  }
}

/// The value of a token; nothing where it is none, or has no value in this call.
std::optional<std::string_view> ValueOf(std::string_view token, const TemplateValues& values) {
  std::string_view value;
  if (token == "context.patientId") value = values.patient_id;
  if (token == "context.userId") value = values.user;
  if (token == "context.encounterId") value = values.encounter_id;
  return value.empty() ? std::nullopt : std::optional(value);
}

/// A reference keeps its slash: it stands for a path.
std::string Encoded(std::string_view value) {
  const std::size_t slash = value.find('/');
  if (slash == std::string_view::npos) return fhir::PercentEncoded(value);
  return fhir::PercentEncoded(value.substr(0, slash)) + "/" +
         fhir::PercentEncoded(value.substr(slash + 1));
}

}  // namespace

const fhir::AllowedServer* FindServer(const std::vector<fhir::AllowedServer>& servers,
                                      std::string_view url) {
  const auto base = Url::Parse(url);
  if (!base) return nullptr;
  const auto server = std::ranges::find_if(
      servers, [&](const fhir::AllowedServer& each) { return Within(each.base, *base); });
  return server == servers.end() ? nullptr : &*server;
}

std::optional<std::string> Expand(std::string_view query, const TemplateValues& values) {
  std::string out;
  while (!query.empty()) {
    const std::size_t open = std::min(query.find("{{"), query.size());
    for (const char c : query.substr(0, open)) {
      const bool stands = std::string_view("/?&=,:;.-_~$%@!*+").find(c) != std::string_view::npos;
      out += stands ? std::string(1, c) : fhir::PercentEncoded({&c, 1});
    }
    query.remove_prefix(open);
    if (query.empty()) break;
    const std::size_t close = query.find("}}");
    if (close == std::string_view::npos) return std::nullopt;
    const auto value = ValueOf(query.substr(2, close - 2), values);
    if (!value) return std::nullopt;
    out += Encoded(*value);
    query.remove_prefix(close + 2);
  }
  return out;
}

std::vector<FetchTask> TasksOf(const std::vector<DataNeed>& needs, const Ledger& ledger,
                               const std::vector<Arrival>& arrivals) {
  std::vector<FetchTask> tasks;
  for (std::size_t i = 0; i < needs.size() && i < ledger.size(); ++i) {
    const DatumState state = ledger[i].state;
    if (state == DatumState::kNotDelivered || state == DatumState::kWrongType) {
      tasks.push_back({.need = &needs[i]});
    }
  }
  for (const Arrival& arrival : arrivals) {
    const std::string_view next = NextLinkOf(arrival.value);
    const auto need = std::ranges::find_if(needs, [&](const DataNeed& each) {
      return each.type == arrival.type && (arrival.key.empty() || arrival.key == each.key);
    });
    if (next.empty() || need == needs.end()) continue;
    tasks.push_back({.need = &*need, .next = std::string(next)});
  }
  return tasks;
}

std::vector<FetchedDatum> Refuse(const std::vector<FetchTask>& tasks, std::string_view why) {
  std::vector<FetchedDatum> data;
  for (const FetchTask& task : tasks) {
    const bool continues = !task.next.empty();
    data.push_back({.need = task.need,
                    .follows = task.next,
                    .state = continues ? DatumState::kIncomplete : DatumState::kRefused,
                    .reason = std::string(why),
                    .more = continues});
  }
  return data;
}

std::vector<FetchedDatum> Fetch(const std::vector<FetchTask>& tasks, const FetchSource& source,
                                const TemplateValues& values, const FetchLimits& limits,
                                const Harmless& harmless) {
  return Run(source, values, limits, harmless).Go(tasks);
}

}  // namespace renal::hooks
