#include "pathways/governance.h"

namespace renal::pathways {
namespace {

std::string Named(const Pathway& pathway) {
  return "pathway \"" + pathway.id + "\" " + pathway.version;
}

}  // namespace

std::string GovernanceStop(const Pathway& pathway, const fhir::DateTime& now) {
  if (pathway.status == "retired") return "retired";
  const int zone = now.offset_minutes.value_or(0);
  const std::int64_t at = now.FirstMillisecond(zone);
  if (pathway.effective_start && at < pathway.effective_start->FirstMillisecond(zone)) {
    return "not-yet-effective";
  }
  if (pathway.effective_end && at > pathway.effective_end->LastMillisecond(zone)) {
    return "no-longer-effective";
  }
  return {};
}

std::vector<std::string> ServeObjections(const Pathway& pathway, Reach reach) {
  std::vector<std::string> objections;
  if (pathway.status == "draft") {
    objections.push_back(Named(pathway) +
                         " is a draft: run it in shadow (--shadow) beside an active one, or have "
                         "it approved and made active");
  } else if (pathway.status != "active") {
    objections.push_back(Named(pathway) + " is retired: serve its successor");
  }
  if (reach == Reach::kLoopback) return objections;
  if (pathway.experimental) {
    objections.push_back(Named(pathway) + " is experimental: it is served on loopback only");
  }
  if (pathway.approvals.empty()) {
    objections.push_back(Named(pathway) +
                         " is not approved here: give an overlay (--site) whose approval names " +
                         pathway.hash);
  }
  return objections;
}

std::vector<std::string> ShadowObjections(const Pathway& pathway) {
  if (pathway.status != "retired") return {};
  return {Named(pathway) + " is retired: a shadow is a draft or an active pathway"};
}

}  // namespace renal::pathways
