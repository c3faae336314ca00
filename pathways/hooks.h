#pragma once

#include <span>
#include <string_view>

/// The hooks of CDS Hooks that a pathway may be hung on.
namespace renal::pathways {

struct HookInfo {
  std::string_view name;
  /// The call carries or names orders: they are compared with the pathway, and cards are about
  /// them. Else cards are about the patient.
  bool orders = false;
};

/// All of them; those with orders first.
std::span<const HookInfo> KnownHooks();

/// True for a known hook whose calls are about orders.
bool IsOrderHook(std::string_view name);

}  // namespace renal::pathways
