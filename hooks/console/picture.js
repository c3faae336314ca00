// The picture of the pathway with one patient's way, drawn by the server.

import {post} from './api.js';
import {spoken} from './words.js';

/// The verdicts of a trace that concern one thing: those of the patient, of the thing, and of
/// things of another kind where there is only one.
export function concerns(trace, chosen) {
  const foci = trace.foci || [];
  const kindOf = (key) => (foci.find((one) => one.key === key) || {}).kind;
  return (focus) => {
    if (!focus || focus === chosen) return true;
    const kind = kindOf(focus);
    return kind !== kindOf(chosen) && foci.filter((one) => one.kind === kind).length === 1;
  };
}

/// How a row came out. One that is listed only beside others counts as not applying without them.
export function verdictOf(pathway, outcome, table, rule) {
  const {together = []} = pathway.rules[rule.rule] || {};
  const listed = outcome.recommendations.some(
      (one) => one.rule === rule.rule && (one.focus || '') === (table.focus || ''));
  return together.length > 0 && !listed ? false : rule.verdict;
}

function verdictsOf(pathway, outcome, chosen) {
  const {trace} = outcome;
  const isMeant = concerns(trace, chosen);
  const rules = {};
  const checks = {};
  for (const table of trace.tables || []) {
    if (!isMeant(table.focus)) continue;
    for (const rule of table.rules || []) {
      if (!rule.waits) rules[rule.rule] = verdictOf(pathway, outcome, table, rule);
    }
  }
  for (const check of trace.checks || []) {
    if (isMeant(check.focus)) checks[check.id] = check.verdict;
  }
  return {rules, checks};
}

/// The picture as a node of this page.
export async function drawWay(pathway, outcome, chosen, wayOnly, width) {
  const answer = await post(
      'console/picture', {...verdictsOf(pathway, outcome, chosen), wayOnly, width}, spoken());
  if (!answer.ok) throw new Error(answer.problem);
  const drawn = new DOMParser().parseFromString(answer.body, 'image/svg+xml').documentElement;
  if (drawn.localName !== 'svg') throw new Error('svg');
  return document.importNode(drawn, true);
}
