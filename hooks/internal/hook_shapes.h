#pragma once

#include <cstdint>
#include <span>
#include <string_view>

/// What the context of each hook holds (cds-hooks.md section 6), as far as it is looked at.
namespace renal::hooks::internal {

enum class FieldKind : std::uint8_t { kId, kReference, kReferences, kBundle, kResource };

/// Where the value of a field goes.
enum class FieldRole : std::uint8_t {
  kUser,
  kPatient,
  kEncounter,
  kDrafts,
  kSelections,
  kOther  ///< checked, not used
};

struct ContextField {
  std::string_view name;
  FieldKind kind = FieldKind::kId;
  FieldRole role = FieldRole::kOther;
  bool required = true;
  std::string_view alias;    ///< another spelling that clients send; may be empty
  std::string_view pointer;  ///< JSON Pointer of the field
};

struct HookShape {
  std::string_view hook;
  std::span<const ContextField> fields;
};

/// The shape of a hook; null if there is no such hook.
const HookShape* FindHookShape(std::string_view hook);

}  // namespace renal::hooks::internal
