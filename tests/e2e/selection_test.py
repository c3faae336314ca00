"""Which of several resources decides an input, and on which side of a limit it lies: through the real program."""

import unittest
from dataclasses import dataclass, field

import harness
from dialects import (
    ATC, CLINICAL, ECOG_LOINC, ECOG_SNOMED, ICD10, ICD10CM, LOCAL, LOINC, MCODE, RXNORM, SNOMED, UCUM, VERIFICATION,
    ago, bundle, concept, condition, drug, hook_request, local, observation, order, quantity, site, size_observation)

LEFT = condition("rcc", concept(ICD10CM, "C64.2"))
RIGHT = condition("rcc-right", concept(ICD10CM, "C64.1"))
M0_VALUE, M1_VALUE, MX_VALUE = "1229901006", "1229903009", "17076002"
DEFECT = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}


def spread(value=M0_VALUE, days_ago=10, id="m", **members):
    return observation(id, concept(SNOMED, "399387003"), days_ago, valueCodeableConcept=concept(SNOMED, value),
                       **members)


def central(value=False, days_ago=10, id="central", **members):
    return observation(id, local("central-location"), days_ago, valueBoolean=value, **members)


def size(cm, days_ago=10, id="size", unit="cm", method="CT", **members):
    return size_observation(id, cm, days_ago, unit, method, **members)


def at(resource, time):
    return {**{k: v for k, v in resource.items() if k != "effectiveDateTime"}, **time}


def ecog(value, days_ago=10, id="ecog", **members):
    return observation(id, concept(LOINC, "89247-1"), days_ago, valueInteger=value, **members)


def karnofsky(value, days_ago=10, id="karnofsky"):
    return observation(id, concept(LOINC, "89243-0"), days_ago, valueInteger=value)


def ecog_as(id="ecog", **members):
    return observation(id, concept(LOINC, "89247-1"), 10, **members)


def score(value):
    return {"value": value, "unit": "score", "system": UCUM, "code": "{score}"}


def procedure(code, days_ago, side="left", status="completed", id="operation"):
    found = {"resourceType": "Procedure", "id": id, "status": status, "code": concept(SNOMED, code),
             "subject": {"reference": "Patient/pt-1"}, "performedDateTime": ago(days_ago)}
    return {**found, "bodySite": [site(side)]} if side else found


def egfr(value, days_ago=10):
    unit = "mL/min/{1.73_m2}"
    return observation("egfr", concept(LOINC, "98979-8"), days_ago,
                       valueQuantity={"value": value, "unit": unit, "system": UCUM, "code": unit})


@dataclass(frozen=True)
class Row:
    """`want`: input to value; "?" unknown for any reason, "?stale" for this one. `rules`: some of the listing."""

    name: str
    resources: list
    want: dict = field(default_factory=dict)
    rules: str = ""
    birth: str | None = "1965-09-14"
    gate: str | None = None
    prefetch: dict = field(default_factory=dict)
    patient: dict = field(default_factory=dict)
    notes: tuple = ()  # texts among cautions and assumptions
    stale: tuple = ()  # inputs used although no longer fresh
    asks: tuple = ()  # inputs among the questions
    asks_not: tuple = ()


def known(name, *resources, **members):
    """A row of a patient with a left kidney cancer, M0."""
    return Row(name, [LEFT, spread(), *resources], **members)


def unit_rows():
    results = {"1.99": "R ONC-05, R ONC-17", "2": "R ONC-05, - ONC-17", "2.01": "R ONC-05, - ONC-17",
               "6.99": "R ONC-05, - ONC-07", "7": "K AMB-01, - ONC-05, - ONC-07", "7.01": "R ONC-07, - ONC-05"}
    for cm, rules in results.items():
        for unit in ("cm", "mm", "m"):
            yield known(f"{cm} cm in {unit}", size(cm, unit=unit), central(), want={"tumour_size_cm": f"{cm} 'cm'"},
                        rules=rules)


def limit_rows():
    for limit, low, high in ((2, "1.9", "2.1"), (4, "3.9", "4.1"), (5, "4.9", "5.1"), (7, "6.9", "7.1")):
        for first, second in ((low, high), (high, low)):
            yield known(f"{first} then {second}, 30 days apart, across {limit}", size(first, 40, "a"),
                        size(second, 10, "b"), want={"tumour_size_cm": "?conflict"})
            yield known(f"{first} then {second}, 31 days apart, across {limit}", size(first, 41, "a"),
                        size(second, 10, "b"), want={"tumour_size_cm": f"{second} 'cm'"})


def age_rows():
    cases = (
        # name, resource of an age, input, value, days fresh, days usable, others
        ("size", lambda days: size("3", days), "tumour_size_cm", "3 'cm'", 90, 180, [spread()]),
        ("place", lambda days: central(True, days), "central", "yes", 90, 180, [spread()]),
        ("M status", lambda days: spread(days_ago=days), "m_status", "M0", 90, 180, []),
        ("condition, M0", lambda days: ecog(1, days), "general_condition", "good", 90, 180, [spread()]),
        ("condition, M1", lambda days: ecog(1, days), "general_condition", "good", 30, 90, [spread(M1_VALUE)]),
        ("condition, M unknown", lambda days: ecog(1, days), "general_condition", "good", 30, 90, []),
        ("eGFR", lambda days: egfr(50, days), "egfr", "50 'mL/min/{1.73_m2}'", 90, 365, [spread()]),
    )
    for name, make, key, value, fresh, limit, others in cases:
        for days, stale in ((0, False), (fresh, False), (fresh + 1, True), (limit, True)):
            yield Row(f"{name} of {days} days", [LEFT, *others, make(days)], {key: value}, stale=(key,) if stale else ())
        yield Row(f"{name} of {limit + 1} days", [LEFT, *others, make(limit + 1)], {key: "?stale"})


UNITS = (
    *unit_rows(),
    known("inches", size("1", valueQuantity={"value": 1.5, "system": UCUM, "code": "[in_i]"}),
          want={"tumour_size_cm": "3.81 'cm'"}),
    known("a weight is no size", size("1", valueQuantity={"value": 3, "system": UCUM, "code": "kg"}),
          want={"tumour_size_cm": "?unusable"}),
    known("a size in words", size("1", valueString="about 3 cm"), want={"tumour_size_cm": "?unusable"}),
    known("40 cm is the largest plausible", size("40"), want={"tumour_size_cm": "40 'cm'"}),
    known("40.1 cm is implausible", size("40.1"), want={"tumour_size_cm": "?implausible"}),
    known("negative is implausible", size("1", valueQuantity={**quantity("1"), "value": -3}),
          want={"tumour_size_cm": "?implausible"}),
    known("4 cm may be ablated", size("4"), observation("fit", local("surgical-candidate"),
          valueCodeableConcept=local("unsuitable")), rules="R ONC-20"),
    known("4.01 cm may not", size("4.01"), observation("fit", local("surgical-candidate"),
          valueCodeableConcept=local("unsuitable")), rules="- ONC-20"),
    known("eGFR 59", size("3"), central(), egfr(59), rules="R ONC-05, R AMB-20"),
    known("eGFR 60", size("3"), central(), egfr(60), rules="R ONC-05, - AMB-20"),
)

