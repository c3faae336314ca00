#pragma once

#include <string>
#include <vector>

#include "cards/internal/detail.h"

/// Lines of a card's detail about data, ready for Prose.
namespace renal::cards {

/// "Tumour size: 6.9 cm (recorded 69 mm, Observation/s2, 2026-02-14)", with age where it is no
/// longer fresh.
std::vector<std::string> DataLines(const Scene& scene, const Subject& subject, const Prose& prose);
/// Inputs that the results lack or that are asked for, with why they are unknown.
std::vector<std::string> MissingLines(const Scene& scene, const Subject& subject,
                                      const Prose& prose);
/// Assumptions of the results and inputs, then types of resources that did not come whole.
std::vector<std::string> AssumedLines(const Scene& scene, const Subject& subject,
                                      const Prose& prose);
std::vector<std::string> CautionLines(const Subject& subject, const Prose& prose);
std::vector<std::string> ChangeLines(const Scene& scene, const Subject& subject,
                                     const Prose& prose);

/// Why something is missing: "recorded too long ago".
std::string ReasonText(const Scene& scene, pathways::UnknownReason reason);

std::string QuestionLine(const Scene& scene, const pathways::Question& question,
                         const Prose& prose);
/// "Central: yes (Observation/a, 2026-02-01); no (Observation/b, 2026-02-03)"; empty where nothing
/// contradicts.
std::string ContradictionLine(const Scene& scene, const pathways::Question& question,
                              const Prose& prose);

}  // namespace renal::cards
