/** Style sheet of the validation's page, in addition to the common one. */
export const VALIDATION_STYLE = `
.reference { --c: var(--ink); }
.reference .band, rect.band.reference { fill: var(--soft); fill-opacity: 0.28; }
.reference .stroke { stroke: var(--ink); stroke-width: 1.4; fill: none; }
.point.reference { fill-opacity: 0.9; }
path.line.error { stroke-dasharray: none; stroke-width: 1.4; }
.figures.many { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); }
.solids { display: flex; flex-wrap: wrap; gap: 10px 18px; margin: 0 0 6px; }
.rest { --c: var(--soft); }
.solids figure { flex: 0 1 min(200px, calc(50% - 9px)); text-align: center; }
.solids figcaption { font-weight: 600; font-size: 0.9rem; }
.solid { display: block; width: 100%; height: auto; }
.solid path { fill: var(--c); stroke: var(--ink); stroke-width: 0.008; stroke-linejoin: round; }
.swatch { display: inline-block; width: 13px; height: 13px; border-radius: 3px; background: var(--c); margin-right: 5px; vertical-align: -2px; }
.soft { color: var(--soft); }
.key { display: flex; flex-wrap: wrap; gap: 6px 10px; font-size: 0.85rem; }
.key span { padding: 1px 9px; border-radius: 4px; }
.well { background: var(--good-back); }
.within { background: var(--good-back); background: color-mix(in srgb, var(--good-back) 45%, var(--page)); }
.near { background: var(--warn-back); }
.far { background: var(--bad-back); }
.matrix table { min-width: 0; }
.what { display: block; color: var(--soft); font-size: 0.82rem; overflow-wrap: anywhere; }
.matrix th[scope="row"] { text-align: left; vertical-align: top; font-weight: 400; color: var(--ink); white-space: normal; }
.matrix th:first-child { position: sticky; left: 0; background: var(--page); z-index: 1; }
.matrix th[scope="row"], .matrix td { border-bottom: 1px solid var(--faint); }
.matrix th.num { text-align: right; }
.matrix td { padding: 5px 12px 5px 12px; }
.matrix th { padding: 5px 12px 5px 0; }
.matrix th.num { padding-left: 12px; }
.matrix td:last-child, .matrix th:last-child { padding-right: 12px; }
.matrix .group th { padding-top: 18px; color: var(--ink); font-weight: 600; border-bottom-color: var(--edge); white-space: nowrap; }
.matrix .group span { position: sticky; left: 0; }
.matrix .outside { margin-left: 8px; padding: 1px 8px; border-radius: 999px; font-size: 0.78rem; font-weight: 600; background: var(--warn-back); color: var(--warn); }
.matrix .unit { color: var(--soft); font-size: 0.82rem; white-space: nowrap; }
.matrix .about { display: block; color: var(--soft); font-size: 0.8rem; max-width: 34ch; }
.matrix .off { display: block; font-size: 0.8rem; color: var(--soft); }
.near .off, .far .off { color: var(--ink); }
.fact { display: inline-block; margin-right: 10px; font-size: 0.86rem; }
.finding { margin-bottom: 18px; }
.finding p { margin-bottom: 2px; }
@media (max-width: 560px) {
  .matrix .about { display: none; }
  .matrix .outside { display: inline-block; margin-left: 0; border-radius: 8px; max-width: calc(100vw - 40px); white-space: normal; }
  .matrix .group span:has(.outside) { display: inline-flex; flex-direction: column; align-items: flex-start; gap: 3px; }
  .matrix th[scope="row"] code { font-size: 0.78rem; overflow-wrap: normal; }
  .matrix td { padding-left: 8px; padding-right: 8px; }
}
`;
