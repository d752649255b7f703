/** The page's style. System fonts and no addresses: the page asks the network for nothing. */
export const style = `
:root {
  color-scheme: light dark;
  --bg: #f6f7f9; --card: #ffffff; --ink: #16202c; --soft: #4d5b6b; --faint: #697687; --line: #dfe4ea; --code: #f3f5f8;
  --accent: #1d5fa8; --mark: #fff3c4;
  --critical: #a3123a; --high: #d2481b; --medium: #d99a0b; --low: #3182bd; --informational: #9aa6b4;
  --critical-ink: #8d0f32; --high-ink: #a33510; --medium-ink: #7a5600; --low-ink: #1f5f8f; --informational-ink: #566272;
  --critical-bg: #fbe4ea; --high-bg: #fde8df; --medium-bg: #fdf1d3; --low-bg: #e1effa; --informational-bg: #eceff3;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #10151c; --card: #18202a; --ink: #e6ebf1; --soft: #aab6c4; --faint: #8d9aaa; --line: #2b3645; --code: #111820;
    --accent: #7db8f0; --mark: #4a3f12;
    --critical: #e8476f; --high: #f0743c; --medium: #e8b53a; --low: #58a6dc; --informational: #76859a;
    --critical-ink: #ff9db4; --high-ink: #ffad86; --medium-ink: #f2cd72; --low-ink: #93cbf2; --informational-ink: #b4c0cd;
    --critical-bg: #44162a; --high-bg: #442214; --medium-bg: #3d3010; --low-bg: #14324a; --informational-bg: #26303c;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 5rem; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 15px/1.5 var(--sans); }
main, header.top, footer { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
header.top { padding-top: 32px; }
.brand { display: flex; gap: .5rem; align-items: center; color: var(--faint); font-size: 13px; letter-spacing: .02em; }
.brand svg { width: 18px; height: 18px; }
.brand b { color: var(--ink); font-weight: 650; }
h1 { font-size: 27px; line-height: 1.25; letter-spacing: -.015em; margin: 10px 0 4px; font-weight: 680; }
.lead { color: var(--soft); margin: 0 0 20px; }
.lead code { color: var(--ink); }
h2 { font-size: 16px; margin: 0 0 12px; font-weight: 650; letter-spacing: -.005em; }
h2 small { font-weight: 400; color: var(--faint); font-size: 13px; margin-left: 8px; }
h3 { font-size: 12px; text-transform: uppercase; letter-spacing: .06em; color: var(--faint); margin: 22px 0 8px; font-weight: 650; }
code, pre, .mono { font-family: var(--mono); font-size: .87em; }
a { color: var(--accent); text-underline-offset: 2px; overflow-wrap: anywhere; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; margin: 0 0 18px; }
.totals { display: grid; grid-template-columns: repeat(6, 1fr); gap: 0; padding: 0; overflow: hidden; }
.totals div { padding: 14px 18px; border-left: 1px solid var(--line); }
.totals div:first-child { border-left: 0; }
.totals dt { color: var(--faint); font-size: 12.5px; }
.totals dd { margin: 0; font-size: 25px; font-weight: 640; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.totals dd small { display: block; font-size: 12px; color: var(--faint); font-weight: 400; letter-spacing: 0; }
.totals .bad dd { color: var(--critical-ink); }
.split { display: block; width: 100%; height: 10px; border-radius: 5px; margin: 2px 0 10px; overflow: hidden; }
.legend { display: flex; flex-wrap: wrap; gap: 6px 18px; list-style: none; margin: 0; padding: 0; font-size: 13.5px; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: 7px; }
.legend b { color: var(--ink); font-variant-numeric: tabular-nums; }
.dot { width: 10px; height: 10px; border-radius: 3px; display: inline-block; flex: none; }
.scroll { overflow-x: auto; }
.chart { width: 100%; min-width: 680px; height: auto; display: block; margin-top: 14px; }
.chart .grid { stroke: var(--line); stroke-width: 1; }
.chart .down { stroke-dasharray: 2 4; }
.chart .rail { stroke: var(--line); stroke-width: 1; }
.chart .tick { fill: var(--faint); font: 11.5px var(--sans); }
.chart .lane-name { fill: var(--soft); font: 11px var(--sans); paint-order: stroke; stroke: var(--card); stroke-width: 3px; }
.chart circle { stroke: var(--card); stroke-width: 1.2; }
.chart .bar:hover rect, .chart circle:hover { opacity: .7; }
${levelRules()}
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 18px; align-items: start; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 500; color: var(--faint); font-size: 12.5px; padding: 0 8px 6px 0; }
td { padding: 6px 8px 6px 0; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
td.n, th.n { text-align: right; padding-right: 0; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.c { width: 1%; white-space: nowrap; }
td small { color: var(--faint); }
.chip { display: inline-block; font-size: 11.5px; font-weight: 640; line-height: 1; padding: 4px 7px; border-radius: 5px; letter-spacing: .01em; white-space: nowrap; }
.more { color: var(--faint); font-size: 13px; margin: 10px 0 0; }
.tools { position: sticky; top: 0; z-index: 2; background: var(--bg); padding: 10px 0; display: flex; flex-wrap: wrap; gap: 8px; align-items: center; border-bottom: 1px solid var(--line); }
.tools[hidden] { display: none; }
.tools input[type=search] { flex: 1 1 220px; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 7px; padding: 6px 10px; }
.tools label { cursor: pointer; }
.tools label input { position: absolute; opacity: 0; }
.tools label .chip { padding: 7px 9px; border: 1px solid transparent; }
.tools label input:not(:checked) + .chip { background: transparent; color: var(--faint); border-color: var(--line); text-decoration: line-through; }
.tools label input:focus-visible + .chip, button:focus-visible, summary:focus-visible, a:focus-visible, input:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
button { font: inherit; font-size: 13px; color: var(--soft); background: var(--card); border: 1px solid var(--line); border-radius: 7px; padding: 5px 10px; cursor: pointer; }
button:hover { color: var(--ink); border-color: var(--faint); }
.shown { color: var(--faint); font-size: 13px; }
.day { margin: 22px 0 8px; font-size: 13px; font-weight: 600; color: var(--faint); }
.alert { background: var(--card); border: 1px solid var(--line); border-left-width: 4px; border-radius: 8px; margin: 0 0 8px; }
.alert[hidden], .day[hidden] { display: none; }
.alert > summary { list-style: none; cursor: pointer; padding: 10px 16px; display: grid; grid-template-columns: 68px 112px 1fr auto; gap: 2px 14px; align-items: baseline; }
.alert > summary::-webkit-details-marker { display: none; }
.alert > summary:hover .title { color: var(--accent); }
.alert time { font-variant-numeric: tabular-nums; color: var(--soft); font-size: 14px; }
.alert .title { font-weight: 620; overflow-wrap: anywhere; }
.alert .who { color: var(--soft); font-size: 13.5px; overflow-wrap: anywhere; grid-column: 3; }
.alert .times { color: var(--faint); font-size: 13px; white-space: nowrap; text-align: right; grid-column: 4; grid-row: 1; font-variant-numeric: tabular-nums; }
.alert .to { color: var(--faint); font-size: 13px; text-align: right; max-width: 32ch; overflow-wrap: anywhere; grid-column: 4; grid-row: 2; }
.alert[open] > summary { border-bottom: 1px solid var(--line); }
.body { padding: 4px 20px 18px 20px; }
.about { color: var(--soft); margin: 12px 0 0; max-width: 78ch; }
.facts { display: grid; grid-template-columns: 92px 1fr; gap: 5px 14px; margin: 14px 0 0; font-size: 14px; }
.facts dt { color: var(--faint); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.facts dd small { color: var(--faint); }
.why { font-size: 13.5px; }
.why td:first-child { width: 30%; }
.why td mark { background: var(--mark); color: inherit; border-radius: 3px; padding: 0 3px; }
ul.plain { margin: 0; padding-left: 18px; }
.todo { background: var(--code); border-radius: 7px; padding: 10px 14px; margin: 0; white-space: pre-line; overflow-wrap: anywhere; }
.query { position: relative; margin: 0 0 10px; }
.query p { margin: 0 0 4px; font-size: 13px; color: var(--soft); }
.query button { position: absolute; right: 8px; top: 30px; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: 7px; padding: 10px 14px; margin: 0; overflow-x: auto; font-size: 12.5px; line-height: 1.5; max-height: 460px; }
.raw > summary { cursor: pointer; color: var(--soft); font-size: 13.5px; margin: 18px 0 8px; }
.failed { font-size: 13.5px; }
footer { color: var(--faint); font-size: 12.5px; padding-top: 6px; padding-bottom: 40px; }
@media screen and (max-width: 860px) {
  .two { grid-template-columns: 1fr; }
  .totals { grid-template-columns: repeat(3, 1fr); }
  .totals div:nth-child(4) { border-left: 0; }
  .totals div:nth-child(n+4) { border-top: 1px solid var(--line); }
  .alert > summary { grid-template-columns: 68px 1fr auto; }
  .alert .title, .alert .who { grid-column: 1 / -1; }
  .alert .times { grid-column: 3; }
  .alert .to { grid-column: 1 / -1; grid-row: auto; text-align: left; max-width: none; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: 8px; }
}
@media print {
  :root { color-scheme: light; --bg: #fff; }
  body { font-size: 10.5pt; }
  .tools, button, .raw { display: none !important; }
  .card, .alert { break-inside: avoid; border-color: #ccc; }
  .alert { break-inside: auto; }
  .alert > summary { break-inside: avoid; break-after: avoid; }
  pre { max-height: none; white-space: pre-wrap; overflow-wrap: anywhere; }
  .scroll { overflow: visible; } .chart { min-width: 0; }
  .card, .alert { margin-bottom: 6pt; }
  main, header.top, footer { padding: 0; }
  .totals dd { font-size: 17pt; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;

function levelRules(): string {
  return ['critical', 'high', 'medium', 'low', 'informational']
    .map(
      (level) =>
        `.fill-${level} { fill: var(--${level}); } .dot.${level} { background: var(--${level}); } ` +
        `.chip.${level} { color: var(--${level}-ink); background: var(--${level}-bg); } ` +
        `.alert.${level} { border-left-color: var(--${level}); }`,
    )
    .join('\n');
}
