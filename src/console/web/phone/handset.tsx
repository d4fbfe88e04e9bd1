// The telephone itself: whom to call and as whom, and what one can do in a call.
import { useState, type ReactNode } from 'react';
import type { PhoneProfile } from '../../phone-view.ts';
import { useParameters } from '../location.ts';
import { Meter } from '../parts/meter.tsx';
import { Pill } from '../parts/pill.tsx';
import type { Tone } from '../parts/tone.ts';
import { FaultLine } from '../parts/states.tsx';
import { useDevices } from './devices.ts';
import { SPEAKER_CAN_BE_CHOSEN } from './handset-audio.ts';
import { Keypad } from './keypad.tsx';
import { whereWords, type PhonePhase, type PhoneState } from './phone-state.ts';
import { phone } from './phone.ts';
import { whyNoSound } from './sound-faults.ts';

const CALLER_KEY = 'liveline.phone.from';
/** Fictional (NANP: 555-0100 to 555-0199), and a customer of the rehearsal. */
const ADA = '+15550100123';

const WORDS: Readonly<Record<PhonePhase['is'], readonly [string, Tone]>> = {
  idle: ['Ready', 'neutral'],
  calling: ['Calling …', 'info'],
  connected: ['In the call', 'good'],
  asking: ['Line interrupted, asking what is next …', 'warn'],
  elsewhere: ['Away from the agent', 'warn'],
  over: ['Over', 'neutral'],
};

export function Handset({
  profiles,
  state,
}: {
  profiles: readonly PhoneProfile[];
  state: PhoneState;
}): ReactNode {
  const { phase, fault } = state;
  const [mouth, setMouth] = useState(phone.dialled?.mouth.is ?? 'microphone');
  const [files, setFiles] = useState<readonly File[]>([]);
  const [microphoneId, setMicrophoneId] = useState('');
  const [speakerId, setSpeakerId] = useState('');
  const [parameters] = useParameters();
  const devices = useDevices(phase.is);
  const noSound = whyNoSound();
  const isBusy = phase.is !== 'idle' && phase.is !== 'over';
  const [words, tone] =
    phase.is === 'connected' && !phase.isOpen ? (['Connecting …', 'info'] as const) : WORDS[phase.is];

  const call = (form: FormData): void => {
    const from = textOf(form, 'from');
    localStorage.setItem(CALLER_KEY, from);
    void phone.call({
      ...{ profile: textOf(form, 'profile'), from, speakerId },
      mouth: mouth === 'microphone' ? { is: mouth, deviceId: microphoneId } : { is: mouth },
    });
  };
  // Whom the call is with, else who was asked for, else who was called last.
  const asked = parameters.get('profile');
  const wanted = isBusy ? phone.dialled?.profile : (asked ?? phone.dialled?.profile);
  return (
    <section className="card handset" aria-labelledby="handset-title">
      <div className="phone-said-head">
        <h2 id="handset-title">Telephone</h2>
        <span role="status">
          <Pill tone={tone}>{words}</Pill>
        </span>
      </div>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          call(new FormData(event.currentTarget));
        }}
      >
        <fieldset className="stack handset-whom" disabled={isBusy}>
          <legend className="unseen">Whom to call, and as whom</legend>
          <label>
            Agent
            <select name="profile" defaultValue={profiles.find(({ name }) => name === wanted)?.name}>
              {profiles.map(({ name, takesCalls }) => (
                <option key={name} value={name} disabled={!takesCalls}>
                  {name}
                  {!takesCalls && ' (takes no calls)'}
                </option>
              ))}
            </select>
          </label>
          <label>
            Call as
            <input
              name="from"
              required
              autoComplete="off"
              defaultValue={localStorage.getItem(CALLER_KEY) ?? ADA}
            />
            <span className="hint">A number as the records have it, or the word anonymous.</span>
          </label>
          <fieldset>
            <legend className="handset-legend">The caller’s voice</legend>
            <div className="segments">
              {(['microphone', 'files'] as const).map((each) => (
                <label key={each}>
                  <input type="radio" name="mouth" checked={mouth === each} onChange={() => setMouth(each)} />
                  <span>{each === 'microphone' ? 'Microphone' : 'WAV files'}</span>
                </label>
              ))}
            </div>
          </fieldset>
          {mouth === 'microphone' && devices.microphones.length > 0 && (
            <DevicePicker
              name="Microphone"
              devices={devices.microphones}
              chosen={microphoneId}
              onChosen={setMicrophoneId}
            />
          )}
        </fieldset>
        {mouth === 'files' && <Files files={files} onChosen={setFiles} canSay={phase.is === 'connected'} />}
        {SPEAKER_CAN_BE_CHOSEN && devices.speakers.length > 0 && (
          <DevicePicker
            name="Loudspeaker"
            devices={devices.speakers}
            chosen={speakerId}
            onChosen={(id) => {
              setSpeakerId(id);
              void phone.playTo(id);
            }}
          />
        )}
        {noSound !== undefined && <FaultLine fault={noSound} />}
        <FaultLine fault={fault} />
        <div className="row">
          {/* By keys: a button that became the other one under the finger would also do what that one does. */}
          {isBusy ? (
            <button key="hang-up" type="button" className="danger" onClick={() => phone.hangUp()}>
              Hang up
            </button>
          ) : (
            <button key="call" type="submit" className="primary" disabled={noSound !== undefined}>
              Call
            </button>
          )}
          <button
            type="button"
            aria-pressed={state.isMuted}
            disabled={phase.is !== 'connected'}
            onClick={() => phone.mute(!state.isMuted)}
          >
            {state.isMuted ? 'Unmute' : 'Mute'}
          </button>
        </div>
      </form>
      <Levels phase={phase} />
      {phase.is === 'elsewhere' && <p role="status">{whereWords(phase.sent)}</p>}
      <Keypad
        keys={state.keys}
        isOn={phase.is === 'connected' || (phase.is === 'elsewhere' && phase.sent.by === 'menu')}
      />
    </section>
  );
}

