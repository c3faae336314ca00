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

/// A shipped pathway by its id, loaded at the first call and kept. Null if none has that id. Throws
/// std::runtime_error naming every problem if the shipped file is defective. Any thread.
std::shared_ptr<const Pathway> ShippedPathway(std::string_view id);

}  // namespace renal::pathways
