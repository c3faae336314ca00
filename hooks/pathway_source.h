#pragma once

#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/own_json.h"
#include "hooks/batch.h"
#include "pathways/governance.h"
#include "pathways/load.h"
#include "pathways/pathway.h"

namespace renal::hooks {

/// Id of the pathway that is used unless a file is named.
inline constexpr std::string_view kDefaultPathway = "onc-kidney-2018";

/// The shipped pathway, or that of `file`. The value sets that a file names are looked for beside
/// it, then among the shipped ones. What is wrong with a file goes to `messages`, a line each; null
/// if it cannot be used.
std::shared_ptr<const pathways::Pathway> OpenPathway(
    const std::optional<std::filesystem::path>& file, std::ostream& messages);

/// One pathway in the languages that it can be read in, its own first.
using PathwayEditions = std::vector<std::shared_ptr<const pathways::Pathway>>;

/// Files that a command evaluates with; what is not named is shipped, or not there.
struct PathwayFiles {
  std::optional<std::filesystem::path> pathway;
  std::optional<std::filesystem::path> site;    ///< overlay of the site
  std::optional<std::filesystem::path> shadow;  ///< a pathway that is evaluated but not shown
};

/// As OpenPathway(), with the overlay of a site, and with a translation into each language of the
/// card catalogues of which there is a file, `<id>.<language>.json` beside the pathway file. Empty if the pathway or a translation cannot be
/// used, or there are no card words in the pathway's own language.
PathwayEditions OpenEditions(const PathwayFiles& files, std::ostream& messages);

/// What a server answers with.
struct ServedPathways {
  PathwayEditions editions;
  std::shared_ptr<const pathways::Pathway> shadow;  ///< null: none
  /// The file of the pathway, for its FHIR form; null: that is not served.
  std::shared_ptr<const fhir::OwnJson> document;
};

/// All that `files` name, and shown or run in shadow as governance allows (pathways/governance.h);
/// nothing, with messages, unless all of it can be served.
std::optional<ServedPathways> OpenServed(const PathwayFiles& files, pathways::Reach reach,
                                         std::ostream& messages);

/// The edition in a language; null, with a message, if there is none.
std::shared_ptr<const pathways::Pathway> FindEdition(const PathwayEditions& editions,
                                                     std::string_view language,
                                                     std::ostream& messages);

/// A pathway file that is not loaded yet.
struct PathwayText {
  std::string name;  ///< as problems name it
  std::string text;
  std::filesystem::path folder;   ///< where files beside it are; empty for a shipped one
  pathways::LoadOptions options;  ///< reads value sets beside it, then shipped ones
};

/// The text of a file, or of the shipped pathway with that id where there is no such file. What is
/// wrong goes to `messages`; nothing then.
std::optional<PathwayText> ReadPathwayText(const std::string& file_or_id, std::ostream& messages);

/// Loads a pathway file together with the overlay of a site, where one is named. What is wrong goes
/// to `messages`, a line each; no pathway then.
pathways::LoadResult LoadSource(const PathwayText& source,
                                const std::optional<std::filesystem::path>& site,
                                std::ostream& messages);

/// Text of a regular file; nothing if it cannot be read.
std::optional<std::string> ReadText(const std::filesystem::path& path);

/// A file and how messages name it.
struct NamedText {
  std::string name, text;
};

/// The text of a file that a command line names; nothing, with a message, if it cannot be read.
std::optional<NamedText> ReadNamed(const std::filesystem::path& path, std::ostream& messages);

/// The file `<id>.<kind>.json` beside a pathway file `<id>.pathway.json`, or the shipped one;
/// nothing if there is none.
std::optional<NamedText> ReadBeside(const PathwayText& pathway, std::string_view kind);

/// Writes a result to `out`, or to the standard output of `streams` where there is none. False,
/// with a message, if it cannot be written whole.
bool WriteResult(const std::optional<std::filesystem::path>& out, std::string_view text,
                 const Streams& streams);

}  // namespace renal::hooks
