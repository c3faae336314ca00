#include <algorithm>

#include "pathways/internal/review.h"

namespace renal::pathways::review {
namespace {

std::string LevelName(const Words& words, LoadProblem::Level level) {
  switch (level) {
    case LoadProblem::Level::kError:
      return words("level.error");
    case LoadProblem::Level::kWarning:
      return words("level.warning");
    case LoadProblem::Level::kInfo:
      return words("level.info");
  }
  return {};
}

/// The name of a file without its folders: the document is read elsewhere.
std::string BaseName(const std::string& file) { return file.substr(file.find_last_of('/') + 1); }

void AddProblems(const Reviewed& reviewed, const std::vector<LoadProblem>& problems) {
  Grid grid = GridOf(reviewed, "plain", {"finding.level", "finding.id", "finding.place", "finding.message"});
  for (const LoadProblem& problem : problems) {
    const std::string place = BaseName(problem.file) + ":" + std::to_string(problem.line) + ":" +
                              std::to_string(problem.column);
    grid.rows.push_back(
        {{},
         {{{Mark(LevelName(reviewed.words, problem.level), Spelling(problem.level))}},
          {{Text(problem.id)}},
          {{Code(place)}},
          {{Text(problem.message)}}},
         {}});
  }
  reviewed.Put(std::move(grid));
}

void AddFailures(const Reviewed& reviewed, const CasesResult& result) {
  const Words& words = reviewed.words;
  Grid grid = GridOf(reviewed, "plain", {"case.name", "case.state", "case.difference"});
  for (const CaseResult& entry : result.cases) {
    if (entry.passed && entry.confirmed) continue;
    Grid::Cell differences;
    for (const std::string& difference : entry.differences)
      differences.push_back({Text(difference)});
    grid.rows.push_back({{},
                         {{{Text(entry.name)}},
                          {{entry.passed ? Mark(words("case.unconfirmed"), "warning")
                                         : Mark(words("case.failed"), "error")}},
                          std::move(differences)},
                         {}});
  }
  if (grid.rows.empty()) return;
  grid.caption = words("case.caption");
  reviewed.Put(std::move(grid));
}

void AddCoverage(const Reviewed& reviewed, const Coverage& coverage) {
  const Words& words = reviewed.words;
  Grid grid = GridOf(reviewed, "plain figures", {"coverage.what", "coverage.covered", "coverage.all"});
  grid.caption = words("coverage.caption");
  const auto add = [&](Word what, const Coverage::Count& count) {
    grid.rows.push_back({{},
                         {{{Text(words(what))}},
                          {{Text(std::to_string(count.covered))}},
                          {{Text(std::to_string(count.all))}}},
                         {}});
  };
  add("coverage.rules", coverage.rules);
  add("coverage.boundaries", coverage.boundaries);
  add("coverage.cells", coverage.cells);
  add("coverage.missing", coverage.missing);
  add("coverage.options", coverage.options);
  add("coverage.verdicts", coverage.verdicts);
  reviewed.Put(std::move(grid));
  if (coverage.gaps.empty()) return;
  Grid gaps = GridOf(reviewed, "plain", {"gap.where", "gap.message"});
  gaps.caption = words("gap.caption");
  for (const CoverageGap& gap : coverage.gaps) {
    gaps.rows.push_back({{}, {{{Code(gap.where)}}, {{Text(gap.message)}}}, {}});
  }
  reviewed.Put(std::move(gaps));
}

Grid::Cell OrNothing(const Reviewed& reviewed, const std::string& text) {
  return {{text.empty() ? Soft(reviewed.words("change.nothing")) : Text(text)}};
}

/// The title of a table; of what is no table ("gate", "checks") its name.
std::string TableTitle(const Reviewed& reviewed, const std::string& id) {
  for (const Table& table : reviewed.pathway.tables) {
    if (table.id == id) return table.title;
  }
  return id;
}

void AddDecisions(const Reviewed& reviewed, const PathwayDiff& diff) {
  const Words& words = reviewed.words;
  if (diff.decisions.empty()) {
    return reviewed.PutText(
        diff.complete ? words("change.no-decision") : words("change.no-decision-found"),
        diff.complete ? "good" : "warning");
  }
  Grid grid = GridOf(reviewed, "plain", {"change.table", "change.patients", "change.before", "change.after"});
  grid.caption = words("change.decisions");
  for (const DecisionChange& change : diff.decisions) {
    Grid::Cell patients;
    for (const std::string& test : change.patients) patients.push_back({Text(test)});
    if (patients.empty()) patients.push_back({Text(words("change.everybody"))});
    grid.rows.push_back({{},
                         {{{Text(TableTitle(reviewed, change.table))}},
                          std::move(patients),
                          OrNothing(reviewed, change.before),
                          OrNothing(reviewed, change.after)},
                         {}});
  }
  reviewed.Put(std::move(grid));
}

void AddTexts(const Reviewed& reviewed, const PathwayDiff& diff) {
  const Words& words = reviewed.words;
  if (diff.texts.empty()) return;
  Grid grid = GridOf(reviewed, "plain", {"change.where", "change.before", "change.after"});
  grid.caption = words("change.texts");
  for (const TextChange& change : diff.texts) {
    grid.rows.push_back({{},
                         {{{Code(change.where)}},
                          OrNothing(reviewed, change.before),
                          OrNothing(reviewed, change.after)},
                         {}});
  }
  reviewed.Put(std::move(grid));
}

}  // namespace

void AddFindings(const Reviewed& reviewed) {
  const auto& [review, words] = std::tie(reviewed.review, reviewed.words);
  reviewed.Section("findings", words("section.findings"), true);
  const std::string day = review.today.ToString().substr(0, 10);
  if (review.findings.empty()) {
    return reviewed.PutText(words("findings.none", {{"date", day}}), "good");
  }
  std::vector<std::string> counts;
  const auto count = [&](LoadProblem::Level level, Word word) {
    const auto found = std::ranges::count(review.findings, level, &LoadProblem::level);
    counts.push_back(words.Count(word, static_cast<std::size_t>(found)));
  };
  count(LoadProblem::Level::kError, "findings.errors");
  count(LoadProblem::Level::kWarning, "findings.warnings");
  count(LoadProblem::Level::kInfo, "findings.infos");
  reviewed.PutText(words("findings.count", {{"date", day}, {"counts", words.And(counts)}}));
  AddProblems(reviewed, review.findings);
}

void AddCases(const Reviewed& reviewed) {
  const auto& [review, words] = std::tie(reviewed.review, reviewed.words);
  reviewed.Section("tests", words("section.tests"));
  if (!review.cases) return reviewed.PutText(words("tests.none"), "warning");
  const CasesResult& result = *review.cases;
  reviewed.PutText(words("tests.how"));
  reviewed.PutText(words("tests.count", {{"passed", words.Count("tests.passed", result.passed)},
                                         {"failed", words.Count("tests.failed", result.failed)}}),
                   result.failed == 0 && result.problems.empty() ? "good" : "warning");
  if (!result.problems.empty()) AddProblems(reviewed, result.problems);
  AddFailures(reviewed, result);
  AddCoverage(reviewed, result.coverage);
}

void AddChanges(const Reviewed& reviewed) {
  const auto& [review, words] = std::tie(reviewed.review, reviewed.words);
  reviewed.Section("changes", words("section.changes"));
  if (!review.diff) return reviewed.PutText(words("changes.none"));
  reviewed.PutText(words("changes.how", {{"version", review.diff->before_version}}));
  AddDecisions(reviewed, *review.diff);
  std::vector<Line> notes;
  for (const std::string& note : review.diff->notes) notes.push_back({Text(note)});
  if (!notes.empty()) reviewed.Put(List{std::move(notes)});
  AddTexts(reviewed, *review.diff);
}

void AddApproval(const Reviewed& reviewed) {
  const auto& [pathway, words] = std::tie(reviewed.pathway, reviewed.words);
  constexpr int kRows = 5;
  reviewed.Section("approval", words("section.approval"), true);
  reviewed.PutText(
      words("approval.statement", {{"title", pathway.title}, {"version", pathway.version}}));
  reviewed.Put(Paragraph{{Code(pathway.hash)}, "hash"});
  reviewed.PutText(words("approval.hash"), "note");
  Grid grid = GridOf(reviewed, "sign", {"sign.name", "sign.role", "sign.decision", "sign.date", "sign.signature"});
  for (int i = 0; i < kRows; ++i) {
    Grid::Row row;
    row.cells.resize(grid.columns.size());
    for (const Word choice : {Word("sign.approve"), Word("sign.remarks"), Word("sign.reject")}) {
      row.cells[2].push_back({Text(words("sign.choice", {{"decision", words(choice)}}))});
    }
    grid.rows.push_back(std::move(row));
  }
  reviewed.Put(std::move(grid));
}

}  // namespace renal::pathways::review