STATUSES = (
    known("final before a newer preliminary", size("6.8", 20, "a"), size("7.3", 5, "b", status="preliminary"),
          want={"tumour_size_cm": "6.8 'cm'"}),
    known("preliminary where nothing final exists", size("7.3", status="preliminary"),
          want={"tumour_size_cm": "7.3 'cm'"}),
    *(known(f"{status} is as good as final", size("3", 20, "a"), size("3.4", 5, "b", status=status),
            want={"tumour_size_cm": "3.4 'cm'"}) for status in ("amended", "corrected")),
    *(known(f"{status} is dropped", size("3", 20, "a"), size("8", 5, "b", status=status),
            want={"tumour_size_cm": "3 'cm'"}) for status in ("entered-in-error", "cancelled", "registered")),
    known("nothing but entered-in-error", size("3", status="entered-in-error"), want={"tumour_size_cm": "?"}),
    known("M0 entered in error", spread(M1_VALUE, 2, "mistake", status="entered-in-error"), want={"m_status": "M0"}),
)


def updated(resource, time):
    return {**resource, "meta": {"lastUpdated": time}}


TIMES = (
    known("the newest", size("3", 30, "a"), size("3.5", 10, "b"), want={"tumour_size_cm": "3.5 'cm'"}),
    known("equal times: last updated", updated(size("3", 10, "a"), "2026-02-20T08:00:00Z"),
          updated(size("3.4", 10, "b"), "2026-02-21T08:00:00Z"), want={"tumour_size_cm": "3.4 'cm'"}),
    known("equal times: last updated, the other way", updated(size("3", 10, "a"), "2026-02-22T08:00:00Z"),
          updated(size("3.4", 10, "b"), "2026-02-21T08:00:00Z"), want={"tumour_size_cm": "3 'cm'"}),
    known("equal times: smallest id", size("3.4", 10, "b"), size("3", 10, "a"), want={"tumour_size_cm": "3 'cm'"}),
    known("equal times across a limit", size("6.8", 10, "a"), size("7.3", 10, "b"),
          want={"tumour_size_cm": "?conflict"}),
    known("a period counts as its end", size("3", 20, "a"), at(size("3.4", 10, "b"), {"effectivePeriod": {
        "start": ago(40), "end": ago(5)}}), want={"tumour_size_cm": "3.4 'cm'"}),
    known("a period without an end counts as its start", size("3", 20, "a"), at(size("3.4", 10, "b"), {
        "effectivePeriod": {"start": ago(30)}}), want={"tumour_size_cm": "3 'cm'"}),
    known("issued where nothing else is said", size("3", 20, "a"), at(size("3.4", 10, "b"), {
        "issued": "2026-02-27T10:00:00.000+01:00"}), want={"tumour_size_cm": "3.4 'cm'"}),
    known("a month counts as its first day", at(size("3"), {"effectiveDateTime": "2025-12"}),
          want={"tumour_size_cm": "3 'cm'"}, stale=("tumour_size_cm",)),
    known("a month that began too long ago", at(size("3"), {"effectiveDateTime": "2025-09"}),
          want={"tumour_size_cm": "?stale"}),
    known("a year", at(size("3"), {"effectiveDateTime": "2026"}), want={"tumour_size_cm": "3 'cm'"}),
    known("the day of the call in its own zone: 90", at(size("3"), {"effectiveDateTime": "2025-12-01T23:30:00Z"}),
          want={"tumour_size_cm": "3 'cm'"}),
    known("the day of the call in its own zone: 91", at(size("3"), {"effectiveDateTime": "2025-12-01T22:30:00Z"}),
          want={"tumour_size_cm": "3 'cm'"}, stale=("tumour_size_cm",)),
    known("tomorrow", size("3", -1), want={"tumour_size_cm": "?future"}),
    known("without a time", size("3", None), want={"tumour_size_cm": "?undated"}),
    Row("M0 without a time", [LEFT, spread(days_ago=None)], {"m_status": "?undated"}),
    *age_rows(),
)

MODALITIES = (
    known("CT of 14 days before an ultrasound", size("6", 20, "a"), size("6.5", 6, "b", method="US"),
          want={"tumour_size_cm": "6 'cm'"}),
    known("CT of 15 days before an ultrasound", size("6", 21, "a"), size("6.5", 6, "b", method="US"),
          want={"tumour_size_cm": "6.5 'cm'"}),
    known("14 days, across a limit: the CT decides", size("6.8", 20, "a"), size("7.3", 6, "b", method="US"),
          want={"tumour_size_cm": "6.8 'cm'"}),
    known("15 days, across a limit: a conflict", size("6.8", 21, "a"), size("7.3", 6, "b", method="US"),
          want={"tumour_size_cm": "?conflict"}),
    known("MRI is as good as CT", size("3", 20, "a"), size("3.4", 10, "b", method="MRI"),
          want={"tumour_size_cm": "3.4 'cm'"}),
    known("ultrasound before PET", size("3", 20, "a", method="US"), size("3.4", 10, "b", method="PET"),
          want={"tumour_size_cm": "3 'cm'"}),
    known("PET before palpation", size("3", 20, "a", method="PET"), size("3.4", 10, "b", method="palpation"),
          want={"tumour_size_cm": "3 'cm'"}),
    known("a specimen says nothing before treatment", size("3", 20, "a"), size("3.4", 10, "b", method="specimen"),
          want={"tumour_size_cm": "3 'cm'"}),
)

CONFLICTS = (
    *limit_rows(),
    known("the same side of every limit", size("5.2", 12, "a"), size("6.8", 8, "b"),
          want={"tumour_size_cm": "6.8 'cm'"}),
    known("M0 and M1 within 30 days", spread(M1_VALUE, 40, "b"), want={"m_status": "?conflict"}),
    known("M0 and M1 31 days apart", spread(M1_VALUE, 41, "b"), want={"m_status": "M0"}),
    known("M1 31 days after M0", spread(M0_VALUE, 41, "c"), want={"m_status": "M0"}),
    Row("M1 after M0", [LEFT, spread(M0_VALUE, 60, "a"), spread(M1_VALUE, 10, "b")], {"m_status": "M1"}),
    Row("two times M0", [LEFT, spread(M0_VALUE, 20, "a"), spread(M0_VALUE, 10, "b")], {"m_status": "M0"}),
    Row("MX is no M status", [LEFT, spread(MX_VALUE)], {"m_status": "?"}),
    Row("metastatic kidney cancer", [condition("rcc", concept(SNOMED, "702392008"), bodySite=[site("left")])],
        {"m_status": "M1", "kidney_cancer": "yes"}),
    Row("newer M0 against an active metastatic cancer of 20 days",
        [condition("rcc", concept(SNOMED, "702392008"), recordedDate=ago(20)), spread()], {"m_status": "?conflict"}),
    Row("newer M0 against an active metastatic cancer of 60 days",
        [condition("rcc", concept(SNOMED, "702392008"), recordedDate=ago(60)), spread()], {"m_status": "?conflict"}),
    known("central and not, within 30 days", central(True, 40, "a"), central(False, 10, "b"),
          want={"central": "?conflict"}),
    known("central and not, 31 days apart", central(True, 41, "a"), central(False, 10, "b"), want={"central": "no"}),
)

PLACES = (
    known("R.E.N.A.L. L = 1", observation("l", local("nephrometry-location"), valueInteger=1), want={"central": "no"}),
    known("R.E.N.A.L. L = 2 decides nothing", observation("l", local("nephrometry-location"), valueInteger=2),
          want={"central": "?"}),
    known("R.E.N.A.L. L = 3", observation("l", local("nephrometry-location"), valueInteger=3),
          want={"central": "yes"}),
    known("R.E.N.A.L. L = 1 with suffix h", observation("l", local("nephrometry-location"), valueInteger=1),
          observation("h", local("nephrometry-hilar"), valueBoolean=True), want={"central": "yes"}),
    known("hilum as the site of the measured tumour", size("3", bodySite=site("left", ("74033008", "Hilum"))),
          want={"central": "yes", "tumour_size_cm": "3 'cm'"}),
    known("renal pelvis as the site of the measured tumour", size("3", bodySite=site("left", ("25990002", "Pelvis"))),
          want={"central": "yes"}),
    known("the upper pole alone decides nothing", size("3", bodySite=site("left", ("5324007", "Upper pole"))),
          want={"central": "?", "tumour_size_cm": "3 'cm'"}),
    known("the place of the other kidney", central(True, bodySite=site("right")), want={"central": "?"}),
)


