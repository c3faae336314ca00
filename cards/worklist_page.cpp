#include "cards/board_words.h"
#include "cards/markdown.h"
#include "cards/worklist.h"
#include "pathways/html.h"

extern "C" {
extern const char renal_board_css[];
extern const char renal_board_css_end[];
extern const char renal_worklist_js[];
extern const char renal_worklist_js_end[];
}

namespace renal::cards {
namespace {

using pathways::EscapeXml;
using pathways::Phrases;

std::string_view Style() {
  return {renal_board_css, static_cast<std::size_t>(renal_board_css_end - renal_board_css)};
}
std::string_view Script() {
  return {renal_worklist_js, static_cast<std::size_t>(renal_worklist_js_end - renal_worklist_js)};
}

std::string Element(std::string_view name, std::string_view attributes, std::string_view content) {
  std::string out = "<" + std::string(name);
  if (!attributes.empty()) out.append(" ").append(attributes);
  return out.append(">").append(content).append("</").append(name).append(">");
}

std::string Column(std::string_view kind, const std::string& title) {
  return Element("th", "scope=\"col\" data-sort=\"" + std::string(kind) + "\"", EscapeXml(title));
}

/// Title of an outcome; also of one that is none, "failed".
std::string OutcomeTitle(const Phrases& words, std::string_view outcome) {
  if (outcome == "recommendation") return words.Text(BoardPhrase("outcome.recommendation"));
  if (outcome == "need-data") return words.Text(BoardPhrase("outcome.need-data"));
  if (outcome == "out-of-scope") return words.Text(BoardPhrase("outcome.out-of-scope"));
  if (outcome == "not-applicable") return words.Text(BoardPhrase("outcome.not-applicable"));
  if (outcome == "conflict") return words.Text(BoardPhrase("outcome.conflict"));
  if (outcome == "error") return words.Text(BoardPhrase("outcome.error"));
  return words.Text(BoardPhrase("outcome.failed"));
}

std::string Items(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += Element("p", "", EscapeXml(item));
  return out;
}

std::string HeadOfPage(const WorklistFrame& frame, const Phrases& words) {
  const std::string title = EscapeXml(words.Text(BoardPhrase("list.title")));
  std::string out = "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"" +
                    EscapeXml(frame.language) + "\">\n<head>\n<meta charset=\"utf-8\" />\n";
  out +=
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "base-uri 'none'; form-action 'none'; style-src " +
      pathways::PolicyHash(Style()) + "; script-src " + pathways::PolicyHash(Script()) + "\" />\n";
  out +=
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n"
      "<meta name=\"referrer\" content=\"no-referrer\" />\n"
      "<meta name=\"color-scheme\" content=\"light dark\" />\n";
  out += Element("title", "", title) + "\n<style>";
  out.append(Style()).append("</style>\n</head>\n<body class=\"list\">\n<header>\n");
  return out + Element("h1", "", title) + "\n" +
         Element("p", "class=\"note\"",
                 EscapeXml(words.Text(BoardPhrase("list.about"), {{"pathway", frame.pathway},
                                                                  {"version", frame.version},
                                                                  {"time", frame.time}}))) +
         "\n</header>\n<main>\n";
}

std::string Counts(const WorklistFrame& frame, const Phrases& words) {
  std::int64_t total = 0;
  std::string items;
  for (const auto& [outcome, count] : frame.counts) {
    total += count;
    items += Element("li", "",
                     Element("span", "class=\"outcome " + EscapeXml(outcome) + "\"",
                             EscapeXml(OutcomeTitle(words, outcome))) +
                         " " + std::to_string(count));
  }
  return Element("p", "class=\"lead\"",
                 EscapeXml(
                     words.Text(BoardPhrase("list.counts"), {{"total", std::to_string(total)}}))) +
         "\n" + Element("ul", "class=\"counts\"", items) + "\n";
}

// Without a script nothing can be filtered, so what filters is hidden until the script shows it.
std::string Filters(const WorklistFrame& frame, const Phrases& words) {
  std::string options =
      Element("option", "value=\"\"", EscapeXml(words.Text(BoardPhrase("list.all"))));
  for (const auto& [outcome, count] : frame.counts) {
    options += Element("option", "value=\"" + EscapeXml(outcome) + "\"",
                       EscapeXml(OutcomeTitle(words, outcome)));
  }
  return "<form class=\"filters\" id=\"filters\" hidden=\"hidden\" data-shown=\"" +
         EscapeXml(words.Text(BoardPhrase("list.shown"), {{"shown", "%1"}, {"total", "%2"}})) +
         "\">\n" +
         Element("label", "",
                 EscapeXml(words.Text(BoardPhrase("list.filter"))) +
                     " <input type=\"search\" id=\"words\" placeholder=\"" +
                     EscapeXml(words.Text(BoardPhrase("list.filter-hint"))) + "\" />") +
         "\n" +
         Element("label", "",
                 EscapeXml(words.Text(BoardPhrase("column.outcome"))) + " " +
                     Element("select", "id=\"outcome\"", options)) +
         "\n<output id=\"shown\" aria-live=\"polite\"></output>\n" +
         Element("p", "class=\"note\"", EscapeXml(words.Text(BoardPhrase("list.sort-hint")))) +
         "\n</form>\n";
}

std::string HeadOfTable(const Phrases& words) {
  std::string cells = Column("text", words.Text(BoardPhrase("column.patient")));
  cells += Column("text", words.Text(BoardPhrase("column.born")));
  cells += Column("text", words.Text(BoardPhrase("column.situation")));
  cells += Column("rank", words.Text(BoardPhrase("column.outcome")));
  cells += Column("text", words.Text(BoardPhrase("column.recommended")));
  cells += Column("text", words.Text(BoardPhrase("column.possible")));
  cells += Column("text", words.Text(BoardPhrase("column.missing")));
  cells += Column("text", words.Text(BoardPhrase("column.attention")));
  cells += Column("number", words.Text(BoardPhrase("column.line")));
  return "<div class=\"wide\"><table id=\"list\">\n<thead><tr>" + cells +
         "</tr></thead>\n<tbody>\n";
}

/// The name, which leads to the brief where there is one.
std::string PatientCell(const WorklistRow& row) {
  std::string name = EscapeXml(row.patient);
  if (row.brief.empty()) return name;
  return Element("a", "href=\"" + EscapeXml(row.brief) + "\"", name);
}

/// Quoted where it must be; never a formula.
std::string CsvCell(std::string_view text) {
  std::string cell = CleanLine(text, text.size());
  if (!cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos) {
    cell.insert(0, 1, '\'');
  }
  if (cell.find_first_of(",\";\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

std::string CsvLine(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) line += (line.empty() ? "" : ",") + CsvCell(cell);
  return line + "\r\n";
}

std::string Joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : "; ") + item;
  return text;
}

}  // namespace

std::string WorklistHead(const WorklistFrame& frame) {
  const Phrases& words = BoardWords(frame.language);
  return HeadOfPage(frame, words) + Counts(frame, words) + Filters(frame, words) +
         HeadOfTable(words);
}

std::string WorklistRowHtml(const WorklistRow& row, std::string_view language) {
  const Phrases& words = BoardWords(language);
  std::string outcome = Element("p", "",
                                Element("span", "class=\"outcome " + row.outcome + "\"",
                                        EscapeXml(OutcomeTitle(words, row.outcome))));
  if (row.board) {
    outcome += Element(
        "p", "",
        Element("span", "class=\"mark board\"", EscapeXml(words.Text(BoardPhrase("row.board")))));
  }
  std::string out = "<tr data-outcome=\"" + EscapeXml(row.outcome) + "\" data-rank=\"" +
                    std::to_string(row.rank) + "\">";
  out += Element("th", "scope=\"row\"", PatientCell(row));
  out += Element("td", "", EscapeXml(row.born)) + Element("td", "", Items(row.situation));
  out += Element("td", "", outcome) + Element("td", "", Items(row.recommended));
  out += Element("td", "", Items(row.possible)) + Element("td", "", Items(row.missing));
  out += Element("td", "", Items(row.attention));
  out += Element("td", "class=\"number\"", row.line > 0 ? std::to_string(row.line) : "");
  return out + "</tr>\n";
}

std::string WorklistEnd(const WorklistFrame&) {
  return "</tbody>\n</table></div>\n</main>\n<script>" + std::string(Script()) +
         "</script>\n</body>\n</html>\n";
}

std::string WorklistCsvHead(std::string_view language) {
  const Phrases& words = BoardWords(language);
  return "\xEF\xBB\xBF" +
         CsvLine(
             {words.Text(BoardPhrase("column.patient")), words.Text(BoardPhrase("column.born")),
              words.Text(BoardPhrase("column.situation")),
              words.Text(BoardPhrase("column.outcome")),
              words.Text(BoardPhrase("column.recommended")),
              words.Text(BoardPhrase("column.possible")), words.Text(BoardPhrase("column.missing")),
              words.Text(BoardPhrase("column.board")), words.Text(BoardPhrase("column.attention")),
              words.Text(BoardPhrase("column.brief")), words.Text(BoardPhrase("column.line"))});
}

std::string WorklistCsvRow(const WorklistRow& row, std::string_view language) {
  const Phrases& words = BoardWords(language);
  return CsvLine({row.patient, row.born, Joined(row.situation), OutcomeTitle(words, row.outcome),
                  Joined(row.recommended), Joined(row.possible), Joined(row.missing),
                  row.board ? words.Text(BoardPhrase("row.board")) : std::string(),
                  Joined(row.attention), row.brief,
                  row.line > 0 ? std::to_string(row.line) : std::string()});
}

}  // namespace renal::cards
