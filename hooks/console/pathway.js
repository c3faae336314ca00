// Around the review document: which versions answered on this server, and what became of the cards.

import {CallError, get} from './api.js';
import {byId, el, fill} from './dom.js';
import {drawSite} from './site.js';
import {moment, preferred, speak, t} from './words.js';

function table(heads, rows) {
  return el(
      'div', {class: 'wide', tabindex: '0'},
      el('table', {class: 'plain'},
         el('thead', {}, el('tr', {}, heads.map((head) => el('th', {scope: 'col'}, t(head))))),
         el('tbody', {}, rows)));
}

// The document is long: what stands below it is reached from above.
const kParts = {
  'history.title': '#history',
  'measures.title': '#measures'
};

const row = (first, ...rest) =>
    el('tr', {}, el('th', {scope: 'row'}, first), rest.map((cell) => el('td', {}, cell)));

function drawHistory(versions, hash) {
  if (versions.length === 0) return el('p', {class: 'note'}, t('history.none'));
  return table(
      [
        'history.version', 'history.hash', 'history.first', 'history.last', 'history.calls',
        'history.cards'
      ],
      versions.map(
          (one) => row(
              [
                one.version,
                one.hash === hash && [' ', el('span', {class: 'mark preferred'}, t('history.now'))]
              ],
              el('code', {}, one.hash.slice(0, 19)), moment(one.first), moment(one.last), one.calls,
              one.cards)));
}

function drawMeasures(measures) {
  if (measures.measures.length === 0) return el('p', {class: 'note'}, t('measures.none'));
  return table(
      [
        'measures.rule', 'measures.service', 'measures.shown', 'measures.accepted',
        'measures.overridden', 'measures.without'
      ],
      measures.measures.map(
          (one) =>
              row(one.rule, el('code', {}, one.service), one.shown, one.accepted, one.overridden,
                  one.withoutFeedback)));
}

/// Fills a section with what a call brings, or with why it does not.
async function fillSection(id, key, ask, draw) {
  const section = byId(id);
  section.hidden = false;
  const problem = (error) =>
      el('p', {class: 'warning'},
         error instanceof CallError && error.status === 401 ? t('measures.token') : error.message);
  fill(section, el('h2', {}, t(key)), await ask().then(draw).catch(problem));
}

async function settle(tag) {
  await speak(tag);
  document.documentElement.lang = 'en';  // the document itself has one language
  const setup = await get('console/setup', tag);
  drawSite('pathways', setup, settle, kParts);
  for (const id of ['site', 'history', 'measures']) byId(id).lang = tag;
  const {hash, url} = setup.pathway;
  await fillSection(
      'history', 'history.title', () => get('console/history'),
      (found) => drawHistory(found.versions.filter((one) => one.url === url), hash));
  await fillSection('measures', 'measures.title', () => get('measures'), drawMeasures);
}

get('console/setup').then((setup) => settle(preferred(setup.languages)));
