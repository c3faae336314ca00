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
#include "hooks/internal/server_source.h"

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
    std::vector<std::string> gaps;  ///< what could not be had of the patient: sentences
  };
  /// A patient with what is known of later.
  struct Task {
    BoardUnit unit;
    std::string later;
  };
  std::optional<Task> NextTask();
  bool OpenOthers();
  bool OpenSource();
  void GatherAll();
  std::size_t Workers() const;
  Done Work(const Task& task);
  Done ReadAndEvaluate(const Task& task);
  Done FetchAndEvaluate(const Task& task);
  Done EvaluateText(const Task& task, const fhir::Json& root);
  Done Evaluate(const Task& task, const RecordedCall& call, const Ledger& ledger);
  void WriteOf(const BoardUnit& unit, Evaluation& evaluation, const cards::Person& person,
               cards::UuidSource& uuids, const RecordedCall& call, Done& done) const;
  std::string FileNameOf(const BoardUnit& unit) const;
  std::string BriefOf(const BoardUnit& unit, const Evaluation& evaluation,
                      const cards::Person& person) const;
  Done Failed(const BoardUnit& unit, std::string_view reason) const;
  cards::Person ShownPerson(cards::Person person) const;
  void Take(Done done);
  void Complain(const std::string& place, const std::string& sentence);
  void Tell(const std::string& place, const std::string& sentence);
  std::string PlaceOf(const BoardUnit& unit) const;
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
  const UnitNames names_;
  std::unique_ptr<UnitSource> source_;
  BoardSource* files_ = nullptr;             ///< the source, if it is files
  ServerSource* server_ = nullptr;           ///< or a server
  std::unique_ptr<BoardComparer> comparer_;  ///< null: nothing is compared
  std::optional<PdfPrinter> printer_;
  std::optional<Progress> progress_;
  std::ofstream outcomes_, problems_;
  std::mutex measuring_;
  BoardMeasures measures_;
  std::int64_t lines_ = 0, patients_ = 0, pieces_ = 0, skipped_ = 0, gaps_ = 0, told_ = 0;
};

}  // namespace renal::hooks::internal
