// What if: other values of the inputs that decide, and what they do to the advice. Nothing of the
// record is changed; the values go along with the call as answers of the user.

import {el} from './dom.js';
import {control} from './inputs.js';
import {columnsOf, keyFor} from './trace.js';
import {t} from './words.js';

const kFirst = 6;

/// The inputs worth changing: those that are asked for, then those that tables read which were
/// reached, then all others. What can be dragged goes first, then what most rules read; what is
/// worked out from others comes last.
function candidates(words, outcome, chosen, answers) {
  const columns = columnsOf(outcome, chosen);
  const kindOf = ((outcome.trace.foci || []).find((one) => one.key === chosen) || {}).kind;
  const asked = new Set(outcome.ask.map((one) => one.input));
  const isRead = (input) => [input.name, ...input.feeds].some((name) => columns.has(name));
  const rank = (input) => (asked.has(input.name) ? 4000 : 0) + (input.derived ? 0 : 2000) +
      (isRead(input) ? 1000 : 0) + (input.values ? 0 : 500) + input.rules;
  return words.all
      .filter((input) => input.rules > 0 && !input.fact && (!input.focus || input.focus === kindOf))
      .map((input) => [input, keyFor(outcome, input, chosen)])
      .filter(([input, key]) => key in outcome.inputs || key in answers)
      .sort(([a], [b]) => rank(b) - rank(a));
}

function row(words, outcome, [input, key], answers, change) {
  const state = outcome.inputs[key] || {};
  const changed = key in answers;
  return el(
      'div', {class: `what${changed ? ' changed' : ''}`, 'data-input': key},
      el('p', {class: 'name'},
         changed &&
             el('button', {type: 'button', class: 'small', onclick: () => change(key, undefined)},
                t('whatIf.recorded')),
         el('b', {}, input.title),
         el('span', {class: `badge ${state.state}`}, t(`state.${state.state || 'unknown'}`))),
      control(words, input, {
        value: state.value,
        answer: answers[key],
        change: (answer, live) => change(key, answer, live)
      }));
}

/// The controls: a few, and all others behind a heading.
export function drawControls(words, outcome, chosen, answers, change, open) {
  const all = candidates(words, outcome, chosen, answers);
  const draw = (one) => row(words, outcome, one, answers, change);
  const rest = all.slice(kFirst);
  return [
    all.slice(0, kFirst).map(draw),
    rest.length > 0 &&
        el('details', {id: 'more-inputs', open},
           el('summary', {}, t('whatIf.more', {number: rest.length})), rest.map(draw))
  ];
}

const idOf = (one) => [one.rule, one.action, one.determination, one.focus || ''].join('|');

function lineOf(pathway, one, sign) {
  const kind = sign === '+' ? 'added' : 'gone';
  return el(
      'li', {class: kind}, el('span', {'aria-hidden': 'true'}, sign === '+' ? '+' : '−'),
      el('span', {class: 'visually-hidden'}, t(`whatIf.${kind}`)), ' ',
      el('b', {}, pathway.actions[one.action] || one.action), ` ${one.rule} · `,
      pathway.strengths[one.strength] || one.strength,
      one.determination === 'conditional' && ` · ${t('whatIf.conditional')}`);
}

/// What the advice has gained and lost against what the record alone gives.
export function drawDifference(pathway, before, after) {
  const actions = (outcome) => outcome.recommendations.filter((one) => one.action);
  const had = new Set(actions(before).map(idOf));
  const has = new Set(actions(after).map(idOf));
  const lines = [
    ...actions(after).filter((one) => !had.has(idOf(one))).map((one) => lineOf(pathway, one, '+')),
    ...actions(before).filter((one) => !has.has(idOf(one))).map((one) => lineOf(pathway, one, '-'))
  ];
  if (before.outcome !== after.outcome) {
    lines.unshift(
        el('li', {},
           t('whatIf.outcome',
             {before: t(`outcome.${before.outcome}`), after: t(`outcome.${after.outcome}`)})));
  }
  if (lines.length === 0) return el('p', {class: 'soft'}, t('whatIf.same'));
  return [el('p', {}, t('whatIf.difference')), el('ul', {class: 'difference'}, lines)];
}
