// Inputs of the pathway: how their values read, and the controls that change them.

import {el} from './dom.js';
import {t} from './words.js';

export class Inputs {
  constructor(pathway) {
    this.all = pathway.inputs;
    this.byName = new Map(pathway.inputs.map((input) => [input.name, input]));
    this.sign = pathway.decimalSign || '.';
    this.foci = pathway.foci;
  }

  find(key) {
    return this.byName.get(key.split('@')[0]);
  }

  title(key) {
    const input = this.find(key);
    return input ? input.title : key;
  }

  /// A number or text with the reader's decimal sign.
  number(text) {
    return String(text).replace(/(\d)\.(\d)/g, `$1${this.sign}$2`);
  }

  /// The code of an input that a value of an outcome stands for: Booleans are "yes" and "no" there.
  code(input, value) {
    if (input.type !== 'boolean') return String(value);
    return {yes: 'true', no: 'false'}[value] || String(value);
  }

  /// A value of an outcome, "6.9 'cm'" or "yes", as people read it.
  shown(input, value) {
    if (value === undefined || value === null) return t('value.unknown');
    if (!input) return String(value);
    const found = (input.values || []).find((one) => one.code === this.code(input, value));
    if (found && found.title) return found.title;
    if (input.type === 'boolean')
      return t(this.code(input, value) === 'true' ? 'value.yes' : 'value.no');
    return this.number(value)
        .replace(/'([^']*)'/g, input.unit || '$1')
        .replace(/>=/g, '≥')
        .replace(/<=/g, '≤')
        .replace(/ \.\. /g, ' – ');
  }

  /// A cell of a rule, "< 7 'cm'" or "M0 or M1".
  cell(input, text) {
    return text.split(' or ')
        .map((part) => {
          if (part === 'known' || part === 'unknown') return t(`value.${part}`);
          const negated = /^!= (.*)$/.exec(part);
          if (negated) return t('value.not', {value: this.shown(input, negated[1])});
          return this.shown(input, part);
        })
        .join(` ${t('value.or')} `);
  }

  focusTitle(instance) {
    const kind = this.foci[instance.kind] || {title: instance.kind, values: []};
    const value = kind.values.find((one) => one.code === instance.key);
    if (value) return value.title;
    return instance.text || instance.site || `${kind.title} ${instance.key}`;
  }
}

/// The number at the front of a value, where it is one number.
export function numberIn(value) {
  const found = /^(-?\d+(?:\.\d+)?)(?: '[^']*')?$/.exec(String(value));
  return found ? Number(found[1]) : null;
}

function nice(step) {
  const power = 10 ** Math.floor(Math.log10(step));
  return [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= step * 0.999);
}

/// Where a slider of the input begins and ends, so that all limits of the rules lie well inside.
export function scaleOf(input, value) {
  const limits = [...new Set(input.limits || [])].sort((a, b) => a - b);
  const known = numberIn(value);
  const top = Math.max(...limits, known === null ? -Infinity : known);
  let high = Number.isFinite(top) ? top * 1.3 : input.max;
  if (high === undefined) high = 100;
  const below = Math.min(0, known === null ? 0 : known);
  let low = input.min === undefined ? below : input.min;
  // A scale that begins far below its first limit would leave no room for the others.
  if (input.type === 'integer' && limits.length > 0 && limits[0] > 3 * (high - limits[0]))
    low = Math.max(low, 0);
  if (input.max !== undefined) high = Math.min(high, input.max);
  const step = input.type === 'integer' ? 1 : nice((high - low) / 150);
  const round = (number, how) => Number((how(number / step) * step).toFixed(6));
  return {low: round(low, Math.ceil), high: round(high, Math.ceil), step, limits};
}

function answerOf(input, text) {
  if (text === '') return undefined;
  if (input.type === 'boolean') return text === 'true';
  if (input.type === 'integer') return Math.round(Number(text));
  if (input.type === 'quantity') return `${text} '${input.ucum}'`;
  return text;
}

// Groups of radio buttons need names of their own.
let made = 0;

