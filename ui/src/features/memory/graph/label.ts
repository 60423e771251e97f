// What a node is called in the picture.

import type { Record as RecordRow } from '$ipc-schema/types';
import { visible } from '$/lib/text';

const LETTERS_MAX = 26;

/** The title of a node as drawn: the end of a path, the start of a long subject. */
export function label(node: RecordRow): string {
  if (node.kind === 'file' || node.kind === 'folder') {
    const name = node.id.replace(/\/$/, '').split('/').pop() ?? '';
    return clipped(name || node.id);
  }
  if (node.kind === 'pullRequest') return `#${node.id}`;
  if (node.kind === 'issue') return node.id;
  return clipped(node.title || node.id);
}

function clipped(text: string): string {
  const letters = [...visible(text)];
  return letters.length > LETTERS_MAX
    ? `${letters.slice(0, LETTERS_MAX - 1).join('')}…`
    : letters.join('');
}
