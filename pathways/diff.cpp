#include "pathways/diff.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "pathways/internal/common_grid.h"
#include "pathways/internal/decisions.h"
#include "pathways/internal/diff_texts.h"

namespace renal::pathways {
namespace {

using internal::Box;
using internal::BoxLimit;
using internal::CommonGrid;
using internal::Decision;
using internal::Decisions;
using internal::Version;
using Region = std::vector<Box>;

// What changes for some patients: decisions that are gone and new ones, by place in the lists.
struct Label {
  bool gone = false;
  std::size_t decision = 0;
  friend auto operator<=>(const Label&, const Label&) = default;
};
using Labels = std::vector<Label>;

struct Piece {
  Box box;
  Labels labels;
};

class Differ {
 public:
  Differ(const Pathway& before, const Pathway& after, PathwayDiff& diff)
      : grid_(before, after), diff_(diff) {
    std::vector<std::string> named = internal::NamedRules(before);
    const auto more = internal::NamedRules(after);
    named.insert(named.end(), more.begin(), more.end());
    before_ = internal::DecisionsOf(before, Version::kBefore, grid_, named, limit_);
    after_ = internal::DecisionsOf(after, Version::kAfter, grid_, named, limit_);
  }

  void Run() {
    Note();
    if (!before_.whole || !after_.whole) return;
    FindStopped();
    Compare(before_, after_, true);
    Compare(after_, before_, false);
    if (failed_) return TooLarge();
    List();
  }

 private:
  void Note();
  void TooLarge();
  void FindStopped();
  void Compare(const Decisions& those, const Decisions& others, bool gone);
  void AddPiece(const Box& box, Label label);
  void List();
  bool TakeOut(Region& region, const Box& box) {
    failed_ = failed_ || !grid_.layout().Subtract(region, box, limit_);
    return !failed_;
  }
  // The parts of what changes that speak to these patients.
  std::vector<const Decision::Part*> PartsOf(const Label& label, const Box& box) const;
  std::string Text(const Labels& labels, const Box& box, bool gone) const;
  std::string PlaceOf(const Labels& labels, const Box& box) const;
  std::size_t OrderOf(const Labels& labels) const;

