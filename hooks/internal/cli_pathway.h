#pragma once

#include <memory>
#include <variant>

#include "hooks/pathway_tools.h"

namespace CLI {
class App;
}

namespace renal::hooks {

/// What one of the commands of `renalpath pathway` is to do.
using PathwayCommand = std::variant<LintOptions, TestOptions, RenderOptions, DiffOptions,
                                    ExportOptions, ImportOptions, ReplayOptions>;

/// The words of `renalpath pathway`, as part of the program's command line.
class PathwayCommandLine {
 public:
  explicit PathwayCommandLine(CLI::App& app);
  ~PathwayCommandLine();
  PathwayCommandLine(const PathwayCommandLine&) = delete;
  PathwayCommandLine& operator=(const PathwayCommandLine&) = delete;

  bool parsed() const;             ///< the line was read, and names one of these commands
  PathwayCommand command() const;  ///< must be parsed

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace renal::hooks
