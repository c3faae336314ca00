#pragma once

#include "fhir/reference.h"
#include "pathways/markdown.h"

/// Text on its way into a card: the rules of `pathways/markdown.h`, under the names that cards use.
namespace renal::cards {

using fhir::IsFhirId;
using fhir::IsReference;
using pathways::CleanLine;
using pathways::CountCharacters;
using pathways::CutAtLine;
using pathways::EscapeMarkdown;
using pathways::EscapeOwn;
using pathways::EscapeValue;
using pathways::IsPlainOwn;
using pathways::kMaxSummaryCharacters;
using pathways::kMaxValueCharacters;
using pathways::Shorten;

}  // namespace renal::cards
