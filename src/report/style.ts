/**
 * Style sheet of the page. Series colours are those of Okabe and Ito (Color Universal Design, 2008), darkened on white and
 * lightened on black; lines differ in their dashes as well. No `<` or `&`: the page is XML too.
 */
export const STYLE = `
:root {
  --page: #ffffff; --panel: #f6f7f9; --ink: #16191d; --soft: #5a6270; --faint: #dfe3e8; --edge: #c3c9d1;
  --link: #0b5cad; --good: #0a6b45; --good-back: #e2f3ea; --bad: #a8260d; --bad-back: #fbe7e1; --warn-back: #fdf2d8; --warn: #7a5200;
  --series0: #0068b0; --series1: #d05a00; --series2: #00875f; --series3: #b0568a; --series4: #b58900; --series5: #3a9fd6; --series6: #16191d;
  --met: #0068b0;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --panel: #1d2127; --ink: #e8eaed; --soft: #a3abb6; --faint: #2e343c; --edge: #515a66;
    --link: #7db8f0; --good: #6cd6a5; --good-back: #143528; --bad: #ff9a80; --bad-back: #45201a; --warn-back: #3c3115; --warn: #f0cd7c;
    --series0: #5cb3f2; --series1: #ff8f3f; --series2: #35c795; --series3: #e592c1; --series4: #e8c04a; --series5: #9ad4f7; --series6: #e8eaed;
    --met: #5cb3f2;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink); line-height: 1.5;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
}
header, main { max-width: 1160px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 28px; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 4px; overflow-wrap: anywhere; }
header p { margin: 0 0 20px; color: var(--soft); }
h2 { font-size: 1.3rem; margin: 0 0 14px; line-height: 1.25; }
h3 { font-size: 0.95rem; margin: 22px 0 6px; color: var(--soft); font-weight: 600; }
section { margin: 0 0 44px; padding-top: 22px; border-top: 1px solid var(--faint); }
p { margin: 0 0 12px; }
a { color: var(--link); }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.84rem; }
code { overflow-wrap: anywhere; }
pre { margin: 8px 0 0; padding: 12px 14px; background: var(--panel); border-radius: 6px; overflow-x: auto; line-height: 1.45; }
.copy { user-select: all; -webkit-user-select: all; cursor: copy; }
p > code.copy, .plain code { display: block; padding: 8px 12px; background: var(--panel); border-radius: 6px; }
.plain { margin: 4px 0 16px; }
.note { color: var(--soft); font-size: 0.88rem; max-width: 75ch; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.verdict { padding: 8px 12px; border-radius: 6px; font-weight: 600; }
.verdict.good { background: var(--good-back); }
.verdict.bad { background: var(--bad-back); }

math { font-family: "STIX Two Math", "Cambria Math", "Latin Modern Math", "Libertinus Math", "DejaVu Math TeX Gyre", "Noto Sans Math", math; font-size: 1.12em; }
.equation { margin: 0 0 6px; padding: 2px 0 2px 3.2em; text-indent: -3.2em; line-height: 1.6; overflow-x: auto; overflow-y: hidden; }
.equation math { text-indent: 0; padding-block: 0.24em; }

.summary { border: 1px solid var(--edge); border-radius: 10px; padding: 18px 22px 10px; margin-bottom: 18px; background: var(--panel); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(136px, 1fr)); gap: 10px; margin: 14px 0 18px; }
.tile { background: var(--page); border: 1px solid var(--faint); border-radius: 8px; padding: 10px 12px; display: flex; flex-direction: column; }
.tile .name, .tile .unit { color: var(--soft); font-size: 0.82rem; line-height: 1.35; }
.tile b { font-size: 1.3rem; line-height: 1.4; font-variant-numeric: tabular-nums; }
.windows h3 { margin-top: 0; }
.strip { display: grid; grid-template-columns: repeat(auto-fit, minmax(110px, 1fr)); gap: 1px; background: var(--faint); border: 1px solid var(--faint); border-radius: 8px; overflow: hidden; }
.strip div { background: var(--page); padding: 8px 12px; display: flex; flex-direction: column; }
.strip b { font-size: 1.15rem; font-variant-numeric: tabular-nums; }
.strip span { color: var(--soft); font-size: 0.82rem; }
.stopped { margin: 14px 0 6px; color: var(--soft); }
.warnings { margin: 12px 0; padding: 10px 14px 10px 32px; background: var(--warn-back); color: var(--warn); border-radius: 8px; }

nav { margin-bottom: 34px; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0; padding: 0; font-size: 0.92rem; }

.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 0 28px; margin: 0 0 16px; }
.facts div { display: flex; justify-content: space-between; gap: 16px; padding: 5px 0; border-bottom: 1px solid var(--faint); }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; text-align: right; overflow-wrap: break-word; font-variant-numeric: tabular-nums; }

.scroll { overflow-x: auto; margin: 0 0 16px; }
.scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
table { border-collapse: collapse; font-size: 0.92rem; min-width: min(100%, 480px); }
.caption { color: var(--soft); font-size: 0.92rem; margin: 0 0 4px; }
th, td { padding: 5px 14px 5px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--faint); }
th { font-weight: 600; color: var(--soft); border-bottom-color: var(--edge); vertical-align: bottom; }
th:last-child, td:last-child { padding-right: 4px; }
.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th { white-space: nowrap; }
.tight { white-space: nowrap; }
.tight code { overflow-wrap: normal; }
tr.chosen td { background: var(--good-back); }
code.line { display: block; min-width: 44ch; }
code.hash { overflow-wrap: anywhere; font-size: 0.74rem; color: var(--soft); }
details { margin: 0 0 12px; }
summary { cursor: pointer; padding: 4px 0; }
.finding .scroll { margin: 6px 0 14px; max-height: 420px; overflow-y: auto; }
.tag { display: inline-block; padding: 1px 9px; border-radius: 999px; font-size: 0.82rem; font-weight: 600; background: var(--panel); }
.tag.set-aside { background: var(--bad-back); color: var(--bad); }
.tag.mended { background: var(--good-back); color: var(--good); }
.tag.kept { background: var(--warn-back); color: var(--warn); }

.beside > * { min-width: 0; }
@media (min-width: 900px) { .beside { display: grid; grid-template-columns: minmax(0, 1fr) 400px; gap: 24px; align-items: start; } }
.figures { display: flex; flex-wrap: wrap; gap: 16px 20px; margin: 0 0 14px; }
figure { margin: 0; flex: 1 1 min(100%, 330px); max-width: 460px; }
.small figure { flex-basis: min(100%, 255px); max-width: 360px; }
/* of many functions the last row is as the others */
@media (min-width: 1100px) { #splines figure { flex: 0 0 calc((100% - 40px) / 3); } }
.plot { display: block; width: 100%; height: auto; font-family: inherit; }
.plot text { fill: var(--ink); }
.plot .ticks text, .plot .plot-subtitle { fill: var(--soft); }
.plot .ticks text { font-variant-numeric: tabular-nums; }
.plot .plot-title { font-weight: 600; }
.grid, .axis, .level { fill: none; stroke-width: 1; vector-effect: non-scaling-stroke; shape-rendering: crispEdges; }
.grid { stroke: var(--faint); }
.axis { stroke: var(--edge); }
.level { stroke: var(--edge); }
.diagonal { fill: none; stroke: var(--ink); stroke-width: 1; stroke-dasharray: 5 4; vector-effect: non-scaling-stroke; opacity: 0.75; }
.band { fill: var(--met); fill-opacity: 0.12; }
.annotation { font-weight: 600; }
.line { fill: none; stroke: var(--c, var(--soft)); stroke-width: 1.6; stroke-linejoin: round; }
.line.fit, .fit .line { stroke-width: 2.6; }
.point { fill: var(--c, var(--soft)); fill-opacity: 0.75; stroke: var(--page); stroke-width: 0.5; }
.point.held-out, .held-out .point { fill: var(--page); fill-opacity: 0.6; stroke: var(--soft); stroke-width: 1; }
.point.test, .test .point { fill: var(--series1); fill-opacity: 0.9; stroke: var(--page); stroke-width: 0.5; }
.point.ring { fill: none; stroke: var(--ink); stroke-width: 1.6; }
.line.guide { stroke: var(--edge); stroke-width: 1.2; }
.line.guide.s0, .line.guide.s1, .line.guide.s2, .line.guide.s3, .line.guide.s4, .line.guide.s5 { stroke: var(--c); stroke-opacity: 0.45; }
.touch { fill: transparent; stroke: none; }
.plot a:hover path, .plot a:focus-visible path { stroke: var(--ink); stroke-width: 2.2; fill-opacity: 1; }
.plot a:focus-visible { outline: none; }
.line.others, .others .line { stroke: var(--soft); stroke-opacity: 0.45; stroke-width: 1; }
.cells, .cell { fill: var(--c); shape-rendering: crispEdges; }
.s0 { --c: var(--series0); } .s1 { --c: var(--series1); } .s2 { --c: var(--series2); } .s3 { --c: var(--series3); }
.s4 { --c: var(--series4); } .s5 { --c: var(--series5); } .s6 { --c: var(--series6); }
.line.s1, .s1 .line { stroke-dasharray: 7 3; } .line.s2, .s2 .line { stroke-dasharray: 2.5 2.5; } .line.s3, .s3 .line { stroke-dasharray: 8 3 2 3; }
.line.s4, .s4 .line { stroke-dasharray: 12 3; } .line.s5, .s5 .line { stroke-dasharray: 4 2; } .line.s6, .s6 .line { stroke-dasharray: 1.5 3; }

@media (min-width: 800px) { .front { display: grid; grid-template-columns: minmax(0, 460px) minmax(0, 1fr); gap: 8px 28px; align-items: start; } }
.front { margin-bottom: 14px; }
.pick { display: none; border: 1px solid var(--edge); border-radius: 8px; padding: 12px 16px 8px; background: var(--panel); scroll-margin-top: 62vh; }
.pick:target, .pick:last-child { display: block; }
.pick:target ~ .pick:last-child { display: none; }
.pick h3 { margin: 0 0 8px; color: var(--ink); font-size: 1.05rem; }
.pick code.line { min-width: 0; padding: 2px 0 2px 2em; text-indent: -2em; }
.pick .facts { margin: 10px 0; }
.pick p > code.copy { background: var(--page); border: 1px solid var(--faint); }
.turn { display: flex; justify-content: space-between; font-size: 0.92rem; }
.turn a { padding: 6px 0; }
@media (min-width: 800px) { .pick { scroll-margin-top: 12rem; } }

@media (max-width: 560px) {
  header, main { padding-left: 16px; padding-right: 16px; }
  .summary { padding: 14px 14px 6px; }
  h1 { font-size: 1.45rem; }
  math { font-size: 1.05em; }
  .equation { padding-left: 2em; text-indent: -2em; }
  .tiles { grid-template-columns: repeat(2, 1fr); }
  th, td { padding-right: 11px; }
  figure, .small figure { max-width: none; }
}
@media print {
  @page { margin: 15mm; }
  body { font-size: 10pt; }
  header, main { max-width: none; padding: 0; }
  nav { display: none; }
  section { break-inside: auto; margin-bottom: 18pt; }
  h2, h3, .caption { break-after: avoid; }
  figure, tr, .summary, .equation { break-inside: avoid; }
  .scroll, .finding .scroll, pre { overflow: visible; max-height: none; }
  pre { white-space: pre-wrap; }
  code.line { min-width: 0; }
  figure { flex: 0 0 46%; }
  .small figure { flex: 0 0 31%; }
  details::details-content { content-visibility: visible; height: auto; }
  .summary, .tile, .strip div, .verdict, .tag, .band, .cells, tr.chosen td, pre, code { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
