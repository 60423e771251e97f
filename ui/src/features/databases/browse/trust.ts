// What an entry that somebody else may have written would run, read or show, in words.

import type * as t from '$ipc-schema/types';

/** What using a connection would do to this machine, one sentence each. */
export function dares(connection: t.Connection): string[] {
  const fields = connection.entry?.fields ?? {};
  const text = (name: string) =>
    typeof fields[name] === 'string' ? (fields[name] as string) : undefined;
  const out: string[] = [];
  const password = text('password') ?? connection.password ?? '';
  const [way, rest] = [password.slice(0, password.indexOf(':')), password.replace(/^\w+:/, '')];
  if (way === 'cmd') out.push(`Runs the command ${rest}`);
  else if (way === 'env') out.push(`Reads the environment variable ${rest} and sends it`);
  else if (way === 'keyring') out.push(`Takes ${rest} from your keyring and sends it`);
  const ssh = fields['ssh'] as { host?: unknown; identity?: unknown; jump?: unknown } | undefined;
  if (ssh) {
    const via = typeof ssh.jump === 'string' ? ` by way of ${ssh.jump}` : '';
    out.push(`Runs ssh to ${String(ssh.host)}${via}, with your keys`);
    if (typeof ssh.identity === 'string') out.push(`Reads the private key ${ssh.identity}`);
  }
  const shows = text('tlsCert') ?? text('tlsKey');
  if (shows) out.push(`Shows the certificate ${shows} as yours`);
  const file = connection.engine === 'sqlite' || connection.engine === 'duckdb';
  if (file && fields['options'])
    out.push('Sets options of the engine that may load code into this program');
  if (connection.needsTrust && out.length === 0)
    out.push('Takes the place of your own connection of that name');
  return out;
}
