// An editor of a text file: CodeMirror with lines, undo, search, and the places that are wrong.

import {
  defaultKeymap,
  history,
  historyKeymap,
  indentLess,
  indentMore,
} from '@codemirror/commands';
import { lintKeymap, setDiagnostics } from '@codemirror/lint';
import { search, searchKeymap } from '@codemirror/search';
import { EditorSelection, EditorState, Prec, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { look } from './look';
import { allowStyles } from './styles';

allowStyles();

/** Something wrong at a place; lines and columns count from one. */
export interface Wrong {
  line: number;
  column: number;
  message: string;
}

export interface SourceOptions {
  label: string;
  text: string;
  /** How the text reads. */
  language: Extension;
  onchange: (text: string) => void;
  onsave: () => void;
}

export class SourceEditor {
  readonly view: EditorView;
  /** Whether Tab is a letter here: since somebody writes, and not only passes by. */
  private writes = false;

  constructor(parent: HTMLElement, options: SourceOptions) {
    const save = () => {
      options.onsave();
      return true;
    };
    const extensions = [
      Prec.highest(keymap.of([{ key: 'Mod-s', run: save, preventDefault: true }])),
      lineNumbers(),
      history(),
      drawSelection(),
      search({ top: true }),
      keymap.of([
        {
          key: 'Tab',
          run: (view) => this.writes && indentMore(view),
          shift: (view) => this.writes && indentLess(view),
        },
        ...lintKeymap,
        ...searchKeymap,
        ...historyKeymap,
        ...defaultKeymap,
      ]),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': options.label, spellcheck: 'false' }),
      EditorView.domEventHandlers({
        mousedown: () => void (this.writes = true),
        blur: () => void (this.writes = false),
      }),
      EditorView.updateListener.of((change) => {
        if (!change.docChanged) return;
        this.writes = true;
        options.onchange(change.state.doc.toString());
      }),
      options.language,
      look,
    ];
    this.view = new EditorView({
      parent,
      state: EditorState.create({ doc: options.text, extensions }),
    });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** Puts a text in place of what is there, as one step that can be undone; what is alike stays. */
  replace(text: string): void {
    const now = this.text;
    if (now === text) return;
    let from = 0;
    while (from < now.length && from < text.length && now[from] === text[from]) from++;
    let end = 0;
    const most = Math.min(now.length, text.length) - from;
    while (end < most && now[now.length - 1 - end] === text[text.length - 1 - end]) end++;
    this.view.dispatch({
      changes: { from, to: now.length - end, insert: text.slice(from, text.length - end) },
    });
  }

  /** Underlines what is wrong, and forgets what was. */
  mark(all: readonly Wrong[]): void {
    const { doc } = this.view.state;
    const found = all.map((it) => {
      const line = doc.line(Math.max(1, Math.min(it.line, doc.lines)));
      const from = Math.min(line.from + Math.max(0, it.column - 1), line.to);
      const word = /^[\w.-]+/.exec(doc.sliceString(from, line.to))?.[0].length ?? 0;
      return {
        from,
        to: Math.min(line.to, from + Math.max(1, word)),
        message: it.message,
        severity: 'error' as const,
      };
    });
    this.view.dispatch(setDiagnostics(this.view.state, found));
  }

  /** Goes to a line, from one; in sight, with the keyboard. */
  go(line: number, column = 1): void {
    const { doc } = this.view.state;
    const at = doc.line(Math.max(1, Math.min(line, doc.lines)));
    const place = Math.min(at.from + column - 1, at.to);
    this.view.dispatch({
      selection: EditorSelection.cursor(place),
      effects: EditorView.scrollIntoView(place, { y: 'center' }),
    });
    this.view.focus();
  }

  focus(): void {
    this.view.focus();
  }

  destroy(): void {
    this.view.destroy();
  }
}
