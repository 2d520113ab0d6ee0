// Draws every <figure class="chart"> of a Parley page from the Vega-Lite specification beside it. Nothing is fetched
// and nothing is evaluated as code: expressions run in the interpreter, and the loader refuses every address.
import { parse, View } from './vega.js';
import { compile } from 'vega-lite';
import { expressionInterpreter } from 'vega-interpreter';
import { theme } from './theme.js';

const dark = window.matchMedia('(prefers-color-scheme: dark)');
const refuse = () => Promise.reject(new Error('a Parley page loads nothing'));
const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };
const charts = [];

function fit(spec, width) {
    // A chart fills its column; small multiples fill it together.
    const inner = { ...spec };
    if (spec.spec) {
        const columns = Math.max(1, Math.min(spec.columns || 1, Math.floor(width / 240)));
        inner.columns = columns;
        inner.spec = { ...spec.spec, width: Math.floor((width - 60 - 20 * (columns - 1)) / columns) - 10 };
    } else if (spec.width === undefined || spec.width === 'container') {
        inner.width = width;
        inner.autosize = { type: 'fit-x', contains: 'padding' };
    }
    return inner;
}

function draw(chart, name) {
    const width = Math.floor(chart.plot.clientWidth);
    if (!width || (chart.width === width && chart.name === name)) return;
    const font = getComputedStyle(document.body).fontFamily;
    const spec = compile(fit(chart.spec, width), { config: theme(name, font), logger: chart.log }).spec;
    chart.view?.finalize();
    chart.view = new View(parse(spec, null, { ast: true }), { expr: expressionInterpreter, loader, renderer: 'svg', hover: true, logger: chart.log });
    chart.view.tooltip(tooltip).initialize(chart.plot).run();
    chart.view.addEventListener('click', (_, item) => follow(item?.datum?.link));
    // The figure is one image with a name; its parts are in the table below it.
    for (const part of chart.plot.querySelectorAll('svg, svg *')) {
        part.removeAttribute('role');
        part.removeAttribute('aria-label');
        part.removeAttribute('aria-roledescription');
    }
    chart.plot.querySelector('svg')?.setAttribute('aria-hidden', 'true');
    chart.width = width;
    chart.name = name;
}

function drawAll(name) {
    for (const chart of charts) {
        try {
            draw(chart, name);
        } catch (error) {
            console.error('chart ' + chart.id, error);
            chart.plot.textContent = String(error.message);
        }
    }
}

// --- following a mark to its row, and the box beside the pointer -----------------------------------------

function follow(link) {
    if (typeof link !== 'string') return;
    if (link.startsWith('#')) {
        const row = document.getElementById(link.slice(1));
        if (!row) return;
        for (let up = row.parentElement; up; up = up.parentElement) if (up.tagName === 'DETAILS') up.open = true;
        location.hash = link;
        row.scrollIntoView({ block: 'center' });
    } else if (/^https?:\/\//.test(link)) {
        window.open(link, '_blank', 'noopener,noreferrer');
    }
}

const box = document.createElement('div');
box.className = 'tip';
box.setAttribute('aria-hidden', 'true');

function tooltip(handler, event, item, value) {
    box.replaceChildren();
    box.classList.toggle('on', Boolean(value));
    if (!value) return;
    for (const [key, text] of typeof value === 'object' ? Object.entries(value) : [['', value]]) {
        const line = document.createElement('div');
        const name = document.createElement('span');
        name.textContent = key;
        line.append(name, String(text));
        box.append(line);
    }
    if (!box.parentElement) document.body.append(box);
    const left = Math.min(event.clientX + 14, window.innerWidth - box.offsetWidth - 8);
    const top = event.clientY + 18 + box.offsetHeight > window.innerHeight ? event.clientY - box.offsetHeight - 10 : event.clientY + 18;
    box.style.left = Math.max(8, left) + 'px';
    box.style.top = Math.max(8, top) + 'px';
}

// --- start ---------------------------------------------------------------------------------------------

const current = () => (dark.matches ? 'dark' : 'light');
for (const figure of document.querySelectorAll('figure.chart')) {
    // A chart whose rows have a fixed height is fitted in width only, as asked: not worth a message.
    const expected = /^Dropping "fit-y"/;
    const problem = (...texts) => (expected.test(texts[0]) || console.error('chart ' + figure.id, ...texts), log);
    const log = { level: () => log, error: problem, warn: problem, info: () => log, debug: () => log };
    const spec = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    charts.push({ id: figure.id, plot: figure.querySelector('.plot'), spec, log });
}
document.documentElement.classList.add('drawn');
drawAll(current());
dark.addEventListener('change', () => drawAll(current()));
let later;
window.addEventListener('resize', () => {
    clearTimeout(later);
    later = setTimeout(() => drawAll(current()), 120);
});
window.addEventListener('beforeprint', () => drawAll('light'));
window.addEventListener('afterprint', () => drawAll(current()));
// A link to a row inside a closed <details> opens it.
window.addEventListener('hashchange', () => follow(location.hash));
if (location.hash) follow(location.hash);
