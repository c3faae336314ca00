// The trace beside the cards: which data were used and whence, which row of each table decided,
// what is missing.

import {el} from './dom.js';
import {control} from './inputs.js';
import {concerns, verdictOf} from './picture.js';
import {day, has, t} from './words.js';

const kMark = new Map([[true, '✓'], [false, '✗'], [null, '?']]);
const kClass = new Map([[true, 'yes'], [false, 'no'], [null, 'open']]);
const kWord =
    new Map([[true, 'verdict.true'], [false, 'verdict.false'], [null, 'verdict.unknown']]);

function mark(verdict) {
  return el(
      'span', {class: `verdict ${kClass.get(verdict)}`},
      el('span', {'aria-hidden': 'true'}, kMark.get(verdict)),
      el('span', {class: 'visually-hidden'}, t(kWord.get(verdict))));
}

const wordOr = (key, otherwise) => (has(key) ? t(key) : otherwise);

function provenance(evidence) {
  const parts = [
    evidence.display, evidence.source && t('inputs.source', {source: evidence.source}),
    evidence.reference, evidence.time && day(evidence.time), evidence.note,
    evidence.unlinked && t('inputs.unlinked')
  ];
  return parts.filter((part) => part).join(' · ');
}

function evidenceLines(words, input, state) {
  const lines = (state.from || []).map((one) => el('li', {}, provenance(one)));
  for (const one of state.rivals || []) {
    lines.push(el('li', {class: 'rival'}, `${words.shown(input, one.value)} – ${provenance(one)}`));
  }
  for (const one of state.dropped || []) {
    const reason = wordOr(`reason.${one.reason}`, one.reason);
    lines.push(
        el('li', {class: 'dropped'}, t('inputs.dropped', {reason}), ' ',
           one.value && words.shown(input, one.value), ' ', provenance(one)));
  }
  for (const part of state.parts || []) {
    lines.push(
        el('li', {},
           `${part.title}: ${
               part.points === undefined ?
                   t('value.unknown') :
                   words.number(part.points).replace(/[[\]]/g, '').replace(' .. ', '–')}`));
  }
  return lines;
}

function stateBadge(state) {
  const word = state.state === 'unknown' ? wordOr(`reason.${state.reason}`, state.reason) :
                                           t(`state.${state.state}`);
  return el('span', {class: `badge ${state.state}`}, word, state.stale && ` · ${t('inputs.old')}`);
}

/// One input with its value and where it comes from.
function inputRow(words, key, state) {
  const input = words.find(key);
  const lines = evidenceLines(words, input, state);
  return el(
      'div', {class: `input ${state.state}`},
      el('dt', {}, input ? input.title : key, el('code', {}, key)),
      el('dd', {}, el('span', {class: 'value'}, words.shown(input, state.value)), ' ',
         stateBadge(state),
         state.recorded && state.state !== 'asserted' &&
             el('span', {class: 'soft'}, ` ${t('inputs.recorded', {
                  value: words.number(state.recorded).replace(/'([^']*)'/g, '$1')
                })}`),
         lines.length > 0 && el('ul', {class: 'from'}, lines)));
}

/// The key of an input's state for a thing: `name@thing` where there are several.
export function keyFor(outcome, input, chosen) {
  const several = `${input.name}@${chosen}`;
  return several in outcome.inputs ? several : input.name;
}

/// The names of the inputs that tables asked for which were reached.
export function columnsOf(outcome, chosen) {
  const isMeant = concerns(outcome.trace, chosen);
  const names = new Set();
  for (const table of outcome.trace.tables || []) {
    if (!isMeant(table.focus)) continue;
    for (const rule of table.rules || [])
      for (const cell of rule.cells || []) names.add(cell.column);
  }
  return names;
}

