#include "cards/brief.h"

#include <algorithm>
#include <array>
#include <utility>

#include "cards/board_words.h"
#include "cards/internal/brief_parts.h"
#include "cards/markdown.h"
#include "pathways/html.h"
#include "pathways/picture.h"

extern "C" {
extern const char renal_brief_css[];
extern const char renal_brief_css_end[];
}

namespace renal::cards {
namespace {

using pathways::EscapeXml;

// A4 without the margins of the style sheet, mm.
constexpr double kWidth = 190;
constexpr double kHeight = 277;
constexpr double kGap = 5;  // between two columns
constexpr double kColumn = (kWidth - kGap) / 2;

/// Sizes of text, largest first, as the style sheet has them: classes "size-0" and so on.
constexpr std::array kSizes = {9.0, 8.4, 7.8, 7.2, 6.6, 6.0};
/// Entries of a list where even the smallest text does not fit, and of those that a board can do
/// without.
struct Limits {
  std::size_t limit, minor;
};
constexpr auto kLimits = std::to_array<Limits>({{1000, 4},
                                                {1000, 3},
                                                {1000, 2},
                                                {1000, 1},
                                                {1000, 0},
                                                {20, 0},
                                                {16, 0},
                                                {12, 0},
                                                {9, 0},
                                                {7, 0},
                                                {5, 0},
                                                {4, 0},
                                                {3, 0},
                                                {2, 0}});

std::string_view Style() {
  static const std::string kStyle =
      std::string(renal_brief_css,
                  static_cast<std::size_t>(renal_brief_css_end - renal_brief_css)) +
      std::string(pathways::PictureStyle());
  return kStyle;
}

Box Stack(const std::vector<Box>& boxes) {
  Box whole;
  for (const Box& box : boxes) {
    whole.html += box.html;
    whole.height += box.height;
  }
  return whole;
}

/// Two columns; one over the whole width where the other is empty.
Box Beside(const Box& left, const Box& right) {
  if (left.empty() && right.empty()) return {};
  return {"<div class=\"columns\"><div>\n" + left.html + "</div><div>\n" + right.html +
              "</div></div>\n",
          std::max(left.height, right.height)};
}

double HeightOf(const std::vector<Box>& boxes) {
  double height = 0;
  for (const Box& box : boxes) height += box.height;
  return height;
}

/// A part that may stand in either column.
struct Movable {
  Box box;
  bool left = true;  ///< where it stands if that makes no page longer
};

/// Bits of `parts` that stand left so that the longer column is as short as it can be.
unsigned Placement(const std::vector<Movable>& parts, double left, double right) {
  constexpr double kWorthwhile = 2;  // mm
  unsigned wished = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) wished |= parts[i].left ? 1U << i : 0U;
  unsigned best = wished;
  double lowest = -1;
  for (unsigned change = 0; change < 1U << parts.size(); ++change) {
    const unsigned choice = wished ^ change;
    double one = left, other = right;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      ((choice >> i & 1U) != 0 ? one : other) += parts[i].box.height;
    }
    const double height = std::max(one, other);
    if (lowest >= 0 && height > lowest - kWorthwhile) continue;
    lowest = height;
    best = choice;
  }
  return best;
}

/// What is advised stands left, what it rests on right; the rest goes where there is room.
Box Columns(const BriefScene& brief, const Setting& setting) {
  std::vector<Box> left = {OptionsPart(brief, setting, kColumn),
                           MissingPart(brief, setting, kColumn)};
  std::vector<Box> right = {DataPart(brief, setting, kColumn)};
  const std::vector<Movable> rest = {
      {ChangesPart(brief, setting, kColumn), true},  {CautionsPart(brief, setting, kColumn), true},
      {ChartPart(brief, setting, kColumn), false},   {WayPart(brief, setting, kColumn), false},
      {AssumedPart(brief, setting, kColumn), false}, {ScoresPart(brief, setting, kColumn), false}};
  const unsigned placed = Placement(rest, HeightOf(left), HeightOf(right));
  for (std::size_t i = 0; i < rest.size(); ++i) {
    ((placed >> i & 1U) != 0 ? left : right).push_back(rest[i].box);
  }
  return Beside(Stack(left), Stack(right));
}

Box Sheet(const BriefScene& brief, const Setting& setting) {
  return Stack({HeadPart(brief, setting, kWidth), Columns(brief, setting),
                DecisionPart(brief, setting, kWidth), FootPart(brief, setting, kWidth)});
}

struct Fitted {
  Box sheet;
  std::size_t size = 0;
};

/// The sheet in the largest text that fits.
Fitted Fit(const BriefScene& brief) {
  Fitted fitted;
  for (std::size_t i = 0; i < kSizes.size(); ++i) {
    fitted = {Sheet(brief, {.size = kSizes[i]}), i};
    if (fitted.sheet.height <= kHeight) return fitted;
  }
  for (const auto& [limit, minor] : kLimits) {
    fitted.sheet = Sheet(brief, {.size = kSizes.back(), .limit = limit, .minor = minor});
    if (fitted.sheet.height <= kHeight) return fitted;
  }
  return fitted;
}

}  // namespace

std::string BriefPage(const pathways::Outcome& outcome, const BriefRequest& request) {
  const pathways::Pathway& pathway = *outcome.pathway;
  const Catalogue* words = Catalogue::Of(pathway.language);
  const BuildRequest build{.deliveries = request.deliveries};
  const Scene scene{outcome, pathway, build, words == nullptr ? Catalogue::English() : *words};
  const BriefScene brief{scene, request, BoardWords(pathway.language)};
  const Fitted fitted = Fit(brief);
  const std::string name = request.person.name.empty() ? request.person.id : request.person.name;
  const std::string title =
      brief.words.Text(BoardPhrase("brief.title"), {{"patient", CleanLine(name, kLongestTitle)}});
  std::string page = "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"" +
                     EscapeXml(pathway.language) + "\">\n<head>\n<meta charset=\"utf-8\" />\n";
  page +=
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri "
      "'none'; form-action 'none'; style-src " +
      pathways::PolicyHash(Style()) + "\" />\n";
  page +=
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n"
      "<meta name=\"referrer\" content=\"no-referrer\" />\n"
      "<meta name=\"color-scheme\" content=\"light dark\" />\n<title>" +
      EscapeXml(title) + "</title>\n<style>";
  page.append(Style()).append("</style>\n</head>\n<body>\n<main class=\"sheet size-");
  page += std::to_string(fitted.size) + "\">\n" + fitted.sheet.html;
  return page + "</main>\n</body>\n</html>\n";
}

}  // namespace renal::cards
