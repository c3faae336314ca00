#include "pathways/internal/review.h"

namespace renal::pathways::review {
namespace {

std::string PointsOf(const Reviewed& reviewed, const ScoreItem::Row& row) {
  const std::string low = std::to_string(row.low), high = std::to_string(row.high);
  std::string points =
      row.low == row.high ? low : reviewed.words("points.open", {{"low", low}, {"high", high}});
  if (!row.mark.empty()) {
    points = reviewed.words("points.mark", {{"points", points}, {"mark", row.mark}});
  }
  return reviewed.words(
      "points.row", {{"points", points}, {"conditions", reviewed.prose.ConditionsOf(row.cells)}});
}

Line ItemLine(const Reviewed& reviewed, const ScoreItem& item) {
  Line line = {Strong(item.title), Text(": ")};
  std::vector<Line> rows;
  for (const ScoreItem::Row& row : item.rows) rows.push_back({Text(PointsOf(reviewed, row))});
  Append(line, Joined(rows, "; "));
  return line;
}

Line ClassLine(const Reviewed& reviewed, const Input& input, const ClassRow& row) {
  const auto& [words, prose] = std::tie(reviewed.words, reviewed.prose);
  const std::string conditions = prose.ConditionsOf(row.cells);
  if (row.code == kNone) {
    return {Text(words("class.none", {{"conditions", conditions}, {"because", row.because}}))};
  }
  return {Strong(prose.CodeOf(input, row.code)),
          Text(" " + words("class.where", {{"conditions", conditions}}))};
}

}  // namespace

std::vector<Line> ScoreRuleLines(const Reviewed& reviewed, const Input& input) {
  const Words& words = reviewed.words;
  std::vector<Line> lines;
  if (!input.only_if.empty()) {
    lines.push_back({Text(
        words("score.only-if", {{"conditions", reviewed.prose.ConditionsOf(input.only_if)}}))});
  }
  if (!input.points.empty()) lines.push_back({Text(words("score.points"))});
  for (const ScoreItem& item : input.points) lines.push_back(ItemLine(reviewed, item));
  for (const ClassRow& row : input.classes) lines.push_back(ClassLine(reviewed, input, row));
  if (input.places) {
    lines.push_back({Text(words.Count("score.places", static_cast<std::size_t>(*input.places)))});
  }
  return lines;
}

std::vector<Line> ScoreViewLines(const Reviewed& reviewed, const Input& input) {
  const Words& words = reviewed.words;
  std::vector<Line> lines;
  if (input.information) lines.push_back({Text(words("score.information"))});
  if (!input.score) return lines;
  std::vector<std::string> shown;
  for (const std::vector<Cell>& cells : input.score->show_when) {
    shown.push_back(reviewed.prose.ConditionsOf(cells));
  }
  lines.push_back(
      {Text(shown.empty() ? words("score.shown")
                          : words("score.shown-where", {{"conditions", words.Or(shown)}}))});
  for (const ScoreView::Remark& remark : input.score->remarks) {
    lines.push_back(
        {Text(words("score.remark", {{"text", remark.text},
                                     {"conditions", reviewed.prose.ConditionsOf(remark.when)}}))});
  }
  return lines;
}

}  // namespace renal::pathways::review
