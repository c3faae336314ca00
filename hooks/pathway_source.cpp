#include "hooks/pathway_source.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <utility>
#include <variant>

#include "cards/catalogue.h"
#include "fhir/own_json.h"
#include "pathways/definitions.h"
#include "pathways/lint.h"

namespace renal::hooks {
namespace {

constexpr std::string_view kEnding = ".pathway.json";

std::optional<std::string> ReadShipped(std::string_view name) {
  const auto shipped = pathways::EmbeddedFile(name);
  return shipped ? std::optional<std::string>(*shipped) : std::nullopt;
}

std::filesystem::path FolderOf(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

pathways::LoadOptions OptionsOf(const std::filesystem::path& folder) {
  return {.read_file = [folder](std::string_view name) {
    auto beside = folder.empty() ? std::nullopt : ReadText(folder / name);
    return beside ? std::move(beside) : ReadShipped(name);
  }};
}

/// A file by its path alone, whatever shipped pathway has that name.
std::optional<PathwayText> ReadFile(const std::filesystem::path& file, std::ostream& messages) {
  auto read = ReadNamed(file, messages);
  if (!read) return std::nullopt;
  return PathwayText{std::move(read->name), std::move(read->text), FolderOf(file),
                     OptionsOf(FolderOf(file))};
}

/// Loads it, with a translation if there is one.
std::shared_ptr<const pathways::Pathway> Load(const PathwayText& file,
                                              std::optional<NamedText> translation,
                                              std::ostream& messages) {
  pathways::LoadOptions options = file.options;
  if (translation) {
    options.translation = {std::move(translation->name), std::move(translation->text)};
  }
  pathways::LoadResult loaded = pathways::LoadPathway(file.name, file.text, options);
  for (const pathways::LoadProblem& problem : loaded.problems) {
    // What the file says in its own language, it says once.
    const bool again = translation && problem.file == file.name && problem.id != "L801";
    if (!again || problem.level == pathways::LoadProblem::Level::kError) {
      messages << problem.ToString() << '\n';
    }
  }
  return std::move(loaded.pathway);
}

bool AddSite(PathwayText& file, const std::filesystem::path& site, std::ostream& messages) {
  auto read = ReadNamed(site, messages);
  if (!read) return false;
  file.options.site = {std::move(read->name), std::move(read->text)};
  return true;
}

}  // namespace

pathways::LoadResult LoadSource(const PathwayText& source,
                                const std::optional<std::filesystem::path>& site,
                                std::ostream& messages) {
  PathwayText file = source;
  if (site && !AddSite(file, *site, messages)) return {};
  pathways::LoadResult loaded = pathways::LoadPathway(file.name, file.text, file.options);
  for (const pathways::LoadProblem& problem : loaded.problems) {
    messages << problem.ToString() << '\n';
  }
  return loaded;
}

std::optional<std::string> ReadText(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  return file.bad() || !file.is_open() ? std::nullopt : std::optional(std::move(text));
}

std::optional<NamedText> ReadNamed(const std::filesystem::path& path, std::ostream& messages) {
  auto text = ReadText(path);
  if (text) return NamedText{path.string(), *std::move(text)};
  messages << path.string() << ": the file cannot be read\n";
  return std::nullopt;
}

std::optional<PathwayText> ReadPathwayText(const std::string& file_or_id, std::ostream& messages) {
  const std::filesystem::path path(file_or_id);
  if (auto text = ReadText(path)) {
    const auto folder = FolderOf(path);
    return PathwayText{file_or_id, std::move(*text), folder, OptionsOf(folder)};
  }
  const std::string name = file_or_id + std::string(kEnding);
  if (auto text = ReadShipped(name)) {
    return PathwayText{name, std::move(*text), {}, OptionsOf({})};
  }
  messages << file_or_id
           << ": no file that can be read, and no shipped pathway has that id. Give the path of a "
              "pathway file, or \""
           << kDefaultPathway << "\"\n";
  return std::nullopt;
}

std::optional<NamedText> ReadBeside(const PathwayText& pathway, std::string_view kind) {
  std::string name = std::filesystem::path(pathway.name).filename().string();
  if (name.ends_with(kEnding)) name.resize(name.size() - kEnding.size());
  name += "." + std::string(kind) + ".json";
  auto text = pathway.folder.empty() ? ReadShipped(name) : ReadText(pathway.folder / name);
  if (!text) return std::nullopt;
  if (!pathway.folder.empty() && pathway.folder != ".") name = (pathway.folder / name).string();
  return NamedText{std::move(name), std::move(*text)};
}

bool WriteResult(const std::optional<std::filesystem::path>& out, std::string_view text,
                 const Streams& streams) {
  if (!out) {
    streams.out << text << std::flush;
    if (!streams.out) streams.messages << "renalpath: the standard output cannot be written\n";
    return static_cast<bool>(streams.out);
  }
  std::ofstream file(*out, std::ios::binary | std::ios::trunc);
  file << text << std::flush;
  if (!file) streams.messages << out->string() << ": the file cannot be written\n";
  return static_cast<bool>(file);
}

std::shared_ptr<const pathways::Pathway> OpenPathway(
    const std::optional<std::filesystem::path>& file, std::ostream& messages) {
  if (!file) return pathways::ShippedPathway(kDefaultPathway);
  const auto text = ReadFile(*file, messages);
  return text ? Load(*text, std::nullopt, messages) : nullptr;
}

PathwayEditions OpenEditions(const PathwayFiles& files, std::ostream& messages) {
  const bool shipped = !files.pathway && !files.site;  // loaded once, and kept
  auto text = shipped         ? std::nullopt
              : files.pathway ? ReadFile(*files.pathway, messages)
                              : ReadPathwayText(std::string(kDefaultPathway), messages);
  if (!shipped && !text) return {};
  if (files.site && !AddSite(*text, *files.site, messages)) return {};
  PathwayEditions editions = {text ? Load(*text, std::nullopt, messages)
                                   : pathways::ShippedPathway(kDefaultPathway)};
  if (editions.front() == nullptr) return {};
  const std::string& own = editions.front()->language;
  if (cards::Catalogue::Of(own) == nullptr) {
    messages << "renalpath: the pathway is in \"" << own << "\", a language without card words\n";
    return {};
  }
  for (const std::string& language : cards::Catalogue::Languages()) {
    if (language == own) continue;
    auto translation = text ? ReadBeside(*text, language) : std::nullopt;
    if (text && !translation) continue;
    auto edition = text ? Load(*text, std::move(translation), messages)
                        : pathways::ShippedPathway(kDefaultPathway, language);
    if (edition == nullptr && text) return {};
    if (edition != nullptr) editions.push_back(std::move(edition));
  }
  return editions;
}

namespace {

/// The pathway file itself, which has been loaded before.
std::shared_ptr<const fhir::OwnJson> ReadDocument(const PathwayFiles& files,
                                                  std::ostream& messages) {
  const auto text = files.pathway ? ReadFile(*files.pathway, messages)
                                  : ReadPathwayText(std::string(kDefaultPathway), messages);
  if (!text) return nullptr;
  auto read = fhir::ReadOwnJson(text->text);
  auto* root = std::get_if<fhir::OwnJson>(&read);
  return root == nullptr ? nullptr : std::make_shared<const fhir::OwnJson>(std::move(*root));
}

}  // namespace

std::optional<ServedPathways> OpenServed(const PathwayFiles& files, pathways::Reach reach,
                                         std::ostream& messages) {
  ServedPathways served{OpenEditions(files, messages), nullptr, nullptr};
  if (served.editions.empty()) return std::nullopt;
  served.document = ReadDocument(files, messages);
  auto objections = pathways::ServeObjections(*served.editions.front(), reach);
  std::ranges::copy(pathways::ProofObjections(*served.editions.front()),
                    std::back_inserter(objections));
  if (files.shadow) {
    served.shadow = OpenPathway(files.shadow, messages);
    if (served.shadow == nullptr) return std::nullopt;
    std::ranges::copy(pathways::ShadowObjections(*served.shadow), std::back_inserter(objections));
  }
  for (const std::string& objection : objections) messages << "renalpath: " << objection << '\n';
  if (!objections.empty()) return std::nullopt;
  return served;
}

std::shared_ptr<const pathways::Pathway> FindEdition(const PathwayEditions& editions,
                                                     std::string_view language,
                                                     std::ostream& messages) {
  const auto found = std::ranges::find_if(
      editions, [&](const auto& edition) { return edition->language == language; });
  if (found != editions.end()) return *found;
  messages << "renalpath: the pathway has no translation into \"" << language
           << "\": add one beside it, or choose another --language\n";
  return nullptr;
}

}  // namespace renal::hooks
