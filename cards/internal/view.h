#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cards/build.h"
#include "pathways/hooks.h"
#include "pathways/outcome.h"

/// An outcome as people speak of it: titles, values, dates. All texts are plain, not yet escaped.
namespace renal::cards {

using pathways::Index;
using pathways::kNone;

/// What every part of a card is made from.
struct Scene {
  const pathways::Outcome& outcome;
  const pathways::Pathway& pathway;
  const BuildRequest& request;
  const Catalogue& words;

  bool OnOrders() const { return pathways::IsOrderHook(request.hook); }
};

/// A thing that facts belong to; an empty key is the patient.
struct Focus {
  Index kind = kNone;
  std::string key;
  friend bool operator==(const Focus&, const Focus&) = default;
};

/// The results that one card is about.
using Results = std::vector<const pathways::Recommendation*>;

Focus FocusOf(const pathways::Recommendation& result);
/// The results of a focus alone, in the order of the outcome.
Results ResultsOf(const Scene& scene, const Focus& focus);
/// The focus with a key, or the patient where the record has none of that key.
Focus FindFocus(const Scene& scene, std::string_view key);
/// Who or what a summary speaks of: "Right kidney, 6.9 cm" or "This patient".
std::string About(const Scene& scene, const Focus& focus, const std::vector<Index>& inputs);

std::string ActionTitle(const Scene& scene, Index action);
/// The word of a strength as people read it.
const std::string& StrengthShown(const pathways::Strength& strength);
/// Action title of a result; its summary, first reason or rule where it has no action.
std::string ResultTitle(const Scene& scene, const pathways::Recommendation& result);

/// State of an input: of the focus where the input has that kind of focus, else of the patient.
/// Null where the outcome holds none, as for an input of another kind of focus.
const pathways::InputState* StateOf(const Scene& scene, Index input, const Focus& focus);
/// Inputs that the rules and checks behind the results test, and those they lack; in pathway order.
std::vector<Index> InputsOf(const Scene& scene, const Results& results);
Index FindInput(const Scene& scene, std::string_view name);
/// Titles of inputs, by name; unknown names are left out.
std::vector<std::string> InputTitles(const Scene& scene, const std::vector<std::string>& names);

/// A value as people write it: "6.9 cm", "at least 7 cm", the title of a code.
std::string ValueShown(const Scene& scene, const pathways::Input& input,
                       const pathways::Value& value);
/// A value that is already text: the title of a code, or a quantity as AmountShown() gives it.
std::string ValueShown(const Scene& scene, const pathways::Input& input, std::string_view text);
/// A cell: its alternatives as ValueShown() gives them, "none or present".
std::string CellShown(const Scene& scene, const pathways::Input& input, std::string_view cell);
/// "< 7.5 'cm'" as "< 7.5 cm", with the decimal sign of the language; other texts without quotes.
std::string AmountShown(const Scene& scene, std::string_view text);
/// With a capital first letter, as at the start of a line, and without it, as inside a sentence; letters of
/// western European languages change, and abbreviations (MDT) stay.
std::string Capitalised(std::string_view text);
std::string Decapitalised(std::string_view text);
/// The day or month of a recorded FHIR time, as the language writes it; the text itself where it is neither.
std::string Day(const Scene& scene, std::string_view time);

/// True if the text is https and absolute.
bool IsHttps(std::string_view url);

/// Adds what is not empty and not there yet.
void AddOnce(std::vector<std::string>& list, std::string text);

}  // namespace renal::cards
