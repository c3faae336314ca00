"""Writes the same clinical facts as CDS Hooks requests in several dialects of FHIR R4.

`Facts` says what is known about a patient; `request(facts, dialect)` writes it down. The dialects
differ in codes, units, links and times, never in meaning:

  mcode    as the mCODE guide has it: SNOMED CT, BodyStructure, components, AJCC categories
  plain    ICD-10-CM with the side in the code, millimetres, LOINC, Karnofsky, local codes
  mixed    metres, SNOMED answers, nephrometry points, periods; shuffled and among noise
  sparse   ICD-10 without a side, nothing linked: everything belongs to the only tumour
"""

import copy
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

NOW = "2026-03-02T09:00:00+01:00"
TODAY = date(2026, 3, 2)
PATIENT = "pt-1"
DIALECTS = ("mcode", "plain", "mixed", "sparse")

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
UCUM = "http://unitsofmeasure.org"
LOCAL = "https://renalpath.example/CodeSystem/rcc-pathway"
MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"

METHODS = {
    "CT": ("77477000", "Computerized axial tomography (procedure)"),
    "MRI": ("113091000", "Magnetic resonance imaging (procedure)"),
    "US": ("16310003", "Diagnostic ultrasonography (procedure)"),
    "PET": ("82918005", "Positron emission tomography (procedure)"),
    "palpation": ("5880005", "Physical examination procedure (procedure)"),
    "specimen": ("787377000", "Gross examination and sampling of tissue specimen (procedure)"),
}
ECOG_LOINC = ("LA9622-7", "LA9623-5", "LA9624-3", "LA9625-0", "LA9626-8", "LA9627-6")
ECOG_SNOMED = ("425389002", "422512005", "422894000", "423053003", "423237006", "423409001")
KARNOFSKY = (100, 80, 60, 40, 20, 0)
SIDES = {"left": ("7771000", "Left (qualifier value)"), "right": ("24028007", "Right (qualifier value)")}
PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
ATC = "http://www.whocc.no/atc"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
# SNOMED CT with its text, ICD-10-CM, ICD-10
SECONDARY = {
    "bone": (("94222008", "Secondary malignant neoplasm of bone (disorder)"), "C79.51", "C79.5"),
    "skin": (("94579000", "Secondary malignant neoplasm of skin (disorder)"), "C79.2", "C79.2"),
    "lung": (("94391008", "Secondary malignant neoplasm of lung (disorder)"), "C78.01", "C78.0"),
    "brain": (("94225005", "Secondary malignant neoplasm of brain (disorder)"), "C79.31", "C79.3"),
    "node": (("94392001", "Secondary malignant neoplasm of lymph node (disorder)"), "C77.1", "C77.1"),
}
ORIGIN = {"url": MCODE + "mcode-related-primary-cancer-condition", "valueReference": {"reference": "Condition/rcc"}}
RESIDUAL = {"R0": "258254000", "R1": "278271003", "R2": "278272005"}
# AJCC value, older value
PATHOLOGY = {"pT1a": ("1228959009", "443357004"), "pT3a": ("1229860005", "396088003"),
             "pN0": ("1229947003", "21917009"), "pN1": ("1229951001", "45552005")}
# RxNorm, ATC, and an older ATC code
DRUGS = {"sunitinib": ("357977", "L01EX01", "L01XE04"), "nivolumab": ("1597876", "L01FF01", "L01XC17"),
         "atezolizumab": ("1792776", "L01FF05", "L01FF05"), "transplant everolimus": (None, "L04AH02", "L04AH02")}
