#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "pathways/phrases.h"

/// The words of worklist and brief: cards/catalogue/board.<language>.json.
namespace renal::cards {

/// Every phrase with its placeholders. A key that is not here does not compile.
// clang-format off
inline constexpr std::array kBoardPhrases = std::to_array<pathways::PhraseSpec>({
    {"list.title", "", false},
    {"list.about", "pathway version time", false},
    {"list.counts", "total", false},
    {"list.filter", "", false},
    {"list.filter-hint", "", false},
    {"list.all", "", false},
    {"list.shown", "shown total", false},
    {"list.sort-hint", "", false},
    {"column.patient", "", false},
    {"column.born", "", false},
    {"column.situation", "", false},
    {"column.outcome", "", false},
    {"column.recommended", "", false},
    {"column.possible", "", false},
    {"column.missing", "", false},
    {"column.board", "", false},
    {"column.attention", "", false},
    {"column.brief", "", false},
    {"column.line", "", false},
    {"outcome.recommendation", "", false},
    {"outcome.need-data", "", false},
    {"outcome.out-of-scope", "", false},
    {"outcome.not-applicable", "", false},
    {"outcome.conflict", "", false},
    {"outcome.error", "", false},
    {"outcome.failed", "", false},
    {"row.board", "", false},
    {"row.stale", "input count", true},
    {"row.conflict", "input", false},
    {"row.focus", "focus text", false},
    {"brief.title", "patient", false},
    {"brief.kind", "pathway date", false},
    {"brief.born", "date", false},
    {"brief.years", "count", true},
    {"gender.female", "", false},
    {"gender.male", "", false},
    {"brief.need-data", "", false},
    {"brief.not-applicable", "why", false},
    {"brief.error", "", false},
    {"brief.missing", "", false},
    {"brief.decides", "actions", false},
    {"brief.more", "count", true},
    {"brief.age", "count", true},
    {"brief.stale", "", false},
    {"data.but", "things", false},
    {"data.all", "count", false},
    {"data.datum", "", false},
    {"data.value", "", false},
    {"data.date", "", false},
    {"data.source", "", false},
    {"brief.chart", "input", false},
    {"brief.way", "", false},
    {"brief.decision", "", false},
    {"brief.deviation", "", false},
    {"brief.responsible", "", false},
    {"brief.signed", "", false},
    {"brief.trace", "trace", false},
    {"compare.title", "one other", false},
    {"compare.sentence", "share same pairs kappa", false},
    {"compare.kappa", "value low high", false},
    {"compare.no-kappa", "", false},
    {"compare.bands", "", false},
    {"compare.no-band", "", false},
    {"compare.share", "share same pairs kappa", false},
    {"compare.table", "", false},
    {"compare.corner", "one other", false},
    {"compare.open", "", false},
    {"compare.nothing", "", false},
    {"compare.done", "", false},
    {"compare.note", "", false},
});
// clang-format on

/// Place of a phrase in the table.
consteval std::size_t BoardPhrase(std::string_view key) {
  for (std::size_t i = 0; i < kBoardPhrases.size(); ++i) {
    if (kBoardPhrases[i].key == key) return i;
  }
  throw "no such phrase";
}

/// The words in a language, "nb"; English where there are none. Throws std::logic_error if an
/// embedded file is broken.
const pathways::Phrases& BoardWords(std::string_view language);

}  // namespace renal::cards
