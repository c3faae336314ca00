// Choosing a patient and a call, and the cards that come back.

import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';

import {answer, base, choose, done, open, overflow, settled, start, stop, tab, texts} from './page.mjs';

before(start);
after(stop);

const samples =
    readdirSync(process.env.SAMPLES).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
const read = (name) => JSON.parse(readFileSync(join(process.env.SAMPLES, `${name}.json`), 'utf8'));

async function asked(request) {
  const reply = await fetch(
      `${base}/cds-services/onc-kidney-2018-${request.hook}`,
      {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(request)});
  return reply.json();
}

test('every sample shows the cards that the server gives, in their words', async () => {
  const page = await open();
  assert.equal(await page.locator('#sample option').count(), samples.length);
  for (const name of samples) {
    await choose(page, name);
    const {cards} = await asked(read(name));
    assert.deepEqual(await texts(page, '#cards .card h3'), cards.map((card) => card.summary), name);
    for (const [i, card] of cards.entries()) {
      const node = page.locator('#cards .card').nth(i);
      assert.ok((await node.getAttribute('class')).includes(card.indicator), name);
      assert.equal(await node.locator('.suggestion > button').count(), (card.suggestions || []).length, name);
      assert.equal(await node.locator('.reason').count(), card.overrideReasons.length, name);
      assert.equal(await node.locator('.links a').count(), (card.links || []).length, name);
      const bold =
          [...card.detail.matchAll(/\*\*((?:\\.|[^\\])+?)\*\*/g)].map((found) => found[1].replace(/\\(.)/g, '$1'));
      assert.deepEqual(await node.locator('.detail strong').allTextContents(), bold, name);
      const items = card.detail.split('\n').filter((line) => line.startsWith('- ')).length;
      assert.equal(await node.locator('.detail li').count(), items, name);
    }
    if (cards.length === 0) assert.equal(await page.locator('#cards .notice').count(), 1, name);
  }
  await done(page);
});

test('nothing is wider than a phone', async () => {
  const page = await open({width: 360, height: 740});
  for (const name
           of ['small-peripheral-tumour.order-sign', 'bone-and-skin-metastases.patient-view',
               'metastatic-risk.patient-view']) {
    await choose(page, name);
    for (const one of ['way', 'inputs', 'tables', 'missing', 'raw']) {
      await tab(page, one);
      assert.ok(await overflow(page) <= 0, `${name} ${one}`);
    }
  }
  await done(page);
});

test('text of a record is never markup', async () => {
  const page = await open();
  const request = read('small-peripheral-tumour.order-sign');
  const nasty = '<img src=x onerror=alert(1)> **bold** [link](https://evil.example) `code`';
  request.prefetch.patient.name = [{given: ['<b>Per</b>'], family: nasty}];
  for (const entry of request.prefetch.conditions.entry) entry.resource.code.text = nasty;
  for (const draft of request.context.draftOrders.entry) draft.resource.code.text = nasty;
  await page.click('#paste summary');
  await page.fill('#pasted', JSON.stringify(request));
  await page.click('#use');
  await settled(page);
  for (const one of ['inputs', 'tables', 'missing', 'raw']) {
    await tab(page, one);
    assert.equal(await page.locator('main img').count(), 0);
    assert.equal(await page.locator('a[href*="evil"]').count(), 0);
  }
  assert.ok((await page.textContent('#patient')).includes('<b>Per</b> <img'));
  assert.equal(await page.locator('#cards .card').count(), 1);
  await done(page);
});

test('another client profile reads other cards', async () => {
  const page = await open();
  await choose(page, 'small-peripheral-tumour.order-sign');
  await page.selectOption('#profile', 'epic');
  await settled(page);
  assert.equal(await page.locator('.detail.plain').count(), 1);
  assert.equal(await page.locator('.links a').count(), 0);
  await page.selectOption('#profile', 'cds-hooks-1.0');
  await settled(page);
  assert.equal(await page.locator('#cards .card').count(), 1);
  assert.equal(await page.locator('.reason').count(), 0);
  await done(page);
});

test('another hook is asked with the same record', async () => {
  const page = await open();
  await choose(page, 'small-peripheral-tumour.order-sign');
  for (const hook
           of ['patient-view', 'encounter-start', 'appointment-book', 'problem-list-item-create', 'order-select']) {
    await page.selectOption('#hook', hook);
    await settled(page);
    assert.deepEqual(await texts(page, '#problem .problem'), [], hook);
    assert.ok(await page.locator('#cards .card').count() > 0, hook);
  }
  await page.selectOption('#hook', 'order-dispatch');
  await settled(page);
  assert.match(await page.textContent('#problem'), /orders that were placed/);
  await page.selectOption('#hook', 'order-sign');
  await settled(page);
  assert.deepEqual(await texts(page, '#problem .problem'), []);
  assert.equal(await page.locator('#cards .card.warning').count(), 1);
  await done(page);
});

