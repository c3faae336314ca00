#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "cards/agreement.h"
#include "pathways/outcome.h"

/// What two versions of a pathway choose for the same patients, or what a pathway chooses and what
/// was done.
namespace renal::cards {

/// What an outcome chooses for a thing.
struct Choice {
  enum class Kind { kTreatment, kOpen, kNothing } kind = Kind::kNothing;
  std::string treatment;  ///< title of the first treatment that is recommended
};
/// `titles`: the pathway whose titles are used for actions that it has, too.
Choice ChoiceOf(const pathways::Outcome& outcome, const pathways::FocusInstance& thing,
                const pathways::Pathway& titles);

/// The band between limits of the pathway that the size of a thing lies in, "2 to 4 cm", with its
/// place among the bands; an empty text where the size is not known, or lies across a limit.
std::pair<std::size_t, std::string> BandOf(const pathways::Outcome& outcome,
                                           const pathways::FocusInstance& thing);

/// True for kinds of things that have a size.
bool HasSize(const pathways::Pathway& pathway, pathways::Index focus_kind);

class Comparison {
 public:
  /// `one` and `other`: what is compared, in words.
  Comparison(std::string language, std::string one, std::string other)
      : language_(std::move(language)), one_(std::move(one)), other_(std::move(other)) {}

  /// One thing of one patient. A choice that is no treatment counts among all, and not for the
  /// agreement: whoever has not chosen does not disagree.
  void Add(const std::pair<std::size_t, std::string>& band, const Choice& one, const Choice& other);

  /// One JSON object with a line end.
  std::string Json() const;
  /// One page that loads nothing and runs nothing, with a picture.
  std::string Page() const;

 private:
  std::string Words(const Choice& choice) const;

  std::string language_, one_, other_;
  Agreement all_;      ///< with what is no treatment
  Agreement decided_;  ///< treatments alone
  std::map<std::pair<std::size_t, std::string>, Agreement> bands_;
};

}  // namespace renal::cards
