#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "fhir/date_time.h"
#include "hooks/batch.h"
#include "pathways/render.h"

/// `renalpath pathway …`: what authors, reviewers and operators do with pathway files. A pathway is
/// named by its file or by the id of a shipped one. Each command gives the exit status: 0 success,
/// 1 a check failed or something could not be read or written, 2 wrong use.
namespace renal::hooks {

/// `pathway lint`: everything wrong or worth a look, of every file.
struct LintOptions {
  enum class Level : std::uint8_t { kError, kWarning, kInfo };
  std::vector<std::string> pathways;
  bool json = false;
  Level level = Level::kInfo;                     ///< least level shown
  std::optional<std::filesystem::path> cases;     ///< test file, instead of the one beside
  std::optional<std::filesystem::path> site;      ///< overlay that is linted with it
  std::optional<std::filesystem::path> previous;  ///< the last active version
  std::optional<fhir::DateTime> now;              ///< instead of the system's clock
};
int RunPathwayTool(const LintOptions& options, const Streams& streams);

/// `pathway test`: runs test files; ends with "N passed, N failed".
struct TestOptions {
  std::vector<std::string> pathways;
  std::optional<std::filesystem::path> cases;
  std::optional<std::filesystem::path> site;
  bool coverage = false;                       ///< prints what the cases leave untested
  bool boundaries = false;                     ///< prints the test file with skeletons
  std::optional<std::filesystem::path> junit;  ///< results as JUnit XML
  std::optional<std::filesystem::path> out;
};
int RunPathwayTool(const TestOptions& options, const Streams& streams);

/// `pathway render`: the review document.
struct RenderOptions {
  std::string pathway;
  bool html = false;
  std::optional<std::filesystem::path> cases, site, previous, out;
  std::optional<fhir::DateTime> now;
};
int RunPathwayTool(const RenderOptions& options, const Streams& streams);

/// What that document is written from. Nothing, with messages, if a file has errors or cannot be
/// read.
std::optional<pathways::Review> ReadReview(const RenderOptions& options, std::ostream& messages);

/// `pathway diff`: for which patients two versions decide differently. Status 0 whether or not they
/// do.
struct DiffOptions {
  std::string before, after;
  bool json = false;
  std::optional<std::filesystem::path> cohort;  ///< folder of requests or Bundles to count on
  std::optional<std::filesystem::path> out;
  std::optional<fhir::DateTime> now;
};
int RunPathwayTool(const DiffOptions& options, const Streams& streams);

/// `pathway export`: the FHIR R4 Bundle of a pathway.
struct ExportOptions {
  std::string pathway;
  std::optional<std::filesystem::path> out;
};
int RunPathwayTool(const ExportOptions& options, const Streams& streams);

/// `pathway import`: the pathway file of a Bundle or PlanDefinition.
struct ImportOptions {
  std::filesystem::path bundle;
  std::optional<std::filesystem::path> out;
};
int RunPathwayTool(const ImportOptions& options, const Streams& streams);

/// `pathway replay`: evaluates the inputs of outcomes again and holds the results against them.
struct ReplayOptions {
  std::vector<std::filesystem::path> outcomes;  ///< one outcome each, or one a line
  std::optional<std::string> pathway;  ///< instead of the shipped one that the outcome names
  std::optional<std::filesystem::path> site;
};
int RunPathwayTool(const ReplayOptions& options, const Streams& streams);

}  // namespace renal::hooks
