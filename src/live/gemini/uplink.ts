// The caller's sound on its way to the model: kept, bounded and in order, until there is somewhere to send it.
import { bytesOfMs, msOfBytes, PCM16_16K } from '../../audio/format.ts';
import type { Log } from '../../base/log.ts';

/** More than any setup takes; 960,000 bytes. */
const KEPT_MS = 30_000;
const KEPT_BYTES = bytesOfMs(PCM16_16K, KEPT_MS);

type Put = (pcm: Uint8Array) => void;

export class Uplink {
  readonly #log: Log;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #droppedBytes = 0;
  /** Where a frame goes: swapped as a whole, so that no frame asks what state it is in. */
  #put: Put = (pcm) => this.#keep(pcm);

  constructor(log: Log) {
    this.#log = log;
  }

  send(pcm: Uint8Array): void {
    this.#put(pcm);
  }

  /** What was kept goes first; what comes from now on goes straight. */
  open(send: Put): void {
    for (const pcm of this.#stopKeeping()) send(pcm);
    this.#put = send;
  }

  close(): void {
    this.#stopKeeping();
    this.#put = () => undefined;
  }

  #keep(pcm: Uint8Array): void {
    const copy = Uint8Array.from(pcm.subarray(-KEPT_BYTES));
    this.#kept.push(copy);
    this.#keptBytes += copy.length;
    this.#droppedBytes += pcm.length - copy.length;
    while (this.#keptBytes > KEPT_BYTES) {
      const oldest = this.#kept.shift()!;
      this.#keptBytes -= oldest.length;
      this.#droppedBytes += oldest.length;
    }
  }

  #stopKeeping(): Uint8Array[] {
    if (this.#droppedBytes > 0)
      this.#log.warn(
        { lostMs: msOfBytes(PCM16_16K, this.#droppedBytes), keptMs: msOfBytes(PCM16_16K, this.#keptBytes) },
        'the model was not ready for so long that the oldest caller sound was dropped',
      );
    const kept = this.#kept;
    this.#kept = [];
    this.#keptBytes = 0;
    this.#droppedBytes = 0;
    return kept;
  }
}
