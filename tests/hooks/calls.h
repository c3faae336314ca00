#pragma once

#include <string>
#include <string_view>

#include "fhir/json.h"

/// Small hand-written CDS Hooks calls. All of them are about one made-up patient, "pat-1".
namespace renal::hooks {

inline constexpr std::string_view kPatientJson =
    R"({"resourceType":"Patient","id":"pat-1","birthDate":"1960-05-04"})";

/// A confirmed tumour of the right kidney.
inline constexpr std::string_view kConditionsJson = R"({"resourceType":"Bundle","entry":[
  {"resource":{"resourceType":"Condition","id":"tumour","subject":{"reference":"Patient/pat-1"},
   "clinicalStatus":{"coding":[{"code":"active"}]},
   "code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"C64.1"}]}}}]})";

/// 3 cm on imaging, not central, no distant metastasis.
inline constexpr std::string_view kObservationsJson = R"({"resourceType":"Bundle","entry":[
  {"resource":{"resourceType":"Observation","id":"size","status":"final",
   "subject":{"reference":"Patient/pat-1"},"effectiveDateTime":"2026-02-14",
   "code":{"coding":[{"system":"http://loinc.org","code":"21889-1"}]},
   "valueQuantity":{"value":30,"system":"http://unitsofmeasure.org","code":"mm"}}},
  {"resource":{"resourceType":"Observation","id":"place","status":"final",
   "subject":{"reference":"Patient/pat-1"},"effectiveDateTime":"2026-02-14",
   "code":{"coding":[{"system":"https://renalpath.example/CodeSystem/rcc-pathway",
                      "code":"central-location"}]},"valueBoolean":false}},
  {"resource":{"resourceType":"Observation","id":"spread","status":"final",
   "subject":{"reference":"Patient/pat-1"},"effectiveDateTime":"2026-02-14",
   "code":{"coding":[{"system":"http://loinc.org","code":"21907-1"}]},
   "valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"30893008"}]}}}]})";

/// A draft radical nephrectomy: discordant with the data above.
inline constexpr std::string_view kDraftJson = R"({"resourceType":"ServiceRequest","id":"draft-1",
   "status":"draft","intent":"order","subject":{"reference":"Patient/pat-1"},
   "code":{"coding":[{"system":"http://snomed.info/sct","code":"175905003"}]}})";

/// `text` with its first `from` replaced; unchanged if there is none.
inline std::string With(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

inline std::string PrefetchJson() {
  return std::string(R"({"patient":)").append(kPatientJson) + R"(,"conditions":)" +
         std::string(kConditionsJson) + R"(,"observations":)" + std::string(kObservationsJson) +
         R"(,"procedures":null})";
}

inline std::string CallJson(std::string_view hook, std::string_view context,
                            const std::string& prefetch) {
  return std::string(R"({"hook":")").append(hook) + R"(","hookInstance":"call-1","context":)" +
         std::string(context) + R"(,"prefetch":)" + prefetch +
         R"(,"extension":{"org.renalpath.outcome":true}})";
}

inline std::string SignContext() {
  return R"({"userId":"Practitioner/7","patientId":"pat-1","draftOrders":{"resourceType":"Bundle",
            "entry":[{"resource":)" +
         std::string(kDraftJson) + "}]}}";
}

inline std::string SignCall() { return CallJson("order-sign", SignContext(), PrefetchJson()); }

inline std::string ViewCall() {
  return CallJson("patient-view", R"({"userId":"Practitioner/7","patientId":"pat-1"})",
                  PrefetchJson());
}

}  // namespace renal::hooks
