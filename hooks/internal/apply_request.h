#pragma once

#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "fhir/result.h"
#include "hooks/request.h"

namespace renal::hooks::internal {

/// Hook that a call of `$apply` is named by in records: no hook has such a name.
inline constexpr std::string_view kApplyHook = "$apply";

/// A call of `PlanDefinition/$apply`. Its views point into the document.
struct ApplyCall {
  HookRequest request;           ///< its hook is kApplyHook
  std::vector<fhir::Json> data;  ///< Bundles
};

/// Reads the Parameters of `$apply` (FHIR R4, with `data` and `parameters` as later releases have
/// them): `subject` (Patient/id, required), `encounter`, `practitioner`, `data` (Bundles with the
/// record), `parameters` (answers to the pathway's questions, by the name of the input). References
/// may be texts or References.
///
/// Fails with kStructure, kRequired or kValue; with kNotSupported where another server would have
/// to be read. Other parameters change nothing that is answered here, and are passed over.
fhir::Result<ApplyCall> ReadApplyCall(const fhir::Json& root);

}  // namespace renal::hooks::internal
