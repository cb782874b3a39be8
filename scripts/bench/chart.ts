import type { Measurement, Subject } from './measurements.js';
import { CONTENDERS, count } from './report.js';
import { findFigure, type Figure, type Results } from './results.js';

const WIDTH = 720;
const LABELS = 100;
const VALUES = 90;
const BARS = WIDTH - LABELS - VALUES;
const BAR = { height: 22, pitch: 32 };
const HEADING = 48;
const WHISKER = 6;

const STYLE = `
.ground { fill: #ffffff } text { fill: #1f2328; font: 14px system-ui, sans-serif } .heading { font-weight: 600 }
.bar { fill: #8c959f } .ours { fill: #0969da } .whisker { stroke: #1f2328; stroke-width: 1.5; fill: none }
@media (prefers-color-scheme: dark) {
.ground { fill: #0d1117 } text { fill: #e6edf3 } .bar { fill: #6e7681 } .ours { fill: #388bfd } .whisker { stroke: #e6edf3 }
}`;

/** Draws the requests per second of each contender: bars of the medians, with whiskers from the least to the most. */
export function chart(results: Results): string {
  const { few } = results.plan.jobs;
  const groups: [string, Figure[]][] = [
    ['Retrieve one, requests per second', figuresOf(results, 'retrieve')],
    ['List 10, requests per second', figuresOf(results, 'list')],
  ];
  const heights = groups.map(([, figures]) => HEADING + figures.length * BAR.pitch);
  const height = heights.reduce((sum, each) => sum + each, 0) + BAR.pitch / 2;
  const title = `Requests per second with ${count(few)} jobs stored, by contender`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(title)}">`,
    `<title>${escape(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}"/>`,
    ...groups.map(([heading, figures], index) =>
      group(heading, figures, index === 0 ? 0 : (heights[0] ?? 0)),
    ),
    '</svg>',
    '',
  ].join('\n');
}

function figuresOf({ figures, plan }: Results, measurement: Measurement): Figure[] {
  return (Object.keys(CONTENDERS) as Subject['contender'][]).map((contender) => {
    const subject = { contender, ...(contender === 'ours' && { jobs: plan.jobs.few }) };
    const figure = findFigure(figures, measurement, subject);
    if (!figure) throw new Error(`Nothing was measured as ${measurement} of ${contender}.`);
    return figure;
  });
}

function group(heading: string, figures: Figure[], top: number): string {
  const scale = BARS / Math.max(...figures.map(({ max }) => max));
  return [
    `<text class="heading" x="${LABELS}" y="${top + 32}">${escape(heading)}</text>`,
    ...figures.map((figure, index) => bar(figure, top + HEADING + index * BAR.pitch, scale)),
  ].join('\n');
}

function bar({ contender, median, min, max }: Figure, top: number, scale: number): string {
  const [end, from, to] = [median, min, max].map((value) => Math.round(value * scale * 10) / 10) as [
    number,
    number,
    number,
  ];
  const middle = top + BAR.height / 2;
  const whisker = `M${LABELS + from} ${middle}H${LABELS + to}`;
  const ends = [from, to].map((x) => `M${LABELS + x} ${middle - WHISKER}V${middle + WHISKER}`).join('');
  return [
    `<text x="${LABELS - 10}" y="${middle + 5}" text-anchor="end">${escape(CONTENDERS[contender])}</text>`,
    `<rect class="bar${contender === 'ours' ? ' ours' : ''}" x="${LABELS}" y="${top}" width="${end}" height="${BAR.height}"/>`,
    `<path class="whisker" d="${whisker}${ends}"/>`,
    `<text x="${LABELS + Math.max(end, to) + 10}" y="${middle + 5}">${count(median)}</text>`,
  ].join('\n');
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
