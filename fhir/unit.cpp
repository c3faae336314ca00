#include <array>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "fhir/internal/unit_atoms.h"
#include "fhir/internal/unit_definition.h"
#include "fhir/internal/unit_parser.h"
#include "fhir/quantity.h"

namespace renal::fhir {
namespace {

using Handle = std::shared_ptr<const Unit::Definition>;

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

// Units already parsed. Requests write the texts, so it is bounded: what nobody holds any more
// makes room, and a unit for which there is none goes without a place. Looking for room costs a
// walk, hence a walk that found none is not repeated for the next kMaxUnits / 4 units.
class UnitCache {
 public:
  Handle Find(std::string_view text) const {
    const std::shared_lock lock(mutex_);
    const auto found = units_.find(text);
    return found == units_.end() ? nullptr : found->second;
  }

  // The handle to use: the one that was there first, if another thread was faster.
  Handle Insert(Handle unit) {
    const std::unique_lock lock(mutex_);
    if (units_.size() >= kMaxUnits && refused_ == 0) {
      std::erase_if(units_, [](const auto& entry) { return entry.second.use_count() == 1; });
    }
    if (units_.size() >= kMaxUnits) {
      refused_ = (refused_ + 1) % (kMaxUnits / 4);
      return unit;
    }
    refused_ = 0;
    return units_.try_emplace(unit->text, unit).first->second;
  }

 private:
  static constexpr std::size_t kMaxUnits = 4096;

  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, Handle, TextHash, std::equal_to<>> units_;
  std::size_t refused_ = 0;  // since the last walk
};

UnitCache& Cache() {
  static UnitCache cache;
  return cache;
}

Handle MakeHandle(Unit::Definition unit) {
  return std::make_shared<const Unit::Definition>(std::move(unit));
}

const Handle& One() {
  static const Handle kOne = Cache().Insert(MakeHandle({.text = "1"}));
  return kOne;
}

struct CalendarRow {
  std::string_view word;
  std::string_view ucum;  // the unit it equals; none for the month
};

constexpr CalendarRow kCalendar[] = {
    {"year", ""},  {"month", ""},     {"week", "wk"},  {"day", "d"},
    {"hour", "h"}, {"minute", "min"}, {"second", "s"}, {"millisecond", "ms"},
};

Handle MakeCalendar(const CalendarRow& row) {
  Unit::Definition unit{.text = std::string(row.word), .calendar = true};
  if (row.ucum.empty()) {
    unit.magnitude.powers[static_cast<std::size_t>(internal::Dimension::kCalendarMonths)] = 1;
    unit.magnitude.numerator = row.word == "year" ? 12 : 1;
  } else {
    unit.magnitude = internal::ParseUnit(row.ucum, internal::Atoms()).value().magnitude;
  }
  return MakeHandle(std::move(unit));
}

std::array<Handle, std::size(kCalendar)> MakeCalendars() {
  std::array<Handle, std::size(kCalendar)> handles;
  for (std::size_t i = 0; i < handles.size(); ++i) handles[i] = MakeCalendar(kCalendar[i]);
  return handles;
}

}  // namespace

Unit::Unit() : definition_(One()) {}

Unit::Unit(std::shared_ptr<const Definition> definition) : definition_(std::move(definition)) {}

std::optional<Unit> Unit::Parse(std::string_view text) {
  if (text == "1") return Unit();
  if (Handle known = Cache().Find(text)) return Unit(std::move(known));
  std::optional<Definition> parsed = internal::ParseUnit(text, internal::Atoms());
  if (!parsed) return std::nullopt;
  return Unit(Cache().Insert(MakeHandle(*std::move(parsed))));
}

std::optional<Unit> Unit::Calendar(std::string_view word) {
  static const auto kHandles = MakeCalendars();
  if (word.ends_with('s')) word.remove_suffix(1);
  for (const Handle& handle : kHandles) {
    if (handle->text == word) return Unit(handle);
  }
  return std::nullopt;
}

const std::string& Unit::text() const { return definition_->text; }

bool Unit::IsOne() const { return definition_->text == "1"; }

bool Unit::IsCalendar() const { return definition_->calendar; }

bool Unit::ConvertibleTo(const Unit& other) const {
  if (definition_ == other.definition_) return true;
  const Definition& a = *definition_;
  const Definition& b = *other.definition_;
  if (a.magnitude.powers != b.magnitude.powers) return false;
  return a.annotations.empty() || b.annotations.empty() || a.annotations == b.annotations;
}

bool operator==(const Unit& a, const Unit& b) {
  return a.definition_ == b.definition_ ||
         (a.text() == b.text() && a.IsCalendar() == b.IsCalendar());
}

}  // namespace renal::fhir
