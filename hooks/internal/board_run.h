#pragma once

#include <atomic>
#include <cstdint>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cards/worklist.h"
#include "hooks/board.h"
#include "hooks/internal/board_compare.h"
#include "hooks/internal/board_folder.h"
#include "hooks/internal/board_measures.h"
#include "hooks/internal/board_source.h"
#include "hooks/internal/pdf_printer.h"
#include "hooks/internal/progress.h"
#include "hooks/internal/pseudonym.h"
#include "hooks/internal/request_texts.h"

namespace renal::hooks::internal {

/// Everything that a board does with one patient, and what it makes of all of them.
class BoardRun {
 public:
  BoardRun(std::shared_ptr<const pathways::Pathway> pathway, const BoardOptions& options,
           const Streams& streams, std::optional<Pseudonyms> pseudonyms);

  /// Reads, evaluates and writes all; the exit status. Throws std::runtime_error where the disk
  /// fails.
  int Run();

 private:
  /// What one patient gives.
  struct Done {
    std::string line;  ///< of the outcome; empty where the evaluation failed
    cards::WorklistRow row;
    std::string place, problem;
    std::int64_t pieces = 0;
    std::vector<BoardComparer::Pair> compared;
  };
  /// A patient with what is known of later.
  struct Task {
    BoardUnit unit;
    std::string later;
  };
  std::optional<Task> NextTask();
  bool OpenOthers();
  void GatherAll();
  Done Work(const Task& task);
  Done Evaluate(const Task& task, const fhir::Json& root);
  std::string FileNameOf(const BoardUnit& unit) const;
  std::string BriefOf(const BoardUnit& unit, const Evaluation& evaluation,
                      const cards::Person& person) const;
  Done Failed(const BoardUnit& unit, std::string_view reason) const;
  cards::Person ShownPerson(cards::Person person) const;
  void Take(Done done);
  void Complain(const std::string& place, const std::string& sentence);
  void WriteLists();
  void PrintBriefs();
  int Finish();

  const std::shared_ptr<const pathways::Pathway> pathway_;
  const Evaluator evaluator_;
  const BoardOptions& options_;
  const Streams& streams_;
  const std::optional<Pseudonyms> pseudonyms_;
  const Determinism determinism_;  ///< one moment for all
  const std::string evaluated_at_;
  const BoardFolder folder_;
  const WorkFolder work_;
  std::unique_ptr<BoardSource> source_;
  std::unique_ptr<BoardComparer> comparer_;  ///< null: nothing is compared
  std::optional<PdfPrinter> printer_;
  std::optional<Progress> progress_;
  std::ofstream outcomes_, problems_;
  std::mutex measuring_;
  BoardMeasures measures_;
  std::int64_t lines_ = 0, patients_ = 0, pieces_ = 0, skipped_ = 0;
};

}  // namespace renal::hooks::internal
