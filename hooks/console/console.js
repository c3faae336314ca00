// The console: a patient, a call, the cards that come back, and why.

import {CallError, get, post, useToken} from './api.js';
import {CardView} from './card.js';
import {byId, el, fill, focusPlace} from './dom.js';
import {Inputs} from './inputs.js';
import {afterSuggestion, BadText, bodyOf, draftsOf, forHook, fromText, patientOf, titleOf} from './request.js';
import {drawSite} from './site.js';
import {drawQuestion} from './trace.js';
import {drawControls, drawDifference} from './whatif.js';
import {Why} from './why.js';
import {apply, count, day, preferred, speak, spoken, t} from './words.js';

const kOutcome = 'org.renalpath.outcome';
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

function drawQuestions(outcome, live) {
  const held = focusPlace(byId('questions'));
  if (live && byId('questions').contains(document.activeElement)) return;
  const asks = outcome ? outcome.ask.slice(0, 3) : [];
  fill(
      byId('questions'),
      asks.length > 0 &&
          el('section', {class: 'questions', 'aria-labelledby': 'questions-title'},
             el('h2', {id: 'questions-title'}, t('missing.questions')),
             asks.map((ask) => drawQuestion(state.words, outcome, ask, state.answers, change))));
  held();
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

// ---- everything

async function draw(live = false) {
  const outcome = outcomeOf(state.call);
  why.drawFoci(outcome);
  drawPatient();
  drawCards();
  drawQuestions(outcome, live);
  drawWhatIf(outcome, live);
  await why.draw(outcome, live);
}

const why = new Why(state, {change, choose: () => draw(), tell});

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
