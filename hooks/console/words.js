// The words of the pages: one catalogue a language, and the choice between them.

import {get} from './api.js';

const kKept = 'renalpath.language';
let words = {};
let language = 'en';

/// The language that the reader chose before, else the browser's, as far as it is offered.
export function preferred(offered) {
  const wishes = [localStorage.getItem(kKept), ...navigator.languages];
  for (const wish of wishes) {
    const tag = (wish || '').split('-')[0].replace(/^n[on]$/, 'nb');
    if (offered.includes(tag)) return tag;
  }
  return offered[0];
}

export async function speak(tag) {
  words = await get(`console/console.${tag}.json`);
  language = tag;
  document.documentElement.lang = tag;
}

export function keep(tag) {
  localStorage.setItem(kKept, tag);
}

export const spoken = () => language;

/// The words of a key, with {names} put in; the key itself where there are none.
export function t(key, values = {}) {
  const text = words[key] === undefined ? key : words[key];
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

/// The words of a count: key.one or key.other.
export function count(key, number) {
  return t(`${key}.${number === 1 ? 'one' : 'other'}`, {number});
}

export const has = (key) => words[key] !== undefined;

/// Puts words into the elements that name a key, and into the attributes of those that do.
export function apply(root = document) {
  for (const node of root.querySelectorAll('[data-word]')) node.textContent = t(node.dataset.word);
  for (const node of root.querySelectorAll('[data-label]')) {
    node.setAttribute('aria-label', t(node.dataset.label));
  }
  for (const node of root.querySelectorAll('[data-hint]')) {
    node.setAttribute('placeholder', t(node.dataset.hint));
  }
}

/// A recorded time as people read it; what is no time stays as it is.
export function day(text) {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(text || '');
  if (!found) return text || '';
  const date = new Date(Date.UTC(+found[1], +found[2] - 1, +found[3]));
  return new Intl
      .DateTimeFormat(language === 'nb' ? 'nb-NO' : 'en-GB', {dateStyle: 'medium', timeZone: 'UTC'})
      .format(date);
}

export function moment(text) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  return new Intl
      .DateTimeFormat(
          language === 'nb' ? 'nb-NO' : 'en-GB', {dateStyle: 'medium', timeStyle: 'medium'})
      .format(date);
}
