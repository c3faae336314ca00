// The pages about the pathway, and what all pages owe to everybody.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {base, choose, done, open, overflow, serious, settled, start, stop, tab, texts} from './page.mjs';

before(start);
after(stop);

test('the pathway pages lead from the list to document, versions and measures', async () => {
  const page = await open();  // a call, so that there is something to count
  await choose(page, 'small-peripheral-tumour.order-sign');
  await page.click('nav.site >> text=Pathways');
  await page.locator('#list h2 a').waitFor();
  await page.click('#list h2 a');
  await page.locator('#measures td').first().waitFor();
  assert.match(await page.textContent('h1'), /Treatment of kidney cancer/);
  assert.ok(await page.locator('.pathway-picture').count() > 0);
  const [version, hash] = await page.locator('#history tbody tr').first().locator('th, td').allTextContents();
  assert.match(version, /^\d+\.\d+\.\d+ now$/);
  assert.match(hash, /^sha256:/);
  assert.ok((await texts(page, '#measures tbody th')).includes('ONC-05'));
  await page.goto(`${base}/pathways/onc-kidney-2018/`);  // a slash more leads to the same page
  await page.click('#language-nb');
  await page.locator('#history >> text=Versjoner').waitFor();
  await done(page);
});

test('every answer has the strict policy', async () => {
  for (const path
           of ['/', '/console/console.js', '/console/setup', '/console/history', '/pathways',
               '/pathways/onc-kidney-2018']) {
    const reply = await fetch(base + path);
    assert.equal(reply.status, 200, path);
    const policy = reply.headers.get('content-security-policy');
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/, path);
    assert.doesNotMatch(policy, /unsafe|http/, path);
    assert.equal(reply.headers.get('x-content-type-options'), 'nosniff', path);
  }
  const tag = (await fetch(`${base}/console/console.js`)).headers.get('etag');
  assert.equal((await fetch(`${base}/console/console.js`, {headers: {'If-None-Match': tag}})).status, 304);
});

test('pages hold no inline script and no inline style', async () => {
  for (const path of ['/', '/pathways', '/pathways/onc-kidney-2018']) {
    const text = await (await fetch(base + path)).text();
    assert.doesNotMatch(text, /<style|\sstyle=|\son\w+=|javascript:/, path);
    for (const found of text.matchAll(/<script[^>]*>/g)) assert.match(found[0], /src="[^":]+"/, path);
  }
});

for (const width of [360, 1440]) {
  for (const dark of [false, true]) {
    const look = `${width} px, ${dark ? 'dark' : 'light'}`;
    const settings = {width, dark, bypassCSP: true};  // axe itself is no part of the page

    test(`the console is accessible: ${look}`, async () => {
      const page = await open(settings);
      await choose(page, 'bone-and-skin-metastases.patient-view');
      for (const name of ['way', 'inputs', 'tables', 'missing', 'raw']) {
        await tab(page, name);
        assert.deepEqual(await serious(page), [], name);
      }
      await choose(page, 'small-peripheral-tumour.order-sign');
      await tab(page, 'way');
      await page.evaluate(() => document.querySelectorAll('details').forEach((one) => {
        one.open = true;
      }));
      assert.deepEqual(await serious(page), [], 'all open');
      await page.locator('.what input').first().evaluate((one) => one.click());
      await settled(page);
      await page.locator('#cards .card details').first().evaluate((one) => {
        one.open = true;
      });
      await page.locator('.override button').first().click();
      await page.locator('.state .told').waitFor();
      assert.deepEqual(await serious(page), [], 'answered');
      assert.ok(await overflow(page) <= 0);
      await done(page);
    });

    test(`the pathway pages are accessible: ${look}`, async () => {
      for (const path of ['/pathways', '/pathways/onc-kidney-2018']) {
        const page = await open({...settings, path});
        await page.locator(path === '/pathways' ? '#list h2' : '#measures h2').waitFor();
        assert.deepEqual(await serious(page), [], path);
        assert.ok(await overflow(page) <= 0, path);
        await done(page);
      }
    });
  }
}