TREATMENTS = {
    "radical_nephrectomy": ("116033007", "Radical nephrectomy (procedure)", "radical-nephrectomy"),
    "partial_nephrectomy": ("81516001", "Partial nephrectomy (procedure)", "partial-nephrectomy"),
    "active_surveillance": ("424313000", "Active surveillance (regime/therapy)", "active-surveillance"),
    "percutaneous_ablation": ("52785004", "Destruction of lesion of kidney", "percutaneous-ablation"),
    "palliative_radiotherapy": ("33195004", "Teleradiotherapy procedure (procedure)", "palliative-radiotherapy"),
    "resect_metastasis_symptomatic": ("119746007", "Lung excision", "resect-metastasis-symptomatic"),
    "metastasectomy": ("119746007", "Lung excision", "metastasectomy"),
    "stabilise_bone": ("1653007", "Internal fixation of bone without fracture reduction", "stabilise-bone"),
    "palliative_care_referral": (
        "306237005", "Referral to palliative care service (procedure)", "palliative-care-referral"),
    "mdt_discussion": (
        "399414003", "Multidisciplinary care conference for cancer care planning (procedure)", "mdt-discussion"),
}


# ---- facts

@dataclass(frozen=True)
class Size:
    """One measurement in centimetres: "6.9", "<7", ">=7" or "6..8"."""

    cm: str
    days_ago: int = 10
    method: str = "CT"


@dataclass(frozen=True)
class Lesion:
    """One metastasis: its tissue, and what is recorded of it; None is unknown. `resected`: "no", "R0" to "R2"."""

    tissue: str = "bone"  # "bone", "skin", "lung", "brain", "node"
    large: bool | None = None
    ulcerating: bool | None = None
    bleeding: bool | None = None
    stenosing: bool | None = None
    osteolytic: bool | None = None
    weight_bearing: bool | None = None
    resected: str | None = None

    def features(self):
        """Local code without its prefix, and the Boolean."""
        names = ("large", "ulcerating", "bleeding", "stenosing", "osteolytic", "weight_bearing")
        return [(name.replace("_", "-"), getattr(self, name)) for name in names if getattr(self, name) is not None]


@dataclass(frozen=True)
class Facts:
    """What is known; None is unknown. `ecog` is the grade, whatever the scale it is written in."""

    birth: str = "1965-09-14"
    side: str = "left"
    sizes: tuple = ()
    central: bool | None = None
    m: str | None = None
    ecog: int | None = None
    unsuitable: bool = False
    solitary: bool = False
    egfr: int | None = None
    diagnosis: str = "kidney"  # or "renal pelvis", "none"
    verification: str = "confirmed"
    order: str | None = None
    therapy: bool | None = None
    lesions: tuple = ()
    single: bool | None = None  # exactly one metastasis
    life: str | None = None  # "weeks", "months", "year-plus"
    symptoms: bool | None = None
    nodes: str | None = None  # "N0", "N1"; "C77.2" for a Condition alone
    declined: bool = False
    thrombus: bool = False
    t4: bool = False
    operated: bool = False  # the kidney was removed 40 days ago
    specimen: str | None = None  # size in the specimen, cm
    capsule: bool | None = None
    blood_vessels: bool | None = None
    lymph_vessels: bool | None = None
    pathology: tuple = ()  # of "pT1a", "pN1" and the like


# ---- pieces of FHIR

def ago(days):
    return (TODAY - timedelta(days=days)).isoformat()


def concept(system, code, display=None, text=None):
    coding = {"system": system, "code": code}
    if display:
        coding["display"] = display
    return {"coding": [coding], "text": text} if text else {"coding": [coding]}


def local(code):
    return concept(LOCAL, code)


def reference(resource):
    return {"reference": f"{resource['resourceType']}/{resource['id']}"}


def laterality(side):
    return {"url": MCODE + "mcode-laterality-qualifier", "valueCodeableConcept": concept(SNOMED, *SIDES[side])}


def site(side, code=("64033007", "Kidney structure (body structure)")):
    found = concept(SNOMED, *code)
    if side:
        found["extension"] = [laterality(side)]
    return found


def number(value):
    """JSON writes the digits of the decimal, since the shortest form of the double is the same."""
    return int(value) if value == value.to_integral_value() and value.as_tuple().exponent >= 0 else float(value)


UNITS = {"cm": 0, "mm": 1, "m": -2}


