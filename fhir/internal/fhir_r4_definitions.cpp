#include "fhir/internal/fhir_r4_elements.h"

namespace renal::fhir::r4 {

// One type after the other:  Name < Base { element... }  where an element is
//   name:Type      at most one             name:Type*     any number
//   name[x]:A|B    a choice; "any" stands for every type that an Extension's value may have
//   name:{ ... }   a group of its own      name:{ ... }*  any number of groups
//   name:=Path     the group at that path once more
// A type without braces is known by name only. "primitives", "datatypes" and "resources" open lists.
const char kDefinitions[] = R"(
primitives
Element {id:string extension:Extension*}
boolean<Element integer<Element decimal<Element string<Element uri<Element base64Binary<Element instant<Element
date<Element dateTime<Element time<Element xhtml<Element
code<string id<string markdown<string url<uri canonical<uri oid<uri uuid<uri
positiveInt<integer unsignedInt<integer

datatypes
Extension<Element {url:uri value[x]:any}
BackboneElement<Element {modifierExtension:Extension*}
Address<Element {use:code type:code text:string line:string* city:string district:string state:string
  postalCode:string country:string period:Period}
Annotation<Element {author[x]:Reference|string time:dateTime text:markdown}
Attachment<Element {contentType:code language:code data:base64Binary url:url size:unsignedInt
  hash:base64Binary title:string creation:dateTime}
CodeableConcept<Element {coding:Coding* text:string}
Coding<Element {system:uri version:string code:code display:string userSelected:boolean}
ContactDetail<Element {name:string telecom:ContactPoint*}
ContactPoint<Element {system:code value:string use:code rank:positiveInt period:Period}
Contributor<Element {type:code name:string contact:ContactDetail*}
DataRequirement<Element {type:code profile:canonical* subject[x]:CodeableConcept|Reference mustSupport:string*
  codeFilter:{path:string searchParam:string valueSet:canonical code:Coding*}*
  dateFilter:{path:string searchParam:string value[x]:dateTime|Period|Duration}*
  limit:positiveInt sort:{path:string direction:code}*}
Expression<Element {description:string name:id language:code expression:string reference:uri}
HumanName<Element {use:code text:string family:string given:string* prefix:string* suffix:string*
  period:Period}
Identifier<Element {use:code type:CodeableConcept system:uri value:string period:Period assigner:Reference}
Meta<Element {versionId:id lastUpdated:instant source:uri profile:canonical* security:Coding* tag:Coding*}
Money<Element {value:decimal currency:code}
Narrative<Element {status:code div:xhtml}
ParameterDefinition<Element {name:code use:code min:integer max:string documentation:string type:code
  profile:canonical}
Period<Element {start:dateTime end:dateTime}
Quantity<Element {value:decimal comparator:code unit:string system:uri code:code}
Age<Quantity {} Count<Quantity {} Distance<Quantity {} Duration<Quantity {} MoneyQuantity<Quantity {}
SimpleQuantity<Quantity {}
Range<Element {low:Quantity high:Quantity}
Ratio<Element {numerator:Quantity denominator:Quantity}
Reference<Element {reference:string type:uri identifier:Identifier display:string}
RelatedArtifact<Element {type:code label:string citation:markdown display:string url:url
  document:Attachment resource:canonical}
SampledData<Element {origin:Quantity period:decimal factor:decimal lowerLimit:decimal upperLimit:decimal
  dimensions:positiveInt data:string}
Signature<Element {type:Coding* when:instant who:Reference onBehalfOf:Reference targetFormat:code sigFormat:code
  data:base64Binary}
TriggerDefinition<Element {type:code name:string timing[x]:Timing|Reference|date|dateTime data:DataRequirement*
  condition:Expression}
UsageContext<Element {code:Coding value[x]:CodeableConcept|Quantity|Range|Reference}
Dosage<BackboneElement {sequence:integer text:string additionalInstruction:CodeableConcept*
  patientInstruction:string timing:Timing asNeeded[x]:boolean|CodeableConcept site:CodeableConcept
  route:CodeableConcept method:CodeableConcept
  doseAndRate:{type:CodeableConcept dose[x]:Range|Quantity rate[x]:Ratio|Range|Quantity}*
  maxDosePerPeriod:Ratio maxDosePerAdministration:Quantity maxDosePerLifetime:Quantity}
Timing<BackboneElement {event:dateTime*
  repeat:{bounds[x]:Duration|Range|Period count:positiveInt countMax:positiveInt duration:decimal
    durationMax:decimal durationUnit:code frequency:positiveInt frequencyMax:positiveInt period:decimal
    periodMax:decimal periodUnit:code dayOfWeek:code* timeOfDay:time* when:code* offset:unsignedInt}
  code:CodeableConcept}
ElementDefinition<BackboneElement MarketingStatus<BackboneElement Population<BackboneElement
ProdCharacteristic<BackboneElement ProductShelfLife<BackboneElement SubstanceAmount<BackboneElement

resources
Resource {id:id meta:Meta implicitRules:uri language:code}
DomainResource<Resource {text:Narrative contained:Resource* extension:Extension* modifierExtension:Extension*}
Bundle<Resource {identifier:Identifier type:code timestamp:instant total:unsignedInt
  link:{relation:string url:uri}*
  entry:{link:=Bundle.link* fullUrl:uri resource:Resource search:{mode:code score:decimal}
    request:{method:code url:uri ifNoneMatch:string ifModifiedSince:instant ifMatch:string ifNoneExist:string}
    response:{status:string location:uri etag:string lastModified:instant outcome:Resource}}*
  signature:Signature}
Parameters<Resource {parameter:{name:string value[x]:any resource:Resource part:=Parameters.parameter*}*}
Binary<Resource
Patient<DomainResource {identifier:Identifier* active:boolean name:HumanName* telecom:ContactPoint* gender:code
  birthDate:date deceased[x]:boolean|dateTime address:Address* maritalStatus:CodeableConcept
  multipleBirth[x]:boolean|integer photo:Attachment*
  contact:{relationship:CodeableConcept* name:HumanName telecom:ContactPoint* address:Address gender:code
    organization:Reference period:Period}*
  communication:{language:CodeableConcept preferred:boolean}*
  generalPractitioner:Reference* managingOrganization:Reference link:{other:Reference type:code}*}
Observation<DomainResource {identifier:Identifier* basedOn:Reference* partOf:Reference* status:code
  category:CodeableConcept* code:CodeableConcept subject:Reference focus:Reference* encounter:Reference
  effective[x]:dateTime|Period|Timing|instant issued:instant performer:Reference*
  value[x]:Quantity|CodeableConcept|string|boolean|integer|Range|Ratio|SampledData|time|dateTime|Period
  dataAbsentReason:CodeableConcept interpretation:CodeableConcept* note:Annotation* bodySite:CodeableConcept
  method:CodeableConcept specimen:Reference device:Reference
  referenceRange:{low:Quantity high:Quantity type:CodeableConcept appliesTo:CodeableConcept* age:Range
    text:string}*
  hasMember:Reference* derivedFrom:Reference*
  component:{code:CodeableConcept
    value[x]:Quantity|CodeableConcept|string|boolean|integer|Range|Ratio|SampledData|time|dateTime|Period
    dataAbsentReason:CodeableConcept interpretation:CodeableConcept*
    referenceRange:=Observation.referenceRange*}*}
Condition<DomainResource {identifier:Identifier* clinicalStatus:CodeableConcept
  verificationStatus:CodeableConcept category:CodeableConcept* severity:CodeableConcept code:CodeableConcept
  bodySite:CodeableConcept* subject:Reference encounter:Reference
  onset[x]:dateTime|Age|Period|Range|string abatement[x]:dateTime|Age|Period|Range|string recordedDate:dateTime
  recorder:Reference asserter:Reference
  stage:{summary:CodeableConcept assessment:Reference* type:CodeableConcept}*
  evidence:{code:CodeableConcept* detail:Reference*}* note:Annotation*}
Procedure<DomainResource {identifier:Identifier* instantiatesCanonical:canonical* instantiatesUri:uri*
  basedOn:Reference* partOf:Reference* status:code statusReason:CodeableConcept category:CodeableConcept
  code:CodeableConcept subject:Reference encounter:Reference performed[x]:dateTime|Period|string|Age|Range
  recorder:Reference asserter:Reference
  performer:{function:CodeableConcept actor:Reference onBehalfOf:Reference}* location:Reference
  reasonCode:CodeableConcept* reasonReference:Reference* bodySite:CodeableConcept* outcome:CodeableConcept
  report:Reference* complication:CodeableConcept* complicationDetail:Reference* followUp:CodeableConcept*
  note:Annotation* focalDevice:{action:CodeableConcept manipulated:Reference}* usedReference:Reference*
  usedCode:CodeableConcept*}
ServiceRequest<DomainResource {identifier:Identifier* instantiatesCanonical:canonical* instantiatesUri:uri*
  basedOn:Reference* replaces:Reference* requisition:Identifier status:code intent:code
  category:CodeableConcept* priority:code doNotPerform:boolean code:CodeableConcept
  orderDetail:CodeableConcept* quantity[x]:Quantity|Ratio|Range subject:Reference encounter:Reference
  occurrence[x]:dateTime|Period|Timing asNeeded[x]:boolean|CodeableConcept authoredOn:dateTime
  requester:Reference performerType:CodeableConcept performer:Reference* locationCode:CodeableConcept*
  locationReference:Reference* reasonCode:CodeableConcept* reasonReference:Reference* insurance:Reference*
  supportingInfo:Reference* specimen:Reference* bodySite:CodeableConcept* note:Annotation*
  patientInstruction:string relevantHistory:Reference*}
MedicationRequest<DomainResource {identifier:Identifier* status:code statusReason:CodeableConcept intent:code
  category:CodeableConcept* priority:code doNotPerform:boolean reported[x]:boolean|Reference
  medication[x]:CodeableConcept|Reference subject:Reference encounter:Reference supportingInformation:Reference*
  authoredOn:dateTime requester:Reference performer:Reference performerType:CodeableConcept recorder:Reference
  reasonCode:CodeableConcept* reasonReference:Reference* instantiatesCanonical:canonical* instantiatesUri:uri*
  basedOn:Reference* groupIdentifier:Identifier courseOfTherapyType:CodeableConcept insurance:Reference*
  note:Annotation* dosageInstruction:Dosage*
  dispenseRequest:{initialFill:{quantity:Quantity duration:Duration} dispenseInterval:Duration
    validityPeriod:Period numberOfRepeatsAllowed:unsignedInt quantity:Quantity expectedSupplyDuration:Duration
    performer:Reference}
  substitution:{allowed[x]:boolean|CodeableConcept reason:CodeableConcept} priorPrescription:Reference
  detectedIssue:Reference* eventHistory:Reference*}
MedicationStatement<DomainResource {identifier:Identifier* basedOn:Reference* partOf:Reference* status:code
  statusReason:CodeableConcept* category:CodeableConcept medication[x]:CodeableConcept|Reference
  subject:Reference context:Reference effective[x]:dateTime|Period dateAsserted:dateTime
  informationSource:Reference derivedFrom:Reference* reasonCode:CodeableConcept* reasonReference:Reference*
  note:Annotation* dosage:Dosage*}
MedicationAdministration<DomainResource {identifier:Identifier* instantiates:uri* partOf:Reference* status:code
  statusReason:CodeableConcept* category:CodeableConcept medication[x]:CodeableConcept|Reference
  subject:Reference context:Reference supportingInformation:Reference* effective[x]:dateTime|Period
  performer:{function:CodeableConcept actor:Reference}* reasonCode:CodeableConcept* reasonReference:Reference*
  request:Reference device:Reference* note:Annotation*
  dosage:{text:string site:CodeableConcept route:CodeableConcept method:CodeableConcept dose:Quantity
    rate[x]:Ratio|Quantity}
  eventHistory:Reference*}
Medication<DomainResource {identifier:Identifier* code:CodeableConcept status:code manufacturer:Reference
  form:CodeableConcept amount:Ratio
  ingredient:{item[x]:CodeableConcept|Reference isActive:boolean strength:Ratio}*
  batch:{lotNumber:string expirationDate:dateTime}}
DiagnosticReport<DomainResource {identifier:Identifier* basedOn:Reference* status:code category:CodeableConcept*
  code:CodeableConcept subject:Reference encounter:Reference effective[x]:dateTime|Period issued:instant
  performer:Reference* resultsInterpreter:Reference* specimen:Reference* result:Reference*
  imagingStudy:Reference* media:{comment:string link:Reference}* conclusion:string
  conclusionCode:CodeableConcept* presentedForm:Attachment*}
Encounter<DomainResource {identifier:Identifier* status:code statusHistory:{status:code period:Period}*
  class:Coding classHistory:{class:Coding period:Period}* type:CodeableConcept* serviceType:CodeableConcept
  priority:CodeableConcept subject:Reference episodeOfCare:Reference* basedOn:Reference*
  participant:{type:CodeableConcept* period:Period individual:Reference}* appointment:Reference* period:Period
  length:Duration reasonCode:CodeableConcept* reasonReference:Reference*
  diagnosis:{condition:Reference use:CodeableConcept rank:positiveInt}* account:Reference*
  hospitalization:{preAdmissionIdentifier:Identifier origin:Reference admitSource:CodeableConcept
    reAdmission:CodeableConcept dietPreference:CodeableConcept* specialCourtesy:CodeableConcept*
    specialArrangement:CodeableConcept* destination:Reference dischargeDisposition:CodeableConcept}
  location:{location:Reference status:code physicalType:CodeableConcept period:Period}*
  serviceProvider:Reference partOf:Reference}
AllergyIntolerance<DomainResource {identifier:Identifier* clinicalStatus:CodeableConcept
  verificationStatus:CodeableConcept type:code category:code* criticality:code code:CodeableConcept
  patient:Reference encounter:Reference onset[x]:dateTime|Age|Period|Range|string recordedDate:dateTime
  recorder:Reference asserter:Reference lastOccurrence:dateTime note:Annotation*
  reaction:{substance:CodeableConcept manifestation:CodeableConcept* description:string onset:dateTime
    severity:code exposureRoute:CodeableConcept note:Annotation*}*}
Specimen<DomainResource {identifier:Identifier* accessionIdentifier:Identifier status:code type:CodeableConcept
  subject:Reference receivedTime:dateTime parent:Reference* request:Reference*
  collection:{collector:Reference collected[x]:dateTime|Period duration:Duration quantity:Quantity
    method:CodeableConcept bodySite:CodeableConcept fastingStatus[x]:CodeableConcept|Duration}
  processing:{description:string procedure:CodeableConcept additive:Reference* time[x]:dateTime|Period}*
  container:{identifier:Identifier* description:string type:CodeableConcept capacity:Quantity
    specimenQuantity:Quantity additive[x]:CodeableConcept|Reference}*
  condition:CodeableConcept* note:Annotation*}
BodyStructure<DomainResource {identifier:Identifier* active:boolean morphology:CodeableConcept
  location:CodeableConcept locationQualifier:CodeableConcept* description:string image:Attachment*
  patient:Reference}
FamilyMemberHistory<DomainResource {identifier:Identifier* instantiatesCanonical:canonical*
  instantiatesUri:uri* status:code dataAbsentReason:CodeableConcept patient:Reference date:dateTime name:string
  relationship:CodeableConcept sex:CodeableConcept born[x]:Period|date|string age[x]:Age|Range|string
  estimatedAge:boolean deceased[x]:boolean|Age|Range|date|string reasonCode:CodeableConcept*
  reasonReference:Reference* note:Annotation*
  condition:{code:CodeableConcept outcome:CodeableConcept contributedToDeath:boolean
    onset[x]:Age|Range|Period|string note:Annotation*}*}
CarePlan<DomainResource {identifier:Identifier* instantiatesCanonical:canonical* instantiatesUri:uri*
  basedOn:Reference* replaces:Reference* partOf:Reference* status:code intent:code category:CodeableConcept*
  title:string description:string subject:Reference encounter:Reference period:Period created:dateTime
  author:Reference contributor:Reference* careTeam:Reference* addresses:Reference* supportingInfo:Reference*
  goal:Reference*
  activity:{outcomeCodeableConcept:CodeableConcept* outcomeReference:Reference* progress:Annotation*
    reference:Reference
    detail:{kind:code instantiatesCanonical:canonical* instantiatesUri:uri* code:CodeableConcept
      reasonCode:CodeableConcept* reasonReference:Reference* goal:Reference* status:code
      statusReason:CodeableConcept doNotPerform:boolean scheduled[x]:Timing|Period|string location:Reference
      performer:Reference* product[x]:CodeableConcept|Reference dailyAmount:Quantity quantity:Quantity
      description:string}}*
  note:Annotation*}
Appointment<DomainResource {identifier:Identifier* status:code cancelationReason:CodeableConcept
  serviceCategory:CodeableConcept* serviceType:CodeableConcept* specialty:CodeableConcept*
  appointmentType:CodeableConcept reasonCode:CodeableConcept* reasonReference:Reference* priority:unsignedInt
  description:string supportingInformation:Reference* start:instant end:instant minutesDuration:positiveInt
  slot:Reference* created:dateTime comment:string patientInstruction:string basedOn:Reference*
  participant:{type:CodeableConcept* actor:Reference required:code status:code period:Period}*
  requestedPeriod:Period*}
Questionnaire<DomainResource {url:uri identifier:Identifier* version:string name:string title:string
  derivedFrom:canonical* status:code experimental:boolean subjectType:code* date:dateTime publisher:string
  contact:ContactDetail* description:markdown useContext:UsageContext* jurisdiction:CodeableConcept*
  purpose:markdown copyright:markdown approvalDate:date lastReviewDate:date effectivePeriod:Period code:Coding*
  item:{linkId:string definition:uri code:Coding* prefix:string text:string type:code
    enableWhen:{question:string operator:code
      answer[x]:boolean|decimal|integer|date|dateTime|time|string|Coding|Quantity|Reference}*
    enableBehavior:code required:boolean repeats:boolean readOnly:boolean maxLength:integer
    answerValueSet:canonical
    answerOption:{value[x]:integer|date|time|string|Coding|Reference initialSelected:boolean}*
    initial:{value[x]:boolean|decimal|integer|date|dateTime|time|string|uri|Attachment|Coding|Quantity|Reference}*
    item:=Questionnaire.item*}*}
QuestionnaireResponse<DomainResource {identifier:Identifier basedOn:Reference* partOf:Reference*
  questionnaire:canonical status:code subject:Reference encounter:Reference authored:dateTime author:Reference
  source:Reference
  item:{linkId:string definition:uri text:string
    answer:{value[x]:boolean|decimal|integer|date|dateTime|time|string|uri|Attachment|Coding|Quantity|Reference
      item:=QuestionnaireResponse.item*}*
    item:=QuestionnaireResponse.item*}*}
CodeSystem<DomainResource {url:uri identifier:Identifier* version:string name:string title:string status:code
  experimental:boolean date:dateTime publisher:string contact:ContactDetail* description:markdown
  useContext:UsageContext* jurisdiction:CodeableConcept* purpose:markdown copyright:markdown
  caseSensitive:boolean valueSet:canonical hierarchyMeaning:code compositional:boolean versionNeeded:boolean
  content:code supplements:canonical count:unsignedInt
  filter:{code:code description:string operator:code* value:string}*
  property:{code:code uri:uri description:string type:code}*
  concept:{code:code display:string definition:string
    designation:{language:code use:Coding value:string}*
    property:{code:code value[x]:code|Coding|string|integer|boolean|dateTime|decimal}*
    concept:=CodeSystem.concept*}*}
ValueSet<DomainResource {url:uri identifier:Identifier* version:string name:string title:string status:code
  experimental:boolean date:dateTime publisher:string contact:ContactDetail* description:markdown
  useContext:UsageContext* jurisdiction:CodeableConcept* immutable:boolean purpose:markdown copyright:markdown
  compose:{lockedDate:date inactive:boolean
    include:{system:uri version:string
      concept:{code:code display:string designation:{language:code use:Coding value:string}*}*
      filter:{property:code op:code value:string}* valueSet:canonical*}*
    exclude:=ValueSet.compose.include*}
  expansion:{identifier:uri timestamp:dateTime total:integer offset:integer
    parameter:{name:string value[x]:string|boolean|integer|decimal|uri|code|dateTime}*
    contains:{system:uri abstract:boolean inactive:boolean version:string code:code display:string
      designation:=ValueSet.compose.include.concept.designation* contains:=ValueSet.expansion.contains*}*}}
OperationOutcome<DomainResource {issue:{severity:code code:code details:CodeableConcept diagnostics:string
  location:string* expression:string*}*}
Account<DomainResource ActivityDefinition<DomainResource AdverseEvent<DomainResource
AppointmentResponse<DomainResource AuditEvent<DomainResource Basic<DomainResource
BiologicallyDerivedProduct<DomainResource CapabilityStatement<DomainResource CareTeam<DomainResource
CatalogEntry<DomainResource ChargeItem<DomainResource ChargeItemDefinition<DomainResource Claim<DomainResource
ClaimResponse<DomainResource ClinicalImpression<DomainResource Communication<DomainResource
CommunicationRequest<DomainResource CompartmentDefinition<DomainResource Composition<DomainResource
ConceptMap<DomainResource Consent<DomainResource Contract<DomainResource Coverage<DomainResource
CoverageEligibilityRequest<DomainResource CoverageEligibilityResponse<DomainResource
DetectedIssue<DomainResource Device<DomainResource DeviceDefinition<DomainResource DeviceMetric<DomainResource
DeviceRequest<DomainResource DeviceUseStatement<DomainResource DocumentManifest<DomainResource
DocumentReference<DomainResource EffectEvidenceSynthesis<DomainResource Endpoint<DomainResource
EnrollmentRequest<DomainResource EnrollmentResponse<DomainResource EpisodeOfCare<DomainResource
EventDefinition<DomainResource Evidence<DomainResource EvidenceVariable<DomainResource
ExampleScenario<DomainResource ExplanationOfBenefit<DomainResource Flag<DomainResource Goal<DomainResource
GraphDefinition<DomainResource Group<DomainResource GuidanceResponse<DomainResource
HealthcareService<DomainResource ImagingStudy<DomainResource Immunization<DomainResource
ImmunizationEvaluation<DomainResource ImmunizationRecommendation<DomainResource
ImplementationGuide<DomainResource InsurancePlan<DomainResource Invoice<DomainResource Library<DomainResource
Linkage<DomainResource List<DomainResource Location<DomainResource Measure<DomainResource
MeasureReport<DomainResource Media<DomainResource MedicationDispense<DomainResource
MedicationKnowledge<DomainResource MedicinalProduct<DomainResource
MedicinalProductAuthorization<DomainResource MedicinalProductContraindication<DomainResource
MedicinalProductIndication<DomainResource MedicinalProductIngredient<DomainResource
MedicinalProductInteraction<DomainResource MedicinalProductManufactured<DomainResource
MedicinalProductPackaged<DomainResource MedicinalProductPharmaceutical<DomainResource
MedicinalProductUndesirableEffect<DomainResource MessageDefinition<DomainResource MessageHeader<DomainResource
MolecularSequence<DomainResource NamingSystem<DomainResource NutritionOrder<DomainResource
ObservationDefinition<DomainResource OperationDefinition<DomainResource Organization<DomainResource
OrganizationAffiliation<DomainResource PaymentNotice<DomainResource PaymentReconciliation<DomainResource
Person<DomainResource PlanDefinition<DomainResource Practitioner<DomainResource
PractitionerRole<DomainResource Provenance<DomainResource RelatedPerson<DomainResource
RequestGroup<DomainResource ResearchDefinition<DomainResource ResearchElementDefinition<DomainResource
ResearchStudy<DomainResource ResearchSubject<DomainResource RiskAssessment<DomainResource
RiskEvidenceSynthesis<DomainResource Schedule<DomainResource SearchParameter<DomainResource Slot<DomainResource
SpecimenDefinition<DomainResource StructureDefinition<DomainResource StructureMap<DomainResource
Subscription<DomainResource Substance<DomainResource SubstanceNucleicAcid<DomainResource
SubstancePolymer<DomainResource SubstanceProtein<DomainResource SubstanceReferenceInformation<DomainResource
SubstanceSourceMaterial<DomainResource SubstanceSpecification<DomainResource SupplyDelivery<DomainResource
SupplyRequest<DomainResource Task<DomainResource TerminologyCapabilities<DomainResource
TestReport<DomainResource TestScript<DomainResource VerificationResult<DomainResource
VisionPrescription<DomainResource
)";

}  // namespace renal::fhir::r4
