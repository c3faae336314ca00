#pragma once

#include <span>
#include <string_view>

namespace renal::hooks::internal {

/// One file inside the program.
struct Embedded {
  std::string_view name;
  const char* begin;
  const char* end;
};

/// The shipped client profiles; the table is written by renal_embed_files() of the root
/// CMakeLists.txt.
std::span<const Embedded> ProfileFiles();

}  // namespace renal::hooks::internal
