#include <algorithm>
#include <fstream>
#include <istream>
#include <iterator>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include "fhir/json.h"
#include "hooks/pathway_source.h"
#include "hooks/pathway_tools.h"
#include "pathways/evaluate.h"
#include "pathways/replay.h"

namespace renal::hooks {
namespace {

using fhir::Json;
using pathways::Pathway;

// A file of the operator's own may be larger than what a stranger may send.
constexpr fhir::JsonLimits kLimits{.values = 20'000'000, .members = 100'000};

class Replayer {
 public:
  Replayer(const ReplayOptions& options, const Streams& streams)
      : options_(options), streams_(streams) {}

  int Run();

 private:
  bool Open();
  void ReplayFile(const std::filesystem::path& path);
  void ReplayStream(std::istream& in, const std::string& name);
  void ReplayText(const std::string& text, const std::string& place);
  void Replay(const Json& outcome, const std::string& place);
  std::shared_ptr<const Pathway> PathwayFor(const std::string& url, const std::string& place);
  void Fail(const std::string& place, const std::string& sentence);

  const ReplayOptions& options_;
  const Streams& streams_;
  std::shared_ptr<const Pathway> given_;  // that of --pathway
  std::map<std::string, std::shared_ptr<const Pathway>, std::less<>> by_url_;
  std::size_t same_ = 0;
  std::size_t different_ = 0;
  std::size_t failed_ = 0;
};

void Replayer::Fail(const std::string& place, const std::string& sentence) {
  streams_.messages << place << ": " << sentence << '\n';
  ++failed_;
}

bool Replayer::Open() {
  if (!options_.pathway) return true;
  const auto source = ReadPathwayText(*options_.pathway, streams_.messages);
  if (!source) return false;
  given_ = LoadSource(*source, options_.site, streams_.messages).pathway;
  return given_ != nullptr;
}

// A shipped pathway is found by the end of its URL, which is its id.
std::shared_ptr<const Pathway> Replayer::PathwayFor(const std::string& url,
                                                    const std::string& place) {
  if (given_) return given_;
  const auto known = by_url_.find(url);
  if (known != by_url_.end()) return known->second;
  std::shared_ptr<const Pathway> found;
  const std::string id = url.substr(url.find_last_of('/') + 1);
  std::ostream nowhere(nullptr);
  if (const auto source = ReadPathwayText(id, nowhere)) {
    found = LoadSource(*source, options_.site, streams_.messages).pathway;
  }
  if (found && found->url != url) found = nullptr;
  if (!found) {
    streams_.messages << place << ": no shipped pathway has the URL of this outcome. Name its file "
                      << "with --pathway\n";
  }
  return by_url_[url] = found;
}

void Replayer::Replay(const Json& outcome, const std::string& place) {
  const auto named = pathways::RecordedPathwayOf(outcome);
  if (!named) return Fail(place, named.error().diagnostics);
  const auto pathway = PathwayFor(named->url, place);
  if (!pathway) {
    ++failed_;
    return;
  }
  if (pathway->url != named->url) return Fail(place, "the outcome is of another pathway");
  if (outcome["outcome"].string() == pathways::Spelling(pathways::OutcomeKind::kError)) {
    return Fail(place, "the evaluation was stopped then: there is nothing to compare");
  }
  std::vector<std::string> differences;
  if (pathway->hash != named->hash) {
    differences.push_back("pathway.hash: was " + named->hash + " (" + named->version + "), is " +
                          pathway->hash + " (" + pathway->version + ")");
  }
  const auto recorded = pathways::RecordedInputsOf(*pathway, outcome);
  if (!recorded) {
    return Fail(place, recorded.error().diagnostics + " (" + recorded.error().expression + ")");
  }
  pathways::EvaluateRequest request;
  request.now = recorded->now;
  request.prepared = &recorded->inputs;
  const auto found = pathways::ReplayDifferences(outcome, pathways::Evaluate(pathway, request));
  differences.insert(differences.end(), found.begin(), found.end());
  ++(differences.empty() ? same_ : different_);
  for (const std::string& difference : differences) {
    streams_.out << place << ": " << difference << '\n';
  }
}

void Replayer::ReplayText(const std::string& text, const std::string& place) {
  const auto document = fhir::JsonDocument::Parse(text, kLimits);
  if (!document) return Fail(place, document.error().diagnostics);
  Replay(document->root(), place);
}

// One JSON text, or one a line: a text that does not end on its first line is one text.
void Replayer::ReplayStream(std::istream& in, const std::string& name) {
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return Fail(name, "reading failed");
  if (fhir::JsonDocument::Parse(text, kLimits)) return ReplayText(text, name);
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    const bool blank = line.find_first_not_of(" \t\r") == std::string::npos;
    if (!blank) ReplayText(line, name + ":" + std::to_string(number));
  }
}

void Replayer::ReplayFile(const std::filesystem::path& path) {
  if (path == "-") return ReplayStream(streams_.in, "standard input");
  std::error_code ignored;
  std::ifstream file(path, std::ios::binary);
  if (std::filesystem::is_directory(path, ignored) || !file.is_open()) {
    return Fail(path.string(), "the file cannot be read");
  }
  ReplayStream(file, path.string());
}

int Replayer::Run() {
  if (!Open()) return 1;
  for (const std::filesystem::path& path : options_.outcomes) ReplayFile(path);
  streams_.out << same_ << " the same, " << different_ << " different, " << failed_
               << " not replayed\n"
               << std::flush;
  if (!streams_.out) {
    streams_.messages << "renalpath: the standard output cannot be written\n";
    return 1;
  }
  return different_ == 0 && failed_ == 0 ? 0 : 1;
}

}  // namespace

int RunPathwayTool(const ReplayOptions& options, const Streams& streams) {
  return Replayer(options, streams).Run();
}

}  // namespace renal::hooks
