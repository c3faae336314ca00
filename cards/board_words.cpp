#include "cards/board_words.h"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

extern "C" {
extern const char renal_board_en[];
extern const char renal_board_en_end[];
extern const char renal_board_nb[];
extern const char renal_board_nb_end[];
}

namespace renal::cards {
namespace {

pathways::Phrases LoadWords(const char* begin, const char* end) {
  auto loaded =
      pathways::Phrases::Load({begin, static_cast<std::size_t>(end - begin)}, kBoardPhrases);
  if (loaded) return std::move(loaded.value());
  throw std::logic_error("words of the tumour board: " + loaded.error().expression + ": " +
                         loaded.error().diagnostics);
}

}  // namespace

const pathways::Phrases& BoardWords(std::string_view language) {
  static const std::vector<pathways::Phrases> kWords = [] {
    std::vector<pathways::Phrases> words;
    words.push_back(LoadWords(renal_board_en, renal_board_en_end));
    words.push_back(LoadWords(renal_board_nb, renal_board_nb_end));
    return words;
  }();
  const auto found = std::ranges::find(kWords, language, &pathways::Phrases::language);
  return found == kWords.end() ? kWords.front() : *found;
}

}  // namespace renal::cards
