// The part of the page that says why: tabs over the trace of the last call.

import {address} from './api.js';
import {byId, el, fill, focusPlace, moveWithArrows} from './dom.js';
import {drawWay} from './picture.js';
import {drawRaw} from './raw.js';
import {drawGrounds, drawInputs, drawMissing, drawTables} from './trace.js';
import {t} from './words.js';

const kTabs = ['way', 'inputs', 'tables', 'missing', 'raw'];

/// Draws what `state` holds: setup, words, call, answers, and the thing that the trace is about
/// (`chosen`, which it keeps). It is told
///   change  what to do with an answer of the user
///   choose  what to do when another thing is chosen
///   tell    what to do with a problem
export class Why {
  constructor(state, {change, choose, tell}) {
    this.state = state;
    this.change = change;
    this.choose = choose;
    this.tell = tell;
    this.tab = 'way';
    this.wayOnly = true;
    moveWithArrows(
        byId('tabs'), () => [...byId('tabs').children], (tab) => this.show(tab.id.slice(4)));
  }

  /// `live`: something is being dragged, perhaps in here, and stays in the hand.
  async draw(outcome, live) {
    this.outcome = outcome;
    byId('trace').hidden = false;
    this.drawTabs();
    if (live && this.tab === 'missing') return;
    const held = focusPlace(byId('view'));
    await this.drawView();
    held();
  }

  /// Settles which thing the trace is about, and offers the others.
  drawFoci(outcome) {
    const foci = outcome ? outcome.trace.foci || [] : [];
    const {state} = this;
    if (!foci.some((one) => one.key === state.chosen)) {
      state.chosen = foci.length > 0 ? foci[0].key : '';
    }
    const options = foci.map(
        (one) =>
            el('option', {value: one.key, selected: one.key === state.chosen},
               state.words.focusTitle(one)));
    const choose = (event) => {
      state.chosen = event.target.value;
      this.choose();
    };
    fill(
        byId('foci'),
        foci.length > 1 &&
            el('label', {class: 'field inline'}, el('span', {}, t('trace.focus')),
               el('select', {id: 'focus', onchange: choose}, options)));
  }

  drawTabs() {
    fill(
        byId('tabs'),
        kTabs.map(
            (name) =>
                el('button', {
                  type: 'button',
                  role: 'tab',
                  id: `tab-${name}`,
                  'aria-controls': 'view',
                  'aria-selected': String(name === this.tab),
                  tabindex: name === this.tab ? '0' : '-1',
                  onclick: () => this.show(name)
                },
                   t(`tab.${name}`))));
    byId('view').setAttribute('aria-labelledby', `tab-${this.tab}`);
  }

  show(name) {
    this.tab = name;
    const held = byId('tabs').contains(document.activeElement);
    this.drawTabs();
    if (held) byId(`tab-${name}`).focus();
    this.drawView();
  }

  async drawView() {
    const {outcome} = this;
    const {call, setup, words, chosen, answers} = this.state;
    const view = byId('view');
    if (this.tab === 'raw') return fill(view, drawRaw(call));
    if (!outcome) {
      const why = call.answer.ok ? 'trace.notAllowed' : 'trace.none';
      return fill(view, el('p', {class: 'notice'}, t(why)));
    }
    switch (this.tab) {
      case 'inputs':
        return fill(view, drawInputs(words, outcome, chosen));
      case 'tables':
        return fill(view, drawTables(words, setup.pathway, outcome, chosen));
      case 'missing':
        return fill(view, drawMissing(words, setup.pathway, outcome, answers, this.change));
      default:
        return this.drawPicture().catch(this.tell);
    }
  }

  async drawPicture() {
    const {outcome} = this;
    const {setup, words, chosen} = this.state;
    const view = byId('view');
    if (outcome.gate) return fill(view, drawTables(words, setup.pathway, outcome, chosen));
    const width = Math.round(view.clientWidth);
    const svg = await drawWay(setup.pathway, outcome, chosen, this.wayOnly, width);
    if (this.tab !== 'way' || outcome !== this.outcome) return undefined;
    const held = document.activeElement && document.activeElement.id === 'way-only';
    fill(
        view,
        el('div', {class: 'bar'}, this.wayToggle(),
           el('a', {href: address(`pathways/${setup.pathway.id}`)}, t('way.review'))),
        el('div', {class: 'drawing', tabindex: '0', role: 'group', 'aria-label': t('tab.way')},
           svg),
        drawGrounds(words, setup.pathway, outcome, chosen));
    if (held) byId('way-only').focus();
    return undefined;
  }

  wayToggle() {
    const toggle = (event) => {
      this.wayOnly = event.target.checked;
      this.drawView();
    };
    const box = {type: 'checkbox', id: 'way-only', checked: this.wayOnly, onchange: toggle};
    return el('label', {class: 'check'}, el('input', box), ' ', t('way.only'));
  }
}
