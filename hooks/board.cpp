#include "hooks/board.h"

#include <ostream>
#include <stdexcept>
#include <utility>

#include "hooks/internal/board_folder.h"
#include "hooks/internal/board_merge.h"
#include "hooks/internal/board_run.h"
#include "hooks/internal/pseudonym.h"

namespace renal::hooks {

namespace {

int Merge(const BoardOptions& options, std::ostream& messages) {
  const auto measures = internal::MergeMeasures(options.merge, messages);
  if (!measures) return 1;
  internal::BoardFolder(options.out).Write("measures.json", *measures);
  return 0;
}

}  // namespace

int PrepareBoard(std::shared_ptr<const pathways::Pathway> pathway, const BoardOptions& options,
                 const Streams& streams) {
  std::optional<internal::Pseudonyms> pseudonyms;
  if (options.pseudonym_key) {
    pseudonyms = internal::Pseudonyms::Open(*options.pseudonym_key, streams.messages);
    if (!pseudonyms) return 1;
  }
  try {
    if (!options.merge.empty()) return Merge(options, streams.messages);
    return internal::BoardRun(std::move(pathway), options, streams, std::move(pseudonyms)).Run();
  } catch (const std::runtime_error& fault) {
    streams.messages << fault.what() << '\n';
    return 1;
  }
}

}  // namespace renal::hooks
