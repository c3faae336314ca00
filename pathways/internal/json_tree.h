#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/own_json.h"

/// Trees of JSON made here, and read back: values without a place in a file.
namespace renal::pathways::internal {

fhir::OwnJson JsonText(std::string_view text);
fhir::OwnJson JsonFlag(bool value);
fhir::OwnJson JsonWhole(std::int64_t value);
fhir::OwnJson JsonList(std::vector<fhir::OwnJson> items = {});
fhir::OwnJson JsonList(const std::vector<std::string>& texts);
fhir::OwnJson JsonObject(std::vector<std::pair<std::string, fhir::OwnJson>> members = {});
fhir::OwnJson JsonReference(std::string_view reference);  ///< a FHIR Reference
/// A FHIR Coding and CodeableConcept of one code.
fhir::OwnJson JsonCoding(std::string_view system, std::string_view code);
fhir::OwnJson JsonConcept(std::string_view system, std::string_view code);

/// Adds a member at the end. FHIR knows no empty string, list or object: these are left out.
void Put(fhir::OwnJson& object, std::string_view name, fhir::OwnJson value);
void Put(fhir::OwnJson& object, std::string_view name, std::string_view text);
/// Puts a value in place of a member, or adds it at the end.
void Set(fhir::OwnJson& object, std::string_view name, fhir::OwnJson value);

bool IsText(const fhir::OwnJson* node);  ///< a string; false for null
/// Text of a member that is a string, else empty.
const std::string& TextAt(const fhir::OwnJson& object, std::string_view name);
/// The member; a value of type kAbsent where there is none.
const fhir::OwnJson& MemberAt(const fhir::OwnJson& object, std::string_view name);
/// True if both are the same value; `ordered`: with the members of objects in the same order.
bool SameJson(const fhir::OwnJson& a, const fhir::OwnJson& b, bool ordered = false);
/// The texts of a list of strings that is not empty; none where it is anything else.
std::vector<std::string> TextList(const fhir::OwnJson* list);

/// One line, members in their order.
std::string CompactText(const fhir::OwnJson& value);
/// Indented by two blanks, with a line end.
std::string IndentedText(const fhir::OwnJson& value);
/// Depth of arrays and objects together; 0 for a scalar.
std::size_t DepthOf(const fhir::OwnJson& value);

}  // namespace renal::pathways::internal
