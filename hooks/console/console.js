// The console: a patient, a call, the cards that come back, and why.

import {address, CallError, get, post, useToken} from './api.js';
import {CardView} from './card.js';
import {byId, el, fill, moveWithArrows} from './dom.js';
import {Inputs} from './inputs.js';
import {drawWay} from './picture.js';
import {drawRaw} from './raw.js';
import {afterSuggestion, BadText, bodyOf, draftsOf, forHook, fromText, patientOf, titleOf} from './request.js';
import {drawSite} from './site.js';
import {drawGrounds, drawInputs, drawMissing, drawQuestion, drawTables} from './trace.js';
import {drawControls, drawDifference} from './whatif.js';
import {apply, count, day, preferred, speak, spoken, t} from './words.js';

const kOutcome = 'org.renalpath.outcome';
const kTabs = ['way', 'inputs', 'tables', 'missing', 'raw'];
// A slider asks again at most this often, in ms, while it is dragged.
const kPause = 60;

const state = {
  setup: null,
  words: null,
  services: [],
  request: null,  // as chosen, pasted, or changed by accepted suggestions
  answers: {},    // of what-if and of questions
  call: null,     // the last one: path, request, language, answer
  before: null,   // outcome without answers
  chosen: '',     // the thing that the trace is about
  tab: 'way',
  wayOnly: true,
};

const outcomeOf = (call) => (call && call.answer.body.extension || {})[kOutcome] || null;
const prefix = () =>
    (byId('profile').value === state.setup.profile ? '' : `${byId('profile').value}/`);

/// Whether the page still waits for something; screen readers and tests wait along.
function busy(on) {
  byId('page').setAttribute('aria-busy', String(on));
}

function complain(text) {
  fill(byId('problem'), text && el('p', {class: 'problem'}, text));
}

function tell(error) {
  if (error instanceof BadText)
    complain(t(error.message));
  else if (error instanceof CallError)
    complain(t('problem.status', {status: error.status, reason: error.message}));
  else
    complain(t('problem.noAnswer', {reason: error.message}));
}

// ---- the call

function drawChoices() {
  const {setup} = state;
  const title = (sample) =>
      ((sample.titles || {})[spoken()] || (sample.titles || {}).en || {}).title || sample.name;
  const chosen = byId('sample').value;
  fill(
      byId('sample'), setup.samples.length === 0 && el('option', {value: ''}, t('call.noSamples')),
      state.request && chosen === '' && setup.samples.length > 0 &&
          el('option', {value: '', selected: true}, t('call.pasted')),
      setup.samples.map(
          (sample) =>
              el('option', {value: sample.name, selected: sample.name === chosen}, title(sample))));
  const profile = byId('profile').value || setup.profile;
  fill(
      byId('profile'),
      setup.profiles.map(
          (one) => el('option', {value: one.name, selected: one.name === profile}, one.title)));
  byId('token-field').hidden = !setup.tokens;
  drawAbout();
}

function drawAbout() {
  const sample = state.setup.samples.find((one) => one.name === byId('sample').value);
  const titles = (sample || {}).titles || {};
  fill(byId('about'), ((titles[spoken()] || titles.en || {}).about || ''));
}

function drawHooks() {
  const hook = byId('hook').value || (state.request || {}).hook;
  fill(
      byId('hook'),
      state.services.map(
          (one) => el('option', {value: one.hook, selected: one.hook === hook}, one.hook)));
}

async function discover() {
  try {
    const found = await get(`${prefix()}cds-services`, spoken());
    state.services = found.services;
  } catch (error) {
    state.services = [];
    tell(error);
  }
  drawHooks();
}

function take(request) {
  state.request = request;
  state.answers = {};
  state.before = null;
  state.chosen = '';
  if (state.services.some((one) => one.hook === request.hook)) byId('hook').value = request.hook;
}

async function takeSample() {
  const name = byId('sample').value;
  drawAbout();
  if (!name) return busy(false);
  busy(true);
  try {
    take(await get(`console/samples/${encodeURIComponent(name)}`));
    await send();
  } catch (error) {
    busy(false);
    tell(error);
  }
  return undefined;
}

function takeText(text) {
  try {
    take(fromText(text, byId('hook').value || 'patient-view'));
    byId('sample').value = '';
    drawChoices();
    byId('sample').value = '';
    send();
  } catch (error) {
    tell(error);
  }
}

let under = null;

/// Sends the call as it stands now; `live`: while something is being dragged.
async function send(live = false) {
  const service = state.services.find((one) => one.hook === byId('hook').value);
  if (!state.request || !service) {
    busy(false);
    return complain(t('problem.nothing'));
  }
  busy(true);
  if (under) under.abort();
  under = new AbortController();
  const {signal} = under;
  const path = `${prefix()}cds-services/${service.id}`;
  try {
    const profile = state.setup.profiles.find((one) => one.name === byId('profile').value);
    const request = bodyOf(forHook(state.request, service.hook), state.answers, profile.outcome);
    const answer = await post(path, request, spoken(), signal);
    state.call = {path, request, answer, language: spoken()};
    complain(answer.ok ? '' : t('problem.status', {status: answer.status, reason: answer.problem}));
  } catch (error) {
    if (signal.aborted) return undefined;  // the next call is under way
    busy(false);
    tell(error);
    return undefined;
  }
  if (signal.aborted) return undefined;
  await draw(live);
  if (!signal.aborted) busy(false);
  return undefined;
}

