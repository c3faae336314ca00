#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/internal/fhirpath_eval.h"

/// The functions of the language (pathway-format 6.4), in one table a group.
namespace renal::fhir::fhirpath {

/// How the compiler reads an argument.
enum class Argument : char {
  kValue = 'v',      ///< evaluated once, where the call stands
  kCriteria = 'c',   ///< evaluated by the function, with the item as focus
  kType = 't',       ///< a type name
  kValueSet = 's',   ///< a literal that names a value set
  kPrecision = 'p',  ///< a literal calendar word
  kLabel = 'l',      ///< a literal text
};

struct Function {
  std::string_view name;
  std::string_view arguments;  ///< one character of Argument each
  std::size_t required = 0;    ///< how many of them must be there
  Op::Run run = nullptr;       ///< or
  Op::Test test = nullptr;
};

/// Whether a call with that number of arguments fits.
inline bool TakesArguments(const Function& function, std::size_t given) {
  return given >= function.required && given <= function.arguments.size();
}

/// The functions of the profile; null for another name.
const Function* FindFunction(std::string_view name);
/// Their names, in the order of the groups.
std::vector<std::string> FunctionNames();
/// Functions of the standard outside the profile, for conformance tests only; null for another
/// name.
const Function* FindExtraFunction(std::string_view name);
/// Whether the standard has that function and the profile has it not, by intention.
bool IsOutsideProfile(std::string_view name);

std::span<const Function> ExistenceFunctions();
std::span<const Function> FilteringFunctions();
std::span<const Function> ConversionFunctions();
std::span<const Function> StringFunctions();
std::span<const Function> MathFunctions();
std::span<const Function> DateFunctions();
std::span<const Function> FhirFunctions();

// Outside the profile.
std::span<const Function> ExtraCollectionFunctions();
std::span<const Function> ExtraTextFunctions();
std::span<const Function> ExtraValueFunctions();

}  // namespace renal::fhir::fhirpath
