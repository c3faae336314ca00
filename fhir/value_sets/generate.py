#!/usr/bin/env python3
"""Writes the value sets of this folder from the project's code list, or checks them against it.

    generate.py CODES.csv            writes every file
    generate.py --check CODES.csv    exit status 1 and a line for each file that would differ

The code list has the columns input, system, code, display, use, source, checked. Each value set below
names the groups of the list (column `input`) that it is made of; after a colon single codes of a group, or with
"!" all but these.
"""
import csv
import json
import pathlib
import sys

BASE = "https://renalpath.example/ValueSet/"
LOCAL = "https://renalpath.example/CodeSystem/rcc-pathway"

# alias: (title, [group or "group:code,code"], [extra local codes defined by the pathway's text])
SETS = {
    "kidney-tumour": ("Kidney cancer, or a tumour treated as such",
                      ["diagnosis.kidney_cancer", "diagnosis.kidney_cancer.suspected",
                       "diagnosis.kidney_cancer.metastatic"]),
    "kidney-tumour-suspected": ("Kidney tumour, malignancy not confirmed by the code",
                                ["diagnosis.kidney_cancer.suspected"]),
    "kidney-cancer-metastatic": ("Kidney cancer, metastatic by the code",
                                 ["diagnosis.kidney_cancer.metastatic"]),
    "kidney-cancer-history": ("Kidney cancer in the past", ["diagnosis.history_only"]),
    "kidney-tumour-excluded": ("Tumours of or in the kidney that this pathway does not cover",
                               ["diagnosis.exclude.urothelial", "diagnosis.exclude.neuroendocrine",
                                "diagnosis.exclude.benign", "diagnosis.exclude.paediatric",
                                "diagnosis.exclude.secondary_of_kidney"]),
    "side-left": ("Left, as laterality, body site, diagnosis or procedure",
                  ["laterality:7771000", "kidney.site.left", "diagnosis.kidney_cancer:C64.2",
                   "procedure.partial_nephrectomy:0TB10ZZ,0TB14ZZ",
                   "procedure.total_nephrectomy:0TT10ZZ,0TT14ZZ"]),
    "side-right": ("Right, as laterality, body site, diagnosis or procedure",
                   ["laterality:24028007", "kidney.site.right", "diagnosis.kidney_cancer:C64.1",
                    "procedure.partial_nephrectomy:0TB00ZZ,0TB04ZZ",
                    "procedure.total_nephrectomy:0TT00ZZ,0TT04ZZ"]),
    "kidney-site": ("The kidney or a part of it",
                    ["kidney.site", "kidney.site.left", "kidney.site.right", "location.central",
                     "location.polar", "location.cortex", "topography"]),
    "side-both": ("Both sides", ["laterality.bilateral"]),
    "laterality": ("Sides", ["laterality", "laterality.bilateral"]),
    "tumour-size": ("Size of a tumour", ["tumour_size"]),
    "tumour-size-longest": ("Longest dimension of a tumour", ["tumour_size.component.longest"]),
    "method-ct-mri": ("CT or MRI", ["tumour_size.method:77477000,113091000"]),
    "method-ultrasound": ("Ultrasound", ["tumour_size.method:16310003"]),
    "method-pet": ("Positron emission tomography", ["tumour_size.method:82918005"]),
    "method-palpation": ("Physical examination", ["tumour_size.method:5880005"]),
    "method-imaging": ("Imaging",
                       ["tumour_size.method:77477000,113091000,16310003,82918005,363679005,363680008"]),
    "method-specimen": ("Measured on the specimen", ["tumour_size.method:787377000,104157003"]),
    "central-location": ("Central location of the tumour, recorded", ["central"]),
    "location-central": ("Sites that make a tumour central", ["location.central"]),
    "nephrometry-location": ("R.E.N.A.L. L points", ["nephrometry.location"]),
    "nephrometry-hilar": ("R.E.N.A.L. suffix h", ["nephrometry.hilar"]),
    "m-category": ("Distant metastasis category (TNM)", ["tnm.m.code"]),
    "m0": ("No distant metastasis",
           ["tnm.m.value:1229901006", "tnm.m.value.legacy:30893008,19408000"]),
    "m1": ("Distant metastasis",
           ["tnm.m.value:1229903009,1229916009", "tnm.m.value.legacy:55440008,14926007"]),
    "metastasis-condition": ("Secondary malignant tumours at distant sites",
                             ["metastasis.condition:!C77,94392001", "metastasis.nodes_nonregional"]),
    "distant-metastasis": ("Distant metastasis present, recorded", ["m_status"]),
    "t-category": ("Primary tumour category (TNM)", ["tnm.t.code"]),
    "t4": ("Tumour beyond Gerota's fascia",
           ["tnm.t.value:1228944003,1229864001", "tnm.t.value.legacy:65565005,6123003",
            "tnm.t.value.legacy_kidney:396091003,369894003"]),
    "t-below-4": ("Tumour categories other than T4 and TX",
                  ["tnm.t.value:!1228944003,1229864001,1222604002,1228950008",
                   "tnm.t.value.legacy:!65565005,6123003,67101007",
                   "tnm.t.value.legacy_kidney:!396091003,369894003"]),
    "performance-ecog": ("ECOG performance status", ["ecog", "ecog.interpretation_obs", "ecog.scale"]),
    "ecog-0-1": ("ECOG 0 or 1", ["ecog.answer:LA9622-7,LA9623-5,425389002,422512005"]),
    "ecog-2": ("ECOG 2", ["ecog.answer:LA9624-3,422894000"]),
    "ecog-3-4": ("ECOG 3 or 4", ["ecog.answer:LA9625-0,LA9626-8,423053003,423237006"]),
    "ecog-5": ("ECOG 5", ["ecog.answer:LA9627-6,423409001"]),
    "performance-karnofsky": ("Karnofsky performance status", ["karnofsky"]),
    "karnofsky-80-100": ("Karnofsky 80 to 100", ["karnofsky.answer"]),
    "surgical-candidate": ("Suitability for kidney surgery, recorded", ["surgical_candidate"]),
    "surgical-suitable": ("Suitable for kidney surgery", [], [("suitable", "Suitable for kidney surgery")]),
    "surgical-unsuitable": ("Not suitable for kidney surgery", [],
                            [("unsuitable", "Not suitable for kidney surgery")]),
    "solitary-kidney": ("Only one functioning kidney, recorded", ["solitary_kidney", "solitary_kidney.donor"]),
    "egfr": ("Estimated glomerular filtration rate", ["egfr"]),
    "ckd": ("Chronic kidney disease from stage 3, or dialysis",
            ["ckd:433144002,431857002,433146000", "dialysis"]),
    "hereditary": ("Hereditary kidney cancer syndromes", ["diagnosis.hereditary"]),
    "venous-thrombus": ("Tumour thrombus in the vena cava", ["ivc_thrombosis"]),
    "treatment-refused": ("Treatment refused by the patient", ["treatment_refused"]),
    "bleeding-risk": ("Raised bleeding risk, recorded", ["bleeding_risk"]),
    "tumour-count": ("Number of tumours in a kidney", ["tumour_count"]),
    "pregnancy-status": ("Pregnancy status", ["pregnancy"]),
    "pregnant": ("Pregnant", ["pregnancy.value"]),
    "not-pregnant": ("Not pregnant", ["pregnancy.value.no"]),
    "partial-nephrectomy": ("Resection of a kidney tumour (partial nephrectomy)",
                            ["action.partial_nephrectomy", "procedure.partial_nephrectomy",
                             "procedure.excision_lesion_kidney", "procedure.robotic_partial",
                             "procedure.cpt:50240,50543", "procedure.naaccr:30"]),
    "radical-nephrectomy": ("Removal of the whole kidney",
                            ["action.radical_nephrectomy", "procedure.radical_nephrectomy",
                             "procedure.total_nephrectomy", "procedure.unilateral_nephrectomy",
                             "procedure.bilateral_nephrectomy", "procedure.nephroureterectomy",
                             "procedure.cpt:50545,50546", "procedure.naaccr:40,50"]),
    "ablation": ("Ablation of a kidney tumour",
                 ["action.percutaneous_ablation", "procedure.ablation_kidney", "procedure.cpt:50592,50593",
                  "procedure.naaccr:13,15"]),
    "kidney-tumour-procedure": ("Procedures after which the primary tumour is no longer in place",
                                ["procedure.partial_nephrectomy", "procedure.excision_lesion_kidney",
                                 "procedure.robotic_partial", "procedure.radical_nephrectomy",
                                 "procedure.total_nephrectomy", "procedure.unilateral_nephrectomy",
                                 "procedure.bilateral_nephrectomy", "procedure.nephroureterectomy",
                                 "procedure.ablation_kidney", "procedure.kidney_excision_unspecified",
                                 "procedure.cpt", "procedure.naaccr",
                                 "action.partial_nephrectomy", "action.radical_nephrectomy",
                                 "action.percutaneous_ablation"]),
    "active-surveillance": ("Active surveillance",
                            ["action.active_surveillance", "procedure.active_surveillance",
                             "procedure.surveillance", "procedure.watchful_waiting",
                             "procedure.wait_and_see"]),
    "mdt-discussion": ("Discussion in a multidisciplinary team (tumour board)",
                       ["action.mdt_discussion", "mdt"]),
    "n-category": ("Regional lymph node category (TNM)", ["tnm.n.code"]),
    "n0": ("No regional lymph node metastasis",
           ["tnm.n.value:1229967007,1229947003", "tnm.n.value.legacy:62455006,21917009"]),
    "n1": ("Regional lymph node metastasis",
           ["tnm.n.value:1229973008,1229951001,1229957002", "tnm.n.value.legacy:53623008,46059003,45552005"]),
    "pn0": ("No regional lymph node metastasis in the specimen",
            ["tnm.n.value:1229947003", "tnm.n.value.legacy:21917009"]),
    "pn1": ("Regional lymph node metastasis in the specimen",
            ["tnm.n.value:1229951001,1229957002", "tnm.n.value.legacy:45552005"]),
    "pn-category": ("Regional lymph node category of the specimen", ["tnm.n.code:371494008,21900-6"]),
    "nodes-maybe-regional": ("Secondary tumours of lymph nodes that may be regional",
                             ["metastasis.nodes_regional_or_unknown", "metastasis.condition:94392001"]),
    "metastasis-bone": ("Metastases in bone", ["metastasis.condition:94222008,C79.51"]),
    "metastasis-soft-tissue": ("Metastases in skin or soft tissue",
                               ["metastasis.condition:94264008,94579000,C79.2"]),
    "metastasis-brain": ("Metastases in the brain", ["metastasis.condition:94225005,188462001,C79.31,C79.32"]),
    "metastasis-node": ("Metastases in distant lymph nodes", ["metastasis.nodes_nonregional"]),
    "metastasis-visceral": ("Metastases in inner organs",
                            ["metastasis.condition:94391008,94381002,94161006,94459006,94493005,C78.00,C78.01,"
                             "C78.02,C78.1,C78.2,C78.6,C78.7,C78.89,C79.70,C79.71,C79.72"]),
    "bone-site": ("Bones", ["bone.site", "bone.site.pelvis", "bone.site.tibia", "bone.site.proximal_humerus"]),
    "metastasis-feature": ("What an observation says about one metastasis",
                           ["metastasis.large", "metastasis.ulcerating", "metastasis.bleeding:metastasis-bleeding",
                            "metastasis.stenosing", "metastasis.osteolytic:metastasis-osteolytic",
                            "metastasis.weight_bearing", "metastasis.resected"]),
    "metastasis-large": ("Metastasis large, recorded", ["metastasis.large"]),
    "metastasis-ulcerating": ("Metastasis ulcerating, recorded", ["metastasis.ulcerating"]),
    "metastasis-bleeding": ("Metastasis bleeding, recorded", ["metastasis.bleeding"]),
    "metastasis-stenosing": ("Metastasis stenosing, recorded", ["metastasis.stenosing"]),
    "metastasis-osteolytic": ("Metastasis osteolytic, recorded", ["metastasis.osteolytic"]),
    "metastasis-weight-bearing": ("Metastasis in a weight-bearing bone, recorded",
                                  ["metastasis.weight_bearing", "weight_bearing"]),
    "metastasis-resected": ("Resection of a metastasis, recorded", ["metastasis.resected"]),
    "not-resected": ("Not resected", [], [("no", "Not resected")]),
    "resected-r0": ("Resected completely", ["residual:258254000"], [("R0", "Resected, no residual tumour")]),
    "resected-r1": ("Resected, microscopic residual tumour", ["residual:278271003"],
                    [("R1", "Resected, microscopic residual tumour")]),
    "resected-r2": ("Resected, macroscopic residual tumour", ["residual:278272005"],
                    [("R2", "Resected, macroscopic residual tumour")]),
    "solitary-metastasis": ("Exactly one metastasis, recorded", ["solitary_metastasis"]),
    "systemic-therapy-planned": ("Systemic therapy planned, recorded", ["systemic_therapy_planned"]),
    "local-symptoms": ("Local symptoms of the primary tumour, recorded", ["local_symptoms"]),
    "life-expectancy": ("Life expectancy, recorded", ["life_expectancy"]),
    "life-weeks": ("Life expectancy of weeks", [], [("weeks", "Weeks")]),
    "life-months": ("Life expectancy of months", [], [("months", "Months")]),
    "life-year-plus": ("Life expectancy of a year or more", [], [("year-plus", "A year or more")]),
    "systemic-drug": ("Drugs against kidney cancer",
                      ["drug.tki_vegfr", "drug.vegf", "drug.io", "drug.mtor", "drug.hif2a", "drug.legacy_atc",
                       "drug.class"]),
    "drug-not-oncology": ("Uses of these drugs that are no treatment of cancer", ["drug.NOT_ONCOLOGY"]),
    "capsule-rupture": ("Rupture of the capsule, recorded", ["pathology.capsule_rupture"]),
    "blood-vessel-invasion": ("Invasion of blood vessels, recorded", ["pathology.blood_vessel_invasion"]),
    "lymph-vessel-invasion": ("Invasion of lymph vessels, recorded", ["pathology.lymph_vessel_invasion"]),
    "grade": ("Histological grade", ["grade.obs", "pathology.grade"]),
    "necrosis": ("Percentage of the tumour that is necrotic", ["necrosis.obs"]),
    "histology-clear-cell": ("Clear cell carcinoma", ["histology:8310/3", "diagnosis.kidney_cancer:254915003"]),
    "histology-papillary": ("Papillary carcinoma", ["histology:8260/3,715561008,733607005,25910003"]),
    "histology-chromophobe": ("Chromophobe carcinoma", ["histology:8317/3,128667008,733608000"]),
    "histology-sarcomatoid": ("Sarcomatoid carcinoma", ["histology:8318/3,23109009"]),
    "histology-other": ("Other carcinomas of the kidney",
                        ["histology:8312/3,8319/3,8510/3,8323/3,8316/3,8311/3"]),
    "pt1": ("Tumour category pT1 of the specimen",
             ["tnm.t.value:1228957006", "tnm.t.value.legacy:53786006"]),
    "pt1a": ("Tumour category pT1a of the specimen",
             ["tnm.t.value:1228959009", "tnm.t.value.legacy:443357004", "tnm.t.value.legacy_kidney:396084001"]),
    "pt1b": ("Tumour category pT1b of the specimen",
             ["tnm.t.value:1228962007", "tnm.t.value.legacy:443506002", "tnm.t.value.legacy_kidney:396085000"]),
    "pt2": ("Tumour category pT2 of the specimen",
             ["tnm.t.value:1229852009", "tnm.t.value.legacy:80898003", "tnm.t.value.legacy_kidney:396086004"]),
    "pt2a": ("Tumour category pT2a of the specimen",
             ["tnm.t.value:1229853004", "tnm.t.value.legacy:443812002"]),
    "pt2b": ("Tumour category pT2b of the specimen",
             ["tnm.t.value:1229856007"]),
    "pt3": ("Tumour category pT3 of the specimen",
             ["tnm.t.value:1229859000", "tnm.t.value.legacy:90402004"]),
    "pt3a": ("Tumour category pT3a of the specimen",
             ["tnm.t.value:1229860005", "tnm.t.value.legacy:443606005", "tnm.t.value.legacy_kidney:396088003"]),
    "pt3b": ("Tumour category pT3b of the specimen",
             ["tnm.t.value:1229861009", "tnm.t.value.legacy:443817008", "tnm.t.value.legacy_kidney:396089006"]),
    "pt3c": ("Tumour category pT3c of the specimen",
             ["tnm.t.value:1229862002", "tnm.t.value.legacy:443674009", "tnm.t.value.legacy_kidney:396090002"]),
    "pt4": ("Tumour category pT4 of the specimen",
             ["tnm.t.value:1229864001", "tnm.t.value.legacy:6123003", "tnm.t.value.legacy_kidney:396091003"]),
    "cytoreductive-nephrectomy": ("Removal of the kidney before systemic therapy",
                                  ["action.cytoreductive_nephrectomy"]),
    "volume-reducing-surgery": ("Surgery that reduces the tumour volume",
                                ["action.volume_reducing_surgery", "procedure.debulking"]),
    "resect-metastasis-symptomatic": ("Removal of a metastasis that ulcerates, bleeds or narrows",
                                      ["action.resect_metastasis_symptomatic"]),
    "metastasectomy": ("Removal of the only metastasis", ["action.metastasectomy"]),
    "metastasis-excision": ("Excisions in organs where metastases are removed",
                            ["procedure.metastasectomy.bone", "procedure.metastasectomy.lung",
                             "procedure.metastasectomy.liver", "procedure.metastasectomy.brain",
                             "procedure.metastasectomy.skin"]),
    "stabilise-bone": ("Stabilisation of a bone", ["action.stabilise_bone"]),
    "internal-fixation": ("Internal fixation of a bone that is not broken",
                          ["procedure.internal_fixation_no_reduction"]),
    "palliative-radiotherapy": ("Palliative radiotherapy", ["action.palliative_radiotherapy"]),
    "radiotherapy-after-metastasis-surgery": ("Radiotherapy after incomplete surgery of a metastasis",
                                              ["action.radiotherapy_after_incomplete_metastasis_surgery"]),
    "radiotherapy": ("Radiotherapy", ["procedure.radiotherapy"]),
    "systemic-therapy-referral": ("Referral for systemic therapy", ["action.systemic_therapy_referral"]),
    "palliative-care-referral": ("Referral to palliative care",
                                 ["action.palliative_care_referral", "referral.palliative_care",
                                  "procedure.palliative_care", "palliative.under_care"]),
    "long-follow-up": ("Long follow-up", ["action.long_follow_up"]),
    "ablation-modality": ("Modalities of ablation, of any organ",
                          ["procedure.ablation_modality", "procedure.ablation_modality.action",
                           "procedure.ablation_guidance"]),
    # Scores.
    "creatinine": ("Creatinine in serum, plasma or blood", ["creatinine"]),
    "haemoglobin": ("Haemoglobin", ["haemoglobin"]),
    "calcium-corrected": ("Calcium corrected for albumin", ["calcium.corrected"]),
    "neutrophils": ("Neutrophils", ["neutrophils"]),
    "platelets": ("Platelets", ["platelets"]),
    "ldh": ("Lactate dehydrogenase", ["ldh"]),
    "karnofsky-90": ("Karnofsky 90", ["karnofsky.answer:LA29176-7"]),
    "ecog-0": ("ECOG 0", ["ecog.answer:LA9622-7,425389002"]),
    "ecog-1": ("ECOG 1", ["ecog.answer:LA9623-5,422512005"]),
    "t-category-pathological": ("Primary tumour category of the specimen (pT)",
                                ["tnm.t.code:384625004,21899-0"]),
    "tnm-pt": ("Values of the pT category",
               ["tnm.t.value:1228950008,1228951007,1228957006,1228959009,1228962007,1229852009,"
                "1229853004,1229856007,1229859000,1229860005,1229861009,1229862002,1229864001",
                "tnm.t.value.legacy:53786006,443357004,443506002,80898003,443812002,90402004,"
                "443606005,443817008,443674009,6123003",
                "tnm.t.value.legacy_kidney:396084001,396085000,396086004,396088003,396089006,"
                "396090002,396091003"]),
    "tnm-tx": ("TX", ["tnm.t.value:1222604002,1228950008", "tnm.t.value.legacy:67101007"]),
    "tnm-t0": ("T0", ["tnm.t.value:1228882005,1228951007", "tnm.t.value.legacy:58790005"]),
    "tnm-t1": ("T1, without a or b",
               ["tnm.t.value:1228889001,1228957006", "tnm.t.value.legacy:23351008,53786006",
                "tnm.t.value.legacy_kidney:369888006"]),
    "tnm-t1a": ("T1a", ["tnm.t.value:1228892002,1228959009", "tnm.t.value.legacy:443357004",
                        "tnm.t.value.legacy_kidney:396084001"]),
    "tnm-t1b": ("T1b", ["tnm.t.value:1228895000,1228962007", "tnm.t.value.legacy:443506002",
                        "tnm.t.value.legacy_kidney:396085000"]),
    "tnm-t2": ("T2, T2a or T2b",
               ["tnm.t.value:1228929004,1228931008,1228934000,1229852009,1229853004,1229856007",
                "tnm.t.value.legacy:67673008,80898003,443812002",
                "tnm.t.value.legacy_kidney:396086004,369889003"]),
    "tnm-t3": ("T3, T3a, T3b or T3c",
               ["tnm.t.value:1228938002,1228939005,1228940007,1228941006,1229859000,1229860005,"
                "1229861009,1229862002",
                "tnm.t.value.legacy:14410001,90402004,443606005,443817008,443674009",
                "tnm.t.value.legacy_kidney:396088003,396089006,396090002,369891006,369892004,"
                "369893009"]),
    "tnm-pn": ("Values of the pN category",
               ["tnm.n.value:1229945006,1229947003,1229951001,1229957002",
                "tnm.n.value.legacy:21917009,45552005"]),
    "tnm-nx": ("NX", ["tnm.n.value:1229966003,1229945006", "tnm.n.value.legacy:79420006"]),
    "tnm-edition-6": ("AJCC 6th edition", ["tnm.method:444256004"]),
    "tnm-edition-7": ("AJCC 7th edition", ["tnm.method:443830009"]),
    "tnm-edition-8": ("AJCC 8th edition", ["tnm.method:897275008"]),
    "tnm-edition-9": ("AJCC 9th version", ["tnm.method:1269566009"]),
    "tnm-uicc": ("UICC", ["tnm.method:C188404"]),
    "isup-grade": ("WHO/ISUP grade", ["pathology.grade"]),
    "nephrometry-radius": ("R.E.N.A.L. R points", ["nephrometry.radius"]),
    "nephrometry-exophytic": ("R.E.N.A.L. E points", ["nephrometry.exophytic"]),
    "nephrometry-nearness": ("R.E.N.A.L. N points", ["nephrometry.nearness"]),
    "nephrometry-anterior": ("R.E.N.A.L. A descriptor", ["nephrometry.anterior"]),
}


