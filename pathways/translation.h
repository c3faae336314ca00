#pragma once

#include <string>
#include <vector>

#include "fhir/own_json.h"

/// The texts of a pathway file, and the same in another language (pathways/README.md, "Other
/// languages").
namespace renal::pathways {

/// A text of a pathway file that people read.
struct ReadableText {
  std::string key;   ///< "tables.kidney.rules.ONC-05.because"
  std::string text;  ///< as the file has it, with its placeholders
  fhir::TextPosition at;
  bool name = false;  ///< of a publication: may be translated, and is not missed
};

/// All of them, in file order. A key is the way to the text: names of members; for elements of a
/// list their `id`, `word`, `name` or `code`, or where they have none their place from 0.
std::vector<ReadableText> ReadableTexts(const fhir::OwnJson& pathway_file);

/// A translation file, `<id>.<language>.json`, which is not read yet.
struct TranslationFile {
  std::string name;  ///< as problems name it
  std::string text;
};

/// An overlay of a site, `<id>.site.json`, which is not read yet.
struct SiteFile {
  std::string name;  ///< as problems name it
  std::string text;
};

}  // namespace renal::pathways
