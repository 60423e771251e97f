// Decisions about who is whom. Each can be taken back, and says so.

import type * as t from '$ipc-schema/types';
import { methods } from '$ipc-schema/methods';
import { call, type MethodName } from '$/ipc/client';
import { toast } from '$/kit/toast.svelte';

async function decide(what: () => Promise<t.EditReply>, done: string): Promise<boolean> {
  try {
    const { edit } = await what();
    toast(done, 'done', { title: 'Undo', run: () => void undo(edit) });
    return true;
  } catch (error) {
    toast(`That could not be done: ${(error as Error).message}.`, 'failed');
    return false;
  }
}

/** Says that two identities, or an identity and a person, are one. */
export const merge = (a: string, b: string, names: string) =>
  decide(() => call('identities.merge', { identity: a, with: b }), `${names} are one person now.`);

/** Says that an identity is somebody else than the others of its person. */
export const split = (identity: string, name: string) =>
  decide(() => call('identities.split', { identity }), `${name} stands alone now.`);

const APART = 'identities.apart';

/** Whether this Backstory keeps the decision that two people are two. */
export const hasApart = APART in methods;

/** Says that two people who look like one are two. */
export const apart = (a: string, b: string, names: string) =>
  decide(
    () =>
      call(
        APART as MethodName,
        { identity: a, with: b } as never,
      ) as unknown as Promise<t.EditReply>,
    `${names} stay two people.`,
  );

/** Takes a decision back. */
export async function undo(edit: number): Promise<void> {
  try {
    await call('identities.undo', { edit });
    toast('The decision was taken back.');
  } catch (error) {
    toast(`The decision could not be taken back: ${(error as Error).message}.`, 'failed');
  }
}
