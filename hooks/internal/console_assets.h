#pragma once

#include <span>
#include <string>
#include <string_view>

#include "hooks/internal/profile_files.h"
#include "pathways/render.h"

/// The files of the console, inside the program: known by name, never read from a path.
namespace renal::hooks::internal {

/// The embedded files; the table is written by renal_embed_files() of the root CMakeLists.txt.
std::span<const Embedded> ConsoleFiles();

/// A file as it is sent.
struct ConsoleAsset {
  std::string name;
  std::string_view content_type;
  std::string text;
  std::string tag;  ///< entity tag, with its quotes
};

/// Among them "review.css", the style of the pathway's document, and "picture.css". Null if there
/// is none of that name.
const ConsoleAsset* FindAsset(std::string_view name);

/// A page as it is sent: its files are named from `root` on, "/renal/".
std::string PageText(const ConsoleAsset& page, std::string_view root);

/// What a page of the console needs where the pathway's document is its content.
pathways::ReviewFrame PathwayPageFrame(const std::string& root);

}  // namespace renal::hooks::internal
