// A plan laid out as rows of a tree, with what each step cost of the whole.

import type { PlanNode } from '$ipc-schema/types';

export interface Step {
  /** Path from the root, `0.1.0`: what a step is known by. */
  key: string;
  depth: number;
  node: PlanNode;
  /** Part of the whole that the step alone took, 0 to 1; null where nothing was measured or estimated. */
  share: number | null;
  /** It took the most of all. */
  slow: boolean;
  /** How far the server's guess of rows was off, as a factor of at least 1; null where not known. */
  off: number | null;
}

/** Least part of the whole that makes the greatest step stand out. */
const SLOW = 0.2;
/** From this factor on a guess is worth a look. */
export const OFF = 10;

/** What a step alone cost: its own time where measured, else its cost without those below. */
function own(node: PlanNode): number | null {
  if (node.ownMilliseconds !== null) return node.ownMilliseconds;
  if (node.cost === null) return null;
  const below = node.children.reduce((sum, it) => sum + (it.cost ?? 0), 0);
  return Math.max(0, node.cost - below);
}

export function steps(roots: readonly PlanNode[]): Step[] {
  const out: Step[] = [];
  const walk = (node: PlanNode, key: string, depth: number) => {
    const { rows, rowsExpected } = node;
    const known = rows !== null && rowsExpected !== null;
    const [low, high] = known
      ? [Math.min(rows, rowsExpected), Math.max(rows, rowsExpected)]
      : [0, 0];
    const off = known ? Math.max(1, high) / Math.max(1, low) : null;
    out.push({ key, depth, node, share: null, slow: false, off });
    node.children.forEach((it, at) => walk(it, `${key}.${at}`, depth + 1));
  };
  roots.forEach((it, at) => walk(it, String(at), 0));
  const owns = out.map((it) => own(it.node));
  const whole = owns.reduce<number>((sum, it) => sum + (it ?? 0), 0);
  let most = -1;
  for (const [at, it] of owns.entries()) {
    const step = out[at] as Step;
    step.share = it === null || whole === 0 ? null : it / whole;
    if (step.share !== null && step.share >= SLOW && (most < 0 || it! > (owns[most] ?? 0)))
      most = at;
  }
  if (most >= 0 && out.length > 1) (out[most] as Step).slow = true;
  return out;
}

/** The steps that are seen while some are folded. */
export function unfolded(all: readonly Step[], folded: ReadonlySet<string>): Step[] {
  return all.filter((it) => {
    for (let cut = it.key.lastIndexOf('.'); cut > 0; cut = it.key.lastIndexOf('.', cut - 1)) {
      if (folded.has(it.key.slice(0, cut))) return false;
    }
    return true;
  });
}
