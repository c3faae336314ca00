#include "hooks/shadow_report.h"

#include <istream>
#include <sstream>

#include "cards/markdown.h"
#include "fhir/json.h"
#include "fhir/own_json.h"

namespace renal::hooks {
namespace {

using fhir::Json;
using fhir::JsonWriter;

// A line of our log is short; a longer one is none of it.
constexpr std::size_t kMostLine = std::size_t{64} * 1024;

std::string TextOf(const Json& entry, std::string_view name) {
  return std::string(entry[name].string());
}

ShadowPair PairOf(const Json& entry) {
  return {TextOf(entry, "version"), TextOf(entry, "hash"), TextOf(entry, "shadow"),
          TextOf(entry, "shadow_version"), TextOf(entry, "shadow_hash")};
}

void WritePair(const ShadowPair& pair, const ShadowCounts& counts, JsonWriter& out) {
  out.Member("version", pair.version).Member("hash", pair.hash);
  out.Key("shadow").BeginObject().Member("id", pair.shadow).Member("version", pair.shadow_version);
  out.Member("hash", pair.shadow_hash).EndObject();
  out.Key("calls").Integer(counts.calls).Key("different").Integer(counts.different);
}

void WriteOutcomes(const ShadowCounts& counts, JsonWriter& out) {
  out.Key("outcomes").BeginArray();
  for (const auto& [outcomes, calls] : counts.outcomes) {
    out.BeginObject().Member("shown", outcomes.first).Member("shadow", outcomes.second);
    out.Key("calls").Integer(calls).EndObject();
  }
  out.EndArray();
}

void WriteResults(const ShadowCounts& counts, JsonWriter& out) {
  out.Key("results").BeginArray();
  for (const auto& [result, count] : counts.results) {
    out.BeginObject().Member("rule", result.rule);
    if (!result.action.empty()) out.Member("action", result.action);
    out.Member("determination", result.determination);
    out.Key("onlyShown").Integer(count.only_shown).Key("onlyShadow").Integer(count.only_shadow);
    out.EndObject();
  }
  out.EndArray();
}

std::string Clean(const std::string& text) { return cards::CleanLine(text, text.size()); }

void PrintPair(const ShadowPair& pair, const ShadowCounts& counts, std::ostream& out) {
  out << "Version " << Clean(pair.version) << " against " << Clean(pair.shadow) << ' '
      << Clean(pair.shadow_version) << " in shadow: " << counts.calls << " calls, "
      << counts.different << " different\n";
  for (const auto& [outcomes, calls] : counts.outcomes) {
    out << "  " << Clean(outcomes.first) << " -> " << Clean(outcomes.second) << ": " << calls
        << '\n';
  }
  for (const auto& [result, count] : counts.results) {
    out << "  " << Clean(result.rule) << ' ' << (result.action.empty() ? "-" : Clean(result.action))
        << ' ' << Clean(result.determination) << ": only shown " << count.only_shown
        << ", only in shadow " << count.only_shadow << '\n';
  }
}

}  // namespace

ShadowCounts* ShadowReport::CountsOf(ShadowPair pair) {
  const auto found = pairs_.find(pair);
  if (found != pairs_.end()) return &found->second;
  return pairs_.size() < kMostPairs ? &pairs_[std::move(pair)] : nullptr;
}

void ShadowReport::Add(std::string_view line) {
  if (line.size() > kMostLine || line.find("\"shadow") == std::string_view::npos) return;
  const auto document = fhir::JsonDocument::Parse(line);
  if (!document) return;
  const fhir::Json entry = document->root();
  const std::string_view event = entry["event"].string();
  if (event == "shadow-defect") ++failed_;
  if (event == "shadow-without-answer") ++refused_;
  if (event != "shadow" && event != "shadow-difference") return;
  ShadowCounts* counts = CountsOf(PairOf(entry));
  if (counts == nullptr) return;
  if (event == "shadow") {
    ++counts->calls;
    if (entry["same"].string() != "yes") ++counts->different;
    const std::pair outcomes(TextOf(entry, "outcome"), TextOf(entry, "shadow_outcome"));
    if (counts->outcomes.size() < kMostResults || counts->outcomes.contains(outcomes)) {
      ++counts->outcomes[outcomes];
    }
    return;
  }
  ShadowResult result{TextOf(entry, "rule"), TextOf(entry, "action"),
                      TextOf(entry, "determination")};
  if (counts->results.size() >= kMostResults && !counts->results.contains(result)) return;
  ShadowResultCount& count = counts->results[std::move(result)];
  ++(entry["only_in"].string() == "shadow" ? count.only_shadow : count.only_shown);
}

void ShadowReport::AddAll(std::istream& log) {
  for (std::string line; std::getline(log, line);) Add(line);
}

std::string ShadowReport::Json() const {
  JsonWriter out;
  out.BeginObject().Key("shadows").BeginArray();
  for (const auto& [pair, counts] : pairs_) {
    out.BeginObject();
    WritePair(pair, counts, out);
    WriteOutcomes(counts, out);
    WriteResults(counts, out);
    out.EndObject();
  }
  out.EndArray().Key("defects").Integer(failed_).Key("withoutAnswer").Integer(refused_);
  out.EndObject();
  return out.Take();
}

std::string ShadowReport::Table() const {
  std::ostringstream out;
  for (const auto& [pair, counts] : pairs_) PrintPair(pair, counts, out);
  if (pairs_.empty()) out << "No call was evaluated in shadow.\n";
  if (failed_ > 0) out << "Evaluations in shadow that failed: " << failed_ << '\n';
  if (refused_ > 0) out << "Calls that the shadow gave no answer to: " << refused_ << '\n';
  return out.str();
}

}  // namespace renal::hooks
