// Tokens as the API bills them: every turn pays for the whole conversation so far (ai.google.dev, pricing).

/** 25 tokens a second of sound (ai.google.dev, live-api/best-practices). */
const AUDIO_TOKENS_PER_MS = 0.025;
/** Google's rule of thumb for text. */
const CHARACTERS_PER_TOKEN = 4;

interface Tokens {
  readonly text: number;
  readonly audio: number;
}

const NONE: Tokens = { text: 0, audio: 0 };
const add = (to: Tokens, { text = 0, audio = 0 }: Partial<Tokens>): Tokens => ({
  text: to.text + text,
  audio: to.audio + audio,
});
const details = ({ text, audio }: Tokens): { modality: 'TEXT' | 'AUDIO'; tokenCount: number }[] => [
  { modality: 'TEXT', tokenCount: text },
  { modality: 'AUDIO', tokenCount: audio },
];

export interface UsageMetadata {
  promptTokenCount: number;
  responseTokenCount: number;
  totalTokenCount: number;
  promptTokensDetails: ReturnType<typeof details>;
  responseTokensDetails: ReturnType<typeof details>;
}

export class Usage {
  #context: Tokens;
  #response = NONE;

  constructor(context: Tokens = NONE) {
    this.#context = context;
  }

  get context(): Tokens {
    return this.#context;
  }

  read(text: string): void {
    this.#context = add(this.#context, { text: Math.ceil(text.length / CHARACTERS_PER_TOKEN) });
  }

  heard(ms: number): void {
    this.#context = add(this.#context, { audio: Math.round(ms * AUDIO_TOKENS_PER_MS) });
  }

  said(ms: number): void {
    this.#response = add(this.#response, { audio: Math.round(ms * AUDIO_TOKENS_PER_MS) });
  }

  /** The bill of a turn; the answer is context from then on. */
  close(): UsageMetadata {
    const prompt = this.#context;
    const response = this.#response;
    this.#context = add(prompt, response);
    this.#response = NONE;
    const promptTokenCount = prompt.text + prompt.audio;
    const responseTokenCount = response.text + response.audio;
    return {
      promptTokenCount,
      responseTokenCount,
      totalTokenCount: promptTokenCount + responseTokenCount,
      promptTokensDetails: details(prompt),
      responseTokensDetails: details(response),
    };
  }
}
