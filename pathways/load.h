#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/own_json.h"
#include "pathways/pathway.h"
#include "pathways/translation.h"

/// From a pathway file (pathways/README.md) to a Pathway that can be evaluated: every name
/// resolved, every cell and expression compiled, every limit checked. Whatever is wrong is reported
/// at once.
namespace renal::pathways {

/// One thing wrong, or worth a look, in a file.
struct LoadProblem {
  enum class Level : std::uint8_t { kError, kWarning, kInfo };
  std::string file;
  int line = 1;    ///< from 1
  int column = 1;  ///< from 1, in bytes
  std::string id;  ///< of pathway-format section 11: "L101"
  Level level = Level::kError;
  std::string message;  ///< what is wrong, and what to do

  /// "file:line:column: error L101: message".
  std::string ToString() const;
};

/// "error", "warning", "info".
const char* Spelling(LoadProblem::Level level);

struct LoadOptions {
  /// The text of a value-set file that the pathway names; nothing if there is no such file. Never
  /// called with a path: names hold letters, digits, `.`, `_` and `-` only.
  std::function<std::optional<std::string>(std::string_view name)> read_file;
  /// Values in place of those that the file gives its parameters, by name: a site's choice, or a corner
  /// of the allowed ranges. A value outside the parameter's range is an error at the parameter.
  std::vector<std::pair<std::string, std::string>> parameters;
  /// The words of another language: the same rules and the same hash. A text that it lacks stays as the
  /// file has it, and is reported (L801).
  std::optional<TranslationFile> translation;
  /// The site's own choices (README "Site overlay"); `parameters` go before its values. What is wrong
  /// with it is a problem of its file: an overlay of another pathway or version, an unknown parameter, a
  /// value outside the range. An approval that names another content is reported (L502) and does not
  /// count.
  std::optional<SiteFile> site;
};

struct LoadResult {
  std::shared_ptr<const Pathway> pathway;  ///< null if there is an error among the problems
  std::vector<LoadProblem> problems;       ///< by place in the file
  /// The file as it was read, in its own language, for tools that need what evaluation does not; null if it is no JSON.
  std::shared_ptr<const fhir::OwnJson> document;
};

/// Reads one pathway. `file_name` stands in the problems. Never throws for what is in the text.
LoadResult LoadPathway(std::string_view file_name, std::string_view text,
                       const LoadOptions& options);

}  // namespace renal::pathways
