// page.mjs CHROMIUM PAGE...: opens each page light and dark, wide and at 390 px, without network, and looks. TAP without numbers.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const [executablePath, ...pages] = process.argv.slice(2);
const ok = (pass, what, ...details) => {
    console.log(`${pass ? 'ok' : 'not ok'} - ${what}`);
    if (!pass) for (const d of details) console.log(typeof d === 'string' ? d : JSON.stringify(d));
};
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });

async function look(path, colorScheme, width) {
    const name = `${basename(path)}, ${colorScheme}, ${width} px`;
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const complaints = [], requests = [];
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => request.url().startsWith('file:') || request.url().startsWith('data:') || requests.push(request.url()));
    await page.goto(pathToFileURL(path).href);
    await page.waitForSelector('html.drawn');
    const figures = await page.locator('figure.chart').count();
    ok(figures > 0 && (await page.locator('figure.chart svg').count()) === figures, `${name}: ${figures} charts are drawn`);
    ok(requests.length === 0, `${name}: nothing is fetched`, requests);
    ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width, `${name}: no sideways scrolling`);
    await page.evaluate(axe + ';0');
    const found = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
    const serious = found.violations.filter((v) => ['serious', 'critical'].includes(v.impact));
    ok(serious.length === 0, `${name}: axe finds nothing serious`, ...serious.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)) })));
    ok(complaints.length === 0, `${name}: no complaint in the console`, complaints);
    await context.close();
}

async function use(path) {
    const page = await browser.newPage({ viewport: { width: 1000, height: 900 } });
    await page.goto(pathToFileURL(path).href);
    await page.keyboard.press('Tab');
    ok(await page.evaluate(() => document.activeElement.className === 'skip'), 'the first stop of the Tab key skips to the text');
    const details = page.locator('figure details').first();
    await details.locator('summary').focus();
    await page.keyboard.press('Enter');
    ok(await details.evaluate((d) => d.open), 'the data of a chart open with the keyboard');
    const marks = await page.evaluate(() => [...document.querySelectorAll('#timeline .mark-symbol.role-mark path')].map((p) => { const r = p.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2 + scrollY]; }));
    if (marks.length) {
        await page.evaluate((y) => scrollTo(0, y - 300), marks[0][1]);
        const y = marks[0][1] - (await page.evaluate(() => scrollY));
        await page.mouse.move(marks[0][0], y);
        await page.mouse.click(marks[0][0], y);
    }
    ok((await page.evaluate(() => location.hash)).startsWith('#ev-'), 'a mark of the timeline leads to its row');
    const [download] = await Promise.all([page.waitForEvent('download', { timeout: 5000 }).catch(() => null), page.locator('a[download]').first().click()]);
    const text = download && readFileSync(await download.path(), 'utf8');
    ok(text && text.split('\r\n').length > 2, 'the data of a chart are saved as CSV', text || 'no file');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    ok((await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)) === 'rgb(255, 255, 255)', 'paper is white in a dark room too');
    await page.close();
    const bare = await browser.newContext({ javaScriptEnabled: false });
    const plain = await bare.newPage();
    await plain.goto(pathToFileURL(path).href);
    ok((await plain.locator('figure.chart details table').count()) > 0 && (await plain.locator('main table').first().isVisible()), 'without JavaScript text and tables stand');
    await bare.close();
}

for (const path of pages)
    for (const scheme of ['light', 'dark'])
        for (const width of [1000, 390]) await look(path, scheme, width);
await use(pages[0]);
await browser.close();
console.log('end of page.mjs');
