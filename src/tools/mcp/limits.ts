// The sizes that an MCP server may not exceed: it shares a process, and the model's attention, with calls.

/** Of one message. One of 1 MB is read in a few milliseconds; more would be heard as a gap in the sound of calls. */
export const MAX_MESSAGE_BYTES = 1_000_000;
/** Of what a tool says, in characters; about two minutes of speech, far more than anybody listens to. */
export const MAX_RESULT_CHARS = 8_000;
/** Of a tool, as the model is told it, in characters. */
export const MAX_DESCRIPTION_CHARS = 2_000;
