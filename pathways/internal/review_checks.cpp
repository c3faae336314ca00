#include "pathways/internal/review.h"

namespace renal::pathways::review {
namespace {

Grid::Cell TargetCell(const Reviewed& reviewed, const Check& check) {
  Grid::Cell cell;
  std::vector<Line> links;
  for (const Index action : check.for_actions) {
    links.push_back({Text(reviewed.prose.ActionTitle(action))});
  }
  for (const std::string& rule : check.for_rules) links.push_back(RuleLink(reviewed, rule));
  if (!links.empty()) cell.push_back(Joined(links, ", "));
  if (cell.empty()) cell.push_back({Text(reviewed.words("check.all"))});
  return cell;
}

Grid::Cell EffectCell(const Reviewed& reviewed, const Check& check) {
  Grid::Cell cell;
  for (std::string& effect : CheckEffects(reviewed.pathway, reviewed.words, check)) {
    cell.push_back({Text(std::move(effect))});
  }
  if (!check.caution.empty()) {
    cell.push_back({Text(
        reviewed.words("check.caution", {{"caution", reviewed.prose.SentenceOf(check.caution)}}))});
  }
  if (!check.emphasis.empty()) {
    cell.push_back({Text(reviewed.words(
        "check.emphasis", {{"emphasis", reviewed.prose.SentenceOf(check.emphasis)}}))});
  }
  if (check.rule != check.id) {
    cell.push_back({Soft(reviewed.words("check.rule", {{"rule", check.rule}}))});
  }
  if (check.fact) cell.push_back({Soft(reviewed.words("check.fact"))});
  if (check.not_verified) cell.push_back({Soft(reviewed.words("check.not-verified"))});
  return cell;
}

Grid::Cell ReasonCell(const Reviewed& reviewed, const Check& check) {
  Grid::Cell cell;
  if (!check.because.empty()) cell.push_back({Text(reviewed.prose.SentenceOf(check.because))});
  if (Line cite = Citations(reviewed, check.cite); !cite.empty()) cell.push_back(std::move(cite));
  const auto& file = EntryOf(MemberAt(reviewed.file, "checks"), check.id);
  if (const std::string note = TextAt(file, "note"); !note.empty()) {
    cell.push_back({Soft(reviewed.words("label.note", {{"note", note}}))});
  }
  return cell;
}

}  // namespace

std::vector<std::string> CheckEffects(const Pathway& pathway, const Words& words,
                                      const Check& check) {
  const Prose prose(pathway, words);
  std::vector<std::string> effects;
  if (check.suppress) effects.push_back(words("check.suppress"));
  if (check.strength) {
    effects.push_back(words("check.tier", {{"tier", prose.TierName(*check.strength)}}));
  }
  if (check.conditional) effects.push_back(words("check.conditional"));
  if (check.mdt_required) effects.push_back(words("check.board"));
  if (!check.with.empty()) {
    const std::string actions = prose.ActionTitles(check.with);
    effects.push_back(
        check.with_strength == kNone
            ? words("check.with", {{"actions", actions}})
            : words("check.with-strength",
                    {{"actions", actions}, {"strength", prose.StrengthOf(check.with_strength)}}));
  }
  if (check.critical) effects.push_back(words("check.critical"));
  return effects;
}

void AddChecks(const Reviewed& reviewed) {
  const auto& [pathway, words] = std::tie(reviewed.pathway, reviewed.words);
  if (pathway.checks.empty()) return;
  reviewed.Section("checks", words("section.checks"), true);
  reviewed.PutText(words("checks.how"));
  Grid grid = GridOf(reviewed, "plain checks", {"check.head-id", "check.head-if", "check.head-on", "check.head-then", "check.head-because"});
  for (const Check& check : pathway.checks) {
    Grid::Row row{PlaceOf("check", check.id),
                  {{{Strong(check.id)}, {Text(check.title)}},
                   ConditionLines(reviewed, check.cells),
                   TargetCell(reviewed, check),
                   EffectCell(reviewed, check),
                   ReasonCell(reviewed, check)},
                  {}};
    if (check.policy) row.cells[0].push_back(PolicyMark(reviewed));
    grid.rows.push_back(std::move(row));
  }
  reviewed.Put(std::move(grid));
}

}  // namespace renal::pathways::review
