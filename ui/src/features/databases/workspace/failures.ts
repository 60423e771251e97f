// Why a statement failed, told to people: what it is called, and what is known of what it did.

import type { DatabaseFailure } from '$ipc-schema/types';

const TITLES: { [kind: string]: string } = {
  usage: 'That cannot be run',
  refused: 'Refused: only reading is allowed here',
  denied: 'Refused: only reading is allowed here',
  connection: 'The server cannot be reached',
  server: 'The server says no',
  upstream: 'The server says no',
  lost: 'The connection was lost',
  timedOut: 'It took too long and was ended',
  cancelled: 'Stopped',
  unsupported: 'This engine cannot do that',
  file: 'The file cannot be used',
  invalidParams: 'That cannot be run',
  notFound: 'It is not there any more',
};

export const failureTitle = ({ kind }: DatabaseFailure) => TITLES[kind] ?? 'It failed';

/** Whether it would help to do the same again. */
export const mayRunAgain = ({ kind }: DatabaseFailure) =>
  ['connection', 'lost', 'timedOut', 'cancelled', 'notFound', 'busy'].includes(kind);

/** What is known of what the statement did; null where the answer told. */
export function doubt({ kind }: DatabaseFailure, reads: boolean): string | null {
  if (kind === 'lost') {
    return reads
      ? 'The statement only reads, so nothing was changed. It can be run again.'
      : 'Nobody knows whether the statement was done: look before you run it again.';
  }
  if (kind === 'connection') return 'The statement was not sent.';
  if (kind === 'timedOut' && !reads)
    return 'The server was told to end it; what it had begun is undone where the engine can.';
  return null;
}