test('the language changes everywhere and is kept', async () => {
  const page = await open();
  await choose(page, 'place-not-recorded.order-sign');
  await page.click('#language-nb');
  await settled(page);
  assert.equal(await page.getAttribute('html', 'lang'), 'nb');
  assert.equal(await page.textContent('#send'), 'Send');
  assert.equal(await page.textContent('#call-title'), 'Kall');
  assert.equal(await page.getAttribute('#cards .card', 'lang'), 'nb');
  assert.match(await page.textContent('#cards .card h3'), /avgjør ikke/);
  assert.match(await page.textContent('#questions'), /Åpne spørsmål/);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'language-nb');
  await page.reload();
  await settled(page);
  assert.equal(await page.textContent('#call-title'), 'Kall');
  await done(page);
  const norwegian = await open({language: 'nn-NO'});
  assert.equal(await norwegian.textContent('#call-title'), 'Kall');
  await done(norwegian);
});

const bundleOf = (request) => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: [
    {resource: request.prefetch.patient},
    ...Object.values(request.prefetch).flatMap((value) => (value && value.entry) || []),
    ...request.context.draftOrders.entry
  ].map(({resource}) => ({resource}))
});

test('a Bundle may be pasted, dropped or chosen as a file', async () => {
  const page = await open();
  await choose(page, 'small-peripheral-tumour.order-sign');
  const bundle = JSON.stringify(bundleOf(read('small-peripheral-tumour.order-sign')));
  await page.click('#paste summary');
  await page.fill('#pasted', bundle);
  await page.click('#use');
  await settled(page);
  assert.match(await page.textContent('#patient'), /Perifera Testesen.*Radical nephrectomy/s);
  assert.equal(await page.locator('#cards .card.warning').count(), 1);
  assert.equal(await page.inputValue('#sample'), '');

  await page.setInputFiles('#file', {
    name: 'one.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(read('both-kidneys.patient-view')))
  });
  await page.locator('#cards .card').nth(1).waitFor();
  await settled(page);
  assert.equal(await page.inputValue('#hook'), 'patient-view');

  const dropped = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'bundle.json', {type: 'application/json'}));
    return data;
  }, bundle);
  await page.dispatchEvent('#drop', 'drop', {dataTransfer: dropped});
  await page.locator('#patient >> text=Perifera').waitFor();
  await settled(page);
  await done(page);
});

test('what cannot be used says why', async () => {
  const page = await open();
  const patient = {resource: {resourceType: 'Patient', id: 'a'}};
  for (const [text, said] of [
           ['{', /no JSON/], ['{"a":1}', /neither a FHIR Bundle/], ['[]', /neither a FHIR Bundle/],
           ['{"resourceType":"Bundle","entry":[]}', /exactly one Patient/],
           [JSON.stringify({resourceType: 'Bundle', entry: [patient, patient]}), /exactly one Patient/]]) {
    await page.evaluate(() => {
      document.getElementById('paste').open = true;
    });
    await page.fill('#pasted', text);
    await page.click('#use');
    assert.match(await page.textContent('#problem'), said);
  }
  await page.fill(
      '#pasted',
      JSON.stringify({hook: 'patient-view', context: {userId: 'Practitioner/1', patientId: 'a'}, prefetch: {}}));
  await page.click('#use');
  await settled(page);
  assert.match(await page.textContent('#problem'), /answers 412/);
  assert.equal(await page.locator('#cards .card').count(), 0);
  // Chromium itself logs an answer with that status.
  assert.deepEqual(page.wrong.filter((one) => !/status of 412/.test(one)), []);
});

test('the raw exchange can be copied, and its curl gives the same cards', async () => {
  const page = await open();
  await choose(page, 'small-peripheral-tumour.order-sign');
  const shown = await answer(page);
  await page.click('#copy-curl');
  await page.locator('#copy-curl >> text=Copied').waitFor();
  const curl = await page.evaluate(() => navigator.clipboard.readText());
  const again =
      JSON.parse(execFileSync('bash', ['-c', curl], {encoding: 'utf8', env: {...process.env, no_proxy: '127.0.0.1'}}));
  const plain = (one) => one.cards.map(({summary, detail, indicator}) => ({summary, detail, indicator}));
  assert.deepEqual(plain(again), plain(shown));
  await done(page);
});

test('everything can be done with the keyboard alone', async () => {
  const page = await open();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  await page.focus('#sample');
  const first = await page.textContent('#cards .card h3');
  await page.keyboard.press('End');
  await settled(page);
  assert.notEqual((await texts(page, '#cards .card h3'))[0], first);
  await choose(page, 'small-peripheral-tumour.order-sign');
  await page.focus('#tab-way');
  for (const name of ['inputs', 'tables', 'missing', 'raw', 'way']) {
    await page.keyboard.press('ArrowRight');
    await settled(page);
    assert.equal(await page.evaluate(() => document.activeElement.id), `tab-${name}`);
    assert.equal(await page.getAttribute(`#tab-${name}`, 'aria-selected'), 'true');
  }
  await page.focus('.override summary');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  assert.ok(await page.isChecked('.reason input >> nth=0'));
  await page.focus('.override button');
  await page.keyboard.press('Enter');
  await page.locator('.state .told').waitFor();
  await done(page);
});
