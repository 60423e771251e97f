// The statements of a text, as the server's own splitter finds them; asked once for each text.

import type { DatabaseEngine } from '$ipc-schema/types';
import { call } from '$/ipc/client';
import { pieces, type Piece } from './places';
import { project } from '$/kit/project.svelte';

let last: { key: string; pieces: Promise<readonly Piece[]> } | undefined;

/** The statements; where nobody can tell them apart, the whole text as one. */
export function judged(
  text: string,
  connection: string | null,
  engine: DatabaseEngine | undefined,
): Promise<readonly Piece[]> {
  const key = `${connection} ${engine} ${text}`;
  if (last?.key === key) return last.pieces;
  const asked = ask(text, connection, engine);
  last = { key, pieces: asked };
  return asked;
}

async function ask(
  text: string,
  connection: string | null,
  engine: DatabaseEngine | undefined,
): Promise<readonly Piece[]> {
  if (!text.trim()) return [];
  const of = engine ? { engine } : connection ? { connection, ...project.named } : {};
  try {
    return pieces(text, (await call('databases.judge', { ...of, text })).statements);
  } catch {
    const whole = { from: 0, to: text.length, text, reads: false, refused: null };
    return [{ ...whole, losses: [], places: [] }];
  }
}

/** Forgets what was asked; for tests. */
export const forgetJudged = () => (last = undefined);
