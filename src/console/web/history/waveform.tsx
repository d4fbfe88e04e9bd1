// The two sides of a call, one above the other, with a position that is moved by pointer, keyboard and screen reader alike: an
// ordinary range, transparent, lies above them.
import { useEffect, useRef, type ReactNode } from 'react';
import { colourOf, onThemeChange } from '../theme.ts';
import { durationWords } from '../words.ts';
import type { Measured } from './sound-peaks.ts';

const SIDES = ['caller', 'agent'] as const;
const NAMES = { caller: 'Caller', agent: 'Agent' } as const;

export interface WaveformProps {
  readonly measured: Measured | undefined;
  readonly durationMs: number;
  readonly positionMs: number;
  readonly onSeek: (toMs: number) => void;
}

export function Waveform({ measured, durationMs, positionMs, onSeek }: WaveformProps): ReactNode {
  const share = durationMs === 0 ? 0 : Math.min(1, positionMs / durationMs);
  const whole = durationWords(durationMs);
  return (
    <div className="waveform">
      {SIDES.map((side, n) => (
        <div key={side} className="waveform-lane" data-side={side}>
          <span className="waveform-name">{NAMES[side]}</span>
          <Lane side={side} peaks={measured?.peaks[n as 0 | 1]} />
        </div>
      ))}
      <div className="waveform-over">
        <input
          type="range"
          min={0}
          max={Math.max(1, Math.round(durationMs))}
          step={100}
          value={Math.min(positionMs, durationMs)}
          aria-label="Position in the recording"
          aria-valuetext={`${durationWords(positionMs)} of ${whole}`}
          onChange={({ currentTarget }) => onSeek(Number(currentTarget.value))}
        />
        <span className="waveform-head" style={{ left: `${share * 100}%` }} aria-hidden="true" />
      </div>
    </div>
  );
}

function Lane({ side, peaks }: { side: 'caller' | 'agent'; peaks: Float32Array | undefined }): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const drawn = canvas.current;
    if (!drawn) return undefined;
    const again = (): void => draw(drawn, peaks, colourOf(`--${side}`));
    again();
    const stopTheme = onThemeChange(again);
    const sizes = new ResizeObserver(again);
    sizes.observe(drawn);
    return () => {
      stopTheme();
      sizes.disconnect();
    };
  }, [peaks, side]);
  return <canvas ref={canvas} aria-hidden="true" data-side={side} />;
}

/** A column of two pixels for each stretch, from the middle up and down; quiet voices are made to be seen by the square root. */
function draw(canvas: HTMLCanvasElement, peaks: Float32Array | undefined, colour: string): void {
  const scale = devicePixelRatio;
  const { clientWidth, clientHeight } = canvas;
  canvas.width = Math.round(clientWidth * scale);
  canvas.height = Math.round(clientHeight * scale);
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(scale, scale);
  context.fillStyle = colour;
  const middle = clientHeight / 2;
  for (let x = 0; x < clientWidth; x += 2) {
    const loud = peaks ? loudest(peaks, x / clientWidth, (x + 2) / clientWidth) : 0;
    const height = Math.max(0.5, Math.sqrt(loud) * (middle - 1));
    context.fillRect(x, middle - height, 1.5, 2 * height);
  }
}

function loudest(peaks: Float32Array, from: number, to: number): number {
  const end = Math.max(Math.floor(from * peaks.length) + 1, Math.floor(to * peaks.length));
  return peaks.subarray(Math.floor(from * peaks.length), end).reduce((most, peak) => Math.max(most, peak), 0);
}
