// The pathways that the server answers with.

import {address, get} from './api.js';
import {byId, el, fill} from './dom.js';
import {drawSite} from './site.js';
import {apply, day, preferred, speak, t} from './words.js';

function draw(pathway) {
  const fact = (key, value) => value && [el('dt', {}, t(`pathways.${key}`)), el('dd', {}, value)];
  return el(
      'article', {class: 'panel'},
      el('h2', {}, el('a', {href: address(`pathways/${pathway.id}`)}, pathway.title)),
      el('p', {}, pathway.description),
      el('dl', {class: 'facts'}, fact('version', pathway.version), fact('status', pathway.status),
         fact('date', day(pathway.date)), fact('publisher', pathway.publisher),
         fact('hash', el('code', {}, pathway.hash))),
      el('p', {}, el('a', {href: address(`pathways/${pathway.id}`)}, t('pathways.open'))));
}

async function settle(tag) {
  await speak(tag);
  const setup = await get('console/setup', tag);
  apply();
  document.title = `renalpath – ${t('site.pathways')}`;
  drawSite('pathways', setup, settle);
  fill(byId('list'), draw(setup.pathway));
}

get('console/setup').then((setup) => settle(preferred(setup.languages))).catch((error) => {
  byId('problem').hidden = false;
  fill(byId('problem'), error.message);
});
