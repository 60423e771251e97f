// What a feature gives to the frame. A feature exports one of these; the frame lists them.

import type { Component } from 'svelte';

export interface Feature {
  routes: Screen[];
  nav: NavItem[];
  commands: Command[];
  /** Commands that follow what there is, for what is typed into the palette. */
  more?: (text: string) => readonly Command[];
}

/** What a screen is given: what stands behind the first word of its address, and the query. */
export interface ScreenProps {
  /** A path, an object id, a key; empty for none. */
  id: string;
  query: Readonly<Record<string, string>>;
}

/** A screen; one that needs no props does not name them. */
export type AnyScreen = Component<ScreenProps> | Component<{ [key: string]: never }>;

/** An icon; always beside words, so it is hidden from those who listen. */
export type Icon = Component<{ size?: number; 'aria-hidden'?: 'true' }>;

export interface Screen {
  /** The first word of the address: `file`. */
  screen: string;
  /** Shown at once, or loaded when first needed. */
  component?: AnyScreen;
  load?: () => Promise<{ default: AnyScreen }>;
  /** Title of the window, from what stands behind the first word of the address. */
  title: string | ((id: string) => string);
  /** Speaks of one repository; without one in memory the first-run screen stands here instead. */
  needsRepository: boolean;
}

export interface NavItem {
  title: string;
  screen: string;
  icon: Icon;
  /** Screens that belong to it, so that it is marked while they are shown. */
  also?: string[];
  /** Keys as shown: `g o`. */
  keys?: string;
  /** Below, apart from the others. */
  last?: boolean;
}

export interface Command {
  /** Never changes; keys and recent entries refer to it. */
  id: string;
  title: string;
  /** Other words to find it by. */
  words?: string;
  /** What it stands under in the palette; `Go and do` unless given. */
  group?: string;
  icon?: Icon;
  /** Keys as shown: `g o`, `Mod+K`. */
  keys?: string;
  /** What a terminal would be told. */
  cli?: string;
  when?: () => boolean;
  run: () => void;
}
