#include "pathways/definitions.h"

#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include "pathways/internal/embedded.h"
#include "pathways/load.h"

namespace renal::pathways {
namespace {

std::optional<std::string> ReadEmbedded(std::string_view name) {
  const auto text = EmbeddedFile(name);
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

std::shared_ptr<const Pathway> LoadEmbedded(const std::string& file, std::string_view text,
                                            std::optional<TranslationFile> translation) {
  LoadResult result = LoadPathway(
      file, text, {.read_file = ReadEmbedded, .translation = std::move(translation)});
  if (result.pathway != nullptr) return result.pathway;
  std::string message = "the shipped pathway is defective";
  for (const LoadProblem& problem : result.problems) message += "\n" + problem.ToString();
  throw std::runtime_error(message);
}

std::shared_ptr<const Pathway> LoadShipped(const std::string& id, const std::string& language) {
  const std::string file = id + ".pathway.json";
  const auto text = EmbeddedFile(file);
  if (!text) return nullptr;
  auto original = LoadEmbedded(file, *text, std::nullopt);
  if (language.empty() || language == original->language) return original;
  const std::string name = id + "." + language + ".json";
  const auto translation = EmbeddedFile(name);
  if (!translation) return nullptr;
  return LoadEmbedded(file, *text, TranslationFile{name, std::string(*translation)});
}

}  // namespace

std::optional<std::string_view> EmbeddedFile(std::string_view name) {
  for (const internal::Embedded& file : internal::EmbeddedFiles()) {
    if (file.name != name) continue;
    return std::string_view(file.begin, static_cast<std::size_t>(file.end - file.begin));
  }
  return std::nullopt;
}

std::shared_ptr<const Pathway> ShippedPathway(std::string_view id, std::string_view language) {
  static std::mutex mutex;
  static std::map<std::pair<std::string, std::string>, std::shared_ptr<const Pathway>> loaded;
  const std::lock_guard lock(mutex);
  const std::pair key{std::string(id), std::string(language)};
  const auto found = loaded.find(key);
  if (found != loaded.end()) return found->second;
  auto pathway = LoadShipped(key.first, key.second);
  return pathway == nullptr ? nullptr : loaded.emplace(key, std::move(pathway)).first->second;
}

}  // namespace renal::pathways
