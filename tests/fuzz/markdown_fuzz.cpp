#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cards/markdown.h"
#include "tests/cards/rendered_text.h"

// Any text on its way into a card: a reader of Markdown sees the text and nothing else.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace renal::cards;  // NOLINT: the target's own
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string expected = EscapedReading(text);
  const auto require = [](bool holds) {
    if (!holds) std::abort();
  };
  require(CountCharacters(expected) <= kMaxValueCharacters);
  require(RenderedText(EscapeMarkdown(text)) == expected);
  require(RenderedText("x " + EscapeValue(text)) == CleanLine("x " + expected, 300));
  require(CleanLine(expected) == expected);
  const std::string line = Shorten(expected);
  require(CountCharacters(line) <= kMaxSummaryCharacters);
  require(line == expected || line.ends_with("\u2026"));
  return 0;
}
