// What the panels of a dashboard share: its name and parameters, the clock, and what is open beside it.

import { navigate, href } from '$/app/router.svelte';
import { project } from '$/kit/project.svelte';
import type { PanelLoad } from './load.svelte';
import { linkOf, openOutside } from './links';
import { filtered, given, isChosen, zoned } from './params';
import type {
  OpenDashboardReply,
  MarkFilter,
  PanelEvidence,
  PanelOutline,
  AskPanelReply,
  RowsOfPanelReply,
  SceneMark,
} from '$ipc-schema/types';
import { call } from '$/ipc/client';

/** What is open beside a dashboard. */
export type Opened =
  | { kind: 'rows'; outline: PanelOutline; mark: SceneMark | null }
  | { kind: 'evidence'; outline: PanelOutline; evidence: PanelEvidence };

export class Board {
  page = $state.raw<OpenDashboardReply | undefined>();
  opened = $state.raw<Opened | null>(null);
  /** What the clock and the reader asked anew; `fresh` of the databases, not of what is kept. */
  asked = $state.raw<{ turn: number; fresh: boolean }>({ turn: 0, fresh: false });
  paused = $state(false);
  private loads = $state.raw<ReadonlyMap<number, PanelLoad>>(new Map());

  constructor(
    private readonly id: () => string,
    private readonly query: () => Readonly<Record<string, string>>,
  ) {}

  get name(): string {
    return this.id();
  }

  get hash(): string {
    return this.page?.hash ?? '';
  }

  /** Its parameters, and the reader's zone for a dashboard that names none. */
  get given() {
    return { ...given(this.query()), ...zoned };
  }

  /** When the oldest reply that is shown was made; null before there is one. */
  get asOf(): string | null {
    let oldest: string | null = null;
    for (const { reply } of this.loads.values())
      for (const { at } of reply?.evidence.queries ?? [])
        if (oldest === null || at < oldest) oldest = at;
    return oldest;
  }

  get busy(): boolean {
    return [...this.loads.values()].some((it) => it.busy);
  }

  /** What a panel shows. */
  reply(panel: number): AskPanelReply | null {
    return this.loads.get(panel)?.reply ?? null;
  }

  /** Takes part in what is told of all panels. */
  follow(panel: number, load: PanelLoad): () => void {
    this.loads = new Map(this.loads).set(panel, load);
    return () => {
      if (this.loads.get(panel) !== load) return;
      const rest = new Map(this.loads);
      rest.delete(panel);
      this.loads = rest;
    };
  }

  again(fresh: boolean): void {
    this.asked = { turn: this.asked.turn + 1, fresh };
  }

  show(what: Opened | null): void {
    this.opened = what;
  }

  filter(filter: MarkFilter): void {
    navigate('dashboards', this.name, filtered(this.query(), this.page?.params ?? [], filter));
  }

  chosen(mark: SceneMark): boolean | null {
    return isChosen(this.page?.params ?? [], mark);
  }

  go(link: string): void {
    const to = linkOf(link, href);
    if (to.kind === 'inside') navigate(to.href);
    else if (to.kind === 'outside') openOutside(to.url);
  }

  /** Rows behind a mark; behind all of a panel where there is none. */
  rows(
    outline: PanelOutline,
    mark: SceneMark | null,
    offset: number,
    limit: number,
  ): Promise<RowsOfPanelReply> {
    return call('dashboards.rows', {
      dashboard: this.name,
      ...project.named,
      ...this.given,
      panel: outline.panel,
      ...(mark && mark.x !== null ? { x: mark.x } : {}),
      ...(mark && mark.by !== null ? { by: mark.by } : {}),
      offset,
      limit,
    });
  }
}
