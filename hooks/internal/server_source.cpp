#include "hooks/internal/server_source.h"

#include <cstdint>

namespace renal::hooks::internal {

void ServerSource::Gather(std::size_t, const Complain& complain, const Show& show) {
  const std::string place = server_.name();
  const auto ended = server_.List(
      [&](std::string_view id) {
        index_.Add({names_.KeyOf(id), {}});
        show(static_cast<std::uintmax_t>(index_.pieces()), 0);
      },
      [&](const std::string& sentence) { complain(place, sentence); });
  if (ended) complain(place, *ended);
  index_.Sort();
}

std::optional<BoardUnit> ServerSource::Next() {
  Piece piece;
  if (ahead_.empty() && index_.Next(piece)) ahead_ = piece.unit;
  if (ahead_.empty()) return std::nullopt;
  const std::string key = std::exchange(ahead_, {});
  BoardUnit unit{.patient = names_.PatientOf(key), .pieces = 1};
  unit.name = unit.patient;
  unit.place = "Patient/" + unit.patient;
  while (index_.Next(piece)) {
    if (piece.unit != key) {
      ahead_ = piece.unit;
      break;
    }
    ++unit.pieces;
  }
  return unit;
}

}  // namespace renal::hooks::internal
