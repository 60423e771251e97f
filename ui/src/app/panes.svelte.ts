// What lies over the screen: the palette or the keys.

type Pane = { kind: 'palette'; text: string } | { kind: 'keys' } | null;

let open = $state.raw<Pane>(null);

export const panes = {
  get open() {
    return open;
  },
  palette(text: string) {
    open = { kind: 'palette', text };
  },
  keys() {
    open = { kind: 'keys' };
  },
  close() {
    open = null;
  },
};
