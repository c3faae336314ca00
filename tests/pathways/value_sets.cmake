# Holds the value sets to the list of codes that they are generated from.
if(NOT EXISTS ${CODES})
  message("skipped: the list of codes is not beside the sources")
  return()
endif()
execute_process(COMMAND ${PYTHON} -B ${SCRIPT} --check ${CODES} RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "the value sets differ from the list of codes")
endif()