  CommonGrid grid_;
  PathwayDiff& diff_;
  BoxLimit limit_;
  Decisions before_, after_;
  Region stopped_;  // by both versions: nothing else is said to these patients
  std::vector<Piece> pieces_;
  bool failed_ = false;
};

void Differ::Note() {
  std::set<std::string> tables(before_.whens.begin(), before_.whens.end());
  tables.insert(after_.whens.begin(), after_.whens.end());
  for (const std::string& table : tables) {
    diff_.complete = false;
    diff_.notes.push_back("table " + table +
                          " holds \"when\": its conditions are compared as texts, not by patients");
  }
  if (!before_.whole || !after_.whole) TooLarge();
}

void Differ::TooLarge() {
  diff_.complete = false;
  diff_.notes.push_back("the tables are too large to be compared patient by patient");
}

void Differ::FindStopped() {
  for (const Box& a : before_.stopped) {
    for (const Box& b : after_.stopped) {
      if (grid_.layout().Meet(a, b)) stopped_.push_back(grid_.layout().Common(a, b));
    }
  }
}

// Patients to whom something is said in `those` and not in `others`.
void Differ::Compare(const Decisions& those, const Decisions& others, bool gone) {
  std::map<std::string_view, const Decision*> known;
  for (const Decision& other : others.list) known.emplace(other.signature, &other);
  for (std::size_t i = 0; i < those.list.size() && !failed_; ++i) {
    const Decision& decision = those.list[i];
    Region left = decision.patients;
    const auto same = known.find(decision.signature);
    if (same != known.end()) {
      for (const Box& box : same->second->patients) {
        if (!TakeOut(left, box)) return;
      }
    }
    for (const Box& box : stopped_) {
      if (!decision.signature.starts_with("!gate ") && !TakeOut(left, box)) return;
    }
    for (const Box& box : left) AddPiece(box, {gone, i});
  }
}

// Cuts the pieces at the box; what of it lies in no piece is a new one.
void Differ::AddPiece(const Box& box, Label label) {
  Region rest{box};
  const std::size_t count = pieces_.size();
  for (std::size_t i = 0; i < count && !failed_; ++i) {
    const Piece& piece = pieces_[i];
    if (!grid_.layout().Meet(piece.box, box)) continue;
    const Box old = piece.box;
    const Labels labels = piece.labels;
    if (!TakeOut(rest, old)) return;
    Region outside{old};
    if (!TakeOut(outside, box)) return;
    pieces_[i].box = grid_.layout().Common(old, box);
    pieces_[i].labels.push_back(label);
    for (Box& part : outside) pieces_.push_back({std::move(part), labels});
  }
  for (Box& part : rest) pieces_.push_back({std::move(part), {label}});
  failed_ = failed_ || pieces_.size() > limit_.boxes || !limit_.Spend(count * box.size() + 1);
}

std::vector<const Decision::Part*> Differ::PartsOf(const Label& label, const Box& box) const {
  const Decision& decision = (label.gone ? before_ : after_).list[label.decision];
  std::vector<const Decision::Part*> parts;
  for (const Decision::Part& part : decision.parts) {
    const bool speaks =
        std::any_of(part.patients.begin(), part.patients.end(),
                    [&](const Box& patients) { return grid_.layout().Meet(patients, box); });
    if (speaks) parts.push_back(&part);
  }
  return parts;
}

std::string Differ::Text(const Labels& labels, const Box& box, bool gone) const {
  std::string text;
  for (const Label& label : labels) {
    if (label.gone != gone) continue;
    for (const Decision::Part* part : PartsOf(label, box)) {
      text += (text.empty() ? "" : "; ") + part->text;
    }
  }
  return text;
}

std::string Differ::PlaceOf(const Labels& labels, const Box& box) const {
  const auto parts = PartsOf(labels.front(), box);
  return parts.empty() ? std::string() : parts.front()->place;
}

std::size_t Differ::OrderOf(const Labels& labels) const {
  std::size_t order = labels.front().decision;
  for (const Label& label : labels) order = std::min(order, label.decision);
  return order;
}

void Differ::List() {
  constexpr std::size_t kMostRows = 1'000;
  std::map<Labels, Region> groups;
  for (Piece& piece : pieces_) {
    std::sort(piece.labels.begin(), piece.labels.end());
    groups[piece.labels].push_back(std::move(piece.box));
  }
  std::vector<std::pair<Labels, Region>> sorted(groups.begin(), groups.end());
  std::stable_sort(sorted.begin(), sorted.end(), [&](const auto& a, const auto& b) {
    return OrderOf(a.first) < OrderOf(b.first);
  });
  for (const auto& [labels, region] : sorted) {
    const auto fits = [&](const Box& box) {
      Region left{box};
      for (const Box& part : region) {
        if (!left.empty() && !grid_.layout().Subtract(left, part, limit_)) return false;
      }
      return left.empty();
    };
    const auto boxes = MaximalBoxes(grid_.layout(), region, kMostRows + 1, fits);
    if (boxes.size() > kMostRows) {
      diff_.complete = false;
      diff_.notes.push_back("of one change only the " + std::to_string(kMostRows) +
                            " largest groups of patients are listed");
    }
    for (const Box& box : std::span(boxes).first(std::min(boxes.size(), kMostRows))) {
      diff_.decisions.push_back({PlaceOf(labels, box), grid_.Describe(box), Text(labels, box, true),
                                 Text(labels, box, false)});
    }
  }
}

// ---- Markdown

std::string Escaped(const std::string& text) {
  constexpr std::size_t kShown = 300;
  constexpr std::string_view kSpecial = "\\`*_[]<>|#";
  std::string escaped;
  for (const char c : text.substr(0, kShown)) {
    if (kSpecial.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
  }
  return escaped + (text.size() > kShown ? " ..." : "");
}

std::string ShownPatients(const DecisionChange& change) {
  std::string text;
  for (const std::string& test : change.patients) {
    text += (text.empty() ? "" : "<br>") + Escaped(test);
  }
  return text.empty() ? "every patient" : text;
}

std::string OrNothing(const std::string& text) { return text.empty() ? "nothing" : Escaped(text); }

void AddDecisions(const PathwayDiff& diff, std::string& text) {
  text += "## Decisions\n\n";
  if (diff.decisions.empty()) {
    text += diff.complete ? "No patient is decided differently.\n\n"
                          : "No difference was found, but not everything could be compared.\n\n";
    return;
  }
  text += "| Table | Patients | Before | After |\n| --- | --- | --- | --- |\n";
  for (const DecisionChange& change : diff.decisions) {
    text += "| " + Escaped(change.table) + " | " + ShownPatients(change) + " | " +
            OrNothing(change.before) + " | " + OrNothing(change.after) + " |\n";
  }
  text += "\n";
}

void AddTexts(const PathwayDiff& diff, std::string& text) {
  text += "## Texts\n\n";
  if (diff.texts.empty()) {
    text += "None differs.\n";
    return;
  }
  text += "| Where | Before | After |\n| --- | --- | --- |\n";
  for (const TextChange& change : diff.texts) {
    text += "| " + Escaped(change.where) + " | " +
            (change.before.empty() ? "(added)" : Escaped(change.before)) + " | " +
            (change.after.empty() ? "(removed)" : Escaped(change.after)) + " |\n";
  }
}

}  // namespace

PathwayDiff Diff(const LoadResult& before, const LoadResult& after) {
  PathwayDiff diff;
  diff.before_version = before.pathway->version;
  diff.after_version = after.pathway->version;
  Differ(*before.pathway, *after.pathway, diff).Run();
  diff.texts = internal::TextChanges(before, after);
  return diff;
}

std::string DiffMarkdown(const PathwayDiff& diff) {
  std::string text = "# From version " + Escaped(diff.before_version) + " to " +
                     Escaped(diff.after_version) + "\n\n";
  for (const std::string& note : diff.notes) text += "Note: " + Escaped(note) + ".\n\n";
  AddDecisions(diff, text);
  AddTexts(diff, text);
  return text;
}

std::string DiffJson(const PathwayDiff& diff) {
  fhir::JsonWriter writer;
  writer.BeginObject().Member("before", diff.before_version).Member("after", diff.after_version);
  writer.Key("complete").Boolean(diff.complete).Key("notes").BeginArray();
  for (const std::string& note : diff.notes) writer.String(note);
  writer.EndArray().Key("decisions").BeginArray();
  for (const DecisionChange& change : diff.decisions) {
    writer.BeginObject().Member("table", change.table).Key("patients").BeginArray();
    for (const std::string& test : change.patients) writer.String(test);
    writer.EndArray().Member("before", change.before).Member("after", change.after).EndObject();
  }
  writer.EndArray().Key("texts").BeginArray();
  for (const TextChange& change : diff.texts) {
    writer.BeginObject().Member("where", change.where);
    writer.Member("before", change.before).Member("after", change.after).EndObject();
  }
  writer.EndArray().EndObject();
  return writer.Take() + "\n";
}

}  // namespace renal::pathways