def structure(id="tumour", **members):
    return {"resourceType": "BodyStructure", "id": id, "patient": {"reference": "Patient/pt-1"}, **members}


LUNG = condition("lung", concept(ICD10CM, "C78.01"))
TO_TUMOUR = [{"reference": "BodyStructure/tumour"}]
RELATED = [{"url": MCODE + "mcode-related-condition", "valueReference": {"reference": "Condition/rcc"}}]
KIDNEYS = (
    known("unlinked, one kidney", size("3"), central(), want={"tumour_size_cm": "3 'cm'"},
          notes=("no tumour",)),
    known("the other kidney's size is never used", size("3", bodySite=site("right")), want={"tumour_size_cm": "?"}),
    known("linked to the condition", size("3", focus=[{"reference": "Condition/rcc"}]),
          want={"tumour_size_cm": "3 'cm'"}),
    known("linked by a full URL with a version", size("3", focus=[{
        "reference": "https://ehr.example/fhir/Condition/rcc/_history/2"}]), want={"tumour_size_cm": "3 'cm'"}),
    known("linked through the BodyStructure", size("3", focus=TO_TUMOUR), structure(extension=RELATED),
          want={"tumour_size_cm": "3 'cm'"}),
    known("linked by the side of the BodyStructure", size("3", focus=TO_TUMOUR), structure(
        location=concept(SNOMED, "64033007"), locationQualifier=[concept(SNOMED, "7771000")]),
          want={"tumour_size_cm": "3 'cm'"}),
    known("the BodyStructure of the other kidney", size("3", focus=TO_TUMOUR), structure(
        location=concept(SNOMED, "9846003")), want={"tumour_size_cm": "?"}),
    known("the BodyStructure of a lung", size("3", focus=TO_TUMOUR), structure(
        location=concept(SNOMED, "39607008", "Lung structure (body structure)")), want={"tumour_size_cm": "?"}),
    known("linked to a metastasis", size("3", focus=[{"reference": "Condition/lung"}]), LUNG,
          want={"tumour_size_cm": "?"}),
    known("measured in the lung", size("3", bodySite=concept(SNOMED, "39607008")), want={"tumour_size_cm": "?"}),
    known("another patient's size", size("3", patient="pt-2"), want={"tumour_size_cm": "?"}),
    known("two kidneys, both linked", RIGHT, size("3", id="a", focus=[{"reference": "Condition/rcc"}]),
          size("8", id="b", focus=[{"reference": "Condition/rcc-right"}]),
          want={"tumour_size_cm@left": "3 'cm'", "tumour_size_cm@right": "8 'cm'"}),
    known("two kidneys, one size unlinked", RIGHT, size("3"),
          want={"tumour_size_cm@left": "?unlinked", "tumour_size_cm@right": "?unlinked"}),
    known("two conditions of one side are one tumour", condition("again", concept(SNOMED, "254915003"),
          bodySite=[site("left")]), size("3"), want={"tumour_size_cm": "3 'cm'"}),
    known("a condition without a side belongs to the one with", condition("again", concept(ICD10, "C64")), size("3"),
          want={"tumour_size_cm": "3 'cm'"}),
    known("both kidneys: each on its own, to the board", RIGHT, size("3", id="a", bodySite=site("left")),
          size("8", id="b", bodySite=site("right")), central(False, id="c", bodySite=site("left")),
          central(False, id="d", bodySite=site("right")), rules="K ONC-05, K ONC-07, R AMB-34"),
)

ADULT = [LEFT, spread(), size("1.9"), central()]
BIRTHS = (
    Row("18 today", ADULT, birth="2008-03-02", rules="R ONC-05"),
    Row("18 tomorrow", ADULT, birth="2008-03-03", gate="age"),
    Row("born on a leap day", ADULT, birth="2008-02-29", rules="R ONC-05"),
    Row("a year across 18", ADULT, birth="2008", rules="R ONC-05"),
    Row("a month across 18", ADULT, birth="2008-03", rules="R ONC-05"),
    Row("a month before 18", ADULT, birth="2008-04", gate="age"),
    Row("a year before 18", ADULT, birth="2009", gate="age"),
    Row("no birth date", ADULT, birth=None, want={"age": "?"}, rules="R ONC-05, K ONC-18"),
    Row("75 today", ADULT, birth="1951-03-02", want={"age": 75}, rules="R ONC-18"),
    Row("75 tomorrow", ADULT, birth="1951-03-03", want={"age": 74}, rules="- ONC-18"),
    Row("a year across 75", ADULT, birth="1951", rules="K ONC-18"),
    Row("a month across 75", ADULT, birth="1951-03", rules="K ONC-18"),
    Row("a month past 75", ADULT, birth="1951-02", rules="R ONC-18"),
    Row("a month before 75", ADULT, birth="1951-04", rules="- ONC-18"),
    Row("a year past 75", ADULT, birth="1950", rules="R ONC-18"),
    Row("deceased", ADULT, patient={"deceasedBoolean": True}, gate="deceased"),
    Row("deceased at a time", ADULT, patient={"deceasedDateTime": "2026-02-01"}, gate="deceased"),
    Row("not deceased", ADULT, patient={"deceasedBoolean": False}, rules="R ONC-05"),
)

GRADES = ("good", "good", "borderline", "reduced", "reduced")


def ecog_rows():
    for grade, value in enumerate(GRADES):
        forms = {
            "integer": {"valueInteger": grade},
            "quantity": {"valueQuantity": score(grade)},
            "LOINC answer": {"valueCodeableConcept": concept(LOINC, ECOG_LOINC[grade])},
            "SNOMED answer": {"valueCodeableConcept": concept(SNOMED, ECOG_SNOMED[grade])},
            "interpretation": {"interpretation": [concept(LOINC, ECOG_LOINC[grade])]},
            "both": {"valueInteger": grade, "interpretation": [concept(LOINC, ECOG_LOINC[grade])]},
        }
        for form, members in forms.items():
            yield known(f"ECOG {grade} as {form}", ecog_as(**members), want={"general_condition": value})
        other = (grade + 2) % 5
        yield known(f"ECOG {grade} interpreted as {other}", ecog_as(
            valueInteger=grade, interpretation=[concept(LOINC, ECOG_LOINC[other])]),
            want={"general_condition": "?unusable"})