def quantity(cm, unit="cm", comparator=None):
    value = Decimal(cm).scaleb(UNITS[unit])
    written = {"value": number(value), "unit": unit, "system": UCUM, "code": unit}
    if comparator:
        written["comparator"] = comparator
    return written


def measured(cm, unit="cm"):
    """The value[x] of a size: quantity, quantity with a comparator, or range."""
    if ".." in cm:
        low, high = cm.split("..")
        return {"valueRange": {"low": quantity(low, unit), "high": quantity(high, unit)}}
    digits = cm.lstrip("<>=")
    return {"valueQuantity": quantity(digits, unit, cm[: len(cm) - len(digits)] or None)}


def condition(id, code, clinical="active", verification="confirmed", patient=PATIENT, **members):
    found = {
        "resourceType": "Condition", "id": id,
        "category": [concept("http://terminology.hl7.org/CodeSystem/condition-category", "problem-list-item")],
        "code": code, "subject": {"reference": f"Patient/{patient}"}, "recordedDate": ago(60),
    }
    if clinical and verification != "entered-in-error":
        found["clinicalStatus"] = concept(CLINICAL, clinical)
    if verification:
        found["verificationStatus"] = concept(VERIFICATION, verification)
    return {**found, **members}


def observation(id, code, days_ago=10, status="final", patient=PATIENT, **members):
    found = {
        "resourceType": "Observation", "id": id, "status": status, "code": code,
        "subject": {"reference": f"Patient/{patient}"},
    }
    if days_ago is not None:
        found["effectiveDateTime"] = ago(days_ago)
    return {**found, **members}


def size_observation(id, cm, days_ago=10, unit="cm", method="CT", **members):
    """A size in a unit; members that begin with "value" take the place of its value."""
    value = {} if any(name.startswith("value") for name in members) else measured(cm, unit)
    if method:
        members["method"] = concept(SNOMED, *METHODS[method])
    return observation(id, concept(LOINC, "21889-1", "Size Tumor"), days_ago, **value, **members)


def order(action, side=None, id="draft-1", patient=PATIENT, status="draft"):
    snomed, display, code = TREATMENTS[action]
    draft = {
        "resourceType": "ServiceRequest", "id": id, "status": status, "intent": "order",
        "code": {"coding": [{"system": SNOMED, "code": snomed, "display": display}, {"system": LOCAL, "code": code}],
                 "text": display.split(" (")[0]},
        "subject": {"reference": f"Patient/{patient}"},
    }
    if side:
        draft["bodySite"] = [site(side)]
    return draft


def drug(name, form, id, status="draft", **members):
    """A MedicationRequest by RxNorm, by ATC, or by an older code of a Medication that it holds."""
    rxnorm, atc, older = DRUGS[name]
    found = {
        "resourceType": "MedicationRequest", "id": id, "status": status, "intent": "order",
        "subject": {"reference": f"Patient/{PATIENT}"}, "authoredOn": ago(3),
    }
    if form == "referenced":
        found["contained"] = [{"resourceType": "Medication", "id": "m", "code": concept(ATC, older)}]
        found["medicationReference"] = {"reference": "#m"}
    else:
        code = concept(RXNORM, rxnorm) if form == "rxnorm" and rxnorm else concept(ATC, atc)
        found["medicationCodeableConcept"] = {**code, "text": name}
    return {key: value for key, value in {**found, **members}.items() if value is not None}


def performed(code, days_ago=40, id="operation", **members):
    return {"resourceType": "Procedure", "id": id, "status": "completed", "code": code,
            "subject": {"reference": f"Patient/{PATIENT}"}, "performedDateTime": ago(days_ago), **members}


def bundle(resources, kind="searchset"):
    entries = [{"resource": resource} for resource in resources]
    if kind == "searchset":
        entries = [{**entry, "search": {"mode": "match"}} for entry in entries]
        return {"resourceType": "Bundle", "type": kind, "total": len(entries), "entry": entries}
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


