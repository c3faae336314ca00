#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "pathways/pathway.h"

/// The files that are part of the program: the shipped pathways and their value sets.
namespace renal::pathways {

/// Text of an embedded file by its name without folder: "onc-kidney-2018.pathway.json", "t4.json".
/// Valid while the program runs; nothing if there is no such file.
std::optional<std::string_view> EmbeddedFile(std::string_view name);

/// A shipped pathway by its id, with the words of a language or, where that is empty, of the file; loaded at
/// the first call and kept. Null if none has that id, or none of that id that language. Throws
/// std::runtime_error naming every problem if a shipped file is defective. Any thread.
std::shared_ptr<const Pathway> ShippedPathway(std::string_view id, std::string_view language = {});

}  // namespace renal::pathways
