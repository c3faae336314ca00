// What a user makes of cards, and where it arrives.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {base, choose, done, open, settled, start, stop} from './page.mjs';

before(start);
after(stop);

const measures = async (rule) => {
  const {measures: rows} = await (await fetch(`${base}/measures`)).json();
  return rows.filter((row) => row.rule === rule)
      .reduce(
          (sum, row) => ({accepted: sum.accepted + row.accepted, overridden: sum.overridden + row.overridden}),
          {accepted: 0, overridden: 0});
};

test('an accepted suggestion is stored, counted, and changes the drafts', async () => {
  const page = await open();
  await choose(page, 'small-peripheral-tumour.order-sign');
  const before = await measures('ONC-05');
  assert.match(await page.textContent('.drafts'), /Radical nephrectomy/);
  await page.click('.suggestion > button.primary');
  await page.locator('.state .kept li').nth(1).waitFor();
  assert.match(
      await page.textContent('.state'), /Accepted: .*The feedback is stored\..*card of ONC-05.*accepted, received/s);
  assert.equal((await measures('ONC-05')).accepted, before.accepted + 1);
  assert.doesNotMatch(await page.textContent('.drafts'), /Radical nephrectomy/);
  assert.deepEqual(await page.locator('#cards .card button').allTextContents(), ['Send again']);
  await page.click('.state button');
  await settled(page);
  assert.equal(await page.locator('#cards .card').count(), 0);  // the pathway agrees with the new order
  await done(page);
});

test('an override arrives with reason and comment', async () => {
  const page = await open({width: 360});
  await choose(page, 'small-peripheral-tumour.order-sign');
  const before = await measures('ONC-05');
  await page.click('.override summary');
  await page.click('.reason >> nth=1');
  await page.fill('.override textarea', 'Spoke with the patient.');
  await page.click('.override button');
  await page.locator('.state .kept li').nth(1).waitFor();
  assert.match(await page.textContent('.state .told'), /Overridden: The patient declines/);
  assert.match(await page.textContent('.state .kept'), /overridden, received/);
  await page.click('.state summary');
  const sent = JSON.parse(await page.textContent('.state pre >> nth=0'));
  assert.equal(sent.outcome, 'overridden');
  assert.equal(sent.overrideReason.reason.code, 'patient-refuses');
  assert.equal(sent.overrideReason.userComment, 'Spoke with the patient.');
  assert.equal((await measures('ONC-05')).overridden, before.overridden + 1);
  await done(page);
});

test('an override needs no reason', async () => {
  const page = await open();
  await choose(page, 'exactly-seven.patient-view');
  await page.click('.override summary');
  await page.click('.override button');
  await page.locator('.state .told').waitFor();
  await done(page);
});
