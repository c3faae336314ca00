#include "hooks/internal/board_source.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <string_view>
#include <utility>

#include "fhir/patient_reference.h"
#include "hooks/internal/board_scan.h"
#include "hooks/internal/ordered_work.h"

namespace renal::hooks::internal {
namespace {

using fhir::Json;

constexpr std::size_t kMaxUnit = std::size_t{64} << 20;
constexpr std::string_view kBundle =
    R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":)";
constexpr std::string_view kNextEntry = R"(},{"resource":)";
constexpr std::string_view kEnd = "}]}";

/// References in a value, wherever they stand; to a limited depth that no resource needs.
void AddReferences(const Json& value, std::set<std::string>& references, int depth = 0) {
  constexpr int kMaxDepth = 64;
  if (depth > kMaxDepth) return;
  for (const Json::Entry entry : value) {
    if (entry.value.is_string()) {
      if (entry.name == "reference") references.emplace(entry.value.string());
    } else if (entry.value.is_object() || entry.value.is_array()) {
      AddReferences(entry.value, references, depth + 1);
    }
  }
}

/// Sorts calls of hooks behind the record of the same patient, in the order of the files: a space
/// stands before every character of an id.
std::string CallUnit(const std::string& key, std::int64_t number) {
  std::array<char, 24> digits{};
  std::snprintf(digits.data(), digits.size(), " %012lld", static_cast<long long>(number));
  return key + digits.data();
}

}  // namespace

struct BoardSource::Looked {
  struct Text {
    TextPlace place;
    Scanned scanned;
  };
  std::vector<Text> texts;
  std::string problem;
};

BoardSource::BoardSource(std::vector<std::filesystem::path> files,
                         const std::filesystem::path& folder, UnitNames names)
    : store_(folder / "texts"),
      reader_(std::move(files), store_),
      index_(folder / "index"),
      names_(names) {}

void BoardSource::Gather(std::size_t threads, const Complain& complain, const Show& show) {
  WorkInOrder(
      threads, [this] { return reader_.Next(); },
      [this](const TextBatch& batch) { return LookAt(batch); },
      [&](const Looked& looked) {
        Enter(looked, complain);
        show(reader_.bytes_done(), reader_.bytes_total());
      });
  index_.Sort();
  shared_types_ = index_.SharedTypes();
}

BoardSource::Looked BoardSource::LookAt(const TextBatch& batch) const {
  Looked looked{.problem = batch.problem};
  for (const TextBatch::Text& text : batch.texts) {
    looked.texts.push_back({text.place, text.too_long
                                            ? Scanned{.problem = "The line is longer than 64 MiB."}
                                            : ScanText(batch.TextOf(text))});
  }
  return looked;
}

void BoardSource::Enter(const Looked& looked, const Complain& complain) {
  for (const Looked::Text& text : looked.texts) {
    if (!text.scanned.problem.empty()) complain(store_.Name(text.place), text.scanned.problem);
    for (const ScannedPart& part : text.scanned.parts) {
      TextPlace place = text.place;
      if (!part.text.empty()) {
        place = store_.Keep(part.text);
        place.origin = text.place.origin;
        place.line = text.place.line;
      }
      for (const std::string& reference : part.references) index_.AddShared(reference, place);
      if (part.patient.empty()) continue;
      const std::string key = names_.KeyOf(part.patient);
      index_.Add({part.apart ? CallUnit(key, calls_++) : key, place});
    }
  }
  if (!looked.problem.empty()) {
    const std::size_t colon = looked.problem.find(": ");
    complain(looked.problem.substr(0, colon), looked.problem.substr(colon + 2));
  }
}

std::optional<BoardUnit> BoardSource::Next() {
  Piece piece;
  if (ahead_) {
    piece = std::move(*ahead_);
    ahead_.reset();
  } else if (!index_.Next(piece)) {
    return std::nullopt;
  }
  BoardUnit unit{
      .patient = names_.PatientOf(piece.unit), .place = store_.Name(piece.place), .pieces = 1};
  unit.unreadable = !store_.Read(piece.place, unit.text);
  Piece next;
  std::string text;
  while (index_.Next(next)) {
    if (next.unit != piece.unit) {
      ahead_ = std::move(next);
      break;
    }
    const bool fits = unit.text.size() + static_cast<std::size_t>(next.place.length) <= kMaxUnit;
    unit.unreadable = unit.unreadable || !fits || !store_.Read(next.place, text);
    if (!unit.unreadable) {
      if (unit.pieces == 1) unit.text.insert(0, kBundle);
      unit.text.append(kNextEntry).append(text);
    }
    ++unit.pieces;
  }
  if (unit.pieces > 1) unit.text.append(kEnd);
  same_patient_ = unit.patient == last_patient_ ? same_patient_ + 1 : 1;
  last_patient_ = unit.patient;
  unit.name =
      same_patient_ == 1 ? unit.patient : unit.patient + "_" + std::to_string(same_patient_);
  return unit;
}

std::string BoardSource::WithShared(const BoardUnit& unit, const Json& root) {
  if (shared_types_.empty() || root["hook"].is_string()) return {};
  std::set<std::string> open, seen;
  AddReferences(root, open);
  std::string added, text;
  constexpr int kMaxSteps = 3;
  for (int step = 0; step < kMaxSteps && !open.empty(); ++step) {
    std::set<std::string> further;
    for (const std::string& reference : open) {
      if (!seen.insert(reference).second) continue;
      const std::string target(fhir::TypeAndId(reference));
      const std::string type = target.substr(0, target.find('/'));
      const bool known = target.empty() || std::ranges::binary_search(shared_types_, type);
      if (!known) continue;
      for (const TextPlace& place : index_.FindShared(target.empty() ? reference : target)) {
        if (!store_.Read(place, text)) continue;
        added.append(kNextEntry).append(text);
        const auto document = fhir::JsonDocument::Parse(text);
        if (document) AddReferences(document->root(), further);
      }
    }
    open = std::move(further);
  }
  if (added.empty()) return {};
  return std::string(kBundle).append(unit.text).append(added).append(kEnd);
}

}  // namespace renal::hooks::internal
