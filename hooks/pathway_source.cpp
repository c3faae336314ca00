#include "hooks/pathway_source.h"

#include <fstream>
#include <iterator>
#include <ostream>
#include <string>

#include "pathways/definitions.h"
#include "pathways/load.h"

namespace renal::hooks {
namespace {

std::optional<std::string> ReadText(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  return file.bad() || !file.is_open() ? std::nullopt : std::optional(std::move(text));
}

}  // namespace

std::shared_ptr<const pathways::Pathway> OpenPathway(
    const std::optional<std::filesystem::path>& file, std::ostream& messages) {
  if (!file) return pathways::ShippedPathway(kDefaultPathway);
  const std::optional<std::string> text = ReadText(*file);
  if (!text) {
    messages << file->string() << ": the file cannot be read\n";
    return nullptr;
  }
  const auto read_beside = [&](std::string_view name) -> std::optional<std::string> {
    if (auto beside = ReadText(file->parent_path() / name)) return beside;
    const auto shipped = pathways::EmbeddedFile(name);
    return shipped ? std::optional<std::string>(*shipped) : std::nullopt;
  };
  pathways::LoadResult loaded =
      pathways::LoadPathway(file->string(), *text, {.read_file = read_beside});
  for (const pathways::LoadProblem& problem : loaded.problems) {
    messages << problem.ToString() << '\n';
  }
  return std::move(loaded.pathway);
}

}  // namespace renal::hooks
