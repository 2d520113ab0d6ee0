// npm run build: writes ../data/web (embedded in the library), the same bytes every time.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] || join(here, '../data/web'));
const common = { bundle: true, minify: true, write: false, legalComments: 'none', logLevel: 'warning', absWorkingDir: here, charset: 'utf8' };

const script = await build({
    ...common, entryPoints: ['src/charts.js'], format: 'iife', target: 'es2020', metafile: true,
    alias: { vega: join(here, 'src/vega.js') },
});
const style = await build({ ...common, entryPoints: ['src/page.css'], target: ['chrome100', 'firefox100', 'safari15'] });

// The licences of everything that is really in the bundle, each text once with the packages it covers.
const packages = new Set(Object.keys(script.metafile.inputs).map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean));
const texts = new Map();
for (const name of [...packages].sort()) {
    const folder = join(here, 'node_modules', name);
    const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const text = ['LICENSE', 'LICENSE.md', 'LICENSE.txt'].map((file) => { try { return readFileSync(join(folder, file), 'utf8').trim().replace(/\r\n/g, '\n'); } catch { return null; } }).find(Boolean);
    const key = text || about.license;
    texts.set(key, [...(texts.get(key) || []), `${name} ${about.version} (${about.license})`]);
}
const licences = [...texts].map(([text, names]) => names.join('\n') + '\n\n' + text + '\n').join('\n' + '-'.repeat(80) + '\n\n');

// No "</script" and no "<!--" may stand in an inline script.
const charts = script.outputFiles[0].text.trim().replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
const page = style.outputFiles[0].text.trim();
const hash = (text) => 'sha256-' + createHash('sha256').update(text).digest('base64');
mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'charts.js'), charts);
writeFileSync(join(out, 'page.css'), page);
writeFileSync(join(out, 'charts.js.sha256'), hash(charts));
writeFileSync(join(out, 'page.css.sha256'), hash(page));
writeFileSync(join(out, 'LICENSES.txt'), licences);
console.log(`charts.js ${charts.length} bytes, page.css ${page.length} bytes, ${packages.size} packages`);
