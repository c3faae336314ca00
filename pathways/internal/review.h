#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "fhir/own_json.h"
#include "pathways/internal/document.h"
#include "pathways/internal/json_tree.h"
#include "pathways/internal/prose.h"
#include "pathways/internal/review_words.h"
#include "pathways/render.h"

/// The parts of the review document, one function for each section, in the order of the document.
namespace renal::pathways::review {

/// What all parts work on.
struct Reviewed {
  const Review& review;
  const Pathway& pathway;
  const fhir::OwnJson& file;  ///< what the file says beside what is evaluated
  const Words& words;
  Prose prose;
  Document& out;

  void Section(std::string id, std::string title, bool new_page = false) const;
  void Put(Block block) const { out.blocks.push_back(std::move(block)); }
  void PutText(std::string text, std::string tone = {}) const;
};

/// The document of a review.
Document ReviewDocument(const Review& review, const Words& words);

// ---- what the file says beside what is evaluated
using internal::MemberAt;
using internal::TextAt;
/// The entry of an object or of a list of objects with that id; an absent value if there is none.
const fhir::OwnJson& EntryOf(const fhir::OwnJson& list, std::string_view id);

// ---- pieces that several sections show
/// A grid with plain columns of these titles.
Grid GridOf(const Reviewed& reviewed, std::string kind, std::initializer_list<Word> titles);
/// Where a rule, a check, an input, a table … stands in the document.
std::string PlaceOf(std::string_view kind, std::string_view id);
Line RuleLink(const Reviewed& reviewed, std::string_view id);
/// "Sources: D1, D2", linked; empty for none.
Line Citations(const Reviewed& reviewed, const std::vector<Index>& cite);
Line PolicyMark(const Reviewed& reviewed);
/// What a cell accepts, with the parameters it depends on.
Line CellLine(const Reviewed& reviewed, const Cell& cell);
/// Each condition with its input.
std::vector<Line> ConditionLines(const Reviewed& reviewed, const std::vector<Cell>& cells);
/// An option: what, how strongly, whether always conditional.
Line OptionLine(const Reviewed& reviewed, const Option& option);
/// A value set by its title, linked with its codes.
Line ValueSetLine(const Reviewed& reviewed, const fhir::ValueSet* set);
std::string ValueSetTitle(const Reviewed& reviewed, const fhir::ValueSet& set);

// ---- review_head.cpp
void AddHead(const Reviewed& reviewed);
void AddPeople(const Reviewed& reviewed);
void AddScope(const Reviewed& reviewed);
// ---- review_rules.cpp
void AddPicture(const Reviewed& reviewed);
void AddRules(const Reviewed& reviewed);
/// True if the check acts on an option of the rule.
bool ActsOn(const Pathway& pathway, const Check& check, const Rule& rule);
/// Ids of the checks that act on the rule, at most kMostChecks.
inline constexpr std::size_t kMostChecks = 100;
std::vector<std::string> ChecksOn(const Pathway& pathway, const Rule& rule);
// ---- review_checks.cpp
void AddChecks(const Reviewed& reviewed);
/// What a check does where it is true, a sentence each; its caution is not among them.
std::vector<std::string> CheckEffects(const Pathway& pathway, const Words& words,
                                      const Check& check);
// ---- review_inputs.cpp
void AddFoci(const Reviewed& reviewed);
void AddInputs(const Reviewed& reviewed);
/// True if the ranks of the sources are neither one for all nor their order.
bool RankedByHand(const Input& input);
// ---- review_selection.cpp
/// How one value comes out of several, in sentences.
std::vector<Line> SelectionLines(const Reviewed& reviewed, const Input& input);
std::vector<Line> AgeLines(const Reviewed& reviewed, const Input& input);
std::vector<Line> NothingDocumentedLines(const Reviewed& reviewed, const Input& input);
// ---- review_scores.cpp
/// How points or a class come out of other facts; empty for another input.
std::vector<Line> ScoreRuleLines(const Reviewed& reviewed, const Input& input);
/// Where a score is shown, and with which remarks.
std::vector<Line> ScoreViewLines(const Reviewed& reviewed, const Input& input);
// ---- review_lists.cpp
void AddParameters(const Reviewed& reviewed);
void AddActions(const Reviewed& reviewed);
void AddSources(const Reviewed& reviewed);
void AddPolicies(const Reviewed& reviewed);
void AddCards(const Reviewed& reviewed);
// ---- review_results.cpp
void AddFindings(const Reviewed& reviewed);
void AddCases(const Reviewed& reviewed);
void AddChanges(const Reviewed& reviewed);
void AddApproval(const Reviewed& reviewed);
// ---- review_annex.cpp
void AddCodes(const Reviewed& reviewed);
void AddExpressions(const Reviewed& reviewed);

}  // namespace renal::pathways::review
