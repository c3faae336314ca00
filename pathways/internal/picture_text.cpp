#include "pathways/internal/picture_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "pathways/internal/utf8.h"
#include "pathways/markdown.h"
#include "pathways/text_lines.h"

namespace renal::pathways::picture {
namespace {

// Advance widths of U+0020 to U+007E in thousandths of the font size: the wider one of DejaVu Sans
// (as wide as any common sans-serif font) and Liberation Sans (as wide as Arial and Helvetica).
// clang-format off
constexpr std::array<std::uint16_t, 95> kRegular = {
    318, 401, 460, 838, 637, 951, 780, 275, 391, 391, 500, 838, 318, 361, 318, 337, 637, 637, 637,
    637, 637, 637, 637, 637, 637, 637, 337, 337, 838, 838, 838, 557, 1016, 685, 687, 723, 771,
    667, 611, 778, 752, 295, 500, 667, 558, 863, 749, 788, 667, 788, 723, 667, 611, 732, 685, 989,
    686, 667, 686, 391, 337, 391, 838, 557, 500, 613, 635, 550, 635, 616, 353, 635, 634, 278, 278,
    580, 278, 975, 634, 612, 635, 635, 412, 521, 393, 634, 592, 818, 592, 592, 525, 637, 337, 637,
    838};
constexpr std::array<std::uint16_t, 95> kBold = {
    349, 457, 521, 838, 696, 1002, 873, 307, 458, 458, 523, 838, 380, 416, 380, 366, 696, 696,
    696, 696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 611, 1000, 774, 763, 734,
    831, 684, 684, 821, 837, 373, 557, 775, 638, 996, 837, 851, 733, 851, 771, 721, 683, 813, 774,
    1104, 771, 725, 726, 458, 366, 458, 838, 557, 500, 675, 716, 593, 716, 679, 436, 716, 712,
    343, 343, 666, 343, 1042, 712, 688, 716, 716, 494, 596, 479, 712, 652, 924, 646, 652, 583,
    712, 366, 712, 838};
// clang-format on

/// Widths of ranges of code points beyond ASCII; the widest glyph of a range counts.
struct Range {
  char32_t last;
  double width;
};
constexpr std::array kBeyond = {
    Range{0x00FF, 1.15}, Range{0x01C3, 1.15}, Range{0x01CC, 1.6},  // digraphs of two letters
    Range{0x01F0, 1.15}, Range{0x01F3, 1.6},  Range{0x024F, 1.15},
    Range{0x052F, 1.5},  Range{0x200F, 2.0},  Range{0x2029, 1.05},  // dashes, quotation marks, dots
    Range{0x218F, 1.9},  Range{0x2193, 0.9},                        // arrows
    Range{0x225F, 1.9},  Range{0x2265, 0.9},                        // comparison signs
    Range{0xFDF9, 2.0},  Range{0xFDFD, 20.0},                       // whole sentences in one sign
    Range{0x11FFF, 2.0}, Range{0x123FF, 6.0},                       // cuneiform
};

double WidthOf(char32_t code, bool bold) {
  if (code >= 0x20 && code < 0x7F) return (bold ? kBold : kRegular)[code - 0x20] / 1000.0;
  for (const Range& range : kBeyond) {
    if (code <= range.last) return range.width;
  }
  return 2.0;
}

// Stops as soon as it is too wide: texts can be long, lines are not.
bool Fits(std::string_view text, double width, const Face& face) {
  double left = width;
  while (!text.empty() && left >= 0) left -= WidthOf(NextCodePoint(text), face.bold) * face.size;
  return left >= 0;
}

/// The longest beginning of `text` that fits, at least one code point; taken off. It ends after a
/// hyphen or the like where there is one.
std::string TakeFitting(std::string_view& text, double width, const Face& face) {
  std::string taken;
  double used = 0;
  const std::string_view whole = text;
  while (!text.empty()) {
    std::string_view rest = text;
    const char32_t code = NextCodePoint(rest);
    used += WidthOf(code, face.bold) * face.size;
    if (used > width && !taken.empty()) break;
    AppendCodePoint(code, taken);
    text = rest;
  }
  const std::size_t hyphen = text.empty() ? std::string::npos : taken.find_last_of("-_/.,;");
  if (hyphen != std::string::npos && hyphen > 0) {
    taken.resize(hyphen + 1);
    text = whole.substr(hyphen + 1);
  }
  return taken;
}

}  // namespace

double TextWidth(std::string_view text, const Face& face) {
  double width = 0;
  while (!text.empty()) width += WidthOf(NextCodePoint(text), face.bold);
  return width * face.size;
}

std::vector<std::string> WrapText(std::string_view text, double width, const Face& face) {
  const std::string clean = CleanLine(text, text.size());
  std::vector<std::string> lines(1);
  std::string_view rest = clean;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    std::string longer = lines.back() + (lines.back().empty() ? "" : " ") + std::string(word);
    if (Fits(longer, width, face)) {
      lines.back() = std::move(longer);
      continue;
    }
    if (!lines.back().empty()) lines.emplace_back();
    while (!Fits(word, width, face) && word.size() > 1) {
      lines.back() = TakeFitting(word, width, face);
      if (!word.empty()) lines.emplace_back();
    }
    if (!word.empty()) lines.back() = std::string(word);
  }
  return lines;
}

}  // namespace renal::pathways::picture

namespace renal::pathways {

namespace {

/// Puts words into lines, by their widths alone.
class LineCounter {
 public:
  LineCounter(double width, double size) : width_(std::max(width, 2 * size)), size_(size) {}

  void Add(const TextRun& run) {
    std::string_view rest = run.text;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      word_ += picture::TextWidth(rest.substr(0, end), {size_, run.bold});
      if (end < rest.size()) EndWord(picture::TextWidth(" ", {size_, run.bold}));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  std::size_t Lines() {
    EndWord(0);
    return lines_;
  }

 private:
  void EndWord(double space) {
    if (used_ > 0 && used_ + word_ > width_) {
      ++lines_;
      used_ = 0;
    }
    // A line of a word that is cut may lack room for one more letter.
    for (; word_ > width_; word_ -= width_ - size_) ++lines_;
    used_ += word_ + space;
    word_ = 0;
  }

  const double width_, size_;
  double word_ = 0, used_ = 0;
  std::size_t lines_ = 1;
};

}  // namespace

std::size_t CountLines(const std::vector<TextRun>& runs, double width, double size) {
  LineCounter counter(width, size);
  for (const TextRun& run : runs) counter.Add(run);
  return counter.Lines();
}

}  // namespace renal::pathways
