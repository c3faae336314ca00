// The bar that all pages have: where one is, and in which language.

import {el, fill} from './dom.js';
import {keep, spoken, t} from './words.js';

/// Draws it; `change` is called with another language. `parts`: places of a long page, by the key
/// of their words.
export function drawSite(here, setup, change, parts = {}) {
  const bar = document.getElementById('site');
  const {root} = bar.dataset;
  const place = (key, href) =>
      el('a', {href, 'aria-current': key === here ? 'page' : null}, t(`site.${key}`));
  const choose = async (tag) => {
    keep(tag);
    await change(tag);
    document.getElementById(`language-${tag}`).focus();
  };
  bar.setAttribute('aria-label', t('site.pages'));
  fill(
      bar,
      el('span', {class: 'brand'},
         el('img', {src: `${root}console/icon.svg`, alt: '', width: 24, height: 24}), 'renalpath'),
      place('console', root), place('pathways', `${root}pathways`),
      Object.entries(parts).map(([key, href]) => el('a', {href, class: 'part'}, t(key))),
      el('span', {class: 'space'}),
      el('span', {class: 'languages', role: 'group', 'aria-label': t('site.language')},
         setup.languages.map(
             (tag) =>
                 el('button', {
                   type: 'button',
                   id: `language-${tag}`,
                   lang: tag,
                   class: 'small',
                   'aria-pressed': String(tag === spoken()),
                   onclick: () => choose(tag)
                 },
                    t(`language.${tag}`)))));
}
