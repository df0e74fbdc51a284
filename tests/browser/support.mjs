// What the tests of the chat in a browser share: people who enter, write and read.
import assert from 'node:assert/strict';

export const live = (page) => page.waitForSelector('#state[data-state=live]', { timeout: 40000 });
export const shows = (page, text) => page.locator('#log', { hasText: text }).first().waitFor();

// Somebody in a profile of their own. What the console complains of is kept in `page.complaints`.
export async function visit(browser, url, options = {}) {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) page.complaints.push(message.text());
  });
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  await page.goto(url);
  return page;
}

export async function say(page, text) {
  await page.fill('#text', text);
  await page.press('#text', 'Enter');
}

export function leave(...pages) {
  for (const page of pages) assert.deepEqual(page.complaints, []);
  return Promise.all(pages.map((page) => page.context().close()));
}