KEYS = {"Condition": "conditions", "Observation": "observations", "Procedure": "procedures",
        "BodyStructure": "bodyStructures", "MedicationRequest": "medications", "ServiceRequest": "requests"}


def hook_request(resources, drafts=(), birth="1965-09-14", hook=None, patient=None, selections=None, prefetch=None):
    """A request whose prefetch holds the resources by type; `prefetch` replaces or adds keys."""
    hook = hook or ("order-sign" if drafts else "patient-view")
    who = {"resourceType": "Patient", "id": PATIENT, "gender": "female", **(patient or {})}
    if birth:
        who["birthDate"] = birth
    found = {"patient": who}
    for kind, key in KEYS.items():
        found[key] = bundle([r for r in resources if r["resourceType"] == kind])
    found.update(prefetch or {})
    context = {"userId": "Practitioner/uro-1", "patientId": PATIENT}
    if drafts or hook.startswith("order-"):
        context["draftOrders"] = bundle(drafts, "collection")
    if selections is not None:
        context["selections"] = selections
    return {
        "hook": hook, "hookInstance": "6f1c9a52-6a0f-4f6e-9b1c-1f2f9f0c2a11", "context": context,
        "prefetch": {key: value for key, value in found.items() if value != "absent"},
        "extension": {"org.renalpath.outcome": True},
    }


# ---- dialects

