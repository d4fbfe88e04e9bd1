// What is said to the model in words, as its family and the way in to it take them. Decides nothing.
import type { JsonObject, Said, ToolDeclaration } from '../session.ts';
import type { Telling } from './catch-up.ts';
import { isBlocking, schedulingOf } from './declarations.ts';
import { encodeHistory, encodeNote, encodePrompt, encodeText, encodeToolResponse } from './encode.ts';
import type { Capabilities } from './models.ts';
import type { Asked } from './outbox.ts';
import type { PendingCall } from './tool-calls.ts';

export interface SpeakerOptions {
  readonly tools: readonly ToolDeclaration[];
  /** Of the model at the other end now: the way in may change. */
  readonly capabilities: () => Capabilities;
  readonly send: (json: string) => void;
}

export class Speaker {
  readonly #options: SpeakerOptions;

  constructor(options: SpeakerOptions) {
    this.#options = options;
  }

  tell(telling: Extract<Telling, { do: 'note' | 'ask' }>): void {
    if (telling.do === 'note') this.note(telling.text);
    else this.ask(telling.text);
  }

  /** Only as the first thing on a connection. */
  history(said: readonly Said[]): void {
    if (said.length > 0) this.#options.send(encodeHistory(said));
  }

  note(text: string): void {
    this.#options.send(encodeNote(text));
  }

  ask(text: string): void {
    const { capabilities, send } = this.#options;
    send(encodePrompt(text));
    if (capabilities().greeting === 'turn and nudge') send(encodeText(' '));
  }

  /** What shows that the result of this function was answered. */
  answeredBy(name: string): Asked['answeredBy'] {
    const { tools, capabilities } = this.#options;
    const tool = tools.find((declared) => declared.name === name);
    if (tool?.scheduling === 'silent') return 'nothing';
    return isBlocking(tool, capabilities()) ? 'more sound' : 'new turn';
  }

  /** `aside`: not to be spoken to, where the model can be told so. */
  answer({ wireId, name }: PendingCall, response: JsonObject, aside = false): void {
    const { tools, capabilities, send } = this.#options;
    const { answersCarryId, functions } = capabilities();
    const tool = tools.find((declared) => declared.name === name);
    const takesIt =
      tool !== undefined && functions.scheduling.length > 0 && !isBlocking(tool, capabilities());
    const scheduling = takesIt ? (aside ? 'SILENT' : schedulingOf(tool)) : undefined;
    send(encodeToolResponse(answersCarryId ? wireId : undefined, name, response, scheduling));
  }
}
