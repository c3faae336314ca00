#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cards/person.h"
#include "pathways/outcome.h"

/// The list of patients that a coordinator prepares a tumour board with: one row a patient, as a
/// page and as CSV. Written row by row, so that it can be of any length.
namespace renal::cards {

/// One row, in words. Plain texts: the writers below escape them.
struct WorklistRow {
  int rank = 0;         ///< what needs somebody's work before the meeting comes first
  std::string outcome;  ///< code: "recommendation", "need-data" …, or "failed"
  std::string patient, born;
  std::string brief;      ///< relative address of the brief; empty: none
  std::int64_t line = 0;  ///< in outcomes.ndjson, from 1; 0: none
  std::vector<std::string> situation, recommended, possible, missing, attention;
  bool board = false;  ///< some result is for the board
};

/// The row of an outcome. `person` is shown as it is: to leave names out, hand in other ones. The
/// words are those of the pathway's language.
WorklistRow RowOf(const pathways::Outcome& outcome, const Person& person);
/// The row of a patient whose evaluation failed.
WorklistRow FailedRow(std::string_view reason, const Person& person);

/// What stands over and under the rows.
struct WorklistFrame {
  std::string language;
  std::string pathway, version, time;
  /// Patients by outcome.
  std::vector<std::pair<std::string, std::int64_t>> counts;
};

/// One page that loads nothing: it can be sorted, filtered and printed, and read without script.
std::string WorklistHead(const WorklistFrame& frame);
std::string WorklistRowHtml(const WorklistRow& row, std::string_view language);
std::string WorklistEnd(const WorklistFrame& frame);

/// RFC 4180 with a byte order mark, as spreadsheets want it for UTF-8. A text that a spreadsheet
/// would take for a formula gets an apostrophe in front.
std::string WorklistCsvHead(std::string_view language);
std::string WorklistCsvRow(const WorklistRow& row, std::string_view language);

}  // namespace renal::cards
