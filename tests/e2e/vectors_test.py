"""The test vectors of the clinical specification through the real program, in every dialect."""

import json
import re
import unittest
from dataclasses import dataclass, replace

import harness
from dialects import DIALECTS, DRUGS, Facts, Lesion, Size, hook_request, request, shuffled

# What every listing has and no vector names.
BACKGROUND = {"ONC-01", "ONC-06", "ONC-15", "ONC-21", "ONC-28", "ONC-29"}
# rule: action, strength, tier. The strengths are the source's own words.
MEANING = {
    "ONC-02": ("kidney_surgery", "standard", "preferred"),
    "ONC-03": ("kidney_surgery", "standard", "preferred"),
    "ONC-01": (None, "info", "info"),
    "ONC-04": ("volume_reducing_surgery", "standard", "preferred"),
    "ONC-05": ("partial_nephrectomy", "endeavoured", "preferred"),
    "ONC-06": (None, "info", "info"),
    "ONC-07": ("radical_nephrectomy", "standard", "preferred"),
    "ONC-08": ("radical_nephrectomy", "standard", "preferred"),
    "ONC-09": ("cytoreductive_nephrectomy", "should", "preferred"),
    "ONC-10": (None, "info", "info"),
    "ONC-11": (None, "info", "info"),
    "ONC-12": (None, "info", "info"),
    "ONC-13": (None, "info", "info"),
    "ONC-14": (None, "info", "info"),
    "ONC-15": (None, "info", "info"),
    "ONC-16": ("long_follow_up", "info", "info"),
    "ONC-17": (None, "info", "info"),
    "ONC-18": ("active_surveillance", "may", "acceptable"),
    "ONC-19": (None, "available", "info"),
    "ONC-20": ("percutaneous_ablation", "may", "acceptable"),
    "ONC-21": (None, "info", "info"),
    "ONC-22": ("palliative_radiotherapy", "may", "acceptable"),
    "ONC-23": ("radiotherapy_after_incomplete_metastasis_surgery", "may", "acceptable"),
    "ONC-24a": ("resect_metastasis_symptomatic", "should", "preferred"),
    "ONC-24b": ("resect_metastasis_symptomatic", "should", "preferred"),
    "ONC-24c": ("resect_metastasis_symptomatic", "should", "preferred"),
    "ONC-25": ("stabilise_bone", "consider", "acceptable"),
    "ONC-27": ("metastasectomy", "discuss", "acceptable"),
    "ONC-28": ("systemic_therapy_referral", "info", "info"),
}
REFERRALS = ("mdt_discussion", "palliative_care_referral", "systemic_therapy_referral")
FRAMES = {"ONC-02", "ONC-03"}
DRUG_ACTION = "systemic_therapy_referral"
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


@dataclass(frozen=True)
class Row:
    """`expect`: the exact listing, "R" recommended, "K" conditional; AMB rules and referrals name their action."""

    name: str
    facts: Facts
    expect: str
    ask: str = ""
    outcome: str = "recommendation"
    mdt: str = ""  # rules whose treatments need the board first
    orderable: str = ""
    caution: str = ""
    because: tuple = ()  # rule, part of its reasons
    gate: str | None = None
    dialects: tuple = DIALECTS


def sized(*sizes, **known):
    """Facts of an M0 patient with these sizes."""
    sizes = tuple(size if isinstance(size, Size) else Size(size) for size in sizes)
    return Facts(sizes=sizes, **{"m": "M0", **known})


BOTH = "K AMB-01 partial_nephrectomy, K AMB-01 radical_nephrectomy"
BOARD = "mdt_discussion"

PALLIATIVE = "palliative_care_referral"


def spread(*sizes, **known):
    """Facts of an M1 patient in good condition, no systemic therapy planned."""
    return sized(*sizes, **{"m": "M1", "ecog": 1, "therapy": False, **known})


def lesion(tissue="bone", **known):
    """Facts of an M1 patient with a small peripheral tumour and one metastasis."""
    others = {name: known.pop(name) for name in ("life", "single", "unsuitable") if name in known}
    return spread("4", central=False, lesions=(Lesion(tissue, **known),), **others)


def after_operation(**known):
    return Facts(operated=True, **known)


