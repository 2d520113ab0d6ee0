// How every chart looks: two themes, colour-blind safe (no pair of meanings is told apart by red and green alone; sign
// also has a shape). Specifications name a mark's role as its `style`; colours are only here. The first four
// colours of a theme are the page's (page.css).
const palettes = {
    light: {
        ink: '#1c2530', muted: '#5a6673', grid: '#e7e9ec', paper: '#ffffff',
        conflict: '#b4472e', neutral: '#868e98', cooperation: '#2c6e98', band: '#2c6e98', pause: '#c9a227', change: '#1c2530',
        category: ['#2c6e98', '#d57f2e', '#4f8f6b', '#a4557c', '#7768b8', '#8a7838', '#5ba7c7', '#b4472e'],
        heat: ['#f4f6f8', '#c9dae5', '#8fb5cc', '#4f88ad', '#1f5a82'],
    },
    dark: {
        ink: '#e6e9ed', muted: '#9ca7b3', grid: '#2b333c', paper: '#161b21',
        conflict: '#ea8a70', neutral: '#8f99a5', cooperation: '#74b4da', band: '#74b4da', pause: '#d9b94a', change: '#e6e9ed',
        category: ['#74b4da', '#eba463', '#82c29d', '#d48fb3', '#a99ee0', '#c0ac66', '#9cd0e6', '#ea8a70'],
        heat: ['#1e252d', '#27445a', '#35678a', '#4f8fb9', '#86c1e4'],
    },
};

export function theme(name, font) {
    const c = palettes[name];
    const text = { font, fontSize: 12, fill: c.muted };
    return {
        background: null,
        font,
        padding: 4,
        view: { stroke: null },
        axis: {
            labelFont: font, titleFont: font, labelFontSize: 11.5, titleFontSize: 12, titleFontWeight: 'normal', labelColor: c.muted,
            titleColor: c.muted, domainColor: c.grid, tickColor: c.grid, gridColor: c.grid, domain: false, ticks: false, labelPadding: 7,
            titlePadding: 10, labelLimit: 170,
        },
        axisX: { grid: false, domain: true, labelFlush: true, labelOverlap: true, tickCount: 8 },
        axisY: { grid: true },
        legend: {
            orient: 'top', direction: 'horizontal', labelFont: font, titleFont: font, labelFontSize: 12, titleFontSize: 12,
            titleFontWeight: 'normal', labelColor: c.muted, titleColor: c.muted, symbolStrokeWidth: 1.5, offset: 10, columnPadding: 18,
        },
        header: { labelFont: font, labelFontSize: 12, labelColor: c.ink, labelAnchor: 'start', titleColor: c.muted, titleFont: font },
        bar: { color: c.neutral, cornerRadiusEnd: 1 },
        line: { color: c.band, strokeWidth: 2, strokeJoin: 'round' },
        area: { color: c.band },
        point: { color: c.band, filled: true, size: 50 },
        rule: { color: c.muted },
        text: { font, fontSize: 12, color: c.muted },
        range: { category: c.category, heatmap: c.heat, ramp: c.heat, ordinal: c.heat, sign: [c.conflict, c.neutral, c.cooperation],
            phase: [c.neutral, c.pause, c.conflict, c.category[3], c.cooperation],
            diverging: [c.conflict, c.grid, c.cooperation] },
        style: {
            'guide-label': text,
            'guide-title': text,
            count: { color: c.neutral, opacity: .55 },                    // a counted bar
            level: { color: c.band, strokeWidth: 2.2 },                 // an estimated level
            estimate: { color: c.band, strokeWidth: 2 },  // an estimated point or line
            interval: { color: c.band, opacity: .17 },      // where a level may lie
            'interval-inner': { color: c.band, opacity: .26 },
            whisker: { color: c.band, strokeWidth: 1.6, opacity: .75 }, // an interval drawn as a line
            change: { color: c.change, strokeWidth: 1.2, strokeDash: [3, 3] },
            'change-band': { color: c.change, opacity: .07 },
            'change-label': { color: c.ink, fontSize: 11.5 },
            break: { color: c.pause, opacity: .16 },        // a break in what a source covers
            'break-label': { color: c.muted, fontSize: 11 },
            reference: { color: c.muted, strokeWidth: 1, strokeDash: [1, 3] },
            observed: { color: c.ink, strokeWidth: 1.4 },
            label: { color: c.ink, fontSize: 12 },
            'label-paper': { color: c.paper, fontSize: 12 },
            span: { strokeWidth: 3, opacity: .32 },                      // how long a date is when it is not a day
        },
    };
}
