// The recorder of one call: takes what passes its line, and from the start on keeps it, aligned. Waits for nothing, and throws
// nothing: what goes wrong is said in the log, and in the record.
import { msOfBytes } from '../../audio/format.ts';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { CallTaker, RecordedCall } from '../../call/call-recordings.ts';
import { Aligner } from './aligner.ts';
import type { RecordingNote } from './note.ts';
import type { StereoSink } from './stereo-track.ts';
import { Writer, type SoundFile, type Written } from './writer.ts';

export interface CallRecorderOptions {
  readonly call: RecordedCall;
  readonly rehearsal: boolean;
  readonly owner: string;
  readonly begin: (note: RecordingNote) => Promise<SoundFile>;
  readonly onWritten: (bytes: number) => void;
  readonly onFault: (is: RecordingFault) => void;
  /** It is over, and the disk has all that it will get. */
  readonly onWhole: (note: RecordingNote, written: Written) => void;
  /** It is over; settles when the file is closed. Undefined: it never began. */
  readonly onClosing: (whole: Promise<void> | undefined) => void;
  readonly clock: Clock;
}

export const RECORDING_FAULTS = ['slow', 'failed', 'not-shipped'] as const;
/** `slow`: some was left out. `failed`: nothing more is written. `not-shipped`: it could not be brought to its storage, for now. */
export type RecordingFault = (typeof RECORDING_FAULTS)[number];

const DAY_MS = 86_400_000;

type Tell = Parameters<CallTaker['start']>[0];

export class CallRecorder implements CallTaker {
  readonly marksClears = true;
  readonly #options: CallRecorderOptions;
  readonly #aligner: Aligner;
  /** From the start on. */
  #tell: Tell | undefined;
  #writer: Writer | undefined;
  #note: RecordingNote | undefined;

  constructor(options: CallRecorderOptions) {
    this.#options = options;
    const sink: StereoSink = {
      sound: (bytes) => this.#writer?.sound(bytes),
      silence: (samples) => this.#writer?.silence(samples),
    };
    this.#aligner = new Aligner(options.call.format, sink, () => options.clock.nowMs());
  }

  start(tell: Tell): void {
    if (this.#tell) return;
    this.#tell = tell;
    this.#aligner.start();
  }

  opened(): void {
    this.#aligner.opened();
  }

  heard(frame: Uint8Array): void {
    if (this.#tell && !this.#writer && this.#aligner.gives(frame.length))
      this.#begin(this.#tell, frame.length);
    this.#aligner.heard(frame);
  }

  played(frames: Uint8Array): void {
    this.#aligner.played(frames);
  }

  marked(name: string): void {
    this.#aligner.marked(name);
  }

  markBack(name: string): void {
    this.#aligner.markBack(name);
  }

  cleared(): void {
    this.#aligner.cleared();
  }

  lost(): void {
    this.#aligner.lost();
  }

  hushed(isHushed: boolean): void {
    this.#aligner.hushed(isHushed);
  }

  closed(): void {
    try {
      this.#aligner.close();
    } finally {
      this.#close();
    }
  }

  /** With its first frame, of so many bytes: a line may be long in coming. */
  #begin(tell: Tell, bytes: number): void {
    const { call, rehearsal, owner, begin, onWritten, onFault, clock } = this.#options;
    const { id, format, startedMs, keepDays, log } = call;
    const nowMs = clock.epochMs() - msOfBytes(format, bytes);
    const note: RecordingNote = {
      ...{ callId: id, rehearsal, owner, is: 'open', lostMs: 0 },
      startedAt: new Date(nowMs).toISOString(),
      fromMs: Math.max(0, Math.round(nowMs - startedMs)),
      deleteAfter: keepDays === 'forever' ? null : new Date(startedMs + keepDays * DAY_MS).toISOString(),
    };
    this.#note = note;
    this.#writer = new Writer({
      open: () => begin(note),
      onWritten,
      onSlow: () => {
        onFault('slow');
        log.error(
          'the disk does not take the recording of this call as fast as it comes: parts of it will be silent. The call goes on; look at the disk of DATA_DIR',
        );
      },
      onFailed: (thrown) => {
        onFault('failed');
        tell('broke-off');
        log.error(
          { reason: messageOf(thrown) },
          'the recording of this call ends here, as the disk does not take it. The call goes on; look at DATA_DIR, which may be full',
        );
      },
    });
    tell('began');
    log.info({ fromMs: note.fromMs }, 'the call is recorded from now on');
  }

  #close(): void {
    const { onWhole, onClosing, call } = this.#options;
    const [writer, note] = [this.#writer, this.#note];
    this.#tell = this.#writer = this.#note = undefined;
    if (!writer || !note) return onClosing(undefined);
    onClosing(
      writer.close().then((written) => {
        const lostMs = Math.round(msOfBytes(call.format, written.lostBytes / 2));
        onWhole({ ...note, is: 'whole', lostMs }, written);
      }),
    );
  }
}