SMALL = "R ONC-03, R ONC-05"
ONE = "K ONC-27"
BONE = "metastasis_osteolytic metastasis_weight_bearing solitary_metastasis"
NEVER_REPORTED = "K ONC-12, K ONC-13, K ONC-14"
METASTATIC = (
    Row("16: 4 cm, M1, no therapy", spread("4", central=False), f"{SMALL}, {ONE}", ask="solitary_metastasis",
        orderable="ONC-05 ONC-28"),
    Row("17: 4 cm, M1, therapy planned", spread("4", central=False, therapy=True),
        f"R ONC-09, R ONC-10, K ONC-05, {ONE}, R AMB-35 {BOARD}", ask="solitary_metastasis", mdt="ONC-05 ONC-09",
        orderable="AMB-35 ONC-28", caution="CARMENA", because=("ONC-09", "ONC-03")),
    Row("17b: therapy unknown", spread("4", central=False, therapy=None), f"{SMALL}, K ONC-09, K ONC-10, {ONE}",
        ask="solitary_metastasis systemic_therapy_planned", orderable="ONC-05 ONC-28"),
    Row("18: 9 cm, therapy planned", spread("9", therapy=True), f"R ONC-09, R ONC-10, {ONE}, R AMB-35 {BOARD}",
        ask="solitary_metastasis", mdt="ONC-09", orderable="AMB-35 ONC-28", because=("ONC-09", "ONC-07")),
    Row("19: 9 cm, therapy unknown", spread("9", therapy=None), f"R ONC-03, R ONC-07, K ONC-09, K ONC-10, {ONE}",
        ask="solitary_metastasis systemic_therapy_planned", orderable="ONC-07 ONC-28"),
    Row("20: reduced condition, therapy planned", spread("9", ecog=3, therapy=True),
        f"R ONC-04, {ONE}, R AMB-11 {BOARD}, R AMB-31 {PALLIATIVE}", ask="solitary_metastasis", mdt="ONC-04",
        orderable="AMB-11 AMB-31 ONC-28", caution="CARMENA"),
    # Borderline: everything that depends on the condition stays open (settled point 5).
    Row("21: ECOG 2", spread("9", ecog=2, therapy=None),
        f"K ONC-03, K ONC-04, K ONC-07, K ONC-08, K ONC-09, K ONC-10, {ONE}, R AMB-09 {BOARD}",
        ask="solitary_metastasis systemic_therapy_planned", mdt="ONC-04 ONC-07 ONC-08 ONC-09",
        orderable="AMB-09 ONC-28", caution="borderline"),
    Row("22: condition unknown", spread("9", ecog=None, therapy=None),
        f"K ONC-03, K ONC-04, K ONC-07, K ONC-08, K ONC-09, K ONC-10, {ONE}", orderable="ONC-28",
        ask="general_condition solitary_metastasis systemic_therapy_planned", outcome="need-data"),
    # Osteolytic or weight-bearing would bring ONC-25 into question, so both are asked for.
    Row("35: large bone metastasis", lesion(large=True), f"{SMALL}, R ONC-22, {ONE}", ask=BONE,
        orderable="ONC-05 ONC-22 ONC-28", because=("ONC-22", "about one third")),
    Row("36: bone metastasis, size not judged", lesion(large=None, bleeding=False), f"{SMALL}, K ONC-22, {ONE}",
        ask="metastasis_large " + BONE, orderable="ONC-05 ONC-28"),
    Row("37: resected R1, months", lesion("lung", resected="R1", life="months"),
        f"{SMALL}, R ONC-23, {ONE}, R AMB-31 {PALLIATIVE}", ask="solitary_metastasis",
        orderable="AMB-31 ONC-05 ONC-23 ONC-28", because=("ONC-23", "Especially with an expected life of several")),
    Row("38: resected R2, life expectancy unknown", lesion("lung", resected="R2"), f"{SMALL}, R ONC-23, {ONE}",
        ask="solitary_metastasis", orderable="ONC-05 ONC-23 ONC-28"),
    Row("39: resected R0", lesion("lung", resected="R0"), f"{SMALL}, {ONE}", ask="solitary_metastasis",
        orderable="ONC-05 ONC-28"),
    # A skin metastasis is soft tissue: whether it is large is asked for.
    Row("40: bleeding skin metastasis, the only one", lesion("skin", bleeding=True, single=True),
        f"{SMALL}, R ONC-24b, K ONC-22, R ONC-27, R ONC-27 {BOARD}", ask="metastasis_large", mdt="ONC-27",
        orderable="ONC-05 ONC-24b ONC-27 ONC-28"),
    Row("41: large osteolytic weight-bearing", lesion(large=True, osteolytic=True, weight_bearing=True),
        f"{SMALL}, R ONC-25, R ONC-22, {ONE}", ask="solitary_metastasis", orderable="ONC-05 ONC-22 ONC-25 ONC-28",
        caution="ONC-26"),
    Row("42: weight-bearing unknown", lesion(large=True, osteolytic=True), f"{SMALL}, K ONC-25, R ONC-22, {ONE}",
        ask="metastasis_weight_bearing solitary_metastasis", orderable="ONC-05 ONC-22 ONC-28", caution="ONC-26"),
    Row("43: number of metastases unknown", spread("9", ecog=1), f"R ONC-03, R ONC-07, {ONE}",
        ask="solitary_metastasis", orderable="ONC-07 ONC-28"),
    Row("44: removed, 5.1 cm in the specimen", after_operation(m="M0", specimen="5.1"),
        f"R ONC-11, R ONC-16, {NEVER_REPORTED}", caution="Norwegian", because=("ONC-16", "about half")),
    # ONC-01 asks for M wherever it is unknown.
    Row("45: removed, 5.0 cm in the specimen", after_operation(specimen="5.0"), f"R ONC-11, {NEVER_REPORTED}",
        ask="m_status", caution="at the limit of 5 cm"),
    Row("46: removed, capsule and nodes reported", after_operation(capsule=True, pathology=("pN1",)),
        "R ONC-12, R ONC-14, K ONC-11, K ONC-13, K ONC-16", ask="m_status tumour_size_cm",
        because=("ONC-13", "not reported")),
    Row("47: removed, a new lung metastasis", after_operation(lesions=(Lesion("lung"),), single=True),
        f"R ONC-27, R ONC-27 {BOARD}, K ONC-11, {NEVER_REPORTED}", mdt="ONC-27", orderable="ONC-27 ONC-28"),
    Row("56: lymph nodes that may be regional", sized("4", central=False, m=None, ecog=1, nodes="C77.2"),
        "R ONC-05, K ONC-02, K ONC-03", ask="m_status", orderable="ONC-05"),
    # The bone metastasis of sparse is told by observations alone, which say nothing of M.
    Row("57: bone metastasis among the conditions, newer M0", sized("4", central=False, ecog=1, lesions=(Lesion(),)),
        "R ONC-05, K ONC-02, K ONC-03", ask="m_status", orderable="ONC-05", dialects=("mcode", "plain", "mixed")),
    Row("61: diagnosis only", Facts(), "K ONC-02, K ONC-03, K ONC-05, K ONC-07, K ONC-08, K ONC-17",
        ask="central general_condition m_status tumour_size_cm", outcome="need-data"),
)

