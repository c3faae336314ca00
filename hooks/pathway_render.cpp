#include <algorithm>
#include <ostream>
#include <utility>

#include "fhir/own_json.h"
#include "hooks/evaluation.h"
#include "hooks/internal/case_tools.h"
#include "hooks/pathway_source.h"
#include "hooks/pathway_tools.h"
#include "pathways/cases.h"
#include "pathways/diff.h"
#include "pathways/lint.h"
#include "pathways/render.h"

namespace renal::hooks {
namespace {

using pathways::LoadProblem;
using pathways::LoadResult;

void PrintErrors(const LoadResult& loaded, std::ostream& messages) {
  for (const LoadProblem& problem : loaded.problems) {
    if (problem.level == LoadProblem::Level::kError) messages << problem.ToString() << '\n';
  }
}

/// Everything that the document is made from.
struct Sources {
  PathwayText pathway;
  std::optional<NamedText> cases;
  std::optional<PathwayText> previous;
};

/// The files of the command; nothing, with messages, if one of them cannot be read.
std::optional<Sources> ReadSources(const RenderOptions& options, std::ostream& messages) {
  auto pathway = ReadPathwayText(options.pathway, messages);
  if (!pathway) return std::nullopt;
  Sources sources{std::move(*pathway), {}, {}};
  if (options.site) {
    auto site = ReadNamed(*options.site, messages);
    if (!site) return std::nullopt;
    sources.pathway.options.site = {std::move(site->name), std::move(site->text)};
  }
  if (options.cases) {
    sources.cases = ReadNamed(*options.cases, messages);
    if (!sources.cases) return std::nullopt;
  } else if (auto beside = ReadBeside(sources.pathway, "cases")) {
    sources.cases = std::move(beside);
  }
  if (!options.previous) return sources;
  sources.previous = ReadPathwayText(options.previous->string(), messages);
  if (!sources.previous) return std::nullopt;
  return sources;
}

/// Where the files that cases name are: beside the test file, which is beside the pathway if no
/// other was named.
std::filesystem::path CaseFolder(const Sources& sources, const RenderOptions& options) {
  if (!options.cases) return sources.pathway.folder;
  return options.cases->has_parent_path() ? options.cases->parent_path() : ".";
}

std::vector<LoadProblem> Findings(const Sources& sources, const pathways::ReadFile& read_file,
                                  const fhir::DateTime& today) {
  pathways::LintRequest request{.file_name = sources.pathway.name,
                                .text = sources.pathway.text,
                                .options = sources.pathway.options,
                                .read_case_file = read_file,
                                .today = today};
  if (sources.cases) {
    request.cases_name = sources.cases->name;
    request.cases = sources.cases->text;
  }
  if (sources.previous) request.previous = sources.previous->text;
  return pathways::Lint(request);
}

void AddSite(const Sources& sources, pathways::Review& review) {
  const auto& site = sources.pathway.options.site;
  if (!site) return;
  const auto read = fhir::ReadOwnJson(site->text);
  const auto* root = std::get_if<fhir::OwnJson>(&read);
  const fhir::OwnJson* approvals = root == nullptr ? nullptr : root->Find("approvals");
  if (approvals != nullptr) review.site_approvals = approvals->items;
}

/// The difference to the earlier version; false, with messages, if that version does not load.
bool AddDifference(const Sources& sources, pathways::Review& review, std::ostream& messages) {
  if (!sources.previous) return true;
  const LoadResult before = pathways::LoadPathway(sources.previous->name, sources.previous->text,
                                                  sources.previous->options);
  if (before.pathway == nullptr) {
    PrintErrors(before, messages);
    return false;
  }
  review.diff = pathways::Diff(before, review.loaded);
  return true;
}

}  // namespace

std::optional<pathways::Review> ReadReview(const RenderOptions& options, std::ostream& messages) {
  const auto sources = ReadSources(options, messages);
  if (!sources) return std::nullopt;
  pathways::Review review{.loaded = LoadSource(sources->pathway, std::nullopt, messages)};
  if (review.loaded.pathway == nullptr) {
    messages << sources->pathway.name << ": a file with errors has no document\n";
    return std::nullopt;
  }
  const pathways::CaseTools tools =
      internal::CaseToolsOf(sources->pathway, std::nullopt, CaseFolder(*sources, options));
  review.today = Determinism{.now = options.now}.Now();
  review.findings = Findings(*sources, tools.read_file, review.today);
  AddSite(*sources, review);
  if (sources->cases) {
    review.cases = pathways::RunCases(review.loaded.pathway, sources->cases->name,
                                      sources->cases->text, tools);
  }
  if (!AddDifference(*sources, review, messages)) return std::nullopt;
  return review;
}

int RunPathwayTool(const RenderOptions& options, const Streams& streams) {
  const auto review = ReadReview(options, streams.messages);
  if (!review) return 1;
  const std::string text =
      options.html ? pathways::RenderHtml(*review) : pathways::RenderMarkdown(*review);
  return WriteResult(options.out, text, streams) ? 0 : 1;
}

}  // namespace renal::hooks
