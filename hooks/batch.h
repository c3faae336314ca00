#pragma once

#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <vector>

#include "hooks/evaluation.h"
#include "pathways/pathway.h"

/// `renalpath evaluate`: requests in, outcomes out, without a server.
namespace renal::hooks {

struct BatchOptions {
  /// Each holds one JSON text, or one a line if its name ends in .ndjson or .jsonl. "-" is the
  /// standard input, and so is no file at all.
  std::vector<std::filesystem::path> files;
  bool lines = false;                        ///< every file has one JSON text a line
  bool cards = false;                        ///< the answer of the hook instead of the outcome
  std::optional<std::filesystem::path> out;  ///< instead of the standard output
  Determinism determinism;
};

/// The streams of a program.
struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& messages;
  bool show_progress = false;  ///< `messages` is a terminal that nothing else is written to
};

/// Evaluates every text, on as many threads as there are processors for it, and prints one line for
/// each, in their order. A text is a CDS Hooks request, or a Bundle that holds the whole record of
/// its only Patient and is evaluated as patient-view. What was not delivered is unknown; no text is
/// refused for it.
///
/// A text that cannot be used is named in the messages ("file:12: ..."), counted and skipped. Gives
/// the exit status: 0, or 1 if anything was skipped, or could not be read or written.
int EvaluateBatch(std::shared_ptr<const pathways::Pathway> pathway, const BatchOptions& options,
                  const Streams& streams);

}  // namespace renal::hooks