# The resolved ambiguities, the settled points and the limits that no numbered vector shows.
RESOLVED = (
    Row("AMB-15: N1 M0", sized("4", central=False, nodes="N1"), f"R ONC-02, R ONC-05, R AMB-15 {BOARD}",
        mdt="ONC-05", orderable="AMB-15", caution="ONC-14"),
    Row("N0 M0", sized("4", central=False, nodes="N0"), "R ONC-02, R ONC-05", orderable="ONC-05"),
    Row("C77.2 beside M0", sized("4", central=False, nodes="C77.2"), f"R ONC-02, R ONC-05, R AMB-15 {BOARD}",
        mdt="ONC-05", orderable="AMB-15", caution="ONC-14"),
    Row("AMB-16: thrombus with metastases", spread("9", therapy=True, thrombus=True),
        f"K ONC-03, K ONC-07, K ONC-08, K ONC-09, K ONC-10, {ONE}, R AMB-16 {BOARD}, R AMB-35 {BOARD}",
        ask="solitary_metastasis", mdt="ONC-07 ONC-08 ONC-09", orderable="AMB-16 AMB-35 ONC-28",
        caution="inferior vena cava"),
    Row("AMB-16: T4", sized("9", t4=True), f"K ONC-02, K ONC-07, K ONC-08, R AMB-16 {BOARD}", mdt="ONC-07 ONC-08",
        orderable="AMB-16", caution="T4"),
    Row("AMB-32: declined, M0", sized("4", central=False, declined=True), f"R AMB-32 {BOARD}", orderable="AMB-32",
        caution="ONC-02, ONC-05", outcome="recommendation"),
    Row("AMB-32: declined, metastases, therapy planned", spread("9", therapy=True, declined=True),
        f"{ONE}, R AMB-32 {BOARD}", ask="solitary_metastasis", orderable="AMB-32 ONC-28", caution="ONC-09"),
    Row("unsuitable, metastases", spread("4", central=False, unsuitable=True), f"{ONE}, R AMB-05 {BOARD}",
        ask="solitary_metastasis", orderable="AMB-05 ONC-28", caution="ot suitable for surgery"),
    Row("AMB-19: ulcerating, unsuitable", lesion("skin", ulcerating=True, large=False, unsuitable=True),
        f"K ONC-24a, {ONE}, R AMB-05 {BOARD}", ask="solitary_metastasis", orderable="AMB-05 ONC-28",
        caution="If possible"),
    Row("stenosing", lesion("lung", stenosing=True), f"{SMALL}, R ONC-24c, {ONE}", ask="solitary_metastasis",
        orderable="ONC-05 ONC-24c ONC-28"),
    Row("AMB-22: ulcerating and bleeding", lesion("lung", ulcerating=True, bleeding=True, single=False),
        f"{SMALL}, R ONC-24a, R ONC-24b", orderable="ONC-05 ONC-24a ONC-24b ONC-28"),
    Row("large soft-tissue metastasis", lesion("skin", large=True, single=False), f"{SMALL}, R ONC-22",
        orderable="ONC-05 ONC-22 ONC-28"),
    Row("large metastasis in the lung", lesion("lung", large=True, single=False), SMALL,
        orderable="ONC-05 ONC-28"),
    Row("large metastasis in the brain", lesion("brain", large=True, single=False), SMALL,
        orderable="ONC-05 ONC-28"),
    Row("bone metastasis, not large", lesion(large=False, single=False), SMALL, orderable="ONC-05 ONC-28"),
    Row("osteolytic, not weight-bearing", lesion(large=True, osteolytic=True, weight_bearing=False, single=False),
        f"{SMALL}, R ONC-22", orderable="ONC-05 ONC-22 ONC-28"),
    Row("weight-bearing, not osteolytic", lesion(large=True, osteolytic=False, weight_bearing=True, single=False),
        f"{SMALL}, R ONC-22", orderable="ONC-05 ONC-22 ONC-28"),
    Row("weight-bearing, osteolytic unknown", lesion(large=True, weight_bearing=True, single=False),
        f"{SMALL}, R ONC-22, K ONC-25", ask="metastasis_osteolytic", orderable="ONC-05 ONC-22 ONC-28",
        caution="ONC-26"),
    Row("osteolytic and weight-bearing, size not judged", lesion(osteolytic=True, weight_bearing=True, single=False),
        f"{SMALL}, K ONC-22, K ONC-25", ask="metastasis_large", orderable="ONC-05 ONC-28", caution="ONC-26"),
    Row("AMB-25: resected R1, weeks", lesion("lung", resected="R1", life="weeks", single=False),
        f"{SMALL}, R ONC-23, R AMB-31 {PALLIATIVE}", orderable="AMB-31 ONC-05 ONC-23 ONC-28"),
    Row("AMB-25: resected R1, a year or more", lesion("lung", resected="R1", life="year-plus", single=False),
        f"{SMALL}, R ONC-23", orderable="ONC-05 ONC-23 ONC-28", because=("ONC-23", "Especially")),
    Row("AMB-21: two metastases", spread("4", central=False, single=False, lesions=(
        Lesion("bone", large=True, osteolytic=False, weight_bearing=False), Lesion("lung", bleeding=True))),
        f"{SMALL}, R ONC-22, R ONC-24b", orderable="ONC-05 ONC-22 ONC-24b ONC-28"),
    Row("AMB-28: metastasis after removal, therapy planned", after_operation(
        m="M1", ecog=1, therapy=True, single=False, specimen="9"), f"R ONC-11, {NEVER_REPORTED}",
        orderable="ONC-28"),
    Row("AMB-28: metastasis after removal, reduced condition", after_operation(
        m="M1", ecog=3, single=False, specimen="4"), f"R ONC-11, {NEVER_REPORTED}, R AMB-31 {PALLIATIVE}",
        orderable="AMB-31 ONC-28"),
    # A policy referral is no reason to ask for the condition (settled point 4).
    Row("metastasis after removal, condition unknown", after_operation(m="M1", single=False, specimen="4"),
        f"R ONC-11, {NEVER_REPORTED}", orderable="ONC-28"),
    Row("local symptoms", spread("9", therapy=True, symptoms=True, single=False),
        f"R ONC-09, R ONC-10, R AMB-35 {BOARD}", mdt="ONC-09", orderable="AMB-35 ONC-28",
        because=("ONC-10", "local symptoms: yes")),
    Row("7.0 cm, therapy planned", spread("7.0", central=False, therapy=True, single=False),
        f"R ONC-09, R ONC-10, {BOTH}, R AMB-01 {BOARD}, R AMB-35 {BOARD}", mdt="AMB-01 ONC-09",
        orderable="AMB-01 AMB-35 ONC-28"),
    Row("central, therapy planned", spread("4", central=True, therapy=True, single=False),
        f"R ONC-09, R ONC-10, R AMB-35 {BOARD}", mdt="ONC-09", orderable="AMB-35 ONC-28",
        because=("ONC-09", "ONC-08")),
    Row("M0, therapy planned", sized("9", therapy=True), "R ONC-02, R ONC-07", orderable="ONC-07"),
    Row("removed, 4.9 cm", after_operation(m="M0", specimen="4.9"), f"R ONC-11, {NEVER_REPORTED}"),
    Row("removed, everything reported", after_operation(
        m="M0", specimen="5.1", capsule=False, blood_vessels=True, lymph_vessels=False, pathology=("pT3a", "pN0")),
        "R ONC-11, R ONC-12, R ONC-13, R ONC-14, R ONC-16", caution="Norwegian",
        because=("ONC-11", ": pT3a, size 5.1 cm")),
    Row("removed, only lymph vessels reported", after_operation(m="M0", specimen="4", lymph_vessels=True),
        "R ONC-11, R ONC-13, K ONC-12, K ONC-14", because=("ONC-13", "(a) of blood vessels: not reported")),
    Row("removed, no specimen, 6 cm on imaging", replace(sized(Size("6", 50)), operated=True),
        f"R ONC-16, K ONC-11, {NEVER_REPORTED}", caution="from imaging"),
    Row("removed, 4.5 cm in the specimen, 6 cm on imaging", replace(sized(Size("6", 50)), operated=True, specimen="4.5"),
        f"R ONC-11, {NEVER_REPORTED}"),
)

