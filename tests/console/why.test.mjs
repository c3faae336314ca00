// The trace beside the cards, and what if.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {answer, choose, done, open, settled, start, stop, tab, texts} from './page.mjs';

before(start);
after(stop);

const control = (page, key) => page.locator(`#controls [data-input^="${key}"]`).first();

test('data stand with their values and where they come from', async () => {
  const page = await open();
  await choose(page, 'place-not-recorded.order-sign');
  await tab(page, 'inputs');
  const row = (title) => page.locator('.inputs > div', {hasText: title}).first();
  const size = await row('Largest diameter of the tumour').textContent();
  assert.match(size, /4\.2 cm/);
  assert.match(size, /Observation\/place-size/);
  assert.match(size, /18 Feb 2026/);
  assert.match(await row('Tumour centrally located').textContent(), /not recorded/);
  await choose(page, 'two-cts-disagree.patient-view');
  const both = await row('Largest diameter of the tumour').textContent();
  assert.match(both, /contradictory/);
  assert.match(both, /7\.3 cm/);
  assert.match(both, /6\.8 cm/);
  await done(page);
});

test('tables show the row that decides', async () => {
  const page = await open();
  await choose(page, 'small-peripheral-tumour.order-sign');
  await tab(page, 'tables');
  const {extension} = await answer(page);
  const outcome = extension['org.renalpath.outcome'];
  await tab(page, 'tables');
  const holds = outcome.trace.tables.flatMap((table) => table.holds || []);
  assert.deepEqual(await texts(page, '.rule.decides .head b'), holds);
  assert.ok(holds.includes('ONC-05'));
  const cells = page.locator('.rule.decides', {hasText: 'ONC-05'}).locator('.cell');
  assert.deepEqual(
      await cells.evaluateAll((all) => all.map((one) => one.classList.contains('yes'))),
      Array(await cells.count()).fill(true));
  await done(page);
});

test('the picture shows the way of this patient', async () => {
  for (const width of [360, 1440]) {
    const page = await open({width});
    await choose(page, 'small-peripheral-tumour.order-sign');
    const rows = page.locator('.pathway-picture .row');
    assert.ok(await page.locator('.pathway-picture .row.true', {hasText: 'ONC-05'}).count() === 1);
    assert.equal(await page.locator('.pathway-picture .row.off').count(), 0);
    // Below it stands what it rests on.
    assert.match(
        await page.locator('#view .inputs > div', {hasText: 'Largest diameter of the tumour'}).textContent(),
        /3 cm.*Observation\/peripheral-size/);
    assert.match(await page.textContent('#view ul.plain'), /> 7 cm → ONC-07/);
    const few = await rows.count();
    await page.click('#way-only');
    await page.locator('.pathway-picture .row.off').first().waitFor({state: 'attached'});
    assert.ok(await rows.count() > few);
    await done(page);
  }
});

test('a gate says why there is no way', async () => {
  const page = await open();
  await choose(page, 'deceased.order-sign');
  assert.match(await page.textContent('#view'), /Stopped before any rule \(deceased\)/);
  assert.match(await page.textContent('#cards'), /No card/);
  await done(page);
});

test('with two kidneys the trace is about the chosen one', async () => {
  const page = await open();
  await choose(page, 'both-kidneys.patient-view');
  await tab(page, 'inputs');
  const sizeOf = async () => page.locator('.inputs > div', {hasText: 'Largest diameter of the tumour'})
                                 .first()
                                 .locator('.value')
                                 .textContent();
  const seen = [];
  for (const key of await page.locator('#focus option').evaluateAll((all) => all.map((one) => one.value))) {
    await page.selectOption('#focus', key);
    await settled(page);
    seen.push([key, await sizeOf()]);
  }
  assert.deepEqual(Object.fromEntries(seen), {left: '3 cm', right: '8.1 cm'});
  await page.selectOption('#focus', 'right');
  await control(page, 'tumour_size_cm@right').locator('input[type="range"]').focus();
  await page.keyboard.press('Home');
  await settled(page);
  const {extension} = await answer(page);
  const {inputs} = extension['org.renalpath.outcome'];
  assert.equal(inputs['tumour_size_cm@left'].state, 'known');
  assert.equal(inputs['tumour_size_cm@right'].state, 'asserted');
  await done(page);
});

test('what is missing, and how the data came', async () => {
  const page = await open();
  await choose(page, 'place-not-recorded.order-sign');
  await tab(page, 'missing');
  const view = await page.textContent('#view');
  assert.match(view, /Is the tumour centrally located\?/);
  assert.match(view, /Would change the advice/);
  assert.match(view, /> 7 cm → ONC-07/);
  assert.ok((await texts(page, '#view table.data .badge')).includes('not delivered'));
  await done(page);
});