CONDITIONS = (
    *ecog_rows(),
    *(known(f"Karnofsky {value}", karnofsky(value), want={"general_condition": state}) for value, state in (
        (100, "good"), (90, "good"), (80, "good"), (70, "borderline"), (60, "borderline"), (50, "borderline"),
        (40, "reduced"), (20, "reduced"), (10, "reduced"))),
    *(known(f"Karnofsky {value} is no value of the scale", karnofsky(value), want={"general_condition": "?"})
      for value in (110, 75, 45, 5, -10)),
    known("ECOG 6 is no value of the scale", ecog(6), want={"general_condition": "?"}),
    known("Karnofsky as quantity", observation("k", concept(SNOMED, "273546003"), valueQuantity=score(70)),
          want={"general_condition": "borderline"}),
    known("Karnofsky 90 as LOINC answer", observation("k", concept(LOINC, "89243-0"), valueCodeableConcept=concept(
        LOINC, "LA29176-7")), want={"general_condition": "good"}),
    known("ECOG 5", ecog(5), gate="deceased"),
    known("Karnofsky 0", karnofsky(0), gate="deceased"),
    known("the newer scale wins: ECOG", ecog(1, 5), karnofsky(40, 10), want={"general_condition": "good"}),
    known("the newer scale wins: Karnofsky", ecog(1, 10), karnofsky(40, 5), want={"general_condition": "reduced"}),
    known("same day: the worse, Karnofsky", ecog(1, 5), karnofsky(60, 5), want={"general_condition": "borderline"}),
    known("same day: the worse, ECOG", ecog(3, 5), karnofsky(90, 5), want={"general_condition": "reduced"}),
    known("same day at other hours: the worse", at(ecog(3), {"effectiveDateTime": "2026-02-20T08:00:00+01:00"}),
          at(karnofsky(90), {"effectiveDateTime": "2026-02-20T15:00:00+01:00"}),
          want={"general_condition": "reduced"}),
    known("one scale, good and reduced within 30 days", ecog(3, 40, "a"), ecog(1, 10, "b"),
          want={"general_condition": "?conflict"}),
    known("one scale, good and reduced on one day", ecog(3, 10, "a"), ecog(1, 10, "b"),
          want={"general_condition": "?conflict"}),
    known("one scale, good and reduced 31 days apart", ecog(3, 41, "a"), ecog(1, 10, "b"),
          want={"general_condition": "good"}),
    known("one scale, good and borderline", ecog(2, 20, "a"), ecog(1, 10, "b"), want={"general_condition": "good"}),
    known("preliminary behind final", ecog(1, 20, "a"), ecog(3, 10, "b", status="preliminary"),
          want={"general_condition": "good"}),
)


def diagnosis(id="rcc", code=("254915003",), **members):
    return condition(id, concept(SNOMED, *code), bodySite=[site("left")], **members)


def without(resource, *names):
    return {key: value for key, value in resource.items() if key not in names}


REST = [spread(), size("3"), central()]
UNCONFIRMED = ("ot histologically confirmed",)
DIAGNOSES = (
    *(Row(f"{status}", [diagnosis(clinical=status), *REST], {"kidney_cancer": "yes"}, "R ONC-05")
      for status in ("active", "recurrence", "relapse")),
    *(Row(f"{status}", [diagnosis(clinical=status), *REST], gate="history-only")
      for status in ("inactive", "resolved", "remission")),
    Row("no clinical status", [without(diagnosis(), "clinicalStatus"), *REST], {"kidney_cancer": "yes"}, "R ONC-05"),
    Row("no clinical status, abated", [{**without(diagnosis(), "clinicalStatus"), "abatementDateTime": "2020-05-01"},
        *REST], gate="history-only"),
    Row("no status at all", [without(diagnosis(), "clinicalStatus", "verificationStatus"), *REST],
        {"kidney_cancer": "yes"}, "R ONC-05"),
    Row("inactive beside active", [diagnosis(), diagnosis("old", clinical="inactive"), *REST],
        {"kidney_cancer": "yes"}, "R ONC-05"),
    *(Row(f"{status}", [diagnosis(verification=status), *REST], gate="no-kidney-cancer")
      for status in ("refuted", "entered-in-error")),
    *(Row(f"{status}", [diagnosis(verification=status), *REST], {"kidney_cancer": "yes"}, "R ONC-05",
          notes=UNCONFIRMED) for status in ("provisional", "differential", "unconfirmed")),
    *(Row(f"suspected: {code}", [diagnosis(code=(code,)), *REST], {"kidney_cancer": "yes"}, "R ONC-05",
          notes=UNCONFIRMED) for code in ("309088003", "126880001", "94889006")),
    *(Row(f"not covered: {code}", [diagnosis(code=(code,)), *REST], gate="excluded-tumour")
      for code in ("254921004", "92165001", "722223000", "302849000", "94360002", "363457009", "408642003")),
    *(Row(f"not covered: {code}", [condition("rcc", concept(ICD10CM, code)), *REST], gate="excluded-tumour")
      for code in ("C65.1", "C65.9", "C79.02", "C7A.093")),
    Row("kidney cancer beside an excluded tumour", [diagnosis(), condition("pelvis", concept(ICD10CM, "C65.1")), *REST],
        {"kidney_cancer": "yes"}, "R ONC-05"),
    Row("history", [condition("old", concept(SNOMED, "415081006")), *REST], gate="history-only"),
    Row("lung cancer only", [condition("lung", concept(ICD10CM, "C34.11")), *REST], gate="no-kidney-cancer"),
    Row("another patient's diagnosis", [condition("rcc", concept(ICD10CM, "C64.2"), patient="pt-2"), *REST],
        gate="no-kidney-cancer"),
)

RESECTION, REMOVAL = "81516001", "116033007"
OPERATIONS = (
    known("no operation", size("3"), central(), want={"primary_in_situ": "yes"}, rules="R ONC-02"),
    known("removed after the imaging", size("3", 30), procedure(REMOVAL, 10), want={"primary_in_situ": "no"},
          rules="- ONC-02, - ONC-05, - ONC-07, - ONC-17"),
    known("resected, then measured again", size("3", 5), central(), procedure(RESECTION, 30),
          want={"primary_in_situ": "yes"}, rules="R ONC-02"),
    known("the other kidney was removed", size("3", 30), procedure(REMOVAL, 10, "right"),
          want={"primary_in_situ": "yes"}, rules="R ONC-02"),
    known("an operation without a side, one tumour", size("3", 30), procedure(REMOVAL, 10, None),
          want={"primary_in_situ": "no"}),
    known("an operation without a side, two kidneys", RIGHT, size("3", 30, bodySite=site("left")),
          procedure(REMOVAL, 10, None), want={"primary_in_situ@left": "?", "primary_in_situ@right": "?"}),
    known("planned only", size("3", 30), procedure(REMOVAL, 10, status="preparation"),
          want={"primary_in_situ": "yes"}),
    Row("an operation before the disease began",
        [condition("rcc", concept(SNOMED, "254915003"), bodySite=[site("left")], onsetDateTime=ago(90)),
         spread(), procedure(RESECTION, 2000)], {"primary_in_situ": "yes"}),
    Row("an operation after the disease began, recorded later",
        [condition("rcc", concept(SNOMED, "254915003"), bodySite=[site("left")], onsetDateTime=ago(90)),
         spread(), procedure(RESECTION, 80)], {"primary_in_situ": "no"}),
    known("an operation before the recording, the begin of the disease unknown", procedure(RESECTION, 2000),
          want={"primary_in_situ": "no"}),
    known("ablated", size("3", 30), procedure("52785004", 10), want={"primary_in_situ": "no"}),
)

BREAST = condition("breast", concept(ICD10CM, "C50.911"))
BONE = condition("bone", concept(ICD10CM, "C79.51"), recordedDate=ago(5))

WHOSE = (
    Row("the M category of another cancer", [LEFT, BREAST, spread(focus=[{"reference": "Condition/breast"}])],
        {"m_status": "?"}),
    Row("the M category of this cancer", [LEFT, BREAST, spread(focus=[{"reference": "Condition/rcc"}])],
        {"m_status": "M0"}),
    known("a bone metastasis and a newer M0", BONE, want={"m_status": "?conflict"}),
    Row("a bone metastasis alone", [LEFT, BONE], {"m_status": "M1"}),
    known("a tumour in the left lung", size("4", bodySite=site("left", ("39607008", "Lung structure"))),
          want={"tumour_size_cm": "?"}),
    known("a link to something that was not delivered", size("4", focus=[{"reference": "BodyStructure/none"}]),
          want={"tumour_size_cm": "?"}),
    known("a measure of the specimen after the operation", size("4", 20), procedure(REMOVAL, 15),
          size("4.1", 10, id="specimen", method=None, specimen={"reference": "Specimen/1"}),
          want={"primary_in_situ": "no"}),
    known("a measure of unknown kind after the operation", procedure(REMOVAL, 15), size("4.1", 10, method=None),
          want={"primary_in_situ": "no"}),
    known("the other kidney removed years ago", size("4"), central(), procedure(REMOVAL, 4000, side="right"),
          want={"solitary_kidney": "yes", "primary_in_situ": "yes"}, rules="R AMB-20"),
    Row("a mass of unknown nature beside a benign tumour",
        [condition("mass", concept(SNOMED, "309088003")), condition("aml", concept(SNOMED, "254921004"))],
        {"kidney_cancer": "no"}, gate="excluded-tumour"),
)

