#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/own_json.h"
#include "fhir/result.h"
#include "hooks/config.h"
#include "hooks/http_server.h"
#include "hooks/internal/believed_header.h"
#include "pathways/pathway.h"

/// The console: a page to try a server with, and pages about its pathway. The page calls the same
/// endpoints as every client; what it needs besides is here.
namespace renal::hooks {

/// A sample request that the page offers.
struct ConsoleSample {
  std::string name;      ///< of its file, without ".json"
  std::string hook;      ///< that it is a request of
  std::string text;      ///< the file
  fhir::OwnJson titles;  ///< by language: {"title", "about"}; absent: none
};

/// Whole after Open(), but for the document of the pathway, which is made when it is first asked
/// for. Any thread.
class Console {
 public:
  static constexpr std::size_t kMaxSamples = 500;
  static constexpr std::size_t kMaxSampleBytes = std::size_t{1} << 20;

  /// Reads the samples: `<name>.json`, each a hook request, with their titles in
  /// `<language>.json` of the folder whose name has `-titles` behind, whose order they are offered
  /// in. Fails with kValue and a line for each file that cannot be used.
  static fhir::Result<std::shared_ptr<const Console>> Open(const Config& config);

  /// Why a page is not shown to this caller: kForbidden where it is for known users and no proxy
  /// of ours names one. Certificates were asked for before, by TLS.
  std::optional<fhir::Issue> Refusal(const HttpRequest& request) const;

  const std::string& root() const {
    return root_;
  }  ///< of our paths as browsers know it: "/renal/"
  bool needs_tokens() const { return needs_tokens_; }  ///< of the page's calls, as of all others
  const std::vector<ConsoleSample>& samples() const { return samples_; }
  const ConsoleSample* FindSample(std::string_view name) const;  ///< null if there is none

  /// The review document of the pathway, as a page among the console's. kTransient where the files
  /// of the pathway are no longer those that are served.
  fhir::Result<std::shared_ptr<const std::string>> ReviewPage(
      const pathways::Pathway& pathway) const;

 private:
  Console() = default;
  std::shared_ptr<const std::string> MakeReviewPage(const std::string& served) const;

  std::vector<ConsoleSample> samples_;
  std::string root_;
  internal::BelievedHeader user_;
  bool needs_tokens_ = false;
  PathwayFiles files_;

  mutable std::mutex mutex_;
  mutable std::string reviewed_;  ///< hashes of the pathway and site that `review_` is about
  mutable std::shared_ptr<const std::string> review_;  ///< null: its files are others by now
};

}  // namespace renal::hooks
