#!/bin/sh
# Runs the official FHIRPath suite through the batch mode: run_fhirpath_suite.sh FOLDER ENGINE MINIMUM.
# The suite is data of others and no part of the repository; without it the test counts as skipped (77).
if [ ! -f "$1/run_suite.py" ]; then
  echo "skipped: there is no $1"
  exit 77
fi
exec python3 "$1/run_suite.py" "$1/suite.jsonl" "$1/inputs" --subset --list-failures --min-pass "$3" -- "$2"
