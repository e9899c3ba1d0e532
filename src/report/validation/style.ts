/** Style sheet of the validation's page, in addition to the common one. */
export const VALIDATION_STYLE = `
.reference { --c: var(--ink); }
.reference .band, rect.band.reference { fill: var(--soft); fill-opacity: 0.28; }
.reference .stroke { stroke: var(--ink); stroke-width: 1.4; fill: none; }
.point.reference { fill-opacity: 0.9; }
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
.matrix .unit { color: var(--soft); font-size: 0.82rem; white-space: nowrap; }
.matrix .about { display: block; color: var(--soft); font-size: 0.8rem; max-width: 34ch; }
.matrix .off { display: block; font-size: 0.8rem; color: var(--soft); }
.near .off, .far .off { color: var(--ink); }
.fact { display: inline-block; margin-right: 10px; font-size: 0.86rem; }
.finding { margin-bottom: 18px; }
.finding p { margin-bottom: 2px; }
@media (max-width: 560px) {
  .matrix .about { display: none; }
  .matrix th[scope="row"] .unit { display: block; }
  .matrix th[scope="row"] code { font-size: 0.78rem; overflow-wrap: normal; }
  .matrix td { padding-left: 8px; padding-right: 8px; }
}
`;
