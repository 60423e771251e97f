// The editor of a tab: CodeMirror with as few extensions as it takes, since every one of them is felt
// in WebKitGTK at each key.

import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  startCompletion,
  type Completion,
  type CompletionSource,
} from '@codemirror/autocomplete';
import {
  defaultKeymap,
  history,
  historyKeymap,
  indentLess,
  indentMore,
  toggleComment,
} from '@codemirror/commands';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import {
  Compartment,
  EditorSelection,
  EditorState,
  Prec,
  StateEffect,
  StateField,
  type Extension,
} from '@codemirror/state';
import {
  Decoration,
  drawSelection,
  EditorView,
  keymap,
  lineNumbers,
  placeholder,
  rectangularSelection,
  type DecorationSet,
} from '@codemirror/view';
import type { DatabaseEngine } from '$ipc-schema/types';
import type { Offers } from '../complete';
import { language } from './language';
import { look } from '$/kit/editor/look';
import { allowStyles } from '$/kit/editor/styles';

allowStyles();

export interface EditorOptions {
  label: string;
  placeholder: string;
  onchange: (text: string) => void;
  oncursor: (place: number) => void;
  onrun: (what: 'statement' | 'all') => void;
  /** What can be written at a place. */
  offers: (text: string, place: number) => Promise<Offers | null>;
}

/** What is kept of a tab while another is shown: text, cursors, what can be undone. */
export type Kept = EditorState;

/** Letters that show an offer's kind, as classes of the look. */
const BOOST = 20;

const showPiece = StateEffect.define<{ from: number; to: number } | null>();

/** Marks the lines of the statement that would be run. */
const piece = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, change) {
    let now = marks.map(change.changes);
    for (const effect of change.effects) {
      if (!effect.is(showPiece)) continue;
      const { doc } = change.state;
      const lines = [];
      if (effect.value && effect.value.from <= doc.length) {
        const last = doc.lineAt(Math.min(effect.value.to, doc.length)).number;
        for (let n = doc.lineAt(effect.value.from).number; n <= last; n++) {
          lines.push(Decoration.line({ class: 'cm-now' }).range(doc.line(n).from));
        }
      }
      now = Decoration.set(lines);
    }
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});

export class Editor {
  readonly view: EditorView;
  private readonly speaks = new Compartment();
  private readonly hint = new Compartment();
  private marked = false;
  /** Whether Tab is a letter here: since somebody writes, and not only passes by. */
  private writes = false;

  constructor(
    parent: HTMLElement,
    private readonly options: EditorOptions,
  ) {
    this.view = new EditorView({ parent, state: this.state('', 0, undefined) });
  }

  /** A state for a text, to be shown with `show`. */
  state(text: string, cursor: number, engine: DatabaseEngine | undefined): Kept {
    return EditorState.create({
      doc: text,
      selection: EditorSelection.cursor(Math.min(cursor, text.length)),
      extensions: [this.extensions(), this.speaks.of(this.language(engine)), piece],
    });
  }

  show(state: Kept, engine: DatabaseEngine | undefined): void {
    this.view.setState(state);
    this.marked = false;
    this.speak(engine);
  }

  speak(engine: DatabaseEngine | undefined): void {
    this.view.dispatch({ effects: this.speaks.reconfigure(this.language(engine)) });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  get cursor(): number {
    return this.view.state.selection.main.head;
  }

  /** What is selected; empty where nothing is. */
  get selected(): { from: number; to: number; text: string } {
    const { from, to } = this.view.state.selection.main;
    return { from, to, text: this.view.state.sliceDoc(from, to) };
  }

  /** Puts a text in place of all that is there, as one step that can be undone. */
  replace(text: string): void {
    const { doc, selection } = this.view.state;
    if (doc.toString() === text) return;
    const head = Math.min(selection.main.head, text.length);
    const changes = { from: 0, to: doc.length, insert: text };
    this.view.dispatch({ changes, selection: EditorSelection.cursor(head) });
  }

  /** Puts a text where the cursor is. */
  insert(text: string): void {
    this.view.dispatch(this.view.state.replaceSelection(text));
    this.view.focus();
  }

  /** Underlines what a server complains of, until the text is changed. */
  mark(at: { from: number; to: number; message: string } | null): void {
    const { doc } = this.view.state;
    const all =
      at && at.from <= doc.length
        ? [{ ...at, to: Math.min(at.to, doc.length), severity: 'error' as const }]
        : [];
    this.view.dispatch(setDiagnostics(this.view.state, all));
    this.marked = all.length > 0;
  }

  /** Marks the statement that would be run. */
  piece(at: { from: number; to: number } | null): void {
    this.view.dispatch({ effects: showPiece.of(at) });
  }

  go(place: number): void {
    const at = Math.min(place, this.view.state.doc.length);
    this.view.dispatch({ selection: EditorSelection.cursor(at), scrollIntoView: true });
    this.view.focus();
  }

  focus(): void {
    this.view.focus();
  }

  destroy(): void {
    this.view.destroy();
  }

  private language(engine: DatabaseEngine | undefined): Extension {
    const { extension, keywords } = language(engine);
    const override = [this.source, ...(keywords ? [keywords] : [])];
    return [extension, autocompletion({ override, icons: true, maxRenderedOptions: 60 })];
  }

  private readonly source: CompletionSource = async (at) => {
    const text = at.state.doc.toString();
    const before = text[at.pos - 1] ?? '';
    if (!at.explicit && !/[\p{L}\p{N}_.$:]/u.test(before)) return null;
    const found = await this.options.offers(text, at.pos).catch(() => null);
    if (!found || found.offers.length === 0 || at.aborted) return null;
    return {
      from: found.from,
      options: found.offers.map((it): Completion => ({
        label: it.label,
        apply: it.apply,
        detail: it.detail,
        type: it.kind,
        boost: it.weight * BOOST,
      })),
      validFor: /^[\p{L}\p{N}_$]*$/u,
    };
  };

  private extensions(): Extension {
    const { options } = this;
    const run = (what: 'statement' | 'all') => (view: EditorView) => {
      closeCompletion(view);
      options.onrun(what);
      return true;
    };
    return [
      Prec.highest(
        keymap.of([
          { key: 'Mod-Enter', run: run('statement') },
          { key: 'Mod-Shift-Enter', run: run('all') },
        ]),
      ),
      lineNumbers(),
      history(),
      drawSelection(),
      EditorState.allowMultipleSelections.of(true),
      rectangularSelection(),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      highlightSelectionMatches({ minSelectionLength: 2, maxMatches: 200 }),
      search({ top: true }),
      keymap.of([
        { key: 'Tab', run: acceptCompletion },
        {
          key: 'Tab',
          run: (view) => this.writes && indentMore(view),
          shift: (view) => this.writes && indentLess(view),
        },
        { key: 'Mod-/', run: toggleComment },
        { key: 'Ctrl-Space', run: startCompletion },
        ...closeBracketsKeymap,
        ...completionKeymap,
        ...searchKeymap,
        ...historyKeymap,
        ...defaultKeymap,
      ]),
      this.hint.of(placeholder(options.placeholder)),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': options.label, spellcheck: 'false' }),
      EditorView.domEventHandlers({
        mousedown: () => void (this.writes = true),
        blur: () => void (this.writes = false),
      }),
      EditorView.updateListener.of((change) => {
        if (change.docChanged) {
          this.writes = true;
          if (this.marked) queueMicrotask(() => this.mark(null));
          options.onchange(change.state.doc.toString());
        }
        if (change.selectionSet || change.docChanged) {
          options.oncursor(change.state.selection.main.head);
        }
      }),
      look,
    ];
  }
}
