#pragma once

#include <span>
#include <string_view>

namespace renal::pathways::internal {

/// One file inside the program.
struct Embedded {
  std::string_view name;
  const char* begin;
  const char* end;
};

/// All of them; the table is written by renal_embed_files() of the root CMakeLists.txt.
std::span<const Embedded> EmbeddedFiles();

}  // namespace renal::pathways::internal
