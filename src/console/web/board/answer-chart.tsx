// How long the caller waited for each answer, over the call.
import { useEffect, useRef, type ReactNode } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Answered } from '../../call-view.ts';
import { durationWords, latencyWords } from '../words.ts';

const HEIGHT_PX = 150;
/** Just behind the event, and for as long as they pass from one to the other, computed colours are still those of the old theme. */
const THEMED_WITHIN_MS = 250;
/** Of a clock: no half seconds. */
const TICKS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600];
/** Less, and "1.0 s" is cut off. */
const AXIS_PX = 64;

export function AnswerChart({ answers }: { answers: readonly Answered[] }): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot>(undefined);
  const last = answers.at(-1);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const made = new UPlot(optionsOf(element), [[], []], element);
    chart.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    resized.observe(element);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const redraw = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => made.redraw(), THEMED_WITHIN_MS);
    };
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', redraw);
    const themed = new MutationObserver(redraw);
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      clearTimeout(timer);
      resized.disconnect();
      themed.disconnect();
      scheme.removeEventListener('change', redraw);
      made.destroy();
    };
  }, []);
  useEffect(() => {
    chart.current?.setData([answers.map(({ atMs }) => atMs / 1_000), answers.map(({ ms }) => ms)]);
  }, [answers]);
  return (
    <section aria-labelledby="answer-times">
      <h3 id="answer-times">Time to answer</h3>
      <p className="quiet small">
        {last
          ? `Last ${latencyWords(last.ms)}, slowest ${latencyWords(Math.max(...answers.map(({ ms }) => ms)))}: `
          : 'None yet: '}
        from the last of the caller’s sound to the first of the agent’s, as both pass this server.
      </p>
      <div ref={box} className="answer-chart" hidden={!last} aria-hidden="true" />
    </section>
  );
}

/** Colours are asked for whenever it is drawn: the theme may be another one then. */
function optionsOf(element: HTMLElement): UPlot.Options {
  const ink = (): string => getComputedStyle(element).color;
  const line = (): string => getComputedStyle(element).borderTopColor;
  const accent = (): string => getComputedStyle(element).outlineColor;
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  return {
    ...{ width: element.clientWidth || 300, height: HEIGHT_PX },
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: (_chart, _least, most) => [0, Math.max(10, most || 0)] },
      y: { range: (_chart, _least, most) => [0, Math.max(1_000, (most || 0) * 1.1)] },
    },
    axes: [
      { ...axis, incrs: TICKS_S, values: (_chart, splits) => splits.map((at) => durationWords(at * 1_000)) },
      { ...axis, size: AXIS_PX, values: (_chart, splits) => splits.map((ms) => latencyWords(ms)) },
    ],
    series: [{}, { stroke: accent, width: 2, points: { show: true, size: 7, fill: accent } }],
  };
}