class Mcode:
    """mCODE: the size points to a BodyStructure, which points to the Condition."""

    diagnoses = {"kidney": ("254915003", "Clear cell carcinoma of kidney (disorder)"),
                 "renal pelvis": ("363457009", "Malignant tumor of renal pelvis (disorder)")}

    def __init__(self, facts):
        self.facts = facts
        self.tumour = {
            "resourceType": "BodyStructure", "id": "tumour", "patient": {"reference": f"Patient/{PATIENT}"},
            "extension": [{"url": MCODE + "mcode-related-condition", "valueReference": {"reference": "Condition/rcc"}}],
            "location": concept(SNOMED, "64033007"), "locationQualifier": [concept(SNOMED, *SIDES[facts.side])],
        }

    def diagnosis(self):
        facts = self.facts
        place = ("74033008", "Structure of hilum of kidney (body structure)") if facts.central else None
        return [condition(
            "rcc", concept(SNOMED, *self.diagnoses[facts.diagnosis]), verification=facts.verification,
            bodySite=[site(facts.side, place) if place else site(facts.side)],
            meta={"profile": [MCODE + "mcode-primary-cancer-condition"]})]

    def size(self, n, size):
        value = measured(size.cm)
        links = [[reference(self.tumour)], [{"reference": "Condition/rcc"}]]
        return observation(
            f"size-{n}", concept(LOINC, "21889-1", "Size Tumor"), size.days_ago,
            meta={"profile": [MCODE + "mcode-tumor-size"]}, method=concept(SNOMED, *METHODS[size.method]),
            focus=links[n % 2],
            component=[{"code": concept(LOINC, "33728-7", "Size.maximum dimension in Tumor"), **value},
                       {"code": concept(LOINC, "33729-5"), "valueQuantity": quantity("1.1")}])

    def central(self):
        if self.facts.central:
            return []  # the site of the diagnosis says so
        return [observation("central", local("central-location"), focus=[reference(self.tumour)], valueBoolean=False)]

    def spread(self):
        value = {"M0": "1229901006", "M1": "1229903009"}[self.facts.m]
        return [observation(
            "m", concept(SNOMED, "399387003", "cM category"), method=concept(SNOMED, "897275008"),
            focus=[{"reference": "Condition/rcc"}], valueCodeableConcept=concept(SNOMED, value))]

    def condition(self):
        grade = self.facts.ecog
        return [observation("ecog", concept(LOINC, "89247-1"), valueInteger=grade,
                            interpretation=[concept(LOINC, ECOG_LOINC[grade])])]

    def unsuitable(self):
        return [observation("fit", local("surgical-candidate"), valueCodeableConcept=local("unsuitable"))]

    def solitary(self):
        return [condition("single", concept(ICD10CM, "Z90.5", "Acquired absence of kidney"))]

    def egfr(self, code="98979-8"):
        unit = "mL/min/{1.73_m2}"
        return [observation("egfr", concept(LOINC, code), valueQuantity={
            "value": self.facts.egfr, "unit": unit, "system": UCUM, "code": unit})]

    def others(self):
        return [self.tumour]

    def draft(self):
        if self.facts.order in DRUGS:
            return drug(self.facts.order, "rxnorm", "draft-1", authoredOn=None)
        return order(self.facts.order, self.facts.side)

    def linked(self):
        """Members of an observation that link it to the kidney tumour."""
        return {"focus": [{"reference": "Condition/rcc"}]}

    def metastasis(self, n, lesion):
        code, display = SECONDARY[lesion.tissue][0]
        return [condition(f"met-{n}", concept(SNOMED, code, display), recordedDate=ago(20), extension=[ORIGIN],
                          meta={"profile": [MCODE + "mcode-secondary-cancer-condition"]})]

    def of_metastasis(self, n, lesion):
        return {"focus": [{"reference": f"Condition/met-{n}"}]}

    def resection(self, value):
        return local("no") if value == "no" else concept(SNOMED, RESIDUAL[value])

    def lesions(self):
        found = []
        for n, lesion in enumerate(self.facts.lesions):
            link = self.of_metastasis(n, lesion)
            found += self.metastasis(n, lesion)
            found += [observation(f"met-{n}-{name}", local(f"metastasis-{name}"), valueBoolean=value, **link)
                      for name, value in lesion.features()]
            if lesion.resected:
                found.append(observation(f"met-{n}-resected", local("metastasis-resected"),
                                         valueCodeableConcept=self.resection(lesion.resected), **link))
        return found

    def therapy(self):
        if self.facts.therapy:
            return [drug("sunitinib", "rxnorm", "tki", status="active", reasonReference=[{"reference": "Condition/rcc"}])]
        return [observation("therapy", local("systemic-therapy-planned"), valueBoolean=False)]

    def nodes(self):
        if self.facts.nodes == "C77.2":
            return [condition("nodes", concept(SNOMED, "94392001"), recordedDate=ago(15), extension=[ORIGIN])]
        value = {"N0": "1229967007", "N1": "1229973008"}[self.facts.nodes]
        return [observation("n", concept(SNOMED, "399534004", "cN category"), valueCodeableConcept=concept(SNOMED, value))]

    def operation(self):
        return [performed(concept(SNOMED, "116033007"), bodySite=[site(self.facts.side)])]

    def in_specimen(self):
        return [size_observation("specimen", self.facts.specimen, 38, "cm", "specimen", **self.linked())]

    def category(self, name, n):
        code = {"pT": "384625004", "pN": "371494008"}[name[:2]]
        return observation(f"category-{n}", concept(SNOMED, code), 38,
                           valueCodeableConcept=concept(SNOMED, PATHOLOGY[name][0]), **self.linked())

    def pathology(self):
        facts = self.facts
        recorded = (("capsule-rupture", facts.capsule), ("blood-vessel-invasion", facts.blood_vessels),
                    ("lymph-vessel-invasion", facts.lymph_vessels))
        found = [observation(name, local(name), 38, valueBoolean=value, **self.linked())
                 for name, value in recorded if value is not None]
        found += [self.category(name, n) for n, name in enumerate(facts.pathology)]
        return found + (self.in_specimen() if facts.specimen else [])

    def refusal(self):
        return [condition("refusal", concept(SNOMED, "105480006"))]

    def more(self):
        facts = self.facts
        found = self.lesions() + self.pathology()
        found += [] if facts.therapy is None else self.therapy()
        found += [] if facts.nodes is None else self.nodes()
        found += self.operation() if facts.operated else []
        found += self.refusal() if facts.declined else []
        if facts.single is not None:
            found.append(observation("one", local("solitary-metastasis"), valueBoolean=facts.single))
        if facts.symptoms is not None:
            found.append(observation("pain", local("local-symptoms-primary"), valueBoolean=facts.symptoms))
        if facts.life:
            found.append(observation("life", local("life-expectancy"), valueCodeableConcept=local(facts.life)))
        if facts.thrombus:
            found.append(condition("thrombus", concept(SNOMED, "281595001")))
        if facts.t4:
            found.append(observation("t", concept(SNOMED, "399504009"), **self.linked(),
                                     valueCodeableConcept=concept(SNOMED, "1228944003")))
        return found

    def resources(self):
        facts = self.facts
        found = [] if facts.diagnosis == "none" else self.diagnosis()
        found += [self.size(n, size) for n, size in enumerate(facts.sizes)]
        found += [] if facts.central is None else self.central()
        found += [] if facts.m is None else self.spread()
        found += [] if facts.ecog is None else self.condition()
        found += self.unsuitable() if facts.unsuitable else []
        found += self.solitary() if facts.solitary else []
        found += [] if facts.egfr is None else self.egfr()
        return found + self.more() + self.others()


