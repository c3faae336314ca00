#include "pathways/internal/review_words.h"

#include <stdexcept>
#include <utility>

extern "C" {
extern const char renal_review_en[];
extern const char renal_review_en_end[];
}

namespace renal::pathways::review {

const Words& Words::English() {
  static const Words kEnglish = [] {
    const std::string_view file(renal_review_en,
                                static_cast<std::size_t>(renal_review_en_end - renal_review_en));
    auto loaded = Phrases::Load(file, kReviewPhrases);
    if (!loaded) {
      throw std::logic_error("words of the review: " + loaded.error().expression + ": " +
                             loaded.error().diagnostics);
    }
    return Words(std::move(*loaded));
  }();
  return kEnglish;
}

std::string Words::Join(const std::vector<std::string>& items, Word last) const {
  if (items.empty()) return {};
  std::string list = items.front();
  for (std::size_t i = 1; i < items.size(); ++i) {
    const Word glue = i + 1 == items.size() ? last : Word("list.comma");
    list = (*this)(glue, {{"list", list}, {"last", items[i]}});
  }
  return list;
}

}  // namespace renal::pathways::review
