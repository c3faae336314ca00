# Runs the official FHIRPath suite through the batch mode. The suite is data of others and not part of the
# repository: without it the test counts as skipped.
if(NOT EXISTS ${SUITE}/run_suite.py)
  message(STATUS "SKIPPED: there is no ${SUITE}")
  cmake_language(EXIT 77)
endif()
