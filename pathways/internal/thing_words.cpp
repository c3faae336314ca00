#include "pathways/internal/thing_words.h"

#include <initializer_list>
#include <string>
#include <utility>

#include "pathways/internal/words.h"

namespace renal::pathways {
namespace {

using fhir::Json;

std::string TextOf(const Json& value) {
  return value.is_string() ? std::string(value.string()) : std::string();
}

// The display that a value set of the pathway gives a code which the record holds without words. It
// is the code system's own, in English, and none of ours in another language.
std::string KnownDisplay(const Pathway& pathway, const Json& coding) {
  if (!pathway.language.starts_with("en")) return {};
  const std::string system = TextOf(coding["system"]), code = TextOf(coding["code"]);
  if (code.empty()) return {};
  for (const auto& [alias, set] : pathway.value_sets) {
    if (!set->Contains(system, code)) continue;
    for (const fhir::Concept& known : set->concepts()) {
      const bool same = known.system == system && known.code == code;
      if (same && !known.display.empty()) return known.display;
    }
  }
  return {};
}

// Words of a CodeableConcept: its text, a display, or that of a value set.
std::string WordsOf(const Pathway& pathway, const Json& codeable) {
  std::string words = TextOf(codeable["text"]);
  for (const Json::Entry coding : codeable["coding"]) {
    if (words.empty()) words = TextOf(coding.value["display"]);
  }
  for (const Json::Entry coding : codeable["coding"]) {
    if (words.empty()) words = KnownDisplay(pathway, coding.value);
  }
  return words;
}

void Append(std::string& words, const std::string& more) {
  if (more.empty()) return;
  words += words.empty() ? more : ", " + more;
}

// A site with what qualifies it: the codeable concepts among its extensions, the side for example.
std::string SiteWords(const Pathway& pathway, const Json& site) {
  std::string words = WordsOf(pathway, site);
  if (words.empty()) return words;
  for (const Json::Entry extension : site["extension"]) {
    Append(words, WordsOf(pathway, extension.value["valueCodeableConcept"]));
  }
  return words;
}

// Of a Condition there are several sites, of an Observation one; else that of a linked
// BodyStructure.
std::string SiteOf(const Pathway& pathway, const fhir::Record& record, const Json& resource) {
  const Json sites = resource["bodySite"];
  if (sites.is_object()) return SiteWords(pathway, sites);
  std::string words;
  for (const Json::Entry site : sites) Append(words, SiteWords(pathway, site.value));
  if (!words.empty()) return words;
  for (const Json::Entry link : resource["focus"]) {
    const Json structure = record.Resolve(TextOf(link.value["reference"]), resource);
    if (words.empty()) words = SiteWords(pathway, structure["location"]);
    if (words.empty()) continue;
    for (const Json::Entry qualifier : structure["locationQualifier"]) {
      Append(words, WordsOf(pathway, qualifier.value));
    }
    break;
  }
  return words;
}

std::string TimeOf(const Json& resource) {
  for (const char* member : {"recordedDate", "onsetDateTime", "effectiveDateTime", "issued"}) {
    if (resource[member].is_string()) return TextOf(resource[member]);
  }
  return TextOf(resource["effectivePeriod"]["start"]);
}

}  // namespace

void NameThing(const Pathway& pathway, const fhir::Record& record, const Instance& thing,
               FocusInstance& named) {
  for (const Json& resource : thing.resources) {
    if (named.site.empty()) named.site = Cut(SiteOf(pathway, record, resource));
    // The code of an Observation names the finding, not the thing.
    const bool diagnosis = TextOf(resource["resourceType"]) == "Condition";
    if (named.text.empty() && diagnosis) named.text = Cut(WordsOf(pathway, resource["code"]));
    if (named.time.empty()) named.time = Cut(TimeOf(resource));
  }
}

}  // namespace renal::pathways
