// Pages of the console in a browser, and everything that they complain of.

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {chromium} from 'playwright-core';

export const base = process.env.CONSOLE_URL;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let browser = null;

export async function start() {
  browser = await chromium.launch(
      {executablePath: process.env.CHROMIUM, args: process.getuid() === 0 ? ['--no-sandbox'] : []});
}

export const stop = () => browser.close();

/// A page with a list of what went wrong in it: `wrong`.
export async function open(
    {width = 1440, height = 900, dark = false, path = '/', language = 'en-GB', bypassCSP = false} = {}) {
  const context = await browser.newContext({
    viewport: {width, height},
    colorScheme: dark ? 'dark' : 'light',
    locale: language,
    bypassCSP,
    permissions: ['clipboard-read', 'clipboard-write']
  });
  const page = await context.newPage();
  page.wrong = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) page.wrong.push(message.text());
  });
  page.on('pageerror', (error) => page.wrong.push(error.stack));
  page.on('request', (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith('data:'))
      page.wrong.push(`asked for ${request.url()}`);
  });
  await page.goto(base + path);
  if (path === '/') await settled(page);
  return page;
}

/// Closes a page that nothing went wrong in.
export async function done(page) {
  assert.deepEqual(page.wrong, []);
  await page.context().close();
}

/// Waits until the console waits for nothing. The policy of the page forbids what waitForFunction() does.
export async function settled(page) {
  await page.locator('#page[aria-busy="false"]').waitFor({timeout: 60000});
}

export async function choose(page, sample) {
  await page.selectOption('#sample', sample);
  await settled(page);
}

export async function tab(page, name) {
  await page.click(`#tab-${name}`);
  await settled(page);
}

/// Findings of axe that are serious or worse.
export async function serious(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, {resultTypes: ['violations']}));
  return found.violations.filter((one) => ['serious', 'critical'].includes(one.impact))
      .map(
          (one) => `${one.id}: ${
              one.nodes.map((node) => `${node.target.join(' ')} ${node.any.map((any) => any.message).join('; ')}`)
                  .join(' | ')}`);
}

/// How far the page is wider than its window, in px.
export const overflow = (page) =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

export const texts = (page, selector) => page.locator(selector).allTextContents();

/// What the last call was answered with, as the page shows it.
export async function answer(page) {
  await tab(page, 'raw');
  const [, body] = await texts(page, '#view pre[tabindex]');
  return JSON.parse(body);
}
