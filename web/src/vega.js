// The part of Vega that Parley's charts need, under the name `vega` (build.mjs points Vega-Lite here): no maps,
// no force layouts, no word clouds, no network. A transform that a specification names and this file leaves out
// is an error in the page's console and in tests/report/page.mjs.
import { extend } from 'vega-util';
import { transforms } from 'vega-dataflow';
import * as tx from 'vega-transforms';
import * as vtx from 'vega-view-transforms';
import * as encode from 'vega-encode';

extend(transforms, tx, vtx, encode);

export { View } from 'vega-view';
export { parse } from 'vega-parser';
export { parseSelector } from 'vega-event-selector';
export { parseExpression } from 'vega-expression';
export * from 'vega-util';
