#include "hooks/pathway_source.h"

#include <fstream>
#include <iterator>
#include <ostream>
#include <string>

#include "pathways/definitions.h"

namespace renal::hooks {
namespace {

constexpr std::string_view kEnding = ".pathway.json";

std::optional<std::string> ReadShipped(std::string_view name) {
  const auto shipped = pathways::EmbeddedFile(name);
  return shipped ? std::optional<std::string>(*shipped) : std::nullopt;
}

pathways::LoadOptions OptionsOf(const std::filesystem::path& folder) {
  return {.read_file = [folder](std::string_view name) {
    auto beside = folder.empty() ? std::nullopt : ReadText(folder / name);
    return beside ? std::move(beside) : ReadShipped(name);
  }};
}

}  // namespace

pathways::LoadResult LoadSource(const PathwayText& source,
                                const std::optional<std::filesystem::path>& site,
                                std::ostream& messages) {
  if (site) {
    messages << site->string() << ": overlays of a site cannot be read\n";
    return {};
  }
  pathways::LoadResult loaded = pathways::LoadPathway(source.name, source.text, source.options);
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

std::optional<PathwayText> ReadPathwayText(const std::string& file_or_id, std::ostream& messages) {
  const std::filesystem::path path(file_or_id);
  if (auto text = ReadText(path)) {
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
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

std::optional<std::pair<std::string, std::string>> ReadBeside(const PathwayText& pathway,
                                                              std::string_view kind) {
  std::string name = std::filesystem::path(pathway.name).filename().string();
  if (name.ends_with(kEnding)) name.resize(name.size() - kEnding.size());
  name += "." + std::string(kind) + ".json";
  auto text = pathway.folder.empty() ? ReadShipped(name) : ReadText(pathway.folder / name);
  if (!text) return std::nullopt;
  if (!pathway.folder.empty() && pathway.folder != ".") name = (pathway.folder / name).string();
  return std::pair(std::move(name), std::move(*text));
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
  const std::optional<std::string> text = ReadText(*file);
  if (!text) {
    messages << file->string() << ": the file cannot be read\n";
    return nullptr;
  }
  pathways::LoadResult loaded =
      pathways::LoadPathway(file->string(), *text, OptionsOf(file->parent_path()));
  for (const pathways::LoadProblem& problem : loaded.problems) {
    messages << problem.ToString() << '\n';
  }
  return std::move(loaded.pathway);
}

}  // namespace renal::hooks
