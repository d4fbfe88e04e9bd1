import { useEffect, useRef, type ReactNode } from 'react';

/** Whoever measures: hands levels in until it is told to stop. */
export type LevelSource = (onLevel: (level: number) => void) => () => void;

/**
 * A level of sound, 0 to 1, drawn without React: it changes ten times a second. It says nothing to a screen reader, which would
 * never fall silent.
 */
export function Meter({ name, levels }: { name: string; levels: LevelSource }): ReactNode {
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(
    () =>
      levels((level) => {
        if (bar.current)
          bar.current.style.transform = `scaleX(${Math.min(1, Math.max(0, level)).toFixed(3)})`;
      }),
    [levels],
  );
  return (
    <span className="meter" aria-hidden="true">
      <span className="meter-name">{name}</span>
      <span className="meter-track">
        <span className="meter-bar" ref={bar} />
      </span>
    </span>
  );
}
