// The recording of a call: heard, seen and moved in. Where it is, its view knows, whose transcript goes along.
import { useState, type ReactNode, type RefObject } from 'react';
import type { Measured } from './sound-peaks.ts';
import { durationWords } from '../words.ts';
import { recordingUrl } from './use-measured.ts';
import { Waveform } from './waveform.tsx';

const SPEEDS = [0.75, 1, 1.25, 1.5, 2] as const;

export interface PlayerProps {
  readonly callId: string;
  readonly audio: RefObject<HTMLAudioElement | null>;
  readonly measured: Measured | undefined;
  readonly durationMs: number;
  readonly positionMs: number;
  readonly onPosition: (ms: number) => void;
}

export function Player(props: PlayerProps): ReactNode {
  const { callId, audio, measured, durationMs, positionMs, onPosition } = props;
  const [isPlaying, setPlaying] = useState(false);
  const [fault, setFault] = useState('');
  const toggle = (): void => {
    const { current } = audio;
    if (!current) return;
    if (!current.paused) return current.pause();
    current.play().catch((thrown: unknown) => setFault(wordsOf(thrown)));
  };
  return (
    <div className="player">
      <audio
        ref={audio}
        src={recordingUrl(callId)}
        preload="metadata"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onTimeUpdate={({ currentTarget }) => onPosition(currentTarget.currentTime * 1_000)}
        onSeeking={({ currentTarget }) => onPosition(currentTarget.currentTime * 1_000)}
        onError={() => setFault('The recording cannot be played. Its storage may be away: try again later.')}
      />
      <Waveform
        {...{ measured, durationMs, positionMs }}
        onSeek={(ms) => {
          if (audio.current) audio.current.currentTime = ms / 1_000;
          onPosition(ms);
        }}
      />
      <div className="row">
        <button type="button" className="primary" onClick={toggle}>
          {isPlaying ? 'Pause' : 'Play'}
        </button>
        <span>
          {durationWords(positionMs)} / {durationWords(durationMs)}
        </span>
        <label className="player-speed">
          Speed{' '}
          <select
            defaultValue="1"
            onChange={({ currentTarget }) => {
              if (audio.current) audio.current.playbackRate = Number(currentTarget.value);
            }}
          >
            {SPEEDS.map((each) => (
              <option key={each} value={each}>
                {each} ×
              </option>
            ))}
          </select>
        </label>
      </div>
      {fault !== '' && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}

const wordsOf = (thrown: unknown): string =>
  thrown instanceof Error ? `The recording cannot be played: ${thrown.message}` : String(thrown);
