#pragma once

#include <optional>
#include <string>

#include "fhir/fhirpath.h"
#include "pathways/pathway.h"

namespace renal::pathways {

/// Reads an item of FHIRPath as the value of an input: converts types, makes intervals of comparators,
/// Ranges and partial dates. Nothing if it cannot be read as that type and unit (unusable).
std::optional<Value> ReadValue(const Input& input, const fhir::fhirpath::Item& item);

/// False if the value lies outside the plausible range of the input. Open ends are set to that range: "< 7 cm"
/// becomes what is plausible below 7 cm.
bool MakePlausible(const Input& input, Value& value);

/// The item as it was recorded, for display: "70 'mm'", "< 7 'cm'", "true", a code.
std::string RecordedText(const fhir::fhirpath::Item& item);

/// Adds the value as a FHIRPath variable has it: a Boolean, a code as a String, a number, a Quantity, a
/// Range; nothing where it is a date beyond the calendar.
void AddItem(const Input& input, const Value& value, fhir::fhirpath::Collection& items);

}  // namespace renal::pathways
