#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/own_json.h"

namespace renal::pathways::internal {

/// One readable text where it stands.
template <class Node>
struct TextPlace {
  std::string key;
  Node* owner = nullptr;  ///< the object or list that holds it
  Node* node = nullptr;
  std::string member;  ///< its name in an object
  bool name = false;   ///< of a publication
};

/// The readable texts of a file, in file order; `owner` and `node` point into it.
std::vector<TextPlace<const fhir::OwnJson>> TextsOf(const fhir::OwnJson& root);
std::vector<TextPlace<fhir::OwnJson>> TextsOf(fhir::OwnJson& root);

/// Names between braces: "{rules}" gives "rules".
std::set<std::string> PlaceholdersOf(std::string_view text);

}  // namespace renal::pathways::internal
