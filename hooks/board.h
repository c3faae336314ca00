#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hooks/batch.h"
#include "hooks/evaluation.h"
#include "pathways/pathway.h"

/// `renalpath board`: a tumour-board meeting for whole patient lists.
namespace renal::hooks {

/// A part of the patients of a source: each belongs to one of `count` parts, by its id, wherever
/// what is known of it stands. `index` counts from 0.
struct BoardShard {
  std::size_t index = 0;
  std::size_t count = 1;
};

struct BoardOptions {
  /// A Bundle, a request, a file with one of these a line, or a folder of any of them, at any
  /// depth, each also packed with gzip; a folder of FHIR Bulk Data (`<Type>.ndjson`) is one of
  /// single resources. What the files say of one patient is one record.
  ///
  /// Or an address: a search of a FHIR server, or one of its Groups. The patients that it names are
  /// fetched one by one, with what the pathway needs.
  std::string from;
  /// Says which servers may be called and how (hooks/config.h, [[fhir]]). Without it the address
  /// itself does, and the token is that of RENALPATH_FHIR_TOKEN, if any.
  std::optional<std::filesystem::path> config;
  std::filesystem::path out;  ///< folder of the results, made if it is missing
  /// Only these patients. What of a source cannot be used is told by the first part alone.
  BoardShard shard;
  /// Instead of `from`: folders of boards over all parts, whose measures are added up in `out`.
  std::vector<std::filesystem::path> merge;
  Determinism determinism;
  /// Pseudonyms in place of names and ids, of resources too, and no recorded words, everywhere but
  /// in briefs and FHIR documents: the file holds the key, of 16 bytes at least. Lines are in the
  /// order of the pseudonyms then.
  std::optional<std::filesystem::path> pseudonym_key;
  bool briefs = true;  ///< one page a patient, in the folder `briefs`
  bool pdf = false;    ///< and printed, by Chromium
  /// Also compare what is chosen with another version of the pathway (a file, or the id of a
  /// shipped one), or with what was done: procedures after the evaluation in a folder of records,
  /// which may be `from` itself.
  std::optional<std::string> compare_with;
  bool fhir = false;        ///< a FHIR document a patient, in the folder `fhir`
  std::size_t threads = 0;  ///< 0: as many as there are processors
};

/// Evaluates every patient, on all processors and in memory that does not grow with their number,
/// and writes into the folder:
///
///   outcomes.ndjson   what `evaluate` gives of the same record, one a line, by id of the patient
///                     or pseudonym
///   worklist.html     one row a patient, by urgency; worklist.csv, the same
///   measures.json     counts
///   fhir/             where asked for: one FHIR document a patient, with names, always
///   briefs/           one page a patient, which prints on one A4 page; with names, always
///   comparison.html   where asked for: confusion table, agreement, Cohen's kappa; and .json
///   problems.txt      what could not be used, a line each with its place; only if there is any
///
/// A text that cannot be used is named in the messages, counted and skipped, and loses no other
/// patient. Gives the exit status: 0, or 1 if anything was skipped, or could not be read or
/// written.
int PrepareBoard(std::shared_ptr<const pathways::Pathway> pathway, const BoardOptions& options,
                 const Streams& streams);

}  // namespace renal::hooks