PREFETCHES = (
    known("procedures: none found", *REST[1:], prefetch={"procedures": None}, want={"primary_in_situ": "yes"},
          rules="R ONC-05"),
    known("procedures: not asked for", *REST[1:], prefetch={"procedures": "absent"}, want={"primary_in_situ": "yes"},
          rules="R ONC-05"),
    known("procedures: failed", *REST[1:], prefetch={"procedures": DEFECT}, want={"primary_in_situ": "?"},
          rules="K ONC-02, K ONC-05"),
    known("procedures: failed, nothing measured", prefetch={"procedures": DEFECT}, want={"primary_in_situ": "?"},
          rules="K ONC-02"),
    Row("observations: failed", [LEFT], prefetch={"observations": DEFECT},
          want={"surgical_candidate": "?failed", "solitary_kidney": "?failed", "m_status": "?failed",
                "tumour_size_cm": "?failed"}, rules="- R"),
    known("observations: none found", prefetch={"observations": None},
          want={"surgical_candidate": "suitable", "solitary_kidney": "no", "m_status": "?absent"}),
    known("observations: some failed", prefetch={"observations": bundle([*REST, DEFECT])},
          want={"surgical_candidate": "?failed", "solitary_kidney": "?failed"}, rules="K ONC-05"),
    known("observations: more pages", prefetch={"observations": {**bundle(REST), "link": [
        {"relation": "next", "url": "https://ehr.example/fhir?page=2"}]}}, want={"surgical_candidate": "?"}),
    Row("conditions: failed", REST, prefetch={"conditions": DEFECT}, want={"kidney_cancer": "?failed"}, rules="- ONC-02, - ONC-05"),
    Row("conditions: none found", REST, prefetch={"conditions": None}, gate="no-kidney-cancer"),
    Row("everything under one key of any name", [], prefetch={"everything": bundle([LEFT, *REST])},
        want={"tumour_size_cm": "3 'cm'"}, rules="R ONC-05"),
)

def secondary(code, id="met", system=ICD10CM, origin=None, **members):
    """A metastasis among the conditions; `origin`: id of the primary that it names."""
    if origin:
        members["extension"] = [{"url": MCODE + "mcode-related-primary-cancer-condition",
                                 "valueReference": {"reference": f"Condition/{origin}"}}]
    return condition(id, concept(system, code), recordedDate=members.pop("recordedDate", ago(20)), **members)


PRIMARY = {"meta": {"profile": [MCODE + "mcode-primary-cancer-condition|4.0.0"]}}
ONLY = ("only primary cancer on record",)
DISTANT_NODES = ("C77.0", "C77.1", "C77.3", "C77.4", "C77.5")
ATTRIBUTION = (
    Row("names the kidney cancer", [LEFT, BREAST, secondary("C78.01", origin="rcc")], {"m_status": "M1"}),
    Row("names the breast cancer", [LEFT, BREAST, secondary("C78.01", origin="breast")], {"m_status": "?absent"}),
    Row("names something that was not delivered", [LEFT, secondary("C78.01", origin="gone")], {"m_status": "?absent"}),
    Row("names none, another cancer is on record", [LEFT, BREAST, secondary("C78.01")], {"m_status": "?absent"}),
    Row("names none, no other cancer", [LEFT, secondary("C78.01")], {"m_status": "M1"}, notes=ONLY),
    Row("another cancer was a mistake", [LEFT, {**BREAST, "verificationStatus": concept(
        VERIFICATION, "refuted")}, secondary("C78.01")], {"m_status": "M1"}),
    Row("the renal pelvis is no other cancer", [LEFT, condition("pelvis", concept(ICD10CM, "C65.1")),
        secondary("C78.01")], {"m_status": "M1"}),
    Row("lymphoma is another cancer", [LEFT, condition("lymphoma", concept(ICD10, "C83.3")), secondary("C78.01")],
        {"m_status": "?absent"}),
    Row("a primary cancer of mCODE with a code of its own", [LEFT, condition("other", concept(SNOMED, "254637007"),
        **PRIMARY), secondary("C78.01")], {"m_status": "?absent"}),
    Row("the kidney cancer of mCODE is no other cancer", [{**LEFT, **PRIMARY}, secondary("C78.01")],
        {"m_status": "M1"}),
    *(Row(f"distant lymph nodes {code} in {system.rsplit('/', 1)[1]}", [LEFT, secondary(code, system=system)],
          {"m_status": "M1"}) for code in DISTANT_NODES for system in (ICD10, ICD10CM)),
    *(Row(f"perhaps regional: {code} in {system.rsplit('/', 1)[1]}", [LEFT, secondary(code, system=system)], {"m_status": "?absent", "n_status": "N1"})
      for code, system in (("C77.2", ICD10), ("C77.2", ICD10CM), ("94392001", SNOMED))),
    *(Row(f"lymph nodes of no stated region: {code}", [LEFT, secondary(code)],
          {"m_status": "?absent", "n_status": "?absent"}) for code in ("C77", "C77.8", "C77.9")),
    Row("C77.2 beside an explicit M0", [LEFT, spread(), secondary("C77.2")], {"m_status": "M0", "n_status": "N1"}),
    Row("an explicit N0 before C77.2", [LEFT, spread(), secondary("C77.2"), observation(
        "n", concept(SNOMED, "399534004"), 100, valueCodeableConcept=concept(SNOMED, "1229967007"))],
        {"n_status": "N0"}, stale=("n_status",)),
    Row("a secondary tumour of the kidney is none", [LEFT, secondary("C79.01")], {"m_status": "?absent"}),
    *(Row(f"adrenal gland {code}", [LEFT, secondary(code, system=system)], {"m_status": "M1"})
      for code, system in (("C79.72", ICD10CM), ("C79.7", ICD10), ("94161006", SNOMED))),
    *(Row(f"metastasis {status}", [LEFT, secondary("C78.01", verification=status)], {"m_status": "?absent"})
      for status in ("provisional", "differential", "unconfirmed", "refuted", "entered-in-error")),
    *(Row(f"metastasis {status}", [LEFT, secondary("C78.01", clinical=status)], {"m_status": "?absent"})
      for status in ("inactive", "resolved", "remission")),
    Row("no metastasis on record is not M0", [LEFT], {"m_status": "?absent"}),
    Row("legacy M1", [LEFT, spread("55440008")], {"m_status": "M1"}),
    Row("pM1", [LEFT, spread("1229916009")], {"m_status": "M1"}),
    Row("pM0", [LEFT, spread("19408000")], {"m_status": "M0"}),
    Row("a metastasis years after", [condition("rcc", concept(ICD10CM, "C64.2"), clinical="resolved"),
        secondary("C78.01")], {"kidney_cancer": "yes", "m_status": "M1"}, "K ONC-27, R ONC-28, - ONC-03, - ONC-09"),
    Row("a metastasis years after, named", [condition("rcc", concept(ICD10CM, "C64.2"), clinical="resolved"), BREAST,
        secondary("C78.01", origin="rcc")], {"kidney_cancer": "yes", "m_status": "M1"}, "K ONC-27"),
    Row("a metastasis years after, whose is not known", [condition("rcc", concept(ICD10CM, "C64.2"),
        clinical="resolved"), BREAST, secondary("C78.01")], gate="history-only"),
    Row("history and a metastasis", [condition("old", concept(SNOMED, "415081006")), secondary("C78.01")],
        {"kidney_cancer": "yes"}, "K ONC-27"),
)