/// The inputs: those that decide first, then those with a value, then the rest.
export function drawInputs(words, outcome, chosen) {
  const columns = columnsOf(outcome, chosen);
  const rows =
      words.all.filter((input) => !input.focus || keyFor(outcome, input, chosen) in outcome.inputs)
          .map((input) => [input, keyFor(outcome, input, chosen)])
          .filter(([, key]) => key in outcome.inputs);
  const decides = rows.filter(([input]) => columns.has(input.name));
  const known = rows.filter(
      ([input, key]) => !columns.has(input.name) && outcome.inputs[key].state !== 'unknown');
  const rest = rows.filter(
      ([input, key]) => !columns.has(input.name) && outcome.inputs[key].state === 'unknown');
  const list = (some) =>
      el('dl', {class: 'inputs'}, some.map(([, key]) => inputRow(words, key, outcome.inputs[key])));
  return [
    el('h3', {}, t('inputs.decide')), list(decides),
    known.length > 0 &&
        el('details', {}, el('summary', {}, t('inputs.known', {number: known.length})),
           list(known)),
    rest.length > 0 &&
        el('details', {}, el('summary', {}, t('inputs.unknown', {number: rest.length})), list(rest))
  ];
}

/// What the rows that decide rest on, and what would change the advice: below the picture.
export function drawGrounds(words, pathway, outcome, chosen) {
  const isMeant = concerns(outcome.trace, chosen);
  const names = new Set();
  for (const table of outcome.trace.tables || []) {
    if (!isMeant(table.focus)) continue;
    for (const rule of table.rules || []) {
      if ((table.holds || []).includes(rule.rule))
        for (const cell of rule.cells || []) names.add(cell.column);
    }
  }
  const keys = words.all.filter((input) => names.has(input.name))
                   .map((input) => keyFor(outcome, input, chosen))
                   .filter((key) => key in outcome.inputs);
  return [
    keys.length > 0 &&
        [
          el('h3', {}, t('way.data')),
          el('dl', {class: 'inputs'}, keys.map((key) => inputRow(words, key, outcome.inputs[key])))
        ],
    drawChanges(words, pathway, outcome)
  ];
}

function drawChanges(words, pathway, outcome) {
  const changes = outcome.wouldChange || [];
  if (changes.length === 0) return null;
  return [
    el('h3', {}, t('missing.changes')), el('ul', {class: 'plain'}, changes.map((one) => {
      const input = words.byName.get(one.input);
      const [rule, action] = one.then.split(' ');
      return el(
          'li', {}, `${input ? input.title : one.input}: `, el('b', {}, words.cell(input, one.to)),
          ` → ${rule} ${pathway.actions[action] || action || ''}`);
    }))
  ];
}

function cellChip(words, cell) {
  const input = words.byName.get(cell.column);
  return el(
      'li', {class: `cell ${kClass.get(cell.verdict)}`}, mark(cell.verdict), ' ',
      input ? input.title : cell.column, ': ', el('b', {}, words.cell(input, cell.cell)));
}

/// Why a rule says what it says: in the words of its result, where it has one; else of the
/// pathway, with the names of what would be put in.
function reasonOf(words, outcome, table, id, because) {
  const result = outcome.recommendations.find(
      (one) => one.rule === id && (one.focus || '') === (table.focus || ''));
  if (result && result.because.length > 0) return result.because[0];
  return (because || '').replace(/\{(\w+)\}/g, (whole, name) => `[${words.title(name)}]`);
}

function ruleRow(words, pathway, outcome, table, rule) {
  const about = pathway.rules[rule.rule] || {actions: []};
  const because = reasonOf(words, outcome, table, rule.rule, about.because);
  const verdict = verdictOf(pathway, outcome, table, rule);
  const decides = (table.holds || []).includes(rule.rule) && rule.verdict === true;
  return el(
      'li', {class: `rule ${kClass.get(verdict)}${decides ? ' decides' : ''}`},
      el('p', {class: 'head'}, mark(verdict), ' ', el('b', {}, rule.rule), ' ',
         about.actions.map((action) => pathway.actions[action]).join(', '),
         decides && el('span', {class: 'badge known'}, t('tables.decides')),
         rule.waits && el('span', {class: 'badge open'}, t('tables.waits'))),
      because && el('p', {class: 'because'}, because),
      (about.together || []).length > 0 &&
          el('p', {class: 'soft'}, t('tables.together', {rules: about.together.join(', ')})),
      el('ul', {class: 'cells'}, (rule.cells || []).map((cell) => cellChip(words, cell)),
         rule.when &&
             el('li', {class: `cell ${kClass.get(rule.whenVerdict)}`}, mark(rule.whenVerdict), ' ',
                el('code', {}, rule.when))));
}

