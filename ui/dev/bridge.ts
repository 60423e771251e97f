// Runs the page against real data in an ordinary browser: `/rpc` speaks to a `backstory rpc`
// process over stdio. `BACKSTORY_BIN` names the program, `BACKSTORY_STORE` the memory. With `FAKE` set
// the made-up replies of `fake.ts` answer instead; its value is what stands behind `?fake=` there.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { runnerImport, type Connect, type Plugin } from 'vite';
import type { Wire } from '../src/ipc/wire';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const program = process.env['BACKSTORY_BIN'] ?? at('../../target/debug/backstory');

/** What the shell sends with every document; see `policy.rs` there. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "frame-src 'none'",
  "object-src 'none'",
  "worker-src 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html',
].join('; ');

interface Message {
  id?: number | string | null;
  method?: string;
  params?: { id?: unknown; token?: unknown };
}

/** One process for all pages; ids are renumbered, so that pages do not take each other's answers. */
class Backstory {
  private child: ChildProcess | undefined;
  private next = 1;
  private calls = new Map<number, { id: Message['id']; give: (text: string) => void }>();
  readonly pages = new Set<ServerResponse>();

  private process(): ChildProcess {
    if (this.child && this.child.exitCode === null) return this.child;
    const child = spawn(program, ['rpc'], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.on('exit', () => {
      for (const { give } of this.calls.values()) give('');
      this.calls.clear();
      this.child = undefined;
    });
    child.on('error', () => {});
    // Not `readline`: it ends lines at U+2028 too, which JSON texts may hold.
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line) this.line(line);
    });
    this.child = child;
    return child;
  }

  private line(line: string): void {
    const message = JSON.parse(line) as Message;
    if (message.method) {
      const token = this.calls.get(message.params?.token as number);
      if (token && message.params) message.params.token = token.id;
      for (const page of this.pages) page.write(`data: ${JSON.stringify(message)}\n\n`);
      return;
    }
    const call = this.calls.get(message.id as number);
    if (!call) return;
    this.calls.delete(message.id as number);
    call.give(JSON.stringify({ ...message, id: call.id }));
  }

  /** One message or batch; a batch is taken apart, which nobody notices. */
  async receive(text: string): Promise<string> {
    const frame = JSON.parse(text) as Message | Message[];
    if (!Array.isArray(frame)) return this.single(frame);
    const answers = await Promise.all(frame.map((it) => this.single(it)));
    return `[${answers.filter(Boolean).join(',')}]`;
  }

  private single(message: Message): Promise<string> {
    if (message.id === undefined) {
      const asked = message.params?.id;
      for (const [number, call] of this.calls) {
        if (call.id === asked) this.write({ ...message, params: { id: number } });
      }
      return Promise.resolve('');
    }
    const number = this.next++;
    return new Promise((give) => {
      this.calls.set(number, { id: message.id, give });
      this.write({ ...message, id: number });
    });
  }

  private write(message: object): void {
    this.process().stdin?.write(`${JSON.stringify(message)}\n`);
  }

  stop(): void {
    this.child?.kill();
  }
}

/** A wire that answers what is made up, and tells all pages what it tells. */
async function madeUp(kind: string, pages: ReadonlySet<ServerResponse>): Promise<Wire> {
  const { module } = await runnerImport<{ made: (kind: string) => Wire }>(at('fake.ts'), {
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '$ipc-schema': at('../../ipc-schema'), $: at('../src') } },
  });
  const wire = module.made(kind);
  wire.listen((text) => {
    for (const page of pages) page.write(`data: ${text}\n\n`);
  });
  return wire;
}

/** The development bridge, for `vite` and `vite preview`. */
export function bridge(): Plugin {
  const backstory = new Backstory();
  const kind = process.env['FAKE'];
  let fake: Promise<Wire> | undefined;
  const serve = (middlewares: Connect.Server) => {
    middlewares.use('/rpc/events', (_: IncomingMessage, answer: ServerResponse) => {
      answer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      answer.write(':\n\n');
      backstory.pages.add(answer);
      answer.on('close', () => backstory.pages.delete(answer));
    });
    middlewares.use('/rpc', (request: IncomingMessage, answer: ServerResponse) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts).toString();
        const give = (text: string) =>
          answer.writeHead(200, { 'content-type': 'application/json' }).end(text);
        const fail = (error: unknown) => answer.writeHead(500).end(String(error));
        if (kind !== undefined) {
          fake ??= madeUp(kind, backstory.pages);
          fake.then((wire) => wire.send(body)).then(give, fail);
          return;
        }
        if (!existsSync(program)) {
          answer.writeHead(502).end(`There is no ${program}: build it first.`);
          return;
        }
        backstory.receive(body).then(give, fail);
      });
    });
  };
  return {
    name: 'backstory-bridge',
    configureServer: (server) => serve(server.middlewares),
    configurePreviewServer: (server) => {
      // The built page is shown under the policy that the window sets.
      server.middlewares.use((_, answer, go) => {
        answer.setHeader('Content-Security-Policy', POLICY);
        go();
      });
      serve(server.middlewares);
    },
    closeBundle: () => backstory.stop(),
  };
}