M1_GOOD = [LEFT, spread(M1_VALUE), ecog(1), size("9")]


def planned(name, *resources, want="?absent", stale=(), **members):
    return Row(name, [*M1_GOOD, *resources], {"systemic_therapy_planned": want}, stale=stale, **members)


def tki(status="active", **members):
    return drug("sunitinib", "rxnorm", "tki", **{"status": status, **members})


def recorded(value, days_ago=10, id="plan"):
    return observation(id, local("systemic-therapy-planned"), days_ago, valueBoolean=value)


def given(status):
    found = tki(status)
    for name in ("intent", "authoredOn"):
        del found[name]
    return {**found, "resourceType": "MedicationAdministration", "id": "dose", "effectiveDateTime": ago(3)}


def coded(*codings, **members):
    coding = [{"system": system, "code": code} for system, code in codings]
    return {**tki(**members), "medicationCodeableConcept": {"coding": coding}}


RCC_REASON = {"reasonReference": [{"reference": "Condition/rcc"}]}
TRANSPLANT = {"reasonCode": [concept(ICD10CM, "Z94.0", "Kidney transplant status")]}
THERAPIES = (
    *(planned(f"{status}", tki(status), want="yes", notes=("only primary cancer on record",), rules="R ONC-09")
      for status in ("active", "draft", "on-hold")),
    *(planned(f"{status}", tki(status)) for status in ("completed", "stopped", "cancelled", "entered-in-error")),
    planned("not to be given", tki(doNotPerform=True)),
    planned("for the kidney cancer, beside another cancer", BREAST, tki(**RCC_REASON), want="yes"),
    planned("for a metastasis", secondary("C79.51"), tki(reasonReference=[{"reference": "Condition/met"}]), want="yes"),
    planned("no reason, another cancer is on record", BREAST, tki()),
    planned("for another disease", tki(reasonCode=[concept(ICD10CM, "C49.9")])),
    *(planned(f"{name} by {form}", drug(name, form, "d", status="active"), want="yes")
      for name in ("sunitinib", "nivolumab", "atezolizumab") for form in ("rxnorm", "atc", "referenced")),
    planned("everolimus against rejection", coded((ATC, "L04AH02"))),
    planned("everolimus with both codes", coded((RXNORM, "141704"), (ATC, "L04AH02"))),
    planned("everolimus for a transplant", coded((RXNORM, "141704"), **TRANSPLANT)),
    planned("everolimus against cancer", coded((ATC, "L01EG02")), want="yes"),
    planned("bevacizumab in the eye", coded((ATC, "S01LA08"))),
    planned("another drug", coded((ATC, "C09AA05"))),
    planned("being given", given("in-progress"), want="yes", prefetch={"doses": bundle([given("in-progress")])}),
    planned("given", prefetch={"doses": bundle([given("completed")])}),
    planned("recorded as planned", recorded(True), want="yes"),
    planned("recorded as not planned", recorded(False), want="no", rules="R ONC-07, - ONC-09"),
    planned("a drug after a recorded no", recorded(False, 20), tki(authoredOn=ago(3)), want="yes"),
    planned("a recorded no after a drug", recorded(False, 3), tki(authoredOn=ago(20)), want="no"),
    planned("a drug of 90 days", tki(authoredOn=ago(90)), want="yes"),
    planned("a drug of 91 days", tki(authoredOn=ago(91)), want="yes", stale=("systemic_therapy_planned",)),
    planned("a drug of 181 days", tki(authoredOn=ago(181)), want="?stale"),
    planned("a drug without a date", tki(authoredOn=None), want="?undated"),
    planned("another patient's drug", {**tki(), "subject": {"reference": "Patient/pt-2"}}),
)

FEMUR = ("71341001", "Bone structure of femur (body structure)")
BONE_MET = secondary("C79.51", "bone")
BONE_LINK = {"focus": [{"reference": "Condition/bone"}]}


def feature(name, value=True, days_ago=10, id=None, **members):
    return observation(id or name, local(f"metastasis-{name}"), days_ago, valueBoolean=value, **members)


def of_lesions(name, *resources, want=None, **members):
    return Row(name, [*M1_GOOD, *resources], want or {}, **members)


TISSUES = (("94222008", SNOMED, "bone"), ("C79.51", ICD10CM, "bone"), ("C79.5", ICD10, "bone"),
           ("94264008", SNOMED, "soft_tissue"), ("94579000", SNOMED, "soft_tissue"), ("C79.2", ICD10CM, "soft_tissue"),
           ("94225005", SNOMED, "brain"), ("C79.31", ICD10CM, "brain"), ("C79.3", ICD10, "brain"),
           ("C77.1", ICD10CM, "node"), ("C77.0", ICD10, "node"), ("94391008", SNOMED, "visceral"),
           ("C78.7", ICD10CM, "visceral"), ("C78.0", ICD10, "visceral"), ("C79.7", ICD10, "visceral"),
           ("128462008", SNOMED, "?absent"), ("C79.9", ICD10CM, "?absent"))