test('a slider changes cards, way and difference at once, and nothing else', async () => {
  for (const width of [360, 1440]) {
    const page = await open({width});
    await choose(page, 'peripheral-tumour.patient-view');
    const before = await page.textContent('#cards .card h3');
    const range = control(page, 'tumour_size_cm').locator('input[type="range"]');
    assert.equal(await range.inputValue(), '5.2');
    await range.focus();
    for (let i = 0; i < 20; ++i) await page.keyboard.press('ArrowRight');
    await settled(page);
    assert.equal(await range.inputValue(), '7.2');
    assert.notEqual(await page.textContent('#cards .card h3'), before);
    assert.match(await page.textContent('#difference'), /radical nephrectomy.*ONC-07/is);
    assert.match(await page.textContent('.pathway-picture'), /ONC-07/);
    // The focus stays where the hand is.
    assert.equal(await page.evaluate(() => document.activeElement.type), 'range');
    await page.click('#reset');
    await settled(page);
    assert.equal(await page.textContent('#cards .card h3'), before);
    assert.equal(await page.textContent('#difference'), '');
    await done(page);
  }
});

test('a slider can be dragged', async () => {
  const page = await open();
  await choose(page, 'peripheral-tumour.patient-view');
  const before = await page.textContent('#cards .card h3');
  const range = control(page, 'tumour_size_cm').locator('input[type="range"]');
  await range.scrollIntoViewIfNeeded();
  const box = await range.boundingBox();
  await page.mouse.move(box.x + box.width * 0.55, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.97, box.y + box.height / 2, {steps: 8});
  await page.locator('#difference', {hasText: 'ONC-07'}).waitFor();  // while it is still held
  await settled(page);
  assert.notEqual(await page.textContent('#cards .card h3'), before);
  await page.mouse.up();
  await settled(page);
  assert.match(await page.textContent('#difference'), /ONC-07/);
  await done(page);
});

test('location, condition and spread can be changed', async () => {
  const page = await open();
  await choose(page, 'peripheral-tumour.patient-view');
  const pick = async (key, value) => {
    if (await page.locator('#more-inputs').count() > 0)
      await page.evaluate(() => {
        document.getElementById('more-inputs').open = true;
      });
    await control(page, key).locator(`label:has(input[value="${value}"])`).click();
    await settled(page);
  };
  const rules = async () => {
    const {extension} = await answer(page);
    return extension['org.renalpath.outcome']
        .recommendations.filter((one) => one.determination === 'recommended')
        .map((one) => one.rule);
  };
  await pick('central', 'yes');
  assert.ok((await rules()).includes('ONC-08'));
  await pick('central', 'no');
  assert.ok((await rules()).includes('ONC-05'));
  await pick('m_status', 'M1');
  assert.ok((await rules()).includes('ONC-03'));
  await pick('general_condition', 'reduced');
  const reduced = await rules();
  await pick('general_condition', 'good');
  assert.notDeepEqual(await rules(), reduced);
  await done(page);
});

test('a question is answered where it stands', async () => {
  const page = await open();
  await choose(page, 'place-not-recorded.order-sign');
  assert.equal(await page.locator('#questions .question').count(), 1);
  await page.click('#questions label:has(input[value="no"])');
  await settled(page);
  assert.equal(await page.locator('#questions .question').count(), 0);
  assert.equal(await page.locator('#cards .card').count(), 0);  // the drafted resection fits now
  assert.match(await page.textContent('#difference'), /partial nephrectomy/i);
  await done(page);
});

test('a question is answered by dragging, and the hand keeps what it holds', async () => {
  for (const part of ['#questions', '#view']) {
    const page = await open();
    await choose(page, 'two-cts-disagree.patient-view');
    await tab(page, 'missing');
    const range = page.locator(`${part} .question input[type="range"]`);
    await range.scrollIntoViewIfNeeded();
    const box = await range.boundingBox();
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2);
    await page.mouse.down();
    for (const place of [0.6, 0.7, 0.8, 0.9]) {
      await page.mouse.move(box.x + box.width * place, box.y + box.height / 2);
      await settled(page);
    }
    await page.locator('#difference', {hasText: 'ONC-07'}).waitFor();
    assert.equal(await range.count(), 1);
    await page.mouse.up();
    await settled(page);
    const {extension} = await answer(page);
    const size = extension['org.renalpath.outcome'].inputs.tumour_size_cm;
    assert.equal(size.state, 'asserted');
    assert.ok(Number.parseFloat(size.value) > 7, size.value);
    await done(page);
  }
});
