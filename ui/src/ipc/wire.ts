// What carries JSON-RPC texts between the page and Backstory. Only the `wire.*.ts` beside this
// file know how.

export interface Wire {
  /** Sends one message, which may be a batch; resolves with the reply's text, empty for none. */
  send(text: string): Promise<string>;
  /** Hears every notification from now on, in order. */
  listen(hear: (text: string) => void): void;
}

/** A message that was not delivered, or whose reply was no reply. */
export class WireError extends Error {
  /** The status that the carrier gave, where it gave one. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}
