#pragma once

#include <string>
#include <string_view>

#include "cards/internal/prose.h"
#include "cards/internal/view.h"

/// What people call the things that facts belong to: kidneys by the pathway's titles, metastases by
/// what the record says of them.
namespace renal::cards {

/// "right kidney"; "Metastasis: Structure of femur"; empty for the patient. Plain, not yet escaped.
///
/// A thing that the pathway has no title for is called by the site that is recorded, else by its
/// diagnosis, else by its date, else by its reference. Where several are called the same, date and
/// reference tell them apart.
std::string FocusTitle(const Scene& scene, const Focus& focus);
/// The same without the kind where the record's words begin with it: "Metastasis in the femur". One
/// line, also of what others wrote.
std::string ShortFocusTitle(const Scene& scene, const Focus& focus);
/// About() with the shorter title.
std::string ShortAbout(const Scene& scene, const Focus& focus, const std::vector<Index>& inputs);
/// As FocusTitle(), of a key alone.
std::string FocusTitle(const Scene& scene, std::string_view key);
/// As FocusTitle(), ready for a detail: what others wrote is escaped.
std::string FocusTitle(const Scene& scene, const Focus& focus, const Prose& prose);

/// Title of an input, with its focus where the record has several of that kind; plain.
std::string InputTitle(const Scene& scene, Index input, const Focus& focus);
/// As InputTitle(), ready for a detail.
std::string InputTitle(const Scene& scene, Index input, const Focus& focus, const Prose& prose);

}  // namespace renal::cards