class Plain(Mcode):
    """ICD-10-CM, millimetres, Karnofsky, LOINC and local codes; linked by side alone."""

    codes = {"kidney": {"left": "C64.2", "right": "C64.1"}, "renal pelvis": {"left": "C65.2", "right": "C65.1"}}

    def diagnosis(self):
        facts = self.facts
        code = concept(ICD10CM, self.codes[facts.diagnosis][facts.side])
        return [condition("rcc", code, verification=facts.verification)]

    def size(self, n, size):
        return size_observation(f"size-{n}", size.cm, size.days_ago, "mm", size.method, bodySite=site(self.facts.side))

    def central(self):
        return [observation("central", local("central-location"), bodySite=site(self.facts.side),
                            valueBoolean=self.facts.central)]

    def spread(self):
        value = {"M0": "30893008", "M1": "55440008"}[self.facts.m]
        return [observation("m", concept(LOINC, "21907-1"), valueCodeableConcept=concept(SNOMED, value))]

    def condition(self):
        return [observation("karnofsky", concept(LOINC, "89243-0"), valueInteger=KARNOFSKY[self.facts.ecog])]

    def solitary(self):
        return [observation("single", local("solitary-kidney"), valueBoolean=True)]

    def egfr(self):
        return super().egfr("33914-3")

    def others(self):
        return []

    def draft(self):
        if self.facts.order in DRUGS:
            return drug(self.facts.order, "atc", "draft-1", authoredOn=None)
        draft = order(self.facts.order)
        draft["code"] = local(TREATMENTS[self.facts.order][2])
        return draft

    def linked(self):
        return {"bodySite": site(self.facts.side)}

    def metastasis(self, n, lesion):
        return [condition(f"met-{n}", concept(ICD10CM, SECONDARY[lesion.tissue][1]), recordedDate=ago(20))]

    def resection(self, value):
        return local(value)

    def therapy(self):
        if not self.facts.therapy:
            return super().therapy()
        reason = [concept(ICD10CM, self.codes["kidney"][self.facts.side])]
        return [drug("sunitinib", "atc", "tki", status="on-hold", reasonCode=reason)]

    def nodes(self):
        if self.facts.nodes == "C77.2":
            return [condition("nodes", concept(ICD10CM, "C77.2"), recordedDate=ago(15))]
        value = {"N0": "62455006", "N1": "53623008"}[self.facts.nodes]
        return [observation("n", concept(LOINC, "21906-3"), valueCodeableConcept=concept(SNOMED, value))]

    def operation(self):
        code = {"left": "0TT14ZZ", "right": "0TT04ZZ"}[self.facts.side]
        return [performed(concept(PCS, code))]

    def in_specimen(self):
        return [size_observation("specimen", self.facts.specimen, 38, "mm", None, specimen={"reference": "Specimen/1"},
                                 **self.linked())]

    def category(self, name, n):
        code = {"pT": "21899-0", "pN": "21900-6"}[name[:2]]
        return observation(f"category-{n}", concept(LOINC, code), 38,
                           valueCodeableConcept=concept(SNOMED, PATHOLOGY[name][1]), **self.linked())

    def refusal(self):
        return [observation("refusal", concept(SNOMED, "105480006"), valueBoolean=True)]


