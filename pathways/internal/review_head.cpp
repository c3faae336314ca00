#include <algorithm>

#include "pathways/internal/review.h"

namespace renal::pathways::review {
namespace {

using fhir::OwnJson;

void AddRow(Facts& facts, std::string name, std::string text) {
  if (!text.empty()) facts.rows.push_back({std::move(name), {{Text(std::move(text))}}});
}

std::string StatusWords(const Reviewed& reviewed) {
  const auto& [pathway, words] = std::tie(reviewed.pathway, reviewed.words);
  if (pathway.status == "active") return words("status.active");
  if (pathway.status == "retired") return words("status.retired");
  return words("status.draft");
}

std::string PeriodWords(const Reviewed& reviewed) {
  const OwnJson& period = MemberAt(reviewed.file, "effectivePeriod");
  const std::string start = TextAt(period, "start"), end = TextAt(period, "end");
  if (start.empty()) return {};
  if (end.empty()) return reviewed.words("period.from", {{"start", start}});
  return reviewed.words("period.both", {{"start", start}, {"end", end}});
}

void AddIdentity(const Reviewed& reviewed) {
  const auto& [pathway, words, file] = std::tie(reviewed.pathway, reviewed.words, reviewed.file);
  Facts facts;
  AddRow(facts, words("head.version"), pathway.version);
  AddRow(facts, words("head.status"), StatusWords(reviewed));
  AddRow(facts, words("head.date"), pathway.date);
  AddRow(facts, words("head.period"), PeriodWords(reviewed));
  AddRow(facts, words("head.publisher"), pathway.publisher);
  AddRow(facts, words("head.language"), words.Name(pathway.language));
  AddRow(facts, words("head.approved"), TextAt(file, "approvalDate"));
  AddRow(facts, words("head.reviewed"), TextAt(file, "lastReviewDate"));
  facts.rows.push_back({words("head.id"), {{Code(pathway.id)}}});
  facts.rows.push_back({words("head.url"), {{Code(pathway.url)}}});
  facts.rows.push_back({words("head.hash"), {{Code(pathway.hash)}}});
  if (!pathway.site_name.empty()) {
    facts.rows.push_back(
        {words("head.site"), {{Text(pathway.site_name), Text(" "), Code(pathway.site_hash)}}});
  }
  reviewed.Put(std::move(facts));
}

std::size_t CountOf(const std::vector<LoadProblem>& findings, LoadProblem::Level level) {
  return static_cast<std::size_t>(std::ranges::count(findings, level, &LoadProblem::level));
}

/// What has to be settled before anybody signs.
std::vector<Line> Obstacles(const Reviewed& reviewed) {
  const Review& review = reviewed.review;
  const Words& words = reviewed.words;
  std::vector<Line> lines;
  const auto add = [&](std::size_t count, Word word, const char* place) {
    if (count > 0) lines.push_back({Link(words.Count(word, count), place)});
  };
  add(CountOf(review.findings, LoadProblem::Level::kError), "before.errors", "#findings");
  if (!review.cases) {
    lines.push_back({Link(words("before.no-cases"), "#tests")});
    return lines;
  }
  add(review.cases->failed, "before.failed", "#tests");
  add(review.cases->coverage.rules.all - review.cases->coverage.rules.covered, "before.rules",
      "#tests");
  add(review.cases->coverage.boundaries.all - review.cases->coverage.boundaries.covered,
      "before.boundaries", "#tests");
  return lines;
}

/// Numbers that say how large the thing is.
Line Extent(const Reviewed& reviewed) {
  const auto& [pathway, words] = std::tie(reviewed.pathway, reviewed.words);
  std::size_t rules = 0;
  for (const Table& table : pathway.tables) rules += table.rules.size();
  std::vector<std::string> parts = {words.Count("extent.rules", rules),
                                    words.Count("extent.tables", pathway.tables.size()),
                                    words.Count("extent.checks", pathway.checks.size()),
                                    words.Count("extent.inputs", pathway.inputs.size()),
                                    words.Count("extent.actions", pathway.actions.size())};
  return {Text(words("extent.all", {{"parts", words.And(parts)}}))};
}

void AddState(const Reviewed& reviewed) {
  const auto& [pathway, words] = std::tie(reviewed.pathway, reviewed.words);
  if (pathway.experimental) reviewed.PutText(words("head.experimental"), "warning");
  const std::vector<Line> obstacles = Obstacles(reviewed);
  if (obstacles.empty()) {
    reviewed.PutText(words("before.none"), "good");
    return;
  }
  Line line = {Strong(words("before.title")), Text(" ")};
  Append(line, Joined(obstacles, "; "));
  line.push_back(Text("."));
  reviewed.Put(Paragraph{std::move(line), "warning"});
}

std::string PersonHash(const Reviewed& reviewed, const OwnJson& person) {
  const std::string hash = TextAt(person, "hash");
  if (hash.empty()) return reviewed.words("approval.no-hash");
  return hash == reviewed.pathway.hash ? reviewed.words("approval.this-text")
                                       : reviewed.words("approval.other-text", {{"hash", hash}});
}

void AddPersons(const Reviewed& reviewed, const OwnJson& list, const std::string& role,
                bool approvals, Grid& grid) {
  const Words& words = reviewed.words;
  for (const OwnJson& person : list.items) {
    std::string own = TextAt(person, "role");
    Grid::Row row;
    row.cells = {{{Text(TextAt(person, "name"))}},
                 {{Text(own.empty() || own == role
                            ? role
                            : words("people.role", {{"list", role}, {"role", own}}))}},
                 {{Text(TextAt(person, "date"))}},
                 {}};
    if (approvals) row.cells[3].push_back({Text(PersonHash(reviewed, person))});
    if (const std::string note = TextAt(person, "note"); !note.empty()) {
      row.cells[3].push_back({Text(note)});
    }
    grid.rows.push_back(std::move(row));
  }
}

}  // namespace

void AddHead(const Reviewed& reviewed) {
  const auto& [pathway, words, file] = std::tie(reviewed.pathway, reviewed.words, reviewed.file);
  if (!pathway.description.empty()) reviewed.PutText(pathway.description, "lead");
  AddIdentity(reviewed);
  AddState(reviewed);
  reviewed.Section("about", words("section.about"));
  reviewed.Put(Paragraph{Extent(reviewed), {}});
  Facts facts;
  AddRow(facts, words("head.purpose"), TextAt(file, "purpose"));
  AddRow(facts, words("head.copyright"), TextAt(file, "copyright"));
  AddRow(facts, words("head.disclaimer"), pathway.cards.disclaimer);
  AddRow(facts, words("head.note"), TextAt(file, "note"));
  if (!facts.rows.empty()) reviewed.Put(std::move(facts));
  reviewed.PutText(words("document.how"), "note");
}

void AddPeople(const Reviewed& reviewed) {
  const auto& [words, file] = std::tie(reviewed.words, reviewed.file);
  Grid grid =
      GridOf(reviewed, "plain", {"people.name", "people.part", "people.date", "people.remark"});
  AddPersons(reviewed, MemberAt(file, "authors"), words("people.author"), false, grid);
  AddPersons(reviewed, MemberAt(file, "reviewers"), words("people.reviewer"), false, grid);
  AddPersons(reviewed, MemberAt(file, "approvals"), words("people.approval"), true, grid);
  for (const OwnJson& approval : reviewed.review.site_approvals) {
    OwnJson list;
    list.items.push_back(approval);
    AddPersons(reviewed, list, words("people.site-approval"), true, grid);
  }
  reviewed.Section("people", words("section.people"));
  if (grid.rows.empty()) return reviewed.PutText(words("people.none"), "warning");
  reviewed.Put(std::move(grid));
}

void AddScope(const Reviewed& reviewed) {
  const auto& [pathway, words] = std::tie(reviewed.pathway, reviewed.words);
  reviewed.Section("scope", words("section.scope"));
  Facts facts;
  facts.rows.push_back({words("scope.condition"), {ValueSetLine(reviewed, pathway.condition)}});
  if (pathway.applies) {
    facts.rows.push_back({words("scope.applies"), {{Code(pathway.applies->text())}}});
  }
  std::vector<std::string> hooks;
  for (const std::string& hook : pathway.hooks) hooks.push_back(words.Name(hook));
  facts.rows.push_back({words("scope.hooks"), {{Text(words.And(hooks))}}});
  reviewed.Put(std::move(facts));
  if (pathway.gate.empty()) return reviewed.PutText(words("gate.none"));
  reviewed.PutText(words("gate.intro"));
  Grid grid = GridOf(reviewed, "plain", {"gate.id", "gate.if", "gate.because"});
  for (const GateRow& gate : pathway.gate) {
    Grid::Row row{PlaceOf("gate", gate.id),
                  {{{Text(gate.id)}},
                   ConditionLines(reviewed, gate.cells),
                   {{Text(reviewed.prose.SentenceOf(gate.because))}}},
                  {}};
    if (gate.policy) row.cells[0].push_back(PolicyMark(reviewed));
    grid.rows.push_back(std::move(row));
  }
  reviewed.Put(std::move(grid));
}

}  // namespace renal::pathways::review
