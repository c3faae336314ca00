#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/own_json.h"

/// What of a pathway file has no element in FHIR goes into extensions of the project: every member
/// of an object becomes a part, whatever its name is, so that what the format gains later survives
/// too.
namespace renal::pathways::internal {

/// URL of an extension of the project; `name` is that of its file in fhir_extensions/.
std::string ExtensionUrl(std::string_view name);

/// True for a text that FHIR takes as a string: not empty, no control characters but tab and line
/// ends, nothing but blanks neither.
bool FitsString(std::string_view text);
bool FitsCode(std::string_view text);  ///< no blank at an end, no two together
bool FitsUri(std::string_view text);   ///< not empty, no white space

/// A member as an extension inside a complex one: strings, Booleans and integers as values, lists
/// and objects as parts of parts (the elements of a list are called `item`); whatever fits none of
/// these as its JSON text, in a part called `json`.
fhir::OwnJson PartOf(std::string_view name, const fhir::OwnJson& value);
/// The reverse of PartOf; kAbsent where the extension has neither.
fhir::OwnJson ValueOfPart(const fhir::OwnJson& extension);

/// The members of `object` as one extension of the project; kAbsent without members.
fhir::OwnJson ExtensionOf(std::string_view name, const fhir::OwnJson& object);
/// The object of the project's extension on `element`; an empty object where there is none.
fhir::OwnJson ObjectOfExtension(const fhir::OwnJson& element, std::string_view name);
/// The project's extension on `element`; null where there is none.
const fhir::OwnJson* FindExtension(const fhir::OwnJson& element, std::string_view name);
/// Any extension of `element`, by its URL.
const fhir::OwnJson* FindExtensionUrl(const fhir::OwnJson& element, std::string_view url);

/// Members of an object of the file that no element of FHIR has taken yet.
class Leftover {
 public:
  explicit Leftover(const fhir::OwnJson& object) : rest_(object) {}

  /// The member's text if it is a string that `fits`, which is then taken; else empty.
  std::string Take(std::string_view name, bool (*fits)(std::string_view) = FitsString);
  /// The member, whatever it is, counts as taken.
  void Drop(std::string_view name);
  /// Something that no member says is put among the rest.
  void Keep(std::string_view name, fhir::OwnJson value);

  bool empty() const { return rest_.members.empty(); }
  const fhir::OwnJson& rest() const { return rest_; }
  fhir::OwnJson Extension(std::string_view name) const { return ExtensionOf(name, rest_); }

 private:
  fhir::OwnJson rest_;
};

/// A list of extensions out of those that are not kAbsent.
fhir::OwnJson ExtensionList(std::vector<fhir::OwnJson> extensions);

}  // namespace renal::pathways::internal
