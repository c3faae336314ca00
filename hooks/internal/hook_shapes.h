#pragma once

#include <cstdint>
#include <span>
#include <string_view>

/// What the context of each hook holds (cds-hooks.md section 6), as far as it is looked at.
namespace renal::hooks::internal {

enum class FieldKind : std::uint8_t {
  kId,
  kUser,  ///< a reference to one of the shape's types of users
  kReference,
  kReferences,  ///< a list, or one alone
  kBundle,
  kResource,  ///< one, also as {"resource": …}
  kResources  ///< a list, or one alone
};

/// Where the value of a field goes.
enum class FieldRole : std::uint8_t {
  kUser,
  kPatient,
  kEncounter,
  kDrafts,  ///< orders that the call brings
  kOrder,   ///< one order that the call brings
  kSelections,
  kDispatched,  ///< orders that the call names
  kFacts,       ///< entries of the record, made just now: a Bundle or one
  kOther        ///< checked, not used
};

struct ContextField {
  std::string_view name;
  FieldKind kind = FieldKind::kId;
  FieldRole role = FieldRole::kOther;
  bool required = true;
  std::string_view pointer;  ///< JSON Pointer of the field
  /// Other spellings that clients send, whatever their profile.
  std::span<const std::string_view> aliases = {};
};

struct HookShape {
  std::string_view hook;
  /// As published; empty where the header of a definition and its change log do not agree.
  std::string_view version;
  std::span<const std::string_view> users;  ///< types that its `userId` may name
  std::span<const ContextField> fields;
};

/// The shape of a hook; null if there is no such hook.
const HookShape* FindHookShape(std::string_view hook);

/// True for a field of the context of some hook.
bool IsContextField(std::string_view name);

}  // namespace renal::hooks::internal
