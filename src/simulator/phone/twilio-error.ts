// A line of Twilio's debugger. What goes wrong in a simulated call is told in its codes.

/** `code` 0 is no fault of the server: the simulated network cannot do what was asked. */
export interface TwilioError {
  readonly code: number;
  readonly message: string;
}