ROWS = (
    Row("1: 6.9 cm, not central", sized("6.9", central=False), "R ONC-02, R ONC-05", orderable="ONC-05"),
    Row("2: 69 mm, not central", sized("6.90", central=False), "R ONC-02, R ONC-05", orderable="ONC-05"),
    # K ONC-08 has the action that ONC-07 recommends already.
    Row("3: 7.1 cm", sized("7.1"), "R ONC-02, R ONC-07", orderable="ONC-07"),
    Row("4: 7.0 cm, not central", sized("7.0", central=False), f"R ONC-02, {BOTH}, R AMB-01 {BOARD}", mdt="AMB-01",
        orderable="AMB-01"),
    # As 4, with the question; ONC-08 may hold instead, so the board itself waits (property P1).
    Row("5: 70 mm", sized("70e-1"), f"R ONC-02, {BOTH}, K ONC-08", ask="central", mdt="AMB-01",
        outcome="need-data"),
    Row("6: 7.0 cm, central", sized("7.0", central=True), "R ONC-02, R ONC-08", orderable="ONC-08"),
    Row("7: 3 cm, central", sized("3", central=True), "R ONC-02, R ONC-08", orderable="ONC-08"),
    Row("8: 3 cm", sized("3"), "R ONC-02, K ONC-05, K ONC-08", ask="central", outcome="need-data"),
    # ONC-17 follows by plain logic, and is never a reason to ask.
    Row("9: central", sized(central=True), "R ONC-02, R ONC-08, K ONC-17", orderable="ONC-08"),
    Row("10: neither size nor place", sized(), "R ONC-02, K ONC-05, K ONC-07, K ONC-08, K ONC-17",
        ask="central tumour_size_cm", outcome="need-data"),
    # ONC-17: below 7 may be below 2.
    Row("11: below 7 cm, not central", sized("<7", central=False), "R ONC-02, R ONC-05, K ONC-17", orderable="ONC-05"),
    Row("12: 7 cm or more, not central", sized(">=7", central=False), f"R ONC-02, K ONC-07, {BOTH}", ask="tumour_size_cm", mdt="AMB-01", outcome="need-data"),
    Row("13: 6 to 8 cm, not central", sized("6..8", central=False), "R ONC-02, K ONC-05, K ONC-07",
        ask="tumour_size_cm", outcome="need-data"),
    # One of the two frames holds, and the M status says which.
    Row("14: M unknown, good condition", sized("4", central=False, m=None, ecog=1), "R ONC-05, K ONC-02, K ONC-03",
        ask="m_status", orderable="ONC-05"),
    Row("15: M and condition unknown", sized("4", central=False, m=None), "K ONC-02, K ONC-03, K ONC-05",
        ask="general_condition m_status", outcome="need-data"),
    Row("23: 1.9 cm, 80 years", sized("1.9", central=False, birth="1946-01-20"),
        "R ONC-02, R ONC-05, R ONC-17, R ONC-18", orderable="ONC-05 ONC-18"),
    Row("24: 2.0 cm, 80 years", sized("2.0", central=False, birth="1946-01-20"), "R ONC-02, R ONC-05",
        orderable="ONC-05", caution="at the limit of 2 cm"),
    Row("25: 1.9 cm, 50 years", sized("1.9", central=False, birth="1976-01-20"), "R ONC-02, R ONC-05, R ONC-17",
        orderable="ONC-05"),
    # Born in 1951: 74 or 75 years old, which decides, so it is asked for.
    Row("26: 1.5 cm, birth year", sized("1.5", central=False, birth="1951"),
        "R ONC-02, R ONC-05, R ONC-17, K ONC-18", ask="age", orderable="ONC-05"),
    *METASTATIC,
    Row("27: 1.5 cm, 80 years, M1", sized("1.5", central=False, birth="1946-01-20", m="M1", ecog=1),
        "R ONC-03, R ONC-05, K ONC-09, K ONC-10, R ONC-17, K ONC-27", orderable="ONC-05 ONC-28",
        ask="solitary_metastasis systemic_therapy_planned"),
    # The board comes with every suppressed operation (settled point 10).
    Row("28: 3 cm, unsuitable", sized("3", unsuitable=True), f"R ONC-19, R ONC-20, R AMB-05 {BOARD}", mdt="ONC-20",
        orderable="AMB-05", caution="ot suitable for surgery"),
    Row("29: 1.5 cm, unsuitable, 80 years", sized("1.5", unsuitable=True, birth="1946-01-20"),
        f"R ONC-17, R ONC-18, R ONC-19, R ONC-20, R AMB-05 {BOARD}", mdt="ONC-18 ONC-20", orderable="AMB-05",
        caution="ot suitable for surgery"),
    Row("30: 5.5 cm, unsuitable", sized("5.5", unsuitable=True), f"R AMB-05 {BOARD}", orderable="AMB-05",
        caution="ot suitable for surgery"),
    Row("31: 9 cm, unsuitable", sized("9", unsuitable=True), f"R AMB-05 {BOARD}", orderable="AMB-05",
        caution="ot suitable for surgery"),
    Row("32: ECOG 3, suitability unknown", sized("3", central=False, ecog=3), "K ONC-02, K ONC-05, K ONC-19, K ONC-20",
        ask="surgical_candidate", outcome="need-data"),
    Row("33: 9 cm, solitary kidney", sized("9", solitary=True), f"R ONC-02, R ONC-07, R AMB-20 {BOARD}", mdt="ONC-07",
        orderable="AMB-20", caution="olitary kidney"),
    Row("34: 5 cm, central, eGFR 45", sized("5", central=True, egfr=45), f"R ONC-02, R ONC-08, R AMB-20 {BOARD}",
        mdt="ONC-08", orderable="AMB-20", caution="educed kidney function"),
    # Conflicting behaves as unknown; ONC-17 follows by plain logic.
    Row("53: 6.8 and 7.3 cm in a week", sized(Size("6.8", 12), Size("7.3", 8), central=False),
        "R ONC-02, K ONC-05, K ONC-07, K ONC-17", ask="tumour_size_cm", outcome="need-data"),
    Row("53b: 6.8 cm sixty days before 7.3 cm", sized(Size("6.8", 60), Size("7.3", 0), central=False),
        "R ONC-02, R ONC-07", orderable="ONC-07"),
    Row("54: CT before a newer ultrasound", sized(Size("6.8", 10), Size("7.3", 5, "US"), central=False),
        "R ONC-02, R ONC-05", orderable="ONC-05"),
    Row("55: size of 200 days ago", sized(Size("6.8", 200), central=False), "R ONC-02, K ONC-05, K ONC-07, K ONC-17",
        ask="tumour_size_cm", outcome="need-data"),
    Row("58: refuted", sized("3", central=False, verification="refuted"), "", gate="no-kidney-cancer",
        outcome="not-applicable"),
    Row("59: renal pelvis only", sized("3", diagnosis="renal pelvis"), "", gate="excluded-tumour",
        outcome="not-applicable"),
    *RESOLVED,
    Row("60: 12 years", sized("3", central=False, birth="2013-06-01"), "", gate="age", outcome="not-applicable"),
)

