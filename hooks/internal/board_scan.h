#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What a text of an export holds, and of whom.
namespace renal::hooks::internal {

/// A part of a text that belongs to one patient, or to none.
struct ScannedPart {
  std::string patient;  ///< id; empty: a resource of no patient, that others may name
  std::vector<std::string> references;  ///< of a resource of no patient: what others call it
  std::string text;                     ///< a Bundle of its own; empty: the whole text
  bool apart = false;                   ///< a call of a hook: evaluated by itself
};

struct Scanned {
  std::vector<ScannedPart> parts;
  std::string problem;  ///< why something of it cannot be used; empty: nothing
};

/// Looks at a CDS Hooks request, a Bundle or a single resource. A Bundle with one Patient is left
/// whole: it is the record of that patient. Of any other each entry goes to the patient that it
/// names, by id or by the URL that the Bundle gives to a Patient. Never throws for what is in the
/// text.
Scanned ScanText(std::string_view text);

}  // namespace renal::hooks::internal