/** A meter of each side while there is sound; as high without. */
function Levels({ phase }: { phase: PhonePhase }): ReactNode {
  const { audio } = phone;
  return (
    <div className="handset-levels">
      {audio && phase.is !== 'calling' ? (
        <>
          <Meter name="You" levels={audio.mouthLevel} />
          <Meter name="Agent" levels={audio.earLevel} />
        </>
      ) : (
        <>
          <Meter name="You" levels={NO_LEVELS} />
          <Meter name="Agent" levels={NO_LEVELS} />
        </>
      )}
    </div>
  );
}

const NO_LEVELS = (onLevel: (level: number) => void): (() => void) => {
  onLevel(0);
  return () => undefined;
};

function DevicePicker({
  name,
  devices,
  chosen,
  onChosen,
}: {
  name: string;
  devices: readonly { readonly id: string; readonly name: string }[];
  chosen: string;
  onChosen: (id: string) => void;
}): ReactNode {
  return (
    <label>
      {name}
      <select value={chosen} onChange={(event) => onChosen(event.currentTarget.value)}>
        <option value="">As the system prefers</option>
        {devices.map((device) => (
          <option key={device.id} value={device.id}>
            {device.name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What the caller says, file by file, whenever it is wanted. */
function Files({
  files,
  onChosen,
  canSay,
}: {
  files: readonly File[];
  onChosen: (files: readonly File[]) => void;
  canSay: boolean;
}): ReactNode {
  return (
    <div className="handset-files">
      <label>
        WAV files of the caller
        <input
          type="file"
          accept="audio/*,.wav"
          multiple
          onChange={(event) => onChosen([...(event.currentTarget.files ?? [])])}
        />
      </label>
      {files.length > 0 && (
        <ul className="handset-file-list">
          {files.map((file) => (
            <li key={file.name} className="row">
              <button type="button" className="small" disabled={!canSay} onClick={() => void phone.say(file)}>
                Say<span className="unseen"> {file.name}</span>
              </button>
              <span>{file.name}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="hint">
        {canSay ? 'The line hears each of them when you press Say.' : 'Call first; then say them one by one.'}
      </p>
    </div>
  );
}

function textOf(form: FormData, field: string): string {
  const value = form.get(field);
  return typeof value === 'string' ? value.trim() : '';
}