@dataclass(frozen=True)
class Order:
    """A draft, its verdict, the listing, and what the only card says (`said` empty: no card)."""

    name: str
    action: str
    facts: Facts
    verdict: str
    expect: str
    said: tuple = ()
    instead: str = ""  # code of the order that a discordant card offers


ORDERS = (
    Order("48: radical at 4 cm", "radical_nephrectomy", sized("4", central=False), "discordant",
          "R ONC-02, R ONC-05", ("ONC-05",), "partial-nephrectomy"),
    Order("49: resection at 9 cm", "partial_nephrectomy", sized("9"), "discordant", "R ONC-02, R ONC-07",
          ("ONC-07",), "radical-nephrectomy"),
    Order("50: surveillance at 3 cm", "active_surveillance", sized("3", central=False, birth="1946-01-20"),
          "discordant", "R ONC-02, R ONC-05", ("ONC-18", "2 cm"), "partial-nephrectomy"),
    Order("concordant", "partial_nephrectomy", sized("4", central=False), "concordant", "R ONC-02, R ONC-05"),
    Order("acceptable", "active_surveillance", sized("1.9", central=False, birth="1946-01-20"), "acceptable",
          "R ONC-02, R ONC-05, R ONC-17, R ONC-18"),
    Order("undecided", "partial_nephrectomy", sized("4"), "undecided", "R ONC-02, K ONC-05, K ONC-08", ("central",)),
    Order("51: sunitinib, M1", "sunitinib", sized("4", central=False, m="M1", ecog=1, single=False), "supporting",
          f"R ONC-09, R ONC-10, K ONC-05, R AMB-35 {BOARD}", ("ONC-09", "CARMENA")),
    Order("a drug that only its class names", "atezolizumab", sized("9", m="M1", ecog=1, single=False), "supporting",
          f"R ONC-09, R ONC-10, R AMB-35 {BOARD}", ("ONC-09",)),
    Order("sunitinib after removal", "sunitinib", Facts(m="M1", ecog=1, single=False, operated=True, specimen="4"),
          "supporting", f"R ONC-11, {NEVER_REPORTED}"),
    Order("sunitinib, M0", "sunitinib", sized("9"), "supporting", "R ONC-02, R ONC-07"),
    Order("52: everolimus of a transplant", "transplant everolimus", spread("4", central=False, therapy=None, single=False),
          "unrelated", f"{SMALL}, K ONC-09, K ONC-10"),
    Order("radical nephrectomy, therapy planned", "radical_nephrectomy",
          spread("9", therapy=True, single=False), "concordant", f"R ONC-09, R ONC-10, R AMB-35 {BOARD}"),
    Order("radical nephrectomy at 4 cm, therapy planned", "radical_nephrectomy",
          spread("4", central=False, therapy=True, single=False), "concordant",
          f"R ONC-09, R ONC-10, K ONC-05, R AMB-35 {BOARD}"),
    Order("resection at 4 cm, therapy planned", "partial_nephrectomy",
          spread("4", central=False, therapy=True, single=False), "undecided",
          f"R ONC-09, R ONC-10, K ONC-05, R AMB-35 {BOARD}", ("ONC-09",)),
    Order("radiotherapy of a large bone metastasis", "palliative_radiotherapy",
          lesion(large=True, osteolytic=False, weight_bearing=False, single=False), "acceptable", f"{SMALL}, R ONC-22"),
    Order("radiotherapy of a bone metastasis that is not large", "palliative_radiotherapy",
          lesion(large=False, single=False), "discordant", SMALL, ("ONC-22",)),
    Order("removal of a bleeding metastasis", "resect_metastasis_symptomatic",
          lesion("lung", bleeding=True, single=False), "concordant", f"{SMALL}, R ONC-24b"),
    Order("removal of the only metastasis", "metastasectomy", lesion("lung", single=True), "acceptable",
          f"{SMALL}, R ONC-27, R ONC-27 {BOARD}"),
    Order("stabilisation", "stabilise_bone",
          lesion(large=True, osteolytic=True, weight_bearing=True, single=False), "acceptable",
          f"{SMALL}, R ONC-25, R ONC-22"),
    Order("referral to palliative care", "palliative_care_referral", spread("4", central=False, single=False),
          "supporting", SMALL),
    Order("premature", "active_surveillance", sized("4"), "premature", "R ONC-02, K ONC-05, K ONC-08", ("central",)),
    Order("supporting", "mdt_discussion", sized("4", central=False), "supporting", "R ONC-02, R ONC-05"),
    Order("outside", "radical_nephrectomy", sized("4", verification="refuted"), "outside", ""),
)