LESIONS = (
    *(of_lesions(f"tissue of {code}", secondary(code, system=system), want={"metastasis_tissue": tissue})
      for code, system, tissue in TISSUES),
    of_lesions("tissue by its site", secondary("128462008", system=SNOMED, bodySite=[concept(SNOMED, "12611008")]),
               want={"metastasis_tissue": "bone"}),
    of_lesions("osteolytic is bone", secondary("128462008", system=SNOMED), feature("osteolytic"),
               feature("large"), feature("weight-bearing"), rules="R ONC-25, R ONC-22"),
    of_lesions("large, tissue unknown: the tissue is asked for", secondary("128462008", system=SNOMED),
               feature("large"), rules="K ONC-22, - ONC-25", asks=("metastasis_tissue",)),
    of_lesions("tissue and size unknown: nothing is pending", secondary("128462008", system=SNOMED),
               rules="- ONC-22, - ONC-25", asks_not=("metastasis_tissue", "metastasis_large")),
    of_lesions("linked", BONE_MET, feature("large", **BONE_LINK), want={"metastasis_large": "yes"}, rules="R ONC-22"),
    of_lesions("linked through a structure", BONE_MET, feature("large", focus=TO_TUMOUR), structure(extension=[
        {"url": MCODE + "mcode-related-condition", "valueReference": {"reference": "Condition/bone"}}]),
        want={"metastasis_large": "yes"}),
    of_lesions("not linked, one metastasis", BONE_MET, feature("large"), want={"metastasis_large": "yes"},
               notes=("only metastasis on record",)),
    of_lesions("linked to the primary, one metastasis", BONE_MET, feature("large", focus=[
        {"reference": "Condition/rcc"}]), want={"metastasis_large": "yes"}),
    of_lesions("not linked, two metastases", BONE_MET, secondary("C78.01", "lung"), feature("large"),
               want={"metastasis_large@Condition/bone": "?unlinked", "metastasis_large@Condition/lung": "?unlinked"}),
    of_lesions("linked, two metastases", BONE_MET, secondary("C78.01", "lung"), feature("large", **BONE_LINK),
               want={"metastasis_large@Condition/bone": "yes", "metastasis_large@Condition/lung": "?absent"}),
    of_lesions("by the site, two metastases", {**BONE_MET, "bodySite": [concept(SNOMED, *FEMUR)]},
               secondary("C78.01", "lung"), feature("large", bodySite=concept(SNOMED, *FEMUR)),
               want={"metastasis_large@Condition/bone": "yes"}),
    of_lesions("the other side of the same site", {**BONE_MET, "bodySite": [site("left", FEMUR)]},
               feature("large", bodySite=site("right", FEMUR)),
               want={"metastasis_large@Condition/bone": "?absent", "metastasis_large@Observation/large": "yes"}),
    of_lesions("linked to something that was not delivered", BONE_MET, feature("large", focus=[
        {"reference": "Condition/gone"}]), want={"metastasis_large": "?absent"}),
    of_lesions("told by observations of one site", feature("large", bodySite=concept(SNOMED, "12611008")),
               feature("osteolytic", bodySite=concept(SNOMED, "12611008")),
               want={"metastasis_large": "yes", "metastasis_osteolytic": "yes", "metastasis_tissue": "bone"}),
    of_lesions("told by observations of a structure", feature("large", focus=TO_TUMOUR), feature(
        "bleeding", focus=TO_TUMOUR), structure(), want={"metastasis_large": "yes", "metastasis_bleeding": "yes"}),
    of_lesions("told by observations without a place", feature("bleeding"), feature("ulcerating"),
               want={"metastasis_bleeding": "yes", "metastasis_ulcerating": "yes"}, rules="R ONC-24a, R ONC-24b"),
    of_lesions("a finding of bleeding, linked", BONE_MET, observation("blood", concept(SNOMED, "131148009"), 5,
               **BONE_LINK), want={"metastasis_bleeding": "yes"}, rules="R ONC-24b"),
    of_lesions("a finding of bleeding that names nothing", BONE_MET, observation("blood", concept(
        SNOMED, "131148009"), 5), want={"metastasis_bleeding": "no"}),
    of_lesions("the primary bleeds", BONE_MET, observation("blood", concept(SNOMED, "131148009"), 5, focus=[
        {"reference": "Condition/rcc"}]), want={"metastasis_bleeding": "no"}, rules="- ONC-24b"),
    of_lesions("lytic on X-ray", BONE_MET, observation("lysis", concept(SNOMED, "441684001"), 5, **BONE_LINK),
               want={"metastasis_osteolytic": "yes"}),
    of_lesions("a feature of 180 days", BONE_MET, feature("large", days_ago=180), want={"metastasis_large": "yes"},
               stale=("metastasis_large",)),
    of_lesions("a feature of 181 days", BONE_MET, feature("large", days_ago=181), want={"metastasis_large": "?stale"}),
    of_lesions("a metastasis of the breast cancer", BREAST, secondary("C79.51", "bone", origin="breast"),
               feature("large", **BONE_LINK), rules="- ONC-22, - ONC-25"),
    of_lesions("whose metastasis is not known", BREAST, BONE_MET, feature("large", **BONE_LINK),
               rules="- ONC-22, - ONC-25"),
    of_lesions("size of a metastasis is not that of the tumour", BONE_MET, size("4", id="s", **BONE_LINK),
               want={"metastasis_size_cm": "4 'cm'", "tumour_size_cm": "9 'cm'"}),
    Row("a metastasis while M is unknown", [LEFT, BREAST, secondary("C79.51", "bone"), feature("large", **BONE_LINK)],
        rules="- ONC-22", asks_not=("metastasis_large", "metastasis_osteolytic", "solitary_metastasis")),
)


def in_specimen(cm, days_ago=8, id="specimen"):
    return size(cm, days_ago, id, method="specimen")


def removed(name, *resources, **members):
    return Row(name, [LEFT, spread(), procedure(REMOVAL, 10), *resources], **members)


def category(code, value, id="category", days_ago=8):
    return observation(id, concept(SNOMED, code), days_ago, valueCodeableConcept=concept(SNOMED, value))


SPECIMENS = (
    removed("the specimen before imaging", size("6", 20), in_specimen("4.5"),
            want={"tumour_size_cm": "4.5 'cm'", "specimen_size_cm": "4.5 'cm'"}, rules="- ONC-16"),
    removed("imaging where there is no specimen", size("6", 20), want={"tumour_size_cm": "6 'cm'"}, rules="R ONC-16",
            notes=("from imaging",)),
    removed("imaging that is too old", size("6", 181), want={"tumour_size_cm": "?stale"}, rules="K ONC-16"),
    removed("a specimen of years ago", in_specimen("6", 2000), want={"tumour_size_cm": "6 'cm'"}, rules="R ONC-16"),
    known("a specimen says nothing while the tumour is in place", size("3"), central(), in_specimen("6"),
          want={"tumour_size_cm": "3 'cm'"}, rules="R ONC-05, - ONC-16"),
    removed("5 cm", in_specimen("5"), rules="- ONC-16", notes=("limit of 5 cm",)),
    removed("50.1 mm", size("5.01", 8, unit="mm", method="specimen"), rules="R ONC-16"),
    Row("5.1 cm, M1", [LEFT, spread(M1_VALUE), procedure(REMOVAL, 10), in_specimen("5.1")], rules="- ONC-16"),
    Row("5.1 cm, M unknown", [LEFT, procedure(REMOVAL, 10), in_specimen("5.1")], rules="K ONC-16", asks=("m_status",)),
    removed("pT by the code of the category", category("384625004", "1229860005"), want={"pathology_t": "pT3a"},
            rules="R ONC-11"),
    removed("a clinical T is no specimen", category("399504009", "1228939005"), want={"pathology_t": "?"},
            rules="K ONC-11"),
    removed("pN1 under a general code", category("277206009", "1229951001"), want={"pathology_n": "N1"},
            rules="R ONC-14"),
    removed("cN1 is no specimen", category("399534004", "1229973008"), want={"pathology_n": "?absent", "n_status": "N1"},
            rules="K ONC-14"),
    removed("pN0", category("371494008", "1229947003"), want={"pathology_n": "N0"}, rules="R ONC-14"),
    removed("grade", observation("g", local("isup-grade"), 8, valueInteger=3), want={"grade": 3}),
    removed("a grade that does not exist", observation("g", local("isup-grade"), 8, valueInteger=5),
            want={"grade": "?implausible"}),
    removed("necrosis", observation("n", concept(SNOMED, "405921002"), 8, valueQuantity={
        "value": 10, "system": UCUM, "code": "%"}), want={"necrosis": "yes"}),
    removed("no necrosis", observation("n", concept(SNOMED, "405921002"), 8, valueQuantity={
        "value": 0, "system": UCUM, "code": "%"}), want={"necrosis": "no"}),
    Row("histology by the code of the diagnosis", [diagnosis()], {"histology": "clear_cell"}),
    Row("histology by the morphology", [{**LEFT, "extension": [{
        "url": MCODE + "mcode-histology-morphology-behavior", "valueCodeableConcept": concept(
            "http://terminology.hl7.org/CodeSystem/icd-o-3", "8260/3")}]}], {"histology": "papillary"}),
)

PATIENTS = (
    *(known(f"solitary of {days} days", observation("one", local("solitary-metastasis"), days, valueBoolean=True),
            want={"solitary_metastasis": value}, stale=stale) for days, value, stale in (
        (90, "yes", ()), (91, "yes", ("solitary_metastasis",)), (181, "?stale", ()))),
    *(known(f"life expectancy of {days} days", observation("life", local("life-expectancy"), days,
            valueCodeableConcept=local("months")), want={"life_expectancy": value}, stale=stale)
      for days, value, stale in ((30, "months", ()), (31, "months", ("life_expectancy",)), (61, "?stale", ()))),
    *(known(f"life expectancy {code}", observation("life", local("life-expectancy"), 5,
            valueCodeableConcept=local(code)), want={"life_expectancy": value})
      for code, value in (("weeks", "weeks"), ("months", "months"), ("year-plus", "year_plus"))),
    known("local symptoms", observation("pain", local("local-symptoms-primary"), 5, valueBoolean=True),
          want={"local_symptoms": "yes"}),
)