def chosen(rows, selector):
    """Rows of one selector, in the order of the list; every code that it names must be there."""
    group, _, codes = selector.partition(":")
    found = [row for row in rows if row["input"] == group]
    if codes:
        without, wanted = codes.startswith("!"), codes.lstrip("!").split(",")
        missing = set(wanted) - {row["code"] for row in found}
        found = [row for row in found if (row["code"] in wanted) != without]
        if missing:
            raise SystemExit(f"{selector}: not in the code list: {', '.join(sorted(missing))}")
    if not found:
        raise SystemExit(f"{selector}: no such group in the code list")
    return [row for row in found if row["system"].startswith("http")]


def value_set(alias, entry, rows):
    title, selectors = entry[0], entry[1]
    extra = entry[2] if len(entry) > 2 else []
    systems, origins, seen = {}, [], set()
    for selector in selectors:
        for row in chosen(rows, selector):
            key = (row["system"], row["code"])
            if key in seen:
                continue
            seen.add(key)
            concept = {"code": row["code"]}
            # CPT texts need a licence; texts of codes that nobody checked are notes.
            if row["checked"] == "yes" and "ama-assn" not in row["system"]:
                concept["display"] = row["display"]
            systems.setdefault(row["system"], []).append(concept)
            checked = row["checked"] == "yes"
            origins.append(f"{row['code']}: {row['source'] if checked else 'not verified: matched, never emitted'}")
    for code, display in extra:
        systems.setdefault(LOCAL, []).append({"code": code, "display": display})
        origins.append(f"{code}: defined in the pathway's text, section 3.2")
    name = "".join(part.capitalize() for part in alias.split("-"))
    return {
        "resourceType": "ValueSet", "id": alias, "url": BASE + alias, "version": "1.0.0", "name": name,
        "title": title, "status": "active", "experimental": False,
        "purpose": "Origin of the codes. " + "; ".join(origins),
        "compose": {"include": [{"system": system, "concept": concepts} for system, concepts in systems.items()]},
    }


def main():
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    check = "--check" in sys.argv[1:]
    if len(arguments) != 1:
        raise SystemExit(__doc__)
    with open(arguments[0], newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    folder, differs = pathlib.Path(__file__).parent, 0
    for alias, entry in SETS.items():
        text = json.dumps(value_set(alias, entry, rows), indent=1, ensure_ascii=False) + "\n"
        path = folder / f"{alias}.json"
        if not check:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            print(f"{path.name} differs from the code list")
            differs = 1
    for path in folder.glob("*.json"):
        if path.stem not in SETS:
            print(f"{path.name} is not in the table of {pathlib.Path(__file__).name}")
            differs = 1
    sys.exit(differs)


if __name__ == "__main__":
    main()
