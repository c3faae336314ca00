#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fhir/json.h"
#include "hooks/internal/text_reader.h"
#include "hooks/internal/text_store.h"
#include "hooks/internal/unit_names.h"
#include "hooks/internal/unit_source.h"

namespace renal::hooks::internal {

/// Patients out of files in which they may stand apart.
class BoardSource final : public UnitSource {
 public:
  /// Files of its own are made in `folder`.
  BoardSource(std::vector<std::filesystem::path> files, const std::filesystem::path& folder,
              UnitNames names = {});

  /// Looks at every text once, and shows bytes.
  void Gather(std::size_t threads, const Complain& complain, const Show& show) override;
  std::optional<BoardUnit> Next() override;

  /// The Bundle of `unit` together with the resources of no patient that it names, directly or
  /// through others; `root` is its text, parsed. Empty if it names none. Any thread.
  std::string WithShared(const BoardUnit& unit, const fhir::Json& root);

  PieceIndex& index() override { return index_; }

 private:
  struct Looked;
  Looked LookAt(const TextBatch& batch) const;
  void Enter(const Looked& looked, const Complain& complain);

  TextStore store_;
  TextReader reader_;
  PieceIndex index_;
  const UnitNames names_;
  std::optional<Piece> ahead_;
  std::vector<std::string> shared_types_;
  std::int64_t calls_ = 0;
  std::string last_patient_;
  int same_patient_ = 0;
};

}  // namespace renal::hooks::internal