class Mixed(Plain):
    """Metres, SNOMED answers, nephrometry, periods; shuffled, among what must not count."""

    def diagnosis(self):
        facts = self.facts
        if facts.diagnosis != "kidney":
            return [condition("rcc", concept(ICD10, "C65"), verification=facts.verification)]
        kidney = {"left": "18639004", "right": "9846003"}[facts.side]
        code = {"coding": [{"system": ICD10, "code": "C64"}, {"system": SNOMED, "code": "702391001"}]}
        return [condition("rcc", code, verification=facts.verification, bodySite=[concept(SNOMED, kidney)])]

    def size(self, n, size):
        found = size_observation(f"size-{n}", size.cm, None, "m", size.method, focus=[{"reference": "Condition/rcc"}])
        day = ago(size.days_ago)
        found["effectivePeriod"] = {"start": f"{day}T07:30:00+01:00", "end": f"{day}T08:10:00+01:00"}
        return found

    def central(self):
        points = 3 if self.facts.central else 1
        return [observation("location", local("nephrometry-location"), focus=[{"reference": "Condition/rcc"}],
                            valueInteger=points)]

    def spread(self):
        return [observation("m", local("distant-metastasis"), valueBoolean=self.facts.m == "M1")]

    def condition(self):
        found = observation("ecog", concept(SNOMED, "423740007"), None,
                            valueCodeableConcept=concept(SNOMED, ECOG_SNOMED[self.facts.ecog]))
        return [{**found, "issued": f"{ago(10)}T10:15:00.000+01:00"}]

    def solitary(self):
        return [condition("single", concept(SNOMED, "161659007"), clinical="active")]

    def egfr(self):
        return Mcode.egfr(self, "62238-1")

    def draft(self):
        # The noise holds another cancer, so that the reason must be told.
        reason = [{"reference": "Condition/rcc"}]
        if self.facts.order in DRUGS:
            return drug(self.facts.order, "referenced", "draft-1", authoredOn=None, reasonReference=reason)
        draft = order(self.facts.order)
        draft["code"] = concept(SNOMED, TREATMENTS[self.facts.order][0])
        return {**draft, "reasonReference": reason}

    def linked(self):
        return {"focus": [{"reference": "Condition/rcc"}]}

    def metastasis(self, n, lesion):
        structure = {
            "resourceType": "BodyStructure", "id": f"site-{n}", "patient": {"reference": f"Patient/{PATIENT}"},
            "extension": [{"url": MCODE + "mcode-related-condition",
                           "valueReference": {"reference": f"Condition/met-{n}"}}]}
        return [condition(f"met-{n}", concept(ICD10, SECONDARY[lesion.tissue][2]), recordedDate=ago(20),
                          extension=[ORIGIN]), structure]

    def of_metastasis(self, n, lesion):
        return {"focus": [{"reference": f"BodyStructure/site-{n}"}]}

    def therapy(self):
        if not self.facts.therapy:
            return super().therapy()
        return [drug("sunitinib", "referenced", "tki", status="active", reasonReference=[{"reference": "Condition/rcc"}])]

    def nodes(self):
        if self.facts.nodes == "C77.2":
            return [condition("nodes", concept(ICD10, "C77.2"), recordedDate=ago(15), extension=[ORIGIN])]
        return super().nodes()

    def operation(self):
        kidney = {"left": "18639004", "right": "9846003"}[self.facts.side]
        return [performed(concept(SNOMED, "175905003"), bodySite=[concept(SNOMED, kidney)])]

    def in_specimen(self):
        return [observation("specimen", concept(LOINC, "33728-7"), 38, specimen={"reference": "Specimen/1"},
                            **measured(self.facts.specimen, "m"), **self.linked())]

    def category(self, name, n):
        found = super().category(name, n)
        code = {"pT": "78873005", "pN": "277206009"}[name[:2]]
        return {**found, "code": concept(SNOMED, code)}

    def others(self):
        return noise(self.facts)

    def resources(self):
        found = super().resources()
        random.Random(len(found)).shuffle(found)
        return found


