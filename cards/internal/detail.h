#pragma once

#include <string>
#include <vector>

#include "cards/internal/prose.h"
#include "cards/internal/view.h"

/// The parts of a card's detail, each written after the other into one Prose.
namespace renal::cards {

/// What a card is about.
struct Subject {
  Focus focus;  ///< the patient's own data always count besides
  Results results;
  std::vector<Index> inputs;  ///< shown as data if known
};

/// A heading with its lines; nothing where there are none.
void WriteSection(const Scene& scene, Phrase heading, const std::vector<std::string>& lines,
                  Prose& prose);

/// Results with their strength, reasons and what they depend on: what to avoid first, then what is
/// recommended, what is possible, and facts. Where a result needs the board, a sentence says so.
void WriteResults(const Scene& scene, const Subject& subject, Prose& prose);

/// What the advice stands on: data with values, dates and references; what is missing; what is
/// assumed or was not delivered; cautions; what would change the advice.
void WriteEvidence(const Scene& scene, const Subject& subject, Prose& prose);

/// The questions that a card shows: the first three. All of them are in the outcome.
std::vector<pathways::Question> FirstQuestions(std::vector<pathways::Question> questions);

/// Questions to answer, each with its reason; contradicting values are listed to be confirmed.
void WriteQuestions(const Scene& scene, const std::vector<pathways::Question>& questions,
                    Prose& prose);

/// Source and year, pathway with version and hash, disclaimer.
void WriteProvenance(const Scene& scene, const Results& results, Prose& prose);

/// Places in Pathway::sources that the results cite, each once; the first source where they cite
/// none.
std::vector<Index> Citations(const Scene& scene, const Results& results);

/// A question belongs to the focus or to the patient.
bool Concerns(std::string_view key, const Focus& focus);

}  // namespace renal::cards
