// The example that comes with Backstory.

import { methods } from '$ipc-schema/methods';
import { call, type MethodName } from '$/ipc/client';

const DEMO = 'sources.demo';

/** Whether this Backstory can load its example. */
export const hasDemo = DEMO in methods;

/** Loads the example that comes with Backstory; resolves with the repository's name. */
export async function demo(): Promise<string> {
  const reply = (await call(DEMO as MethodName, {} as never)) as { repository?: string };
  return reply.repository ?? '';
}
