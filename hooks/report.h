#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "hooks/measures.h"
#include "hooks/pathway_tools.h"

/// `renalpath report`: what became of the cards.
namespace renal::hooks {

struct ReportOptions {
  std::optional<std::filesystem::path> config;  ///< whose store is asked
  std::optional<std::filesystem::path> folder;  ///< else the store in this folder
  std::string url;                              ///< else this PostgreSQL database
  /// Instead of the store, a server's log: what became of a pathway in shadow. "-": the standard
  /// input.
  std::optional<std::filesystem::path> shadow_log;
  MeasureQuery query;
  bool json = false;                         ///< MeasuresJson() instead of a table
  std::optional<std::filesystem::path> out;  ///< file instead of the standard output
};

/// Prints the counts; a server may be using the store meanwhile. The exit status: 0; 1 if the store
/// cannot be read or the result not be written; 2 if the configuration cannot be read.
int Report(const ReportOptions& options, const Streams& streams);

}  // namespace renal::hooks