def listing(outcome):
    """The results as the table writes them."""
    lines = []
    for result in outcome["recommendations"]:
        rule = result["rule"]
        if rule in BACKGROUND:
            continue
        letter = {"recommended": "R", "conditional": "K"}[result["determination"]]
        named = rule.startswith("AMB") or result["action"] in REFERRALS
        lines.append(f"{letter} {rule}" + (f" {result['action']}" if named else ""))
    return sorted(lines)


def expected(text):
    return sorted(part.strip() for part in text.split(",") if part.strip())


def cautions(outcome):
    return " ".join(text for result in outcome["recommendations"] for text in result["cautions"])


def reasons(outcome, rule):
    return " ".join(text for result in outcome["recommendations"] if result["rule"] == rule for text in result["because"])


def asked(outcome):
    return sorted(question["input"] for question in outcome["ask"])


def comparable(outcome):
    """What must be the same whatever the dialect: the place of a side that ICD-10 cannot say is not."""
    return {
        "outcome": outcome["outcome"], "gate": outcome["gate"], "ask": asked(outcome),
        "results": sorted(
            (r["rule"], str(r["action"]), r["strength"], r["tier"], r["determination"], r["orderable"],
             r["mdtRequired"], tuple(r["missing"])) for r in outcome["recommendations"]),
        "orders": [(o["action"], o["verdict"]) for o in outcome["orders"]],
    }


class VectorsTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.keys = [(row, dialect) for row in ROWS for dialect in row.dialects]
        cls.outcomes = harness.evaluate(request(row.facts, dialect) for row, dialect in cls.keys)

    def each(self, check):
        for (row, dialect), outcome in zip(self.keys, self.outcomes):
            with self.subTest(vector=row.name, dialect=dialect):
                check(row, outcome)

    def test_the_listing_is_exact(self):
        def check(row, outcome):
            self.assertEqual(listing(outcome), expected(row.expect))

        self.each(check)

    def test_asks_only_what_matters(self):
        def check(row, outcome):
            self.assertEqual(asked(outcome), sorted(row.ask.split()))

        self.each(check)

    def test_kind_of_outcome_and_gate(self):
        def check(row, outcome):
            self.assertEqual((outcome["outcome"], outcome["gate"]), (row.outcome, row.gate))

        self.each(check)

    def test_actions_strengths_and_tiers_are_those_of_the_source(self):
        def check(_, outcome):
            for result in outcome["recommendations"]:
                if result["rule"] in MEANING and result["action"] != BOARD:
                    found = (result["action"], result["strength"], result["tier"])
                    self.assertEqual(found, MEANING[result["rule"]])
                if result["action"] == BOARD:
                    self.assertEqual(result["tier"], "preferred")

        self.each(check)

    def test_the_board_is_required_where_it_must_be(self):
        def check(row, outcome):
            treatments = [r for r in outcome["recommendations"] if r["action"] not in (None, *REFERRALS, "kidney_surgery")]
            found = {result["rule"] for result in treatments if result["mdtRequired"]}
            self.assertEqual(" ".join(sorted(found)), row.mdt)
            referrals = [r for r in outcome["recommendations"] if r["action"] in REFERRALS]
            self.assertEqual([r["rule"] for r in referrals if r["mdtRequired"]], [])

        self.each(check)

    def test_only_the_referral_is_orderable_beside_the_board(self):
        def check(row, outcome):
            found = {result["rule"] for result in outcome["recommendations"] if result["orderable"]}
            self.assertEqual(sorted(found), row.orderable.split())
            for result in outcome["recommendations"]:
                self.assertFalse(result["orderable"] and result["mdtRequired"], result["rule"])

        self.each(check)

    def test_frames_facts_and_what_is_undecided_are_never_orderable(self):
        def check(_, outcome):
            for result in outcome["recommendations"]:
                undecided = result["determination"] == "conditional"
                if result["rule"] in FRAMES or result["action"] is None or undecided:
                    self.assertFalse(result["orderable"], result["rule"])

        self.each(check)

    def test_cautions(self):
        def check(row, outcome):
            said = cautions(outcome)
            self.assertIn(row.caution, said)
            self.assertEqual("at the limit" in said, "at the limit" in row.caution)
            self.assertEqual("Especially" in reasons(outcome, "ONC-23"), "Especially" in "".join(row.because))
            if row.because:
                rule, part = row.because
                self.assertIn(part, reasons(outcome, rule))
            if "ot suitable" in row.caution:
                frame = "ONC-03" if row.facts.m == "M1" else "ONC-02"
                self.assertIn(frame, said, "the suppressed rules are named")

        self.each(check)

    def test_missing_names_what_is_asked(self):
        def check(row, outcome):
            for result in outcome["recommendations"]:
                if result["determination"] == "recommended":
                    self.assertEqual(result["missing"], [])
                elif result["rule"] == "ONC-08" and "K ONC-07" in listing(outcome):
                    continue  # both name the same operation, so the place decides nothing
                elif result["action"] is not None:
                    self.assertLessEqual(set(result["missing"]), set(row.ask.split()))

        self.each(check)

    def test_because_and_citation_are_there(self):
        def check(_, outcome):
            for result in outcome["recommendations"]:
                self.assertTrue(result["because"] and result["cite"], result["rule"])

        self.each(check)

    def test_dialects_say_the_same(self):
        first = {}
        self.each(lambda row, outcome: self.assertEqual(
            comparable(outcome), comparable(first.setdefault(row.name, outcome))))


