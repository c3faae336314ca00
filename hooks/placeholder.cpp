#include "fhir/result.h"
