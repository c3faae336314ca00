#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pathways/internal/document.h"
#include "pathways/internal/review_words.h"
#include "pathways/pathway.h"

/// Parts of a pathway in the words that a clinician reads.
namespace renal::pathways::review {

/// Characters of a title where it is repeated: a document must not grow beyond its file by much.
inline constexpr std::size_t kMaxTitle = 160;

class Prose {
 public:
  Prose(const Pathway& pathway, const Words& words) : pathway_(pathway), words_(words) {}

  /// What a cell accepts: "< 7 cm", "yes", "≥ 2 cm and < 4 cm or > 7 cm".
  std::string CellOf(const Cell& cell) const;
  /// With the input: "Largest diameter of the tumour: < 7 cm".
  std::string ConditionOf(const Cell& cell) const;
  /// All of them, joined by "and"; "always" for none.
  std::string ConditionsOf(const std::vector<Cell>& cells) const;

  /// A value of an input, with its unit.
  std::string ValueOf(const Input& input, const Value& value) const;
  std::string QuantityOf(const Input& input, const fhir::Quantity& quantity) const;
  /// The title of a code of an input.
  std::string CodeOf(const Input& input, std::size_t code) const;
  std::string UnitOf(const Input& input) const;
  /// A constant as parameters write it: "4 'cm'" is "4 cm".
  std::string ConstantOf(Type type, std::string_view text) const;

  /// A sentence of the file with the titles of the inputs in place of their values: "{size}" is
  /// "‹Largest diameter›". `rules` also stands for itself in words.
  std::string SentenceOf(std::string_view text) const;

  std::string DaysOf(std::int64_t days) const;
  std::string HoursOf(std::int64_t hours) const;

  std::string InputTitle(Index input) const;
  std::string ActionTitle(Index action) const;
  std::string ActionTitles(const std::vector<Index>& actions) const;
  std::string InputTitles(const std::vector<Index>& inputs) const;
  std::string TierName(Tier tier) const;
  std::string KindName(ActionKind kind) const;
  /// Word and tier: "endeavoured (preferred)"; one word where both are the same.
  std::string StrengthOf(Index strength) const;

 private:
  std::string Compared(std::string_view sign, const Input& input,
                       const fhir::Quantity& quantity) const;
  std::string IntervalOf(const Input& input, const Interval& interval) const;
  std::string RangesOf(const Input& input, const std::vector<Interval>& ranges) const;

  const Pathway& pathway_;
  const Words& words_;
};

/// Names of the parameters that a text of a cell reads, in order, each once.
std::vector<std::string> ParametersIn(std::string_view cell);

}  // namespace renal::pathways::review