TABLES = {"units": UNITS, "statuses": STATUSES, "times": TIMES, "modalities": MODALITIES, "conflicts": CONFLICTS,
          "places": PLACES, "kidneys": KIDNEYS, "births": BIRTHS, "general condition": CONDITIONS,
          "diagnoses": DIAGNOSES, "operations": OPERATIONS, "whose": WHOSE, "prefetch": PREFETCHES,
          "attribution": ATTRIBUTION, "therapies": THERAPIES, "lesions": LESIONS, "specimens": SPECIMENS,
          "patients": PATIENTS}


def build(row):
    return hook_request(row.resources, birth=row.birth, patient=row.patient, prefetch=row.prefetch)


class SelectionTest(unittest.TestCase):
    maxDiff = None

    def check_inputs(self, row, outcome):
        for name, wanted in row.want.items():
            self.assertIn(name, outcome["inputs"])
            found = outcome["inputs"][name]
            if found["state"] != "unknown":
                self.assertEqual(found.get("value"), wanted, name)
            elif wanted == "?":
                continue
            else:
                self.assertEqual("?" + found["reason"], wanted, name)
            stale = name in row.stale
            self.assertEqual(found.get("stale", False), stale, f"{name} stale")

    def check_rules(self, row, outcome):
        letters = {"recommended": "R", "conditional": "K"}
        found = {f"{letters[r['determination']]} {r['rule']}" for r in outcome["recommendations"]}
        for part in filter(None, (part.strip() for part in row.rules.split(","))):
            absent = part.removeprefix("- ")
            if part == "- R":
                self.assertEqual([line for line in sorted(found) if line.startswith("R")], [])
            elif absent != part:
                self.assertNotIn(absent, {line[2:] for line in found})
            else:
                self.assertIn(part, found)

    def check(self, row, outcome):
        self.assertEqual(outcome["gate"], row.gate)
        self.check_inputs(row, outcome)
        self.check_rules(row, outcome)
        asked = {question["input"] for question in outcome["ask"]}
        self.assertLessEqual(set(row.asks), asked)
        self.assertEqual(set(row.asks_not) & asked, set())
        said = " ".join(text for r in outcome["recommendations"] for text in r["cautions"] + r["assumptions"])
        for note in row.notes:
            self.assertIn(note, said)
        self.assertEqual("ot histologically confirmed" in said, row.notes == UNCONFIRMED)

    def test_rows(self):
        rows = [(table, row) for table, rows in TABLES.items() for row in rows]
        names = [(table, row.name) for table, row in rows]
        self.assertEqual(len(set(names)), len(names))
        for (table, row), outcome in zip(rows, harness.evaluate(build(row) for _, row in rows)):
            with self.subTest(table=table, row=row.name):
                self.check(row, outcome)

    def test_preliminary_is_labelled(self):
        row = next(row for row in STATUSES if row.name.startswith("preliminary where"))
        found = harness.evaluate([build(row)])[0]["inputs"]["tumour_size_cm"]
        self.assertEqual([source.get("note") for source in found["from"]], ["preliminary"])

    def test_a_conflict_shows_both_values(self):
        row = known("", size("6.8", 12, "a"), size("7.3", 8, "b"), central())
        outcome = harness.evaluate([build(row)])[0]
        rivals = outcome["inputs"]["tumour_size_cm"]["rivals"]
        self.assertEqual({(rival["reference"], rival["value"]) for rival in rivals},
                         {("Observation/a", "6.8 'cm'"), ("Observation/b", "7.3 'cm'")})

    def test_what_was_dropped_is_named(self):
        row = known("", size("3", 200), central())
        dropped = harness.evaluate([build(row)])[0]["inputs"]["tumour_size_cm"]["dropped"]
        self.assertEqual([(d["reference"], d["reason"]) for d in dropped], [("Observation/size", "stale")])


EVERYTHING = [
    spread(M1_VALUE), ecog(1), size("4"), central(), size("1.5", id="tiny"), tki(), recorded(True), feature("large"),
    feature("bleeding"), feature("osteolytic"), feature("weight-bearing"), secondary("C79.51", "bone"),
    observation("one", local("solitary-metastasis"), 5, valueBoolean=True),
    observation("fit", local("surgical-candidate"), 5, valueCodeableConcept=local("unsuitable")),
    observation("rest", local("metastasis-resected"), 5, valueCodeableConcept=local("R1")),
]
CYST = condition("cyst", concept(SNOMED, "722223000"))
NEVER = {
    "no data": ([], {}),
    "nothing but observations": (EVERYTHING, {}),
    "benign: oncocytoma": ([condition("b", concept(SNOMED, "92165001")), *EVERYTHING], {}),
    "benign: angiomyolipoma": ([condition("b", concept(SNOMED, "254921004")), *EVERYTHING], {}),
    "benign: cyst": ([CYST, *EVERYTHING], {}),
    "urothelial, ICD-10-CM": ([condition("u", concept(ICD10CM, "C65.2")), *EVERYTHING], {}),
    "urothelial, SNOMED CT": ([condition("u", concept(SNOMED, "408642003")), *EVERYTHING], {}),
    "another organ's cancer and a kidney cyst": ([BREAST, CYST, *EVERYTHING], {}),
    "another organ's cancer in the kidney": ([BREAST, secondary("C79.02", "kidney"), *EVERYTHING], {}),
    "Wilms tumour": ([condition("w", concept(SNOMED, "302849000")), *EVERYTHING], {}),
    "neuroendocrine": ([condition("n", concept(ICD10CM, "C7A.093")), *EVERYTHING], {}),
    "refuted": ([condition("r", concept(ICD10CM, "C64.2"), verification="refuted"), *EVERYTHING], {}),
    "child": ([LEFT, *EVERYTHING], {"birth": "2012-01-01"}),
    "deceased": ([LEFT, *EVERYTHING], {"patient": {"deceasedBoolean": True}}),
    "deceased, with a date": ([LEFT, *EVERYTHING], {"patient": {"deceasedDateTime": ago(3)}}),
    "ECOG 5": ([LEFT, *EVERYTHING[:1], *EVERYTHING[2:], ecog(5, 1)], {}),
}


class NeverTest(unittest.TestCase):
    """Whom the pathway does not concern gets no treatment, no referral and no warning, whatever is ordered."""

    def test_no_treatment_is_ever_suggested(self):
        drafts = [[], [order("radical_nephrectomy", "left")], [order("palliative_radiotherapy")], [tki("draft")]]
        keys = [(name, n) for name in NEVER for n in range(len(drafts))]
        requests = [hook_request(NEVER[name][0], drafts[n], **NEVER[name][1]) for name, n in keys]
        outcomes = harness.evaluate(requests)
        answers = harness.evaluate(requests, cards=True)
        for (name, n), outcome, answer in zip(keys, outcomes, answers):
            with self.subTest(patient=name, draft=n):
                self.assertEqual((outcome["outcome"], outcome["recommendations"], answer["cards"]),
                                 ("not-applicable", [], []))
                self.assertTrue(outcome["gate"])

    def test_the_same_data_with_a_kidney_cancer_do(self):
        outcome = harness.evaluate([hook_request([LEFT, *EVERYTHING])])[0]
        self.assertEqual(outcome["outcome"], "recommendation")


if __name__ == "__main__":
    unittest.main()
