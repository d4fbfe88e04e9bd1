// The carrier's side of one call: rings, opens the stream, speaks in real time, plays what comes back and returns its
// marks (Twilio docs, Media Streams: WebSocket messages). Knows nothing of the model.
import { randomBytes } from 'node:crypto';
import twilio from 'twilio';
import { WebSocket } from 'ws';
import type { Books } from './books.ts';
import { ACCOUNT_SID } from './messages.ts';
import { payloadIn } from './payload.ts';
import { bytesPerMs, CALLER_FRAMES, FRAME_MS, levelOfFrame, MULAW_8K } from './sound.ts';
import type { Tally } from './tally.ts';

export interface PhoneOptions {
  readonly bridgePort: number;
  /** Given: the bridge is rung by a signed webhook and says itself where the stream goes. */
  readonly authToken: string | undefined;
  readonly caller: string;
  /** Where in the 20 ms this call speaks, so that all calls together load the bridge evenly. */
  readonly phaseMs: number;
  readonly books: Books;
  readonly tally: Tally;
}

interface Stream {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly parameters: Record<string, string>;
}

type SmallMessage = { event?: string; mark?: { name: string } };

export class Phone {
  readonly #options: PhoneOptions;
  readonly #callSid = `CA${randomBytes(16).toString('hex')}`;
  readonly #streamSid = `MZ${randomBytes(16).toString('hex')}`;
  #socket: WebSocket | undefined;
  #nextFrameMs = Infinity;
  #sequence = 1;
  #playsUntilMs = 0;
  #marks: { name: string; dueMs: number }[] = [];

  constructor(options: PhoneOptions) {
    this.#options = options;
  }

  /** Resolves when the stream is open and its `start` was sent; speaks from then on. */
  async ring(): Promise<void> {
    const { authToken, caller, bridgePort, tally } = this.#options;
    const stream: Stream =
      authToken === undefined
        ? { url: `ws://127.0.0.1:${bridgePort}/`, headers: {}, parameters: { caller } }
        : await this.#askForStream(authToken);
    const socket = new WebSocket(stream.url, { headers: stream.headers, perMessageDeflate: false });
    await new Promise((resolve, reject) => {
      socket.once('open', resolve).once('error', reject);
    });
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#receive(data, performance.now()));
    socket.on('error', (error) => tally.fault(`a phone's socket failed: ${error.message}`));
    socket.on('close', (code) => {
      if (this.#socket) tally.fault(`the bridge closed a phone's socket (${code})`);
      this.#socket = undefined;
    });
    this.#sayStart(socket, stream.parameters);
    const { phaseMs } = this.#options;
    this.#nextFrameMs = (Math.floor(performance.now() / FRAME_MS) + 1) * FRAME_MS + phaseMs;
  }

  tick(nowMs: number): void {
    while (this.#nextFrameMs <= nowMs) {
      this.#options.tally.add(this.#options.tally.ownLateness, nowMs - this.#nextFrameMs);
      this.#speak();
      this.#nextFrameMs += FRAME_MS;
    }
    while (this.#marks[0] && this.#marks[0].dueMs <= nowMs) this.#returnMark(this.#marks.shift()!.name);
  }

  hush(): void {
    this.#nextFrameMs = Infinity;
    this.#options.books.callerHushed();
  }

  hangUp(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.send(
      JSON.stringify({
        event: 'stop',
        sequenceNumber: String(this.#sequence),
        streamSid: this.#streamSid,
        stop: { accountSid: ACCOUNT_SID, callSid: this.#callSid },
      }),
    );
    socket?.close();
  }

  async #askForStream(authToken: string): Promise<Stream> {
    const url = `http://127.0.0.1:${this.#options.bridgePort}/twilio/voice`;
    const form = {
      CallSid: this.#callSid,
      AccountSid: ACCOUNT_SID,
      From: this.#options.caller,
      To: '+15550100100',
      CallStatus: 'ringing',
      Direction: 'inbound',
      ApiVersion: '2010-04-01',
    };
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'x-twilio-signature': twilio.getExpectedTwilioSignature(authToken, url, form) },
      body: new URLSearchParams(form),
    });
    const markup = await response.text();
    const streamUrl = /<Stream[^>]* url="([^"]+)"/.exec(markup)?.[1];
    if (!response.ok || streamUrl === undefined)
      throw new Error(`the voice webhook answered ${response.status}: ${markup.slice(0, 200)}`);
    const parameters = [...markup.matchAll(/<Parameter name="([^"]+)" value="([^"]*)"/g)];
    return {
      url: streamUrl,
      headers: { 'x-twilio-signature': twilio.getExpectedTwilioSignature(authToken, streamUrl, {}) },
      parameters: Object.fromEntries(parameters.map(([, name, value]) => [name, value])) as Record<
        string,
        string
      >,
    };
  }

  #sayStart(socket: WebSocket, customParameters: Record<string, string>): void {
    socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}');
    socket.send(
      JSON.stringify({
        event: 'start',
        sequenceNumber: String(this.#sequence++),
        streamSid: this.#streamSid,
        start: {
          accountSid: ACCOUNT_SID,
          streamSid: this.#streamSid,
          callSid: this.#callSid,
          tracks: ['inbound'],
          mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8_000, channels: 1 },
          customParameters,
        },
      }),
    );
  }

  #speak(): void {
    if (!this.#socket) return;
    const { books } = this.#options;
    const frame = books.nextFrame;
    const payload = CALLER_FRAMES[levelOfFrame(frame)]!;
    const message =
      `{"event":"media","sequenceNumber":"${this.#sequence++}","streamSid":"${this.#streamSid}",` +
      `"media":{"track":"inbound","chunk":"${frame + 1}","timestamp":"${frame * FRAME_MS}","payload":"${payload}"}}`;
    books.callerSent(performance.now());
    this.#socket.send(message);
  }

  #receive(message: Buffer, nowMs: number): void {
    const sound = payloadIn(message, '"payload":"');
    if (sound) {
      this.#options.books.agentArrived(sound, nowMs);
      const ms = sound.bytes / bytesPerMs(MULAW_8K);
      this.#playsUntilMs = Math.max(this.#playsUntilMs, nowMs) + ms;
      return;
    }
    const { event, mark } = JSON.parse(message.toString()) as SmallMessage;
    if (event === 'mark' && mark) {
      if (this.#playsUntilMs <= nowMs) this.#returnMark(mark.name);
      else this.#marks.push({ name: mark.name, dueMs: this.#playsUntilMs });
    } else if (event === 'clear') {
      this.#options.books.clearArrived(nowMs);
      this.#playsUntilMs = nowMs;
      for (const { name } of this.#marks.splice(0)) this.#returnMark(name);
    } else this.#options.tally.fault(`the bridge sent a message that is no Twilio message`);
  }

  #returnMark(name: string): void {
    this.#socket?.send(
      `{"event":"mark","sequenceNumber":"${this.#sequence++}","streamSid":"${this.#streamSid}","mark":{"name":${JSON.stringify(name)}}}`,
    );
  }
}
