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
constexpr double kMain = 106;
constexpr double kSide = kWidth - kMain - kGap;

/// Sizes of text, largest first, as the style sheet has them: classes "size-0" and so on.
constexpr std::array kSizes = {9.0, 8.4, 7.8, 7.2, 6.6, 6.0};
/// Entries of a list where even the smallest text does not fit.
constexpr std::array<std::size_t, 6> kLimits = {12, 8, 6, 4, 3, 2};

std::string_view Style() {
  static const std::string kStyle =
      std::string(renal_brief_css,
                  static_cast<std::size_t>(renal_brief_css_end - renal_brief_css)) +
      std::string(pathways::PictureStyle());
  return kStyle;
}

Box Stack(std::vector<Box> boxes) {
  Box whole;
  for (Box& box : boxes) {
    whole.html += box.html;
    whole.height += box.height;
  }
  return whole;
}

/// Two columns; one over the whole width where the other is empty.
Box Beside(const Box& main, const Box& side) {
  if (main.empty() && side.empty()) return {};
  return {"<div class=\"columns\"><div class=\"main\">\n" + main.html +
              "</div><div class=\"side\">\n" + side.html + "</div></div>\n",
          std::max(main.height, side.height)};
}

Box Sheet(const BriefScene& brief, const Setting& setting) {
  Box main = Stack({OptionsPart(brief, setting, kMain), MissingPart(brief, setting, kMain),
                    ChangesPart(brief, setting, kMain), CautionsPart(brief, setting, kMain)});
  std::vector<Box> side = {DataPart(brief, setting, kSide), ChartPart(brief, setting, kSide),
                           AssumedPart(brief, setting, kSide)};
  // Scores go where there is more room.
  Box left = ScoresPart(brief, setting, kMain);
  double height = 0;
  for (const Box& box : side) height += box.height;
  if (height < main.height) {
    side.push_back(ScoresPart(brief, setting, kSide));
  } else {
    main = Stack({std::move(main), std::move(left)});
  }
  return Stack({HeadPart(brief, setting, kWidth), Beside(main, Stack(std::move(side))),
                WayPart(brief, setting, kWidth), DecisionPart(brief, setting, kWidth),
                FootPart(brief, setting, kWidth)});
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
  for (const std::size_t limit : kLimits) {
    fitted.sheet = Sheet(brief, {.size = kSizes.back(), .limit = limit});
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
      brief.words.Text(BoardPhrase("brief.title"), {{"patient", CleanLine(name)}});
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
