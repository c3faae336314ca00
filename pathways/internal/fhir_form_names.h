#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/own_json.h"

/// Names of a pathway file and their spelling in FHIR, and expressions with the one or the other.
namespace renal::pathways::internal {

/// A piece of FHIRPath or of a condition made of cells. Comments and blanks are pieces too.
struct ExpressionToken {
  enum class Kind { kBlank, kName, kVariable, kString, kNumber, kDate, kSign };
  Kind kind = Kind::kSign;
  std::string_view text;  ///< as written; a variable with its `%`, a string with its quotes
};

/// Cuts any text into pieces, without a judgement whether it is FHIRPath.
std::vector<ExpressionToken> TokensOf(std::string_view text);

/// `'text'` as a literal of FHIRPath.
std::string Literal(std::string_view text);
/// The reverse of Literal: the text of a literal with its quotes.
std::string TextOfLiteral(std::string_view literal);

/// An id of FHIR holds no `_`, a name of the format no `.`: one stands for the other.
std::string FhirId(std::string_view name);
std::string NameOfId(std::string_view id);

/// Two spellings of the names in expressions: those of the file, and those of its FHIR form.
class ExpressionNames {
 public:
  /// For a file: variables get a spelling that FHIR takes as an id ("tumour_size_cm" becomes
  /// "tumourSizeCm"); `memberOf` gets the URL of a value set in place of its alias.
  static ExpressionNames OfFile(const fhir::OwnJson& document);

  void AddVariable(const std::string& file, const std::string& fhir);
  void AddValueSet(const std::string& alias, const std::string& url);

  /// The spelling in FHIR; the name itself where it is not known.
  std::string Variable(std::string_view name) const;
  std::string ToFhir(std::string_view expression) const;
  std::string ToFile(std::string_view expression) const;

 private:
  using Map = std::map<std::string, std::string, std::less<>>;
  static std::string Translate(std::string_view text, const Map& variables, const Map& sets);

  Map variables_, variables_back_, sets_, sets_back_;
};

}  // namespace renal::pathways::internal
