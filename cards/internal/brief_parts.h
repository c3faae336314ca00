#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cards/brief.h"
#include "cards/internal/brief_box.h"
#include "cards/internal/view.h"
#include "pathways/phrases.h"

/// The parts of a brief, each for a setting and a width in mm.
namespace renal::cards {

/// What every part is made from.
struct BriefScene {
  const Scene& scene;
  const BriefRequest& request;
  const pathways::Phrases& words;
};

/// What others wrote is cut at so many characters, so that one page holds.
inline constexpr std::size_t kLongestTitle = 80;
/// So many things are named one by one.
inline constexpr std::size_t kNamedThings = 6;

/// "Left kidney, Right kidney"; of many things the first, and how many there are more: "+35".
std::string NamedThings(const std::vector<std::string>& things);

/// The thing that something is about, capitalised; empty for the patient.
std::string BriefFocus(const BriefScene& brief, std::string_view key);

/// Sources of all results, in the order in which they are numbered.
std::vector<Index> CitedSources(const BriefScene& brief);

/// Who the patient is, and the situation in one line.
Box HeadPart(const BriefScene& brief, const Setting& setting, double width);
/// What is recommended, possible, or to be avoided, with strength, reasons and citations.
Box OptionsPart(const BriefScene& brief, const Setting& setting, double width);
/// Cautions that go with the options.
Box CautionsPart(const BriefScene& brief, const Setting& setting, double width);
/// What is missing, and what it decides.
Box MissingPart(const BriefScene& brief, const Setting& setting, double width);
Box ChangesPart(const BriefScene& brief, const Setting& setting, double width);
/// Values with dates, age and source.
Box DataPart(const BriefScene& brief, const Setting& setting, double width);
/// What is assumed, and what did not come whole.
Box AssumedPart(const BriefScene& brief, const Setting& setting, double width);
Box ScoresPart(const BriefScene& brief, const Setting& setting, double width);
/// Measured sizes over time.
Box ChartPart(const BriefScene& brief, const Setting& setting, double width);
/// The rules that hold or may hold for the patient.
Box WayPart(const BriefScene& brief, const Setting& setting, double width);
/// Room for the board's decision.
Box DecisionPart(const BriefScene& brief, const Setting& setting, double width);
/// Sources, pathway, disclaimer.
Box FootPart(const BriefScene& brief, const Setting& setting, double width);

}  // namespace renal::cards