// ---- the answer

function drawPatient() {
  const patient = patientOf(state.request) || {};
  const name = (patient.name || [])[0] || {};
  const full = [...(name.given || []), name.family].filter((part) => part).join(' ') || name.text ||
      t('patient.unnamed');
  const facts = [
    patient.birthDate && t('patient.born', {day: day(patient.birthDate)}),
    patient.gender && t(`patient.${patient.gender}`),
    patient.deceasedDateTime && t('patient.deceased', {day: day(patient.deceasedDateTime)})
  ];
  const hook = byId('hook').value;
  const drafts = /^order-s/.test(hook) ? draftsOf(forHook(state.request, hook)) : [];
  fill(
      byId('patient'),
      el('div', {class: 'banner'}, el('b', {}, full),
         el('span', {}, facts.filter((one) => one).join(' · ')),
         el('code', {}, state.request.context.patientId)),
      /^order-s/.test(hook) &&
          el('div', {class: 'drafts'}, el('p', {class: 'label'}, t('patient.drafts')),
             drafts.length > 0 ?
                 el('ul', {},
                    drafts.map(
                        (one) =>
                            el('li', {}, titleOf(one),
                               el('code', {}, `${one.resourceType}/${one.id || ''}`)))) :
                 el('p', {class: 'soft'}, t('patient.noDrafts'))));
}

function drawCards() {
  const {call} = state;
  const outcome = outcomeOf(call);
  const cards = (call.answer.ok && call.answer.body.cards) || [];
  const session = {
    language: call.answer.language || spoken(),
    feedback: (item) => post(`${call.path}/feedback`, item, spoken()),
    accepted: (suggestion) => {
      state.request = afterSuggestion(forHook(state.request, byId('hook').value), suggestion);
      drawPatient();
      return Boolean(state.request.context.draftOrders);
    },
    again: async () => {
      await send();
      byId('cards').focus();
    },
  };
  const none = outcome && outcome.outcome === 'not-applicable' ?
      t('answer.gate', {gate: state.setup.pathway.gate[outcome.gate] || outcome.gate}) :
      t('answer.none');
  fill(
      byId('cards'), cards.map((card, i) => new CardView(card, i + 1, session).node),
      call.answer.ok && cards.length === 0 && el('p', {class: 'notice'}, none));
  fill(byId('sent'), t('call.sent', {
         status: call.answer.status,
         cards: count('cards', cards.length),
         ms: call.answer.took.toFixed(0)
       }));
}

function drawQuestions(outcome) {
  const asks = outcome ? outcome.ask.slice(0, 3) : [];
  fill(
      byId('questions'),
      asks.length > 0 &&
          el('section', {class: 'questions', 'aria-labelledby': 'questions-title'},
             el('h2', {id: 'questions-title'}, t('missing.questions')),
             asks.map((ask) => drawQuestion(state.words, outcome, ask, state.answers, change))));
}

let timer = null;

/// Takes an answer of the user, or takes it back, and calls again.
function change(key, answer, live = false) {
  if (answer === undefined)
    delete state.answers[key];
  else
    state.answers[key] = answer;
  busy(true);
  clearTimeout(timer);
  timer = setTimeout(() => send(live), live ? kPause : 0);
}

function drawWhatIf(outcome, live) {
  byId('what-if').hidden = !outcome;
  if (!outcome) return;
  const answered = Object.keys(state.answers).length > 0;
  if (!answered) state.before = outcome;
  byId('reset').hidden = !answered;
  fill(
      byId('difference'),
      answered && state.before && drawDifference(state.setup.pathway, state.before, outcome));
  if (live) return;  // what is being dragged stays in the hand
  const more = byId('more-inputs');
  const held = focusPlace(byId('controls'));
  fill(
      byId('controls'),
      drawControls(
          state.words, outcome, state.chosen, state.answers, change, more !== null && more.open));
  held();
}

/// Remembers which control of a part has the focus; the function gives it back after a redraw.
function focusPlace(part) {
  const active = document.activeElement;
  const holder = part.contains(active) && active.closest('[data-input]');
  if (!holder) return () => {};
  const {input} = holder.dataset;
  const value = active.type === 'radio' ? `[value="${CSS.escape(active.value)}"]` : '';
  const tag = active.localName;
  return () => {
    const again = part.querySelector(`[data-input="${CSS.escape(input)}"] ${tag}${value}`) ||
        part.querySelector(`[data-input="${CSS.escape(input)}"] input`);
    if (again) again.focus({preventScroll: true});
  };
}

// ---- the trace

