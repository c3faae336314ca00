#include "hooks/console.h"

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <system_error>
#include <utility>

#include "hooks/internal/believed_header.h"
#include "hooks/internal/console_assets.h"
#include "hooks/pathway_source.h"
#include "hooks/pathway_tools.h"
#include "pathways/render.h"

namespace renal::hooks {
namespace {

using fhir::Issue;
using fhir::IssueCode;
using fhir::OwnJson;

/// Where the titles of the samples of a folder are, one file a language: beside it, so that the folder holds
/// requests and nothing else.
std::filesystem::path TitlesOf(const std::filesystem::path& folder) {
  const std::filesystem::path named = folder.has_filename() ? folder : folder.parent_path();
  return named.string() + "-titles";
}

bool IsSampleName(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

/// The files of a folder that end with ".json", by name; nothing if it cannot be read.
std::optional<std::vector<std::filesystem::path>> JsonFiles(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() == ".json") files.push_back(entry->path());
  }
  if (error) return std::nullopt;
  std::ranges::sort(files);
  return files;
}

/// A file of ours as JSON; the sentence why not.
std::variant<OwnJson, std::string> ReadFile(const std::filesystem::path& path, std::string& text) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error || size > Console::kMaxSampleBytes) return "cannot be read, or is larger than 1 MiB";
  auto read = ReadText(path);
  if (!read) return "cannot be read";
  text = *std::move(read);
  auto json = fhir::ReadOwnJson(text);
  if (auto* wrong = std::get_if<fhir::OwnJsonError>(&json)) {
    return std::to_string(wrong->at.line) + ":" + std::to_string(wrong->at.column) + ": " +
           wrong->message;
  }
  return std::get<OwnJson>(std::move(json));
}

/// Reads one sample, or says why it is none.
std::optional<std::string> AddSample(const std::filesystem::path& path,
                                     std::vector<ConsoleSample>& samples) {
  ConsoleSample sample{.name = path.stem().string()};
  if (!IsSampleName(sample.name)) {
    return "must have a name of lower-case letters, digits, '-' and '.'";
  }
  auto read = ReadFile(path, sample.text);
  if (auto* problem = std::get_if<std::string>(&read)) return std::move(*problem);
  const OwnJson* hook = std::get<OwnJson>(read).Find("hook");
  if (hook == nullptr || hook->type != fhir::JsonType::kString) {
    return "must be a request of a hook: it has no text \"hook\"";
  }
  sample.hook = hook->text;
  samples.push_back(std::move(sample));
  return std::nullopt;
}

/// Gives each sample its titles in one language.
std::optional<std::string> AddTitles(const std::filesystem::path& path,
                                     std::vector<ConsoleSample>& samples) {
  std::string text;
  auto read = ReadFile(path, text);
  if (auto* problem = std::get_if<std::string>(&read)) return std::move(*problem);
  const OwnJson& root = std::get<OwnJson>(read);
  const auto place = [&](const ConsoleSample& sample) {
    return std::ranges::find(root.members, sample.name,
                             [](const auto& member) { return member.first; }) -
           root.members.begin();
  };
  std::ranges::stable_sort(samples, {}, place);
  for (ConsoleSample& sample : samples) {
    const OwnJson* title = root.Find(sample.name);
    if (title == nullptr) continue;
    sample.titles.type = fhir::JsonType::kObject;
    sample.titles.members.emplace_back(path.stem().string(), *title);
  }
  return std::nullopt;
}

/// What is wrong with the files of a folder, a line each.
std::string ReadSamples(const std::filesystem::path& folder, std::vector<ConsoleSample>& samples) {
  const auto files = JsonFiles(folder);
  if (!files) return "console.samples: the folder " + folder.string() + " cannot be read";
  if (files->size() > Console::kMaxSamples) {
    return "console.samples: more than " + std::to_string(Console::kMaxSamples) + " files in " +
           folder.string();
  }
  std::string problems;
  const auto note = [&](const std::filesystem::path& file, const std::optional<std::string>& what) {
    if (what) problems += (problems.empty() ? "" : "\n") + file.string() + ": " + *what;
  };
  for (const auto& file : *files) note(file, AddSample(file, samples));
  const auto titles = JsonFiles(TitlesOf(folder));
  if (!titles) return problems;
  for (const auto& file : *titles) note(file, AddTitles(file, samples));
  return problems;
}

/// Tells the pathway of a server from all others, with its site.
std::string Served(const pathways::Pathway& pathway) { return pathway.hash + pathway.site_hash; }

}  // namespace

fhir::Result<std::shared_ptr<const Console>> Console::Open(const Config& config) {
  std::shared_ptr<Console> console(new Console);
  if (!config.console.samples.empty()) {
    std::string problems = ReadSamples(config.console.samples, console->samples_);
    if (!problems.empty()) return Issue{IssueCode::kValue, std::move(problems), {}};
  }
  console->root_ = BasePath(config.listen.public_url) + "/";
  console->user_ =
      internal::MakeBelievedHeader(config.console.user_header, config.console.proxies);
  console->needs_tokens_ = NeedsTokens(config);
  console->files_ = config.files;
  return std::shared_ptr<const Console>(std::move(console));
}

std::optional<Issue> Console::Refusal(const HttpRequest& request) const {
  if (user_.proxies.empty() || !internal::ValueOf(user_, request).empty()) return std::nullopt;
  return Issue{IssueCode::kForbidden, "This page is for users that a configured proxy names.", {}};
}

const ConsoleSample* Console::FindSample(std::string_view name) const {
  const auto found = std::ranges::find(samples_, name, &ConsoleSample::name);
  return found == samples_.end() ? nullptr : &*found;
}

std::shared_ptr<const std::string> Console::MakeReviewPage(const std::string& served) const {
  std::ostringstream messages;
  const auto review = ReadReview(
      {.pathway = files_.pathway ? files_.pathway->string() : std::string(kDefaultPathway),
       .site = files_.site},
      messages);
  if (!review || Served(*review->loaded.pathway) != served) return nullptr;
  return std::make_shared<const std::string>(
      pathways::RenderHtml(*review, internal::PathwayPageFrame(root_)));
}

// What failed is not tried again for the same pathway: making the document takes its time.
fhir::Result<std::shared_ptr<const std::string>> Console::ReviewPage(
    const pathways::Pathway& pathway) const {
  const std::string served = Served(pathway);
  const std::scoped_lock lock(mutex_);
  if (reviewed_ != served) {
    review_ = MakeReviewPage(served);
    reviewed_ = served;
  }
  if (review_ != nullptr) return review_;
  return Issue{IssueCode::kTransient,
               "The files of the pathway are not those that are served: reload the server.",
               {}};
}

}  // namespace renal::hooks
