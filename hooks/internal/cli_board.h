#pragma once

#include <string>

#include "hooks/board.h"
#include "hooks/pathway_source.h"

namespace CLI {
class App;
}

namespace renal::hooks {

struct BoardCommand {
  BoardOptions options;
  std::string language = "en";  ///< of all that people read
  PathwayFiles files;
};

/// The words of `renalpath board`, as part of the program's command line.
CLI::App* AddBoard(CLI::App& app, BoardCommand& command);

}  // namespace renal::hooks
