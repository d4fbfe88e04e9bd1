// The line that a call is on: the one of now, and what it tells, made into facts. A call goes on over several of them, one
// after the other; whether it goes on at all is not decided here.
import { unreachable } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Line, LineEvent } from '../carrier/line.ts';
import type { Media } from './media.ts';
import type { NoticeBody } from './notices.ts';
import type { Playout } from './playout.ts';
import type { SecretEntry } from './secret-entry.ts';

export interface CallLineOptions {
  readonly media: Media;
  readonly playout: Playout;
  readonly secrets: SecretEntry;
  readonly isEnded: () => boolean;
  /** `goneMs`: since the one before was lost; 0 where none was. */
  readonly onOpened: (goneMs: number) => void;
  /** Of a key that is no secret. */
  readonly onDigit: (digit: string) => void;
  readonly onStopped: () => void;
  /** The carrier sends nothing on it any more. */
  readonly onHung: () => void;
  /** `byUs`: the carrier is to open another one, and that is no loss. */
  readonly onLost: (byUs: boolean) => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly notice: (body: NoticeBody) => void;
}

export class CallLine {
  readonly #options: CallLineOptions;
  #line: Line | undefined;
  #openedMs = 0;
  #lostMs: number | undefined;
  /** Since when the line that is there is known to carry no sound. */
  #hungMs: number | undefined;

  constructor(options: CallLineOptions) {
    this.#options = options;
  }

  /** In milliseconds; 0 when there is none. */
  get openForMs(): number {
    return this.#line ? this.#options.clock.nowMs() - this.#openedMs : 0;
  }

  /** An older one is let go. A call that has ended closes it at once. */
  attach(line: Line): void {
    const { clock, log, media, secrets, isEnded, onOpened, notice } = this.#options;
    if (!isEnded()) this.letGo();
    if (isEnded()) return line.close();
    this.#line = line;
    this.#hungMs = undefined;
    this.#openedMs = clock.nowMs();
    notice({ type: 'line-opened' });
    log.info({ streamId: line.streamId }, 'line opened');
    media.attach(line);
    secrets.lineIsBack();
    const goneMs = this.#lostMs === undefined ? 0 : clock.nowMs() - this.#lostMs;
    this.#lostMs = undefined;
    onOpened(goneMs);
    // Last: what the line has kept, its end perhaps, comes at once.
    line.listen({
      onAudio: (frame) => media.fromCaller(frame),
      onEvent: (event) => this.#onEvent(line, event),
    });
  }

  /** As decided: whatever it says from now on concerns nobody. */
  close(): void {
    const line = this.#line;
    this.#line = undefined;
    this.#lostMs = undefined;
    line?.close();
  }

  /** It is of no use any more: to the call it is lost. */
  letGo(): void {
    const line = this.#line;
    if (!line) return;
    this.#lose();
    line.close();
  }

  /** The carrier is to open another one, for this one comes through somebody who goes. */
  reopen(): void {
    const line = this.#line;
    if (!line) return;
    this.#lose(true);
    line.close();
  }

  /** A key that is no secret. */
  press(digit: string): void {
    const { onDigit, notice } = this.#options;
    notice({ type: 'digit', digit });
    onDigit(digit);
  }

  #onEvent(line: Line, event: LineEvent): void {
    const { playout, secrets, isEnded, onHung, onStopped, log } = this.#options;
    if (line !== this.#line || isEnded()) return;
    switch (event.type) {
      case 'marked':
        return playout.marked(event.name);
      case 'digit':
        if (secrets.takes(event.digit)) return;
        return this.press(event.digit);
      case 'hung':
        log.warn('the carrier sends no sound on this line any more; it is asked to open another');
        this.#hungMs ??= this.#options.clock.nowMs();
        return onHung();
      case 'stopped':
        // It was asked to open another. Of a caller who has hung up just then it says so when it is to.
        return this.#hungMs === undefined ? onStopped() : this.letGo();
      case 'closed':
        log.warn(
          { code: event.code, reason: event.reason },
          'line lost without a stop; waiting for the carrier to open another',
        );
        return this.#lose();
      default:
        return unreachable(event);
    }
  }

  #lose(byUs = false): void {
    const { secrets, onLost, notice } = this.#options;
    this.#line = undefined;
    this.#lostMs = this.#hungMs ?? this.#options.clock.nowMs();
    secrets.lineIsLost();
    if (!byUs) notice({ type: 'line-lost' });
    onLost(byUs);
  }
}
