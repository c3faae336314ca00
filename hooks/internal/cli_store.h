#pragma once

#include "hooks/store_admin.h"

namespace CLI {
class App;
}

namespace renal::hooks {

/// The command `store` with its tasks, which fills `options`.
CLI::App* AddStore(CLI::App& app, StoreOptions& options);

}  // namespace renal::hooks
