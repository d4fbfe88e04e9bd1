// One call, afterwards: heard, read, and accounted for.
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { CallRecord } from '../../../records/record.ts';
import { get } from '../api.ts';
import { Costs } from '../history/costs.tsx';
import { Events } from '../history/events.tsx';
import { outcomeTone } from '../history/outcomes.ts';
import { Player } from '../history/player.tsx';
import { Transcript } from '../history/transcript.tsx';
import { recordingUrl, useMeasured } from '../history/use-measured.ts';
import { spreadOf, waitsOf } from '../history/waits.ts';
import { Copyable } from '../parts/copyable.tsx';
import { Figure } from '../parts/figure.tsx';
import { Pill } from '../parts/pill.tsx';
import { ErrorState, FaultLine, LoadingState } from '../parts/states.tsx';
import { ViewHead } from '../parts/view-head.tsx';
import { auditPath, boardPath } from '../routes.ts';
import {
  countWords,
  durationWords,
  latencyWords,
  messageOf,
  moneyWords,
  spokenName,
  timeWords,
} from '../words.ts';

const REFRESH_MS = 5_000;

export function CallView({ callId }: { callId: string }): ReactNode {
  const path = `/api/v1/calls/${encodeURIComponent(callId)}`;
  const asked = useQuery({
    queryKey: ['call', callId],
    queryFn: ({ signal }) => get<CallRecord>(path, undefined, signal),
    // A recording is there a moment after the end.
    refetchInterval: ({ state: { data } }) =>
      data && (data.endedAt === null || isJustOver(data)) ? REFRESH_MS : false,
  });
  if (asked.isPending) return <LoadingState what="the call" />;
  // What was shown last says more than nothing, while the server is away for a moment; and it goes on sounding.
  if (!asked.data)
    return (
      <>
        <ViewHead title="Call" />
        <ErrorState fault={asked.error} again={() => void asked.refetch()} />
      </>
    );
  return (
    <>
      <FaultLine fault={asked.error} />
      <Call record={asked.data} path={path} />
    </>
  );
}

const isJustOver = ({ endedAt, recording }: CallRecord): boolean =>
  recording === null && endedAt !== null && Date.now() - Date.parse(endedAt) < 60_000;

function Call({ record, path }: { record: CallRecord; path: string }): ReactNode {
  const { id, recording, turns } = record;
  const audio = useRef<HTMLAudioElement>(null);
  const [positionMs, setPosition] = useState(0);
  const measured = useMeasured(id, recording !== null);
  const fromMs = recording?.fromMs ?? 0;
  const waits = waitsOf(turns, measured.data?.answers ?? [], fromMs);
  const goTo = (atMs: number): void => {
    const { current } = audio;
    if (!current) return;
    current.currentTime = Math.max(0, atMs - fromMs) / 1_000;
    // Refused where nothing was pressed yet; the place is right all the same.
    void current.play().catch(() => undefined);
  };
  const onGoTo = recording ? goTo : undefined;
  return (
    <div className="stack">
      <Head record={record} path={path} />
      <Figures record={record} waitsMs={[...(measured.data?.answers ?? [])].map(({ ms }) => ms)} />
      <section className="card" aria-labelledby="call-recording">
        <h2 id="call-recording">Recording</h2>
        {recording ? (
          <>
            <Player
              {...{ callId: id, audio, positionMs, measured: measured.data }}
              durationMs={recording.durationMs}
              onPosition={setPosition}
            />
            {measured.isError && (
              <p className="notice">The waveform cannot be drawn: {messageOf(measured.error)}</p>
            )}
            {recording.lostMs > 0 && (
              <p className="fault">
                {latencyWords(recording.lostMs)} of it are silent: the disk was too slow, or full.
              </p>
            )}
          </>
        ) : (
          <p className="quiet">
            {record.endedAt === null
              ? 'There is a recording once the call is over, if its profile asks for one.'
              : isJustOver(record)
                ? 'If it was recorded, the recording will be here in a moment.'
                : 'This call was not recorded. The field recording of its profile turns that on.'}
          </p>
        )}
      </section>
      <div className="call-columns">
        <section className="card" aria-labelledby="call-said">
          <h2 id="call-said">What was said</h2>
          <Transcript
            {...{ record, waits, onGoTo }}
            positionMs={recording ? positionMs + fromMs : undefined}
          />
        </section>
        <div className="stack">
          <section className="card" aria-labelledby="call-events">
            <h2 id="call-events">Events</h2>
            <Events events={record.events} onGoTo={onGoTo} />
          </section>
          <section className="card" aria-labelledby="call-costs">
            <h2 id="call-costs">Tokens and cost</h2>
            <Costs record={record} />
          </section>
        </div>
      </div>
    </div>
  );
}

function Head({ record, path }: { record: CallRecord; path: string }): ReactNode {
  const { id, direction, from, to, profile, profileVersion, startedAt, endedAt, outcome, rehearsal } = record;
  const other = direction === 'inbound' ? from : to;
  return (
    <div>
      <p className="small">
        <Link href="/history">History</Link>
      </p>
      <ViewHead
        title={other === '' ? 'Unknown number' : other}
        about={`${profile} · ${timeWords(startedAt)}`}
      >
        <a className="button" href={`${path}/bundle`} download>
          Download all
        </a>
        {record.recording && (
          <a className="button" href={recordingUrl(id)} download={`${id}.wav`}>
            Download sound
          </a>
        )}
      </ViewHead>
      <div className="row">
        <Pill tone={outcomeTone(outcome)}>{outcome === null ? 'In progress' : spokenName(outcome)}</Pill>
        <span>{direction === 'inbound' ? `Called ${to}` : `Called from ${from}`}</span>
        {rehearsal && <span className="quiet">Rehearsal</span>}
        {endedAt === null && <Link href={boardPath(id)}>Watch it live</Link>}
        <Copyable text={id} what="the id of the call" short />
        <Link href={auditPath(id)}>Who did what to it</Link>
        <span className="quiet small">
          Version <code>{profileVersion}</code>
        </span>
      </div>
      {record.lostWrites > 0 && (
        <p className="fault">{countWords(record.lostWrites)} parts of this record could not be kept.</p>
      )}
    </div>
  );
}

function Figures({ record, waitsMs }: { record: CallRecord; waitsMs: readonly number[] }): ReactNode {
  const { durationMs, costUsd, events, tools, recording } = record;
  const waits = spreadOf(waitsMs);
  const failed = tools.filter(({ cause }) => cause !== null).length;
  const count = (type: string): number => events.filter((event) => event.type === type).length;
  return (
    <dl className="figures call-figures">
      <Figure name="Duration" value={durationMs === null ? '–' : durationWords(durationMs)} />
      <Figure
        name="Answers, as heard"
        value={waits ? latencyWords(waits.p50) : '–'}
        note={
          waits
            ? `slowest ${latencyWords(waits.most)}, of ${waitsMs.length}`
            : recording
              ? 'nobody was answered'
              : 'measured in recordings'
        }
      />
      <Figure name="Barge-ins" value={countWords(count('barge-in'))} />
      <Figure
        name="Tools"
        value={countWords(tools.length)}
        note={failed > 0 ? `${failed} failed` : undefined}
      />
      <Figure name="Watchdog" value={countWords(count('watchdog'))} />
      <Figure name="Cost" value={costUsd === null ? '–' : moneyWords(costUsd)} />
    </dl>
  );
}
