#include "pathways/definitions.h"

#include <map>
#include <mutex>
#include <stdexcept>
#include <string>

#include "pathways/internal/embedded.h"
#include "pathways/load.h"

namespace renal::pathways {
namespace {

std::optional<std::string> ReadEmbedded(std::string_view name) {
  const auto text = EmbeddedFile(name);
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

std::shared_ptr<const Pathway> LoadEmbedded(const std::string& file, std::string_view text) {
  LoadResult result = LoadPathway(file, text, {.read_file = ReadEmbedded});
  if (result.pathway != nullptr) return result.pathway;
  std::string message = "the shipped pathway is defective";
  for (const LoadProblem& problem : result.problems) message += "\n" + problem.ToString();
  throw std::runtime_error(message);
}

}  // namespace

std::optional<std::string_view> EmbeddedFile(std::string_view name) {
  for (const internal::Embedded& file : internal::EmbeddedFiles()) {
    if (file.name != name) continue;
    return std::string_view(file.begin, static_cast<std::size_t>(file.end - file.begin));
  }
  return std::nullopt;
}

std::shared_ptr<const Pathway> ShippedPathway(std::string_view id) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const Pathway>, std::less<>> loaded;
  const std::lock_guard lock(mutex);
  const auto found = loaded.find(id);
  if (found != loaded.end()) return found->second;
  const std::string file = std::string(id) + ".pathway.json";
  const auto text = EmbeddedFile(file);
  if (!text) return nullptr;
  return loaded.emplace(id, LoadEmbedded(file, *text)).first->second;
}

}  // namespace renal::pathways