function tableBlock(words, pathway, outcome, table) {
  const rules = table.rules || [];
  const applies = (rule) => verdictOf(pathway, outcome, table, rule) !== false;
  const shown = rules.filter(applies);
  const off = rules.filter((rule) => !applies(rule));
  const list = (some) =>
      el('ul', {class: 'rules'}, some.map((rule) => ruleRow(words, pathway, outcome, table, rule)));
  const instance = (outcome.trace.foci || []).find((one) => one.key === table.focus);
  return el(
      'section', {class: 'table'},
      el('h3', {}, pathway.tables[table.table] || table.table,
         instance && ` – ${words.focusTitle(instance)}`, ' ',
         el('span', {class: `badge ${table.outcome}`},
            wordOr(`table.${table.outcome}`, table.outcome))),
      el('p', {class: 'soft'}, wordOr(`hit.${table.hit}`, table.hit)),
      shown.length > 0 ? list(shown) : el('p', {class: 'soft'}, t('tables.none')),
      off.length > 0 &&
          el('details', {}, el('summary', {}, t('tables.off', {number: off.length})), list(off)));
}

/// The gate, the tables with their rows, the checks.
export function drawTables(words, pathway, outcome, chosen) {
  const {trace} = outcome;
  if (outcome.gate) {
    return [el(
        'p', {class: 'notice'}, t('tables.gate', {gate: outcome.gate}), ' ',
        pathway.gate[outcome.gate] || '')];
  }
  const isMeant = concerns(trace, chosen);
  const checks = (trace.checks || []).filter((check) => isMeant(check.focus));
  const row = (check) =>
      el('li', {class: `cell ${kClass.get(check.verdict)}`}, mark(check.verdict), ' ',
         el('b', {}, check.id), ' ', pathway.checks[check.id] || '');
  const hits = checks.filter((check) => check.verdict !== false);
  const off = checks.filter((check) => check.verdict === false);
  return [
    (trace.tables || [])
        .filter((table) => isMeant(table.focus))
        .map((table) => tableBlock(words, pathway, outcome, table)),
    checks.length > 0 &&
        el('section', {class: 'table'}, el('h3', {}, t('tables.checks')),
           hits.length > 0 ? el('ul', {class: 'checks'}, hits.map(row)) :
                             el('p', {class: 'soft'}, t('tables.noCheck')),
           off.length > 0 &&
               el('details', {}, el('summary', {}, t('tables.off', {number: off.length})),
                  el('ul', {class: 'checks'}, off.map(row))))
  ];
}

/// A question with the control that answers it.
export function drawQuestion(words, outcome, ask, answers, change) {
  const input = words.byName.get(ask.input);
  if (!input) return el('p', {}, ask.question);
  const key = ask.focus ? keyFor(outcome, input, ask.focus) : ask.input;
  const state = outcome.inputs[key] || {};
  return el(
      'div', {class: 'question', 'data-input': key},
      el('p', {}, el('b', {}, ask.question), ' ',
         el('span', {class: 'badge unknown'}, wordOr(`reason.${ask.reason}`, ask.reason))),
      control(words, input, {
        value: state.value,
        answer: answers[key],
        change: (answer, live) => change(key, answer, live)
      }));
}

/// Open questions, what would change the advice, and how the data came.
export function drawMissing(words, pathway, outcome, answers, change) {
  const data = outcome.trace.data || [];
  return [
    el('h3', {}, t('missing.questions')),
    outcome.ask.length > 0 ?
        outcome.ask.map((ask) => drawQuestion(words, outcome, ask, answers, change)) :
        el('p', {class: 'soft'}, t('missing.none')),
    drawChanges(words, pathway, outcome), el('h3', {}, t('missing.data')),
    el('table', {class: 'data'},
       el('thead', {},
          el('tr', {},
             ['missing.key', 'missing.type', 'missing.state'].map(
                 (key) => el('th', {scope: 'col'}, t(key))))),
       el('tbody', {},
          data.map(
              (one) =>
                  el('tr', {}, el('td', {}, el('code', {}, one.key)), el('td', {}, one.type),
                     el('td', {},
                        el('span', {class: `badge ${one.state}`},
                           wordOr(`data.${one.state}`, one.state)),
                        one.reason && ` ${one.reason}`)))))
  ];
}
