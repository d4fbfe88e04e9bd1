// What a server says of a call may quote the caller: it is kept apart from the message, which goes into the log.

/** For `cause`: `message` says what kind of answer it was, `said` what was in it. */
export class ServerSaid extends Error {
  override readonly name = 'ServerSaid';
  readonly said: string;

  constructor(message: string, said: string) {
    super(message);
    this.said = said.slice(0, 500);
  }
}
