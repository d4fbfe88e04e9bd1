// What is said to the model in words, as its family and the way in to it take them. Decides nothing.
import type { JsonObject, Said, ToolDeclaration } from '../session.ts';
import type { Telling } from './catch-up.ts';
import { encodeHistory, encodeNote, encodePrompt, encodeText, encodeToolResponse } from './messages.ts';
import type { Capabilities } from './models.ts';
import { schedulingOf } from './setup.ts';
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

  tell(telling: Exclude<Telling, { do: 'go-on' }>): void {
    if (telling.do === 'answer') this.answer(telling.call, telling.response);
    else if (telling.do === 'note') this.note(telling.text);
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

  answer({ wireId, name }: PendingCall, response: JsonObject): void {
    const { tools, capabilities, send } = this.#options;
    const { answersCarryId, functions } = capabilities();
    const tool = tools.find((declared) => declared.name === name);
    const scheduling = tool && functions.scheduling.length > 0 ? schedulingOf(tool) : undefined;
    send(encodeToolResponse(answersCarryId ? wireId : undefined, name, response, scheduling));
  }
}