function choices(words, input, {answer, value, change}) {
  const name = `choice-${made += 1}`;
  const recorded = answer === undefined ? words.code(input, value) : null;
  const option = (code, title) => {
    const chosen = answer !== undefined && String(answer) === code;
    return el(
        'label', {class: `choice${chosen ? ' chosen' : ''}${recorded === code ? ' recorded' : ''}`},
        el('input', {
          type: 'radio',
          name,
          value: code,
          checked: chosen || recorded === code,
          onchange: () => change(answerOf(input, code))
        }),
        el('span', {}, title));
  };
  return el(
      'div', {class: 'choices', role: 'radiogroup', 'aria-label': input.title},
      input.values.map((one) => option(one.code, words.shown(input, one.code))));
}

function select(words, input, {answer, value, change}) {
  const now = answer === undefined ? words.code(input, value) : String(answer);
  const known = input.values.some((one) => one.code === now);
  return el(
      'select',
      {'aria-label': input.title, onchange: (event) => change(answerOf(input, event.target.value))},
      !known && el('option', {value: '', selected: true}, t('value.unknown')),
      input.values.map(
          (one) =>
              el('option', {value: one.code, selected: one.code === now},
                 words.shown(input, one.code))));
}

function slider(words, input, {answer, value, change}) {
  const now = numberIn(answer === undefined ? value : answer);
  const {low, high, step, limits} = scaleOf(input, answer === undefined ? value : answer);
  const at = now === null ? (low + high) / 2 : now;
  const text = (number) => `${words.number(number)}${input.unit ? ` ${input.unit}` : ''}`;
  const shown = el(
      'output', {class: now === null ? 'soft' : ''}, now === null ? t('value.unknown') : text(now));
  const range = el('input', {
    type: 'range',
    min: low,
    max: high,
    step,
    'aria-label': input.title,
    'aria-valuetext': now === null ? t('value.unknown') : text(now),
    oninput: (event) => {
      shown.textContent = text(event.target.value);
      shown.className = '';
      event.target.setAttribute('aria-valuetext', text(event.target.value));
      change(answerOf(input, event.target.value), true);
    },
    onchange: (event) => change(answerOf(input, event.target.value)),
  });
  range.value = at;
  const place = (limit) => Math.round(((limit - low) / (high - low)) * 1000) / 10;
  return el(
      'div', {class: 'slider'}, range, shown,
      ticks(limits.filter((limit) => limit > low && limit < high)
                .map((limit) => ({at: place(limit), text: words.number(limit)}))));
}

// Drawn as SVG: a policy without inline styles leaves no other way to put them where they belong.
function ticks(marks) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('class', 'ticks');
  svg.setAttribute('aria-hidden', 'true');
  let last = -100;
  for (const mark of marks) {
    const line = document.createElementNS(space, 'line');
    for (const [name, value] of [
             ['x1', `${mark.at}%`], ['x2', `${mark.at}%`], ['y1', 0], ['y2', 5]])
      line.setAttribute(name, value);
    svg.append(line);
    if (mark.at - last < 8) continue;
    last = mark.at;
    const text = document.createElementNS(space, 'text');
    text.setAttribute('x', `${mark.at}%`);
    text.setAttribute('y', 16);
    text.textContent = mark.text;
    svg.append(text);
  }
  return svg;
}

function dateField(words, input, {answer, value, change}) {
  const now = answer === undefined ? value : answer;
  return el('input', {
    type: 'date',
    'aria-label': input.title,
    value: /^\d{4}-\d{2}-\d{2}$/.test(now || '') ? now : '',
    onchange: (event) => change(answerOf(input, event.target.value))
  });
}

/// A control for an input. It is given
///   value   that the outcome has now
///   answer  that the user gave, or undefined
///   change  to be called with a new answer, and with true while it is still being dragged
export function control(words, input, given) {
  if (input.values)
    return input.values.length <= 4 ? choices(words, input, given) : select(words, input, given);
  if (input.type === 'date') return dateField(words, input, given);
  return slider(words, input, given);
}
