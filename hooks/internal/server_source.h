#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hooks/internal/patient_server.h"
#include "hooks/internal/unit_names.h"
#include "hooks/internal/unit_source.h"

namespace renal::hooks::internal {

/// The patients that a FHIR server lists, each once.
class ServerSource final : public UnitSource {
 public:
  /// `index`: a file that is made.
  ServerSource(PatientQuery query, const std::filesystem::path& index, UnitNames names)
      : server_(std::move(query)), index_(index), names_(names) {}

  void Gather(std::size_t threads, const Complain& complain, const Show& show) override;
  std::optional<BoardUnit> Next() override;
  PieceIndex& index() override { return index_; }

  PatientServer& server() { return server_; }

 private:
  PatientServer server_;
  PieceIndex index_;
  const UnitNames names_;
  std::string ahead_;  ///< key of the next patient; empty: none is known
};

}  // namespace renal::hooks::internal
