#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "fhir/json.h"
#include "hooks/http_server.h"
#include "hooks/service.h"
#include "pathways/definitions.h"
#include "tests/hooks/socket_client.h"

// Any bytes as a whole connection to the real server, over a real socket: every byte of what comes
// back is of a well-formed answer, each error has the one form, none is a defect, and the
// connection ends.
namespace renal::hooks {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

/// The server of the process, on a thread of its own until the end.
class Ours {
 public:
  Ours()
      : service_({.pathway = pathways::ShippedPathway("onc-kidney-2018"),
                  .determinism = {.now = ReadMoment("2026-03-02T09:00:00+01:00"), .seed = 7}}) {
    HttpServer::Options options{.port = 0, .threads = 1, .workers = 1};
    options.limits.body_silence = options.limits.head = std::chrono::seconds(2);
    auto opened = HttpServer::Open(options, service_.Handler());
    Require(opened.has_value());
    server_ = std::move(*opened);
    thread_ = std::thread([this] { server_->Run(); });
  }
  ~Ours() {
    server_->Stop();
    thread_.join();
  }
  std::uint16_t port() const { return server_->port(); }

 private:
  Service service_;
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
};

std::string_view FieldOf(std::string_view head, std::string_view name) {
  const std::size_t at = head.find(name);
  Require(at != std::string_view::npos);
  const std::string_view rest = head.substr(at + name.size());
  return rest.substr(0, rest.find("\r\n"));
}

void CheckError(std::string_view body) {
  Require(body.size() <= 4 * 1024);
  const auto outcome = fhir::JsonDocument::Parse(body);
  Require(outcome.has_value());
  Require(outcome->root()["resourceType"].string() == "OperationOutcome");
  for (const fhir::Json::Entry issue : outcome->root()["issue"]) {
    Require(issue.value["diagnostics"].string().size() <= 256);
  }
}

/// Checks the first answer and says how long it is. An answer to HEAD tells a length that it does
/// not have.
std::size_t CheckAnswer(std::string_view bytes, bool head_was_sent) {
  Require(bytes.starts_with("HTTP/1.1 ") && bytes.size() > 12);
  const std::size_t end = bytes.find("\r\n\r\n");
  Require(end != std::string_view::npos);
  const int status = std::atoi(std::string(bytes.substr(9, 3)).c_str());
  if (status == 100) return end + 4;
  Require(status >= 200 && status < 600 && status != 500);
  const std::string_view head = bytes.substr(0, end + 2);
  Require(FieldOf(head, "Cache-Control: ") == "no-store");
  Require(FieldOf(head, "X-Content-Type-Options: ") == "nosniff");
  if (status == 204 || status == 304) return end + 4;
  const std::size_t length = std::stoul(std::string(FieldOf(head, "Content-Length: ")));
  const std::string_view rest = bytes.substr(end + 4);
  if (head_was_sent && (rest.empty() || rest.starts_with("HTTP/1.1 "))) return end + 4;
  Require(rest.size() >= length);
  if (status >= 400) CheckError(rest.substr(0, length));
  return end + 4 + length;
}

void Check(std::string_view bytes) {
  static Ours ours;
  Client client(ours.port());
  Require(client.connected());
  client.Send(bytes);  // the server may end the connection before it has all of it
  client.HalfClose();
  std::string all;
  while (!client.ended() && !client.reset()) all += client.Rest();  // what never ends is a finding too
  std::string_view answers = all;
  const bool head = bytes.find("HEAD ") != std::string_view::npos;
  while (!answers.empty()) answers.remove_prefix(CheckAnswer(answers, head));
}

}  // namespace
}  // namespace renal::hooks

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  renal::hooks::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