class PropertiesTest(unittest.TestCase):
    maxDiff = None

    def test_order_of_resources_changes_nothing(self):
        requests = [request(row.facts, dialect) for row in ROWS for dialect in ("mcode", "mixed")]
        reference = [json.dumps(outcome) for outcome in harness.evaluate(requests)]
        for seed in (1, 2, 3):
            again = harness.evaluate(shuffled(original, seed) for original in requests)
            for original, first, other in zip(requests, reference, again):
                with self.subTest(seed=seed, observations=len(original["prefetch"]["observations"]["entry"])):
                    self.assertEqual(json.dumps(other), first)

    def test_no_data_gives_no_recommendation_and_no_error(self):
        empty = hook_request([], birth=None)
        nothing = {**empty, "prefetch": {}}
        nulls = {**empty, "prefetch": {key: None for key in empty["prefetch"]}}
        without = {key: value for key, value in empty.items() if key != "prefetch"}
        for outcome in harness.evaluate([empty, nothing, nulls, without]):
            self.assertEqual(outcome["recommendations"], [])
            self.assertNotEqual(outcome["outcome"], "error")
            self.assertNotEqual(outcome["outcome"], "recommendation")

    def test_a_value_in_place_of_an_unknown_takes_no_recommendation_away(self):
        """P1, for what ONC-05 to ONC-08 recommend while M, condition or place are open."""
        starts = [Facts(sizes=sizes, central=central, m=m, ecog=ecog)
                  for sizes in ((), (Size("3"),), (Size("7.0"),), (Size("9"),))
                  for central in (None, True, False) for m in (None, "M0") for ecog in (None, 1)]
        pairs = []
        for facts in starts:
            values = {"sizes": [(Size("1.9"),), (Size("7"),), (Size("8"),)], "central": [True, False],
                      "m": ["M0"], "ecog": [0, 1]}
            for name, choices in values.items():
                if getattr(facts, name) in (None, ()):
                    pairs += [(facts, replace(facts, **{name: choice})) for choice in choices]
        before = harness.evaluate(request(facts, "plain") for facts, _ in pairs)
        after = harness.evaluate(request(facts, "plain") for _, facts in pairs)
        for pair, old, new in zip(pairs, before, after):
            with self.subTest(pair=pair):
                kept = {result["action"] for result in new["recommendations"]}
                lost = [result["rule"] for result in old["recommendations"]
                        if result["determination"] == "recommended" and result["action"] not in kept]
                self.assertEqual(lost, [])


class OrdersTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.keys = [(row, dialect) for row in ORDERS for dialect in DIALECTS]
        requests = [request(replace(row.facts, order=row.action), dialect) for row, dialect in cls.keys]
        cls.outcomes = harness.evaluate(requests)
        cls.answers = harness.evaluate(requests, cards=True)

    def each(self, check):
        for (row, dialect), outcome, answer in zip(self.keys, self.outcomes, self.answers):
            with self.subTest(order=row.name, dialect=dialect):
                check(row, outcome, answer["cards"])

    def test_verdicts_and_listings(self):
        def check(row, outcome, _):
            kind = "MedicationRequest" if row.action in DRUGS else "ServiceRequest"
            action = None if row.verdict == "unrelated" else DRUG_ACTION if row.action in DRUGS else row.action
            found = [(order["resource"], order["action"], order["verdict"]) for order in outcome["orders"]]
            self.assertEqual(found, [(f"{kind}/draft-1", action, row.verdict)])
            self.assertEqual(listing(outcome), expected(row.expect))

        self.each(check)

    def test_contradictions_warn_once_and_name_the_rule(self):
        def check(row, _, cards):
            indicator = "warning" if row.verdict in ("discordant", "premature") else "info"
            self.assertEqual([card["indicator"] for card in cards], [indicator] if row.said else [])
            for part in row.said:
                self.assertIn(part, cards[0]["summary"] + "\n" + cards[0]["detail"])

        self.each(check)

    def test_a_discordant_order_can_be_replaced_by_what_is_recommended(self):
        def check(row, _, cards):
            if not row.instead:
                return
            actions = cards[0]["suggestions"][0]["actions"]
            self.assertEqual([action["type"] for action in actions], ["delete", "create"])
            created = actions[1]["resource"]
            self.assertIn(row.instead, [coding["code"] for coding in created["code"]["coding"]])
            self.assertEqual(created["subject"], {"reference": "Patient/pt-1"})

        self.each(check)

    def test_cards_keep_the_protocol(self):
        def check(_, outcome, cards):
            for card in cards:
                self.assertLess(len(card["summary"]), 140)
                self.assertTrue(card["source"]["label"])
                self.assertRegex(card["uuid"], UUID)
                self.assertIn("2018", card["source"]["label"] + card["detail"])

        self.each(check)


def stable(card):
    """A card without what a source of UUIDs decides."""
    return {key: value for key, value in card.items() if key not in ("uuid", "suggestions", "extension")}


class ServerTest(unittest.TestCase):
    def test_the_server_gives_what_the_batch_gives(self):
        asked_of = [request(row.facts, dialect) for row in ROWS[::5] for dialect in ("mcode", "mixed")]
        asked_of += [request(replace(row.facts, order=row.action), "mcode") for row in ORDERS]
        batch = harness.evaluate(asked_of)
        cards = [answer["cards"] for answer in harness.evaluate(asked_of, cards=True)]
        with harness.Server() as server:
            for original, outcome, shown in zip(asked_of, batch, cards):
                answer = server.ask(original)
                found = answer["extension"]["org.renalpath.outcome"]
                for each in (found, outcome):
                    each["trace"].pop("id", None)
                self.assertEqual(found, outcome)
                self.assertEqual([stable(card) for card in answer["cards"]], [stable(card) for card in shown])


if __name__ == "__main__":
    unittest.main()