function drawFoci(outcome) {
  const foci = outcome.trace.foci || [];
  if (!foci.some((one) => one.key === state.chosen))
    state.chosen = foci.length > 0 ? foci[0].key : '';
  const choose = (key) => {
    state.chosen = key;
    draw();
  };
  fill(
      byId('foci'),
      foci.length > 1 &&
          el('label', {class: 'field inline'}, el('span', {}, t('trace.focus')),
             el('select', {id: 'focus', onchange: (event) => choose(event.target.value)},
                foci.map(
                    (one) =>
                        el('option', {value: one.key, selected: one.key === state.chosen},
                           state.words.focusTitle(one))))));
}

function drawTabs() {
  const list = byId('tabs');
  fill(
      list,
      kTabs.map(
          (name) =>
              el('button', {
                type: 'button',
                role: 'tab',
                id: `tab-${name}`,
                'aria-controls': 'view',
                'aria-selected': String(name === state.tab),
                tabindex: name === state.tab ? '0' : '-1',
                onclick: () => showTab(name)
              },
                 t(`tab.${name}`))));
  byId('view').setAttribute('aria-labelledby', `tab-${state.tab}`);
}

function showTab(name) {
  state.tab = name;
  const held = byId('tabs').contains(document.activeElement);
  drawTabs();
  if (held) byId(`tab-${name}`).focus();
  drawView();
}

async function drawPicture(outcome) {
  const view = byId('view');
  if (outcome.gate)
    return fill(view, drawTables(state.words, state.setup.pathway, outcome, state.chosen));
  const svg = await drawWay(
      state.setup.pathway, outcome, state.chosen, state.wayOnly, Math.round(view.clientWidth));
  if (state.tab !== 'way') return undefined;
  const toggle =
      el('label', {class: 'check'}, el('input', {
           type: 'checkbox',
           id: 'way-only',
           checked: state.wayOnly,
           onchange: (event) => {
             state.wayOnly = event.target.checked;
             drawView();
           }
         }),
         ' ', t('way.only'));
  const held = document.activeElement && document.activeElement.id === 'way-only';
  fill(
      view,
      el('div', {class: 'bar'}, toggle,
         el('a', {href: address(`pathways/${state.setup.pathway.id}`)}, t('way.review'))),
      el('div', {class: 'drawing', tabindex: '0', role: 'group', 'aria-label': t('tab.way')}, svg),
      drawGrounds(state.words, state.setup.pathway, outcome, state.chosen));
  if (held) byId('way-only').focus();
  return undefined;
}

async function drawView() {
  const {call, setup, words} = state;
  const outcome = outcomeOf(call);
  const view = byId('view');
  if (state.tab === 'raw') return fill(view, drawRaw(call));
  if (!outcome)
    return fill(
        view, el('p', {class: 'notice'}, t(call.answer.ok ? 'trace.notAllowed' : 'trace.none')));
  switch (state.tab) {
    case 'inputs':
      return fill(view, drawInputs(words, outcome, state.chosen));
    case 'tables':
      return fill(view, drawTables(words, setup.pathway, outcome, state.chosen));
    case 'missing':
      return fill(view, drawMissing(words, setup.pathway, outcome, state.answers, change));
    default:
      return drawPicture(outcome).catch(tell);
  }
}

async function draw(live = false) {
  const outcome = outcomeOf(state.call);
  byId('trace').hidden = false;
  if (outcome)
    drawFoci(outcome);
  else
    fill(byId('foci'));
  drawPatient();
  drawCards();
  drawQuestions(outcome);
  drawWhatIf(outcome, live);
  drawTabs();
  await drawView();
}

// ---- the page

async function settle(tag) {
  await speak(tag);
  state.setup = await get('console/setup', tag);
  state.words = new Inputs(state.setup.pathway);
  document.title = `renalpath – ${state.setup.pathway.title}`;
  apply();
  drawSite('console', state.setup, changeLanguage);
  drawChoices();
}

async function changeLanguage(tag) {
  busy(true);
  await settle(tag);
  await discover();
  state.before = null;
  await send();
}

function listen() {
  byId('call-form').addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  });
  byId('sample').addEventListener('change', takeSample);
  byId('profile').addEventListener('change', async () => {
    busy(true);
    await discover();
    await send();
  });
  byId('hook').addEventListener('change', () => send());
  byId('token').addEventListener('change', async (event) => {
    useToken(event.target.value);
    if (state.services.length === 0) await discover();
  });
  byId('use').addEventListener('click', () => takeText(byId('pasted').value));
  byId('file').addEventListener('change', async (event) => {
    if (event.target.files.length > 0) takeText(await event.target.files[0].text());
    event.target.value = '';
  });
  byId('reset').addEventListener('click', () => {
    state.answers = {};
    byId('what-if-title').focus();
    send();
  });
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    byId('paste').open = true;
  });
  document.addEventListener('drop', async (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    takeText(file ? await file.text() : event.dataTransfer.getData('text/plain'));
  });
  moveWithArrows(byId('tabs'), () => [...byId('tabs').children], (tab) => showTab(tab.id.slice(4)));
}

async function begin() {
  listen();
  const offered = (await get('console/setup')).languages;
  await settle(preferred(offered));
  await discover();
  await takeSample();
}

begin().catch((error) => {
  busy(false);
  tell(error);
});
