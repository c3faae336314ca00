#pragma once

#include <cstddef>
#include <string_view>

#include <simdjson.h>

#include "fhir/json.h"

/// Looking through objects where it happens so often that a call for each member is too much.
namespace renal::fhir {

/// The place of a value on its document's tape.
struct JsonAccess {
  static const simdjson::dom::document* DocumentOf(const Json& json) {
    return static_cast<const simdjson::dom::document*>(json.document_);
  }
  static Json ValueAt(const simdjson::dom::document* document, std::size_t index) {
    return {document, index};
  }
};

/// Calls `visit` with name and value of each member of `object`, which must be one, in document
/// order, until it gives true.
template <class Visit>
void VisitMembers(const Json& object, const Visit& visit) {
  using simdjson::internal::tape_ref;
  const auto* document = JsonAccess::DocumentOf(object);
  const std::size_t closing = tape_ref(document, object.index()).matching_brace_index() - 1;
  for (std::size_t name = object.index() + 1; name < closing;
       name = tape_ref(document, name + 1).after_element()) {
    const std::string_view text = tape_ref(document, name).get_string_view();
    if (visit(text, JsonAccess::ValueAt(document, name + 1))) return;
  }
}

}  // namespace renal::fhir
