#include "pathways/hooks.h"

#include <algorithm>

namespace renal::pathways {
namespace {

constexpr HookInfo kHooks[] = {
    {"order-select", true},       {"order-sign", true},          {"order-dispatch", true},
    {"medication-refill", true},  {"medication-verify", true},   {"patient-view"},
    {"encounter-start"},          {"encounter-discharge"},       {"appointment-book"},
    {"problem-list-item-create"}, {"allergyintolerance-create"},
};

}  // namespace

std::span<const HookInfo> KnownHooks() { return kHooks; }

bool IsOrderHook(std::string_view name) {
  const auto* const hook = std::ranges::find(kHooks, name, &HookInfo::name);
  return hook != std::end(kHooks) && hook->orders;
}

}  // namespace renal::pathways
