#include "hooks/internal/console_assets.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "fhir/digest.h"
#include "pathways/html.h"
#include "pathways/picture.h"

namespace renal::hooks::internal {
namespace {

constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".svg", "image/svg+xml"},
};

ConsoleAsset AssetOf(std::string name, std::string text) {
  const auto* const type =
      std::ranges::find_if(kTypes, [&](const auto& row) { return name.ends_with(row.first); });
  std::string tag = "\"" + fhir::Sha256Hex(text).substr(0, 32) + "\"";
  return {.name = std::move(name),
          .content_type = type == std::end(kTypes) ? "application/octet-stream" : type->second,
          .text = std::move(text),
          .tag = std::move(tag)};
}

std::vector<ConsoleAsset> MakeAssets() {
  std::vector<ConsoleAsset> assets;
  for (const Embedded& file : ConsoleFiles()) {
    assets.push_back(AssetOf(std::string(file.name), std::string(file.begin, file.end)));
  }
  assets.push_back(AssetOf("review.css", pathways::ReviewStyle()));
  assets.push_back(AssetOf("picture.css", std::string(pathways::PictureStyle())));
  return assets;
}

}  // namespace

const ConsoleAsset* FindAsset(std::string_view name) {
  static const std::vector<ConsoleAsset> kAssets = MakeAssets();
  const auto found = std::ranges::find(kAssets, name, &ConsoleAsset::name);
  return found == kAssets.end() ? nullptr : &*found;
}

// Whatever path a page was asked for by, its files are where they are.
std::string PageText(const ConsoleAsset& page, std::string_view root) {
  constexpr std::string_view kRoot = "{root}";
  std::string text;
  std::string_view rest = page.text;
  for (std::size_t at = rest.find(kRoot); at != std::string_view::npos; at = rest.find(kRoot)) {
    text.append(rest.substr(0, at)).append(pathways::EscapeXml(root));
    rest.remove_prefix(at + kRoot.size());
  }
  return text.append(rest);
}

pathways::ReviewFrame PathwayPageFrame(const std::string& root) {
  const std::string files = root + "console/";
  return {.icon = files + "icon.svg",
          .styles = {files + "review.css", files + "site.css"},
          .scripts = {files + "pathway.js"},
          .before = "<nav class=\"site\" id=\"site\" data-root=\"" + pathways::EscapeXml(root) +
                    "\"></nav>\n",
          .after =
              "<section id=\"history\" hidden=\"hidden\"></section>\n"
              "<section id=\"measures\" hidden=\"hidden\"></section>\n"};
}

}  // namespace renal::hooks::internal