class Sparse(Plain):
    """ICD-10 has no side; the only tumour on record owns every datum."""

    def diagnosis(self):
        code = {"kidney": "C64", "renal pelvis": "C65"}[self.facts.diagnosis]
        return [condition("rcc", concept(ICD10, code), verification=self.facts.verification)]

    def size(self, n, size):
        return size_observation(f"size-{n}", size.cm, size.days_ago, "cm", size.method)

    def central(self):
        return [observation("central", local("central-location"), valueBoolean=self.facts.central)]

    def linked(self):
        return {}

    def metastasis(self, n, lesion):
        """A bone lesion is told by its observations alone."""
        return [] if lesion.tissue == "bone" else super().metastasis(n, lesion)

    def of_metastasis(self, n, lesion):
        # Two metastases need a link; one does not.
        if lesion.tissue == "bone":
            return {"bodySite": concept(SNOMED, ("12611008", "118645006")[n], "Bone structure")}
        return {} if len(self.facts.lesions) == 1 else super().of_metastasis(n, lesion)

    def therapy(self):
        return [observation("therapy", local("systemic-therapy-planned"), valueBoolean=self.facts.therapy)]

    def operation(self):
        return [performed(local("radical-nephrectomy"))]


def noise(facts):
    """Resources that must change nothing, however loudly they contradict the facts."""
    other = "right" if facts.side == "left" else "left"
    contrary = "3" if facts.sizes and facts.sizes[0].cm.startswith(("7", "8", "9")) else "9"
    breast = condition("breast", concept(ICD10CM, "C50.911", "Malignant neoplasm of right female breast"))
    return [
        breast,
        size_observation("breast-size", contrary, 1, focus=[reference(breast)]),
        condition("mistake", concept(SNOMED, "254915003"), verification="entered-in-error", bodySite=[site(other)]),
        condition("stranger-rcc", concept(ICD10CM, {"left": "C64.2", "right": "C64.1"}[other]), patient="pt-2"),
        size_observation("stranger-size", contrary, 2, patient="pt-2"),
        observation("stranger-m", concept(LOINC, "21907-1"), 1, patient="pt-2",
                    valueCodeableConcept=concept(SNOMED, "55440008")),
        size_observation("cancelled", contrary, 3, status="cancelled", focus=[{"reference": "Condition/rcc"}]),
        size_observation("mistaken", contrary, 3, status="entered-in-error", focus=[{"reference": "Condition/rcc"}]),
        size_observation("registered", contrary, 3, status="registered", focus=[{"reference": "Condition/rcc"}]),
        observation("polyp", concept(LOINC, "33756-8"), 1, valueQuantity=quantity(contrary)),
        observation("haemoglobin", concept(LOINC, "718-7"), 4, valueQuantity={
            "value": 13.1, "unit": "g/dL", "system": UCUM, "code": "g/dL"}),
    ]


WRITERS = {"mcode": Mcode, "plain": Plain, "mixed": Mixed, "sparse": Sparse}


def request(facts, dialect):
    writer = WRITERS[dialect](facts)
    drafts = [writer.draft()] if facts.order else []
    return hook_request(writer.resources(), drafts, facts.birth)


def shuffled(original, seed):
    """The same request with the entries of every prefetched bundle in another order."""
    changed = copy.deepcopy(original)
    generator = random.Random(seed)
    for value in changed["prefetch"].values():
        if isinstance(value, dict) and value.get("resourceType") == "Bundle":
            generator.shuffle(value["entry"])
    items = list(changed["prefetch"].items())
    generator.shuffle(items)
    changed["prefetch"] = dict(items)
    return changed
